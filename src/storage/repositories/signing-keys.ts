/** Signing keys as stored, private keys encrypted. services/tokens/signing-keys.ts decides which of them signs. */
import { signingKeys, type SigningKeyDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface SigningKeyRepository {
  insert(key: SigningKeyDocument): Promise<void>;
  list(kids: readonly string[]): Promise<SigningKeyDocument[]>;
  /** Sets the time from which a key is no longer published, unless it is already set. */
  retire(kid: string, retiresAt: Date): Promise<void>;
  /** Erases a private key that no longer signs. */
  erasePrivateHalf(kid: string): Promise<void>;
  remove(kid: string): Promise<void>;
}

export function createSigningKeyRepository(database: Database): SigningKeyRepository {
  const collection = database.collection(signingKeys);
  return {
    insert: async (key) => {
      await collection.insertOne(key);
    },
    list: (kids) => collection.find({ _id: { $in: kids } }).toArray(),
    retire: async (kid, retiresAt) => {
      await collection.updateOne({ _id: kid, retiresAt: { $exists: false } }, { $set: { retiresAt } });
    },
    erasePrivateHalf: async (kid) => {
      await collection.updateOne({ _id: kid }, { $set: { sealedPrivateJwk: '' } });
    },
    remove: async (kid) => {
      await collection.deleteOne({ _id: kid });
    },
  };
}

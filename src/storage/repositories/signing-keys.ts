/** Signing keys as stored, their private halves sealed. Which of them signs is decided in services/signing-keys.ts. */
import { signingKeys, type SigningKeyDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface SigningKeyRepository {
  insert(key: SigningKeyDocument): Promise<void>;
  list(kids: readonly string[]): Promise<SigningKeyDocument[]>;
  /** Sets when a key is no longer published, unless that was decided already. */
  retire(kid: string, retiresAt: Date): Promise<void>;
  /** Forgets a private half that signs no more. */
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

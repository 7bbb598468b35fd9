/** Passkeys as stored. Public keys only: the private key never leaves the authenticator. */
import { passkeys, type PasskeyDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface PasskeyRepository {
  /** @throws DuplicateKeyError when the credential is registered already, for this or another user */
  insert(passkey: PasskeyDocument): Promise<void>;
  findByCredentialId(credentialId: string): Promise<PasskeyDocument | null>;
  /** Oldest first. */
  listByUser(accountId: string): Promise<PasskeyDocument[]>;
  countByUser(accountId: string): Promise<number>;
  /**
   * Records a use, if the passkey still exists, is not blocked, and has the counter that was read. Exactly one of
   * several callers that use the same counter gets true, unless the authenticator has no counter (0).
   */
  use(passkey: PasskeyDocument, use: Pick<PasskeyDocument, 'counter' | 'backedUp' | 'lastUsedAt'>): Promise<boolean>;
  /** Marks it as not accepted any more. Exactly one of several callers gets true. */
  block(id: string, at: Date): Promise<boolean>;
  /** False if the user has no such passkey. */
  rename(accountId: string, id: string, name: string): Promise<boolean>;
  /** Exactly one of several callers gets the removed passkey, the others get null. */
  take(accountId: string, id: string): Promise<PasskeyDocument | null>;
  /** @param since only those created at this time or later */
  removeByUser(accountId: string, since?: Date): Promise<void>;
}

export function createPasskeyRepository(database: Database): PasskeyRepository {
  const collection = database.collection(passkeys);
  return {
    insert: async (passkey) => {
      await collection.insertOne(passkey);
    },
    findByCredentialId: (credentialId) => collection.findOne({ credentialId }),
    listByUser: (accountId) => collection.find({ accountId }, { sort: { createdAt: 1, _id: 1 } }).toArray(),
    countByUser: (accountId) => collection.countDocuments({ accountId }),
    use: async ({ _id, counter }, use) =>
      (await collection.updateOne({ _id, counter, blockedAt: { $exists: false } }, { $set: use })).matchedCount === 1,
    block: async (id, at) =>
      (await collection.updateOne({ _id: id, blockedAt: { $exists: false } }, { $set: { blockedAt: at } }))
        .matchedCount === 1,
    rename: async (accountId, id, name) =>
      (await collection.updateOne({ _id: id, accountId }, { $set: { name } })).matchedCount === 1,
    take: async (accountId, id) => {
      const passkey = await collection.findOne({ _id: id, accountId });
      return passkey !== null && (await collection.deleteOne({ _id: id, accountId })).deletedCount === 1
        ? passkey
        : null;
    },
    removeByUser: async (accountId, since) => {
      await collection.deleteMany({ accountId, ...(since === undefined ? {} : { createdAt: { $gte: since } }) });
    },
  };
}

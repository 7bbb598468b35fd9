/** One-time links as stored, by the digest of their token. */
import { oneTimeTokens, type OneTimeTokenDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface OneTimeTokenRepository {
  /** Replaces all tokens of the same user with this one. */
  replaceOfUser(token: OneTimeTokenDocument): Promise<void>;
  find(tokenDigest: string): Promise<OneTimeTokenDocument | null>;
  listByUser(accountId: string): Promise<OneTimeTokenDocument[]>;
  /** Removes a token to use it. Exactly one caller gets true. */
  consume(tokenDigest: string): Promise<boolean>;
  removeByUser(accountId: string): Promise<void>;
}

export function createOneTimeTokenRepository(database: Database): OneTimeTokenRepository {
  const collection = database.collection(oneTimeTokens);
  return {
    replaceOfUser: async (token) => {
      await collection.bulkWrite([
        { deleteMany: { filter: { accountId: token.accountId } } },
        { insertOne: { document: token } },
      ]);
    },
    find: (tokenDigest) => collection.findOne({ _id: tokenDigest }),
    listByUser: (accountId) => collection.find({ accountId }).toArray(),
    consume: async (tokenDigest) => (await collection.deleteOne({ _id: tokenDigest })).deletedCount === 1,
    removeByUser: async (accountId) => {
      await collection.deleteMany({ accountId });
    },
  };
}

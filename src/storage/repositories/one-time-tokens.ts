/** One-time links as stored, by the digest of their token. */
import { oneTimeTokens, type LinkPurpose, type OneTimeTokenDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface OneTimeTokenRepository {
  insert(token: OneTimeTokenDocument): Promise<void>;
  /**
   * Replaces the older tokens of the same subject with this one. If it fails in the middle, both are stored. Of tokens
   * that are stored at the same moment, the newest stays.
   */
  replaceOfSubject(token: OneTimeTokenDocument): Promise<void>;
  find(tokenDigest: string): Promise<OneTimeTokenDocument | null>;
  listByUser(accountId: string): Promise<OneTimeTokenDocument[]>;
  listBySubject(subject: string): Promise<OneTimeTokenDocument[]>;
  /** @param holderMacs the holder's HMAC with each secret */
  listByHolder(holderMacs: readonly string[]): Promise<OneTimeTokenDocument[]>;
  /** Reserves a token until a time, if it is not reserved now. Exactly one of several callers gets true. */
  claim(tokenDigest: string, now: Date, until: Date): Promise<boolean>;
  /** Ends the reservation until this time. */
  release(tokenDigest: string, until: Date): Promise<void>;
  /** Removes a token to use it. Exactly one caller gets true. */
  consume(tokenDigest: string): Promise<boolean>;
  /** @param purposes all by default. @param since only those created at this time or later */
  removeByUser(accountId: string, purposes?: readonly LinkPurpose[], since?: Date): Promise<void>;
}

export function createOneTimeTokenRepository(database: Database): OneTimeTokenRepository {
  const collection = database.collection(oneTimeTokens);
  return {
    insert: async (token) => {
      await collection.insertOne(token);
    },
    replaceOfSubject: async (token) => {
      const { subject, createdAt, _id } = token;
      await collection.bulkWrite([
        { insertOne: { document: token } },
        { deleteMany: { filter: { subject, createdAt: { $lt: createdAt } } } },
        { deleteMany: { filter: { subject, createdAt, _id: { $lt: _id } } } },
      ]);
    },
    find: (tokenDigest) => collection.findOne({ _id: tokenDigest }),
    listByUser: (accountId) => collection.find({ accountId }).toArray(),
    listBySubject: (subject) => collection.find({ subject }).toArray(),
    listByHolder: (holderMacs) => collection.find({ holderMac: { $in: holderMacs } }).toArray(),
    claim: async (tokenDigest, now, claimedUntil) => {
      for (const free of [{ $exists: false }, { $lte: now }]) {
        const update = { $set: { claimedUntil } };
        if ((await collection.updateOne({ _id: tokenDigest, claimedUntil: free }, update)).matchedCount === 1) {
          return true;
        }
      }
      return false;
    },
    release: async (tokenDigest, claimedUntil) => {
      await collection.updateOne({ _id: tokenDigest, claimedUntil }, { $unset: { claimedUntil: true } });
    },
    consume: async (tokenDigest) => (await collection.deleteOne({ _id: tokenDigest })).deletedCount === 1,
    removeByUser: async (accountId, purposes, since) => {
      await collection.deleteMany({
        accountId,
        ...(purposes === undefined ? {} : { purpose: { $in: purposes } }),
        ...(since === undefined ? {} : { createdAt: { $gte: since } }),
      });
    },
  };
}

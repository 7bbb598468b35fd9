/** The recovery codes of users as stored: HMACs, in one document for each user. */
import { randomToken } from '../../crypto/secrets.ts';
import { recoveryCodes, type RecoveryCodesDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { undoIfUnavailable } from '../request-scope.ts';

export interface RecoveryCodeRepository {
  find(accountId: string): Promise<RecoveryCodesDocument | null>;
  /** Stores these codes of a user. All codes that the user had before stop working. */
  replace(accountId: string, codeDigests: readonly string[], at: Date): Promise<void>;
  /**
   * Removes a code to use it. Exactly one caller gets the number of codes that are left; the others get undefined. If
   * the request is answered with 503, the code can be used again.
   * @param candidates the possible digests of one code
   */
  consume(accountId: string, candidates: readonly string[]): Promise<number | undefined>;
  /** @param since only if they were made at this time or later */
  remove(accountId: string, since?: Date): Promise<void>;
}

const revisionBytes = 9;

export function createRecoveryCodeRepository(database: Database): RecoveryCodeRepository {
  const collection = database.collection(recoveryCodes);
  return {
    find: (accountId) => collection.findOne({ _id: accountId }),
    replace: async (accountId, codeDigests, at) => {
      await collection.updateOne(
        { _id: accountId },
        { $set: { codeDigests, revision: randomToken(revisionBytes), createdAt: at } },
        { upsert: true },
      );
    },
    consume: async (accountId, candidates) => {
      // Ends: each repetition means that another caller has used one of the codes, or replaced all of them.
      for (;;) {
        const stored = await collection.findOne({ _id: accountId });
        if (stored === null || !stored.codeDigests.some((one) => candidates.includes(one))) {
          return undefined;
        }
        const codeDigests = stored.codeDigests.filter((one) => !candidates.includes(one));
        const revision = randomToken(revisionBytes);
        undoIfUnavailable(() =>
          collection.updateOne(
            { _id: accountId, revision },
            { $set: { codeDigests: stored.codeDigests, revision: stored.revision } },
          ),
        );
        const { matchedCount } = await collection.updateOne(
          { _id: accountId, revision: stored.revision },
          { $set: { codeDigests, revision } },
        );
        if (matchedCount === 1) {
          return codeDigests.length;
        }
      }
    },
    remove: async (accountId, since) => {
      await collection.deleteOne({ _id: accountId, ...(since === undefined ? {} : { createdAt: { $gte: since } }) });
    },
  };
}

/** Second factors as stored. */
import { randomToken } from '../../crypto/secrets.ts';
import { secondFactors, type SecondFactorDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { undoIfUnavailable } from '../request-scope.ts';

export interface SecondFactorRepository {
  /** @throws DuplicateKeyError when there is one with this id. Exactly one caller succeeds. */
  insert(factor: SecondFactorDocument): Promise<void>;
  find(id: string): Promise<SecondFactorDocument | null>;
  /** In order of creation. */
  listByUser(accountId: string): Promise<SecondFactorDocument[]>;
  countByUser(accountId: string): Promise<number>;
  /**
   * Records that the code of a time step was used. Exactly one caller gets true; false also for a step that is not
   * later than the latest one. If the request is answered with 503, the code can be used again.
   */
  useStep(factor: Pick<SecondFactorDocument, '_id' | 'lastStep'>, step: number, at: Date): Promise<boolean>;
  /** @returns whether there is such a factor of this user */
  rename(accountId: string, id: string, name: string): Promise<boolean>;
  /** Replaces a sealed seed only if it is still the one that was read. */
  replaceSealedSeed(id: string, from: string, to: string): Promise<void>;
  /** Exactly one caller gets true. */
  remove(accountId: string, id: string): Promise<boolean>;
  /**
   * @param since only those created at this time or later
   * @returns how many there were
   */
  removeByUser(accountId: string, since?: Date): Promise<number>;
}

export function createSecondFactorRepository(database: Database): SecondFactorRepository {
  const collection = database.collection(secondFactors);
  return {
    insert: async (factor) => {
      await collection.insertOne(factor);
    },
    find: (id) => collection.findOne({ _id: id }),
    listByUser: async (accountId) =>
      (await collection.find({ accountId }).toArray()).toSorted(
        (one, other) => one.createdAt.getTime() - other.createdAt.getTime(),
      ),
    countByUser: (accountId) => collection.countDocuments({ accountId }),
    useStep: async ({ _id, lastStep }, step, at) => {
      if (step <= lastStep) {
        return false;
      }
      const lastUse = randomToken();
      undoIfUnavailable(() => collection.updateOne({ _id, lastUse }, { $set: { lastStep } }));
      const { matchedCount } = await collection.updateOne(
        { _id, lastStep },
        { $set: { lastStep: step, lastUse, lastUsedAt: at } },
      );
      return matchedCount === 1;
    },
    rename: async (accountId, id, name) =>
      (await collection.updateOne({ _id: id, accountId }, { $set: { name } })).matchedCount === 1,
    replaceSealedSeed: async (id, from, to) => {
      await collection.updateOne({ _id: id, sealedSeed: from }, { $set: { sealedSeed: to } });
    },
    remove: async (accountId, id) => (await collection.deleteOne({ _id: id, accountId })).deletedCount === 1,
    removeByUser: async (accountId, since) =>
      (await collection.deleteMany({ accountId, ...(since === undefined ? {} : { createdAt: { $gte: since } }) }))
        .deletedCount,
  };
}

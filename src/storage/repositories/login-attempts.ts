/**
 * Counters of attempts as stored. services/foundation/throttle.ts decides what is counted and how long to wait. An
 * attempt counts even if the request fails: nothing is staged but the end of a success, as a record, which is kept
 * then, too.
 */
import { DuplicateKeyError } from '../../errors.ts';
import { loginAttempts, type LoginAttemptDocument } from '../collections.ts';
import type { Database, Filter } from '../database.ts';
import { recordWithRequest } from '../request-scope.ts';

export type AttemptCounter = Omit<LoginAttemptDocument, '_id'>;

export interface LoginAttemptRepository {
  /** The counters that exist, in any order. */
  find(ids: readonly string[]): Promise<LoginAttemptDocument[]>;
  /**
   * Writes a counter only if it has not changed since it was read: exactly one of several parallel callers succeeds.
   * @param read undefined when there was no counter
   */
  compareAndSet(id: string, read: AttemptCounter | undefined, next: Required<AttemptCounter>): Promise<boolean>;
  /**
   * Adds an attempt in progress, only if fewer than `below` are in progress, `failures` is still the number that was
   * read, and no waiting time applies. Parallel callers do not conflict.
   */
  raisePending(
    id: string,
    place: {
      readonly failures: number;
      readonly below: number;
      readonly now: Date;
      readonly pendingUntil: Date;
    },
  ): Promise<boolean>;
  /** Removes an attempt in progress. */
  lowerPending(id: string): Promise<void>;
  /**
   * Ends a success: removes the counters of `owned`, and an attempt in progress of each of `others`.
   * @param onStored called when it is stored, which may be at the end of the request
   */
  succeedWithRequest(
    ids: { readonly owned: readonly string[]; readonly others: readonly string[] },
    onStored: () => void,
  ): Promise<void>;
  /** Counts an attempt in progress as failed, only if no other failure was counted since the counter was read. */
  settleFailure(
    id: string,
    read: AttemptCounter,
    next: Pick<AttemptCounter, 'failures' | 'nextAllowedAt' | 'expiresAt'>,
  ): Promise<boolean>;
  remove(ids: readonly string[]): Promise<void>;
}

export function createLoginAttemptRepository(database: Database): LoginAttemptRepository {
  const collection = database.collection(loginAttempts);

  async function insertIfAbsent(document: LoginAttemptDocument): Promise<boolean> {
    try {
      await collection.insertOne(document);
      return true;
    } catch (error) {
      if (error instanceof DuplicateKeyError) {
        return false;
      }
      throw error;
    }
  }

  /** The update that removes an attempt in progress. */
  const withoutOne = (id: string) => ({ filter: { _id: id, pending: { $gte: 1 } }, update: { $inc: { pending: -1 } } });

  return {
    find: (ids) => (ids.length === 0 ? Promise.resolve([]) : collection.find({ _id: { $in: ids } }).toArray()),
    compareAndSet: async (id, read, next) => {
      if (read === undefined) {
        return insertIfAbsent({ _id: id, ...next });
      }
      const asRead: Filter<LoginAttemptDocument> = {
        _id: id,
        failures: read.failures,
        nextAllowedAt: read.nextAllowedAt,
        pending: read.pending ?? { $exists: false },
        pendingUntil: read.pendingUntil ?? { $exists: false },
      };
      return (await collection.updateOne(asRead, { $set: next })).matchedCount === 1;
    },
    raisePending: async (id, { failures, below, now, pendingUntil }) => {
      const { matchedCount } = await collection.updateOne(
        {
          _id: id,
          failures,
          nextAllowedAt: { $lte: now },
          pending: { $lt: below },
          pendingUntil: { $gt: now },
        },
        { $inc: { pending: 1 }, $set: { pendingUntil } },
      );
      return matchedCount === 1;
    },
    lowerPending: async (id) => {
      const { filter, update } = withoutOne(id);
      await collection.updateOne(filter, update);
    },
    succeedWithRequest: async ({ owned, others }, onStored) => {
      const freed = others.map((id) => ({ updateOne: withoutOne(id) }));
      const operations = [{ deleteMany: { filter: { _id: { $in: owned } } } }, ...freed];
      const last = operations.length - 1;
      await Promise.all(
        operations.map((operation, index) =>
          recordWithRequest(collection, operation, index === last ? { onStored } : {}),
        ),
      );
    },
    settleFailure: async (id, { failures, nextAllowedAt }, next) => {
      const { matchedCount } = await collection.updateOne(
        { _id: id, failures, nextAllowedAt, pending: { $gte: 1 } },
        { $set: next, $inc: { pending: -1 } },
      );
      return matchedCount === 1;
    },
    remove: async (ids) => {
      await collection.deleteMany({ _id: { $in: ids } });
    },
  };
}

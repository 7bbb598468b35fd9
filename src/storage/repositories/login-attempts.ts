/** Counters of attempts as stored. What is counted, and how long one waits, is decided in services/throttle.ts. */
import { DuplicateKeyError } from '../../errors.ts';
import { loginAttempts, type LoginAttemptDocument } from '../collections.ts';
import type { Database, Filter } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export type AttemptCounter = Omit<LoginAttemptDocument, '_id'>;

export interface LoginAttemptRepository {
  /** The counters that exist, in no order. */
  find(ids: readonly string[]): Promise<LoginAttemptDocument[]>;
  /**
   * Writes a counter only where it still is as it was read: of N parallel callers that read the same, one writes.
   * Never staged, like the two below: what is counted holds whatever becomes of the request.
   *
   * @param read undefined when there was no counter
   */
  compareAndSet(id: string, read: AttemptCounter | undefined, next: AttemptCounter): Promise<boolean>;
  /**
   * Raises a counter by one, only where it then still is below a limit and nobody has to wait: parallel callers do not
   * get into each other's way. Null when it was not raised.
   */
  raiseBelow(id: string, limit: number, now: Date, expiresAt: Date | undefined): Promise<LoginAttemptDocument | null>;
  /** Lowers a counter by one; with a wait, only where that is still the counter's, which then ends at `until`. */
  lower(id: string, wait?: { readonly nextAllowedAt: Date; readonly until: Date }): Promise<boolean>;
  /** With the request's other writes. */
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

  return {
    find: (ids) => collection.find({ _id: { $in: ids } }).toArray(),
    compareAndSet: async (id, read, next) => {
      if (read === undefined) {
        return insertIfAbsent({ _id: id, ...next });
      }
      const asRead: Filter<LoginAttemptDocument> = {
        _id: id,
        failures: read.failures,
        nextAllowedAt: read.nextAllowedAt,
      };
      return (await collection.updateOne(asRead, { $set: next })).matchedCount === 1;
    },
    raiseBelow: (id, limit, now, expiresAt) =>
      collection.findOneAndUpdate(
        { _id: id, failures: { $lt: limit - 1 }, nextAllowedAt: { $lte: now } },
        { $inc: { failures: 1 }, ...(expiresAt === undefined ? {} : { $set: { expiresAt } }) },
        { returnDocument: 'after' },
      ),
    lower: async (id, wait) => {
      const { matchedCount } =
        wait === undefined
          ? await collection.updateOne({ _id: id, failures: { $gte: 1 } }, { $inc: { failures: -1 } })
          : await collection.updateOne(
              { _id: id, failures: { $gte: 1 }, nextAllowedAt: wait.nextAllowedAt },
              { $inc: { failures: -1 }, $set: { nextAllowedAt: wait.until } },
            );
      return matchedCount === 1;
    },
    remove: (ids) => writeWithRequest(collection, { deleteMany: { filter: { _id: { $in: ids } } } }),
  };
}

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
   * Never staged: what is counted here holds whatever becomes of the request.
   *
   * @param read undefined when there was no counter
   * @param next undefined to remove it
   */
  compareAndSet(id: string, read: AttemptCounter | undefined, next: AttemptCounter | undefined): Promise<boolean>;
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
        return next === undefined || insertIfAbsent({ _id: id, ...next });
      }
      const asRead: Filter<LoginAttemptDocument> = { _id: id, failures: read.failures, nextAllowedAt: read.nextAllowedAt, expiresAt: read.expiresAt };
      if (next === undefined) {
        return (await collection.deleteOne(asRead)).deletedCount === 1;
      }
      return (await collection.updateOne(asRead, { $set: next })).matchedCount === 1;
    },
    remove: (ids) => writeWithRequest(collection, { deleteMany: { filter: { _id: { $in: ids } } } }),
  };
}

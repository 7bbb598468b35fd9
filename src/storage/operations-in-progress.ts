/** Counts the operations in progress on a database, so that closing it can wait for them. */
import { StorageUnavailableError } from '../errors.ts';
import type { Collection, Document } from './database.ts';
import { noteStorageFailure } from './request-scope.ts';

export interface OperationsInProgress {
  /** Runs an operation. @throws StorageUnavailableError when the database is closing */
  run<R>(operation: () => Promise<R>): Promise<R>;
  /** Accepts no more operations; resolves when those in progress have ended. */
  end(): Promise<void>;
  /** Wraps a collection so that each operation is counted once, however many calls it makes to the backend. */
  counted<T extends Document>(collection: Collection<T>): Collection<T>;
}

export function createOperationsInProgress(): OperationsInProgress {
  let count = 0;
  let closing = false;
  let waiting: (() => void)[] = [];

  async function run<R>(operation: () => Promise<R>): Promise<R> {
    if (closing) {
      throw noteStorageFailure(new StorageUnavailableError('the database is closing'));
    }
    count += 1;
    try {
      return await operation();
    } finally {
      count -= 1;
      if (count === 0) {
        waiting.forEach((resolve) => resolve());
        waiting = [];
      }
    }
  }

  return {
    run,
    end: async () => {
      closing = true;
      if (count > 0) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
    counted: (collection) => ({
      insertOne: (...given) => run(() => collection.insertOne(...given)),
      findOne: (...given) => run(() => collection.findOne(...given)),
      find: (...given) => {
        const found = collection.find(...given);
        return { toArray: () => run(() => found.toArray()) };
      },
      findOneAndUpdate: (...given) => run(() => collection.findOneAndUpdate(...given)),
      updateOne: (...given) => run(() => collection.updateOne(...given)),
      replaceOne: (...given) => run(() => collection.replaceOne(...given)),
      deleteOne: (...given) => run(() => collection.deleteOne(...given)),
      deleteMany: (...given) => run(() => collection.deleteMany(...given)),
      bulkWrite: (...given) => run(() => collection.bulkWrite(...given)),
      countDocuments: (...given) => run(() => collection.countDocuments(...given)),
    }),
  };
}

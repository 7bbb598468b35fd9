/**
 * A database of which one statement fails: before it is applied, after it was applied (only its answer is lost), or in
 * the middle of a bulk write. Statements of work in the background do not count.
 */
import { StorageUnavailableError } from '../../src/errors.ts';
import type { Collection, Database, Document, WriteOperation } from '../../src/storage/database.ts';
import { noteStorageFailure } from '../../src/storage/request-scope.ts';

export type FaultKind = 'before' | 'after' | 'half';

export interface FailingDatabase {
  readonly wrap: (database: Database) => Database;
  /** Lets a statement fail, counted from 0 from now on. @returns whether that has happened, when it is called */
  failStatement(number: number, kind: FaultKind): () => boolean;
  /** Lets the next bulk write fail. */
  failBulkWrite(kind: FaultKind): void;
  /** Lets the next bulk write wait until the returned function is called. @returns when it waits, and that function */
  holdBulkWrite(): { readonly reached: Promise<void>; readonly release: () => void };
  /** Cancels a fault that has not happened. */
  restore(): void;
}

const background = new Set(['changes', 'outbox', 'signing_keys', 'installation']);

export function createFailingDatabase(): FailingDatabase {
  let fault: { remaining: number; readonly kind: FaultKind; readonly happened: () => void } | undefined;
  let bulkFault: FaultKind | undefined;
  let hold: { readonly reached: () => void; readonly released: Promise<void> } | undefined;

  /** The fault of this statement, if it is the one. */
  function faultOfStatement(): FaultKind | undefined {
    if (fault === undefined) {
      return undefined;
    }
    if (fault.remaining > 0) {
      fault.remaining -= 1;
      return undefined;
    }
    const { kind, happened } = fault;
    fault = undefined;
    happened();
    return kind;
  }

  function fail(): never {
    throw noteStorageFailure(new StorageUnavailableError('the test lets this statement fail'));
  }

  async function run<R>(statement: () => Promise<R>): Promise<R> {
    const kind = faultOfStatement();
    if (kind === 'before' || kind === 'half') {
      fail();
    }
    const result = await statement();
    return kind === 'after' ? fail() : result;
  }

  function wrapCollection<T extends Document>(collection: Collection<T>): Collection<T> {
    return {
      ...collection,
      findOne: (filter) => run(() => collection.findOne(filter)),
      find: (filter, options) => ({ toArray: () => run(() => collection.find(filter, options).toArray()) }),
      insertOne: (document) => run(() => collection.insertOne(document)),
      updateOne: (filter, update, options) => run(() => collection.updateOne(filter, update, options)),
      replaceOne: (filter, document, options) => run(() => collection.replaceOne(filter, document, options)),
      findOneAndUpdate: (filter, update, options) => run(() => collection.findOneAndUpdate(filter, update, options)),
      deleteOne: (filter) => run(() => collection.deleteOne(filter)),
      deleteMany: (filter) => run(() => collection.deleteMany(filter)),
      bulkWrite: async (operations: readonly WriteOperation<T>[]) => {
        const held = hold;
        hold = undefined;
        held?.reached();
        await held?.released;
        if (bulkFault !== undefined) {
          fault = { remaining: 0, kind: bulkFault, happened: () => undefined };
          bulkFault = undefined;
        }
        if (fault?.kind === 'half' && fault.remaining === 0) {
          await collection.bulkWrite(operations.slice(0, Math.floor(operations.length / 2)));
        }
        return run(() => collection.bulkWrite(operations));
      },
    };
  }

  return {
    wrap: (database) => ({
      ...database,
      collection: (definition) => {
        const collection = database.collection(definition);
        return background.has(definition.name) ? collection : wrapCollection(collection);
      },
    }),
    failStatement: (number, kind) => {
      let hasHappened = false;
      fault = {
        remaining: number,
        kind,
        happened: () => {
          hasHappened = true;
        },
      };
      return () => hasHappened;
    },
    failBulkWrite: (kind) => {
      bulkFault = kind;
    },
    holdBulkWrite: () => {
      const reached = Promise.withResolvers<undefined>();
      const released = Promise.withResolvers<undefined>();
      hold = { reached: () => reached.resolve(undefined), released: released.promise };
      return { reached: reached.promise, release: () => released.resolve(undefined) };
    },
    restore: () => {
      fault = undefined;
      bulkFault = undefined;
    },
  };
}

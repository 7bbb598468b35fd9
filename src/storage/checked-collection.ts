/**
 * What every collection guarantees in addition to a raw backend, the same for SQLite and MongoDB:
 * - filters and updates are checked at run time (grammar.ts);
 * - an expired document is treated as absent by every operation, unless the filter itself names `expiresAt`. When an
 *   expired document blocks an insert or upsert, it is removed and the write is tried once more;
 * - each operation ends within the request's deadline (request-scope.ts), or fails with `StorageUnavailableError`. A
 *   write that fails so may or may not have been applied, and is not sent again afterwards;
 * - a backend's errors become `StorageUnavailableError` or `DuplicateKeyError`.
 */
import type { Clock } from '../clock.ts';
import { monotonicMilliseconds } from '../clock.ts';
import { DuplicateKeyError, StorageUnavailableError } from '../errors.ts';
import type { Backend, Failure } from './backend.ts';
import type {
  BulkResult,
  Collection,
  CollectionDefinition,
  Document,
  Filter,
  FindOptions,
  Operation,
  Update,
  WriteOperation,
} from './database.ts';
import { checkDocument, checkFilter, checkFindOptions, checkUpsert, normalizeUpdate } from './grammar.ts';
import { currentRequestScope, noteStorageFailure, operationDeadline } from './request-scope.ts';

/** Runs an operation unless the request's deadline has already passed. The backend ends it at the deadline. */
export function beforeDeadline<R>(
  what: string,
  run: () => Promise<R>,
  translate: (error: unknown) => unknown,
): Promise<R> {
  if (operationDeadline() <= monotonicMilliseconds()) {
    return Promise.reject(
      noteStorageFailure(new StorageUnavailableError(`${what}: the request's deadline has passed`)),
    );
  }
  return run().catch((error: unknown) => {
    throw noteStorageFailure(translate(error));
  });
}

/** A bulk write of which a part succeeded. Used only inside this file. */
class PartialBulk extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super('bulk write failed');
    this.failure = failure;
  }
}

/**
 * Adds these guarantees to one collection of a backend.
 * @param count called for each operation that is sent
 */
export function checkedCollection<T extends Document>(
  backend: Backend,
  definition: CollectionDefinition<T>,
  clock: Clock,
  count: (operation: Operation) => void,
): Collection<T> {
  const raw = backend.collection(definition);
  const { name: collection } = definition;
  const uniqueKeys: readonly (readonly string[])[] = [
    ['_id'],
    ...definition.indexes.filter((index) => index.unique === true).map((index) => index.fields),
  ];
  const translateError = (error: unknown): unknown => backend.translate(error, collection).error;

  function perform<R>(
    name: string,
    kind: Operation['kind'],
    run: () => Promise<R>,
    translate = translateError,
  ): Promise<R> {
    const operations = currentRequestScope()?.operations;
    if (operations !== undefined) {
      operations[kind === 'read' ? 'reads' : 'writes'] += 1;
    }
    count({ collection, name, kind });
    return beforeDeadline(`${name} on ${collection}`, run, translate);
  }

  function unexpired(filter: Filter<T>): Filter<T> {
    checkFilter(filter);
    if (!definition.expires || 'expiresAt' in filter) {
      return filter;
    }
    return { ...filter, expiresAt: { $gt: clock.now() } };
  }

  /** Removes expired documents that have one of the unique keys of `fields`. */
  async function removeLeftovers(fields: Readonly<Record<string, unknown>>): Promise<void> {
    if (!definition.expires) {
      return;
    }
    for (const key of uniqueKeys) {
      if (!key.every((field) => fields[field] !== undefined)) {
        continue;
      }
      const filter = {
        ...Object.fromEntries(key.map((field) => [field, fields[field]])),
        expiresAt: { $lte: clock.now() },
      };
      checkFilter(filter);
      // The fields of a unique key are scalars of T (see IndexDefinition), and checkFilter has checked their values.
      await perform('deleteMany', 'write', () => raw.deleteMany(filter as unknown as Filter<T>));
    }
  }

  /** Tries again after a duplicate key: the cause may be an expired document, or (MongoDB) a concurrent upsert. */
  async function twice<R>(fields: () => Readonly<Record<string, unknown>>, attempt: () => Promise<R>): Promise<R> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) {
        throw error;
      }
      await removeLeftovers(fields());
      return attempt();
    }
  }

  function checked(operation: WriteOperation<T>): WriteOperation<T> {
    if ('insertOne' in operation) {
      checkDocument(operation.insertOne.document, { withId: true });
      return operation;
    }
    if ('updateOne' in operation) {
      const { filter, update, upsert } = operation.updateOne;
      const updateOne = { filter: unexpired(filter), update: normalizeUpdate(update), upsert: upsert === true };
      if (upsert === true) {
        checkUpsert(filter);
      }
      return { updateOne };
    }
    if ('replaceOne' in operation) {
      const { filter, replacement, upsert } = operation.replaceOne;
      const replaceOne = { filter: unexpired(filter), replacement, upsert: upsert === true };
      checkDocument(replacement, { withId: false });
      if (upsert === true) {
        checkUpsert(filter);
      }
      return { replaceOne };
    }
    if ('deleteOne' in operation) {
      return { deleteOne: { filter: unexpired(operation.deleteOne.filter) } };
    }
    if ('deleteMany' in operation) {
      return { deleteMany: { filter: unexpired(operation.deleteMany.filter) } };
    }
    throw new TypeError('storage: not a write operation');
  }

  async function bulkWrite(operations: readonly WriteOperation<T>[]): Promise<BulkResult> {
    let pending = operations.map(checked);
    let total: BulkResult = { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 };
    let triedAgain = false;
    while (pending.length > 0) {
      const sent = pending;
      try {
        return sum(
          total,
          await perform(
            'bulkWrite',
            'write',
            () => raw.bulkWrite(sent),
            (error) => new PartialBulk(backend.translate(error, collection)),
          ),
        );
      } catch (error) {
        if (!(error instanceof PartialBulk)) {
          throw error;
        }
        const { error: cause, completed } = error.failure;
        const failed = completed === undefined ? undefined : sent[completed.count];
        const fields = failed === undefined ? undefined : fieldsWritten(failed);
        const first = completed === undefined || completed.count > 0 || !triedAgain;
        if (!(cause instanceof DuplicateKeyError) || completed === undefined || fields === undefined || !first) {
          throw noteStorageFailure(cause);
        }
        if (!definition.expires && failed !== undefined && 'insertOne' in failed) {
          throw cause;
        }
        total = sum(total, completed.result);
        pending = sent.slice(completed.count);
        triedAgain = true;
        await removeLeftovers(fields);
      }
    }
    return total;
  }

  return {
    async insertOne(document) {
      checkDocument(document, { withId: true });
      const attempt = (): Promise<unknown> => perform('insertOne', 'write', () => raw.insertOne(document));
      return definition.expires ? twice(() => document as unknown as Record<string, unknown>, attempt) : attempt();
    },

    async findOne(filter) {
      const checkedFilter = unexpired(filter);
      return perform('findOne', 'read', () => raw.findOne(checkedFilter));
    },

    find(filter, options: FindOptions<T> = {}) {
      const checkedFilter = unexpired(filter);
      checkFindOptions(options);
      const sort =
        options.sort === undefined || '_id' in options.sort ? options.sort : { ...options.sort, _id: 1 as const };
      const sorted: FindOptions<T> = sort === undefined ? options : { ...options, sort };
      return { toArray: () => perform('find', 'read', () => raw.find(checkedFilter, sorted).toArray()) };
    },

    async findOneAndUpdate(filter, update, options) {
      const operation = { filter: unexpired(filter), update: normalizeUpdate(update) };
      const attempt = (): Promise<T | null> =>
        perform('findOneAndUpdate', 'write', () => raw.findOneAndUpdate(operation.filter, operation.update, options));
      if (options.upsert !== true) {
        return attempt();
      }
      checkUpsert(filter);
      return twice(() => fieldsOfUpsert(filter, update), attempt);
    },

    async updateOne(filter, update, options = {}) {
      const operation = { filter: unexpired(filter), update: normalizeUpdate(update) };
      const attempt = (): ReturnType<typeof raw.updateOne> =>
        perform('updateOne', 'write', () => raw.updateOne(operation.filter, operation.update, options));
      if (options.upsert !== true) {
        return attempt();
      }
      checkUpsert(filter);
      return twice(() => fieldsOfUpsert(filter, update), attempt);
    },

    async replaceOne(filter, replacement, options = {}) {
      const checkedFilter = unexpired(filter);
      checkDocument(replacement, { withId: false });
      const attempt = (): ReturnType<typeof raw.replaceOne> =>
        perform('replaceOne', 'write', () => raw.replaceOne(checkedFilter, replacement, options));
      if (options.upsert !== true) {
        return attempt();
      }
      checkUpsert(filter);
      return twice(() => ({ ...replacement, _id: (filter as { readonly _id?: unknown })._id }), attempt);
    },

    async deleteOne(filter) {
      const checkedFilter = unexpired(filter);
      return perform('deleteOne', 'write', () => raw.deleteOne(checkedFilter));
    },

    async deleteMany(filter) {
      const checkedFilter = unexpired(filter);
      return perform('deleteMany', 'write', () => raw.deleteMany(checkedFilter));
    },

    bulkWrite,

    async countDocuments(filter) {
      const checkedFilter = unexpired(filter);
      return perform('countDocuments', 'read', () => raw.countDocuments(checkedFilter));
    },
  };
}

function fieldsOfUpsert<T>(filter: Filter<T>, update: Update<T>): Readonly<Record<string, unknown>> {
  return { ...update.$setOnInsert, ...update.$set, _id: (filter as { readonly _id?: unknown })._id };
}

/** The fields of the document that an insert or upsert would create; `undefined` for other operations. */
function fieldsWritten<T>(operation: WriteOperation<T>): Readonly<Record<string, unknown>> | undefined {
  if ('insertOne' in operation) {
    return operation.insertOne.document as Readonly<Record<string, unknown>>;
  }
  if ('updateOne' in operation && operation.updateOne.upsert === true) {
    return fieldsOfUpsert(operation.updateOne.filter, operation.updateOne.update);
  }
  if ('replaceOne' in operation && operation.replaceOne.upsert === true) {
    const { filter, replacement } = operation.replaceOne;
    return { ...replacement, _id: (filter as { readonly _id?: unknown })._id };
  }
  return undefined;
}

function sum(one: BulkResult, other: BulkResult): BulkResult {
  return {
    insertedCount: one.insertedCount + other.insertedCount,
    matchedCount: one.matchedCount + other.matchedCount,
    modifiedCount: one.modifiedCount + other.modifiedCount,
    deletedCount: one.deletedCount + other.deletedCount,
    upsertedCount: one.upsertedCount + other.upsertedCount,
  };
}

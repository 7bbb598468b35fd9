/**
 * The driver's collections as the storage port; each call is limited by the deadline of its request.
 *
 * The limit is set twice. `maxTimeMS` ends the operation in the server. An abort signal ends it in the driver at the
 * moment when the caller gets its 503. Without the signal, the driver may send a retryable write again later and
 * overwrite a newer, acknowledged write. Experiments showed that an aborted call is not sent again and frees its
 * connection, while with the driver's `timeoutMS` a call on a silent network takes more than 12 s to fail.
 */
import type { Collection as DriverCollection } from 'mongodb';
import { monotonicMilliseconds } from '../clock.ts';
import { StorageUnavailableError } from '../errors.ts';
import type {
  BulkResult,
  Collection,
  Document,
  Filter,
  FindOptions,
  Update,
  UpdateResult,
  WriteOperation,
} from './database.ts';
import { operationDeadline } from './request-scope.ts';

/** Options that limit a call to the driver. */
export interface CallLimits {
  /** Aborted at the deadline; nothing is sent after that. */
  readonly signal: AbortSignal;
  /** Milliseconds that the server may take. */
  readonly maxTimeMS: number;
}

/**
 * Runs `call`. At the deadline of the request it aborts `call` and fails; a write that was already sent may or may not
 * have been applied.
 * @param what names the operation, for the error
 * @throws StorageUnavailableError at the deadline, and whatever the driver throws
 */
export async function withinDeadline<R>(what: string, call: (limits: CallLimits) => Promise<R>): Promise<R> {
  const remaining = Math.max(1, Math.round(operationDeadline() - monotonicMilliseconds()));
  const abortion = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new StorageUnavailableError(`${what}: no answer within ${remaining} ms`);
    abortion.abort(error);
    reject(error);
  }, remaining);
  try {
    return await Promise.race([call({ signal: abortion.signal, maxTimeMS: remaining }), expired]);
  } finally {
    clearTimeout(timer);
  }
}

type Upsert = { readonly upsert?: boolean };

/**
 * The methods of the driver's collection that are used here. The driver's types depend on the document type, so the
 * compiler cannot compare them with these for a generic `T`. It compares them below for a type with every kind of
 * field.
 */
interface LimitedCollection<T extends Document> {
  insertOne(document: T, options: CallLimits): Promise<unknown>;
  findOne(filter: Filter<T>, options: CallLimits): Promise<T | null>;
  find(filter: Filter<T>, options: FindOptions<T> & CallLimits): { toArray(): Promise<T[]> };
  findOneAndUpdate(
    filter: Filter<T>,
    update: Update<T>,
    options: { readonly returnDocument: 'before' | 'after' } & Upsert & CallLimits,
  ): Promise<T | null>;
  updateOne(filter: Filter<T>, update: Update<T>, options: Upsert & CallLimits): Promise<UpdateResult>;
  replaceOne(filter: Filter<T>, replacement: Omit<T, '_id'>, options: Upsert & CallLimits): Promise<UpdateResult>;
  deleteOne(filter: Filter<T>, options: CallLimits): Promise<{ readonly deletedCount: number }>;
  deleteMany(filter: Filter<T>, options: CallLimits): Promise<{ readonly deletedCount: number }>;
  bulkWrite(operations: readonly WriteOperation<T>[], options: CallLimits): Promise<BulkResult>;
  countDocuments(filter: Filter<T>, options: CallLimits): Promise<number>;
}

/**
 * One collection.
 * @param name for errors
 * @param current returns the driver's collection; called for each operation, since the client may be replaced
 * @param perform runs an operation within its deadline
 */
export function mongodbCollection<T extends Document>(
  name: string,
  current: () => DriverCollection<T>,
  perform: typeof withinDeadline,
): Collection<T> {
  const driver = (): LimitedCollection<T> => current() as unknown as LimitedCollection<T>;
  const run = <R>(operation: string, call: (limits: CallLimits) => Promise<R>): Promise<R> =>
    perform(`${operation} on ${name}`, call);
  return {
    insertOne: (document) => run('insertOne', (limits) => driver().insertOne(document, limits)),
    findOne: (filter) => run('findOne', (limits) => driver().findOne(filter, limits)),
    find: (filter, options = {}) => ({
      toArray: () =>
        run('find', (limits) =>
          driver()
            .find(filter, { ...options, ...limits })
            .toArray(),
        ),
    }),
    findOneAndUpdate: (filter, update, options) =>
      run('findOneAndUpdate', (limits) => driver().findOneAndUpdate(filter, update, { ...options, ...limits })),
    updateOne: (filter, update, options = {}) =>
      run('updateOne', (limits) => driver().updateOne(filter, update, { ...options, ...limits })),
    replaceOne: (filter, replacement, options = {}) =>
      run('replaceOne', (limits) => driver().replaceOne(filter, replacement, { ...options, ...limits })),
    deleteOne: (filter) => run('deleteOne', (limits) => driver().deleteOne(filter, limits)),
    deleteMany: (filter) => run('deleteMany', (limits) => driver().deleteMany(filter, limits)),
    bulkWrite: (operations) => run('bulkWrite', (limits) => driver().bulkWrite(operations, limits)),
    countDocuments: (filter) => run('countDocuments', (limits) => driver().countDocuments(filter, limits)),
  };
}

interface Probe extends Document {
  readonly text: string;
  readonly count?: number;
  readonly flag: boolean;
  readonly at?: Date;
  readonly list: readonly { readonly inner: string }[];
}
type Assert<Is extends true> = Is;
export type DriverFitsPort = Assert<DriverCollection<Probe> extends LimitedCollection<Probe> ? true : false>;

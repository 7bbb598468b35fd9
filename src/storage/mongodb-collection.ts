/**
 * MongoDB's collections as the port: the driver's own, each call limited by the deadline of its request.
 *
 * The limit is set twice. `maxTimeMS` ends the operation in the server. An abort signal ends it in the driver, at the
 * moment that the caller gets its 503: a driver that is left alone sends a retryable write again after that moment, over
 * a newer write that was acknowledged meanwhile. Tried: an aborted call is not sent again and frees its connection, while
 * the driver's `timeoutMS` lets a silent network hang for more than 12 s.
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

/** What each call of the driver is given. */
export interface CallLimits {
  /** Aborted at the deadline: nothing is sent from then on. */
  readonly signal: AbortSignal;
  /** Milliseconds that the server may take. */
  readonly maxTimeMS: number;
}

/**
 * Settles with `call`, or fails at the deadline of the request and aborts `call`. A write that was sent by then may or
 * may not have been applied.
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
 * The methods of the driver's collection that are used here. For a document type that is still a parameter the driver's
 * types cannot be compared with these, because they are conditional on it; the compiler compares them below for one that
 * has every kind of field.
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
 * @param current gives the driver's collection; asked anew at each operation, since the client may be replaced
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

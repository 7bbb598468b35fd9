/**
 * What one request carries to every storage operation it causes, without an argument for it: its deadline, a count of
 * its operations, and the writes that it has collected to send together before the response leaves.
 *
 * A scope ends when the function that it was opened for settles. Timers and background work that were started inside
 * it see no scope from then on; what must not see one at all (a poller) runs in the asynchronous context in which it was made.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { monotonicMilliseconds } from '../clock.ts';
import { StorageUnavailableError } from '../errors.ts';
import { createUnitOfWork, type StageOptions, type UnitOfWork } from './unit-of-work.ts';
import type { Collection, Document, WriteOperation } from './database.ts';

/** Milliseconds that an operation outside of any request may take. */
const defaultDeadlineMs = 5000;

export interface RequestScope {
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  /** Operations that reached the backend on behalf of this request. */
  readonly operations: { reads: number; writes: number };
  /** What exists only if the request succeeds. */
  readonly unitOfWork: UnitOfWork;
  /** What is kept although the request fails: the record of what happened in it. */
  readonly records: UnitOfWork;
  /**
   * The first failure of the database in this request. An answer that was made in spite of it (by a library that turns
   * errors into verdicts) must not be sent: it may say of a token that it is unknown when nobody could look.
   */
  storageFailure?: StorageUnavailableError;
}

interface OpenScope extends RequestScope {
  open: boolean;
  /** Reads of this request that have not answered yet. */
  readonly reading: Map<string, Promise<unknown>>;
}

const scopes = new AsyncLocalStorage<OpenScope | undefined>();

/**
 * Runs a request. What it staged and did not send when `run` settles is discarded: sending is explicit
 * ({@link sendWrites}, {@link sendRecords}), so that a failure to write can still become the response.
 * @param options.deadlineMs milliseconds from now after which every storage operation of this request fails.
 */
export async function runInRequestScope<R>(
  options: { readonly deadlineMs: number },
  run: () => Promise<R> | R,
): Promise<R> {
  const scope: OpenScope = {
    deadline: monotonicMilliseconds() + options.deadlineMs,
    operations: { reads: 0, writes: 0 },
    unitOfWork: createUnitOfWork(),
    records: createUnitOfWork(),
    open: true,
    reading: new Map(),
  };
  return scopes.run(scope, async () => {
    try {
      return await run();
    } finally {
      scope.open = false;
      scope.unitOfWork.discard();
      scope.records.discard();
    }
  });
}

/** The scope of the request that is being answered, if one is. */
export function currentRequestScope(): RequestScope | undefined {
  const scope = scopes.getStore();
  return scope?.open === true ? scope : undefined;
}

/** The moment, on the monotonic clock, by which an operation that begins now must have ended. */
export function operationDeadline(): number {
  return currentRequestScope()?.deadline ?? monotonicMilliseconds() + defaultDeadlineMs;
}

/** Notes on the request that the database failed it, whoever catches the error on its way; returns the error. */
export function noteStorageFailure<E>(error: E): E {
  const scope = currentRequestScope();
  if (scope !== undefined && error instanceof StorageUnavailableError) {
    scope.storageFailure ??= error;
  }
  return error;
}

/**
 * Reads once what a request asks for several times at the same moment. What is asked for after the answer came is read
 * again, and no two requests share a read: nobody is told less than what was acknowledged before they asked.
 * @param what names what is read
 */
export function readTogether<R>(what: string, read: () => Promise<R>): Promise<R> {
  const scope = scopes.getStore();
  if (scope?.open !== true) {
    return read();
  }
  const known = scope.reading.get(what) as Promise<R> | undefined;
  if (known !== undefined) {
    return known;
  }
  const reading = read();
  const forget = (): boolean => scope.reading.delete(what);
  scope.reading.set(what, reading);
  reading.then(forget, forget);
  return reading;
}

/**
 * Writes with the request: staged until {@link sendWrites} when there is a request, at once when there is none. A
 * repository's method that does so is named `…WithRequest`.
 * Only for writes whose outcome decides nothing in this request, but see {@link StageOptions.onUnmatched}.
 */
export function writeWithRequest<T extends Document>(
  collection: Collection<T>,
  operation: WriteOperation<T>,
  options: StageOptions = {},
): Promise<void> {
  return stageOrWrite(currentRequestScope()?.unitOfWork, collection, operation, options);
}

/** The same for a record of what happened: it is kept although the request fails. */
export function recordWithRequest<T extends Document>(
  collection: Collection<T>,
  operation: WriteOperation<T>,
): Promise<void> {
  return stageOrWrite(currentRequestScope()?.records, collection, operation, {});
}

async function stageOrWrite<T extends Document>(
  unitOfWork: UnitOfWork | undefined,
  collection: Collection<T>,
  operation: WriteOperation<T>,
  options: StageOptions,
): Promise<void> {
  if (unitOfWork !== undefined) {
    unitOfWork.stage(collection, operation, options);
    return;
  }
  const alone = createUnitOfWork();
  alone.stage(collection, operation, options);
  await alone.flush();
}

/**
 * Sends what the current request has staged, writes and records begun in the same tick. Nothing is kept for another try
 * when it fails.
 * @throws what {@link UnitOfWork.flush} throws
 */
export async function sendWrites(): Promise<void> {
  const scope = currentRequestScope();
  const outcomes = await Promise.allSettled([scope?.unitOfWork.flush(), scope?.records.flush()]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
  }
}

/**
 * Sends the records of the current request alone, after it failed. They have a deadline of their own, since the
 * request's may have passed.
 * @throws StorageUnavailableError
 */
export async function sendRecords(): Promise<void> {
  const records = currentRequestScope()?.records;
  if (records !== undefined && !records.isEmpty()) {
    await scopes.run(undefined, () => records.flush());
  }
}

/**
 * What all storage operations of one request share, without passing an argument: the request's deadline, a count of its
 * operations, and the writes collected to be sent together before the response.
 *
 * A scope ends when the function for which it was opened settles; timers and background work that were started inside
 * it then have no scope. Work that must never have a scope (a poller) runs in the asynchronous context of its creation.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { monotonicMilliseconds } from '../clock.ts';
import { StorageUnavailableError } from '../errors.ts';
import { createUnitOfWork, type StageOptions, type UnitOfWork } from './unit-of-work.ts';
import type { Collection, Document, WriteOperation } from './database.ts';

/** Milliseconds that an operation outside of any request may take. */
const defaultDeadlineMs = 5000;

export interface RequestScope {
  /**
   * On the monotonic clock, in milliseconds. It counts from the first operation on, without the time that a request
   * waits for others ({@link waitForOthers}).
   */
  readonly deadline: number;
  /** Operations that reached the backend on behalf of this request. */
  readonly operations: { reads: number; writes: number };
  /** Writes that are sent only if the request succeeds. */
  readonly unitOfWork: UnitOfWork;
  /** Records of what happened, such as audit events: kept even if the request fails. */
  readonly records: UnitOfWork;
  /**
   * The first failure of the database in this request. A response that was built in spite of it (by a library that
   * swallows errors) must not be sent: it may report a token as unknown although the database could not be read.
   */
  storageFailure?: StorageUnavailableError;
  /** Whether {@link undoAll} has something to undo. */
  readonly hasUndo: () => boolean;
}

type Undo = () => Promise<unknown>;
type Check = () => Promise<void>;

interface OpenScope extends RequestScope {
  open: boolean;
  readonly undo: Undo[];
  readonly checks: Check[];
  /** Milliseconds for which the request has waited for others. */
  waitedForOthers: number;
  /** Waits in progress, and when the first of them began: parallel ones count once. */
  waits: number;
  waitingSince: number;
  /** The state of the database as this request has seen it last, and until when it may be used. */
  databaseState: { readonly value: number; readonly until: number } | undefined;
  /** Reads of this request in progress. */
  readonly reading: Map<string, Promise<unknown>>;
}

const scopes = new AsyncLocalStorage<OpenScope | undefined>();

/**
 * Runs a request. Staged writes that were not sent when `run` settles are discarded. They are sent explicitly
 * ({@link sendWrites}, {@link sendRecords}), so that a failed write can still change the response.
 * @param options.deadlineMs milliseconds, from its first storage operation on, after which every one of this request
 *   fails
 */
export async function runInRequestScope<R>(
  options: { readonly deadlineMs: number },
  run: () => Promise<R> | R,
): Promise<R> {
  let began: number | undefined;
  const scope: OpenScope = {
    get deadline() {
      const now = monotonicMilliseconds();
      const waited = scope.waitedForOthers + (scope.waits === 0 ? 0 : now - scope.waitingSince);
      began ??= now - waited;
      return began + waited + options.deadlineMs;
    },
    waitedForOthers: 0,
    waits: 0,
    waitingSince: 0,
    operations: { reads: 0, writes: 0 },
    unitOfWork: createUnitOfWork(),
    records: createUnitOfWork(),
    open: true,
    undo: [],
    checks: [],
    hasUndo: () => scope.undo.length > 0,
    databaseState: undefined,
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

/** The scope of the current request, if there is one. */
export function currentRequestScope(): RequestScope | undefined {
  const scope = scopes.getStore();
  return scope?.open === true ? scope : undefined;
}

/** The time, in milliseconds on the monotonic clock, by which an operation that begins now must have ended. */
export function operationDeadline(): number {
  return currentRequestScope()?.deadline ?? monotonicMilliseconds() + defaultDeadlineMs;
}

/**
 * Waits for somebody else than the database: for the caller, whose body may arrive slowly, or for another server. That
 * is no outage of the database, so that the request's deadline moves by as long.
 */
export async function waitForOthers<R>(wait: () => Promise<R>): Promise<R> {
  const scope = scopes.getStore();
  if (scope?.open !== true) {
    return wait();
  }
  if (scope.waits === 0) {
    scope.waitingSince = monotonicMilliseconds();
  }
  scope.waits += 1;
  try {
    return await wait();
  } finally {
    scope.waits -= 1;
    if (scope.waits === 0) {
      scope.waitedForOthers += monotonicMilliseconds() - scope.waitingSince;
    }
  }
}

/**
 * Records a failure of the database in the request's scope, since other code may catch the error. Returns the error.
 */
export function noteStorageFailure<E>(error: E): E {
  const scope = currentRequestScope();
  if (scope !== undefined && error instanceof StorageUnavailableError) {
    scope.storageFailure ??= error;
  }
  return error;
}

/**
 * Registers what is undone if this request is answered with 503: something that works once was used up, or something
 * was stored that its holder does not get. So the caller may repeat the request. Register it before the write, because
 * a write that failed may have been applied. It must undo only what this request has written: nothing, if that was not
 * applied. Does nothing outside of a request.
 */
export function undoIfUnavailable(undo: Undo): void {
  const scope = scopes.getStore();
  if (scope?.open === true) {
    scope.undo.push(undo);
  }
}

/**
 * Undoes what was registered in the current request. It has its own deadline, because the request's may have passed.
 * @throws StorageUnavailableError, after everything else was tried
 */
export async function undoAll(): Promise<void> {
  const undone = scopes.getStore()?.undo.splice(0) ?? [];
  const outcomes = await scopes.run(undefined, () => Promise.allSettled(undone.map((undo) => undo())));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
  }
}

/**
 * Registers a check that runs when the writes of this request are stored, and before its response. What it throws
 * becomes the answer. It is for what may have changed since this request has read it, and whose change does not find
 * what this request stores. Does nothing outside of a request.
 */
export function checkAfterWrites(check: Check): void {
  const scope = scopes.getStore();
  if (scope?.open === true) {
    scope.checks.push(check);
  }
}

/**
 * Shares one read between parallel reads of the same thing in one request. A read that begins after the answer is sent
 * to the database again, and two requests never share a read: so each sees every write acknowledged before it began.
 * @param what the key of what is read
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
 * Milliseconds for which a request may use the state of the database that it has read. A request that began before a
 * change was acknowledged may use what was true when it began, but not for as long as a hash takes, or an event stream.
 */
const maxStateAgeMs = 20;

/**
 * The state of the database (storage/database.ts, `dataVersion`), read at most once in these milliseconds of a request:
 * reading it costs as much as reading a document.
 */
export function databaseStateOfRequest(read: () => number): number {
  const scope = scopes.getStore();
  if (scope?.open !== true) {
    return read();
  }
  const now = monotonicMilliseconds();
  if (scope.databaseState === undefined || now >= scope.databaseState.until) {
    scope.databaseState = { value: read(), until: now + maxStateAgeMs };
  }
  return scope.databaseState.value;
}

/**
 * Writes with the request: staged until {@link sendWrites} when there is a request, otherwise written immediately. The
 * names of repository methods that do so end in `…WithRequest`.
 * Only for writes whose result this request does not need, but see {@link StageOptions.onUnmatched}.
 */
export function writeWithRequest<T extends Document>(
  collection: Collection<T>,
  operation: WriteOperation<T>,
  options: StageOptions = {},
): Promise<void> {
  return stageOrWrite(currentRequestScope()?.unitOfWork, collection, operation, options);
}

/** The same for a record of what happened, which is kept even if the request fails. */
export function recordWithRequest<T extends Document>(
  collection: Collection<T>,
  operation: WriteOperation<T>,
  options: StageOptions = {},
): Promise<void> {
  return stageOrWrite(currentRequestScope()?.records, collection, operation, options);
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
 * Sends the staged writes and records of the current request; both begin in the same tick. After a failure nothing is
 * kept for another attempt. Then come the checks ({@link checkAfterWrites}).
 * @throws the errors of {@link UnitOfWork.flush}, and of the checks
 */
export async function sendWrites(): Promise<void> {
  const scope = scopes.getStore();
  if (scope?.open !== true) {
    return;
  }
  const outcomes = await Promise.allSettled([scope.unitOfWork.flush(), scope.records.flush()]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
  }
  for (const check of scope.checks.splice(0)) {
    await check();
  }
}

/**
 * Sends only the records of the current request, after it failed. They have their own deadline, because the request's
 * deadline may have passed.
 * @throws StorageUnavailableError
 */
export async function sendRecords(): Promise<void> {
  const records = currentRequestScope()?.records;
  if (records !== undefined && !records.isEmpty()) {
    await scopes.run(undefined, () => records.flush());
  }
}

/**
 * Commits in groups: the writes of one turn of the event loop go into one transaction, and each promise settles after
 * its commit. Waiting for the disk is what decides how many writes a second there are; a group waits once.
 */
import { monotonicMilliseconds } from '../clock.ts';
import { StorageUnavailableError } from '../errors.ts';

/** A transaction of the database; each function is synchronous and may throw the database's error. */
export interface Transactions {
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Whether one is open: the database ends it by itself on some errors (disk full). */
  isOpen(): boolean;
  /** Whether an error says that another process holds the write lock. */
  isBusy(error: unknown): boolean;
}

export interface GroupCommit {
  /**
   * Runs `work` inside the next group. When it throws, its own promise rejects and its neighbours are not touched: a
   * statement that fails undoes itself alone.
   * @param deadline on the monotonic clock: work that could not begin by then is dropped, never done late.
   */
  submit<R>(deadline: number, work: () => R): Promise<R>;
  /** Settles when nothing waits any more. */
  drain(): Promise<void>;
}

/** No transaction holds the write lock, and no group the event loop, for longer than about this. */
const longestGroupMs = 40;
/** How long to leave the event loop free before asking again for a lock that another process holds. */
const busyRetryMs = 10;

interface Job {
  readonly deadline: number;
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** @param options.onCommit called after each commit. */
export function createGroupCommit(transactions: Transactions, options: { readonly onCommit?: (() => void) | undefined } = {}): GroupCommit {
  let waiting: Job[] = [];
  let scheduled = false;
  let drained: (() => void)[] = [];

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(commitGroup);
  }

  function commitGroup(): void {
    scheduled = false;
    const started = monotonicMilliseconds();
    const jobs = waiting.filter((job) => {
      if (job.deadline > started) return true;
      job.reject(new StorageUnavailableError('the database stayed locked until the deadline'));
      return false;
    });
    waiting = [];
    if (jobs.length > 0) commitJobs(jobs, started);
    if (waiting.length === 0) {
      for (const resolve of drained) resolve();
      drained = [];
    }
  }

  function commitJobs(jobs: readonly Job[], started: number): void {
    try {
      transactions.begin();
    } catch (error) {
      if (transactions.isBusy(error)) {
        waiting = [...jobs];
        scheduled = true;
        setTimeout(commitGroup, busyRetryMs);
        return;
      }
      for (const job of jobs) job.reject(error);
      return;
    }
    const settle: (() => void)[] = [];
    let done = 0;
    for (const job of jobs) {
      done += 1;
      try {
        const value = job.work() as never;
        settle.push(() => job.resolve(value));
      } catch (error) {
        if (!transactions.isOpen()) {
          // The database gave the whole transaction up, so nothing of the group was written.
          for (const failed of jobs.slice(0, done)) failed.reject(error);
          defer(jobs.slice(done));
          return;
        }
        settle.push(() => job.reject(error));
      }
      if (monotonicMilliseconds() - started > longestGroupMs) break;
    }
    defer(jobs.slice(done));
    try {
      transactions.commit();
    } catch (error) {
      if (transactions.isOpen()) transactions.rollback();
      for (const failed of jobs.slice(0, done)) failed.reject(error);
      return;
    }
    options.onCommit?.();
    for (const tell of settle) tell();
  }

  function defer(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    waiting = [...jobs, ...waiting];
    schedule();
  }

  return {
    submit: (deadline, work) =>
      new Promise((resolve, reject) => {
        waiting.push({ deadline, work, resolve, reject });
        schedule();
      }),
    drain: () =>
      new Promise((resolve) => {
        if (waiting.length === 0) resolve();
        else drained.push(resolve);
      }),
  };
}

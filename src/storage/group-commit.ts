/**
 * Commits in groups: the writes of one turn of the event loop go into one transaction, and each promise settles when
 * the disk has it. Waiting for the disk is what decides how many writes a second there are; so it is waited for beside
 * the event loop, once for all that was committed before, and the groups of the meantime wait together for the next.
 */
import { monotonicMilliseconds } from '../clock.ts';
import { StorageUnavailableError } from '../errors.ts';

/** A transaction of the database; each function but `sync` is synchronous and may throw the database's error. */
export interface Transactions {
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Resolves when all that was committed before is on the disk. After it rejected once nothing more is committed. */
  sync(): Promise<void>;
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
   * @throws the failure of a sync, for what it concerned and for all work from then on
   */
  submit<R>(deadline: number, work: () => R): Promise<R>;
  /** Settles when nothing waits any more. */
  drain(): Promise<void>;
}

/** No transaction holds the write lock, and no group the event loop, for longer than about this. */
const longestGroupMs = 40;
/** How long to leave the event loop free before asking again for a lock that another process holds. */
const busyRetryMs = 10;
/** How late a promise may be told that the disk does not answer. */
const overdueCheckMs = 100;

interface Job {
  readonly deadline: number;
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What was committed and is not known to be on the disk yet. */
interface Committed {
  readonly deadline: number;
  readonly tell: () => void;
  readonly reject: (error: unknown) => void;
}

/** @param options.onSync called each time the disk was waited for. */
export function createGroupCommit(
  transactions: Transactions,
  options: { readonly onSync?: (() => void) | undefined } = {},
): GroupCommit {
  let waiting: Job[] = [];
  let scheduled = false;
  let committed: Committed[] = [];
  let syncing = false;
  let syncFailure: { readonly error: unknown } | undefined;
  let drained: (() => void)[] = [];

  function schedule(): void {
    if (scheduled) {
      return;
    }
    scheduled = true;
    setImmediate(commitGroup);
  }

  function commitGroup(): void {
    scheduled = false;
    const started = monotonicMilliseconds();
    const jobs = waiting.filter((job) => {
      if (syncFailure !== undefined) {
        job.reject(syncFailure.error);
        return false;
      }
      if (job.deadline > started) {
        return true;
      }
      job.reject(new StorageUnavailableError('the database stayed locked until the deadline'));
      return false;
    });
    waiting = [];
    if (jobs.length > 0) {
      commitJobs(jobs, started);
    }
    if (committed.length > 0 && !syncing) {
      void syncCommitted();
    }
    tellDrained();
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
      for (const job of jobs) {
        job.reject(error);
      }
      return;
    }
    const done: Committed[] = [];
    for (const job of jobs) {
      const { deadline, reject } = job;
      try {
        const value = job.work() as never;
        done.push({ deadline, reject, tell: () => job.resolve(value) });
      } catch (error) {
        if (!transactions.isOpen()) {
          // The database gave the whole transaction up, so nothing of the group was written.
          for (const lost of done) {
            lost.reject(error);
          }
          reject(error);
          defer(jobs.slice(done.length + 1));
          return;
        }
        done.push({ deadline, reject, tell: () => reject(error) });
      }
      if (monotonicMilliseconds() - started > longestGroupMs) {
        break;
      }
    }
    defer(jobs.slice(done.length));
    try {
      transactions.commit();
    } catch (error) {
      if (transactions.isOpen()) {
        transactions.rollback();
      }
      for (const lost of done) {
        lost.reject(error);
      }
      return;
    }
    committed.push(...done);
  }

  function defer(jobs: readonly Job[]): void {
    if (jobs.length === 0) {
      return;
    }
    waiting = [...jobs, ...waiting];
    schedule();
  }

  async function syncCommitted(): Promise<void> {
    syncing = true;
    while (committed.length > 0 && syncFailure === undefined) {
      const group = committed;
      committed = [];
      const overdue = setInterval(() => rejectOverdue(group), overdueCheckMs).unref();
      try {
        await transactions.sync();
        options.onSync?.();
        for (const { tell } of group) {
          tell();
        }
      } catch (error) {
        // What was committed meanwhile is in the log behind a gap, and so would be whatever came later.
        syncFailure = { error };
        for (const { reject } of [...group, ...committed]) {
          reject(error);
        }
        committed = [];
      } finally {
        clearInterval(overdue);
      }
    }
    syncing = false;
    tellDrained();
  }

  /** Settling a promise that is settled already does nothing: a disk that answers after all is not heard. */
  function rejectOverdue(group: readonly Committed[]): void {
    const now = monotonicMilliseconds();
    for (const { deadline, reject } of [...group, ...committed]) {
      if (deadline <= now) {
        reject(new StorageUnavailableError('the disk did not answer until the deadline'));
      }
    }
  }

  function tellDrained(): void {
    if (waiting.length > 0 || syncing) {
      return;
    }
    for (const resolve of drained) {
      resolve();
    }
    drained = [];
  }

  return {
    submit: (deadline, work) =>
      new Promise((resolve, reject) => {
        waiting.push({ deadline, work, resolve, reject });
        schedule();
      }),
    drain: () =>
      new Promise((resolve) => {
        drained.push(resolve);
        tellDrained();
      }),
  };
}

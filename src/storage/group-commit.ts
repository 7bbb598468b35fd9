/**
 * Commits in groups: the writes of two turns of the event loop go into one transaction, and each promise settles when
 * the transaction is on the disk. Waiting for the disk limits the number of writes per second. So the writes that
 * arrive during a sync, which does not block the event loop, form one group, and share the next sync. They would wait
 * for that sync in any case, and a larger group writes fewer pages.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { monotonicMilliseconds } from '../clock.ts';
import { StorageUnavailableError } from '../errors.ts';

/** A transaction of the database; each function but `sync` is synchronous and may throw the database's error. */
export interface Transactions {
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Resolves when everything committed before is on the disk. After one rejection nothing more is committed. */
  sync(): Promise<void>;
  /** Whether a transaction is open: on some errors (disk full) the database ends it. */
  isOpen(): boolean;
  /** Whether an error says that another process holds the write lock. */
  isBusy(error: unknown): boolean;
}

export interface GroupCommit {
  /**
   * Runs `work` inside the next group. When it throws, only its own promise rejects: a failed statement undoes only
   * itself.
   * @param deadline milliseconds on the monotonic clock: work that has not begun by then is dropped
   * @throws the error of a failed sync, for the work that it covered and all later work
   */
  submit<R>(deadline: number, work: () => R): Promise<R>;
  /** Resolves when nothing is waiting. */
  drain(): Promise<void>;
}

/** A transaction holds the write lock, and a group the event loop, for about this long at most. */
const maxGroupMs = 40;
/** How long to wait before trying again to take a lock that another process holds. */
const busyRetryMs = 10;
/** A promise may reject this long after its deadline when the disk does not answer. */
const overdueCheckMs = 100;

interface Job {
  readonly deadline: number;
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Work that was committed and may not be on the disk yet. */
interface Committed {
  readonly deadline: number;
  readonly settle: () => void;
  readonly reject: (error: unknown) => void;
}

/** @param options.onSync called after each sync */
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
    // One more turn: the writes of requests that have just arrived join the group.
    setImmediate(() => setImmediate(commitGroup));
  }

  function commitGroup(): void {
    scheduled = false;
    if (syncing) {
      return;
    }
    commitWaiting();
    if (committed.length > 0) {
      void syncCommitted();
    }
    resolveDrained();
  }

  function commitWaiting(): void {
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
  }

  function commitJobs(jobs: readonly Job[], started: number): void {
    try {
      transactions.begin();
    } catch (error) {
      if (transactions.isBusy(error)) {
        waiting = [...jobs];
        if (!scheduled) {
          scheduled = true;
          setTimeout(commitGroup, busyRetryMs);
        }
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
        done.push({ deadline, reject, settle: () => job.resolve(value) });
      } catch (error) {
        if (!transactions.isOpen()) {
          // The database rolled back the whole transaction, so nothing of the group was written.
          for (const lost of done) {
            lost.reject(error);
          }
          reject(error);
          defer(jobs.slice(done.length + 1));
          return;
        }
        done.push({ deadline, reject, settle: () => reject(error) });
      }
      if (monotonicMilliseconds() - started > maxGroupMs) {
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
        for (const { settle } of group) {
          settle();
        }
      } catch (error) {
        // Later commits would follow a gap in the log.
        syncFailure = { error };
        for (const { reject } of group) {
          reject(error);
        }
      } finally {
        clearInterval(overdue);
      }
      // What was acknowledged is answered first.
      await nextTurn();
      commitWaiting();
    }
    syncing = false;
    if (waiting.length > 0) {
      schedule();
    }
    resolveDrained();
  }

  /** A later answer of the disk has no effect, because a settled promise stays as it is. */
  function rejectOverdue(group: readonly Committed[]): void {
    const now = monotonicMilliseconds();
    for (const { deadline, reject } of [...group, ...waiting]) {
      if (deadline <= now) {
        reject(new StorageUnavailableError('the disk did not answer until the deadline'));
      }
    }
    waiting = waiting.filter(({ deadline }) => deadline > now);
  }

  function resolveDrained(): void {
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
        resolveDrained();
      }),
  };
}

/**
 * What instances tell each other: an append-only log that each of them polls, the same way on every database. Whoever
 * changes something writes an entry with the change itself; every instance, its own too, hands each entry to those who
 * subscribed, once, in no promised order. So handlers look at what is stored rather than at what they missed.
 *
 * Entries carry the writers' clocks. Each poll looks back over {@link lookBackSeconds} and remembers what it has seen:
 * clocks may differ by as much, and a write may take as long to arrive.
 */
import { after, type Clock } from '../clock.ts';
import { randomToken } from '../crypto/secrets.ts';
import type { ChangeDocument } from '../storage/collections.ts';
import type { ChangeRepository } from '../storage/repositories/changes.ts';

export type ChangeKind = ChangeDocument['kind'];
export type ChangeHandler = (subject: string) => Promise<void> | void;

export interface ChangeFeed {
  /** Writes an entry, with the other writes of the request where there is one. @param subject an id, nothing secret */
  publish(kind: ChangeKind, subject: string): Promise<void>;
  /** @returns ends the subscription */
  subscribe(kind: ChangeKind, handler: ChangeHandler): () => void;
  /** Begins to poll. What was written before this moment, but for the last seconds, is not handed on. */
  start(): void;
  /** Ends polling; resolves when no handler runs any more. */
  stop(): Promise<void>;
  /** Polls once, now: for tests, and for whoever just wrote and wants it seen here. @throws StorageUnavailableError */
  poll(): Promise<void>;
}

export interface ChangeFeedOptions {
  readonly changes: ChangeRepository;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds between polls. */
  readonly interval?: number;
  /** Leaves the request's scope: a poll belongs to no request. */
  readonly detach: (run: () => void) => void;
}

const lookBackSeconds = 30;
/** An instance that was cut off for longer than this begins anew, as after a restart. */
const keepSeconds = 24 * 3600;
const longestPauseMs = 5000;

export function createChangeFeed({ changes, clock, log, interval = 300, detach }: ChangeFeedOptions): ChangeFeed {
  const handlers = new Map<ChangeKind, Set<ChangeHandler>>();
  /** Entries that were handed on, with their moment, as long as a poll could find them again. */
  const seen = new Map<string, number>();
  let since = clock.now().getTime();
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let failures = 0;
  let polling: Promise<void> | undefined;

  async function handOn({ _id, at, kind, subject }: ChangeDocument): Promise<boolean> {
    try {
      for (const handler of handlers.get(kind) ?? []) {
        await handler(subject);
      }
      seen.set(_id, at.getTime());
      return true;
    } catch (error) {
      // Not remembered as seen: the next poll tries again, until the entry is out of its sight.
      log.warn({ err: error, kind, subject }, 'a change could not be taken over');
      return false;
    }
  }

  async function pollNow(): Promise<void> {
    const began = clock.now().getTime();
    const from = Math.min(since, began) - lookBackSeconds * 1000;
    for (const change of await changes.listSince(new Date(from))) {
      if (!seen.has(change._id)) {
        await handOn(change);
      }
    }
    since = began;
    for (const [id, at] of seen) {
      if (at < from) {
        seen.delete(id);
      }
    }
  }

  /** One poll at a time: a second caller waits for one that begins after the call. */
  async function poll(): Promise<void> {
    const before = polling;
    const own = (before ?? Promise.resolve()).catch(() => {}).then(pollNow);
    polling = own;
    try {
      await own;
    } finally {
      if (polling === own) {
        polling = undefined;
      }
    }
  }

  async function pollInTurn(): Promise<void> {
    try {
      await poll();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) {
        log.warn({ err: error }, 'changes cannot be read; trying again');
      }
    }
    schedule();
  }

  function schedule(): void {
    if (!running) {
      return;
    }
    // During an outage polls become rarer, and instances do not all come back at the same moment.
    const pause =
      failures === 0
        ? interval
        : Math.min(longestPauseMs, interval * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
    timer = setTimeout(() => void pollInTurn(), pause);
    timer.unref();
  }

  return {
    publish: (kind, subject) =>
      changes.insert({ _id: randomToken(16), at: clock.now(), kind, subject, expiresAt: after(clock, keepSeconds) }),
    subscribe: (kind, handler) => {
      const others = handlers.get(kind) ?? new Set();
      handlers.set(kind, others.add(handler));
      return () => {
        others.delete(handler);
      };
    },
    start: () => {
      if (!running) {
        running = true;
        since = clock.now().getTime();
        detach(schedule);
      }
    },
    stop: async () => {
      running = false;
      clearTimeout(timer);
      await polling?.catch(() => {});
    },
    poll,
  };
}

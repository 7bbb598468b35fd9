/**
 * How instances inform each other of changes: an append-only log that each of them polls, the same way on every
 * database. An entry is written together with the change. Every instance, also the one that wrote it, passes each entry
 * to its subscribers once. The order is not guaranteed, so handlers should read the current state from the database.
 *
 * The time of an entry is from the clock of its writer. Clocks may differ, and a write may take a while to become
 * visible, so each poll reads the last {@link lookBackSeconds} again and skips the entries that it has seen.
 */
import { monotonicMilliseconds, type Clock } from '../../clock.ts';
import { LRUCache } from 'lru-cache';
import { randomToken } from '../../crypto/secrets.ts';
import { createPoller } from '../../poller.ts';
import type { ChangeDocument } from '../../storage/collections.ts';
import type { ChangeRepository } from '../../storage/repositories/changes.ts';

export type ChangeKind = ChangeDocument['kind'];
/** @param at when it was written, by the clock of its writer */
export type ChangeHandler = (subject: string, at: Date) => Promise<void> | void;

export interface ChangeFeed {
  /** Writes an entry, with the other writes of the request where there is one. @param subject an id, nothing secret */
  publish(kind: ChangeKind, subject: string): Promise<void>;
  /**
   * Writes entries immediately, so they remain when the request fails. They are stored when this resolves.
   * @param keepFor seconds for which the entries are kept
   * @returns the time that the entries have
   */
  announce(kind: ChangeKind, subjects: readonly string[], keepFor: number): Promise<Date>;
  /** @returns a function that ends the subscription */
  subscribe(kind: ChangeKind, handler: ChangeHandler): () => void;
  /** Starts polling. Entries that are older than {@link lookBackSeconds} at this moment are not passed on. */
  start(): void;
  /** Stops polling; resolves when no handler is running any more. */
  stop(): Promise<void>;
  /** Polls once, immediately: for tests, and after a write that must be seen here. @throws StorageUnavailableError */
  poll(): Promise<void>;
  /**
   * Resolves when everything has been passed on that was stored up to `maxDelay` milliseconds ago: immediately while
   * polling works. Otherwise it polls, once for all callers that wait for a poll to begin.
   * @throws StorageUnavailableError
   */
  catchUp(maxDelay: number): Promise<void>;
  /** Whether everything has been passed on that was stored up to `maxDelay` milliseconds ago. */
  isCurrent(maxDelay: number): boolean;
}

export interface ChangeFeedOptions {
  readonly changes: ChangeRepository;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds between polls. */
  readonly interval?: number;
}

const lookBackSeconds = 30;
/** An instance that was disconnected for longer than this misses changes. */
const keepSeconds = 24 * 3600;

export function createChangeFeed({ changes, clock, log, interval = 300 }: ChangeFeedOptions): ChangeFeed {
  /** Bounded by the number of kinds and of subscribers in the code. */
  const handlers = new Map<ChangeKind, Set<ChangeHandler>>();
  /**
   * Entries that were passed on, with their time, for as long as a poll can read them again. If there are more than the
   * maximum, some are passed on twice, which is harmless.
   */
  const seen = new LRUCache<string, number>({ max: 10_000 });
  let since = clock.now().getTime();
  /** When the last successful poll began, on the monotonic clock; `since` is the same by the calendar's clock. */
  let readAt = -Infinity;
  let catchingUp: Promise<void> | undefined;

  async function passOn({ _id, at, kind, subject }: ChangeDocument): Promise<boolean> {
    try {
      for (const handler of handlers.get(kind) ?? []) {
        await handler(subject, at);
      }
      seen.set(_id, at.getTime());
      return true;
    } catch (error) {
      // Not marked as seen: the next poll tries again, as long as it reads this entry.
      log.warn({ err: error, kind, subject }, 'a change could not be applied');
      return false;
    }
  }

  async function pollNow(): Promise<void> {
    const startedAt = clock.now().getTime();
    const began = monotonicMilliseconds();
    const from = Math.min(since, startedAt) - lookBackSeconds * 1000;
    for (const change of await changes.listSince(new Date(from))) {
      if (!seen.has(change._id)) {
        await passOn(change);
      }
    }
    since = startedAt;
    readAt = began;
    for (const id of [...seen].flatMap(([one, at]) => (at < from ? [one] : []))) {
      seen.delete(id);
    }
  }

  /** By both clocks, because the monotonic one does not run while the machine is suspended. */
  function isCurrent(maxDelay: number): boolean {
    return monotonicMilliseconds() - readAt <= maxDelay && Math.abs(clock.now().getTime() - since) <= maxDelay;
  }

  const poller = createPoller({
    round: pollNow,
    pauseMs: () => interval,
    onFailure: (error) => log.warn({ err: error }, 'changes cannot be read; trying again'),
  });

  const entry = (kind: ChangeKind, subject: string, at: Date, keepFor: number): ChangeDocument => ({
    _id: randomToken(16),
    at,
    kind,
    subject,
    expiresAt: new Date(at.getTime() + keepFor * 1000),
  });

  return {
    publish: (kind, subject) => changes.insertWithRequest(entry(kind, subject, clock.now(), keepSeconds)),
    announce: async (kind, subjects, keepFor) => {
      const at = clock.now();
      await changes.insertAll(subjects.map((subject) => entry(kind, subject, at, keepFor)));
      return at;
    },
    subscribe: (kind, handler) => {
      const others = handlers.get(kind) ?? new Set();
      handlers.set(kind, others.add(handler));
      return () => {
        others.delete(handler);
      };
    },
    start: () => {
      since = clock.now().getTime();
      poller.start(0);
    },
    stop: () => poller.stop(),
    poll: () => poller.runNow(),
    isCurrent,
    catchUp: async (maxDelay) => {
      // A poll that began before this call may not have read what was stored until then: then another one is needed.
      for (let round = 0; round < 2 && !isCurrent(maxDelay); round += 1) {
        catchingUp ??= poller.runNow().finally(() => {
          catchingUp = undefined;
        });
        await catchingUp;
      }
    },
  };
}

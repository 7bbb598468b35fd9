/**
 * What instances tell each other: an append-only log that each of them polls, the same way on every database. Whoever
 * changes something writes an entry with the change itself; every instance, its own too, hands each entry to those who
 * subscribed, once, in no promised order. So handlers look at what is stored rather than at what they missed.
 *
 * Entries carry the writers' clocks. Each poll looks back over {@link lookBackSeconds} and remembers what it has seen:
 * clocks may differ by as much, and a write may take as long to arrive.
 */
import { after, type Clock } from '../clock.ts';
import { LRUCache } from 'lru-cache';
import { randomToken } from '../crypto/secrets.ts';
import { createPoller } from '../poller.ts';
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
}

const lookBackSeconds = 30;
/** An instance that was cut off for longer than this begins anew, as after a restart. */
const keepSeconds = 24 * 3600;

export function createChangeFeed({ changes, clock, log, interval = 300 }: ChangeFeedOptions): ChangeFeed {
  /** As many as there are parts of this server that subscribe. */
  const handlers = new Map<ChangeKind, Set<ChangeHandler>>();
  /**
   * Entries that were handed on, with their moment, as long as a poll could find them again. Should there ever be more
   * in that time, some are handed on a second time, which handlers can bear.
   */
  const seen = new LRUCache<string, number>({ max: 10_000 });
  let since = clock.now().getTime();

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
    for (const id of [...seen].flatMap(([one, at]) => (at < from ? [one] : []))) {
      seen.delete(id);
    }
  }

  const poller = createPoller({
    round: pollNow,
    pauseMs: () => interval,
    onFailure: (error) => log.warn({ err: error }, 'changes cannot be read; trying again'),
  });

  return {
    publish: (kind, subject) =>
      changes.insertWithRequest({
        _id: randomToken(16),
        at: clock.now(),
        kind,
        subject,
        expiresAt: after(clock, keepSeconds),
      }),
    subscribe: (kind, handler) => {
      const others = handlers.get(kind) ?? new Set();
      handlers.set(kind, others.add(handler));
      return () => {
        others.delete(handler);
      };
    },
    start: () => {
      since = clock.now().getTime();
      poller.start(interval);
    },
    stop: () => poller.stop(),
    poll: () => poller.runNow(),
  };
}

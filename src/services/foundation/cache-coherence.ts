/**
 * Keeps the caches of clients and APIs (storage/repositories/document-cache.ts) coherent between processes. On both
 * databases, when a change of a client or an API is acknowledged, no process uses the earlier document any more.
 *
 * SQLite answers by itself, without a request, whether another process has written. MongoDB does not. There, a change
 * is announced in the log of changes after it is stored, and an instance uses what it keeps only while its last
 * successful poll of that log began less than {@link leaseMs} ago. So the writer waits that long after its
 * announcement: then every instance has read it, or uses nothing that it keeps.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMilliseconds, type Clock } from '../../clock.ts';
import type { CacheCoherence } from '../../storage/repositories/document-cache.ts';
import type { ChangeFeed } from './change-feed.ts';

const leaseMs = 1000;
/** By how much the wait of a writer is longer than a lease, since no two clocks run equally fast. */
const marginMs = 50;
/**
 * An instance uses a document for at most this long without reading it again. It bounds what a command leaves behind
 * that was killed, or lost its connection, between its write and its announcement.
 */
const maxAgeMs = 10_000;
/** Seconds that an announcement is kept: longer than instances keep documents, and than their clocks may differ. */
const announcementLifetime = 3600;

export function createCacheCoherence({
  dataVersion,
  feed,
  clock,
}: {
  /** The answer of the database itself, where it has one. */
  readonly dataVersion: (() => number) | undefined;
  readonly feed: Pick<ChangeFeed, 'announce' | 'subscribe' | 'isCurrent'>;
  readonly clock: Clock;
}): CacheCoherence {
  return dataVersion === undefined
    ? coherenceByLease(feed, clock)
    : { state: dataVersion, announce: async () => {}, settled: async () => {}, onChange: () => {} };
}

function coherenceByLease(
  feed: Pick<ChangeFeed, 'announce' | 'subscribe' | 'isCurrent'>,
  clock: Clock,
): CacheCoherence {
  /** When every lease from before the last announcement has ended, on the monotonic clock. */
  let settledAt = -Infinity;

  return {
    state: () => (feed.isCurrent(leaseMs) ? Math.floor(clock.now().getTime() / maxAgeMs) : undefined),

    announce: async (kind, id) => {
      await feed.announce(kind, [id], announcementLifetime);
      settledAt = monotonicMilliseconds() + leaseMs + marginMs;
    },

    settled: async () => {
      const until = settledAt;
      for (let left = until - monotonicMilliseconds(); left > 0; left = until - monotonicMilliseconds()) {
        await sleep(left);
      }
    },

    onChange: (kind, forget) => {
      feed.subscribe(kind, forget);
    },
  };
}

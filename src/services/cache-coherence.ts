/**
 * Keeps the caches of clients and APIs (storage/repositories/document-cache.ts) coherent between processes. On both
 * databases, when a change of a client or an API is acknowledged, no process uses the earlier document any more.
 *
 * SQLite answers by itself, without a request, whether another process has written. MongoDB does not, so there a change
 * is announced in the log of changes, and each instance may use what it keeps only while it knows that log (a lease): a
 * change is acknowledged when every lease from before its announcement has ended.
 */
import type { CacheCoherence } from '../storage/repositories/document-cache.ts';

/** @param dataVersion the database's own answer, where it has one */
export function createCacheCoherence({
  dataVersion,
}: {
  readonly dataVersion: (() => number) | undefined;
}): CacheCoherence {
  if (dataVersion !== undefined) {
    return { state: dataVersion, announce: async () => {}, settled: async () => {}, onChange: () => {} };
  }
  return { state: () => undefined, announce: async () => {}, settled: async () => {}, onChange: () => {} };
}

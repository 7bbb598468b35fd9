/** Values for some time, in a bounded number. */
import type { Now } from './clock.ts';

export interface BoundedCache<T> {
  get(key: string): T | undefined;
  /** @param until milliseconds since the epoch */
  set(key: string, value: T, until: number): void;
}

/** When it is full, the oldest value is removed. */
export function createBoundedCache<T>(maxEntries: number, now: Now): BoundedCache<T> {
  const entries = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.until <= now()) {
        entries.delete(key);
        return undefined;
      }
      return entry?.value;
    },
    set(key, value, until) {
      entries.delete(key);
      if (until <= now() || maxEntries < 1) {
        return;
      }
      const [oldest] = entries.keys();
      if (entries.size >= maxEntries && oldest !== undefined) {
        entries.delete(oldest);
      }
      entries.set(key, { value, until });
    },
  };
}

/** Remembers what may be used once, in a bounded number. */
import type { Now } from './clock.ts';

export interface ReplayMemory {
  /**
   * Remembers the key until then.
   * @param until milliseconds since the epoch
   * @returns `new`, `seen`, or `full` if nothing more can be remembered: then it is not known whether it is new
   */
  add(key: string, until: number): 'new' | 'seen' | 'full';
}

export function createReplayMemory(maxEntries: number, now: Now): ReplayMemory {
  const entries = new Map<string, number>();
  return {
    add(key, until) {
      const seenUntil = entries.get(key);
      if (seenUntil !== undefined && seenUntil > now()) {
        return 'seen';
      }
      if (entries.size >= maxEntries) {
        for (const [other, end] of entries) {
          if (end <= now()) {
            entries.delete(other);
          }
        }
      }
      if (entries.size >= maxEntries) {
        return 'full';
      }
      entries.set(key, until);
      return 'new';
    },
  };
}

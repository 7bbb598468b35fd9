/**
 * Where attempts wait for a place among those under way, by what they are counted by. One that ends in this process
 * wakes the next; what ends in another process is seen by looking again from time to time. Knows no rule: who is woken
 * looks for a place anew (services/throttle.ts).
 */
import { OverloadedError } from '../errors.ts';

export interface AttemptQueue {
  /** Resolves when it is time to look again. @throws OverloadedError when too many are waiting */
  turn(id: string): Promise<void>;
  /** A place became free: the first in the queue looks again. */
  wakeOne(id: string): void;
  /** Nothing is as it was: all look again. */
  wakeAll(id: string): void;
}

/** At the same time, in this process: each holds a request open. */
const maxWaiting = 1000;
const maxWaitingOfOne = 200;
/** Milliseconds after which the database is looked at again. */
const pollMs = 100;

export function createAttemptQueue(): AttemptQueue {
  /** At most {@link maxWaiting} entries in all lists together. */
  const waiting = new Map<string, (() => void)[]>();
  let total = 0;

  return {
    turn: (id) => {
      const list = waiting.get(id) ?? [];
      if (total >= maxWaiting || list.length >= maxWaitingOfOne) {
        return Promise.reject(new OverloadedError(`${total} attempts are waiting for others to end`));
      }
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          total -= 1;
          const rest = (waiting.get(id) ?? []).filter((one) => one !== wake);
          if (rest.length === 0) {
            waiting.delete(id);
          } else {
            waiting.set(id, rest);
          }
          resolve();
        };
        const timer = setTimeout(wake, pollMs);
        waiting.set(id, [...list, wake]);
        total += 1;
      });
    },
    wakeOne: (id) => waiting.get(id)?.[0]?.(),
    wakeAll: (id) => {
      for (const wake of waiting.get(id) ?? []) {
        wake();
      }
    },
  };
}

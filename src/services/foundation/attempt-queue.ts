/**
 * Queues of attempts that wait for a free place, one queue for each counter. An attempt that ends in this process wakes
 * the next one. Attempts that end in another process are noticed by polling. The rules are not here: an attempt that is
 * woken tries again to take a place (services/foundation/throttle.ts).
 */
import { OverloadedError } from '../../errors.ts';

export interface AttemptQueue {
  /** The number of attempts that wait for this counter. */
  lengthOf(id: string): number;
  /** Resolves when it is time to try again. @throws OverloadedError when too many are waiting */
  turn(id: string): Promise<void>;
  /** A place became free: wakes the first in the queue. */
  wakeOne(id: string): void;
  /** The counter has changed: wakes all in the queue. */
  wakeAll(id: string): void;
}

/** In this process. Each waiting attempt holds a request open. */
const maxWaiting = 1000;
const maxQueueLength = 200;
/** Milliseconds after which a waiting attempt reads the database again. */
const pollMs = 100;

export function createAttemptQueue(): AttemptQueue {
  /** At most {@link maxWaiting} entries in all lists together. */
  const waiting = new Map<string, (() => void)[]>();
  let total = 0;

  return {
    lengthOf: (id) => waiting.get(id)?.length ?? 0,
    turn: (id) => {
      const list = waiting.get(id) ?? [];
      if (total >= maxWaiting || list.length >= maxQueueLength) {
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

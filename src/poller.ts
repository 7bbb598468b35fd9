/**
 * Repeated background work: reading the log of changes, delivering messages, refreshing keys, removing expired records.
 * One round runs at a time. After a failure the pause to the next round is that of backoff.ts.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { retryDelay } from './backoff.ts';

export interface PollerOptions<T> {
  readonly round: () => Promise<T>;
  /** Milliseconds from the end of a successful round to the next one. */
  readonly pauseMs: (result: T) => number;
  /** Called for the first of several consecutive failures of scheduled rounds. */
  readonly onFailure: (error: unknown) => void;
}

export interface Poller<T> {
  /** Starts running rounds; the first one after `firstPauseMs`. */
  start(firstPauseMs: number): void;
  /**
   * Runs a round now, even if the poller was not started. It first waits for a round in progress, so that the new round
   * begins after the call. Rejects when the round fails.
   */
  runNow(): Promise<T>;
  /** Stops scheduling rounds; resolves when no round is in progress. */
  stop(): Promise<void>;
}

/**
 * Creates a poller that is not started. Rounds run in the asynchronous context of this call, so create it outside of
 * any request: a round belongs to no request, not even to the one that calls `runNow`.
 */
export function createPoller<T>({ round, pauseMs, onFailure }: PollerOptions<T>): Poller<T> {
  const outside = AsyncLocalStorage.snapshot();
  let running = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let latest: Promise<unknown> = Promise.resolve();

  function schedule(pause: number): void {
    clearTimeout(timer);
    if (running) {
      timer = outside(() => setTimeout(() => void runByItself(), pause)).unref();
    }
  }

  async function oneRound(): Promise<T> {
    try {
      const result = await outside(round);
      failures = 0;
      schedule(pauseMs(result));
      return result;
    } catch (error) {
      failures += 1;
      schedule(retryDelay(failures));
      throw error;
    }
  }

  function runNow(): Promise<T> {
    const own = latest.then(oneRound, oneRound);
    latest = own;
    return own;
  }

  async function runByItself(): Promise<void> {
    try {
      await runNow();
    } catch (error) {
      if (failures === 1) {
        onFailure(error);
      }
    }
  }

  return {
    start: (firstPauseMs) => {
      if (!running) {
        running = true;
        schedule(firstPauseMs);
      }
    },
    runNow,
    stop: async () => {
      running = false;
      clearTimeout(timer);
      await latest.catch(() => {});
    },
  };
}

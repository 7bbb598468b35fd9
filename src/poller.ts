/**
 * Work that repeats beside requests: reading the log of changes, delivering messages, refreshing keys, removing expired
 * records. One round at a time; after a failure the next one comes sooner or later, see {@link maxRetryMs}.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface PollerOptions<T> {
  readonly round: () => Promise<T>;
  /** Milliseconds from the end of a round that did not fail to the next one. */
  readonly pauseMs: (result: T) => number;
  /** The first failure in a row of rounds that ran by themselves; those after it are not reported. */
  readonly onFailure: (error: unknown) => void;
}

export interface Poller<T> {
  /** Begins to run rounds; the first one after a pause of `firstPauseMs`. */
  start(firstPauseMs: number): void;
  /**
   * Runs a round now, whether or not the poller was started. While another is under way it waits for its end, so that
   * the round begins after the call. Rejects when the round fails.
   */
  runNow(): Promise<T>;
  /** Ends the repetition; resolves when no round is under way any more. */
  stop(): Promise<void>;
}

/** After failures in a row pauses double from the first to the second of these, in milliseconds. */
const firstRetryMs = 300;
const maxRetryMs = 5000;

/** At random a little less, so that instances do not all come back at the same moment after an outage. */
function retryPause(failures: number): number {
  return Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2);
}

/**
 * Makes a poller; it does nothing yet. Rounds run in the asynchronous context of this call, so make it outside of any
 * request: a round belongs to no request, not even to the one that asks for it.
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
      schedule(retryPause(failures));
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

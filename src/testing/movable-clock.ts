/**
 * A clock that a test moves. The protocol engine reads `Date.now` and not our clock. So while a test server whose clock
 * was moved handles a request, `Date.now` returns the time of that server to the code that handles it. All other code
 * of the process, also that of other test servers, still gets the machine's time.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock, type Clock } from '../clock.ts';

export interface MovableClock extends Clock {
  /** Moves the time forward. @throws RangeError for anything but a number of seconds that is not negative */
  advance(seconds: number): void;
  /** Runs something in the time of this clock, which for it alone is moved by another `seconds`, back when negative. */
  run<R>(seconds: number, work: () => R): R;
}

/** Milliseconds by which the time of the current request differs from the machine's. */
const offsetOfRequest = new AsyncLocalStorage<() => number>();
/** Also replaced in a `Date` that a library for fake timers has put in place of the real one. */
const replacements = new WeakSet<typeof Date.now>();

function replaceDateNow(): void {
  const now = Date.now;
  if (replacements.has(now)) {
    return;
  }
  Date.now = () => Reflect.apply(now, Date, []) + (offsetOfRequest.getStore()?.() ?? 0);
  replacements.add(Date.now);
}

/** Creates a clock with the machine's time. */
export function createMovableClock(): MovableClock {
  const ownOffset = new AsyncLocalStorage<number>();
  let advancedMs = 0;
  const offset = (): number => advancedMs + (ownOffset.getStore() ?? 0);
  return {
    now: () => new Date(systemClock.now().getTime() + offset()),
    advance: (seconds) => {
      // A `Date` has a maximum, 275,760 years after the epoch.
      const moved = new Date(systemClock.now().getTime() + advancedMs + seconds * 1000);
      if (Number.isNaN(moved.getTime()) || !Number.isFinite(seconds) || seconds < 0) {
        throw new RangeError(`Expected a number of seconds by which the clock moves forward, not ${seconds}.`);
      }
      advancedMs += seconds * 1000;
    },
    run: (seconds, work) =>
      ownOffset.run(seconds * 1000, () => {
        if (offset() === 0) {
          return work();
        }
        replaceDateNow();
        return offsetOfRequest.run(offset, work);
      }),
  };
}

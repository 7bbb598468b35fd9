/**
 * The only file that reads the time. Everything else is given a {@link Clock}, so that a test can stand at any moment
 * and two servers in one process can disagree about it.
 */
export interface Clock {
  /** The current moment. */
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is moved: for tests. */
export interface ManualClock extends Clock {
  /** Moves the clock forward by this many seconds (or back, when negative). */
  advance(seconds: number): void;
}

/** Makes a clock that stands at `start` until it is advanced. */
export function manualClock(start: Date = new Date()): ManualClock {
  let current = start.getTime();
  return {
    now: () => new Date(current),
    advance: (seconds) => {
      current += seconds * 1000;
    },
  };
}

/** Seconds since the epoch, the unit of every OAuth timestamp (RFC 7519 §2, NumericDate). */
export function epochSeconds(clock: Clock): number {
  return toEpochSeconds(clock.now());
}

/** A moment as OAuth and OpenID Connect documents write it: seconds since the epoch (RFC 7519 §2, NumericDate). */
export function toEpochSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** A moment this many seconds after the clock's present. */
export function after(clock: Clock, seconds: number): Date {
  return new Date(clock.now().getTime() + seconds * 1000);
}

/**
 * The present, but at least a millisecond later than `moment`. The time of a record's last change is what the next
 * change is guarded by, so it must differ after each change: also within one millisecond, and where the clock of
 * another instance is ahead.
 */
export function strictlyAfter(clock: Clock, moment: Date): Date {
  return new Date(Math.max(clock.now().getTime(), moment.getTime() + 1));
}

/** Milliseconds on a clock that never jumps: for deadlines and durations, never for a moment in time. */
export function monotonicMilliseconds(): number {
  return performance.now();
}

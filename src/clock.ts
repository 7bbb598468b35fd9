/**
 * The only file that reads the system time. All other code receives a {@link Clock}, so that tests can choose the time
 * and two servers in one process can have different times.
 */
export interface Clock {
  /** The current time. */
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock for tests whose time changes only by {@link ManualClock.advance}. */
export interface ManualClock extends Clock {
  /** Moves the clock forward by this many seconds (or back, when negative). */
  advance(seconds: number): void;
}

/** Creates a clock whose time is `start` until it is advanced. */
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

/** A time in the format of OAuth and OpenID Connect: seconds since the epoch (RFC 7519 §2, NumericDate). */
export function toEpochSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** The time this many seconds from now. */
export function after(clock: Clock, seconds: number): Date {
  return new Date(clock.now().getTime() + seconds * 1000);
}

/**
 * The current time, but at least one millisecond later than `moment`. A change of a record applies only if the time of
 * the last change is still the one that was read. So that time must be different after each change, also for two
 * changes in one millisecond or when the clock of another instance is ahead.
 */
export function strictlyAfter(clock: Clock, moment: Date): Date {
  return new Date(Math.max(clock.now().getTime(), moment.getTime() + 1));
}

/** Milliseconds on a clock that never jumps: for deadlines and durations, not for dates. */
export function monotonicMilliseconds(): number {
  return performance.now();
}

/**
 * Identifies the present turn of the event loop: what is processed in one turn was received before the turn began. The
 * number increases each time that Node asks the operating system for events, and with each event. Node asks twice in
 * one turn if there were very many.
 */
export function turnOfEventLoop(): number {
  const { loopCount, events } = performance.nodeTiming.uvMetricsInfo;
  return loopCount + events;
}

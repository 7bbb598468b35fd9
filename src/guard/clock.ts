/** The only file of the guard that reads the system time. All other files receive a {@link Now}. */

/** The current time, in milliseconds since the epoch. */
export type Now = () => number;

/** The machine's own clock. */
export const systemTime: Now = () => Date.now();

/**
 * Milliseconds since a moment. After the clock was set back, a moment may lie in the future: it is as old as it is far
 * away, because nobody knows its age, and it must not count as just now until the clock has caught up.
 */
export function ageOf(moment: number, now: Now): number {
  return Math.abs(now() - moment);
}

/** How long to wait between attempts at something that fails, such as a database that does not answer. */

const firstDelayMs = 300;
const maxDelayMs = 5000;

/**
 * The pause before the next attempt, in milliseconds. It doubles with each failure up to a maximum, and is shortened at
 * random, so that instances do not all try again at the same moment after an outage.
 * @param failures consecutive failures so far, from 1
 */
export function retryDelay(failures: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2);
}

/** The only file of the guard that reads the system time. All other files receive a {@link Now}. */

/** The current time, in milliseconds since the epoch. */
export type Now = () => number;

/** The machine's own clock. */
export const systemTime: Now = () => Date.now();

/**
 * How long a login session lasts. Two limits, both kept by the server: the idle one moves with each use, the absolute
 * one counts from the moment of signing in and never moves (docs/decisions.md, decision 6; NIST SP 800-63B-4 §2).
 * Somebody who asked to be remembered has one limit for both.
 */
export interface SessionLifetimes {
  /** Seconds. */
  readonly idle: number;
  readonly absolute: number;
  readonly remember: number;
}

/** The login that a session holds. */
export interface SessionLogin {
  readonly signedInAt: Date;
  readonly remembered: boolean;
}

function plusSeconds(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/** The absolute limit: when this login ends, however much it is used. */
export function absoluteEnd(lifetimes: SessionLifetimes, { signedInAt, remembered }: SessionLogin): Date {
  return plusSeconds(signedInAt, remembered ? lifetimes.remember : lifetimes.absolute);
}

/** When this login ends if it is used now and never again. */
export function endAfterUse(lifetimes: SessionLifetimes, login: SessionLogin, now: Date): Date {
  const idleEnd = plusSeconds(now, login.remembered ? lifetimes.remember : lifetimes.idle);
  const limit = absoluteEnd(lifetimes, login);
  return idleEnd < limit ? idleEnd : limit;
}

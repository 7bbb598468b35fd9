/**
 * How long a login session is valid. There are two limits, both enforced by the server: the idle one is extended by
 * each use, the absolute one counts from the login and is never extended (docs/decisions.md, decision 6; NIST SP
 * 800-63B-4 §2). A remembered login has one limit for both.
 */
import type { Session } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';

export interface SessionLifetimes {
  /** Seconds. */
  readonly idle: number;
  readonly absolute: number;
  readonly remember: number;
}

/** The login of a session. */
export interface SessionLogin {
  readonly signedInAt: Date;
  readonly remembered: boolean;
}

function plusSeconds(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/** The absolute limit: when this login ends, however often it is used. */
export function absoluteEnd(lifetimes: SessionLifetimes, { signedInAt, remembered }: SessionLogin): Date {
  return plusSeconds(signedInAt, remembered ? lifetimes.remember : lifetimes.absolute);
}

/** When this login ends if it is used now and not again. */
export function endAfterUse(lifetimes: SessionLifetimes, login: SessionLogin, now: Date): Date {
  const idleEnd = plusSeconds(now, login.remembered ? lifetimes.remember : lifetimes.idle);
  const limit = absoluteEnd(lifetimes, login);
  return idleEnd < limit ? idleEnd : limit;
}

/**
 * Seconds until a session of the engine ends if its user's login is used now and not again. At least one: the engine
 * accepts no less, and an expired record is rejected when it is read.
 */
export function secondsAfterUse(
  lifetimes: SessionLifetimes,
  { loginTs, transient }: Pick<Session, 'loginTs' | 'transient'>,
  clock: Clock,
): number {
  const signedInAt = new Date((loginTs ?? epochSeconds(clock)) * 1000);
  const now = clock.now();
  const end = endAfterUse(lifetimes, { signedInAt, remembered: transient !== true }, now);
  return Math.max(1, Math.ceil((end.getTime() - now.getTime()) / 1000));
}

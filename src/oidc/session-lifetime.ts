/**
 * How long a login lasts. Two caps, both kept by the server: idle, which moves with each use, and absolute from the
 * moment of signing in, which does not (docs/decisions.md, decision 6; NIST SP 800-63B-4 §2). Someone who asked to be
 * remembered has one cap for both.
 */
export interface SessionLifetimes {
  /** Seconds. */
  readonly idle: number;
  readonly absolute: number;
  readonly remember: number;
}

/**
 * Seconds that a session has from `now` (seconds since the epoch) if it is used now: at least one, since the engine
 * knows no session that has already ended.
 */
export function secondsLeft(
  lifetimes: SessionLifetimes,
  session: { readonly signedInAt: number | undefined; readonly remembered: boolean },
  now: number,
): number {
  const idle = session.remembered ? lifetimes.remember : lifetimes.idle;
  const absolute = session.remembered ? lifetimes.remember : lifetimes.absolute;
  const untilCap = (session.signedInAt ?? now) + absolute - now;
  return Math.max(1, Math.min(idle, untilCap));
}

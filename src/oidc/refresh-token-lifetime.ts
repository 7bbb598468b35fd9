/**
 * How long a refresh token lasts. Two limits: the idle one begins anew with each token of a chain, the absolute one
 * counts from the first token of the chain and never moves (RFC 9700 §4.14.2). Moments are seconds since the epoch.
 */
export interface RefreshTokenLifetimes {
  /** Seconds. */
  readonly refreshIdle: number;
  readonly refreshAbsolute: number;
}

/** Whether the chain that began at this moment has ended, whatever its newest token says. */
export function isChainOver({ refreshAbsolute }: RefreshTokenLifetimes, beganAt: number, now: number): boolean {
  return beganAt + refreshAbsolute <= now;
}

/** Seconds that the next token of a chain has: at least one, since the engine takes no less. */
export function secondsOfNext(lifetimes: RefreshTokenLifetimes, beganAt: number, now: number): number {
  const { refreshIdle, refreshAbsolute } = lifetimes;
  return Math.max(1, Math.min(refreshIdle, beganAt + refreshAbsolute - now));
}

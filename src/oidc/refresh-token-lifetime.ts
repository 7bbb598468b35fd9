/**
 * How long a refresh token is valid. There are two limits: the idle one restarts with each token of a chain, the
 * absolute one counts from the first token of the chain (RFC 9700 §4.14.2). Times are in seconds since the epoch.
 */
export interface RefreshTokenLifetimes {
  /** Seconds. */
  readonly refreshIdle: number;
  readonly refreshAbsolute: number;
  /** In which a client may repeat a refresh, unless it has a time of its own. */
  readonly refreshRetry: number;
}

/** Whether the chain that started at `startedAt` has ended, whatever the expiry of its newest token is. */
export function isChainOver({ refreshAbsolute }: RefreshTokenLifetimes, startedAt: number, now: number): boolean {
  return startedAt + refreshAbsolute <= now;
}

/** The lifetime of the next token of a chain in seconds: at least one, because the engine accepts no less. */
export function secondsOfNext(lifetimes: RefreshTokenLifetimes, startedAt: number, now: number): number {
  const { refreshIdle, refreshAbsolute } = lifetimes;
  return Math.max(1, Math.min(refreshIdle, startedAt + refreshAbsolute - now));
}

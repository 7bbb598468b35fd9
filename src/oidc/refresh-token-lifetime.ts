/**
 * How long a refresh token is valid. There are two limits: the idle one restarts with each token of a chain, the
 * absolute one counts from the first token of the chain (RFC 9700 §4.14.2). Times are in seconds since the epoch.
 */
import type { ApiService } from '../services/clients/apis.ts';
import type { RefreshLimits } from '../services/values/token-lifetimes.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';

export interface RefreshTokenLifetimes {
  /** Seconds. */
  readonly refreshIdle: number;
  readonly refreshAbsolute: number;
  /** In which a client may repeat a refresh, unless it has a time of its own. */
  readonly refreshRetry: number;
}

/** The limits of a chain of refresh tokens. */
export type RefreshTokenLimits = Pick<RefreshTokenLifetimes, 'refreshIdle' | 'refreshAbsolute'>;

/** Finds the lifetimes of the refresh tokens of a client for these APIs. */
export type FindRefreshLifetimes = (clientId: string, apis: readonly string[]) => Promise<RefreshTokenLimits>;

/**
 * The shortest of each kind decides: that of the settings, of the client, or of one of the APIs. It is found when a
 * token is used, so a shorter lifetime ends tokens that were issued before.
 */
export function createFindRefreshLifetimes(deps: {
  readonly clients: Pick<ClientRepository, 'find'>;
  readonly apis: Pick<ApiService, 'findMany'>;
  readonly lifetimes: RefreshTokenLifetimes;
}): FindRefreshLifetimes {
  const { clients, apis, lifetimes } = deps;
  return async (clientId, identifiers) => {
    const [client, ofApis] = await Promise.all([clients.find(clientId), apis.findMany(identifiers)]);
    const limits: readonly RefreshLimits[] = [lifetimes, ...(client === null ? [] : [client]), ...ofApis];
    return {
      refreshIdle: Math.min(...limits.map(({ refreshIdle = Infinity }) => refreshIdle)),
      refreshAbsolute: Math.min(...limits.map(({ refreshAbsolute = Infinity }) => refreshAbsolute)),
    };
  };
}

/** The APIs of a refresh token's payload. */
export function apisOfRefreshToken({ resource }: Readonly<Record<string, unknown>>): readonly string[] {
  return [resource].flat().filter((one) => typeof one === 'string');
}

/**
 * When a token of a chain ends.
 * @param startedAt when the first token of the chain was issued
 * @param issuedAt when this token was issued
 */
export function endOfRefreshToken(
  { refreshIdle, refreshAbsolute }: RefreshTokenLimits,
  startedAt: number,
  issuedAt: number,
): number {
  return Math.min(startedAt + refreshAbsolute, issuedAt + refreshIdle);
}

/** The lifetime of the next token of a chain in seconds: at least one, because the engine accepts no less. */
export function secondsOfNext(limits: RefreshTokenLimits, startedAt: number, now: number): number {
  return Math.max(1, endOfRefreshToken(limits, startedAt, now) - now);
}

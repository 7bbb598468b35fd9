/** How long the tokens of an API or a client may live, where the operator decided it for them. All in seconds. */
import { z } from 'zod';
import { InvalidInputError } from '../../errors.ts';

/** Of refresh tokens: without use, and in total. */
export interface RefreshLimits {
  readonly refreshIdle?: number;
  readonly refreshAbsolute?: number;
}

/** No access token lives longer, whoever asks for it: so long are revocations kept (services/tokens/revocations.ts). */
export const maxAccessTokenLifetime = 24 * 3600;
export const minAccessTokenLifetime = 10;
const minRefreshLifetime = 60;
/** The maximum of `LIFETIME_REFRESH_IDLE` and `LIFETIME_REFRESH_ABSOLUTE`, too. */
const maxRefreshLifetime = 365 * 24 * 3600;

function seconds(min: number, max: number) {
  const expected = `Expected ${min} to ${max} seconds.`;
  return z.number(expected).int(expected).min(min, expected).max(max, expected);
}

export const accessTokenLifetime = seconds(minAccessTokenLifetime, maxAccessTokenLifetime);
export const refreshLifetime = seconds(minRefreshLifetime, maxRefreshLifetime);

/** @throws InvalidInputError when a token could not live as long without use as it says */
export function checkRefreshLimits({ refreshIdle, refreshAbsolute }: RefreshLimits): void {
  if (refreshIdle !== undefined && refreshAbsolute !== undefined && refreshIdle > refreshAbsolute) {
    throw new InvalidInputError(
      `A refresh token cannot live ${refreshIdle} seconds without use, but ${refreshAbsolute} seconds in total.`,
      'refreshIdle',
    );
  }
}

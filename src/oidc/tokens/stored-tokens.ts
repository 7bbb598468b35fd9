/** What the kinds of token that are stored have in common. */
import type { Clock } from '../../clock.ts';
import type { StoredToken } from '../../storage/repositories/oidc-payloads.ts';
import { instanceClockTolerance } from '../configuration.ts';

/** Whether a text has the form of the values of stored tokens: the engine's 256 random bits, base64url. */
export function isOpaqueValue(value: string): boolean {
  return /^[\w-]{43}$/.test(value);
}

/** By our clock. A document outlives its token by the tolerance between the clocks of the instances. */
export function hasExpired({ expiresAt }: Pick<StoredToken, 'expiresAt'>, clock: Clock): boolean {
  return expiresAt.getTime() - instanceClockTolerance * 1000 <= clock.now().getTime();
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

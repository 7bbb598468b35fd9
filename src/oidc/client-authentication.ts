/** How clients prove who they are, beyond what the engine checks: secrets by digest, assertions by the stricter rules. */
import { timingSafeEqual } from 'node:crypto';
import { errors, type Client, type Provider } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { secretDigestsOf } from './client-metadata.ts';

/**
 * Compares a presented secret with the digests of the live ones. A secret has 256 random bits, so SHA-256 is enough
 * (OWASP ASVS 6.5.2); every digest is compared in constant time, whichever matches.
 */
export function compareSecretsByDigest(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compareClientSecret(
    this: Client,
    presented: string,
  ): boolean {
    const actual = Buffer.from(digest(presented));
    return secretDigestsOf(this).reduce((matched, stored) => {
      const expected = Buffer.from(stored);
      return (expected.length === actual.length && timingSafeEqual(expected, actual)) || matched;
    }, false);
  };
}

const longestAssertion = 300;
const allowedClockAhead = 10;

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * The claims of a `private_key_jwt` assertion (RFC 7523 §3), by FAPI 2.0 Security Profile §5.3.2.1: the audience is the
 * issuer's identifier and nothing else (an array or the token endpoint's URL lets another server's assertion in); it
 * lives at most five minutes; a clock may run ahead by ten seconds.
 * @throws InvalidClientAuth
 */
export function createAssertionCheck(
  issuer: string,
  clock: Clock,
): (claims: Readonly<Record<string, unknown>>) => void {
  return (claims) => {
    const now = epochSeconds(clock);
    const expiresAt = numeric(claims['exp']);
    if (claims['aud'] !== issuer) {
      throw new errors.InvalidClientAuth("the assertion's aud must be the issuer identifier, as a string");
    }
    if (expiresAt === undefined || expiresAt - now > longestAssertion) {
      throw new errors.InvalidClientAuth(`the assertion must expire within ${longestAssertion} seconds`);
    }
    for (const name of ['iat', 'nbf']) {
      const moment = numeric(claims[name]);
      if (moment !== undefined && moment > now + allowedClockAhead) {
        throw new errors.InvalidClientAuth(`the assertion's ${name} is in the future`);
      }
    }
  };
}

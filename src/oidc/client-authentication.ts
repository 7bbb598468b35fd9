/**
 * Client authentication beyond the engine's own checks: secrets are compared by digest, assertions have stricter rules.
 */
import { timingSafeEqual } from 'node:crypto';
import { errors, type Client, type Provider } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { mayNameTokenEndpoint, secretDigestsOf } from './client-metadata.ts';
import { endpoints } from './endpoints.ts';

/**
 * Compares a presented secret with the digests of the client's valid ones. A secret has 256 random bits, so SHA-256 is
 * enough (OWASP ASVS 6.5.2). Every digest is compared, in constant time.
 */
export function hasSecret(client: Client, presented: string): boolean {
  const actual = Buffer.from(digest(presented));
  return secretDigestsOf(client).reduce((matched, stored) => {
    const expected = Buffer.from(stored);
    return (expected.length === actual.length && timingSafeEqual(expected, actual)) || matched;
  }, false);
}

/** Makes the engine compare secrets by {@link hasSecret}. */
export function compareSecretsByDigest(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function compareClientSecret(
    this: Client,
    presented: string,
  ): boolean {
    return hasSecret(this, presented);
  };
}

/**
 * What an assertion may have as `aud` that this client has signed: the issuer identifier and nothing else, because with
 * an array or the token endpoint's URL an assertion for another server could be accepted (FAPI 2.0 Security Profile
 * §5.3.2.1). For a client that its operator marked so, the token endpoint's URL is accepted, too.
 */
export function assertionAudiencesOf(client: Client, issuer: string): readonly string[] {
  return [issuer, ...(mayNameTokenEndpoint(client) ? [`${issuer}${endpoints.token.path}`] : [])];
}

/** Seconds. */
const maxAssertionLifetime = 300;

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * Checks the claims of a `private_key_jwt` assertion (RFC 7523 §3), by FAPI 2.0 Security Profile §5.3.2.1. An assertion
 * may be valid for at most five minutes, and a clock may be ahead by ten seconds.
 * @param clockTolerance seconds by which the client's clock may be ahead
 * @throws InvalidClientAuth
 */
export function createAssertionCheck(
  issuer: string,
  clock: Clock,
  clockTolerance: number,
): (claims: Readonly<Record<string, unknown>>, client: Client) => void {
  return (claims, client) => {
    const now = epochSeconds(clock);
    const expiresAt = numeric(claims['exp']);
    const { aud } = claims;
    if (!assertionAudiencesOf(client, issuer).some((audience) => audience === aud)) {
      throw new errors.InvalidClientAuth("the assertion's aud must be the issuer identifier, as a string");
    }
    if (expiresAt === undefined || expiresAt - now > maxAssertionLifetime) {
      throw new errors.InvalidClientAuth(`the assertion must expire within ${maxAssertionLifetime} seconds`);
    }
    for (const name of ['iat', 'nbf']) {
      const moment = numeric(claims[name]);
      if (moment !== undefined && moment > now + clockTolerance) {
        throw new errors.InvalidClientAuth(`the assertion's ${name} is in the future`);
      }
    }
  };
}

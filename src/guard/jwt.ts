/** Checks JWT access tokens with the issuer's keys, without a request for each token (RFC 9068 §4). */
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Now } from './clock.ts';
import { invalidToken, unavailable } from './errors.ts';
import type { Keys } from './keys.ts';

/** Verifies one token and returns its payload. @throws {GuardError} 401 if it is not valid, 503 without keys */
export type VerifyJwt = (token: string) => Promise<JWTPayload>;

/** Whether a token has the form of a JWT: three parts. Opaque tokens have no dots. */
export function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}

export function createJwtVerifier(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** Seconds. */
  readonly clockTolerance: number;
  readonly keys: Keys;
  readonly now: Now;
}): VerifyJwt {
  const { issuer, audience, algorithms, clockTolerance, keys, now } = options;
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys.find, {
        issuer,
        audience,
        // ID tokens and logout tokens are signed with the same keys, but are not access tokens.
        typ: 'at+jwt',
        algorithms: [...algorithms],
        requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
        clockTolerance,
        currentDate: new Date(now()),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw invalidToken('The access token has expired.');
      }
      if (error instanceof errors.JOSEError) {
        throw invalidToken('The access token is not valid for this API.');
      }
      throw unavailable(error);
    }
  };
}

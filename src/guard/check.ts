/** The check of one request, step by step. */
import type { JWTPayload } from 'jose';
import { createBoundedCache } from './bounded-cache.ts';
import { toClaims, type Claims } from './claims.ts';
import type { Now } from './clock.ts';
import { readCredentials, type Credentials } from './credentials.ts';
import { invalidToken, unavailable } from './errors.ts';
import type { Feed } from './feed.ts';
import type { Introspect } from './introspection.ts';
import { isJwt, type VerifyJwt } from './jwt.ts';
import type { OnSilence } from './options.ts';
import type { VerifyProof } from './proof.ts';
import type { GuardRequest } from './request.ts';

/**
 * Checks the access token of a request: that it is valid, for this API, not revoked, and used by the holder of its
 * key if it is bound to one.
 * @returns the claims of the token
 * @throws {GuardError} with the status of the answer: 400, 401, or 503 if it cannot be decided
 */
export type Check = (request: GuardRequest) => Promise<Claims>;

export interface CheckParts {
  readonly audience: string;
  readonly onSilence: OnSilence;
  readonly verifyJwt: VerifyJwt;
  readonly introspect: Introspect | undefined;
  readonly feed: Feed | undefined;
  readonly verifyProof: VerifyProof;
  readonly now: Now;
}

/** JWTs that are remembered as not active. */
const maxRefused = 10_000;
/** Seconds: the maximum difference between the clocks of the two machines. */
const maxTolerance = 60;

const notActive = 'The access token is not active, or not for this API.';

export function createCheck(parts: CheckParts): Check {
  const { audience, onSilence, verifyJwt, introspect, feed, verifyProof, now } = parts;
  /** By `jti`. Without a later answer, what the server called not active stays refused. */
  const refused = createBoundedCache<true>(maxRefused, now);

  async function ask(token: string, address: string | undefined): Promise<Claims> {
    // While the feed is silent, it does not say that a remembered answer is no longer true.
    const isCurrent = (known: JWTPayload): boolean =>
      feed === undefined || !(feed.isSilent() || feed.isOutdated(toClaims(known, audience)));
    const payload = await introspect?.({ token, address, isCurrent });
    if (payload === undefined || payload === null) {
      throw invalidToken(notActive);
    }
    return toClaims(payload, audience);
  }

  /** @throws {GuardError} 401 if the token was revoked, 503 if that is not known and not acceptable */
  async function checkWhileSilent(
    token: string,
    { jti = '', exp = 0 }: Claims,
    address: string | undefined,
  ): Promise<void> {
    if (onSilence === 'refuse') {
      throw unavailable(new Error('the revocation feed is silent'));
    }
    if (onSilence === 'accept' || introspect === undefined) {
      return;
    }
    try {
      await ask(token, address);
    } catch (error) {
      const hasNoAnswer = error instanceof Error && 'status' in error && error.status === 503;
      if (!hasNoAnswer) {
        refused.set(jti, true, (exp + maxTolerance) * 1000);
      } else if (refused.get(jti) === true) {
        throw invalidToken(notActive);
      }
      if (onSilence === 'introspect' || !hasNoAnswer) {
        throw error;
      }
    }
  }

  async function readJwt(token: string, address: string | undefined): Promise<Claims> {
    const [payload] = await Promise.all([verifyJwt(token), feed?.listen()]);
    const claims = toClaims(payload, audience);
    if (feed?.hasEnded(claims) === true || feed?.isOutdated(claims) === true) {
      throw invalidToken(notActive);
    }
    if (feed?.isSilent() === true) {
      await checkWhileSilent(token, claims, address);
    }
    return claims;
  }

  /** What the server remembers of a token: the feed says when an answer about it is no longer true. */
  async function readOther(token: string, address: string | undefined): Promise<Claims> {
    const [claims] = await Promise.all([ask(token, address), feed?.listen()]);
    if (feed?.hasEnded(claims) === true) {
      throw invalidToken(notActive);
    }
    return claims;
  }

  /** RFC 9449 §7.1: a bound token with a proof, and only that, has the scheme DPoP. */
  async function checkKey(request: GuardRequest, { scheme, token }: Credentials, cnf: unknown): Promise<void> {
    if (cnf === undefined) {
      if (scheme === 'DPoP') {
        throw invalidToken('The access token is not bound to a key.', 'DPoP');
      }
      return;
    }
    const { jkt } = (typeof cnf === 'object' && cnf !== null ? cnf : {}) as { readonly jkt?: unknown };
    if (typeof jkt !== 'string' || Object.keys(cnf as object).length !== 1) {
      throw invalidToken('The access token is bound to a kind of key that is not known here.');
    }
    if (scheme !== 'DPoP') {
      throw invalidToken('The access token is bound to a key: send a DPoP proof.', 'DPoP');
    }
    await verifyProof(request, token, jkt);
  }

  return async (request) => {
    const credentials = readCredentials(request);
    const { token } = credentials;
    const claims = await (isJwt(token) ? readJwt : readOther)(token, request.address);
    await checkKey(request, credentials, (claims as { readonly cnf?: unknown }).cnf);
    return claims;
  };
}

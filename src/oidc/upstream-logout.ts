/**
 * Accepts logout tokens of other identity providers (OpenID Connect Back-Channel Logout 1.0 §2.6). Which sessions they
 * end is decided in services/upstream/upstream-accounts.ts.
 */
import { createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { after, type Clock } from '../clock.ts';
import { InvalidInputError, StorageUnavailableError } from '../errors.ts';
import type { UpstreamDocument } from '../storage/collections.ts';
import type { OidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import { IssuerUnreachableError, type IssuerKeys } from './issuer-keys.ts';

/** What has ended at the provider: one session, or all of a person. */
export interface UpstreamLogout {
  readonly sid?: string;
  readonly subject?: string;
}

/** @param end ends it. May be called again for the same token, after a failure or at the same moment */
export type AcceptUpstreamLogout = (
  upstream: UpstreamDocument,
  token: string,
  end: (logout: UpstreamLogout) => Promise<unknown>,
) => Promise<void>;

const event = 'http://schemas.openid.net/event/backchannel-logout';
const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'];
/** Seconds. */
const clockTolerance = 60;
/** Seconds since it was made. */
const maxAge = 300;

function reject(reason: string): InvalidInputError {
  return new InvalidInputError(`The logout token is not valid: ${reason}.`);
}

/**
 * @returns a function that accepts each token once. After a failure the provider can send the same one again
 * @throws InvalidInputError for a token that is not valid; StorageUnavailableError also when the provider's keys cannot
 *   be fetched: the provider then tries again
 */
export function createUpstreamLogoutAcceptance(deps: {
  readonly keys: Pick<IssuerKeys, 'find'>;
  readonly payloads: Pick<OidcPayloadRepository, 'find' | 'insertOnce'>;
  readonly clock: Clock;
}): AcceptUpstreamLogout {
  const { keys, payloads, clock } = deps;

  async function verify({ issuer = '', clientId }: UpstreamDocument, token: string): Promise<JWTPayload> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const keySet = createLocalJWKSet({ keys: [...(await keys.find(issuer, kid))] });
      const { payload } = await jwtVerify(token, keySet, {
        issuer,
        audience: clientId,
        algorithms,
        clockTolerance,
        maxTokenAge: maxAge,
        currentDate: clock.now(),
        requiredClaims: ['iat', 'jti', 'events'],
      });
      return payload;
    } catch (error) {
      if (error instanceof IssuerUnreachableError) {
        throw new StorageUnavailableError(error.message, error);
      }
      throw error instanceof errors.JOSEError || error instanceof TypeError ? reject(error.message) : error;
    }
  }

  return async (upstream, token, end) => {
    const { sub, sid, jti, nonce, events } = await verify(upstream, token);
    if (typeof events !== 'object' || events === null || !(event in events)) {
      throw reject('it is not about a logout');
    }
    // So that nobody can use an ID token as a logout token.
    if (nonce !== undefined) {
      throw reject('it has a nonce');
    }
    const session = typeof sid === 'string' ? sid : undefined;
    if (session === undefined && sub === undefined) {
      throw reject('it names neither a session nor a user');
    }
    const use = ['UpstreamLogout', `${upstream._id} ${jti ?? ''}`] as const;
    if ((await payloads.find(...use)) !== null) {
      throw reject('it was used before');
    }
    await end({
      ...(session === undefined ? {} : { sid: session }),
      ...(sub === undefined ? {} : { subject: sub }),
    });
    // Only now: a token that was used up, but has ended nothing, could not be sent again.
    if (!(await payloads.insertOnce(...use, after(clock, maxAge + 2 * clockTolerance)))) {
      throw reject('it was used before');
    }
  };
}

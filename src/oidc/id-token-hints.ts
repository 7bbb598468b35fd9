/**
 * Verifies ID tokens that apps send back as `id_token_hint`. They are often expired, so a signature is checked with
 * every key that has signed in the lifetime of current sessions, also with those that are no longer published. A hint
 * that cannot be verified, or that is not for the app that sends it, is ignored. Then the user is asked, whereas an
 * error would be a dead end (OpenID Connect RP-Initiated Logout 1.0 §2 and §6).
 */
import type { JWK, JWTPayload } from 'jose';
import type { Client, Provider } from 'oidc-provider';
import { createOwnJwtVerifier } from './own-jwts.ts';

export interface IdTokenHint {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: JWTPayload & { readonly sub: string; readonly aud: string };
}

/** @param clientId the app that sends the hint, if the request names it */
export type VerifyIdTokenHint = (hint: string, clientId?: string) => Promise<IdTokenHint | undefined>;

/**
 * Creates the function that verifies a hint. It does not check the expiry (OIDC Core §3.1.2.1).
 * @param keys public keys, including retired ones
 */
export function createIdTokenHintVerifier(issuer: string, keys: readonly JWK[]): VerifyIdTokenHint {
  const verify = createOwnJwtVerifier(keys);
  return async (hint, clientId) => {
    const { header, payload } = (await verify(hint)) ?? {};
    const { iss, aud, sub } = payload ?? {};
    // Access tokens and logout tokens are signed with the same keys, but have another `typ`.
    const isIdToken = header !== undefined && (header.typ === undefined || header.typ === 'JWT');
    const isForClient = typeof aud === 'string' && (clientId === undefined || aud === clientId);
    return isIdToken && iss === issuer && isForClient && typeof sub === 'string'
      ? { header, payload: { ...payload, sub, aud } }
      : undefined;
  };
}

/** Makes the engine use `verify` for the hint of an authorization request. It treats undefined as no hint. */
export function verifyHintsOfRequests(provider: Provider, verify: VerifyIdTokenHint): void {
  Reflect.set(provider.IdToken, 'validate', (hint: string, client: Client) => verify(hint, client.clientId));
}

/**
 * ID tokens that apps send back as `id_token_hint`. They come when they have long expired, so a signature is checked with
 * every key that signed while today's sessions could have begun, also with those that are no longer published. A hint
 * that cannot be verified, or that is not for the app that sends it, is treated as if it had not been sent: then the
 * person is asked, where an error would leave them at a dead end (OpenID Connect RP-Initiated Logout 1.0 §2 and §6).
 */
import { compactVerify, createLocalJWKSet, errors as joseErrors, type JWK, type JWTPayload } from 'jose';
import type { Client, Provider } from 'oidc-provider';

export interface IdTokenHint {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: JWTPayload & { readonly sub: string; readonly aud: string };
}

/** @param clientId the app that sends the hint, if that is known otherwise than by the hint */
export type VerifyIdTokenHint = (hint: string, clientId?: string) => Promise<IdTokenHint | undefined>;

function parsePayload(bytes: Uint8Array): JWTPayload | undefined {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof payload === 'object' && payload !== null ? { ...payload } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the function that verifies a hint; its expiry does not count (OIDC Core §3.1.2.1).
 * @param keys public keys, the retired ones too
 */
export function createIdTokenHintVerifier(issuer: string, keys: readonly JWK[]): VerifyIdTokenHint {
  const keySet = createLocalJWKSet({ keys: [...keys] });
  return async (hint, clientId) => {
    try {
      const { payload: bytes, protectedHeader: header } = await compactVerify(hint, keySet, {
        algorithms: ['ES256', 'RS256'],
      });
      const payload = parsePayload(bytes);
      const { iss, aud, sub } = payload ?? {};
      // Access tokens and logout tokens are signed by the same keys, and say by their type that they are others.
      const isIdToken = header.typ === undefined || header.typ === 'JWT';
      const isForClient = typeof aud === 'string' && (clientId === undefined || aud === clientId);
      return isIdToken && iss === issuer && isForClient && typeof sub === 'string'
        ? { header, payload: { ...payload, sub, aud } }
        : undefined;
    } catch (error) {
      if (error instanceof joseErrors.JOSEError || error instanceof TypeError) {
        return undefined;
      }
      throw error;
    }
  };
}

/** Where the engine verifies the hint of an authorization request, what this says counts; undefined is no hint. */
export function verifyHintsOfRequests(provider: Provider, verify: VerifyIdTokenHint): void {
  Reflect.set(provider.IdToken, 'validate', (hint: string, client: Client) => verify(hint, client.clientId));
}

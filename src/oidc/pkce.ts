/**
 * Proof Key for Code Exchange (RFC 7636): which authorization requests must have a challenge. A challenge that was sent
 * is always enforced, and a verifier without a challenge is refused; both are done by the engine.
 */
import { errors, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { pkcePolicyOfClient } from './client-metadata.ts';

/**
 * Without a challenge a nonce protects the app from a code that was injected (OAuth 2.1 §7.5.1, OIDC Core §3.1.2.1).
 */
function hasNonce({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.requestParamScopes.has('openid') && typeof oidc.params?.['nonce'] === 'string';
}

/**
 * Called by the engine for a request without a challenge.
 * @returns false when the client may do without one
 * @throws InvalidRequest, which says what this client has to send
 */
export function requirePkce(ctx: KoaContextWithOIDC, client: Client): boolean {
  const policy = pkcePolicyOfClient(client);
  if (policy === 'optional' || (policy === 'or-nonce' && hasNonce(ctx))) {
    return false;
  }
  throw new errors.InvalidRequest(
    policy === 'or-nonce'
      ? 'code_challenge is missing: turn on PKCE (S256) in the client, or send a nonce with the scope openid'
      : 'code_challenge is missing: turn on PKCE (S256) in the client',
  );
}

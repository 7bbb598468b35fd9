/** Who may see a token by asking (RFC 7662 §4), and who may revoke it (RFC 7009 §2.1). */
import type { AccessToken, Client, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import { apisOf, typeOf } from './client-metadata.ts';

type Token = AccessToken | ClientCredentials | RefreshToken;

/**
 * The client that a token was issued to sees it, if it can prove who it is. So does the API that it is for: a machine
 * client that was given the API (`--api`) is taken for a part of it. Everybody else is told that it is not active.
 */
export function mayIntrospect(_ctx: KoaContextWithOIDC, client: Client, token: Token): boolean {
  if (client.clientAuthMethod === 'none') {
    return false;
  }
  if (token.clientId === client.clientId) {
    return true;
  }
  const audience = token.kind === 'RefreshToken' ? undefined : token.aud;
  return typeof audience === 'string' && typeOf(client) === 'machine' && apisOf(client).includes(audience);
}

/** Only the client that a token was issued to may revoke it. */
export function mayRevoke(_ctx: KoaContextWithOIDC, client: Client, token: Token): boolean {
  return token.clientId === client.clientId;
}

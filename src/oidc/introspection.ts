/** Who may see a token by asking (RFC 7662 §4), and who may revoke it (RFC 7009 §2.1). */
import type { AccessToken, Client, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import type { ApiService } from '../services/apis.ts';
import type { UserService } from '../services/users.ts';
import { apisOf, typeOf } from './client-metadata.ts';
import { isProvenBy } from './credentials-version.ts';

type Token = AccessToken | ClientCredentials | RefreshToken;

/**
 * The client that a token was issued to sees it, if it can prove who it is. So does the API that it is for: a machine
 * client that was given the API (`--api`) is taken for a part of it. Everybody else is told that it is not active.
 */
function mayIntrospect(client: Client, token: Token): boolean {
  if (client.clientAuthMethod === 'none') {
    return false;
  }
  if (token.clientId === client.clientId) {
    return true;
  }
  const audience = token.kind === 'RefreshToken' ? undefined : token.aud;
  return typeof audience === 'string' && typeOf(client) === 'machine' && apisOf(client).includes(audience);
}

/** Makes the check that the engine asks before it describes a token. */
export function createIntrospectionPolicy(deps: {
  readonly users: Pick<UserService, 'find'>;
  readonly apis: Pick<ApiService, 'find'>;
}) {
  const { users, apis } = deps;

  /** No token is for an API that was deleted, or has a scope that was taken from it, also not for who received it. */
  async function apiIsThere(token: Token): Promise<boolean> {
    const audience = token.kind === 'RefreshToken' ? undefined : token.aud;
    if (typeof audience !== 'string') {
      return true;
    }
    const api = await apis.find(audience);
    const has = (scope: string): boolean => api?.scopes.some(({ value }) => value === scope) === true;
    return api !== null && [...token.scopes].every(has);
  }

  /** A token that lives with its session was looked for together with it; only one that outlives it is compared here. */
  async function isStillProven({ oidc }: KoaContextWithOIDC, token: Token): Promise<boolean> {
    if (token.kind === 'ClientCredentials' || token.expiresWithSession === true) {
      return true;
    }
    const user = await users.find(token.accountId);
    return user !== null && isProvenBy(user, oidc.entities.Grant);
  }

  return async (ctx: KoaContextWithOIDC, client: Client, token: Token): Promise<boolean> =>
    mayIntrospect(client, token) && (await apiIsThere(token)) && (await isStillProven(ctx, token));
}

/** Only the client that a token was issued to may revoke it. */
export function mayRevoke(_ctx: KoaContextWithOIDC, client: Client, token: Token): boolean {
  return token.clientId === client.clientId;
}

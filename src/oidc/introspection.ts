/** Decides which clients may introspect a token (RFC 7662 §4) and revoke it (RFC 7009 §2.1). */
import type { AccessToken, Client, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import type { ApiService } from '../services/apis.ts';
import type { UserService } from '../services/users.ts';
import { apisOf, typeOf } from './client-metadata.ts';
import { isProvenBy } from './credentials-version.ts';

type Token = AccessToken | ClientCredentials | RefreshToken;

/**
 * A token may be introspected by the client that it was issued to, if that client can authenticate, and by its API: a
 * machine client that has the API (`--api`) counts as a part of it. For other clients the token is not active.
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

/** Creates the check that the engine calls before it describes a token. */
export function createIntrospectionPolicy(deps: {
  readonly users: Pick<UserService, 'find'>;
  readonly apis: Pick<ApiService, 'find'>;
}) {
  const { users, apis } = deps;

  /**
   * A token is not active if its API or one of its scopes was deleted, or if the API was taken from the client that it
   * was issued to. Checked here, too, because a token may be stored after the tokens of that API were removed.
   */
  async function isForItsApi({ oidc }: KoaContextWithOIDC, caller: Client, token: Token): Promise<boolean> {
    const audience = token.kind === 'RefreshToken' ? undefined : token.aud;
    if (typeof audience !== 'string') {
      return true;
    }
    const [api, client] = await Promise.all([
      apis.find(audience),
      token.clientId === caller.clientId ? caller : oidc.provider.Client.find(String(token.clientId)),
    ]);
    const has = (scope: string): boolean => api?.scopes.some(({ value }) => value === scope) === true;
    return client !== undefined && apisOf(client).includes(audience) && api !== null && [...token.scopes].every(has);
  }

  /** A token that depends on its session was checked together with it. Only one that outlives it is checked here. */
  async function isStillProven({ oidc }: KoaContextWithOIDC, token: Token): Promise<boolean> {
    if (token.kind === 'ClientCredentials' || token.expiresWithSession === true) {
      return true;
    }
    const user = await users.find(token.accountId);
    return user !== null && isProvenBy(user, oidc.entities.Grant);
  }

  return async (ctx: KoaContextWithOIDC, client: Client, token: Token): Promise<boolean> =>
    mayIntrospect(client, token) && (await isForItsApi(ctx, client, token)) && (await isStillProven(ctx, token));
}

/** Only the client that a token was issued to may revoke it. */
export function mayRevoke(_ctx: KoaContextWithOIDC, client: Client, token: Token): boolean {
  return token.clientId === client.clientId;
}

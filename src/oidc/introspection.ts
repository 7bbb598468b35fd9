/** Which clients may introspect a token (RFC 7662 §4), what they learn, and who may revoke it (RFC 7009 §2.1). */
import type { AccessToken, Client, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import type { ApiService } from '../services/apis.ts';
import type { UserService } from '../services/users.ts';
import type { ApiDocument } from '../storage/collections.ts';
import { apisOf, typeOf } from './client-metadata.ts';
import { isProvenBy } from './credentials-version.ts';

type Token = AccessToken | ClientCredentials | RefreshToken;

/** The API that a token is for; undefined for a refresh token and for a token for userinfo. */
function audienceOf(token: Token): string | undefined {
  return token.kind !== 'RefreshToken' && typeof token.aud === 'string' ? token.aud : undefined;
}

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
  const audience = audienceOf(token);
  return audience !== undefined && typeOf(client) === 'machine' && apisOf(client).includes(audience);
}

/** Adds members to the answer about a token. The engine puts `extra` of a token there. */
function describe(token: Token, members: Readonly<Record<string, string>>): void {
  Reflect.set(token, 'extra', { ...(Reflect.get(token, 'extra') as object | undefined), ...members });
}

/** Creates the check that the engine calls before it describes a token. */
export function createIntrospectionPolicy(deps: {
  readonly users: Pick<UserService, 'find'>;
  readonly apis: Pick<ApiService, 'find'>;
}) {
  const { users, apis } = deps;

  /**
   * The API of a token; null if the API or one of the token's scopes was deleted, or if the API was taken from the
   * client that it was issued to. Checked here, too, because a token may be stored after the tokens of that API were
   * removed.
   */
  async function findApi({ oidc }: KoaContextWithOIDC, caller: Client, token: Token, audience: string) {
    const [api, client] = await Promise.all([
      apis.find(audience),
      token.clientId === caller.clientId ? caller : oidc.provider.Client.find(String(token.clientId)),
    ]);
    const has = (scope: string): boolean => api?.scopes.some(({ value }) => value === scope) === true;
    return client !== undefined && apisOf(client).includes(audience) && [...token.scopes].every(has) ? api : null;
  }

  /**
   * Whether the caller learns the user's email address: the API does, unless its operator decided otherwise. The app
   * does only if the user allowed it the scope `email`.
   */
  function mayKnowUsername({ oidc }: KoaContextWithOIDC, caller: Client, token: Token, api: ApiDocument): boolean {
    const isApi = token.clientId !== caller.clientId;
    const mayAppKnow = oidc.entities.Grant?.getOIDCScope().split(' ').includes('email') === true;
    return api.hideUsername !== true && (isApi || mayAppKnow);
  }

  return async (ctx: KoaContextWithOIDC, caller: Client, token: Token): Promise<boolean> => {
    if (!mayIntrospect(caller, token)) {
      return false;
    }
    const audience = audienceOf(token);
    const api = audience === undefined ? undefined : await findApi(ctx, caller, token, audience);
    if (api === null) {
      return false;
    }
    if (token.kind === 'ClientCredentials') {
      // RFC 9068 §2.2: a client that acts in its own name is the subject.
      describe(token, { sub: String(token.clientId) });
      return true;
    }
    const namesUser = api !== undefined && mayKnowUsername(ctx, caller, token, api);
    // A token that depends on its session was checked together with it. One that outlives it is checked here.
    if (!namesUser && token.expiresWithSession === true) {
      return true;
    }
    const user = await users.find(token.accountId);
    if (user === null || !isProvenBy(user, ctx.oidc.entities.Grant)) {
      return false;
    }
    if (namesUser) {
      describe(token, { username: user.email });
    }
    return true;
  };
}

/** Only the client that a token was issued to may revoke it. */
export function mayRevoke(_ctx: KoaContextWithOIDC, client: Client, token: Token): boolean {
  return token.clientId === client.clientId;
}

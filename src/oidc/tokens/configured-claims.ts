/**
 * The claims that the operator has configured (services/values/token-claims.ts): for an API, claims about the user in
 * its access tokens; for a machine, fixed values in its own tokens. A JWT contains them. For an opaque token they are
 * in the token's document, so that introspection reads nothing else.
 */
import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider';
import type { ApiService } from '../../services/clients/apis.ts';
import { scopeOfClaim } from '../../services/values/claims-by-scope.ts';
import type { ApiDocument } from '../../storage/collections.ts';
import { fixedClaimsOf } from '../client-metadata.ts';
import type { RequestedApis } from '../requested-apis.ts';

type Claims = Readonly<Record<string, unknown>>;

/** The claims of a token that is about to be issued. */
export type FindConfiguredClaims = (ctx: KoaContextWithOIDC, token: AccessToken | ClientCredentials) => Promise<Claims>;

/**
 * The scopes about the user for which this token may have claims: those that the user has allowed the app, and that the
 * token request is for, which can be fewer than those of the refresh token (RFC 6749 §6). A token from a token exchange
 * has what the user allowed the app. For a personal access token nothing was allowed to an app.
 */
function allowedScopes({ oidc }: KoaContextWithOIDC): readonly string[] {
  const { Grant: grant, RefreshToken: refreshToken, AuthorizationCode: code } = oidc.entities;
  const allowed = (grant?.getOIDCScope() ?? '').split(' ');
  const isNarrowed = refreshToken !== undefined && Boolean(oidc.params?.['scope']);
  const requested = isNarrowed ? oidc.requestParamScopes : (refreshToken ?? code)?.scopes;
  return requested === undefined ? allowed : allowed.filter((scope) => requested.has(scope));
}

/** The claims about the user, with the values that they have now. Those that the user does not have are left out. */
async function claimsAboutUser(ctx: KoaContextWithOIDC, { claims = [] }: ApiDocument): Promise<Claims> {
  const scopes = allowedScopes(ctx);
  const allowed = claims.filter(({ field }) => scopes.includes(scopeOfClaim(field) ?? ''));
  const { Account: user } = ctx.oidc.entities;
  if (allowed.length === 0 || user === undefined) {
    return {};
  }
  const values: Claims = await user.claims('userinfo', scopes.join(' '), {}, []);
  return Object.fromEntries(
    allowed.flatMap(({ name, field }) => (values[field] === undefined ? [] : [[name, values[field]] as const])),
  );
}

export function createFindConfiguredClaims(deps: {
  readonly apis: Pick<ApiService, 'find'>;
  readonly requestedApis: Pick<RequestedApis, 'find'>;
}): FindConfiguredClaims {
  const { apis, requestedApis } = deps;
  return async (ctx, token) => {
    const identifier = token.resourceServer?.audience;
    if (identifier === undefined) {
      // A token for userinfo, which has the claims itself.
      return {};
    }
    if (token.kind === 'ClientCredentials') {
      return ctx.oidc.client === undefined ? {} : fixedClaimsOf(ctx.oidc.client);
    }
    const api = requestedApis.find(ctx, identifier) ?? (await apis.find(identifier));
    return api === null ? {} : claimsAboutUser(ctx, api);
  };
}

/**
 * The client credentials grant (RFC 6749 §4.4). It replaces the engine's own, which silently drops scopes that the
 * client may not have. No user would notice that for a machine. So a request for such a scope is rejected as a whole.
 */
import { errors, type Client, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import type { ApiService } from '../../services/clients/apis.ts';
import { apisOf, defaultApiOf } from '../client-metadata.ts';
import { buildTokenResponse, resolveRequestedResources } from '../engine-internals.ts';
import type { RequestedApis } from '../requested-apis.ts';
import { apiOfScope } from '../requested-scope.ts';

export const clientCredentialsParameters = ['scope', 'resource', 'audience'] as const;

export interface ClientCredentialsGrantDependencies {
  readonly apis: Pick<ApiService, 'findMany'>;
  readonly requestedApis: RequestedApis;
}

/** @throws InvalidTarget for an API that the client may not use, InvalidScope for a scope that the API does not have */
export function createClientCredentialsGrant(
  provider: Provider,
  { apis, requestedApis }: ClientCredentialsGrantDependencies,
): (ctx: TokenEndpointGrantContext) => Promise<void> {
  /** The API of a request that names none: that of its scopes; without scopes, the only API or the default one. */
  async function inferApi(
    ctx: TokenEndpointGrantContext,
    client: Client,
    scopes: readonly string[],
  ): Promise<string | undefined> {
    const mayAskFor = apisOf(client);
    if (scopes.length === 0) {
      return mayAskFor.length === 1 ? mayAskFor[0] : defaultApiOf(client);
    }
    const known = await apis.findMany(mayAskFor);
    const owners = new Set(scopes.map((scope) => apiOfScope(client, known, scope)));
    const [owner, ...others] = [...owners].filter((api) => api !== undefined);
    if (others.length > 0) {
      throw new errors.InvalidTarget(
        'the scopes belong to several APIs, and a token is for one: send a request for each API, with its address in the parameter resource',
      );
    }
    if (owner === undefined) {
      throw noSuchScope(scopes);
    }
    requestedApis.remember(ctx, [owner]);
    return owner._id;
  }

  function noSuchScope(scopes: readonly string[]): Error {
    return new errors.InvalidScope(
      `no API of this request has the scope ${scopes.join(' ').slice(0, 200)}; a machine gets no scopes of OpenID Connect`,
      scopes.join(' '),
    );
  }

  return async function clientCredentialsGrant(ctx) {
    // Read before the resource is resolved: the engine removes the scopes of APIs from a request without a resource.
    const requested = [...ctx.oidc.requestParamScopes];
    const { client, params } = ctx.oidc;
    if (requestedApis.isForUserinfo(ctx)) {
      throw new errors.InvalidTarget('the issuer is named as resource, which means userinfo: a machine is no user');
    }
    if (client !== undefined && params !== undefined) {
      params['resource'] ??= await inferApi(ctx, client, requested);
    }
    const [api] = await resolveRequestedResources(provider, ctx);
    const missing = requested.filter((scope) => api?.scopes.has(scope) !== true);
    if (missing.length > 0) {
      throw noSuchScope(missing);
    }
    const token = new provider.ClientCredentials({
      client: ctx.oidc.client,
      ...(requested.length === 0 ? {} : { scope: requested.join(' ') }),
    });
    if (api !== undefined) {
      token.resourceServer = api;
    }
    ctx.oidc.entity('ClientCredentials', token);
    const accessToken = await token.save();
    ctx.body = buildTokenResponse(provider, {
      accessToken,
      expiresIn: token.expiration,
      scope: token.scope || undefined,
      tokenType: token.tokenType,
    });
  };
}

/**
 * The client credentials grant (RFC 6749 §4.4). It replaces the engine's own, which silently drops scopes that the
 * client may not have. No user would notice that for a machine. So a request for such a scope is rejected as a whole.
 */
import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import { buildTokenResponse, resolveRequestedResources } from '../engine-internals.ts';

export const clientCredentialsParameters = ['scope', 'resource'] as const;

/** @throws InvalidTarget for an API that the client may not use, InvalidScope for a scope that the API does not have */
export function createClientCredentialsGrant(provider: Provider): (ctx: TokenEndpointGrantContext) => Promise<void> {
  return async function clientCredentialsGrant(ctx) {
    // Read before the resource is resolved: the engine removes the scopes of APIs from a request without a resource.
    const requested = [...ctx.oidc.requestParamScopes];
    const [api, ...others] = await resolveRequestedResources(provider, ctx);
    if (others.length > 0) {
      throw new errors.InvalidTarget('a token is for one API: name one resource');
    }
    if (api === undefined && requested.length > 0) {
      throw new errors.InvalidTarget('name the API of the scope in the parameter resource');
    }
    const missing = requested.filter((scope) => api?.scopes.has(scope) !== true);
    if (missing.length > 0) {
      throw new errors.InvalidScope('the API has no such scope', missing.join(' '));
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

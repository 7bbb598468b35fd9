/**
 * The client credentials grant (RFC 6749 §4.4), ours because the engine leaves out of a token, without a word, what the
 * client may not have. A machine has nobody who would notice; so what cannot be given is refused, and nothing is issued.
 */
import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import { buildTokenResponse, resolveRequestedResources } from '../engine-internals.ts';

export const clientCredentialsParameters = ['scope', 'resource'] as const;

/** @throws InvalidTarget for an API that the client was not given, InvalidScope for a scope that the API does not have */
export function createClientCredentialsGrant(provider: Provider): (ctx: TokenEndpointGrantContext) => Promise<void> {
  return async function clientCredentialsGrant(ctx) {
    // Looked at before the resource is: the engine takes the scopes of APIs out of a request that names none.
    const asked = [...ctx.oidc.requestParamScopes];
    const [api, ...others] = await resolveRequestedResources(provider, ctx);
    if (others.length > 0) {
      throw new errors.InvalidTarget('a token is for one API: name one resource');
    }
    if (api === undefined && asked.length > 0) {
      throw new errors.InvalidTarget('name the API that the scope is of, by the parameter resource');
    }
    const missing = asked.filter((scope) => api?.scopes.has(scope) !== true);
    if (missing.length > 0) {
      throw new errors.InvalidScope('the API has no such scope', missing.join(' '));
    }
    const token = new provider.ClientCredentials({
      client: ctx.oidc.client,
      ...(asked.length === 0 ? {} : { scope: asked.join(' ') }),
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

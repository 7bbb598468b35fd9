/** Which API a token is for (RFC 8707), and what that makes of it: format, lifetime, scopes. */
import { errors, type Client, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { ApiService } from '../services/apis.ts';
import { apisOf } from './client-metadata.ts';

export interface TokenLifetimes {
  /** Seconds. */
  readonly accessTokenJwt: number;
  readonly accessTokenOpaque: number;
}

export interface ResourceIndicatorHooks {
  readonly enabled: true;
  getResourceServerInfo(ctx: KoaContextWithOIDC, resource: string, client: Client): Promise<ResourceServer>;
  defaultResource(ctx: KoaContextWithOIDC, client: Client, oneOf?: readonly string[]): string | string[];
  useGrantedResource(): boolean;
}

export function createResourceIndicators(deps: {
  readonly apis: ApiService;
  readonly lifetimes: TokenLifetimes;
}): ResourceIndicatorHooks {
  const { apis, lifetimes } = deps;
  return {
    enabled: true,

    getResourceServerInfo: async (_ctx, resource, client) => {
      const api = apisOf(client).includes(resource) ? await apis.find(resource) : null;
      if (api === null) {
        throw new errors.InvalidTarget(
          `resource is not an API that this client may ask for: ${resource.slice(0, 200)}`,
        );
      }
      const jwt = api.tokenFormat === 'jwt';
      return {
        scope: api.scopes.map(({ value }) => value).join(' '),
        audience: api._id,
        accessTokenFormat: api.tokenFormat,
        accessTokenTTL: api.tokenLifetime ?? (jwt ? lifetimes.accessTokenJwt : lifetimes.accessTokenOpaque),
        ...(jwt ? { jwt: { sign: { alg: 'ES256' } } } : {}),
      };
    },

    // A machine client of one API means that one; with several it has to say. An app that signs people in names its
    // API, since without one its token is for userinfo. Of several granted ones the token request has to choose.
    defaultResource: (ctx, client, oneOf) => {
      if (oneOf !== undefined) {
        return [...oneOf];
      }
      const [only, ...others] = apisOf(client);
      const machine = ctx.oidc.route === 'token' && ctx.oidc.params?.['grant_type'] === 'client_credentials';
      return machine && only !== undefined && others.length === 0 ? only : [];
    },

    // What was granted for one API is for that API, also when the token request does not repeat it (RFC 8707 §2.2).
    useGrantedResource: () => true,
  };
}

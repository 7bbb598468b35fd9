/** Decides which API a token is for (RFC 8707), and from the API its format, lifetime and scopes. */
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
        ...(jwt ? { jwt: { sign: { alg: api.tokenAlg ?? 'ES256' } } } : {}),
      };
    },

    // For a machine client with exactly one API, that is the default. With several, the request must name one. An app
    // that signs users in must name its API, because without one its token is for userinfo. If several were granted,
    // the token request must choose one.
    defaultResource: (ctx, client, oneOf) => {
      if (oneOf !== undefined) {
        return [...oneOf];
      }
      const [only, ...others] = apisOf(client);
      const isMachine = ctx.oidc.route === 'token' && ctx.oidc.params?.['grant_type'] === 'client_credentials';
      return isMachine && only !== undefined && others.length === 0 ? only : [];
    },

    // A grant for one API stays for that API, also if the token request does not repeat `resource` (RFC 8707 §2.2).
    useGrantedResource: () => true,
  };
}

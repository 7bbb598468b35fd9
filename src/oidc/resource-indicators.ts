/** Decides which API a token is for (RFC 8707), and from the API its format, lifetime and scopes. */
import { errors, type Client, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { ApiService } from '../services/clients/apis.ts';
import type { ApiDocument } from '../storage/collections.ts';
import { accessTokenLifetimeOf, apisOf, defaultApiOf } from './client-metadata.ts';
import type { RequestedApis } from './requested-apis.ts';
import { addressesForMessage, isIdentityScope, noSuchApi } from './requested-scope.ts';

export interface TokenLifetimes {
  /** Seconds. */
  readonly accessTokenJwt: number;
  readonly accessTokenOpaque: number;
}

export interface ResourceIndicatorHooks {
  readonly enabled: true;
  getResourceServerInfo(ctx: KoaContextWithOIDC, resource: string, client: Client): Promise<ResourceServer>;
  defaultResource(ctx: KoaContextWithOIDC, client: Client, oneOf?: readonly string[]): Promise<string | string[]>;
  useGrantedResource(ctx: KoaContextWithOIDC, granted: { readonly scope?: string | undefined }): boolean;
}

/**
 * The scopes of an API, and the format and lifetime of the tokens that this client gets for it, as the engine reads
 * them.
 */
export function resourceServerOf(api: ApiDocument, client: Client, lifetimes: TokenLifetimes): ResourceServer {
  const jwt = api.tokenFormat === 'jwt';
  return {
    scope: api.scopes.map(({ value }) => value).join(' '),
    audience: api._id,
    accessTokenFormat: api.tokenFormat,
    accessTokenTTL: Math.min(
      api.tokenLifetime ?? (jwt ? lifetimes.accessTokenJwt : lifetimes.accessTokenOpaque),
      accessTokenLifetimeOf(client),
    ),
    ...(jwt ? { jwt: { sign: { alg: api.tokenAlg ?? 'ES256' } } } : {}),
  };
}

export function createResourceIndicators(deps: {
  readonly apis: Pick<ApiService, 'find' | 'findMany'>;
  readonly requestedApis: RequestedApis;
  readonly lifetimes: TokenLifetimes;
}): ResourceIndicatorHooks {
  const { apis, requestedApis, lifetimes } = deps;

  /** The granted API that the scopes of a refresh belong to, else the client's default API. */
  async function chooseGranted(ctx: KoaContextWithOIDC, client: Client, granted: readonly string[]): Promise<string> {
    const scopes = [...ctx.oidc.requestParamScopes].filter((scope) => !isIdentityScope(scope));
    const owners =
      scopes.length === 0
        ? []
        : (await apis.findMany(granted)).filter((api) => api.scopes.some(({ value }) => scopes.includes(value)));
    const byDefault = granted.find((identifier) => identifier === defaultApiOf(client));
    const chosen = owners.length === 1 ? owners[0]?._id : byDefault;
    if (chosen === undefined) {
      throw new errors.InvalidTarget(
        `a token is for one API, and several were granted: name one of them in the parameter resource (${addressesForMessage(granted, 600)})`,
      );
    }
    return chosen;
  }

  return {
    enabled: true,

    getResourceServerInfo: async (ctx, resource, client) => {
      const api = apisOf(client).includes(resource)
        ? (requestedApis.find(ctx, resource) ?? (await apis.find(resource)))
        : null;
      if (api === null) {
        throw noSuchApi(resource, apisOf(client));
      }
      // For the claims of the token, which are added when it is issued.
      requestedApis.remember(ctx, [api]);
      return resourceServerOf(api, client, lifetimes);
    },

    // Without `oneOf`, the request is for no API: where a scope belongs to one, the check of the scope has named it.
    defaultResource: async (ctx, client, oneOf) => (oneOf === undefined ? [] : chooseGranted(ctx, client, oneOf)),

    // A grant for one API stays for that API, also if the token request does not repeat `resource` (RFC 8707 §2.2). The
    // issuer as `resource` means userinfo, for which the engine makes a token without an API.
    useGrantedResource: (ctx, granted) => {
      if (!requestedApis.isForUserinfo(ctx)) {
        return true;
      }
      const scopes = ctx.oidc.params?.['scope'] ?? granted.scope;
      if (typeof scopes !== 'string' || !scopes.split(' ').includes('openid')) {
        throw new errors.InvalidTarget(
          'the issuer is named as resource, which means userinfo: its token needs the scope openid',
        );
      }
      return false;
    },
  };
}

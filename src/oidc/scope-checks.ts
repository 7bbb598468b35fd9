/**
 * The checks of `scope`, `resource` and `audience` at the authorization endpoint, the endpoint for pushed requests and
 * the token endpoint. They replace the engine's, which drops `offline_access` and the scopes of APIs without a word
 * (engine-internals.ts).
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ApiService } from '../services/clients/apis.ts';
import type { ApiDocument } from '../storage/collections.ts';
import { apisOf } from './client-metadata.ts';
import type { EngineStep } from './engine-internals.ts';
import { lengthProblem } from './parameter-limits.ts';
import { describeIgnored } from './scope-warnings.ts';
import { readNamedResources } from './requested-resource.ts';
import {
  apiOfScope,
  explainScopes,
  isIdentityScope,
  noSuchApi,
  readScopes,
  type IgnoredScope,
} from './requested-scope.ts';
import type { RequestedApis } from './requested-apis.ts';

export interface ScopeChecks {
  readonly authorization: EngineStep;
  readonly token: EngineStep;
}

export function createScopeChecks(deps: {
  readonly issuer: string;
  readonly apis: Pick<ApiService, 'findMany' | 'list'>;
  readonly requestedApis: RequestedApis;
  readonly warn: (ctx: KoaContextWithOIDC, ignored: readonly IgnoredScope[]) => void;
}): ScopeChecks {
  const { issuer, apis, requestedApis, warn } = deps;

  /** The APIs that `resource` names, or else those that the scopes belong to. */
  async function apisOfRequest(
    client: NonNullable<KoaContextWithOIDC['oidc']['client']>,
    named: readonly string[],
    scopes: readonly string[],
  ): Promise<readonly ApiDocument[]> {
    const mayAskFor = apisOf(client);
    if (named.length > 0) {
      const wrong = named.find((identifier) => !mayAskFor.includes(identifier));
      const found = wrong === undefined ? await apis.findMany(named) : [];
      const missing = wrong ?? named.find((identifier) => !found.some(({ _id }) => _id === identifier));
      if (missing !== undefined) {
        throw noSuchApi(missing, mayAskFor);
      }
      return found;
    }
    const known = scopes.length === 0 ? [] : await apis.findMany(mayAskFor);
    const inferred = scopes.map((scope) => apiOfScope(client, known, scope));
    return known.filter((api) => inferred.includes(api));
  }

  return {
    authorization: async (ctx, next) => {
      const { client, params } = ctx.oidc;
      if (client === undefined || params === undefined) {
        throw new TypeError('the engine checks the scope of a request that has no client');
      }
      // Before unknown scopes are removed: the length is that of what was sent.
      const problem = lengthProblem('scope', params['scope']);
      if (problem !== undefined) {
        throw new errors.InvalidRequest(problem);
      }
      const scopes = readScopes(params['scope']);
      const { apis: named, userinfo } = readNamedResources(ctx, issuer);
      if (userinfo) {
        throw new errors.InvalidTarget(
          'the issuer is named as resource in token requests only: here, request the scope openid',
        );
      }
      const ofApis = scopes.filter((scope) => !isIdentityScope(scope));
      const requested = await apisOfRequest(client, named, ofApis);
      const owned = new Set(requested.flatMap((api) => api.scopes.map(({ value }) => value)));
      const ignored = [
        ...(await explainScopes(
          apis,
          client,
          ofApis.filter((scope) => !owned.has(scope)),
        )),
        ...(scopes.includes('offline_access') && !client.grantTypeAllowed('refresh_token')
          ? [{ scope: 'offline_access', reason: 'no-refresh-tokens' } as const]
          : []),
      ];
      const kept = scopes.filter((scope) => !ignored.some((one) => one.scope === scope));
      warn(ctx, ignored);
      if (ignored.length > 0 && kept.every((scope) => scope === 'offline_access')) {
        throw new errors.InvalidScope(
          `scope contains nothing that can be granted: ${describeIgnored(ignored)}`,
          ignored.map(({ scope }) => scope).join(' '),
        );
      }
      params['scope'] = kept.length === 0 ? undefined : kept.join(' ');
      params['resource'] = requested.length === 0 ? undefined : requested.map(({ _id }) => _id);
      requestedApis.remember(ctx, requested);
      await next();
    },

    token: async (ctx, next) => {
      const { params } = ctx.oidc;
      if (params !== undefined) {
        const scopes = readScopes(params['scope']);
        params['scope'] = scopes.length === 0 ? undefined : scopes.join(' ');
        const { apis: named, userinfo } = readNamedResources(ctx, issuer);
        if (named.length + (userinfo ? 1 : 0) > 1) {
          throw new errors.InvalidTarget('a token is for one API: name one in the parameter resource');
        }
        // Userinfo is no API of the engine: a token for it is one without an API.
        params['resource'] = named[0];
        if (userinfo) {
          requestedApis.chooseUserinfo(ctx);
        }
      }
      await next();
    },
  };
}

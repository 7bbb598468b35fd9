/**
 * Scopes about the user, and which of a request's scopes are about the user. A scope that an API of the request has
 * belongs to that API alone: an API that was registered before a scope became reserved keeps it.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import { identityScopes } from '../services/values/claims-by-scope.ts';

/**
 * @param scopes the scopes of a request
 * @param ofApis the scopes of the APIs that the request names
 */
export function identityScopesIn(scopes: readonly string[], ofApis: readonly string[]): readonly string[] {
  return scopes.filter((scope) => identityScopes.some((known) => known === scope) && !ofApis.includes(scope));
}

/** The scopes about the user in an authorization request. */
export function requestedIdentityScopes({ oidc }: KoaContextWithOIDC): readonly string[] {
  const ofApis = Object.values(oidc.resourceServers ?? {}).flatMap((resource) => [...resource.scopes]);
  return identityScopesIn([...oidc.requestParamScopes], ofApis);
}

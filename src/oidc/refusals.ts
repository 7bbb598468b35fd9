/**
 * What a user has refused while allowing the rest of a request, in the engine's Grant: without it, the engine would ask
 * for the same again and again.
 */
import type { Grant } from 'oidc-provider';
import { scopeOfClaim } from '../services/values/claims-by-scope.ts';
import type { Permission } from '../services/clients/consents.ts';
import { words } from './space-separated.ts';

/**
 * The requested claims that are refused, because their scope is: the page describes a claim by the check box of its
 * scope. Not those that were allowed by name.
 */
export function refusedClaims({ claims, refused }: Permission, requested: readonly string[]): readonly string[] {
  return requested.filter(
    (claim) => !claims.includes(claim) && refused?.scopes.includes(scopeOfClaim(claim) ?? '') === true,
  );
}

/**
 * Takes from what a grant refuses that which is allowed now, and adds what is refused now.
 * @param requested the claims that the request asks for by name
 */
export function applyRefusal(grant: Grant, permission: Permission, requested: readonly string[]): void {
  const { scopes, claims, resources, refused } = permission;
  const { rejected } = grant;
  if (rejected?.openid?.scope !== undefined) {
    rejected.openid.scope = words(rejected.openid.scope)
      .filter((scope) => !scopes.includes(scope))
      .join(' ');
  }
  if (rejected?.openid?.claims !== undefined) {
    rejected.openid.claims = rejected.openid.claims.filter(
      (claim) => !claims.includes(claim) && !scopes.includes(scopeOfClaim(claim) ?? ''),
    );
  }
  for (const [api, allowed] of resources) {
    const before = rejected?.resources?.[api];
    if (rejected?.resources !== undefined && before !== undefined) {
      rejected.resources[api] = words(before)
        .filter((scope) => !allowed.includes(scope))
        .join(' ');
    }
  }
  const isAllowed = words(grant.openid?.scope);
  const refusedNow = refused?.scopes.filter((scope) => !isAllowed.includes(scope)) ?? [];
  if (refusedNow.length > 0) {
    grant.rejectOIDCScope(refusedNow.join(' '));
  }
  const claimsNow = refusedClaims(permission, requested).filter(
    (claim) => grant.openid?.claims?.includes(claim) !== true,
  );
  if (claimsNow.length > 0) {
    grant.rejectOIDCClaims([...claimsNow]);
  }
  for (const [api, ofApi] of refused?.resources ?? []) {
    const allowed = words(grant.resources?.[api]);
    const rest = ofApi.filter((scope) => !allowed.includes(scope));
    if (rest.length > 0) {
      grant.rejectResourceScope(api, rest.join(' '));
    }
  }
}

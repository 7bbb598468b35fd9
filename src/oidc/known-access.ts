/** What a user has allowed an app already: in the Grant of this session, and in the stored consent. */
import type { Grant } from 'oidc-provider';
import { scopeOfClaim } from '../services/values/claims-by-scope.ts';
import type { Permission } from '../services/clients/consents.ts';
import { words } from './space-separated.ts';

/** What a grant and a stored consent allow. */
export function accessIn(grant: Grant | undefined, permission: Permission | null) {
  const identity = new Set([
    ...words(grant?.getOIDCScope()),
    ...(permission?.scopes ?? []),
    ...(permission?.offlineAccess === true ? ['offline_access'] : []),
  ]);
  const claims = new Set([...(grant?.getOIDCClaims() ?? []), ...(permission?.claims ?? [])]);
  return {
    any: identity.size > 0 || claims.size > 0 || (permission?.resources.size ?? 0) > 0,
    identity: (scope: string) => identity.has(scope),
    /** Who allowed a scope has allowed each of its claims. */
    claim: (claim: string) => claims.has(claim) || identity.has(scopeOfClaim(claim) ?? ''),
    api: (identifier: string, scope: string) =>
      words(grant?.getResourceScope(identifier)).includes(scope) ||
      permission?.resources.get(identifier)?.includes(scope) === true,
  };
}

/** Whether a grant already allows all of it. The engine looks for each claim by its name, not by its scope. */
export function covers(grant: Grant | undefined, permission: Permission): boolean {
  const known = accessIn(grant, null);
  return (
    grant !== undefined &&
    permission.scopes.every((scope) => known.identity(scope)) &&
    permission.claims.every((claim) => grant.getOIDCClaims().includes(claim)) &&
    [...permission.resources].every(([api, scopes]) => scopes.every((scope) => known.api(api, scope)))
  );
}

/**
 * The groups of the user of a request: which apps the user may use, and which scopes of APIs the user can grant
 * (services/values/groups.ts, services/values/scope-groups.ts).
 */
import type { Account, Client, KoaContextWithOIDC } from 'oidc-provider';
import { mayUseClient, type Member } from '../services/values/groups.ts';
import { canGrant } from '../services/values/scope-groups.ts';
import type { ApiDocument, UserDocument } from '../storage/collections.ts';
import { groupsOfClient } from './client-metadata.ts';
import type { RequestedApis } from './requested-apis.ts';

const field = 'groups';

/** Adds the user's groups to the engine's account. */
export function withGroups(account: Account, { groups = [] }: Pick<UserDocument, 'groups'>): Account {
  return { ...account, [field]: groups };
}

function memberOf(account: Account): Member {
  const groups: unknown = Reflect.get(account, field);
  return { groups: Array.isArray(groups) ? groups.filter((name) => typeof name === 'string') : [] };
}

/** Whether the user may sign in to the app, and have tokens of it. */
export function mayUse(account: Account, client: Client): boolean {
  const groups = groupsOfClient(client);
  return groups === undefined || mayUseClient(memberOf(account), { groups });
}

/** Those of these scopes of an API that the user can grant. */
export function grantableScopes(
  account: Account,
  api: Pick<ApiDocument, 'scopeGroups'>,
  scopes: readonly string[],
): readonly string[] {
  return scopes.filter((scope) => canGrant(memberOf(account), api, scope));
}

/** The requested scopes that the user of the request can grant, by requested API. */
export function requestedGrantable(
  ctx: KoaContextWithOIDC,
  account: Account,
  requestedApis: Pick<RequestedApis, 'find'>,
): ReadonlyMap<string, readonly string[]> {
  const scopes = [...ctx.oidc.requestParamScopes];
  return new Map(
    Object.entries(ctx.oidc.resourceServers ?? {}).map(([identifier, server]) => {
      const ofApi = scopes.filter((scope) => server.scopes.has(scope));
      return [identifier, grantableScopes(account, requestedApis.find(ctx, identifier) ?? {}, ofApi)];
    }),
  );
}

/**
 * What ends when a user leaves a group, or when an app or a scope is restricted to groups. This server compares the
 * groups of the user at each use (groups.ts), so nothing is removed from personal access tokens and refresh tokens:
 * they only give less. Here is what others must be notified of: the grants of an app that the user may not use any more
 * end, with a logout notice to the app, and the lost scopes are announced to APIs that check JWTs themselves.
 */
import type { ApiDocument, ClientDocument, UserDocument } from '../../storage/collections.ts';
import type { ApiRepository } from '../../storage/repositories/apis.ts';
import type { ClientRepository } from '../../storage/repositories/clients.ts';
import type { OidcPayloadRepository } from '../../storage/repositories/oidc-payloads.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { mayUseClient } from '../values/groups.ts';
import type { RevocationService } from './revocation.ts';
import type { RevokedSubject, Revocations } from './revocations.ts';
import { canGrant, groupsOfScope } from '../values/scope-groups.ts';

export interface GroupEnds {
  /** Ends what the user has with the groups of `before` and not with those of `after`. */
  endByUser(before: UserDocument, after: Pick<UserDocument, 'groups'>): Promise<void>;
  /** Ends what an app has of users who may not use it any more. Reads each user of its grants. */
  endByClient(before: ClientDocument, after: ClientDocument): Promise<void>;
  /** Announces the scopes of an API that fewer users can grant. */
  endByApi(before: ApiDocument, after: ApiDocument): Promise<void>;
}

/** Clients that are read at a time. */
const pageSize = 200;

/** Whether somebody in one of the groups of `before` is in none of `after`. Undefined: everybody is allowed. */
function isStricter(before: readonly string[] | undefined, after: readonly string[] | undefined): boolean {
  return after !== undefined && (before === undefined || before.some((group) => !after.includes(group)));
}

export function createGroupEnds(deps: {
  readonly apis: Pick<ApiRepository, 'list'>;
  readonly clients: Pick<ClientRepository, 'list'>;
  readonly users: Pick<UserRepository, 'find'>;
  readonly payloads: Pick<OidcPayloadRepository, 'listUsersOfClient'>;
  readonly revocation: Pick<RevocationService, 'endAppOfUser'>;
  readonly announce: Revocations['announce'];
}): GroupEnds {
  const { apis, clients, users, payloads, revocation, announce } = deps;

  async function endScopes(before: UserDocument, after: Pick<UserDocument, 'groups'>): Promise<void> {
    const lost = (await apis.list()).flatMap((api): readonly RevokedSubject[] =>
      (api.scopeGroups ?? [])
        .filter(({ scope }) => canGrant(before, api, scope) && !canGrant(after, api, scope))
        .map(({ scope }) => `user-scope:${before._id} ${api._id} ${scope}` as const),
    );
    await announce(lost);
  }

  async function endApps(before: UserDocument, after: Pick<UserDocument, 'groups'>): Promise<void> {
    for (let skip = 0; ; skip += pageSize) {
      const page = await clients.list({ skip, limit: pageSize });
      for (const client of page.filter((one) => mayUseClient(before, one) && !mayUseClient(after, one))) {
        await revocation.endAppOfUser(before._id, client._id);
      }
      if (page.length < pageSize) {
        return;
      }
    }
  }

  return {
    endByUser: async (before, after) => {
      const lost = (before.groups ?? []).filter((group) => after.groups?.includes(group) !== true);
      if (lost.length > 0) {
        await endScopes(before, after);
        await endApps(before, after);
      }
    },

    endByClient: async (before, after) => {
      if (!isStricter(before.groups, after.groups)) {
        return;
      }
      for await (const accountIds of payloads.listUsersOfClient(after._id)) {
        for (const accountId of accountIds) {
          const user = await users.find(accountId);
          if (user !== null && !mayUseClient(user, after)) {
            await revocation.endAppOfUser(accountId, after._id);
          }
        }
      }
    },

    endByApi: (before, after) =>
      announce(
        after.scopes
          .filter(({ value }) => isStricter(groupsOfScope(before, value), groupsOfScope(after, value)))
          .map(({ value }) => `scope-groups:${after._id} ${value}` as const),
      ),
  };
}

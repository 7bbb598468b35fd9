/**
 * The groups that other identity providers report for a user. The user's own document has which group came with which
 * link, so one guarded write changes both.
 *
 * A link can be removed at the same moment. Whoever removes one calls {@link UserGroups.refreshLinkGroups} after it,
 * which always writes the user; and a sign-in reads the links after it read the user that it changes. So either the
 * sign-in sees that the link is gone, or its write fails and is repeated, or its groups are taken by the later write.
 */
import type { UserDocument } from '../../storage/collections.ts';
import type { UpstreamLinkRepository } from '../../storage/repositories/upstream-links.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { GroupEnds } from '../tokens/group-ends.ts';
import { maxGroups } from '../values/groups.ts';
import type { UserRecords } from '../foundation/user-records.ts';

/** The groups that a user has because of a link. */
export type LinkGroups = NonNullable<UserDocument['linkGroups']>[number];

export interface UserGroups {
  /**
   * Gives a user the groups that a provider reports now, and takes those that it reported before, and those of links
   * that do not exist any more. Groups that the operator gave the user stay. More than a user can have are left out.
   *
   * @param reported absent: only takes
   * @returns null if the link does not exist any more
   * @throws NotFoundError, ConflictError
   */
  refreshLinkGroups(accountId: string, reported: LinkGroups | undefined, actor: Actor): Promise<UserDocument | null>;
}

type Groups = Required<Pick<UserDocument, 'groups' | 'linkGroups'>>;

/**
 * The groups of a user after a change of the links.
 * @param isLinked whether this link exists after it
 * @param reported what one link reports now
 */
export function groupsWithLinks(
  { groups: present = [], linkGroups: before = [] }: Pick<UserDocument, 'groups' | 'linkGroups'>,
  isLinked: (linkId: string) => boolean,
  reported?: LinkGroups,
): Groups {
  const given = present.filter((name) => !before.some(({ groups }) => groups.includes(name)));
  const others = new Map(
    // The operator may have taken some of them.
    before.map(({ linkId, groups }) => [linkId, groups.filter((name) => present.includes(name))] as const),
  );
  const all = reported === undefined ? others : new Map([...others, [reported.linkId, reported.groups]]);
  const linked = [...all].map(([linkId, groups]) => ({ linkId, groups })).filter(({ linkId }) => isLinked(linkId));
  const wanted = new Set([...given, ...linked.flatMap(({ groups }) => groups)]);
  const added = [...wanted].filter((name) => !present.includes(name));
  const groups = [...present.filter((name) => wanted.has(name)), ...added].slice(0, maxGroups);
  const linkGroups = linked.map((link) => ({
    linkId: link.linkId,
    groups: link.groups.filter((name) => groups.includes(name) && !given.includes(name)),
  }));
  return { groups, linkGroups: linkGroups.filter((link) => link.groups.length > 0) };
}

export function createUserGroups(deps: {
  readonly records: Pick<UserRecords, 'change'>;
  readonly upstreamLinks: Pick<UpstreamLinkRepository, 'listByUser'>;
  readonly groupEnds: Pick<GroupEnds, 'endByUser'>;
  readonly audit: AuditService;
}): UserGroups {
  const { records, upstreamLinks, groupEnds, audit } = deps;
  return {
    refreshLinkGroups: async (accountId, reported, actor) => {
      let former: readonly string[] = [];
      let isStillLinked = false;
      const user = await records.change(accountId, async (before) => {
        const links = await upstreamLinks.listByUser(accountId);
        const isLinked = (linkId: string): boolean => links.some(({ _id }) => _id === linkId);
        former = before.groups ?? [];
        isStillLinked = reported !== undefined && isLinked(reported.linkId);
        return groupsWithLinks(before, isLinked, reported);
      });
      const { groups = [] } = user;
      if (groups.length !== former.length || groups.some((name) => !former.includes(name))) {
        await groupEnds.endByUser({ ...user, groups: former }, user);
        await audit.record({
          ...actorFields(actor),
          type: 'user.updated',
          outcome: 'success',
          accountId,
          detail: { fields: 'groups', groups: groups.join(', ') },
        });
      }
      return isStillLinked ? user : null;
    },
  };
}

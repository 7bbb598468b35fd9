/**
 * Links between people at other identity providers and accounts: made, used, removed. A link is a way to sign in, so
 * its user is notified of it by mail, and the sessions that were started with it end with it. Which account a person
 * may sign in to is decided in upstream-accounts.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { after, type Clock } from '../../clock.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { UpstreamDocument, UpstreamLinkDocument, UserDocument } from '../../storage/collections.ts';
import type { LoginSessionRepository } from '../../storage/repositories/login-sessions.ts';
import type { UpstreamLinkRepository } from '../../storage/repositories/upstream-links.ts';
import type { UpstreamRepository } from '../../storage/repositories/upstreams.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { RevocationService } from '../tokens/revocation.ts';
import type { UpstreamIdentity } from './upstream-identity.ts';
import type { UserMails } from '../mails/user-mails.ts';
import { groupsWithLinks, type LinkGroups } from '../users/user-groups.ts';
import { findUnchanged } from '../foundation/user-records.ts';
import type { UserService } from '../users/users.ts';

export interface UnlinkOptions {
  /** The `uid` of the session that stays. */
  readonly exceptSession: string;
  /** The provider's name, for the mail. */
  readonly provider: string;
  /** Whether the user can sign in without any link. */
  readonly hasOtherWay: (user: UserDocument) => Promise<boolean>;
}

export interface UpstreamLinks {
  find(upstream: UpstreamDocument, identity: UpstreamIdentity): Promise<UpstreamLinkDocument | null>;
  /** Oldest first. */
  listByUser(accountId: string): Promise<readonly UpstreamLinkDocument[]>;
  /**
   * Links a person with an account, without a check that the user agrees.
   * @returns false if the person has a link already, or the provider was deleted meanwhile
   */
  insert(
    user: UserDocument,
    upstream: UpstreamDocument,
    identity: UpstreamIdentity,
    actor: Actor,
    options?: { readonly notify: boolean },
  ): Promise<boolean>;
  /** Records a sign-in, and refreshes the user's groups. @returns null if the link was removed meanwhile */
  use(user: UserDocument, link: UpstreamLinkDocument, identity: UpstreamIdentity): Promise<UserDocument | null>;
  /**
   * Links a person with the account of a user who has just confirmed who they are.
   * @throws NotFoundError; ConflictError when the person is linked with another account, there are too many links, or
   *   the user was disabled or got other credentials, or the provider was deleted, meanwhile
   */
  link(accountId: string, upstream: UpstreamDocument, identity: UpstreamIdentity, actor: Actor): Promise<void>;
  /** @throws NotFoundError; ConflictError for the last way to sign in */
  unlink(accountId: string, linkId: string, options: UnlinkOptions, actor: Actor): Promise<void>;
  /** Removes a link that leads to no user. */
  removeStray(link: UpstreamLinkDocument): Promise<void>;
  /** Ends the sessions of all users that were started with a provider, and removes its links. */
  endUpstream(upstreamId: string): Promise<void>;
  /**
   * Ends the sessions that were started with one session of a provider, or with any session of a person there.
   * @returns how many
   */
  endSessions(
    upstreamId: string,
    ended: { readonly sid?: string | undefined; readonly subject?: string | undefined },
    actor: Actor,
  ): Promise<number>;
}

const maxLinks = 20;
const pageSize = 200;
const bySystem = { actor: 'system' } as const;

/** Whether the user has what a link reports already, so that nothing needs to be written. */
function hasGroups(user: UserDocument, reported: LinkGroups): boolean {
  const { groups = [], linkGroups = [] } = user;
  return isDeepStrictEqual(
    groupsWithLinks(user, () => true, reported),
    { groups, linkGroups },
  );
}

export function createUpstreamLinks(deps: {
  readonly links: UpstreamLinkRepository;
  readonly upstreams: Pick<UpstreamRepository, 'find'>;
  readonly users: Pick<UserService, 'find' | 'refreshLinkGroups'>;
  readonly sessions: Pick<LoginSessionRepository, 'listByUser'>;
  readonly revocation: Pick<RevocationService, 'endSession'>;
  readonly mails: Pick<UserMails, 'send'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Where users see their links. */
  readonly providersAddress: string;
  /** Seconds that a login session can last. */
  readonly sessionLifetime: number;
}): UpstreamLinks {
  const { links, upstreams, users, sessions, revocation, mails, audit, clock, providersAddress, sessionLifetime } =
    deps;

  function sendMail(user: UserDocument, name: 'mail/provider-linked' | 'mail/provider-unlinked', provider: string) {
    return mails.send(user, name, { provider, account: providersAddress });
  }

  function store(user: UserDocument, upstream: UpstreamDocument, { subject, email }: UpstreamIdentity) {
    const now = clock.now();
    return links.insert({
      upstreamId: upstream._id,
      subject,
      accountId: user._id,
      ...(email === undefined ? {} : { email }),
      createdAt: now,
      lastUsedAt: now,
    });
  }

  /** Who deletes a provider does not find a link that is stored later. */
  async function hasLostProvider({ upstreamId }: UpstreamLinkDocument): Promise<boolean> {
    return (await upstreams.find(upstreamId)) === null;
  }

  async function announce(user: UserDocument, upstream: UpstreamDocument, actor: Actor, notify = true): Promise<void> {
    await audit.record({
      ...actorFields(actor),
      type: 'upstream.linked',
      outcome: 'success',
      accountId: user._id,
      detail: { upstream: upstream._id },
    });
    if (notify) {
      await sendMail(user, 'mail/provider-linked', upstream.name);
    }
  }

  const use: UpstreamLinks['use'] = async (before, link, { email, groups = [], sid }) => {
    const isStored = await links.use(link, { lastUsedAt: clock.now(), ...(email === undefined ? {} : { email }) });
    if (!isStored) {
      return null;
    }
    const reported = { linkId: link._id, groups };
    const user = hasGroups(before, reported) ? before : await users.refreshLinkGroups(before._id, reported, bySystem);
    if (user !== null && sid !== undefined) {
      const expiresAt = after(clock, sessionLifetime);
      await links.saveSession({ upstreamId: link.upstreamId, sid, accountId: user._id, expiresAt });
    }
    return user;
  };

  /** Takes the groups that came with a link. The user may be gone. */
  async function takeGroups(accountId: string, link?: LinkGroups): Promise<void> {
    if ((await users.find(accountId)) !== null) {
      await users.refreshLinkGroups(accountId, link, bySystem);
    }
  }

  /** Ends a user's sessions that were started with a provider. */
  async function endSessionsOf(
    accountId: string,
    upstreamId: string,
    { except, sid }: { readonly except?: string; readonly sid?: string | undefined } = {},
  ): Promise<number> {
    let ended = 0;
    for (const { uid, upstream } of await sessions.listByUser(accountId)) {
      const isMeant = upstream?.id === upstreamId && (sid === undefined || upstream.sid === sid);
      if (isMeant && uid !== except && (await revocation.endSession(uid))) {
        ended += 1;
      }
    }
    return ended;
  }

  return {
    insert: async (user, upstream, identity, actor, options) => {
      const isNew = await store(user, upstream, identity);
      const link = isNew ? await links.find(upstream._id, identity.subject) : null;
      if (link === null) {
        return false;
      }
      if (await hasLostProvider(link)) {
        await links.remove(link);
        return false;
      }
      await announce(user, upstream, actor, options?.notify);
      return true;
    },

    use,
    find: (upstream, { subject }) => links.find(upstream._id, subject),
    listByUser: (accountId) => links.listByUser(accountId),
    removeStray: async (link) => {
      await links.remove(link);
    },

    link: async (accountId, upstream, identity, actor) => {
      const user = await users.find(accountId);
      if (user === null) {
        throw new NotFoundError('There is no such user.');
      }
      if ((await links.listByUser(accountId)).length >= maxLinks) {
        throw new ConflictError(`An account has at most ${maxLinks} links.`);
      }
      const isNew = await store(user, upstream, identity);
      const link = await links.find(upstream._id, identity.subject);
      if (link?.accountId !== accountId) {
        throw new ConflictError('This person is linked with another account.');
      }
      if (isNew) {
        try {
          await findUnchanged(users, user);
          if (await hasLostProvider(link)) {
            throw new ConflictError('The provider was deleted in the meantime.');
          }
        } catch (error) {
          await links.remove(link);
          throw error;
        }
        await announce(user, upstream, actor);
      }
      await use(user, link, identity);
    },

    unlink: async (accountId, linkId, { exceptSession, provider, hasOtherWay }, actor) => {
      const user = await users.find(accountId);
      const link = (await links.listByUser(accountId)).find(({ _id }) => _id === linkId);
      if (user === null || link === undefined || !(await links.remove(link))) {
        throw new NotFoundError('There is no such link.');
      }
      // Checked after the removal: of two links that are removed at the same moment, one comes back.
      if ((await links.listByUser(accountId)).length === 0 && !(await hasOtherWay(user))) {
        const { _id, ...content } = link;
        await links.insert(content);
        throw new ConflictError('This is the last way to sign in to the account.');
      }
      await takeGroups(accountId);
      await endSessionsOf(accountId, link.upstreamId, { except: exceptSession });
      await audit.record({
        ...actorFields(actor),
        type: 'upstream.unlinked',
        outcome: 'success',
        accountId,
        detail: { upstream: link.upstreamId },
      });
      await sendMail(user, 'mail/provider-unlinked', provider);
    },

    endUpstream: async (upstreamId) => {
      for (;;) {
        const page = await links.listByUpstream(upstreamId, pageSize);
        for (const link of page) {
          await endSessionsOf(link.accountId, upstreamId);
          // Also before the removal: if the process dies after it, nothing finds this link again.
          await takeGroups(link.accountId, { linkId: link._id, groups: [] });
          await links.remove(link);
          await takeGroups(link.accountId);
        }
        if (page.length < pageSize) {
          return;
        }
      }
    },

    endSessions: async (upstreamId, { sid, subject }, actor) => {
      const accountId =
        subject === undefined
          ? await links.findSession(upstreamId, sid ?? '')
          : (await links.find(upstreamId, subject))?.accountId;
      const ended = accountId === undefined ? 0 : await endSessionsOf(accountId, upstreamId, { sid });
      if (accountId !== undefined && ended > 0) {
        await audit.record({
          ...actorFields(actor),
          type: 'session.ended',
          outcome: 'success',
          accountId,
          detail: { sessions: ended, upstream: upstreamId },
        });
      }
      return ended;
    },
  };
}

/**
 * Deletion of an account by its user. It is locked at once and everything of it ends. After a grace period it is
 * deleted; until then the user can undo it with a link that was mailed, and an operator by enabling the user.
 *
 * The time of the deletion is in the user's record. Every instance looks for users who are due, by its own clock; the
 * removal is guarded, so one of them deletes, and the others find nothing.
 */
import { after, type Clock } from '../../clock.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import { createPoller } from '../../poller.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { isEnabledAdministrator, type AdministratorGuard } from '../foundation/administrators.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';
import type { OneTimeLink, OneTimeLinks } from '../mails/one-time-links.ts';
import type { RevocationService } from '../tokens/revocation.ts';
import type { UserMails } from '../mails/user-mails.ts';
import { changedMeanwhile, endedCredentials, noDeletion, type UserRecords } from '../foundation/user-records.ts';
import type { UserService } from './users.ts';

export interface AccountDeletion {
  /** Seconds between request and deletion. */
  readonly gracePeriod: number;
  /**
   * Locks the account, ends everything of it, and mails the link that undoes this.
   * @throws NotFoundError; LastAdministratorError; ConflictError when the user is disabled, or changed meanwhile
   */
  request(accountId: string, actor: Actor): Promise<void>;
  /** The user whose deletion this link undoes. It is not used up. @throws ThrottledError */
  peek(token: string, address?: string): Promise<UserDocument | undefined>;
  /** Unlocks the account. @returns true for exactly one of several callers with a valid link */
  undo(token: string, actor: Actor): Promise<boolean>;
  /** Deletes all accounts that are due. @returns how many this call deleted. @throws StorageUnavailableError */
  removeDue(): Promise<number>;
  start(): void;
  /** Resolves when no round is in progress. */
  stop(): Promise<void>;
}

const purpose = 'undo-deletion';
const pauseMs = 60_000;
/** Users that are read at a time. */
const batchSize = 100;

export function createAccountDeletion(deps: {
  readonly users: Pick<UserRepository, 'listDueForDeletion'>;
  readonly records: UserRecords;
  readonly administrators: AdministratorGuard;
  readonly remove: UserService['remove'];
  readonly links: Pick<OneTimeLinks, 'create' | 'peek' | 'use'>;
  readonly endEverythingOf: RevocationService['endUser'];
  readonly mails: Pick<UserMails, 'sendNow'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  readonly issuer: string;
  /** Seconds. */
  readonly gracePeriod: number;
}): AccountDeletion {
  const {
    users,
    records,
    administrators,
    remove,
    links,
    endEverythingOf,
    mails,
    audit,
    clock,
    log,
    issuer,
    gracePeriod,
  } = deps;

  /** Whether a link belongs to the latest request, and no operator has locked the user since. */
  function isPending(user: UserDocument | undefined, data: Readonly<Record<string, string>>): user is UserDocument {
    return user?.deletionDueAt !== undefined && user.deletionRequestedAt?.toISOString() === data['requestedAt'];
  }

  function isDue({ deletionDueAt }: UserDocument): boolean {
    return deletionDueAt !== undefined && deletionDueAt.getTime() <= clock.now().getTime();
  }

  async function removeDue(): Promise<number> {
    let removed = 0;
    const due = await users.listDueForDeletion(clock.now(), batchSize);
    for (const { _id } of due) {
      try {
        await remove(_id, { actor: 'system' }, isDue);
        removed += 1;
      } catch (error) {
        // Undone, or deleted by another instance, at the same moment. If not, the next round tries again.
        if (!(error instanceof NotFoundError) && !(error instanceof ConflictError)) {
          throw error;
        }
      }
    }
    return removed;
  }

  async function undoBy(link: OneTimeLink, actor: Actor): Promise<boolean> {
    if (!isPending(link.user, link.data)) {
      return false;
    }
    const accountId = link.user._id;
    let isUndone = false;
    await records.change(accountId, (user) => {
      isUndone = isPending(user, link.data);
      return isUndone ? { disabled: false, ...noDeletion } : {};
    });
    if (isUndone) {
      await audit.record({ ...actor, actor: accountId, type: 'user.deletion_undone', outcome: 'success', accountId });
    }
    return isUndone;
  }

  const poller = createPoller({
    round: removeDue,
    pauseMs: () => pauseMs,
    onFailure: (error) => log.warn({ err: error }, 'accounts that are due could not be deleted; trying again'),
  });

  return {
    gracePeriod,

    request: async (accountId, actor) => {
      const before = await records.get(accountId);
      if (isEnabledAdministrator(before)) {
        await administrators.announceLeaving(before);
      }
      const deletionRequestedAt = clock.now();
      const deletionDueAt = after(clock, gracePeriod);
      const { token } = await links.create({
        purpose,
        accountId,
        mailedTo: before.emailKey,
        data: { requestedAt: deletionRequestedAt.toISOString() },
        lifetime: gracePeriod,
      });
      // Stored first, so that nobody is locked out without it. Until the account is locked, the link does nothing.
      await mails.sendNow(before, 'mail/deletion-requested', {
        link: `${issuer}/undo-deletion/${token}`,
        dueAt: deletionDueAt,
      });
      await records.change(accountId, (user) => {
        if (user.disabled || user.emailKey !== before.emailKey) {
          throw changedMeanwhile();
        }
        return { ...endedCredentials(user), disabled: true, deletionDueAt, deletionRequestedAt };
      });
      await endEverythingOf(accountId);
      await audit.record({ ...actor, type: 'user.deletion_requested', outcome: 'success', accountId });
    },

    peek: async (token, address) => {
      const link = await links.peek(purpose, token, address === undefined ? {} : { address });
      return link !== undefined && isPending(link.user, link.data) ? link.user : undefined;
    },

    undo: async (token, actor) => (await links.use(purpose, token, (link) => undoBy(link, actor))) === true,

    removeDue,
    start: () => poller.start(pauseMs),
    stop: () => poller.stop(),
  };
}

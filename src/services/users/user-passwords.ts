/** Setting passwords, and the one-time links by which users set one themselves. Signing in is in authentication.ts. */
import type { Clock } from '../../clock.ts';
import type { Passwords } from '../../crypto/passwords.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { LinkPurpose, UserDocument } from '../../storage/collections.ts';
import type { UpstreamLinkRepository } from '../../storage/repositories/upstream-links.ts';
import { actorFields, type Actor, type AuditService, type Origin } from '../foundation/audit.ts';
import type { OneTimeLinks } from '../mails/one-time-links.ts';
import { parseEmailAddress, type EmailAddress } from '../values/email-address.ts';
import { passwordSubjectOf, type PasswordPolicy } from './password-policy.ts';
import { applyProfileChanges } from '../values/profile.ts';
import type { EndOfUser } from '../tokens/revocation.ts';
import type { ThrottleKeys } from '../foundation/throttle-keys.ts';
import type { ThrottleService } from '../foundation/throttle.ts';
import { groupsWithLinks, type UserGroups } from './user-groups.ts';
import {
  changedMeanwhile,
  credentialsVersionOf,
  endedCredentials,
  noDeletion,
  type UserRecords,
} from '../foundation/user-records.ts';

/** The links that set a password. */
export type PasswordLinkPurpose = Extract<LinkPurpose, 'set-password'>;

/** The links that can be used for it: also one for a first password (sign-up.ts). */
export type RedeemedLinkPurpose = PasswordLinkPurpose | Extract<LinkPurpose, 'invitation'>;

/** A login session that stays when its user changes the password. */
export interface KeptSession {
  readonly uid: string;
  readonly credentialsVersion: number;
}

export interface PasswordLink {
  /** 256 random bits; the database has only its digest. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface UserPasswords {
  /**
   * Sets a password for an operator: ends every session, token and link of the user, resets the user's failed attempts,
   * also those at the second factor, and notifies the user by mail. Does not ask for the current password.
   *
   * @throws NotFoundError, PasswordRejectedError
   */
  setPassword(accountId: string, password: string, actor: Actor): Promise<void>;
  /**
   * The same for a user who is signed in and has confirmed it with every factor: that login session stays. It must then
   * get the new version of the credentials.
   *
   * @param session the login session; `credentialsVersion` is that of the user when it was confirmed
   * @returns the changed user
   * @throws NotFoundError, PasswordRejectedError
   * @throws ConflictError when the credentials have changed meanwhile: of several parallel callers, one succeeds
   */
  changePassword(accountId: string, password: string, session: KeptSession, actor: Actor): Promise<UserDocument>;
  /**
   * Creates the token of a link. Every older link of this user stops working.
   * @param options.mailed whether the link goes to the user's address and nowhere else: using it then verifies the
   *   address
   * @param options.flow the id of the interaction in which the user asked for it
   * @throws NotFoundError
   */
  createPasswordLink(
    accountId: string,
    purpose: PasswordLinkPurpose,
    actor: Actor,
    options?: { readonly mailed: boolean; readonly flow?: string },
  ): Promise<PasswordLink>;
  /**
   * Returns the user of a link, or null when the link does not work. Does not use up the link: mail scanners open
   * links, so the page that a link opens must not.
   */
  peekPasswordLink(token: string): Promise<UserDocument | null>;
  /**
   * Sets a password by a link. Exactly one of several parallel callers succeeds. A password that is rejected, or that a
   * busy server cannot hash, does not use up the link. Does not sign the user in, and keeps the count of wrong codes of
   * the second factor: a link proves no more than that its holder reads the mailbox, who could otherwise get new
   * guesses each time.
   *
   * @param actor `actor` is replaced by the user of the link
   * @param options.purpose `set-password` by default
   * @param options.profile standard claims that the user enters together with the password
   * @throws InvalidInputError for a claim that is not valid
   * @throws NotFoundError when the link does not work or no longer works, PasswordRejectedError, ThrottledError,
   *   OverloadedError
   */
  redeemPasswordLink(
    token: string,
    password: string,
    actor: Actor,
    options?: {
      readonly purpose?: RedeemedLinkPurpose;
      readonly profile?: Readonly<Record<string, unknown>>;
    },
  ): Promise<UserDocument>;
  /**
   * Undoes a change of the email address that somebody else made: the user gets the old address back, and sets a new
   * password, since the other one knows the old one. Ends everything, also the links by which later changes could be
   * undone, and removes the passkeys, second factors, recovery codes and links to other providers that were added
   * since. Stops a deletion of the account that was requested since. Exactly one of several parallel callers succeeds.
   * Does not sign the user in.
   *
   * @throws as {@link UserPasswords.redeemPasswordLink}; ConflictError when another user has the address by now
   */
  undoEmailChange(token: string, password: string, actor: Actor): Promise<UserDocument>;
}

/** What happens together with the change of a password. */
interface WithPassword {
  /** The address to which the used link was mailed. */
  readonly mailedTo?: string | undefined;
  /** Standard claims that change, too. */
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly keeps?: KeptSession;
  /** Whether wrong codes of the second factor are forgotten. Not where only a mailbox was proved. */
  readonly forgetsWrongCodes?: boolean;
  readonly restored?: RestoredUser;
}

/** What the user gets back when a change of the email address is undone. */
interface RestoredUser {
  readonly email: EmailAddress;
  /** When the address was changed. */
  readonly changedAt: Date;
}

export interface UserPasswordDependencies {
  readonly records: UserRecords;
  /** As {@link UserRecords.change}. @throws ConflictError also when another user has the new email */
  readonly changeUnique: UserRecords['change'];
  readonly findByEmailKey: (emailKey: string) => Promise<UserDocument | null>;
  readonly upstreamLinks: Pick<UpstreamLinkRepository, 'listByUser'>;
  readonly refreshLinkGroups: UserGroups['refreshLinkGroups'];
  readonly oneTimeLinks: OneTimeLinks;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly policy: PasswordPolicy;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Seconds that a one-time link works. */
  readonly linkLifetime: number;
  /** Ends sessions, grants, tokens, personal access tokens, codes and one-time links. */
  readonly endEverythingOf: (accountId: string, options: EndOfUser) => Promise<void>;
  /** Notifies the user by mail that the password was changed, or set for the first time. */
  readonly notifyPasswordChanged: (
    user: UserDocument,
    origin: Origin,
    options: { readonly isFirst: boolean },
  ) => Promise<void>;
}

function invalidLink(): NotFoundError {
  return new NotFoundError('This link does not work any more. Ask for a new one.');
}

/** Whether this user is disabled because of a request for the deletion that was made at this time or later. */
function wasDeletionRequestedSince({ deletionDueAt, deletionRequestedAt }: UserDocument, since: Date): boolean {
  return (
    deletionDueAt !== undefined && deletionRequestedAt !== undefined && deletionRequestedAt.getTime() >= since.getTime()
  );
}

export function createUserPasswords(dependencies: UserPasswordDependencies): UserPasswords {
  const {
    records,
    changeUnique,
    findByEmailKey,
    upstreamLinks,
    refreshLinkGroups,
    oneTimeLinks,
    passwords,
    policy,
    throttle,
    throttleKeys,
    audit,
    clock,
    linkLifetime,
    endEverythingOf,
    notifyPasswordChanged,
  } = dependencies;

  /** The links to other providers that were made before this time. */
  async function linkedBefore(accountId: string, { changedAt }: RestoredUser): Promise<readonly string[]> {
    const links = await upstreamLinks.listByUser(accountId);
    return links.filter(({ createdAt }) => createdAt.getTime() < changedAt.getTime()).map(({ _id }) => _id);
  }

  /**
   * Sets a password and does all that follows from it. The change makes everything invalid that depends on the old
   * password; ending it also notifies the apps. It is ended before the change, so that the apps are notified even if
   * the process dies right after the change, and again after it, for what was started meanwhile.
   */
  async function writePassword(
    accountId: string,
    passwordHash: string,
    actor: Actor,
    { mailedTo, profile = {}, keeps, forgetsWrongCodes = false, restored }: WithPassword,
  ): Promise<UserDocument> {
    // A user without a password may have tokens that an operator made. Nobody else can have used a password for more.
    const isFirst = (await records.get(accountId)).passwordHash === undefined;
    const end = { forgetConsents: false, keepPersonalAccessTokens: isFirst, exceptSession: keeps?.uid };
    // A link that sets this password can be used again if this fails before the change, which makes it void.
    await endEverythingOf(accountId, { ...end, keepOneTimeLinks: true });
    const keptLinks = restored === undefined ? undefined : await linkedBefore(accountId, restored);
    let isDeletionStopped = false;
    let isConfirmed = false;
    const user = await changeUnique(accountId, (before) => {
      if (keeps !== undefined && keeps.credentialsVersion !== credentialsVersionOf(before)) {
        throw changedMeanwhile();
      }
      isConfirmed = mailedTo === before.emailKey && !before.emailVerified;
      isDeletionStopped = restored !== undefined && wasDeletionRequestedSince(before, restored.changedAt);
      return {
        ...endedCredentials(before),
        passwordHash,
        passwordChangedAt: clock.now(),
        profile: applyProfileChanges(before.profile, profile),
        // Only a reader of this mailbox can have used a link that was sent nowhere else.
        ...(isConfirmed ? { emailVerified: true } : {}),
        ...(restored === undefined
          ? {}
          : { email: restored.email.address, emailKey: restored.email.key, emailVerified: true }),
        ...(isDeletionStopped ? { disabled: false, ...noDeletion } : {}),
        ...(keptLinks === undefined ? {} : groupsWithLinks(before, (linkId) => keptLinks.includes(linkId))),
      };
    });
    await endEverythingOf(accountId, { ...end, addedSince: restored?.changedAt });
    if (restored !== undefined) {
      await refreshLinkGroups(accountId, undefined, actor);
    }
    await throttle.reset([
      throttleKeys.user(user.emailKey),
      throttleKeys.codesOf(user.emailKey),
      throttleKeys.devices(accountId),
      // Wrong codes may be those of somebody who knew the old password.
      ...(forgetsWrongCodes ? [throttleKeys.secondFactor(accountId)] : []),
      // The user's own wrong passwords, from where the new one is set.
      ...(actor.address === undefined ? [] : [throttleKeys.accountAndAddress(user.emailKey, actor.address)]),
    ]);
    await audit.record({ ...actorFields(actor), type: 'password.changed', outcome: 'success', accountId });
    if (isConfirmed) {
      await audit.record({ ...actorFields(actor), type: 'email.confirmed', outcome: 'success', accountId });
    }
    if (isDeletionStopped) {
      await audit.record({ ...actorFields(actor), type: 'user.deletion_undone', outcome: 'success', accountId });
    }
    await notifyPasswordChanged(user, actor, { isFirst });
    return user;
  }

  return {
    setPassword: async (accountId, password, actor) => {
      const user = await records.get(accountId);
      await policy.check(password, passwordSubjectOf(user.emailKey, user.profile));
      await writePassword(accountId, await passwords.hash(password), actor, { forgetsWrongCodes: true });
    },

    changePassword: async (accountId, password, session, actor) => {
      const user = await records.get(accountId);
      await policy.check(password, passwordSubjectOf(user.emailKey, user.profile));
      const passwordHash = await passwords.hash(password);
      return writePassword(accountId, passwordHash, actor, { keeps: session, forgetsWrongCodes: true });
    },

    createPasswordLink: async (accountId, purpose, actor, { mailed, flow } = { mailed: false }) => {
      const user = await records.get(accountId);
      const { token, expiresAt } = await oneTimeLinks.create({
        purpose,
        accountId,
        lifetime: linkLifetime,
        ...(mailed ? { mailedTo: user.emailKey } : {}),
        ...(flow === undefined ? {} : { data: { flow } }),
      });
      await audit.record({ ...actorFields(actor), type: 'password.link_created', outcome: 'success', accountId });
      return { token, expiresAt };
    },

    peekPasswordLink: async (token) => (await oneTimeLinks.peek('set-password', token))?.user ?? null,

    redeemPasswordLink: async (token, password, actor, { purpose = 'set-password', profile = {} } = {}) => {
      const { user } = (await oneTimeLinks.peek(purpose, token, actor)) ?? {};
      if (user === undefined) {
        throw invalidLink();
      }
      await policy.check(password, passwordSubjectOf(user.emailKey, applyProfileChanges(user.profile, profile)));
      const passwordHash = await passwords.hash(password);
      const changed = await oneTimeLinks.use(purpose, token, ({ mailedTo }) =>
        writePassword(user._id, passwordHash, { ...actor, actor: user._id }, { mailedTo, profile }),
      );
      if (changed === undefined) {
        throw invalidLink();
      }
      return changed;
    },

    undoEmailChange: async (token, password, actor) => {
      const link = await oneTimeLinks.peek('undo-email', token, actor);
      const email = link?.data['email'];
      if (link?.user === undefined || email === undefined) {
        throw invalidLink();
      }
      const { user } = link;
      const restoredEmail = parseEmailAddress(email);
      const holder = await findByEmailKey(restoredEmail.key);
      if (holder !== null && holder._id !== user._id) {
        throw new ConflictError('A user with this email address exists already.', 'email');
      }
      await policy.check(password, passwordSubjectOf(restoredEmail.key, user.profile));
      const passwordHash = await passwords.hash(password);
      const changed = await oneTimeLinks.use('undo-email', token, async ({ createdAt }) => {
        const accountId = user._id;
        const by = { ...actor, actor: accountId };
        const restored = await writePassword(accountId, passwordHash, by, {
          restored: { email: restoredEmail, changedAt: createdAt },
        });
        await audit.record({ ...actorFields(by), type: 'email.change_undone', outcome: 'success', accountId });
        await oneTimeLinks.removeByUser(accountId, 'undo-email', createdAt);
        return restored;
      });
      if (changed === undefined) {
        throw invalidLink();
      }
      return changed;
    },
  };
}

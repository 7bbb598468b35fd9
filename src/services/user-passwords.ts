/** Setting passwords, and the one-time links by which users set one themselves. Signing in is in authentication.ts. */
import { after, type Clock } from '../clock.ts';
import type { Passwords } from '../crypto/passwords.ts';
import { digest, randomToken } from '../crypto/secrets.ts';
import { NotFoundError } from '../errors.ts';
import type { OneTimeTokenDocument, UserDocument } from '../storage/collections.ts';
import type { OneTimeTokenRepository } from '../storage/repositories/one-time-tokens.ts';
import type { UserRepository } from '../storage/repositories/users.ts';
import { actorFields, type Actor, type AuditService } from './audit.ts';
import { passwordSubjectOf, type PasswordPolicy } from './password-policy.ts';
import type { EndOfUser } from './revocation.ts';
import type { ThrottleKeys } from './throttle-keys.ts';
import { checkWithin, type ThrottleService } from './throttle.ts';
import { credentialsVersionOf, endedCredentials, type UserRecords } from './user-records.ts';

export interface PasswordLink {
  /** 256 random bits; the database has only its digest. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface UserPasswords {
  /**
   * Sets a password, ends every session, token and link of the user, resets the user's failed attempts, and notifies
   * the user by mail. Does not ask for the current password: the caller has checked that this is allowed.
   *
   * @throws NotFoundError, PasswordRejectedError
   */
  setPassword(accountId: string, password: string, actor: Actor): Promise<void>;
  /**
   * Creates the token of a link. Every older link of this user stops working.
   * @param options.mailed whether the link goes to the user's address and nowhere else: using it then verifies the
   *   address
   * @throws NotFoundError
   */
  createPasswordLink(
    accountId: string,
    purpose: OneTimeTokenDocument['purpose'],
    actor: Actor,
    options?: { readonly mailed: boolean },
  ): Promise<PasswordLink>;
  /**
   * Returns the user of a link, or null when the link does not work. Does not use up the link: mail scanners open
   * links, so the page that a link opens must not.
   */
  peekPasswordLink(token: string): Promise<UserDocument | null>;
  /**
   * Sets a password by a link. Exactly one of several parallel callers succeeds. A password that is rejected does not
   * use up the link. Does not sign the user in.
   *
   * @param by `actor` is replaced by the user of the link
   * @throws NotFoundError when the link does not work or no longer works, PasswordRejectedError, ThrottledError
   */
  redeemPasswordLink(token: string, password: string, actor: Actor): Promise<UserDocument>;
}

export interface UserPasswordDependencies {
  readonly users: Pick<UserRepository, 'find'>;
  readonly records: UserRecords;
  readonly oneTimeTokens: OneTimeTokenRepository;
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
  /** Notifies the user by mail that the password was changed. */
  readonly notifyPasswordChanged: (user: UserDocument) => Promise<void>;
}

const maxTokenLength = 200;

function invalidLink(): NotFoundError {
  return new NotFoundError('This link does not work any more. Ask for a new one.');
}

export function createUserPasswords(dependencies: UserPasswordDependencies): UserPasswords {
  const {
    users,
    records,
    oneTimeTokens,
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

  /**
   * Sets a password and does all that follows from it. The change makes everything invalid that depends on the old
   * password; ending it also notifies the apps. It is ended before the change, so that the apps are notified even if
   * the process dies right after the change, and again after it, for what was started meanwhile.
   */
  async function writePassword(
    accountId: string,
    passwordHash: string,
    actor: Actor,
    mailedTo?: string,
  ): Promise<UserDocument> {
    // A user without a password may have tokens that an operator made. Nobody else can have used a password for more.
    const isFirst = (await records.get(accountId)).passwordHash === undefined;
    const end = { forgetConsents: false, keepPersonalAccessTokens: isFirst };
    await endEverythingOf(accountId, end);
    const user = await records.change(accountId, (before) => ({
      ...endedCredentials(before),
      passwordHash,
      passwordChangedAt: clock.now(),
      // Only a reader of this mailbox can have used a link that was sent nowhere else.
      ...(mailedTo === before.emailKey ? { emailVerified: true } : {}),
    }));
    await endEverythingOf(accountId, end);
    await oneTimeTokens.removeByUser(accountId);
    await throttle.reset([throttleKeys.user(user.emailKey), throttleKeys.devices(accountId)]);
    await audit.record({ ...actorFields(actor), type: 'password.changed', outcome: 'success', accountId });
    await notifyPasswordChanged(user);
    return user;
  }

  /**
   * The link and its user, if it is the newest link of that user. Of two links created at the same moment, every
   * process takes the same one for the newer.
   */
  async function findValidLink(
    token: string,
  ): Promise<{ readonly link: OneTimeTokenDocument; readonly user: UserDocument } | undefined> {
    if (token.length > maxTokenLength) {
      return undefined;
    }
    const link = await oneTimeTokens.find(digest(token));
    if (link === null) {
      return undefined;
    }
    const newer = (await oneTimeTokens.listByUser(link.accountId)).some(
      (other) =>
        other.createdAt > link.createdAt ||
        (other.createdAt.getTime() === link.createdAt.getTime() && other._id > link._id),
    );
    const user = newer ? null : await users.find(link.accountId);
    return user !== null &&
      credentialsVersionOf(user) === credentialsVersionOf(link) &&
      (link.mailedTo ?? user.emailKey) === user.emailKey
      ? { link, user }
      : undefined;
  }

  return {
    setPassword: async (accountId, password, actor) => {
      const user = await records.get(accountId);
      await policy.check(password, passwordSubjectOf(user.emailKey, user.profile));
      await writePassword(accountId, await passwords.hash(password), actor);
    },

    createPasswordLink: async (accountId, purpose, actor, { mailed } = { mailed: false }) => {
      const user = await records.get(accountId);
      const token = randomToken();
      const expiresAt = after(clock, linkLifetime);
      await oneTimeTokens.replaceOfUser({
        _id: digest(token),
        purpose,
        accountId,
        credentialsVersion: credentialsVersionOf(user),
        ...(mailed ? { mailedTo: user.emailKey } : {}),
        createdAt: clock.now(),
        expiresAt,
      });
      await audit.record({ ...actorFields(actor), type: 'password.link_created', outcome: 'success', accountId });
      return { token, expiresAt };
    },

    peekPasswordLink: async (token) => (await findValidLink(token))?.user ?? null,

    redeemPasswordLink: async (token, password, actor) => {
      const attempt = await throttle.begin(
        actor.address === undefined ? [] : [throttleKeys.address('link', actor.address)],
      );
      const valid = await checkWithin(attempt, () => findValidLink(token));
      if (valid === undefined) {
        await attempt.failed();
        throw invalidLink();
      }
      await attempt.abandoned();
      const { link, user } = valid;
      await policy.check(password, passwordSubjectOf(user.emailKey, user.profile));
      const passwordHash = await passwords.hash(password);
      if (!(await oneTimeTokens.consume(link._id))) {
        throw invalidLink();
      }
      return writePassword(user._id, passwordHash, { ...actor, actor: user._id }, link.mailedTo);
    },
  };
}

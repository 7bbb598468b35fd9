/**
 * Accounts: how they come to be, change and end. Signing in is in services/authentication.ts, what a password must be
 * in services/password-policy.ts, what ends with an account in the function that is given as `endEverythingOf`.
 */
import { after, strictlyAfter, type Clock } from '../clock.ts';
import type { Passwords } from '../crypto/passwords.ts';
import { digest, randomToken } from '../crypto/secrets.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { UserDocument, OneTimeTokenDocument } from '../storage/collections.ts';
import type { UserChanges, UserRepository } from '../storage/repositories/users.ts';
import type { OneTimeTokenRepository } from '../storage/repositories/one-time-tokens.ts';
import { isEnabledAdministrator, type AdministratorGuard } from './administrators.ts';
import { actorFields, type Actor, type AuditService } from './audit.ts';
import { emailKeyOf, parseEmailAddress } from './email-address.ts';
import type { PasswordPolicy, PasswordSubject } from './password-policy.ts';
import { applyProfileChanges, type Profile } from './profile.ts';
import type { ThrottleKeys } from './throttle-keys.ts';
import { lookWithin, type ThrottleService } from './throttle.ts';

export interface NewUser {
  readonly email: string;
  /** Absent: nobody can sign in until a password is set by a one-time link. */
  readonly password?: string;
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly role?: UserDocument['role'];
  readonly emailVerified?: boolean;
  /** An id that was drawn before, by {@link newAccountId}: of any number of callers that use the same, one gets through. */
  readonly id?: string;
}

/** What of a user can be changed; what is absent stays. */
export interface UserUpdate {
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly phoneNumberVerified?: boolean;
  readonly role?: UserDocument['role'];
  /** Standard claims by their names; null, or empty text, removes one. */
  readonly profile?: Readonly<Record<string, unknown>>;
}

export interface UserListQuery {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
  /** Only users whose email, name claims or id contain this text, in any case. */
  readonly search?: string;
}

export interface UserPage {
  readonly users: readonly UserDocument[];
  /** Give this as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

export interface PasswordLink {
  /** 256 random bits; only its digest is kept. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface UserService {
  /**
   * @throws InvalidInputError for an email or claim that is none
   * @throws PasswordRejectedError
   * @throws ConflictError when another account has this email; of any number of parallel callers one creates it
   */
  create(user: NewUser, by: Actor): Promise<UserDocument>;
  find(accountId: string): Promise<UserDocument | null>;
  /** Null too for text that is no email address. */
  findByEmail(email: string): Promise<UserDocument | null>;
  /** In order of creation. A search reads every user. @throws InvalidInputError for an `after` that no page gave */
  list(query: UserListQuery): Promise<UserPage>;
  /**
   * Changes what is named. Another email is not verified, unless that is said as well, and ends every one-time link; the
   * same holds for a phone number's verification.
   *
   * @throws NotFoundError, InvalidInputError
   * @throws ConflictError when another user has this email, or no enabled administrator would be left
   */
  update(accountId: string, update: UserUpdate, by: Actor): Promise<UserDocument>;
  /**
   * Sets a password, ends every session, token and link of the account, opens it again if too many guesses had closed
   * it, and notifies its owner by mail. The caller has checked that this may be done: no current password is asked.
   *
   * @throws NotFoundError, PasswordRejectedError
   */
  setPassword(accountId: string, password: string, by: Actor): Promise<void>;
  /**
   * Makes a link's token; every older one of this user is dead from then on.
   * @param options.mailed whether the link goes to the user's address and nowhere else: using it then verifies the address
   * @throws NotFoundError
   */
  createPasswordLink(
    accountId: string,
    purpose: OneTimeTokenDocument['purpose'],
    by: Actor,
    options?: { readonly mailed: boolean },
  ): Promise<PasswordLink>;
  /** Whose link this is, without using it up: for the page that a link opens, since programs that look at mails open links. Null when it does not work. */
  peekPasswordLink(token: string): Promise<UserDocument | null>;
  /**
   * Sets a password by a link. Of any number of callers one uses it. A password that is refused uses nothing up.
   * Nobody is signed in by this.
   *
   * @param by `actor` is replaced by the account whose link it is
   * @throws NotFoundError when the link does not work (any more), PasswordRejectedError, ThrottledError
   */
  redeemPasswordLink(token: string, password: string, by: Actor): Promise<UserDocument>;
  /** Ends everything of the account and lets nobody sign in. @throws NotFoundError; ConflictError for the last administrator */
  disable(accountId: string, by: Actor): Promise<void>;
  /** @throws NotFoundError */
  enable(accountId: string, by: Actor): Promise<void>;
  /** Ends everything of the account, consents too, and forgets it; its id is never used again. @throws as {@link disable} */
  remove(accountId: string, by: Actor): Promise<void>;
}

export interface UserDependencies {
  readonly users: UserRepository;
  readonly administrators: AdministratorGuard;
  readonly oneTimeTokens: OneTimeTokenRepository;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly policy: PasswordPolicy;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Seconds that a one-time link works. */
  readonly linkLifetime: number;
  /** Ends sessions, grants, tokens, codes and one-time links. */
  readonly endEverythingOf: (accountId: string, options: { readonly forgetConsents: boolean }) => Promise<void>;
  /** Notifies the owner of an account, by mail, that its password was changed. */
  readonly notifyPasswordChanged: (user: UserDocument) => Promise<void>;
}

const userIdBytes = 16;
const maxTokenLength = 200;
/** A search reads this many users at a time. */
const usersAtOnce = 500;
const maxRounds = 20;

/** The version of a user's credentials, or the one that something was made under: what was proved under another does not count. */
export function credentialsVersionOf({
  credentialsVersion = 0,
}: {
  readonly credentialsVersion?: number | undefined;
}): number {
  return credentialsVersion;
}

/**
 * The `sub` of a person: random, ASCII, never used again (OpenID Connect Core §2). Its prefix is an account's alone,
 * so that no client can be registered under an id that reads as a person (RFC 9700 §4.15).
 */
export function newUserId(): string {
  return `usr_${randomToken(userIdBytes)}`;
}

function writeCursor({ createdAt, _id }: UserDocument): string {
  return `${createdAt.getTime()}.${_id}`;
}

function readCursor(cursor: string): { readonly createdAt: Date; readonly id: string } {
  const found = /^(\d{1,15})\.(usr_[\w-]{1,100})$/.exec(cursor);
  const [, moment, id] = found ?? [];
  if (moment === undefined || id === undefined) {
    throw new InvalidInputError('This is not where a page of users ended.', 'after');
  }
  return { createdAt: new Date(Number(moment)), id };
}

function subjectOf(email: string, profile: Profile): PasswordSubject {
  const names = Object.entries(profile).flatMap(([claim, value]) =>
    claim.endsWith('name') && typeof value === 'string' ? [value] : [],
  );
  return { email, names };
}

/** Makes everything void that was proved or begun until now, in the same write as the reason for it. */
function endedCredentials(user: UserDocument): UserChanges {
  return { credentialsVersion: credentialsVersionOf(user) + 1 };
}

function disabled(user: UserDocument): UserChanges {
  return { ...endedCredentials(user), disabled: true };
}

function noUser(): NotFoundError {
  return new NotFoundError('There is no such account.');
}

function emailTaken(): ConflictError {
  return new ConflictError('A user with this email address exists already.', 'email');
}

/** Whether the text stands in what people know a user by. */
function matches(user: UserDocument, search: string): boolean {
  const names = Object.entries(user.profile).flatMap(([claim, value]) => (claim.endsWith('name') ? [value] : []));
  const text = search.toLowerCase();
  return [user._id, user.email, user.emailKey, ...names].some(
    (value) => typeof value === 'string' && value.toLowerCase().includes(text),
  );
}

/** For the audit: which fields were changed; of the role what it is now, since it decides about rights. */
function changedFields({ profile = {}, ...fields }: UserUpdate): Readonly<Record<string, string>> {
  return {
    fields: [...Object.keys(fields), ...Object.keys(profile)].join(' '),
    ...(fields.role === undefined ? {} : { role: fields.role }),
  };
}

function changedMeanwhile(): ConflictError {
  return new ConflictError('The user is being changed by somebody else. Try again.');
}

function deadLink(): NotFoundError {
  return new NotFoundError('This link does not work any more. Ask for a new one.');
}

export function createUserService(dependencies: UserDependencies): UserService {
  const {
    users,
    administrators,
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

  async function existing(accountId: string): Promise<UserDocument> {
    const user = await users.find(accountId);
    if (user === null) {
      throw noUser();
    }
    return user;
  }

  async function insert(user: UserDocument): Promise<void> {
    try {
      await users.insert(user);
    } catch (error) {
      throw error instanceof DuplicateKeyError ? emailTaken() : error;
    }
  }

  /**
   * Reads the user and changes it, again when somebody else did in between.
   * @throws NotFoundError; ConflictError when it would leave no enabled administrator
   */
  async function change(accountId: string, edit: (user: UserDocument) => UserChanges): Promise<UserDocument> {
    for (let round = 0; round < maxRounds; round += 1) {
      const user = await existing(accountId);
      const changes = { ...edit(user), updatedAt: strictlyAfter(clock, user.updatedAt) };
      const changed = { ...user, ...changes };
      if (isEnabledAdministrator(user) && !isEnabledAdministrator(changed)) {
        await administrators.announceLeaving(user);
      }
      if (await users.changeIfUnchanged(user, changes)) {
        return changed;
      }
    }
    throw changedMeanwhile();
  }

  /** As {@link change}, for changes of what must be unique. @throws ConflictError also when another user has the email */
  async function changeUnique(accountId: string, edit: (user: UserDocument) => UserChanges): Promise<UserDocument> {
    try {
      return await change(accountId, edit);
    } catch (error) {
      throw error instanceof DuplicateKeyError ? emailTaken() : error;
    }
  }

  /**
   * Sets a password and does all that follows from it. What rests on the old one is void from the change on; ending it
   * notifies the apps. It is ended before the change, so that they are notified although the process may die right
   * after it, and again after the change, for what began meanwhile.
   */
  async function putPassword(
    accountId: string,
    passwordHash: string,
    by: Actor,
    mailedTo?: string,
  ): Promise<UserDocument> {
    await endEverythingOf(accountId, { forgetConsents: false });
    const user = await change(accountId, (before) => ({
      ...endedCredentials(before),
      passwordHash,
      passwordChangedAt: clock.now(),
      // Somebody who used a link that went to this address alone can read its mail.
      ...(mailedTo === before.emailKey ? { emailVerified: true } : {}),
    }));
    await endEverythingOf(accountId, { forgetConsents: false });
    await oneTimeTokens.removeByUser(accountId);
    await throttle.reset([throttleKeys.user(user.emailKey), throttleKeys.devices(accountId)]);
    await audit.record({ ...actorFields(by), type: 'password.changed', outcome: 'success', accountId });
    await notifyPasswordChanged(user);
    return user;
  }

  /** The link's account, if it is the newest of that account. Two made at the same moment: the same one wins everywhere. */
  async function liveLink(
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
    create: async ({ email, password, profile = {}, role = 'user', emailVerified = false, id = newUserId() }, by) => {
      const { address, key } = parseEmailAddress(email);
      const claims = applyProfileChanges({}, profile);
      if (password !== undefined) {
        await policy.check(password, subjectOf(key, claims));
      }
      const passwordHash = password === undefined ? undefined : await passwords.hash(password);
      const now = clock.now();
      const user: UserDocument = {
        _id: id,
        email: address,
        emailKey: key,
        emailVerified,
        ...(passwordHash === undefined ? {} : { passwordHash, passwordChangedAt: now }),
        role,
        disabled: false,
        profile: claims,
        createdAt: now,
        updatedAt: now,
      };
      await insert(user);
      await audit.record({
        ...actorFields(by),
        type: 'user.created',
        outcome: 'success',
        accountId: id,
        detail: { role },
      });
      return user;
    },

    find: (accountId) => users.find(accountId),
    findByEmail: (email) => users.findByEmailKey(emailKeyOf(email)),

    list: async ({ limit, after: cursor, search }) => {
      const found: UserDocument[] = [];
      let position = cursor === undefined ? undefined : readCursor(cursor);
      while (found.length <= limit) {
        const size = search === undefined ? limit + 1 : usersAtOnce;
        const page = await users.list({ limit: size, ...(position === undefined ? {} : { after: position }) });
        found.push(...(search === undefined ? page : page.filter((user) => matches(user, search))));
        const last = page.at(-1);
        if (page.length < size || last === undefined) {
          break;
        }
        position = { createdAt: last.createdAt, id: last._id };
      }
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return { users: shown, ...(found.length > limit && last !== undefined ? { next: writeCursor(last) } : {}) };
    },

    update: async (accountId, update, by) => {
      const address = update.email === undefined ? undefined : parseEmailAddress(update.email);
      const user = await changeUnique(accountId, (before) => {
        const profile = applyProfileChanges(before.profile, update.profile ?? {});
        const sameEmail = address === undefined || address.key === before.emailKey;
        const samePhone = profile['phone_number'] === before.profile['phone_number'];
        const phoneNumberVerified =
          profile['phone_number'] !== undefined &&
          (update.phoneNumberVerified ?? (samePhone && before.phoneNumberVerified === true));
        if (update.phoneNumberVerified === true && !phoneNumberVerified) {
          throw new InvalidInputError('There is no phone number to verify: give one as well.', 'phone_number_verified');
        }
        return {
          ...(address === undefined ? {} : { email: address.address, emailKey: address.key }),
          emailVerified: update.emailVerified ?? (sameEmail && before.emailVerified),
          phoneNumberVerified,
          role: update.role ?? before.role,
          profile,
        };
      });
      if (address !== undefined) {
        await oneTimeTokens.removeByUser(accountId);
      }
      await audit.record({
        ...actorFields(by),
        type: 'user.updated',
        outcome: 'success',
        accountId,
        detail: changedFields(update),
      });
      return user;
    },

    setPassword: async (accountId, password, by) => {
      const user = await existing(accountId);
      await policy.check(password, subjectOf(user.emailKey, user.profile));
      await putPassword(accountId, await passwords.hash(password), by);
    },

    createPasswordLink: async (accountId, purpose, by, { mailed } = { mailed: false }) => {
      const user = await existing(accountId);
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
      await audit.record({ ...actorFields(by), type: 'password.link_created', outcome: 'success', accountId });
      return { token, expiresAt };
    },

    peekPasswordLink: async (token) => (await liveLink(token))?.user ?? null,

    redeemPasswordLink: async (token, password, by) => {
      const attempt = await throttle.begin(by.address === undefined ? [] : [throttleKeys.address('link', by.address)]);
      const live = await lookWithin(attempt, () => liveLink(token));
      if (live === undefined) {
        await attempt.failed();
        throw deadLink();
      }
      await attempt.abandoned();
      const { link, user } = live;
      await policy.check(password, subjectOf(user.emailKey, user.profile));
      const passwordHash = await passwords.hash(password);
      if (!(await oneTimeTokens.consume(link._id))) {
        throw deadLink();
      }
      return putPassword(user._id, passwordHash, { ...by, actor: user._id }, link.mailedTo);
    },

    disable: async (accountId, by) => {
      await change(accountId, disabled);
      await endEverythingOf(accountId, { forgetConsents: false });
      await oneTimeTokens.removeByUser(accountId);
      await audit.record({ ...actorFields(by), type: 'user.disabled', outcome: 'success', accountId });
    },

    enable: async (accountId, by) => {
      await existing(accountId);
      // What a disabling that was cut short has left must not wake up.
      await endEverythingOf(accountId, { forgetConsents: false });
      await change(accountId, () => ({ disabled: false }));
      await audit.record({ ...actorFields(by), type: 'user.enabled', outcome: 'success', accountId });
    },

    remove: async (accountId, by) => {
      // Disabled first, so that nothing new begins while everything ends; a crash between leaves a user to delete again.
      const user = await change(accountId, disabled);
      await endEverythingOf(accountId, { forgetConsents: true });
      await oneTimeTokens.removeByUser(accountId);
      if (!(await users.removeIfUnchanged(user))) {
        throw (await users.find(accountId)) === null ? noUser() : changedMeanwhile();
      }
      await audit.record({ ...actorFields(by), type: 'user.deleted', outcome: 'success', accountId });
    },
  };
}

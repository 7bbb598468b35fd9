/**
 * Users: creating, finding, changing, disabling and deleting them. Passwords and one-time links are in
 * user-passwords.ts, signing in is in authentication.ts.
 */
import type { Clock } from '../../clock.ts';
import { randomToken } from '../../crypto/secrets.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { UserChanges, UserRepository } from '../../storage/repositories/users.ts';
import type { AdministratorGuard } from '../foundation/administrators.ts';
import { actorFields, type Actor } from '../foundation/audit.ts';
import { emailKeyOf, parseEmailAddress } from '../values/email-address.ts';
import { passwordSubjectOf } from './password-policy.ts';
import type { GroupEnds } from '../tokens/group-ends.ts';
import { parseGroups } from '../values/groups.ts';
import { applyProfileChanges } from '../values/profile.ts';
import { createUserEmails, type UserEmails } from './user-emails.ts';
import { createUserGroups, type UserGroups } from './user-groups.ts';
import { createUserPasswords, type UserPasswordDependencies, type UserPasswords } from './user-passwords.ts';
import {
  changedMeanwhile,
  createUserRecords,
  endedCredentials,
  noDeletion,
  noUser,
} from '../foundation/user-records.ts';

export { credentialsVersionOf } from '../foundation/user-records.ts';

export interface NewUser {
  readonly email: string;
  /** Absent: nobody can sign in until a password is set by a one-time link. */
  readonly password?: string;
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly role?: UserDocument['role'];
  readonly emailVerified?: boolean;
  readonly groups?: readonly string[];
  /** An id from {@link newUserId}. Exactly one of several callers that use the same id creates a user. */
  readonly id?: string;
}

/** The changeable fields of a user. An absent field keeps its value. */
export interface UserUpdate {
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly phoneNumberVerified?: boolean;
  readonly role?: UserDocument['role'];
  /** Names of groups; they replace those that the user has. */
  readonly groups?: readonly string[];
  /** Standard claims by name. Null or empty text removes a claim. */
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

export interface UserService extends UserPasswords, UserEmails, UserGroups {
  /**
   * Exactly one of several parallel callers creates a user with an email.
   *
   * @throws InvalidInputError for an email, claim or group that is not valid
   * @throws PasswordRejectedError
   * @throws ConflictError when another user has this email
   */
  create(user: NewUser, actor: Actor): Promise<UserDocument>;
  find(accountId: string): Promise<UserDocument | null>;
  /** Returns null also for text that is not an email address. */
  findByEmail(email: string): Promise<UserDocument | null>;
  /** In order of creation. A search reads every user. @throws InvalidInputError when `after` is not from a page */
  list(query: UserListQuery): Promise<UserPage>;
  /**
   * Changes the given fields. A new email or phone number is not verified, unless the update says so. Giving an email
   * ends every one-time link. What the user loses by leaving a group ends.
   *
   * @throws NotFoundError, InvalidInputError
   * @throws ConflictError when another user has this email, or no enabled administrator would be left
   */
  update(accountId: string, update: UserUpdate, actor: Actor): Promise<UserDocument>;
  /**
   * Ends everything of the user and rejects every sign-in.
   * @throws NotFoundError; ConflictError for the last administrator
   */
  disable(accountId: string, actor: Actor): Promise<void>;
  /**
   * Ends everything that was proved or started until now: sessions, grants, tokens, links and remembered devices.
   * Personal access tokens stay. @throws NotFoundError
   */
  endSignIns(accountId: string): Promise<void>;
  /** Also undoes a deletion that the user asked for. @throws NotFoundError */
  enable(accountId: string, actor: Actor): Promise<void>;
  /**
   * Ends everything of the user, consents too, and deletes it. Its id is never used again.
   * @param condition must be true of the user at the moment from which the user cannot sign in any more
   * @throws as {@link disable}; ConflictError also when the condition is not true
   */
  remove(accountId: string, actor: Actor, condition?: (user: UserDocument) => boolean): Promise<void>;
}

export interface UserDependencies extends Omit<
  UserPasswordDependencies,
  'records' | 'changeUnique' | 'findByEmailKey' | 'refreshLinkGroups'
> {
  readonly users: UserRepository;
  readonly administrators: AdministratorGuard;
  readonly groupEnds: Pick<GroupEnds, 'endByUser'>;
  readonly clock: Clock;
}

const userIdBytes = 16;
/** Users that a search reads at a time. */
const searchBatchSize = 500;

/**
 * Makes the `sub` of a user: random, ASCII, never used again (OpenID Connect Core §2). Only users have its prefix, so
 * no client id can be mistaken for a user's (RFC 9700 §4.15).
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
    throw new InvalidInputError('This is not the "next" value of a page of users.', 'after');
  }
  return { createdAt: new Date(Number(moment)), id };
}

/** From now on it is not the user's own request for the deletion that locks the account. */
function disabled(user: UserDocument): UserChanges {
  return { ...endedCredentials(user), disabled: true, deletionRequestedAt: undefined };
}

function emailTaken(): ConflictError {
  return new ConflictError('A user with this email address exists already.', 'email');
}

/** Whether the user's id, email or names contain the text. */
function matches(user: UserDocument, search: string): boolean {
  const names = Object.entries(user.profile).flatMap(([claim, value]) => (claim.endsWith('name') ? [value] : []));
  const text = search.toLowerCase();
  return [user._id, user.email, user.emailKey, ...names].some(
    (value) => typeof value === 'string' && value.toLowerCase().includes(text),
  );
}

/** For the audit: role and groups, because both give rights, here or in apps. */
function rights({ role, groups }: Pick<UserUpdate, 'role' | 'groups'>): Readonly<Record<string, string>> {
  return {
    ...(role === undefined ? {} : { role }),
    ...(groups === undefined ? {} : { groups: groups.join(', ') }),
  };
}

/** For the audit: the names of the changed fields, and the new role and groups. */
function changedFields({ profile = {}, ...fields }: UserUpdate): Readonly<Record<string, string>> {
  return {
    fields: [...Object.keys(fields), ...Object.keys(profile)].join(' '),
    ...rights(fields),
  };
}

export function createUserService(dependencies: UserDependencies): UserService {
  const {
    users,
    administrators,
    groupEnds,
    upstreamLinks,
    oneTimeLinks,
    passwords,
    policy,
    audit,
    clock,
    endEverythingOf,
  } = dependencies;
  const records = createUserRecords({ users, administrators, clock });

  async function insert(user: UserDocument): Promise<void> {
    try {
      await users.insert(user);
    } catch (error) {
      throw error instanceof DuplicateKeyError ? emailTaken() : error;
    }
  }

  /** Changes a user. @throws as {@link UserRecords.change}; ConflictError also when another user has the new email */
  async function changeUnique(...change: Parameters<typeof records.change>): Promise<UserDocument> {
    try {
      return await records.change(...change);
    } catch (error) {
      throw error instanceof DuplicateKeyError ? emailTaken() : error;
    }
  }

  const linkGroups = createUserGroups({ records, upstreamLinks, groupEnds, audit });

  return {
    ...createUserPasswords({
      ...dependencies,
      ...linkGroups,
      records,
      changeUnique,
      findByEmailKey: users.findByEmailKey,
    }),
    ...createUserEmails({ changeUnique, oneTimeLinks, audit }),
    ...linkGroups,

    create: async (
      { email, password, profile = {}, role = 'user', emailVerified = false, groups: names = [], id = newUserId() },
      actor,
    ) => {
      const { address, key } = parseEmailAddress(email);
      const groups = parseGroups(names);
      const claims = applyProfileChanges({}, profile);
      if (password !== undefined) {
        await policy.check(password, passwordSubjectOf(key, claims));
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
        ...(groups.length === 0 ? {} : { groups }),
        createdAt: now,
        updatedAt: now,
      };
      await insert(user);
      await audit.record({
        ...actorFields(actor),
        type: 'user.created',
        outcome: 'success',
        accountId: id,
        detail: rights({ role, ...(groups.length === 0 ? {} : { groups }) }),
      });
      return user;
    },

    find: (accountId) => users.find(accountId),
    findByEmail: (email) => users.findByEmailKey(emailKeyOf(email)),

    list: async ({ limit, after: cursor, search }) => {
      const found: UserDocument[] = [];
      let position = cursor === undefined ? undefined : readCursor(cursor);
      while (found.length <= limit) {
        const size = search === undefined ? limit + 1 : searchBatchSize;
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

    update: async (accountId, update, actor) => {
      const address = update.email === undefined ? undefined : parseEmailAddress(update.email);
      const groups = update.groups === undefined ? undefined : parseGroups(update.groups);
      let former: UserDocument | undefined;
      const user = await changeUnique(accountId, (before) => {
        former = before;
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
          ...(groups === undefined ? {} : { groups }),
        };
      });
      if (address !== undefined) {
        await oneTimeLinks.removeByUser(accountId);
      }
      if (former !== undefined && groups !== undefined) {
        await groupEnds.endByUser(former, { groups });
      }
      await audit.record({
        ...actorFields(actor),
        type: 'user.updated',
        outcome: 'success',
        accountId,
        detail: changedFields({ ...update, ...(groups === undefined ? {} : { groups }) }),
      });
      return user;
    },

    disable: async (accountId, actor) => {
      await records.change(accountId, disabled);
      await endEverythingOf(accountId, { forgetConsents: false });
      await oneTimeLinks.removeByUser(accountId);
      await audit.record({ ...actorFields(actor), type: 'user.disabled', outcome: 'success', accountId });
    },

    endSignIns: async (accountId) => {
      const end = { forgetConsents: false, keepPersonalAccessTokens: true };
      // Before the change, so that apps are notified even after a crash; and after it, for what was started meanwhile.
      await endEverythingOf(accountId, end);
      await records.change(accountId, endedCredentials);
      await endEverythingOf(accountId, end);
    },

    enable: async (accountId, actor) => {
      await records.get(accountId);
      // A crash during `disable` may have left sessions and tokens. They must not become valid again.
      await endEverythingOf(accountId, { forgetConsents: false });
      await records.change(accountId, () => ({ disabled: false, ...noDeletion }));
      await audit.record({ ...actorFields(actor), type: 'user.enabled', outcome: 'success', accountId });
    },

    remove: async (accountId, actor, condition = () => true) => {
      // Disabled first, so that nothing new starts meanwhile. After a crash the disabled user can be deleted again.
      const user = await records.change(accountId, (before) => {
        if (!condition(before)) {
          throw changedMeanwhile();
        }
        return disabled(before);
      });
      await endEverythingOf(accountId, { forgetConsents: true });
      await oneTimeLinks.removeByUser(accountId);
      if (!(await users.removeIfUnchanged(user))) {
        throw (await users.find(accountId)) === null ? noUser() : changedMeanwhile();
      }
      await audit.record({ ...actorFields(actor), type: 'user.deleted', outcome: 'success', accountId });
    },
  };
}

/**
 * The guarded read-change-write of one user record: no change is lost when two processes change the same user, and an
 * enabled administrator always remains. What a change means, and its audit event, is the caller's part.
 */
import { strictlyAfter, type Clock } from '../../clock.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { UserChanges, UserRepository } from '../../storage/repositories/users.ts';
import { isEnabledAdministrator, type AdministratorGuard } from './administrators.ts';

export interface UserRecords {
  /** @throws NotFoundError */
  get(accountId: string): Promise<UserDocument>;
  /**
   * Reads the user, computes the changes and writes them; starts again when another process changed the user meanwhile.
   *
   * @param edit returns the changes; may be called several times. What it reads itself is read after the user
   * @returns the changed user
   * @throws NotFoundError
   * @throws ConflictError when no enabled administrator would be left, or the user is changed too often by others
   * @throws DuplicateKeyError when another user has the new email
   */
  change(accountId: string, edit: (user: UserDocument) => UserChanges | Promise<UserChanges>): Promise<UserDocument>;
}

const maxAttempts = 20;

/**
 * The version of a user's credentials, or of the credentials that something was issued for. What was proved with an
 * older version is not valid any more.
 */
export function credentialsVersionOf({
  credentialsVersion = 0,
}: {
  readonly credentialsVersion?: number | undefined;
}): number {
  return credentialsVersion;
}

/** Makes everything invalid that was proved or started until now, in the same write as the reason for it. */
export function endedCredentials(user: UserDocument): UserChanges {
  return { credentialsVersion: credentialsVersionOf(user) + 1 };
}

/** Removes the user's own request for the deletion of the account. */
export const noDeletion = { deletionDueAt: undefined, deletionRequestedAt: undefined } as const satisfies UserChanges;

export function noUser(): NotFoundError {
  return new NotFoundError('There is no such user.');
}

export function changedMeanwhile(): ConflictError {
  return new ConflictError('The user is being changed by somebody else. Try again.');
}

/**
 * Reads a user again, after something was stored by which the user can sign in or get access. What ends the credentials
 * of a user does not find what is stored later, so the caller removes it if this throws.
 *
 * @param before the user for whom it was allowed
 * @throws NotFoundError when the user was deleted; ConflictError when the user was disabled or has other credentials
 */
export async function findUnchanged(users: Pick<UserRepository, 'find'>, before: UserDocument): Promise<UserDocument> {
  const user = await users.find(before._id);
  if (user === null) {
    throw noUser();
  }
  if (user.disabled) {
    throw new ConflictError('The user is disabled.');
  }
  if (credentialsVersionOf(user) !== credentialsVersionOf(before)) {
    throw new ConflictError('The password was changed in the meantime. Try again.');
  }
  return user;
}

export function createUserRecords({
  users,
  administrators,
  clock,
}: {
  readonly users: UserRepository;
  readonly administrators: AdministratorGuard;
  readonly clock: Clock;
}): UserRecords {
  async function get(accountId: string): Promise<UserDocument> {
    const user = await users.find(accountId);
    if (user === null) {
      throw noUser();
    }
    return user;
  }

  return {
    get,
    change: async (accountId, edit) => {
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const user = await get(accountId);
        const changes = { ...(await edit(user)), updatedAt: strictlyAfter(clock, user.updatedAt) };
        const changed = { ...user, ...changes };
        if (isEnabledAdministrator(user) && !isEnabledAdministrator(changed)) {
          await administrators.announceLeaving(user);
        }
        if (await users.changeIfUnchanged(user, changes)) {
          return changed;
        }
      }
      throw changedMeanwhile();
    },
  };
}

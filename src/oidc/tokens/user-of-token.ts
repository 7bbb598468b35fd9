/**
 * The users whose tokens are being checked. Each is read at most once a second, so a check of a token that is in use
 * reads the token alone. Nothing that ends a token waits for this second: whoever ends it removes its document. What is
 * known late is a changed email address, a group that the user left, and a change of credentials whose
 * process died before it removed the tokens.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import { credentialsVersionOf, type UserService } from '../../services/users/users.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { Basis } from './basis.ts';

export type RecentUser = Pick<UserDocument, 'email' | 'disabled' | 'credentialsVersion' | 'groups'>;

/**
 * Finds the user of a token, as of the last second.
 * @param suffices whether this user gives the token all that it has. One who does not is read again: the user may have
 *   joined a group since, and the token may be newer than what is known
 * @returns null if there is none, or the user is disabled, or has other credentials than the token depends on
 * @throws StorageUnavailableError
 */
export type FindUserOfToken = (
  accountId: string,
  basis: Basis,
  suffices?: (user: RecentUser) => boolean,
) => Promise<RecentUser | null>;

const maxAgeMs = 1000;
const maxUsers = 10_000;

function isValid(user: RecentUser, { credentialsVersion }: Basis): boolean {
  return !user.disabled && (credentialsVersion === undefined || credentialsVersion === credentialsVersionOf(user));
}

export function createFindUserOfToken(deps: {
  readonly users: Pick<UserService, 'find'>;
  readonly clock: Clock;
}): FindUserOfToken {
  const { users, clock } = deps;
  const recent = new LRUCache<string, { readonly readAt: number; readonly user: RecentUser }>({ max: maxUsers });
  return async (accountId, basis, suffices = () => true) => {
    const now = clock.now().getTime();
    const known = recent.get(accountId);
    // A user who does not agree with the token is read again: the token may be newer than what is known.
    const isRecent = known !== undefined && Math.abs(now - known.readAt) < maxAgeMs;
    if (isRecent && isValid(known.user, basis) && suffices(known.user)) {
      return known.user;
    }
    const found = await users.find(accountId);
    if (found === null) {
      recent.delete(accountId);
      return null;
    }
    const { email, disabled, credentialsVersion = 0, groups = [] } = found;
    const user = { email, disabled, credentialsVersion, groups };
    recent.set(accountId, { readAt: now, user });
    return isValid(user, basis) ? user : null;
  };
}

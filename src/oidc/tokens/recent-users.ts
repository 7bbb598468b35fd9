/**
 * The users whose tokens are being checked. Each is read at most once a second, so a check of a token that is in use
 * reads the token alone. Nothing that ends a token waits for this second: whoever ends it removes its document. What is
 * known late is a changed email address, and a change of credentials whose process died before it removed the tokens.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import type { UserService } from '../../services/users.ts';
import type { UserDocument } from '../../storage/collections.ts';

export type RecentUser = Pick<UserDocument, 'email' | 'disabled' | 'credentialsVersion'>;

export type FindRecentUser = (accountId: string) => Promise<RecentUser | null>;

const maxAgeMs = 1000;

/** @returns a function that finds a user as he was at most a second ago; null if there is none */
export function createRecentUsers(deps: {
  readonly users: Pick<UserService, 'find'>;
  readonly clock: Clock;
}): FindRecentUser {
  const { users, clock } = deps;
  const recent = new LRUCache<string, { readonly readAt: number; readonly user: RecentUser }>({ max: 10_000 });
  return async (accountId) => {
    const now = clock.now().getTime();
    const known = recent.get(accountId);
    if (known !== undefined && Math.abs(now - known.readAt) < maxAgeMs) {
      return known.user;
    }
    const found = await users.find(accountId);
    if (found === null) {
      recent.delete(accountId);
      return null;
    }
    const { email, disabled, credentialsVersion = 0 } = found;
    const user = { email, disabled, credentialsVersion };
    recent.set(accountId, { readAt: now, user });
    return user;
  };
}

/** Finds the user for the engine. A disabled user is not found, so their tokens are rejected everywhere. */
import type { Account, FindAccount, Grant, Session } from 'oidc-provider';
import type { UserDocument } from '../storage/collections.ts';
import type { UserService } from '../services/users/users.ts';
import { isProvenBy, proofOf, withCredentialsVersion } from './credentials-version.ts';
import { withGroups } from './user-groups.ts';

/**
 * The standard claims of a user (OIDC Core §5.1) and their groups. The engine selects those that scope and consent
 * allow.
 */
function claimsOf(user: UserDocument): Readonly<Record<string, unknown>> & { readonly sub: string } {
  return {
    ...user.profile,
    sub: user._id,
    email: user.email,
    email_verified: user.emailVerified,
    ...(user.profile['phone_number'] === undefined ? {} : { phone_number_verified: user.phoneNumberVerified === true }),
    groups: [...(user.groups ?? [])],
    updated_at: Math.floor(user.updatedAt.getTime() / 1000),
  };
}

/** Finds a user who is not disabled, and whose credentials are still those of the proof, if there is one. */
export type FindProvenAccount = (accountId: string, proof: Grant | Session | undefined) => Promise<Account | undefined>;

export function createFindProvenAccount(users: Pick<UserService, 'find'>): FindProvenAccount {
  return async (accountId, proof) => {
    const user = await users.find(accountId);
    if (user === null || user.disabled || !isProvenBy(user, proof)) {
      return undefined;
    }
    const account = withGroups({ accountId, claims: () => ({ ...claimsOf(user) }) }, user);
    return withCredentialsVersion(account, user);
  };
}

/** For the engine: the proof is what the request has read already. */
export function createFindAccount(findProvenAccount: FindProvenAccount): FindAccount {
  return (ctx, accountId) => findProvenAccount(accountId, proofOf(ctx));
}

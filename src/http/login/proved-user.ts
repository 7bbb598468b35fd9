/** The user of a login that is not complete yet, as the steps after the first one need them. */
import { ExpiredError } from '../../errors.ts';
import type { LoginProof } from '../../oidc/interactions.ts';
import { credentialsVersionOf, type UserService } from '../../services/users/users.ts';
import type { UserDocument } from '../../storage/collections.ts';

/**
 * The user of a proof that is not complete yet.
 * @throws ExpiredError when the user was deleted or disabled, or has other credentials since the first step
 */
export async function userOf(users: Pick<UserService, 'find'>, proof: LoginProof | undefined): Promise<UserDocument> {
  const user = proof === undefined ? null : await users.find(proof.accountId);
  if (user === null || user.disabled || credentialsVersionOf(user) !== proof?.credentialsVersion) {
    throw new ExpiredError('the user of this login was changed since the first step');
  }
  return user;
}

/**
 * Finds the user of a proof. All steps that are asked whether they are due share one read.
 * @throws ExpiredError as {@link userOf}
 */
export type FindProvedUser = () => Promise<UserDocument>;

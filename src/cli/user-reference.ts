/** How a command line names a user: by email, or by account id. */
import { NotFoundError } from '../errors.ts';
import type { AccountService } from '../services/accounts.ts';

export type User = Awaited<ReturnType<AccountService['create']>>;

/** Help for an argument or option that names a user. */
export const userReference = 'Email or account id';

/**
 * Finds who is meant; no account id has an `@`.
 * @throws NotFoundError
 */
export async function findUser(
  accounts: Pick<AccountService, 'find' | 'findByEmail'>,
  reference: string,
): Promise<User> {
  const isEmail = reference.includes('@');
  const user = await (isEmail ? accounts.findByEmail(reference) : accounts.find(reference));
  if (user === null) {
    throw new NotFoundError(`No user has the ${isEmail ? 'email' : 'account id'} "${reference}".`);
  }
  return user;
}

/** Finds the user that a command line names by email or by user id. */
import { NotFoundError } from '../errors.ts';
import type { UserService } from '../services/users/users.ts';

export type User = Awaited<ReturnType<UserService['create']>>;

/** Help for an argument or option that names a user. */
export const userReference = 'Email or user id';

/**
 * Finds a user. A reference with an `@` is an email, since no user id has one.
 * @throws NotFoundError
 */
export async function findUser(users: Pick<UserService, 'find' | 'findByEmail'>, reference: string): Promise<User> {
  const isEmail = reference.includes('@');
  const user = await (isEmail ? users.findByEmail(reference) : users.find(reference));
  if (user === null) {
    throw new NotFoundError(`No user has the ${isEmail ? 'email' : 'user id'} "${reference}".`);
  }
  return user;
}

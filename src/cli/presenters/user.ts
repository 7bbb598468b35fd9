/** A user as commands print it: the standard claims by their names (OpenID Connect Core §5.1), and what an operator asks. */
import { list } from '../output.ts';
import { toEpochSeconds, toText } from '../moments.ts';
import type { User } from '../user-reference.ts';

export function userToJson(user: User): Readonly<Record<string, unknown>> {
  return {
    sub: user._id,
    email: user.email,
    email_verified: user.emailVerified,
    ...user.profile,
    role: user.role,
    disabled: user.disabled,
    has_password: user.passwordHash !== undefined,
    ...(user.passwordChangedAt === undefined ? {} : { password_changed_at: toEpochSeconds(user.passwordChangedAt) }),
    created_at: toEpochSeconds(user.createdAt),
    updated_at: toEpochSeconds(user.updatedAt),
  };
}

function claimToText(value: User['profile'][string]): string {
  return typeof value === 'string' ? value : Object.values(value).join('\n');
}

export function userToText(user: User): string {
  const claims = Object.entries(user.profile).map(([claim, value]) => [claim, claimToText(value)] as const);
  return list({
    'Account id': user._id,
    Email: `${user.email}${user.emailVerified ? '' : ' (not verified)'}`,
    ...Object.fromEntries(claims),
    Role: user.role,
    State: stateOf(user),
    Password: user.passwordChangedAt === undefined ? 'none yet' : `set ${toText(user.passwordChangedAt)}`,
    Created: toText(user.createdAt),
  });
}

/** In a word, for people. */
export function stateOf(user: User): string {
  if (user.disabled) {
    return 'disabled';
  }
  return user.passwordHash === undefined ? 'invited' : 'active';
}

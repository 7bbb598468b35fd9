/** Formats a user for people. The JSON is in presenters/user.ts. */
import { userState } from '../../presenters/user.ts';
import { toText } from '../time-text.ts';
import { list } from '../output.ts';
import type { User } from '../user-reference.ts';

function claimToText(value: User['profile'][string]): string {
  return typeof value === 'string' ? value : Object.values(value).join('\n');
}

export function userToText(user: User): string {
  const claims = Object.entries(user.profile).map(([claim, value]) => [claim, claimToText(value)] as const);
  return list({
    'User id': user._id,
    Email: `${user.email}${user.emailVerified ? '' : ' (not verified)'}`,
    ...Object.fromEntries(claims),
    Groups: user.groups === undefined || user.groups.length === 0 ? 'none' : user.groups.join(', '),
    Role: user.role,
    State: userState(user),
    Password: user.passwordChangedAt === undefined ? 'none yet' : `set ${toText(user.passwordChangedAt)}`,
    Created: toText(user.createdAt),
  });
}

/** A user as JSON: the standard claims (OpenID Connect Core §5.1), the groups, and fields for the operator. */
import { toEpochSeconds } from '../clock.ts';
import type { UserDocument } from '../storage/collections.ts';

/** `invited`: has no password yet. */
export type UserState = 'active' | 'invited' | 'disabled';

export function userState(user: UserDocument): UserState {
  if (user.disabled) {
    return 'disabled';
  }
  return user.passwordHash === undefined ? 'invited' : 'active';
}

/** Never the password's hash. */
export function presentUser(user: UserDocument): Readonly<Record<string, unknown>> {
  return {
    sub: user._id,
    email: user.email,
    email_verified: user.emailVerified,
    ...user.profile,
    ...(user.profile['phone_number'] === undefined ? {} : { phone_number_verified: user.phoneNumberVerified === true }),
    groups: [...(user.groups ?? [])],
    role: user.role,
    disabled: user.disabled,
    has_password: user.passwordHash !== undefined,
    ...(user.passwordChangedAt === undefined ? {} : { password_changed_at: toEpochSeconds(user.passwordChangedAt) }),
    created_at: toEpochSeconds(user.createdAt),
    updated_at: toEpochSeconds(user.updatedAt),
  };
}

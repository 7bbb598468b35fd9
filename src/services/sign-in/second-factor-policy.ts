/** Who must sign in with a second factor, by the settings. */
import type { UserDocument } from '../../storage/collections.ts';

/** `optional`: nobody. `groups`: members of some groups, and administrators. `administrators`, `all`: as they say. */
export type SecondFactorRequirement = 'optional' | 'administrators' | 'groups' | 'all';

export interface SecondFactorPolicy {
  /** Whether this user must have a second factor. Without one, the user sets one up at the next sign-in. */
  isRequired(user: Pick<UserDocument, 'role' | 'groups'>): boolean;
}

/** @param settings.groups the names of the groups for `groups` */
export function createSecondFactorPolicy(settings: {
  readonly requirement: SecondFactorRequirement;
  readonly groups: readonly string[];
}): SecondFactorPolicy {
  const { requirement, groups } = settings;
  return {
    isRequired: (user) =>
      requirement === 'all' ||
      (requirement !== 'optional' && user.role === 'administrator') ||
      (requirement === 'groups' && (user.groups ?? []).some((name) => groups.includes(name))),
  };
}

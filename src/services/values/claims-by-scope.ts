/** The scopes about the user, and the claims that each stands for. */

/**
 * Scopes about the user: those that OpenID Connect defines, and `groups`. An API cannot get them. `groups` became
 * reserved later, so there may be APIs that have it; they keep it.
 */
export const identityScopes = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access'] as const;

/** Which scope about the user stands for which claims (OpenID Connect Core §5.4, and our own `groups`). */
export const claimsByScope: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub'],
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
  groups: ['groups'],
};

/** Everybody who signs in is identified by `sub`, so no consent is asked for it alone. */
const scopeByClaim: ReadonlyMap<string, string> = new Map(
  Object.entries(claimsByScope)
    .filter(([scope]) => scope !== 'openid')
    .flatMap(([scope, claims]) => claims.map((claim) => [claim, scope] as const)),
);

/** The scope that stands for a claim, and whose text describes it; undefined for a claim that needs no consent. */
export function scopeOfClaim(claim: string): string | undefined {
  return scopeByClaim.get(claim);
}

/** All claims about the user that need consent. */
export const claimsAboutUser: readonly string[] = [...scopeByClaim.keys()];

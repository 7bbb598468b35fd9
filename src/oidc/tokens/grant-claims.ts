/** The claims by which a JWT access token names its grant and its login session, so that it ends with them. */
import type { AccessToken, ClientCredentials } from 'oidc-provider';

/** The name that Grant Management for OAuth 2.0 has for the id of a grant. */
export const grantClaim = 'grant_id';
/** Our own name: `sid` is another id of the session, for the app alone (OpenID Connect Back-Channel Logout §2.1). */
export const sessionClaim = 'session_id';

/**
 * Adds to the claims of a JWT access token the grant, and the login session if the token ends with it. A machine's
 * token has neither.
 */
export function nameGrantAndSession(token: AccessToken | ClientCredentials, payload: Record<string, unknown>): void {
  if (token.kind !== 'AccessToken') {
    return;
  }
  if (token.grantId !== undefined) {
    payload[grantClaim] = token.grantId;
  }
  if (token.expiresWithSession === true) {
    payload[sessionClaim] = token.sessionUid;
  }
}

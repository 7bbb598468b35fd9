/** The claims by which a JWT access token names its grant and its login session, so that it ends with them. */
import type { AccessToken, ClientCredentials } from 'oidc-provider';

/** The name that Grant Management for OAuth 2.0 has for the id of a grant. */
export const grantClaim = 'grant_id';
/** Our own name: `sid` is another id. */
export const sessionClaim = 'session_id';
/**
 * The app's part of the login session (OpenID Connect Back-Channel Logout §2.1): one app can leave a session that goes
 * on. If it comes back, it gets another one.
 */
export const appSessionClaim = 'sid';

/**
 * Adds to the claims of a JWT access token the grant, and the login session and the app's part of it if the token ends
 * with them. A machine's token has none of them.
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
    payload[appSessionClaim] = token.sid;
  }
}

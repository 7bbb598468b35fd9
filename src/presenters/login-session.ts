/** A login session as JSON. Its id can be used to end it; it is not the value of the cookie. */
import { toEpochSeconds } from '../clock.ts';
import type { TokenUsage } from '../services/tokens/token-usage.ts';
import type { LoginSession } from '../services/sign-in/sessions.ts';

/** @param lastUse the last use of a token that was issued in this session */
export function presentLoginSession(session: LoginSession, lastUse?: TokenUsage): Readonly<Record<string, unknown>> {
  const { uid, signedInAt, expiresAt, remembered, userAgent, authorizations } = session;
  return {
    id: uid,
    ...(signedInAt === undefined ? {} : { signed_in_at: toEpochSeconds(signedInAt) }),
    expires_at: toEpochSeconds(expiresAt),
    remembered,
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    clients: authorizations.map(({ clientId }) => clientId),
    ...(lastUse === undefined ? {} : { tokens_last_used_at: toEpochSeconds(lastUse.lastUsedAt) }),
    ...(lastUse?.lastUsedFrom === undefined ? {} : { tokens_last_used_from: lastUse.lastUsedFrom }),
  };
}

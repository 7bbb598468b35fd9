/** A login session as services see it, from its stored document. */
import type { OidcPayloadDocument } from '../collections.ts';
import {
  authorizationsOf,
  isRemembered,
  signedInAtOf,
  uidOf,
  upstreamOf,
  type SessionAuthorization,
  type UpstreamOfSession,
} from './login-session-payload.ts';
import type { Payload } from './oidc-payloads.ts';

export interface LoginSession {
  readonly uid: string;
  readonly accountId?: string;
  readonly signedInAt?: Date;
  /** The user's `credentialsVersion` at sign-in. Absent: 0. */
  readonly credentialsVersion?: number;
  /** When the session ends if it is not used before. Never later than its absolute limit. */
  readonly expiresAt: Date;
  readonly remembered: boolean;
  readonly userAgent?: string;
  readonly authorizations: readonly SessionAuthorization[];
  readonly upstream?: UpstreamOfSession;
}

/** A stored session that has not ended, with its payload decrypted. */
export interface OpenedSession {
  readonly document: OidcPayloadDocument;
  readonly payload: Payload;
  readonly expiresAt: Date;
}

export function toSession({ document, payload, expiresAt }: OpenedSession): LoginSession {
  const { accountId, credentialsVersion } = payload;
  const signedInAt = signedInAtOf(payload);
  const upstream = upstreamOf(payload);
  return {
    uid: uidOf(payload),
    ...(typeof accountId === 'string' ? { accountId } : {}),
    ...(signedInAt === undefined ? {} : { signedInAt }),
    ...(typeof credentialsVersion === 'number' ? { credentialsVersion } : {}),
    expiresAt,
    remembered: isRemembered(payload),
    ...(document.userAgent === undefined ? {} : { userAgent: document.userAgent }),
    authorizations: authorizationsOf(payload),
    ...(upstream === undefined ? {} : { upstream }),
  };
}

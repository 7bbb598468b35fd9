/** The documents of tokens that are about to be issued: nobody has their values yet. */
import type { Clock } from '../../clock.ts';
import type { OidcPayloadDocument } from '../collections.ts';
import { documentId, type Payload, type PayloadDocuments } from './oidc-payload-document.ts';

/** A token that is stored when it is issued. A JWT access token is not. */
export interface IssuedToken {
  readonly model: 'AccessToken' | 'RefreshToken';
  /** The value that its holder gets. */
  readonly value: string;
  readonly payload: Payload;
  readonly expiresAt: Date;
  /** Refresh tokens that end with a login session. */
  readonly session?: KnownSession | undefined;
}

/** A login session, as it was when it was looked up last. */
export interface KnownSession {
  readonly readAt: Date;
  readonly endsAt: Date;
}

/** How a refresh token's document stores what is known of its login session. */
export function sessionFields(
  session: KnownSession | undefined,
): Pick<OidcPayloadDocument, 'sessionReadAt' | 'sessionEndsAt'> {
  return session === undefined ? {} : { sessionReadAt: session.readAt, sessionEndsAt: session.endsAt };
}

/** @param familyId the id of the document of the code that the token is issued from; unknown in earlier versions */
export function documentOfToken(
  { contents }: PayloadDocuments,
  clock: Clock,
  { model, value, payload, expiresAt, session }: IssuedToken,
  familyId: string | undefined,
): OidcPayloadDocument {
  const _id = documentId(value);
  return {
    _id,
    ...contents(model, _id, payload),
    ...(familyId === undefined ? {} : { familyId }),
    ...sessionFields(session),
    createdAt: clock.now(),
    expiresAt,
  };
}

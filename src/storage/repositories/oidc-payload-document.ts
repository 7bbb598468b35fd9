/**
 * How a model of the engine becomes a document, and back. Payloads are JSON text, because grants have URLs as keys.
 * Models that contain another secret value are encrypted.
 */
import { digest, type Secrets } from '../../crypto/secrets.ts';
import { UnsealableError } from '../../errors.ts';
import type { Logger } from '../../logging.ts';
import type { OidcPayloadDocument } from '../collections.ts';

export type Payload = Readonly<Record<string, unknown>>;

/** Models that contain a secret value besides their own id: of a session cookie, or an app's `state` and `nonce`. */
const sealedModels = new Set(['AuthorizationCode', 'PushedAuthorizationRequest', 'Interaction']);

/** Models whose payload does not repeat the ids of the user, client, grant and session, which are document fields. */
const issuedModels = new Set(['AccessToken', 'AuthorizationCode', 'ClientCredentials', 'RefreshToken']);

/**
 * The document's id for a token, code or other value. It does not depend on the model, so that a token of unknown type
 * is found with one read. Values are random and do not collide.
 */
export function documentId(id: string): string {
  return digest(id);
}

function text(payload: Payload, key: string): string | undefined {
  const value = payload[key];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The user who has signed in within an interaction that is not finished, so that it is removed with the user's data.
 */
function pendingLogin({ result }: Payload): string | undefined {
  const login: unknown = typeof result === 'object' && result !== null && 'login' in result ? result.login : undefined;
  return typeof login === 'object' && login !== null && 'accountId' in login && typeof login.accountId === 'string'
    ? login.accountId
    : undefined;
}

/**
 * The grant that a document ends with. An interaction names a grant, too, but the user goes on after its end: who signs
 * in as somebody else ends the grants of the first user on the way.
 */
function grantIdOf(model: string, payload: Payload): string | undefined {
  if (model === 'Interaction') {
    return undefined;
  }
  return text(payload, model === 'Grant' ? 'jti' : 'grantId');
}

/** The `uid` of the login session with which a document ends. */
function sessionUidOf(payload: Payload): string | undefined {
  return payload['expiresWithSession'] === true ? text(payload, 'sessionUid') : undefined;
}

/** What a payload's text depends on. An earlier version had no `sid` as a field. */
type Described = Pick<OidcPayloadDocument, '_id' | 'model' | 'sealed' | 'sid'>;

/** The payload without its own id, which only its holder has, and without what the document has as fields. */
function storedPart({ model, sid: field }: Described, { jti: _jti, ...payload }: Payload): Payload {
  if (!issuedModels.has(model)) {
    return payload;
  }
  const { accountId: _accountId, clientId: _clientId, grantId: _grantId, sessionUid, sid, ...kept } = payload;
  return {
    ...(sessionUidOf(payload) === undefined ? { sessionUid } : {}),
    ...(field === undefined ? { sid } : {}),
    ...kept,
  };
}

/** The inverse of {@link storedPart}, without the id. */
function completePart(
  { model, accountId, clientId, grantId, sessionUid, sid }: OidcPayloadDocument,
  kept: Payload,
): Payload {
  if (!issuedModels.has(model)) {
    return kept;
  }
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(grantId === undefined ? {} : { grantId }),
    ...(sessionUid === undefined ? {} : { sessionUid }),
    ...(sid === undefined ? {} : { sid }),
    ...kept,
  };
}

export interface PayloadDocuments {
  /** The fields that are searched, and the text of the payload. */
  contents(model: string, _id: string, payload: Payload): Omit<OidcPayloadDocument, '_id' | 'createdAt' | 'expiresAt'>;
  /** The text of another payload for a stored document. It is encrypted if the document says so. */
  toText(document: Described, payload: Payload): string;
  /** The payload of a stored document, without the value that its holder has. */
  payloadOf(document: OidcPayloadDocument): Payload;
  /** The same; undefined for what was encrypted with a secret that is not listed any more: nobody can use it. */
  payloadIfReadable(document: OidcPayloadDocument): Payload | undefined;
}

/** @returns what `open` returns; undefined, with a warning, if the document cannot be decrypted */
export function openIfReadable<R>(
  document: OidcPayloadDocument,
  log: Pick<Logger, 'warn'>,
  open: () => R,
): R | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof UnsealableError)) {
      throw error;
    }
    log.warn({ model: document.model, reason: error.message }, 'a stored record cannot be decrypted, and is ignored');
    return undefined;
  }
}

export function createPayloadDocuments(secrets: Secrets, log: Pick<Logger, 'warn'>): PayloadDocuments {
  function toText(document: Described, payload: Payload): string {
    const json = JSON.stringify(storedPart(document, payload));
    return document.sealed ? secrets.seal(json, document._id) : json;
  }

  function payloadOf(document: OidcPayloadDocument): Payload {
    const { _id, payload, sealed } = document;
    return completePart(document, JSON.parse(sealed ? secrets.unseal(payload, _id) : payload) as Payload);
  }

  return {
    toText,
    payloadOf,
    payloadIfReadable: (document) => openIfReadable(document, log, () => payloadOf(document)),
    contents: (model, _id, payload) => {
      const accountId = text(payload, 'accountId') ?? pendingLogin(payload);
      const clientId = text(payload, 'clientId');
      const grantId = grantIdOf(model, payload);
      const sessionUid = sessionUidOf(payload);
      const sealed = sealedModels.has(model);
      const sid = sessionUid === undefined ? undefined : text(payload, 'sid');
      return {
        model,
        payload: toText({ _id, model, sealed, ...(sid === undefined ? {} : { sid }) }, payload),
        sealed,
        ...(accountId === undefined ? {} : { accountId }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(grantId === undefined ? {} : { grantId }),
        ...(sessionUid === undefined ? {} : { sessionUid }),
        ...(sid === undefined ? {} : { sid }),
      };
    },
  };
}

/** The id of the document of a login session. @param uid the session's id, which browsers never send */
export function sessionDocumentId(uid: string): string {
  return `Session:${uid}`;
}

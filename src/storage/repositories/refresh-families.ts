/**
 * Refresh tokens. All generations of one chain are one document, the family. Its id is the digest of the first token's
 * value; each later value is the first one, a dot, and a new secret. So one read finds the family by a token of any
 * generation, and one conditional update replaces the current token by the next one.
 *
 * A rotation applies only to the payload that was read: it fails if the payload was changed meanwhile
 * (oidc-payloads.ts).
 */
import type { Clock } from '../../clock.ts';
import { digest, randomToken, type Secrets } from '../../crypto/secrets.ts';
import type { Logger } from '../../logging.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../collections.ts';
import type { Database, Filter } from '../database.ts';
import { readTogether } from '../request-scope.ts';
import { insertGuarded } from './guarded-bulk.ts';
import { documentOfToken, sessionFields, type IssuedToken, type KnownSession } from './issued-tokens.ts';
import { createPayloadDocuments, documentId, type Payload } from './oidc-payload-document.ts';

/** A family, and which of its tokens was presented. */
export interface RefreshFamily {
  readonly document: OidcPayloadDocument;
  /** The engine's payload, without a value. */
  readonly payload: Payload;
  /**
   * `current`: the newest token, which was not used. `previous`: the one that the current token replaced. `older`: a
   * token of an earlier generation, or a value that was made up by somebody who has a token of the family.
   */
  readonly presented: 'current' | 'previous' | 'older';
}

/** What a rotation writes. */
export interface Rotation {
  /** The presented token, and the one that replaces it. */
  readonly value: string;
  readonly successor: string;
  readonly sealedResponse: string;
  readonly expiresAt: Date;
  readonly session?: KnownSession | undefined;
  /** The access token, if it is stored. */
  readonly tokens: readonly IssuedToken[];
}

export interface RefreshFamilyRepository {
  /** Null for a value that is not a refresh token, and for a family that has ended. */
  find(value: string): Promise<RefreshFamily | null>;
  /** Replaces the current token. Exactly one caller in any number of processes gets true. */
  rotate(family: RefreshFamily, rotation: Rotation): Promise<boolean>;
  /** Stores another access token; false if the family has changed since it was read, or has ended. */
  issueBeside(family: RefreshFamily, tokens: Rotation['tokens']): Promise<boolean>;
}

const model = 'RefreshToken';
/** The number of characters of a secret, of 256 random bits. */
const secretLength = 43;

/** The parts of a value: the first token of the family, and the secret of a later token. */
function partsOf(value: string): { readonly first: string; readonly secret?: string } | undefined {
  const [first = '', secret, ...rest] = value.split('.');
  if (rest.length > 0 || (secret !== undefined && secret.length !== secretLength)) {
    return undefined;
  }
  return secret === undefined ? { first } : { first, secret };
}

/** Whether a text has the form of a refresh token: the engine's 256 random bits, base64url, and a later secret. */
export function isFamilyValue(value: string): boolean {
  return /^[\w-]{43}(\.[\w-]{43})?$/.test(value);
}

/** A new value for the token that replaces this one in its family. */
export function nextValue(value: string): string {
  return `${partsOf(value)?.first ?? value}.${randomToken()}`;
}

export function createRefreshFamilyRepository(deps: {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}): RefreshFamilyRepository {
  const { clock, secrets } = deps;
  const collection = deps.database.collection(oidcPayloads);
  const documents = createPayloadDocuments(secrets, deps.log);

  /**
   * Which token was presented, in a document of an earlier version: there, each token was a document that named its
   * successor. If the successor was never stored, nobody has it, and the token counts as not used.
   */
  async function presentedBefore({ successorId }: OidcPayloadDocument): Promise<RefreshFamily['presented']> {
    return successorId !== undefined && (await collection.findOne({ _id: successorId })) !== null
      ? 'previous'
      : 'current';
  }

  async function presentedIn(document: OidcPayloadDocument, value: string): Promise<RefreshFamily['presented']> {
    const presented = digest(value);
    if (document.currentDigest === undefined) {
      return presented === document._id ? presentedBefore(document) : 'older';
    }
    if (presented === document.currentDigest) {
      return 'current';
    }
    return presented === document.previousDigest ? 'previous' : 'older';
  }

  /** Matches the family as long as nothing has changed it since it was read. */
  function asRead({ _id, currentDigest, payload }: OidcPayloadDocument): Filter<OidcPayloadDocument> {
    return { _id, payload, currentDigest: currentDigest ?? { $exists: false } };
  }

  /** An earlier version kept the request's `nonce`, and therefore encrypted the payload. Neither is needed. */
  function withoutNonce({ document, payload }: RefreshFamily): Partial<OidcPayloadDocument> {
    const { nonce: _nonce, ...kept } = payload;
    return document.sealed ? { payload: documents.toText({ ...document, sealed: false }, kept), sealed: false } : {};
  }

  function documentsOf({ familyId }: OidcPayloadDocument, tokens: readonly IssuedToken[]): OidcPayloadDocument[] {
    return tokens.map((token) => documentOfToken(documents, clock, token, familyId));
  }

  return {
    find: async (value) => {
      const parts = partsOf(value);
      if (parts === undefined) {
        return null;
      }
      const _id = documentId(parts.first);
      const document = await readTogether(`${oidcPayloads.name} ${_id}`, () => collection.findOne({ _id }));
      const payload = document?.model === model ? documents.payloadIfReadable(document) : undefined;
      return document === null || payload === undefined
        ? null
        : { document, payload, presented: await presentedIn(document, value) };
    },

    rotate: (family, { value, successor, sealedResponse, expiresAt, session, tokens }) =>
      insertGuarded(collection, documentsOf(family.document, tokens), {
        filter: asRead(family.document),
        update: {
          $set: {
            currentDigest: digest(successor),
            previousDigest: digest(value),
            consumedAt: clock.now(),
            sealedResponse,
            expiresAt,
            ...withoutNonce(family),
            ...sessionFields(session),
          },
        },
      }),

    issueBeside: ({ document }, tokens) =>
      insertGuarded(collection, documentsOf(document, tokens), {
        filter: asRead(document),
        // The update changes nothing: it only finds out whether the family is still there.
        update: { $set: { payload: document.payload } },
      }),
  };
}

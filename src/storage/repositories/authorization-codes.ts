/**
 * Authorization codes at their exchange. One conditional update decides which request has used a code. It also stores
 * that request's sealed response, which is removed when the response has left the server. Until then, a repeat of the
 * request can be answered.
 */
import type { Clock } from '../../clock.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import type { Logger } from '../../logging.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { insertGuarded } from './guarded-bulk.ts';
import { documentOfToken, type IssuedToken } from './issued-tokens.ts';
import { createPayloadDocuments, documentId, type Payload } from './oidc-payload-document.ts';

export interface StoredCode {
  readonly document: OidcPayloadDocument;
  /** The engine's payload, without the code itself. */
  readonly payload: Payload;
}

export interface AuthorizationCodeRepository {
  find(code: string): Promise<StoredCode | null>;
  /**
   * Stores the tokens and marks the code as used. Exactly one caller in any number of processes gets true.
   * @param exchange.tokens those that are stored
   */
  redeem(
    code: StoredCode,
    exchange: { readonly sealedResponse: string; readonly tokens: readonly IssuedToken[] },
  ): Promise<boolean>;
  /** Records whether this sealed response has left the server. If it has, it is removed and cannot be repeated. */
  settle(code: StoredCode, sealedResponse: string, outcome: 'sent' | 'lost'): Promise<void>;
  /** Removes every stored token that was issued from the code, immediately. */
  removeIssued(code: StoredCode): Promise<void>;
}

const model = 'AuthorizationCode';

export function createAuthorizationCodeRepository(deps: {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}): AuthorizationCodeRepository {
  const { clock } = deps;
  const collection = deps.database.collection(oidcPayloads);
  const documents = createPayloadDocuments(deps.secrets, deps.log);

  return {
    find: async (code) => {
      const document = await collection.findOne({ _id: documentId(code) });
      const payload = document?.model === model ? documents.payloadIfReadable(document) : undefined;
      return document === null || payload === undefined ? null : { document, payload };
    },

    redeem: ({ document: { _id, payload } }, { sealedResponse, tokens }) =>
      insertGuarded(
        collection,
        tokens.map((token) => documentOfToken(documents, clock, token, _id)),
        {
          // The payload is as it was read: an API of the code may have been taken away from the client meanwhile.
          filter: { _id, payload, consumedAt: { $exists: false } },
          update: { $set: { consumedAt: clock.now(), sealedResponse } },
        },
      ),

    settle: async ({ document: { _id } }, sealedResponse, outcome) => {
      await collection.updateOne(
        { _id, sealedResponse },
        outcome === 'sent' ? { $unset: { sealedResponse: true } } : { $set: { responseLost: true } },
      );
    },

    removeIssued: async ({ document: { _id, grantId } }) => {
      if (grantId !== undefined) {
        await collection.deleteMany({ grantId, familyId: _id });
      }
    },
  };
}

/**
 * What the engine stores of its models, except login sessions, which have their own repository for the same collection.
 * So have codes (authorization-codes.ts) and refresh tokens (refresh-families.ts) where they are used. A token or code
 * itself is not stored: a document's id is the digest of the value.
 */
import type { Clock } from '../../clock.ts';
import { randomToken, type Secrets } from '../../crypto/secrets.ts';
import { DuplicateKeyError } from '../../errors.ts';
import type { Logger } from '../../logging.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { currentRequestScope, readTogether, undoIfUnavailable, writeWithRequest } from '../request-scope.ts';
import { createPayloadDocuments, documentId, sessionDocumentId, type Payload } from './oidc-payload-document.ts';

export { documentId, type Payload } from './oidc-payload-document.ts';

/** A stored model, decrypted if necessary. */
export interface StoredPayload {
  readonly payload: Payload;
  readonly consumedAt?: Date;
}

/** A stored token, with what its document says about it. */
export interface StoredToken extends StoredPayload {
  readonly model: string;
  /** The digest of the token's value. It names the token to those who have the value, and gives nobody access. */
  readonly digest: string;
  /** When the document ends, some seconds after the token. */
  readonly expiresAt: Date;
}

export interface OidcPayloadRepository {
  /**
   * Inserts or replaces; keeps `consumedAt`.
   * @param familyId the id of the document of the code from which a token comes
   */
  saveWithRequest(model: string, id: string, payload: Payload, expiresAt: Date, familyId?: string): Promise<void>;
  find(model: string, id: string): Promise<StoredPayload | null>;
  /** The token with this value, if it is of one of these models. */
  findToken(models: readonly string[], value: string): Promise<StoredToken | null>;
  /**
   * Marks as used immediately. Exactly one caller in any number of processes gets true. If the request is answered with
   * 503, it can be used again.
   */
  consume(model: string, id: string): Promise<boolean>;
  /**
   * Inserts immediately. Exactly one caller with this id gets true until it expires. If the request is answered with
   * 503, the id can be used again.
   */
  insertOnce(model: string, id: string, expiresAt: Date): Promise<boolean>;
  removeWithRequest(id: string): Promise<void>;
  /** Removes a grant with its tokens and codes immediately. */
  removeByGrant(grantId: string): Promise<void>;
  /** Removes a grant's documents of one model immediately. */
  removeModelByGrant(model: string, grantId: string): Promise<void>;
  removeBySession(sessionUid: string): Promise<void>;
  /** Removes what ends with the part of an app in a login session. */
  removeByAppOfSession(sessionUid: string, sid: string): Promise<void>;
  /** @param options.exceptSession the `uid` of a login session that stays; what was issued in it does not */
  removeByUser(accountId: string, options?: { readonly exceptSession?: string | undefined }): Promise<void>;
  removeByUserAndClient(accountId: string, clientId: string): Promise<void>;
  removeByClient(clientId: string): Promise<void>;
  /** Every document of a user. Its payload is as it is stored. */
  listByUser(accountId: string): Promise<OidcPayloadDocument[]>;
  /** The ids of a user's grants: all, or those to one client, or those made at this time or later. */
  listGrantIds(accountId: string, only?: { readonly clientId?: string; readonly since?: Date }): Promise<string[]>;
  /** The users who have given grants to a client, each at least once, page by page. */
  listUsersOfClient(clientId: string): AsyncIterable<readonly string[]>;
  /**
   * Removes the access tokens for an API, and the grants that allow it with their tokens and codes. Reads every
   * document of these models, page by page, since there is no index by API: deleting an API is rare.
   * @param announce called with the ids of grants before they are removed
   */
  removeByApi(api: string, announce: (grantIds: readonly string[]) => Promise<void>): Promise<void>;
  /**
   * Removes the access tokens for an API with one of these scopes, and removes the scopes from grants. Reads all
   * documents, as {@link removeByApi} does.
   */
  removeScopes(api: string, scopes: readonly string[]): Promise<void>;
  /** Removes the access tokens of a client for an API, and the API from the client's grants. */
  removeApiOfClient(clientId: string, api: string): Promise<void>;
  /** The number of a user's documents of a model, for operators. */
  countByUser(accountId: string, model: string): Promise<number>;
}

/** Models that are inserted, not upserted, because each save has a new random id. */
const insertedOnly = new Set([
  'AccessToken',
  'AuthorizationCode',
  'ClientCredentials',
  'RefreshToken',
  'PushedAuthorizationRequest',
]);

/** Models whose payload names an API, itself or in its copy of the grant. */
const modelsWithApis = ['AccessToken', 'AuthorizationCode', 'ClientCredentials', 'Grant', 'RefreshToken'];

/** Documents in one page when all documents are read. */
const pageSize = 500;

function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

function asPayload(value: unknown): Payload | undefined {
  return typeof value === 'object' && value !== null ? (value as Payload) : undefined;
}

/** The scopes of an API in a grant, or in the copy of a grant that codes and refresh tokens have. */
function scopesFor(payload: Payload, api: string): unknown {
  const { resources } = asPayload(payload['grant']) ?? payload;
  return Object.entries(asPayload(resources) ?? {}).find(([identifier]) => identifier === api)?.[1];
}

function withScopesFor(payload: Payload, api: string, scopes: readonly string[]): Payload {
  const copy = asPayload(payload['grant']);
  if (copy !== undefined) {
    return { ...payload, grant: withScopesFor(copy, api, scopes) };
  }
  const others = Object.entries(asPayload(payload['resources']) ?? {}).filter(([one]) => one !== api);
  return {
    ...payload,
    resources: Object.fromEntries([...others, ...(scopes.length === 0 ? [] : [[api, scopes.join(' ')]])]),
  };
}

export function createOidcPayloadRepository(deps: {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}): OidcPayloadRepository {
  const { database, secrets, clock, log } = deps;
  const collection = database.collection(oidcPayloads);
  const { contents, payloadOf, payloadIfReadable, toText } = createPayloadDocuments(secrets, log);

  /** Null for what cannot be decrypted any more. */
  function open(document: OidcPayloadDocument, id: string): StoredPayload | null {
    const stored = payloadIfReadable(document);
    if (stored === undefined) {
      return null;
    }
    const payload: Payload = { ...stored, jti: id };
    return document.consumedAt === undefined ? { payload } : { payload, consumedAt: document.consumedAt };
  }

  async function read(_id: string): Promise<OidcPayloadDocument | null> {
    const unitOfWork = currentRequestScope()?.unitOfWork;
    const staged = unitOfWork?.peek(collection, _id);
    if (staged !== undefined) {
      return staged;
    }
    const stored = await collection.findOne({ _id });
    return unitOfWork === undefined ? stored : unitOfWork.overlay(collection, _id, stored);
  }

  /** The document with this id, or null if it does not exist or is of another model. */
  async function findDocument(models: readonly string[], _id: string): Promise<OidcPayloadDocument | null> {
    const document = await readTogether(`${oidcPayloads.name} ${_id}`, () => read(_id));
    return document !== null && models.includes(document.model) ? document : null;
  }

  return {
    saveWithRequest: async (model, id, payload, expiresAt, familyId) => {
      const _id = documentId(id);
      const fields = {
        ...contents(model, _id, payload),
        ...(familyId === undefined ? {} : { familyId }),
        expiresAt,
      };
      const createdAt = clock.now();
      if (insertedOnly.has(model)) {
        // Nobody gets the value if the request fails.
        undoIfUnavailable(() => collection.deleteOne({ _id }));
        await writeWithRequest(collection, { insertOne: { document: { _id, ...fields, createdAt } } });
      } else {
        await writeWithRequest(collection, {
          updateOne: { filter: { _id }, update: { $set: fields, $setOnInsert: { createdAt } }, upsert: true },
        });
      }
    },

    find: async (model, id) => {
      const document = await findDocument([model], documentId(id));
      return document === null ? null : open(document, id);
    },

    findToken: async (models, value) => {
      const document = await findDocument(models, documentId(value));
      const opened = document === null ? null : open(document, value);
      return document === null || opened === null
        ? null
        : { ...opened, model: document.model, digest: document._id, expiresAt: document.expiresAt };
    },

    consume: async (model, id) => {
      const _id = documentId(id);
      const use = randomToken();
      undoIfUnavailable(() => collection.updateOne({ _id, use }, { $unset: { consumedAt: true, use: true } }));
      const { matchedCount } = await collection.updateOne(
        { _id, model, consumedAt: { $exists: false } },
        { $set: { consumedAt: clock.now(), use } },
      );
      return matchedCount === 1;
    },

    insertOnce: async (model, id, expiresAt) => {
      const _id = documentId(id);
      // It names the request, so that another one with the same id is not undone.
      const payload = JSON.stringify({ use: randomToken() });
      undoIfUnavailable(() => collection.deleteOne({ _id, model, payload }));
      try {
        await collection.insertOne({ _id, model, payload, sealed: false, createdAt: clock.now(), expiresAt });
        return true;
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          return false;
        }
        throw error;
      }
    },

    removeWithRequest: (id) => writeWithRequest(collection, { deleteOne: { filter: { _id: documentId(id) } } }),

    // Removals run immediately, and again after the staged writes of this request: a token that this request was about
    // to issue under the same grant must be removed, too.
    removeByGrant: (grantId) => removeNow({ grantId }),
    removeModelByGrant: (model, grantId) => removeNow({ grantId, model }),
    removeBySession: (sessionUid) => removeNow({ sessionUid }),
    removeByAppOfSession: (sessionUid, sid) => removeNow({ sessionUid, sid }),
    removeByUser: (accountId, { exceptSession } = {}) =>
      removeNow({
        accountId,
        ...(exceptSession === undefined ? {} : { _id: { $ne: sessionDocumentId(exceptSession) } }),
      }),
    removeByUserAndClient: (accountId, clientId) => removeNow({ accountId, clientId }),
    removeByClient: (clientId) => removeNow({ clientId }),
    listByUser: (accountId) => collection.find({ accountId }).toArray(),
    listGrantIds: async (accountId, { clientId, since } = {}) => {
      const ofClient = clientId === undefined ? {} : { clientId };
      const made = since === undefined ? {} : { createdAt: { $gte: since } };
      const grants = await collection.find({ accountId, model: 'Grant', ...ofClient, ...made }).toArray();
      return grants.flatMap(({ grantId }) => (grantId === undefined ? [] : [grantId]));
    },
    listUsersOfClient: usersOfClient,
    removeByApi: async (api, announce) => {
      for await (const page of pagesWithApis()) {
        const grantIds = new Set(
          page.flatMap(({ payload, grantId }) =>
            grantId !== undefined && scopesFor(payload, api) !== undefined ? [grantId] : [],
          ),
        );
        await announce([...grantIds]);
        for (const grantId of grantIds) {
          await removeNow({ grantId });
        }
        for (const { _id, payload } of page) {
          if (payload['aud'] === api) {
            await collection.deleteOne({ _id });
          }
        }
      }
    },
    removeScopes: async (api, scopes) => {
      const remains = (scope: string): boolean => !scopes.includes(scope);
      for await (const page of pagesWithApis()) {
        for (const { _id, payload } of page) {
          if (payload['aud'] === api && !words(payload['scope']).every(remains)) {
            await collection.deleteOne({ _id });
          } else if (!words(scopesFor(payload, api)).every(remains)) {
            await editGrant(_id, (grant) => withScopesFor(grant, api, words(scopesFor(grant, api)).filter(remains)));
          }
        }
      }
    },
    removeApiOfClient: async (clientId, api) => {
      for await (const page of pagesWithApis({ clientId })) {
        for (const { _id, payload } of page) {
          if (payload['aud'] === api) {
            await collection.deleteOne({ _id });
          } else if (scopesFor(payload, api) !== undefined) {
            await editGrant(_id, (grant) => withScopesFor(grant, api, []));
          }
        }
      }
    },
    countByUser: (accountId, model) => collection.countDocuments({ accountId, model }),
  };

  /** Everything that names an API, or only what belongs to one client, page by page. */
  async function* pagesWithApis(ofClient: { readonly clientId?: string } = {}) {
    for (let last = ''; ;) {
      const page = await collection
        .find(
          { _id: { $gt: last }, model: { $in: modelsWithApis }, ...ofClient },
          { sort: { _id: 1 }, limit: pageSize },
        )
        .toArray();
      yield page.flatMap((document) => {
        const payload = payloadIfReadable(document);
        return payload === undefined ? [] : [{ _id: document._id, grantId: document.grantId, payload }];
      });
      const end = page.at(-1)?._id;
      if (end === undefined || page.length < pageSize) {
        return;
      }
      last = end;
    }
  }

  async function* usersOfClient(clientId: string): AsyncGenerator<readonly string[]> {
    for (let last = ''; ;) {
      const filter = { _id: { $gt: last }, clientId, model: 'Grant' };
      const page = await collection.find(filter, { sort: { _id: 1 }, limit: pageSize }).toArray();
      yield [...new Set(page.flatMap(({ accountId }) => accountId ?? []))];
      const end = page.at(-1)?._id;
      if (end === undefined || page.length < pageSize) {
        return;
      }
      last = end;
    }
  }

  /** Changes a grant or a copy of one. If it was changed by another caller at the same time, it is read again. */
  async function editGrant(_id: string, edit: (payload: Payload) => Payload): Promise<void> {
    for (
      let document = await collection.findOne({ _id });
      document !== null;
      document = await collection.findOne({ _id })
    ) {
      const { payload } = document;
      const edited = toText(document, edit(payloadOf(document)));
      if ((await collection.updateOne({ _id, payload }, { $set: { payload: edited } })).matchedCount === 1) {
        return;
      }
    }
  }

  async function removeNow(filter: Parameters<typeof collection.deleteMany>[0]): Promise<void> {
    await collection.deleteMany(filter);
    const unitOfWork = currentRequestScope()?.unitOfWork;
    if (unitOfWork !== undefined && !unitOfWork.isEmpty()) {
      unitOfWork.stage(collection, { deleteMany: { filter } });
    }
  }
}

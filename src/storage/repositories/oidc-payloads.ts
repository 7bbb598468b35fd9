/**
 * What the engine stores of its models, except login sessions, which have their own repository for the same collection.
 * A token or code itself is not stored: a document's id is the digest of the value.
 * Payloads are JSON text, because grants have URLs as keys. Models that contain another secret value are encrypted.
 */
import type { Clock } from '../../clock.ts';
import { digest, type Secrets } from '../../crypto/secrets.ts';
import { DuplicateKeyError } from '../../errors.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { currentRequestScope, readTogether, writeWithRequest } from '../request-scope.ts';

export type Payload = Readonly<Record<string, unknown>>;

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
  /** Inserts or replaces; keeps `consumedAt`. */
  saveWithRequest(model: string, id: string, payload: Payload, expiresAt: Date): Promise<void>;
  find(model: string, id: string): Promise<StoredPayload | null>;
  /** The token with this value, if it is of one of these models. */
  findToken(models: readonly string[], value: string): Promise<StoredToken | null>;
  /**
   * Marks as used immediately. Exactly one caller in any number of processes gets true.
   * @param successor the value that replaces it, if there is one; its digest is stored
   */
  consume(model: string, id: string, successor?: string): Promise<boolean>;
  /** The model that replaced this one when it was consumed, if that was recorded and still exists. */
  findSuccessor(model: string, id: string): Promise<StoredPayload | null>;
  /** Inserts immediately. Exactly one caller with this id gets true until it expires. */
  insertOnce(model: string, id: string, expiresAt: Date): Promise<boolean>;
  removeWithRequest(id: string): Promise<void>;
  /** Removes a grant with its tokens and codes immediately. */
  removeByGrant(grantId: string): Promise<void>;
  /** Removes a grant's documents of one model immediately. */
  removeModelByGrant(model: string, grantId: string): Promise<void>;
  removeBySession(sessionUid: string): Promise<void>;
  removeByUser(accountId: string): Promise<void>;
  removeByUserAndClient(accountId: string, clientId: string): Promise<void>;
  removeByClient(clientId: string): Promise<void>;
  /** The ids of a user's grants, all or those to one client. */
  listGrantIds(accountId: string, clientId?: string): Promise<string[]>;
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

/** Models that contain a secret value besides their own id: of a session cookie, or an app's `state` and `nonce`. */
const sealedModels = new Set(['AuthorizationCode', 'RefreshToken', 'PushedAuthorizationRequest', 'Interaction']);

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

/** Models whose payload names an API and is not encrypted. */
const modelsWithApis = ['AccessToken', 'ClientCredentials', 'Grant'];

/** Documents in one page when all documents are read. */
const pageSize = 500;

function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

/** The scopes of an API in a grant's payload. */
function scopesFor({ resources }: Payload, api: string): unknown {
  return typeof resources === 'object' && resources !== null
    ? (Object.entries(resources).find(([identifier]) => identifier === api)?.[1] as unknown)
    : undefined;
}

function withScopesFor(grant: Payload, api: string, scopes: readonly string[]): Payload {
  const others = Object.entries({ ...(grant['resources'] as Payload | undefined) }).filter(([one]) => one !== api);
  return {
    ...grant,
    resources: Object.fromEntries([...others, ...(scopes.length === 0 ? [] : [[api, scopes.join(' ')]])]),
  };
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

export function createOidcPayloadRepository(deps: {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
}): OidcPayloadRepository {
  const { database, secrets, clock } = deps;
  const collection = database.collection(oidcPayloads);

  /** The fields that are searched, and the payload without its own id, which only its holder has. */
  function contents(
    model: string,
    _id: string,
    payload: Payload,
  ): Omit<OidcPayloadDocument, '_id' | 'createdAt' | 'expiresAt'> {
    const { jti: _jti, ...kept } = payload;
    const json = JSON.stringify(kept);
    const sealed = sealedModels.has(model);
    const accountId = text(payload, 'accountId') ?? pendingLogin(payload);
    const clientId = text(payload, 'clientId');
    const grantId = model === 'Grant' ? text(payload, 'jti') : text(payload, 'grantId');
    const sessionUid = payload['expiresWithSession'] === true ? text(payload, 'sessionUid') : undefined;
    return {
      model,
      payload: sealed ? secrets.seal(json, _id) : json,
      sealed,
      ...(accountId === undefined ? {} : { accountId }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(grantId === undefined ? {} : { grantId }),
      ...(sessionUid === undefined ? {} : { sessionUid }),
    };
  }

  function open(document: OidcPayloadDocument, id?: string): StoredPayload {
    const json = document.sealed ? secrets.unseal(document.payload, document._id) : document.payload;
    const payload: Payload = { ...(JSON.parse(json) as Payload), ...(id === undefined ? {} : { jti: id }) };
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
    saveWithRequest: async (model, id, payload, expiresAt) => {
      const _id = documentId(id);
      const fields = { ...contents(model, _id, payload), expiresAt };
      const createdAt = clock.now();
      if (insertedOnly.has(model)) {
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
      return document === null
        ? null
        : { ...open(document), model: document.model, digest: document._id, expiresAt: document.expiresAt };
    },

    consume: async (model, id, successor) => {
      const { matchedCount } = await collection.updateOne(
        { _id: documentId(id), model, consumedAt: { $exists: false } },
        {
          $set: { consumedAt: clock.now(), ...(successor === undefined ? {} : { successorId: documentId(successor) }) },
        },
      );
      return matchedCount === 1;
    },

    findSuccessor: async (model, id) => {
      const document = await findDocument([model], documentId(id));
      const successor = document?.successorId === undefined ? null : await findDocument([model], document.successorId);
      return successor === null ? null : open(successor);
    },

    insertOnce: async (model, id, expiresAt) => {
      const _id = documentId(id);
      try {
        await collection.insertOne({ _id, model, payload: '{}', sealed: false, createdAt: clock.now(), expiresAt });
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
    removeByUser: (accountId) => removeNow({ accountId }),
    removeByUserAndClient: (accountId, clientId) => removeNow({ accountId, clientId }),
    removeByClient: (clientId) => removeNow({ clientId }),
    listGrantIds: async (accountId, clientId) => {
      const ofClient = clientId === undefined ? {} : { clientId };
      const grants = await collection.find({ accountId, model: 'Grant', ...ofClient }).toArray();
      return grants.flatMap(({ grantId }) => (grantId === undefined ? [] : [grantId]));
    },
    removeByApi: async (api, announce) => {
      for await (const page of pagesWithApis()) {
        const grantIds = page.flatMap(({ payload, grantId }) =>
          grantId !== undefined && scopesFor(payload, api) !== undefined ? [grantId] : [],
        );
        await announce(grantIds);
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

  /** Every stored access token and grant, or only those of one client, page by page. */
  async function* pagesWithApis(ofClient: { readonly clientId?: string } = {}) {
    for (let last = ''; ;) {
      const page = await collection
        .find(
          { _id: { $gt: last }, model: { $in: modelsWithApis }, ...ofClient },
          { sort: { _id: 1 }, limit: pageSize },
        )
        .toArray();
      yield page.map((document) => ({
        _id: document._id,
        grantId: document.grantId,
        payload: open(document).payload,
      }));
      const end = page.at(-1)?._id;
      if (end === undefined || page.length < pageSize) {
        return;
      }
      last = end;
    }
  }

  /** Changes a grant. If it was changed by another caller at the same time, it is read again. */
  async function editGrant(_id: string, edit: (grant: Payload) => Payload): Promise<void> {
    for (
      let document = await collection.findOne({ _id });
      document !== null;
      document = await collection.findOne({ _id })
    ) {
      const { payload } = document;
      const edited = JSON.stringify(edit(JSON.parse(payload) as Payload));
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

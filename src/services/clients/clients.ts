/**
 * Clients: the apps that may request tokens. Every change of a client is made here, so that the rules and the audit are
 * the same for all callers. A secret is returned once, when it is created; only its digest is stored.
 */
import { strictlyAfter, type Clock } from '../../clock.ts';
import { newClientSecret } from '../../crypto/client-secrets.ts';
import { digest, randomToken } from '../../crypto/secrets.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { ClientDocument, ClientSecret, ClientType, TokenExchange } from '../../storage/collections.ts';
import type { ApiRepository } from '../../storage/repositories/apis.ts';
import type { ClientRepository } from '../../storage/repositories/clients.ts';
import type { WorkloadIssuerRepository } from '../../storage/repositories/workload-issuers.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';
import { withRegisteredApis } from './client-apis.ts';
import { exceptionsOf } from './client-audit.ts';
import { lostTargets, usesApi, withoutExchangesOf } from './client-exchanges.ts';
import { checkTogether, parseId, readFields, withFields } from './client-fields.ts';
import { defaultAuthMethod } from './client-registration.ts';
import type { GroupEnds } from '../tokens/group-ends.ts';
import type { RevocationService } from '../tokens/revocation.ts';
import type { UriRules } from '../values/uri-schemas.ts';

/** The fields of a new client. All except id and type can be changed later. */
export interface NewClient {
  /** Random when absent. */
  readonly id?: string;
  readonly name: string;
  readonly type: ClientType;
  readonly redirectUris?: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly backchannelLogoutUri?: string;
  /** Identifiers of APIs. The client may request every scope of each. */
  readonly apis?: readonly string[];
  readonly authMethod?: string;
  /** A JWK Set as text: the keys of `private_key_jwt`, which requires it, and of signed requests. */
  readonly jwks?: string;
  readonly idTokenAlg?: string;
  /** `required`, `or-nonce` or `optional`. */
  readonly pkce?: string;
  /** Identifier of the API that is meant where a request names none; one of `apis`. */
  readonly defaultApi?: string;
  /** A developer's app, which may return users to a loopback address by plain http. */
  readonly development?: boolean;
  /** Whether a private-use scheme may lack a dot. */
  readonly allowPrivateScheme?: boolean;
  /** `issuer`, or `token-endpoint` to accept that as the audience of assertions, too. */
  readonly assertionAudience?: string;
  /** Whether a first-party app may sign users in without a browser. */
  readonly challengeEndpoint?: boolean;
  /** Whether a machine may present an assertion instead of its secret (RFC 7523 §2.1). */
  readonly jwtBearer?: boolean;
  /** Seconds in which it may repeat a refresh: 0 to 60. The server's default when absent. */
  readonly refreshRetryWindow?: number;
  /** Seconds that its access tokens live at most: 10 to 86400. */
  readonly accessTokenLifetime?: number;
  /** Seconds that its refresh tokens live at most, without use and in total: 60 to a year. */
  readonly refreshIdle?: number;
  readonly refreshAbsolute?: number;
  /** Which tokens it may exchange for which others (RFC 8693). */
  readonly mayExchange?: readonly TokenExchange[];
  /** A machine: claims of its own tokens. An empty list removes them. */
  readonly claims?: NonNullable<ClientDocument['claims']>;
  /** Scopes without which it does not work: of users, or of its APIs. An empty list: none. */
  readonly requiredScopes?: readonly string[];
  /** Names of the groups whose members may sign in to it. An empty list: every user may. */
  readonly groups?: readonly string[];
  readonly firstParty?: boolean;
  /** The bytes of a PNG, JPEG or WebP picture. */
  readonly logo?: Buffer;
  readonly color?: string;
  /** The app's own site. */
  readonly clientUri?: string;
  /** Its privacy policy. */
  readonly policyUri?: string;
  /** Its terms of service. */
  readonly tosUri?: string;
  /** Where the app begins a sign-in when it is opened with `iss` (OpenID Connect Core §4). */
  readonly initiateLoginUri?: string;
}

type PageUri = 'clientUri' | 'policyUri' | 'tosUri' | 'initiateLoginUri';
type Lifetime = 'refreshRetryWindow' | 'accessTokenLifetime' | 'refreshIdle' | 'refreshAbsolute';
type Removable = 'backchannelLogoutUri' | 'jwks' | 'defaultApi' | 'logo' | 'color' | PageUri | Lifetime;

/** Null removes an optional field. */
export type ClientChange = Partial<Omit<NewClient, 'id' | 'type' | Removable>> & {
  readonly [K in Removable]?: NewClient[K] | null;
};

export interface ClientService {
  /** @returns the client, and its secret if it authenticates with one. The secret cannot be read again. */
  create(
    input: NewClient,
    actor: Actor,
    presetSecret?: string,
  ): Promise<{ readonly client: ClientDocument; readonly secret?: string }>;
  find(clientId: string): Promise<ClientDocument | null>;
  /** @throws NotFoundError */
  get(clientId: string): Promise<ClientDocument>;
  list(page?: { readonly skip?: number; readonly limit?: number }): Promise<ClientDocument[]>;
  /**
   * Changes a client. When an API is removed, the client's tokens for it end, and so does what users allowed the client
   * for it. When fewer groups may use it, what it has of other users ends.
   */
  update(clientId: string, change: ClientChange, actor: Actor): Promise<ClientDocument>;
  /**
   * Adds a secret. The existing secrets expire after `keepOldFor` seconds (0: immediately), which leaves time to
   * redeploy the app.
   */
  rotateSecret(
    clientId: string,
    options: { readonly keepOldFor: number },
    actor: Actor,
  ): Promise<{ readonly client: ClientDocument; readonly secret: string }>;
  /** Takes an API from every client that has it. */
  removeApi(identifier: string, actor: Actor): Promise<void>;
  /**
   * Deletes the client and everything that was ever issued to it. If a deletion has failed in the middle, another one
   * ends the rest.
   * @throws NotFoundError after that, if the client was deleted before
   */
  remove(clientId: string, actor: Actor): Promise<void>;
}

const maxLiveSecrets = 5;
const maxAttempts = 5;
/** Clients that are read at a time where all are read. */
const pageSize = 200;

function usesSecret(client: Pick<ClientDocument, 'authMethod'>): boolean {
  return client.authMethod === 'client_secret_basic' || client.authMethod === 'client_secret_post';
}

/** Those of these values that the list does not have. */
function missingFrom(list: readonly string[], values: readonly string[]): readonly string[] {
  return values.filter((value) => !list.includes(value));
}

export function createClientService(deps: {
  readonly clients: ClientRepository;
  readonly apis: ApiRepository;
  readonly workloadIssuers: Pick<WorkloadIssuerRepository, 'removeByClient'>;
  readonly revocation: RevocationService;
  readonly groupEnds: Pick<GroupEnds, 'endByClient'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  readonly rules: UriRules;
}): ClientService {
  const { clients, apis, workloadIssuers, revocation, groupEnds, audit, clock, rules } = deps;

  function makeSecret(value: string, now: Date): ClientSecret {
    return { id: randomToken(6), digest: digest(value), createdAt: now };
  }

  async function get(clientId: string): Promise<ClientDocument> {
    const client = await clients.find(clientId);
    if (client === null) {
      throw new NotFoundError(`No client has the id "${clientId}".`);
    }
    return client;
  }

  /** Reads, changes and replaces the client; starts again when somebody else changed it meanwhile. */
  async function change(
    clientId: string,
    edit: (client: ClientDocument, now: Date) => Promise<ClientDocument> | ClientDocument,
  ): Promise<ClientDocument> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const before = await get(clientId);
      const now = strictlyAfter(clock, before.updatedAt);
      const edited = { ...(await edit(before, now)), revision: randomToken(9), updatedAt: now };
      if (await clients.replace(edited, before.updatedAt)) {
        return edited;
      }
    }
    throw new ConflictError('The client was changed by others at the same time. Try again.');
  }

  /** Ends the tokens of a client for these APIs. */
  async function endApisOf(clientId: string, identifiers: readonly string[]): Promise<void> {
    for (const identifier of identifiers) {
      await revocation.endApiOfClient(clientId, identifier);
    }
  }

  /** Takes an API from a client, and ends what the client got by exchanging tokens of that API. */
  async function removeApiFrom(clientId: string, identifier: string, actor: Actor): Promise<void> {
    let lost: readonly string[] = [];
    try {
      await change(clientId, async (before) => {
        const { defaultApi, ...client } = before;
        const edited = withFields(withoutExchangesOf(client, identifier), {
          apis: client.apis.filter((api) => api !== identifier),
          ...(defaultApi === undefined || defaultApi === identifier ? {} : { defaultApi }),
        });
        lost = lostTargets(before, edited).filter((api) => api !== identifier);
        await endApisOf(clientId, lost);
        return edited;
      });
      await endApisOf(clientId, lost);
    } catch (error) {
      if (error instanceof NotFoundError) {
        return; // It was deleted meanwhile.
      }
      throw error;
    }
    await audit.record({ ...actor, type: 'client.updated', outcome: 'success', clientId, detail: { fields: 'apis' } });
  }

  return {
    get,
    find: (clientId) => clients.find(clientId),
    list: ({ skip = 0, limit = 1000 } = {}) => clients.list({ skip, limit }),

    create: async (input, actor, presetSecret) => {
      const now = clock.now();
      const { id, type, ...given } = input;
      const fields = await withRegisteredApis(apis, readFields(type, { redirectUris: [], ...given }, rules));
      const client = checkTogether(
        withFields(
          {
            _id: id === undefined ? randomToken(16).replace(/^[-_]/, 'c') : parseId(id),
            name: input.name,
            type,
            redirectUris: [],
            postLogoutRedirectUris: [],
            allowedOrigins: [],
            authMethod: defaultAuthMethod(type),
            grantTypes: [],
            apis: [],
            secrets: [],
            idTokenAlg: 'ES256',
            firstParty: false,
            revision: randomToken(9),
            createdAt: now,
            updatedAt: now,
          },
          fields,
        ),
      );
      const secret = usesSecret(client) ? (presetSecret ?? newClientSecret()) : undefined;
      const made = secret === undefined ? client : { ...client, secrets: [makeSecret(secret, now)] };
      try {
        await clients.insert(made);
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          throw new ConflictError(`A client with the id "${client._id}" already exists.`, 'id');
        }
        throw error;
      }
      await audit.record({
        ...actor,
        type: 'client.created',
        outcome: 'success',
        clientId: client._id,
        detail: { name: client.name, clientType: type, ...exceptionsOf(client) },
      });
      return secret === undefined ? { client: made } : { client: made, secret };
    },

    update: async (clientId, patch, actor) => {
      let lost: readonly string[] = [];
      let former: ClientDocument | undefined;
      const endLost = async (edited: ClientDocument): Promise<void> => {
        await endApisOf(clientId, lost);
        await groupEnds.endByClient(former ?? edited, edited);
      };
      const client = await change(clientId, async (before) => {
        const fields = await withRegisteredApis(
          apis,
          readFields(before.type, { ...patch }, rules, before),
          before.apis,
        );
        const edited = checkTogether(withFields(before, fields));
        lost = [...new Set([...missingFrom(edited.apis, before.apis), ...lostTargets(before, edited)])];
        former = before;
        await endLost(edited);
        // The client may have had the API before, and a token may have been issued while it was taken away.
        for (const api of missingFrom(before.apis, edited.apis)) {
          await revocation.removeRestOfApiOfClient(clientId, api);
        }
        return edited;
      });
      await endLost(client);
      await audit.record({
        ...actor,
        type: 'client.updated',
        outcome: 'success',
        clientId,
        detail: { fields: Object.keys(patch).join(' '), ...exceptionsOf(client) },
      });
      return client;
    },

    rotateSecret: async (clientId, { keepOldFor }, actor) => {
      const secret = newClientSecret();
      const client = await change(clientId, (before, now) => {
        if (!usesSecret(before)) {
          throw new InvalidInputError(`This client authenticates by ${before.authMethod}; it has no secret.`);
        }
        const end = new Date(now.getTime() + keepOldFor * 1000);
        const old = before.secrets
          .map((one) => ({
            ...one,
            expiresAt: one.expiresAt !== undefined && one.expiresAt < end ? one.expiresAt : end,
          }))
          .filter((one) => one.expiresAt > now)
          .slice(-(maxLiveSecrets - 1));
        return { ...before, secrets: [...old, makeSecret(secret, now)] };
      });
      await audit.record({
        ...actor,
        type: 'client.secret_rotated',
        outcome: 'success',
        clientId,
        detail: { keepOldFor },
      });
      return { client, secret };
    },

    removeApi: async (identifier, actor) => {
      for (let skip = 0; ; skip += pageSize) {
        const page = await clients.list({ skip, limit: pageSize });
        const having = page.filter((client) => usesApi(client, identifier));
        // All together, because each change may wait until no process uses the earlier client.
        await Promise.all(having.map(({ _id: clientId }) => removeApiFrom(clientId, identifier, actor)));
        if (page.length < pageSize) {
          return;
        }
      }
    },

    remove: async (clientId, actor) => {
      await revocation.endClient(clientId);
      const existed = await clients.remove(clientId);
      await revocation.endClient(clientId);
      await workloadIssuers.removeByClient(clientId);
      if (!existed) {
        throw new NotFoundError(`No client has the id "${clientId}".`);
      }
      await audit.record({ ...actor, type: 'client.deleted', outcome: 'success', clientId });
    },
  };
}

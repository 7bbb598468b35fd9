/**
 * Clients: the apps that may ask for tokens. Every change of a client goes through here, whoever asks for it, so that
 * rules and audit cannot differ. A secret is returned once, when it is made, and stored as its digest.
 */
import { strictlyAfter, type Clock } from '../clock.ts';
import { digest, randomToken } from '../crypto/secrets.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { ClientDocument, ClientSecret, ClientType } from '../storage/collections.ts';
import type { ApiRepository } from '../storage/repositories/apis.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import type { Actor, AuditService } from './audit.ts';
import {
  validAuthMethod,
  validBackchannelLogoutUri,
  validClientId,
  validColor,
  validJwks,
  validLogo,
  validName,
  validOrigins,
  validPageUri,
  validPostLogoutRedirectUris,
  validRedirectUris,
  type RegistrationRules,
} from './client-registration.ts';
import type { RevocationService } from './revocation.ts';

/** What may be said of a client when it is made; all but name and type can be changed later. */
export interface NewClient {
  /** Chosen by the operator; random when absent. */
  readonly id?: string;
  readonly name: string;
  readonly type: ClientType;
  readonly redirectUris?: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly backchannelLogoutUri?: string;
  /** Identifiers of APIs: every scope of each may be asked for. */
  readonly apis?: readonly string[];
  readonly authMethod?: string;
  /** Text of a JWK Set; needed by `private_key_jwt`. */
  readonly jwks?: string;
  readonly idTokenAlg?: string;
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
}

type PageUri = 'clientUri' | 'policyUri' | 'tosUri';
type Removable = 'backchannelLogoutUri' | 'logo' | 'color' | PageUri;

/** Null removes what can be absent. */
export type ClientChange = Partial<Omit<NewClient, 'id' | 'type' | Removable>> & {
  readonly [K in Removable]?: NewClient[K] | null;
};

export interface ClientService {
  /** @returns the client, and its secret when it authenticates by one: the only time that it can be read. */
  create(
    input: NewClient,
    by: Actor,
    presetSecret?: string,
  ): Promise<{ readonly client: ClientDocument; readonly secret?: string }>;
  find(clientId: string): Promise<ClientDocument | null>;
  /** @throws NotFoundError */
  get(clientId: string): Promise<ClientDocument>;
  list(page?: { readonly skip?: number; readonly limit?: number }): Promise<ClientDocument[]>;
  update(clientId: string, change: ClientChange, by: Actor): Promise<ClientDocument>;
  /** Adds a secret; those there are end after `keepOldFor` seconds (0: at once), so that an app can be redeployed between. */
  rotateSecret(
    clientId: string,
    options: { readonly keepOldFor: number },
    by: Actor,
  ): Promise<{ readonly client: ClientDocument; readonly secret: string }>;
  /** Deletes the client and everything that was ever issued to it. */
  remove(clientId: string, by: Actor): Promise<void>;
}

const mostLiveSecrets = 5;
const attemptsAtAChange = 5;

function usesSecret(client: Pick<ClientDocument, 'authMethod'>): boolean {
  return client.authMethod === 'client_secret_basic' || client.authMethod === 'client_secret_post';
}

export function createClientService(deps: {
  readonly clients: ClientRepository;
  readonly apis: ApiRepository;
  readonly revocation: RevocationService;
  readonly audit: AuditService;
  readonly clock: Clock;
  readonly rules: RegistrationRules;
}): ClientService {
  const { clients, apis, revocation, audit, clock, rules } = deps;

  function makeSecret(value: string, now: Date): ClientSecret {
    return { id: randomToken(6), digest: digest(value), createdAt: now };
  }

  async function knownApis(identifiers: readonly string[]): Promise<readonly string[]> {
    const unique = [...new Set(identifiers)];
    const found = new Set((unique.length === 0 ? [] : await apis.findMany(unique)).map((api) => api._id));
    const missing = unique.filter((identifier) => !found.has(identifier));
    if (missing.length > 0) {
      throw new InvalidInputError(
        `No API has the identifier ${missing.map((identifier) => `"${identifier}"`).join(', ')}. Create it first.`,
        'api',
      );
    }
    return unique;
  }

  function idTokenAlg(alg: string | undefined): 'ES256' | 'RS256' {
    if (alg === undefined || alg === 'ES256' || alg === 'RS256') {
      return alg ?? 'ES256';
    }
    throw new InvalidInputError('id-token-alg: expected ES256 or RS256.', 'id-token-alg');
  }

  async function get(clientId: string): Promise<ClientDocument> {
    const client = await clients.find(clientId);
    if (client === null) {
      throw new NotFoundError(`No client has the id "${clientId}".`);
    }
    return client;
  }

  /** The field as it is after a change: as it was, as it becomes, or gone. */
  function optionalField<K extends Removable, V>(
    field: K,
    before: string | undefined,
    wanted: V | null | undefined,
    valid: (value: V) => string,
  ): { readonly [P in K]?: string } {
    const value = wanted === undefined ? before : wanted === null ? undefined : valid(wanted);
    return value === undefined ? {} : ({ [field]: value } as { readonly [P in K]?: string });
  }

  function pageUris(pages: Pick<ClientChange, PageUri>, before: { readonly [K in PageUri]?: string | undefined } = {}) {
    const valid = (field: string) => (uri: string) => validPageUri(uri, field, rules);
    return {
      ...optionalField('clientUri', before.clientUri, pages.clientUri, valid('client-uri')),
      ...optionalField('policyUri', before.policyUri, pages.policyUri, valid('policy-uri')),
      ...optionalField('tosUri', before.tosUri, pages.tosUri, valid('tos-uri')),
    };
  }

  /** Reads, changes and replaces, again when somebody else did in between. */
  async function change(
    clientId: string,
    edit: (client: ClientDocument, now: Date) => Promise<ClientDocument> | ClientDocument,
  ): Promise<ClientDocument> {
    for (let attempt = 0; attempt < attemptsAtAChange; attempt += 1) {
      const before = await get(clientId);
      const now = strictlyAfter(clock, before.updatedAt);
      const edited = { ...(await edit(before, now)), revision: randomToken(9), updatedAt: now };
      if (await clients.replace(edited, before.updatedAt)) {
        return edited;
      }
    }
    throw new ConflictError('The client was changed by others at the same time. Try again.');
  }

  return {
    get,
    find: (clientId) => clients.find(clientId),
    list: ({ skip = 0, limit = 1000 } = {}) => clients.list({ skip, limit }),

    create: async (input, by, presetSecret) => {
      const now = clock.now();
      const { type } = input;
      const authMethod = validAuthMethod(type, input.authMethod);
      if (authMethod === 'private_key_jwt' && input.jwks === undefined) {
        throw new InvalidInputError("private_key_jwt needs the client's public keys.", 'jwks');
      }
      const secret = usesSecret({ authMethod }) ? (presetSecret ?? `gth_cs_${randomToken(32)}`) : undefined;
      const client: ClientDocument = {
        _id: input.id === undefined ? randomToken(16).replace(/^[-_]/, 'c') : validClientId(input.id),
        name: validName(input.name),
        type,
        redirectUris: validRedirectUris(type, input.redirectUris ?? [], rules),
        postLogoutRedirectUris: validPostLogoutRedirectUris(type, input.postLogoutRedirectUris ?? [], rules),
        allowedOrigins: validOrigins(input.allowedOrigins ?? [], rules),
        ...(input.backchannelLogoutUri === undefined
          ? {}
          : { backchannelLogoutUri: validBackchannelLogoutUri(input.backchannelLogoutUri, rules) }),
        authMethod,
        grantTypes: type === 'machine' ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
        apis: await knownApis(input.apis ?? []),
        secrets: secret === undefined ? [] : [makeSecret(secret, now)],
        ...(input.jwks === undefined ? {} : { jwks: validJwks(input.jwks) }),
        idTokenAlg: idTokenAlg(input.idTokenAlg),
        firstParty: input.firstParty ?? false,
        ...(input.logo === undefined ? {} : { logo: validLogo(input.logo) }),
        ...(input.color === undefined ? {} : { color: validColor(input.color) }),
        ...pageUris(input),
        revision: randomToken(9),
        createdAt: now,
        updatedAt: now,
      };
      try {
        await clients.insert(client);
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          throw new ConflictError(`A client with the id "${client._id}" already exists.`, 'id');
        }
        throw error;
      }
      await audit.record({
        ...by,
        type: 'client.created',
        outcome: 'success',
        clientId: client._id,
        detail: { name: client.name, clientType: type },
      });
      return secret === undefined ? { client } : { client, secret };
    },

    update: async (clientId, patch, by) => {
      const client = await change(clientId, async (before) => {
        const authMethod =
          patch.authMethod === undefined ? before.authMethod : validAuthMethod(before.type, patch.authMethod);
        const jwks = patch.jwks === undefined ? before.jwks : validJwks(patch.jwks);
        if (authMethod === 'private_key_jwt' && jwks === undefined) {
          throw new InvalidInputError("private_key_jwt needs the client's public keys.", 'jwks');
        }
        const { backchannelLogoutUri, logo, color, clientUri, policyUri, tosUri, ...kept } = before;
        return {
          ...kept,
          authMethod,
          ...(jwks === undefined ? {} : { jwks }),
          ...(patch.name === undefined ? {} : { name: validName(patch.name) }),
          ...(patch.redirectUris === undefined
            ? {}
            : { redirectUris: validRedirectUris(before.type, patch.redirectUris, rules) }),
          ...(patch.postLogoutRedirectUris === undefined
            ? {}
            : {
                postLogoutRedirectUris: validPostLogoutRedirectUris(before.type, patch.postLogoutRedirectUris, rules),
              }),
          ...(patch.allowedOrigins === undefined ? {} : { allowedOrigins: validOrigins(patch.allowedOrigins, rules) }),
          ...optionalField('backchannelLogoutUri', backchannelLogoutUri, patch.backchannelLogoutUri, (uri) =>
            validBackchannelLogoutUri(uri, rules),
          ),
          ...(patch.apis === undefined ? {} : { apis: await knownApis(patch.apis) }),
          ...(patch.idTokenAlg === undefined ? {} : { idTokenAlg: idTokenAlg(patch.idTokenAlg) }),
          ...(patch.firstParty === undefined ? {} : { firstParty: patch.firstParty }),
          ...optionalField('logo', logo, patch.logo, validLogo),
          ...optionalField('color', color, patch.color, validColor),
          ...pageUris(patch, { clientUri, policyUri, tosUri }),
        };
      });
      await audit.record({
        ...by,
        type: 'client.updated',
        outcome: 'success',
        clientId,
        detail: { fields: Object.keys(patch).join(' ') },
      });
      return client;
    },

    rotateSecret: async (clientId, { keepOldFor }, by) => {
      const secret = `gth_cs_${randomToken(32)}`;
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
          .slice(-(mostLiveSecrets - 1));
        return { ...before, secrets: [...old, makeSecret(secret, now)] };
      });
      await audit.record({
        ...by,
        type: 'client.secret_rotated',
        outcome: 'success',
        clientId,
        detail: { keepOldFor },
      });
      return { client, secret };
    },

    remove: async (clientId, by) => {
      if (!(await clients.remove(clientId))) {
        throw new NotFoundError(`No client has the id "${clientId}".`);
      }
      await revocation.endClient(clientId);
      await audit.record({ ...by, type: 'client.deleted', outcome: 'success', clientId });
    },
  };
}

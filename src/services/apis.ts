/** APIs (resource servers): what tokens are for. An API says which format its tokens have and what its scopes mean. */
import { strictlyAfter, type Clock } from '../clock.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { ApiDocument, ClientDocument } from '../storage/collections.ts';
import type { ApiRepository } from '../storage/repositories/apis.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import type { Actor, AuditService } from './audit.ts';
import { validName } from './client-registration.ts';

export interface ApiScope {
  readonly value: string;
  /** What the person reads on the consent page. */
  readonly description: string;
}

export interface NewApi {
  /** An absolute URI: the `resource` that clients name (RFC 8707 §2) and the `aud` of the tokens. */
  readonly identifier: string;
  readonly name: string;
  readonly tokenFormat: string;
  /** Seconds; at most 600 for JWT. */
  readonly tokenLifetime?: number;
  readonly scopes: readonly ApiScope[];
}

export type ApiChange = Partial<Omit<NewApi, 'identifier'>>;

export interface ApiService {
  create(input: NewApi, by: Actor): Promise<ApiDocument>;
  find(identifier: string): Promise<ApiDocument | null>;
  findMany(identifiers: readonly string[]): Promise<ApiDocument[]>;
  /** @throws NotFoundError */
  get(identifier: string): Promise<ApiDocument>;
  list(): Promise<ApiDocument[]>;
  update(identifier: string, change: ApiChange, by: Actor): Promise<ApiDocument>;
  /**
   * Deletes the API. Clients lose it too, so that another that is made under this identifier later is not theirs; tokens
   * for it are refused by introspection from then on.
   */
  remove(identifier: string, by: Actor): Promise<void>;
}

/** Scopes that mean something to OpenID Connect: an API cannot have them. */
export const identityScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;

const mostScopes = 200;
/** Seconds. A JWT is believed by whoever checks it offline until it ends (docs/decisions.md, decision 3). */
export const longestJwtLifetime = 600;
const longestOpaqueLifetime = 24 * 3600;
const attemptsAtAChange = 5;
const clientsAtOnce = 200;

function validIdentifier(identifier: string): string {
  if (
    identifier.length > 1024 ||
    !/^[\x21-\x7e]+$/.test(identifier) ||
    !URL.canParse(identifier) ||
    identifier.includes('#')
  ) {
    throw new InvalidInputError(
      'identifier: expected an absolute URI without a fragment, such as https://photos.example/api (RFC 8707 §2).',
      'identifier',
    );
  }
  return identifier;
}

function validFormat(format: string): 'jwt' | 'opaque' {
  if (format !== 'jwt' && format !== 'opaque') {
    throw new InvalidInputError(`token-format: expected jwt or opaque, not "${format}".`, 'token-format');
  }
  return format;
}

function validLifetime(seconds: number, format: 'jwt' | 'opaque'): number {
  const longest = format === 'jwt' ? longestJwtLifetime : longestOpaqueLifetime;
  if (!Number.isSafeInteger(seconds) || seconds < 10 || seconds > longest) {
    throw new InvalidInputError(
      `token-lifetime: expected 10 to ${longest} seconds for ${format} tokens.`,
      'token-lifetime',
    );
  }
  return seconds;
}

function validScopes(scopes: readonly ApiScope[]): readonly ApiScope[] {
  if (scopes.length === 0 || scopes.length > mostScopes) {
    throw new InvalidInputError(`scope: expected 1 to ${mostScopes} scopes, each as value=description.`, 'scope');
  }
  const seen = new Set<string>();
  return scopes.map(({ value, description }) => {
    // RFC 6749 §3.3: scope-token.
    if (!/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(value)) {
      throw new InvalidInputError(
        `scope: "${value}" must have 1 to 100 printable ASCII characters without space, quote and backslash (RFC 6749 §3.3).`,
        'scope',
      );
    }
    if (identityScopes.some((reserved) => reserved === value)) {
      throw new InvalidInputError(
        `scope: "${value}" belongs to OpenID Connect. Choose another, such as photos:${value}.`,
        'scope',
      );
    }
    if (seen.has(value)) {
      throw new InvalidInputError(`scope: "${value}" is named twice.`, 'scope');
    }
    seen.add(value);
    return { value, description: validName(description, 'scope') };
  });
}

export function createApiService(deps: {
  readonly apis: ApiRepository;
  readonly clients: ClientRepository;
  readonly audit: AuditService;
  readonly clock: Clock;
}): ApiService {
  const { apis, clients, audit, clock } = deps;

  /** Takes an API from every client that has it; one that is changed by somebody else meanwhile is looked at again. */
  async function takeFromClients(identifier: string): Promise<void> {
    for (let skip = 0; ; skip += clientsAtOnce) {
      const page = await clients.list({ skip, limit: clientsAtOnce });
      for (const listed of page) {
        for (
          let client: ClientDocument | null = listed;
          client?.apis.includes(identifier) === true;
          client = await clients.find(client._id)
        ) {
          const updatedAt = strictlyAfter(clock, client.updatedAt);
          await clients.replace(
            { ...client, apis: client.apis.filter((api) => api !== identifier), updatedAt },
            client.updatedAt,
          );
        }
      }
      if (page.length < clientsAtOnce) {
        return;
      }
    }
  }

  async function get(identifier: string): Promise<ApiDocument> {
    const api = await apis.find(identifier);
    if (api === null) {
      throw new NotFoundError(`No API has the identifier "${identifier}".`);
    }
    return api;
  }

  return {
    get,
    find: (identifier) => apis.find(identifier),
    findMany: (identifiers) => (identifiers.length === 0 ? Promise.resolve([]) : apis.findMany(identifiers)),
    list: () => apis.list(),

    create: async (input, by) => {
      const now = clock.now();
      const tokenFormat = validFormat(input.tokenFormat);
      const api: ApiDocument = {
        _id: validIdentifier(input.identifier),
        name: validName(input.name),
        tokenFormat,
        ...(input.tokenLifetime === undefined
          ? {}
          : { tokenLifetime: validLifetime(input.tokenLifetime, tokenFormat) }),
        scopes: validScopes(input.scopes),
        createdAt: now,
        updatedAt: now,
      };
      try {
        await apis.insert(api);
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          throw new ConflictError(`An API with the identifier "${api._id}" already exists.`, 'identifier');
        }
        throw error;
      }
      await audit.record({ ...by, type: 'api.created', outcome: 'success', detail: { api: api._id } });
      return api;
    },

    update: async (identifier, patch, by) => {
      for (let attempt = 0; attempt < attemptsAtAChange; attempt += 1) {
        const before = await get(identifier);
        const tokenFormat = patch.tokenFormat === undefined ? before.tokenFormat : validFormat(patch.tokenFormat);
        const lifetime = patch.tokenLifetime ?? before.tokenLifetime;
        const edited: ApiDocument = {
          ...before,
          tokenFormat,
          ...(patch.name === undefined ? {} : { name: validName(patch.name) }),
          ...(lifetime === undefined ? {} : { tokenLifetime: validLifetime(lifetime, tokenFormat) }),
          ...(patch.scopes === undefined ? {} : { scopes: validScopes(patch.scopes) }),
          updatedAt: strictlyAfter(clock, before.updatedAt),
        };
        if (await apis.replace(edited, before.updatedAt)) {
          await audit.record({
            ...by,
            type: 'api.updated',
            outcome: 'success',
            detail: { api: identifier, fields: Object.keys(patch).join(' ') },
          });
          return edited;
        }
      }
      throw new ConflictError('The API was changed by others at the same time. Try again.');
    },

    remove: async (identifier, by) => {
      if (!(await apis.remove(identifier))) {
        throw new NotFoundError(`No API has the identifier "${identifier}".`);
      }
      await takeFromClients(identifier);
      await audit.record({ ...by, type: 'api.deleted', outcome: 'success', detail: { api: identifier } });
    },
  };
}

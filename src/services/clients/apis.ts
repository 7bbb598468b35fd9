/** APIs (resource servers) that tokens are issued for. An API has a token format and scopes with descriptions. */
import { z } from 'zod';
import { strictlyAfter, type Clock } from '../../clock.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { ApiDocument } from '../../storage/collections.ts';
import type { ApiRepository } from '../../storage/repositories/apis.ts';
import type { InstallationRepository } from '../../storage/repositories/installation.ts';
import type { GroupEnds } from '../tokens/group-ends.ts';
import type { RevocationService } from '../tokens/revocation.ts';
import { registeredIdentifier, resourceKey } from '../values/resource-key.ts';
import { describeScopeGroups, scopeGroups, withKnownScopeGroups } from '../values/scope-groups.ts';
import { identityScopes } from '../values/claims-by-scope.ts';
import { claimsOfApi } from '../values/token-claims.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';
import type { ClientService } from './clients.ts';
import {
  checkRefreshLimits,
  maxAccessTokenLifetime,
  minAccessTokenLifetime,
  refreshLifetime,
} from '../values/token-lifetimes.ts';
import { displayName, parseInput, quoting } from '../values/validation.ts';

export interface ApiScope {
  readonly value: string;
  /** Shown to the user on the consent page. */
  readonly description: string;
}

export interface NewApi {
  /** An absolute URI: the `resource` that clients name (RFC 8707 §2) and the `aud` of the tokens. */
  readonly identifier: string;
  readonly name: string;
  readonly tokenFormat: string;
  /** The signature of JWT access tokens: ES256 by default, RS256 for gateways that know RSA alone. */
  readonly tokenAlg?: string;
  /** Whether introspection leaves out the user's email address. */
  readonly hideUsername?: boolean;
  /** Whether users may make personal access tokens for it; not by default. */
  readonly personalTokens?: boolean;
  /** Seconds; at most 600 for JWT. Null removes it. */
  readonly tokenLifetime?: number | null;
  /** Seconds that refresh tokens for it live at most, without use and in total: 60 to a year. Null removes it. */
  readonly refreshIdle?: number | null;
  readonly refreshAbsolute?: number | null;
  readonly scopes: readonly ApiScope[];
  /** The scopes that only members of certain groups can grant. They replace those of before. */
  readonly scopeGroups?: NonNullable<ApiDocument['scopeGroups']>;
  /** The claims about the user in its access tokens: the name, and the standard claim. An empty list removes them. */
  readonly claims?: NonNullable<ApiDocument['claims']>;
}

export type ApiChange = Partial<Omit<NewApi, 'identifier'>>;

export interface ApiService {
  create(input: NewApi, actor: Actor): Promise<ApiDocument>;
  find(identifier: string): Promise<ApiDocument | null>;
  findMany(identifiers: readonly string[]): Promise<ApiDocument[]>;
  /** @throws NotFoundError */
  get(identifier: string): Promise<ApiDocument>;
  list(): Promise<ApiDocument[]>;
  update(identifier: string, change: ApiChange, actor: Actor): Promise<ApiDocument>;
  /**
   * Deletes the API and takes it from all clients, so that they get no access to a later API with the same identifier.
   * Introspection reports its tokens as inactive from then on.
   */
  remove(identifier: string, actor: Actor): Promise<void>;
}

const maxScopes = 200;
/**
 * Seconds. An API that validates JWTs offline accepts a revoked one until it expires (docs/decisions.md, decision 3).
 */
export const maxJwtLifetime = 600;
const maxAttempts = 5;

const identifierField = z
  .string()
  .refine(
    (text) => text.length <= 1024 && /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) && !text.includes('#'),
    'Expected an absolute URI without a fragment, such as https://photos.example/api (RFC 8707 §2).',
  );

const scope = z.object({
  value: z
    .string()
    // RFC 6749 §3.3: scope-token.
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, {
      error: quoting(
        '',
        ' must have 1 to 100 printable ASCII characters without space, quote and backslash (RFC 6749 §3.3).',
      ),
    }),
  description: displayName,
});

const scopeCountMessage = `Expected 1 to ${maxScopes} scopes, each as value=description.`;

const scopes = z
  .array(scope)
  .min(1, scopeCountMessage)
  .max(maxScopes, scopeCountMessage)
  .superRefine((list, context) => {
    const duplicate = list.find(({ value }, at) => list.findIndex((other) => other.value === value) !== at);
    if (duplicate !== undefined) {
      context.addIssue(`"${duplicate.value}" is given twice.`);
    }
  });

const maxLifetimes = { jwt: maxJwtLifetime, opaque: maxAccessTokenLifetime };

/** The fields of an API that can be set and changed. */
const apiFields = z
  .strictObject({
    name: displayName,
    tokenFormat: z.enum(['jwt', 'opaque'], { error: quoting('Expected jwt or opaque, not ', '.') }),
    tokenAlg: z.enum(['ES256', 'RS256'], { error: quoting('Expected ES256 or RS256, not ', '.') }),
    tokenLifetime: z.number().nullable(),
    refreshIdle: refreshLifetime.nullable(),
    refreshAbsolute: refreshLifetime.nullable(),
    hideUsername: z.boolean(),
    personalTokens: z.boolean(),
    scopes,
    scopeGroups,
    claims: claimsOfApi,
  })
  .partial();

const newApi = apiFields
  .required({ name: true, tokenFormat: true, scopes: true })
  .extend({ identifier: identifierField });

/** @throws InvalidInputError when a lifetime or the algorithm does not fit the others, or the API's token format */
function checkTokens(api: ApiDocument): ApiDocument {
  if (api.tokenFormat === 'opaque' && api.tokenAlg !== undefined) {
    throw new InvalidInputError(
      'Opaque tokens have no signature: expected no algorithm, or the format jwt.',
      'tokenAlg',
    );
  }
  const max = maxLifetimes[api.tokenFormat];
  const { tokenLifetime: seconds } = api;
  if (seconds !== undefined && (!Number.isSafeInteger(seconds) || seconds < minAccessTokenLifetime || seconds > max)) {
    throw new InvalidInputError(
      `Expected ${minAccessTokenLifetime} to ${max} seconds for ${api.tokenFormat} tokens.`,
      'tokenLifetime',
    );
  }
  checkRefreshLimits(api);
  return api;
}

/** @throws InvalidInputError for a scope about the user, unless the API has had it since before it was reserved */
function checkScopes(before: readonly ApiScope[], after: readonly ApiScope[]): void {
  const added = after.filter(({ value }) => !before.some((former) => former.value === value));
  const reserved = added.find(({ value }) => identityScopes.some((known) => known === value));
  if (reserved !== undefined) {
    throw new InvalidInputError(
      `"${reserved.value}" is a scope about the user. Choose another, such as photos:${reserved.value}.`,
      'scopes',
    );
  }
}

/** Returns the API with these fields changed. */
function withFields(api: ApiDocument, fields: z.output<typeof apiFields>): ApiDocument {
  checkScopes(api.scopes, fields.scopes ?? []);
  // The algorithm belongs to JWTs: it is dropped when the format becomes opaque, and refused when it is asked for.
  const { tokenAlg: _former, ...withoutAlg } = api;
  const kept = fields.tokenFormat === 'opaque' ? withoutAlg : api;
  const changed = Object.entries({ ...kept, ...fields }).filter(([, value]) => value !== undefined && value !== null);
  const edited = Object.fromEntries(changed) as unknown as ApiDocument;
  return checkTokens(withKnownScopeGroups(edited, fields.scopeGroups));
}

export function createApiService(deps: {
  readonly apis: ApiRepository;
  readonly clients: Pick<ClientService, 'removeApi'>;
  readonly installation: Pick<InstallationRepository, 'find' | 'claim'>;
  readonly revocation: Pick<RevocationService, 'endApi' | 'removeRestOfApi' | 'endScopes' | 'endPersonalAccess'>;
  readonly groupEnds: Pick<GroupEnds, 'endByApi'>;
  readonly audit: AuditService;
  readonly clock: Clock;
}): ApiService {
  const { apis, clients, installation, revocation, groupEnds, audit, clock } = deps;

  /**
   * The name of a fact that is never deleted: tokens and consents for a deleted API must not be valid for a new API
   * with the same identifier.
   */
  const deletionOf = (identifier: string): string => `deleted-api:${identifier}`;

  async function get(identifier: string): Promise<ApiDocument> {
    const api = await apis.find(identifier);
    if (api === null) {
      throw new NotFoundError(`No API has the identifier "${identifier}".`);
    }
    return api;
  }

  /** The error for an identifier that is registered, or that means the same address as a registered one. */
  async function conflictOf(identifier: string): Promise<ConflictError | undefined> {
    const registered = (await apis.list()).map(({ _id }) => _id);
    const same = registeredIdentifier(registered, identifier);
    if (same === undefined) {
      return undefined;
    }
    return new ConflictError(
      same === identifier
        ? `An API with the identifier "${identifier}" already exists.`
        : `The API "${same}" has the same address as "${identifier}" (RFC 3986 §6.2). Clients may name it by either; choose another address, or use the existing API.`,
      'identifier',
    );
  }

  /**
   * Ends the tokens for scopes that the API loses or that fewer users can grant, and personal access tokens if it does
   * not accept them any more.
   */
  async function endWhatIsLost(before: ApiDocument, edited: ApiDocument): Promise<void> {
    const kept = new Set(edited.scopes.map(({ value }) => value));
    const removed = before.scopes.map(({ value }) => value).filter((value) => !kept.has(value));
    if (removed.length > 0) {
      await revocation.endScopes(edited._id, removed);
    }
    if (before.personalTokens === true && edited.personalTokens !== true) {
      await revocation.endPersonalAccess(edited._id);
    }
    await groupEnds.endByApi(before, edited);
  }

  return {
    get,
    find: (identifier) => apis.find(identifier),
    findMany: (identifiers) => (identifiers.length === 0 ? Promise.resolve([]) : apis.findMany(identifiers)),
    list: () => apis.list(),

    create: async (input, actor) => {
      const now = clock.now();
      const { identifier: _id, name, tokenFormat, scopes: list, ...optional } = parseInput(newApi, input);
      checkScopes([], list);
      const api = withFields(
        {
          _id,
          resourceKey: resourceKey(_id),
          name,
          tokenFormat,
          scopes: list,
          createdAt: now,
          updatedAt: now,
        },
        optional,
      );
      // Earlier versions stored no key, so the unique key alone does not find all.
      const conflict = await conflictOf(api._id);
      if (conflict !== undefined) {
        throw conflict;
      }
      if ((await installation.find(deletionOf(api._id))) !== null && (await apis.find(api._id)) === null) {
        // Tokens may have been issued while the earlier API with this identifier was being deleted.
        await revocation.removeRestOfApi(api._id);
      }
      try {
        await apis.insert(api);
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          throw (await conflictOf(api._id)) ?? error;
        }
        throw error;
      }
      await audit.record({
        ...actor,
        type: 'api.created',
        outcome: 'success',
        detail: { api: api._id, ...describeScopeGroups(api) },
      });
      return api;
    },

    update: async (identifier, patch, actor) => {
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const before = await get(identifier);
        const edited = {
          ...withFields(before, parseInput(apiFields, patch)),
          updatedAt: strictlyAfter(clock, before.updatedAt),
        };
        await endWhatIsLost(before, edited);
        if (await apis.replace(edited, before.updatedAt)) {
          await endWhatIsLost(before, edited);
          await audit.record({
            ...actor,
            type: 'api.updated',
            outcome: 'success',
            detail: { api: identifier, fields: Object.keys(patch).join(' '), ...describeScopeGroups(edited) },
          });
          return edited;
        }
      }
      throw new ConflictError('The API was changed by others at the same time. Try again.');
    },

    remove: async (identifier, actor) => {
      if ((await installation.find(deletionOf(identifier))) === null) {
        await get(identifier);
      }
      await installation.claim({ _id: deletionOf(identifier), value: identifier, at: clock.now() });
      await revocation.endApi(identifier);
      const existed = await apis.remove(identifier);
      await clients.removeApi(identifier, actor);
      await revocation.endApi(identifier);
      if (!existed) {
        throw new NotFoundError(`No API has the identifier "${identifier}".`);
      }
      await audit.record({ ...actor, type: 'api.deleted', outcome: 'success', detail: { api: identifier } });
    },
  };
}

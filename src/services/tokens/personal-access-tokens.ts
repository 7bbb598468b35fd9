/**
 * Personal access tokens: what users make for their scripts. A token has scopes of one or more APIs that allow such
 * tokens, and always expires. Its value is shown once; only a digest is stored.
 *
 * A token ends when its user is disabled or deleted, or sets another password, and loses an API or a scope that is
 * removed (revocation.ts). Nothing of it comes back: enabling the user, or adding the scope again, does not help.
 *
 * A scope that only members of certain groups can grant works while the user is a member.
 */
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { isPersonalAccessToken, newPersonalAccessToken } from '../../crypto/personal-access-tokens.ts';
import { randomToken } from '../../crypto/secrets.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { ApiDocument, PersonalAccessTokenDocument, UserDocument } from '../../storage/collections.ts';
import type { ApiRepository } from '../../storage/repositories/apis.ts';
import type { PersonalAccessTokenRepository } from '../../storage/repositories/personal-access-tokens.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { Member } from '../values/groups.ts';
import type { RevocationService } from './revocation.ts';
import { canGrant, groupsOfScope } from '../values/scope-groups.ts';
import { findUnchanged } from '../foundation/user-records.ts';
import { displayName, parseInput } from '../values/validation.ts';

/** The scopes of one API. */
export interface ApiAccess {
  /** The API's identifier. */
  readonly api: string;
  readonly scopes: readonly string[];
}

export interface NewPersonalAccessToken {
  readonly name: string;
  readonly access: readonly ApiAccess[];
  /** Seconds. */
  readonly expiresIn: number;
}

/** A token that is valid now. */
export interface PersonalAccessToken {
  /** Not the value: it gives no access. The `jti` of introspection. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly access: readonly ApiAccess[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly firstUsedAt?: Date;
  /** The number of its uses, up to a minute late. */
  readonly useCount: number;
  readonly lastUsedAt?: Date;
  /** The API that asked about it last. */
  readonly lastUsedApi?: string;
  /** The address block from which it was used last, if that API named the caller's address. */
  readonly lastUsedFrom?: string;
}

export interface PersonalAccessTokenService {
  /**
   * Checks a new token without creating it.
   * @param user the groups of its user
   * @throws InvalidInputError for a name, scope, API or lifetime that is not allowed
   */
  check(token: NewPersonalAccessToken, user: Member): Promise<void>;
  /**
   * @returns the token and its value, which cannot be read again
   * @throws as {@link check}
   * @throws ConflictError when the user is disabled or has too many tokens; NotFoundError when there is no such user
   */
  create(
    accountId: string,
    token: NewPersonalAccessToken,
    actor: Actor,
  ): Promise<{ readonly token: PersonalAccessToken; readonly value: string }>;
  /**
   * The valid token with this value; null for any other text. One read; none for text without the checksum. What the
   * caller must check: that the token is for its API.
   */
  find(value: string): Promise<PersonalAccessToken | null>;
  /** Newest first. */
  listByUser(accountId: string): Promise<readonly PersonalAccessToken[]>;
  /** Of all users, newest first. */
  list(query: { readonly limit: number }): Promise<readonly PersonalAccessToken[]>;
  /** The APIs for which users may make tokens. */
  listApis(): Promise<readonly ApiDocument[]>;
  /** Those of them of which this user can grant a scope, with the scopes that the user can grant. */
  listGrantable(user: Member): Promise<readonly ApiDocument[]>;
  /**
   * Ends a token.
   * @param options.accountId only if it belongs to this user
   * @throws NotFoundError
   */
  revoke(id: string, actor: Actor, options?: { readonly accountId?: string }): Promise<PersonalAccessToken>;
  /** Ends a token. The caller records why. @returns true for exactly one of several callers */
  end(id: string): Promise<boolean>;
}

/** Bounds what one user can store. */
const maxTokensOfUser = 100;
const maxApis = 20;
/** Seconds. */
const minLifetime = 60;
/** Seconds before the expiry at which the user is notified. */
const reminderBefore = 7 * 86_400;

const fields = z.strictObject({
  name: displayName,
  access: z
    .array(
      z.object({ api: z.string(), scopes: z.array(z.string()).min(1, 'Expected at least one scope of each API.') }),
    )
    .min(1, 'Expected at least one scope.')
    .max(maxApis, `Expected at most ${maxApis} APIs.`),
  expiresIn: z.number(),
});

/** The stored token as callers see it. */
export function readPersonalAccessToken(document: PersonalAccessTokenDocument): PersonalAccessToken {
  const { tokenId, accountId, name, resources, createdAt, expiresAt } = document;
  const { firstUsedAt, useCount = 0, lastUsedAt, lastUsedApi, lastUsedFrom } = document;
  return {
    id: tokenId,
    accountId,
    name,
    access: resources.map(({ api, scopes }) => ({ api, scopes: scopes.split(' ') })),
    createdAt,
    expiresAt,
    useCount,
    ...(firstUsedAt === undefined ? {} : { firstUsedAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(lastUsedApi === undefined ? {} : { lastUsedApi }),
    ...(lastUsedFrom === undefined ? {} : { lastUsedFrom }),
  };
}

export function createPersonalAccessTokenService(deps: {
  readonly tokens: PersonalAccessTokenRepository;
  readonly users: Pick<UserRepository, 'find'>;
  readonly apis: Pick<ApiRepository, 'findMany' | 'list'>;
  readonly revocation: Pick<RevocationService, 'endPersonalAccessToken'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Seconds. */
  readonly maxLifetime: number;
}): PersonalAccessTokenService {
  const { tokens, users, apis, revocation, audit, clock, maxLifetime } = deps;

  /** @throws InvalidInputError */
  function checkApi(api: ApiDocument | undefined, { api: identifier, scopes }: ApiAccess, user: Member): void {
    if (api === undefined) {
      throw new InvalidInputError(`No API has the identifier "${identifier}".`, 'api');
    }
    if (api.personalTokens !== true) {
      throw new InvalidInputError(
        `The API "${identifier}" does not allow personal access tokens. Its operator can allow them (api update --personal-tokens yes).`,
        'api',
      );
    }
    const unknown = scopes.find((scope) => !api.scopes.some(({ value }) => value === scope));
    if (unknown !== undefined) {
      throw new InvalidInputError(`The API "${identifier}" has no scope "${unknown}".`, 'scope');
    }
    const forOthers = scopes.find((scope) => !canGrant(user, api, scope));
    if (forOthers !== undefined) {
      const groups = groupsOfScope(api, forOthers)?.join(', ') ?? '';
      throw new InvalidInputError(
        `Only members of these groups can grant the scope "${forOthers}": ${groups}.`,
        'scope',
      );
    }
  }

  /** @throws InvalidInputError */
  async function parse(token: NewPersonalAccessToken, user: Member): Promise<NewPersonalAccessToken> {
    const { name, access, expiresIn } = parseInput(fields, token);
    if (!Number.isSafeInteger(expiresIn) || expiresIn < minLifetime || expiresIn > maxLifetime) {
      throw new InvalidInputError(
        `Expected a lifetime of ${minLifetime} to ${maxLifetime} seconds, not ${expiresIn}.`,
        'expiresIn',
      );
    }
    const identifiers = access.map(({ api }) => api);
    const duplicate = identifiers.find((identifier, at) => identifiers.indexOf(identifier) !== at);
    if (duplicate !== undefined) {
      throw new InvalidInputError(`The API "${duplicate}" is given twice.`, 'api');
    }
    const found = await apis.findMany(identifiers);
    for (const one of access) {
      checkApi(
        found.find(({ _id }) => _id === one.api),
        one,
        user,
      );
    }
    return { name, access: access.map(({ api, scopes }) => ({ api, scopes: [...new Set(scopes)] })), expiresIn };
  }

  async function listApis(): Promise<readonly ApiDocument[]> {
    return (await apis.list()).filter(({ personalTokens }) => personalTokens === true);
  }

  /** @throws NotFoundError, ConflictError */
  async function enabledUser(accountId: string): Promise<UserDocument> {
    const user = await users.find(accountId);
    if (user === null) {
      throw new NotFoundError('There is no such user.');
    }
    if (user.disabled) {
      throw new ConflictError('The user is disabled.');
    }
    return user;
  }

  /**
   * Checks a stored token again, before its value is shown to anybody. What ends tokens does not find one that is
   * stored later: so a user who was disabled, a new password, or a deleted API in the meantime is found here.
   * @throws ConflictError, NotFoundError, InvalidInputError; then the token is removed
   */
  async function confirm(stored: PersonalAccessTokenDocument, before: UserDocument, input: NewPersonalAccessToken) {
    try {
      await parse(input, await findUnchanged(users, before));
    } catch (error) {
      await tokens.remove(stored.tokenId);
      throw error;
    }
  }

  return {
    check: async (token, user) => {
      await parse(token, user);
    },

    create: async (accountId, token, actor) => {
      const user = await enabledUser(accountId);
      const { name, access, expiresIn } = await parse(token, user);
      if ((await tokens.countByUser(accountId)) >= maxTokensOfUser) {
        throw new ConflictError(`A user can have at most ${maxTokensOfUser} personal access tokens. Revoke one first.`);
      }
      const value = newPersonalAccessToken();
      const now = clock.now();
      const inSeconds = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
      const stored = await tokens.insert(value, {
        // A prefix, so that it is not mistaken for an option on a command line.
        tokenId: `pat_${randomToken(12)}`,
        accountId,
        name,
        resources: access.map(({ api, scopes }) => ({ api, scopes: scopes.join(' ') })),
        createdAt: now,
        updatedAt: now,
        expiresAt: inSeconds(expiresIn),
        ...(expiresIn > reminderBefore ? { remindAt: inSeconds(expiresIn - reminderBefore) } : {}),
        addressBlocks: [],
        addressBlockCount: 0,
      });
      await confirm(stored, user, { name, access, expiresIn });
      await audit.record({
        ...actorFields(actor),
        type: 'personal_access_token.created',
        outcome: 'success',
        accountId,
        detail: {
          id: stored.tokenId,
          name,
          access: access.map(({ api, scopes }) => `${api}: ${scopes.join(' ')}`).join('; '),
          expires: stored.expiresAt.toISOString(),
        },
      });
      return { token: readPersonalAccessToken(stored), value };
    },

    find: async (value) => {
      const stored = isPersonalAccessToken(value) ? await tokens.find(value) : null;
      return stored === null ? null : readPersonalAccessToken(stored);
    },

    listByUser: async (accountId) => (await tokens.listByUser(accountId)).map(readPersonalAccessToken),
    list: async (query) => (await tokens.list(query)).map(readPersonalAccessToken),
    listApis,
    listGrantable: async (user) =>
      (await listApis())
        .map((api) => ({ ...api, scopes: api.scopes.filter(({ value }) => canGrant(user, api, value)) }))
        .filter(({ scopes }) => scopes.length > 0),

    end: (id) => revocation.endPersonalAccessToken(id),

    revoke: async (id, actor, { accountId } = {}) => {
      const stored = await tokens.findById(id);
      const isOwn = stored !== null && (accountId === undefined || stored.accountId === accountId);
      if (!isOwn || !(await revocation.endPersonalAccessToken(id))) {
        throw new NotFoundError(`There is no personal access token "${id}".`);
      }
      await audit.record({
        ...actorFields(actor),
        type: 'personal_access_token.revoked',
        outcome: 'success',
        accountId: stored.accountId,
        detail: { id, name: stored.name },
      });
      return readPersonalAccessToken(stored);
    },
  };
}

/**
 * The introspection endpoint (RFC 7662): which clients may ask about a token (§4), and what they learn (§2.2). The
 * engine authenticates the client; everything after that is here, for every kind of token.
 */
import type { Client } from 'oidc-provider';
import { parseAddress } from '../networks.ts';
import type { ApiService } from '../services/clients/apis.ts';
import { mayUseClient } from '../services/values/groups.ts';
import type { PersonalAccessTokenUse } from '../services/tokens/personal-access-token-uses.ts';
import type { Revocations } from '../services/tokens/revocations.ts';
import { canGrant } from '../services/values/scope-groups.ts';
import type { ApiDocument, ClientDocument } from '../storage/collections.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import { apisOf, exchangesOf, typeOf } from './client-metadata.ts';
import { readOrigin } from './tokens/origin.ts';
import type { EngineStep } from './engine-internals.ts';
import { requestContext } from './request-context.ts';
import type { Basis } from './tokens/basis.ts';
import type { FindToken } from './tokens/kinds.ts';
import type { IssuedToken } from './tokens/token-kind.ts';
import type { FindUserOfToken, RecentUser } from './tokens/user-of-token.ts';

/**
 * The APIs of a token about which a client may ask; undefined if it may not ask about the token at all. That may the
 * client that the token was issued to, if it can authenticate, and the token's API: a machine client that has the API
 * (`--api`) counts as a part of it.
 */
function visibleAudience(caller: Client, { clientId, audience }: IssuedToken): readonly string[] | undefined {
  if (caller.clientAuthMethod === 'none') {
    return undefined;
  }
  if (clientId === caller.clientId) {
    return audience;
  }
  const own = typeOf(caller) === 'machine' ? audience.filter((api) => apisOf(caller).includes(api)) : [];
  return own.length === 0 ? undefined : own;
}

/**
 * The APIs for which a client may have this token: those of the client, or where it acts for a user by token exchange,
 * those of its rules.
 */
function apisOfToken(
  { clientId, members }: IssuedToken,
  { apis, mayExchange = [] }: Pick<ClientDocument, 'apis' | 'mayExchange'>,
): readonly string[] {
  return readOrigin(members).act?.sub === clientId ? mayExchange.map(({ to }) => to) : apis;
}

/**
 * Whether the caller learns the user's email address: the API does, unless its operator decided otherwise. The app does
 * only if the user allowed it the scope `email`.
 */
function mayKnowUsername(caller: Client, token: IssuedToken, { scope }: Basis, apis: readonly ApiDocument[]): boolean {
  const isApi = token.clientId !== caller.clientId;
  const mayAppKnow = scope?.split(' ').includes('email') === true;
  return apis.length > 0 && apis.every(({ hideUsername }) => hideUsername !== true) && (isApi || mayAppKnow);
}

/** What a client learns about a valid token (RFC 7662 §2.2). */
export interface TokenDescription {
  readonly active: true;
  readonly sub: string | undefined;
  /** Undefined if the token was issued to a user alone. */
  readonly client_id: string | undefined;
  readonly aud: string | readonly string[] | undefined;
  readonly scope: string | undefined;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly grant_id: string | undefined;
  readonly session_id: string | undefined;
  readonly sid: string | undefined;
  readonly [member: string]: unknown;
}

/**
 * The answer about a token; undefined if it is not valid, or the caller may not ask about it.
 * @param use where the token was used, as far as the caller reports it
 */
export type DescribeToken = (
  caller: Client,
  value: string,
  use?: Pick<PersonalAccessTokenUse, 'address' | 'requestId'>,
) => Promise<TokenDescription | undefined>;

export interface Introspection {
  readonly describe: DescribeToken;
  /** The step that answers after the engine has authenticated the client. */
  readonly step: EngineStep;
}

/**
 * The scopes that a token has at these APIs. A scope whose name several of them have counts only if the token has it at
 * each of these: the answer does not say to which API a scope belongs. A scope that the user cannot grant any more does
 * not count.
 */
function scopesAt(token: IssuedToken, apis: readonly ApiDocument[], user: RecentUser | undefined): readonly string[] {
  const has = (api: ApiDocument, scope: string): boolean =>
    (token.scopesAt?.(api._id) ?? token.scopes).includes(scope) && (user === undefined || canGrant(user, api, scope));
  return token.scopes.filter((scope) => {
    const having = apis.filter((api) => api.scopes.some(({ value }) => value === scope));
    return having.length > 0 && having.every((api) => has(api, scope));
  });
}

/** The scopes for which a refresh token gives access tokens at these APIs, as far as the user can grant them. */
function scopesAfterRefresh(
  { scopes }: IssuedToken,
  apis: readonly ApiDocument[],
  user: RecentUser | undefined,
): readonly string[] {
  return scopes.filter((scope) => {
    const having = apis.filter((api) => api.scopes.some(({ value }) => value === scope));
    return user === undefined || having.length === 0 || having.some((api) => canGrant(user, api, scope));
  });
}

/**
 * Whether a token is not valid any more because a scope was removed from its API, or its user cannot grant a scope any
 * more. A personal access token and a refresh token keep their other scopes.
 */
function hasLostScopes(token: IssuedToken, audience: readonly string[], scopes: readonly string[]): boolean {
  if (token.refreshesFor !== undefined) {
    return false;
  }
  return token.scopesAt === undefined
    ? audience.length === token.audience.length && scopes.length < token.scopes.length
    : scopes.length === 0;
}

/**
 * Where a presented token was used: the network address of the API's own caller, which the API may send along
 * (`client_ip`, our own parameter). Text that is no address counts as none: it must not make an API reject its callers.
 */
export function reportedUse(
  request: object,
  body: Readonly<Record<string, unknown>> = {},
): Pick<PersonalAccessTokenUse, 'address' | 'requestId'> {
  const text = body['client_ip'];
  const address = typeof text === 'string' ? parseAddress(text.trim())?.toString() : undefined;
  return { address, requestId: requestContext(request).requestId };
}

export function createIntrospection(deps: {
  readonly issuer: string;
  readonly findToken: FindToken;
  readonly isRevoked: Revocations['isRevoked'];
  readonly findUser: FindUserOfToken;
  readonly apis: Pick<ApiService, 'find'>;
  readonly clients: Pick<ClientRepository, 'find'>;
}): Introspection {
  const { issuer, findToken, isRevoked, findUser, apis, clients } = deps;

  /**
   * These APIs of a token; null if one of them was deleted, or was taken from the client that the token was issued to.
   * Checked here, too, because a token may be stored after the tokens of that API were removed.
   */
  async function findApis(
    caller: Client,
    token: IssuedToken,
    identifiers: readonly string[],
  ): Promise<readonly ApiDocument[] | null> {
    const { clientId } = token;
    if (identifiers.length === 0) {
      return [];
    }
    const [allowed, ...found] = await Promise.all([
      clientId === undefined
        ? identifiers
        : clientId === caller.clientId
          ? apisOfToken(token, { apis: apisOf(caller), mayExchange: exchangesOf(caller) })
          : clients.find(clientId).then((client) => (client === null ? [] : apisOfToken(token, client))),
      ...identifiers.map((identifier) => apis.find(identifier)),
    ]);
    const known = found.filter((api) => api !== null);
    return known.length === identifiers.length && identifiers.every((api) => allowed.includes(api)) ? known : null;
  }

  /** The app that the user has allowed the access that the token gives; null if there is none. */
  async function findApp({ clientId, members }: IssuedToken): Promise<ClientDocument | null> {
    const { grantClientId = clientId } = readOrigin(members);
    return grantClientId === undefined ? null : clients.find(grantClientId);
  }

  /** What a token depends on, and its user, if it has one. Undefined if it is not valid. */
  async function findOwner(
    token: IssuedToken,
    suffices: (user: RecentUser) => boolean,
  ): Promise<{ readonly basis: Basis; readonly user: RecentUser | undefined } | undefined> {
    const basis = await token.basis();
    if (basis === undefined || token.accountId === undefined) {
      return basis && { basis, user: undefined };
    }
    const user = await findUser(token.accountId, basis, suffices);
    return user === null ? undefined : { basis, user };
  }

  const describe: DescribeToken = async (caller, value, use = {}) => {
    const token = await findToken(value);
    const audience = token === undefined ? undefined : visibleAudience(caller, token);
    if (token === undefined || audience === undefined) {
      return undefined;
    }
    const [revoked, ofApis, app, ...afterRefresh] = await Promise.all([
      isRevoked(token),
      findApis(caller, token, audience),
      findApp(token),
      ...(token.refreshesFor ?? []).map((identifier) => apis.find(identifier)),
    ]);
    if (revoked || ofApis === null) {
      return undefined;
    }
    const mayUseApp = (user: RecentUser): boolean => app === null || mayUseClient(user, app);
    const scopesOf = (user: RecentUser | undefined): readonly string[] =>
      ofApis.length > 0
        ? scopesAt(token, ofApis, user)
        : scopesAfterRefresh(
            token,
            afterRefresh.filter((api) => api !== null),
            user,
          );
    const all = scopesOf(undefined).length;
    const owner = await findOwner(token, (user) => mayUseApp(user) && scopesOf(user).length === all);
    if (owner === undefined) {
      return undefined;
    }
    const { basis, user } = owner;
    if (user !== undefined && !mayUseApp(user)) {
      return undefined;
    }
    const scopes = scopesOf(user);
    if (hasLostScopes(token, audience, scopes)) {
      return undefined;
    }
    const [api] = audience;
    if (api !== undefined) {
      await token.recordUse?.({ ...use, api, clientId: caller.clientId });
    }
    return {
      ...token.members,
      active: true,
      iss: issuer,
      // RFC 9068 §2.2: a client that acts in its own name is the subject.
      sub: token.accountId ?? token.clientId,
      client_id: token.clientId,
      username: user && mayKnowUsername(caller, token, basis, ofApis) ? user.email : undefined,
      aud: audience.length > 1 ? audience : audience[0],
      scope: scopes.length === 0 ? undefined : scopes.join(' '),
      iat: token.issuedAt,
      exp: token.expiresAt,
      jti: token.jti,
      grant_id: token.grantId,
      session_id: token.sessionUid,
      sid: token.sid,
    };
  };

  return {
    describe,
    step: async function answerIntrospection(ctx) {
      const { client, params } = ctx.oidc;
      const token = String(params?.['token']);
      ctx.body = (client && (await describe(client, token, reportedUse(ctx.req, ctx.oidc.body)))) ?? { active: false };
    },
  };
}

/**
 * The introspection endpoint (RFC 7662): which clients may ask about a token (§4), and what they learn (§2.2). The
 * engine authenticates the client; everything after that is here, for every kind of token.
 */
import type { Client } from 'oidc-provider';
import type { ApiService } from '../services/apis.ts';
import type { Revocations } from '../services/revocations.ts';
import type { ApiDocument, ClientDocument } from '../storage/collections.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import { apisOf, exchangesOf, typeOf } from './client-metadata.ts';
import { readDelegation } from './delegation.ts';
import type { EngineStep } from './engine-internals.ts';
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
  return readDelegation(members).act?.sub === clientId ? mayExchange.map(({ to }) => to) : apis;
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
  readonly [member: string]: unknown;
}

/** The answer about a token; undefined if it is not valid, or the caller may not ask about it. */
export type DescribeToken = (caller: Client, value: string) => Promise<TokenDescription | undefined>;

export interface Introspection {
  readonly describe: DescribeToken;
  /** The step that answers after the engine has authenticated the client. */
  readonly step: EngineStep;
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

  /** What a token depends on, and its user, if it has one. Undefined if it is not valid. */
  async function findOwner(
    token: IssuedToken,
  ): Promise<{ readonly basis: Basis; readonly user: RecentUser | undefined } | undefined> {
    const basis = await token.basis();
    if (basis === undefined || token.accountId === undefined) {
      return basis && { basis, user: undefined };
    }
    const user = await findUser(token.accountId, basis);
    return user === null ? undefined : { basis, user };
  }

  async function describe(caller: Client, value: string): Promise<TokenDescription | undefined> {
    const token = await findToken(value);
    const audience = token === undefined ? undefined : visibleAudience(caller, token);
    if (token === undefined || audience === undefined) {
      return undefined;
    }
    const [revoked, owner, ofApis] = await Promise.all([
      isRevoked(token),
      findOwner(token),
      findApis(caller, token, audience),
    ]);
    if (revoked || owner === undefined || ofApis === null) {
      return undefined;
    }
    const { basis, user } = owner;
    const known = ofApis.flatMap((api) => api.scopes.map((scope) => scope.value));
    const scopes = ofApis.length === 0 ? token.scopes : token.scopes.filter((scope) => known.includes(scope));
    if (audience.length === token.audience.length && scopes.length < token.scopes.length) {
      // A scope was removed from its API.
      return undefined;
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
    };
  }

  return {
    describe,
    step: async function answerIntrospection(ctx) {
      const { client, params } = ctx.oidc;
      ctx.body = (client && (await describe(client, String(params?.['token'])))) ?? { active: false };
    },
  };
}

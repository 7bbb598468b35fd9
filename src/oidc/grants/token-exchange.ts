/**
 * Token exchange (RFC 8693): a token that an API was called with becomes one for another API, or one with fewer scopes.
 * The operator decides which client may exchange what (`--may-exchange`); nothing is allowed by default. The new token
 * hangs on the same grant and login session as the presented one, and expires no later.
 */
import {
  errors,
  type Account,
  type Client,
  type Grant,
  type Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import { epochSeconds, type Clock } from '../../clock.ts';
import { digest } from '../../crypto/secrets.ts';
import type { ApiService } from '../../services/clients/apis.ts';
import type { AuditService } from '../../services/foundation/audit.ts';
import { registeredIdentifier } from '../../services/values/resource-key.ts';
import type { ApiDocument, TokenExchange } from '../../storage/collections.ts';
import { exchangesOf } from '../client-metadata.ts';
import { actorsOf, readOrigin, setOrigin, type Actor } from '../tokens/origin.ts';
import { buildTokenResponse, findAccount } from '../engine-internals.ts';
import { reportedUse, type DescribeToken, type TokenDescription } from '../introspection.ts';
import { actorOf } from '../request-context.ts';
import type { RequestedApis } from '../requested-apis.ts';
import { addressesForMessage } from '../requested-scope.ts';
import { resourceServerOf, type TokenLifetimes } from '../resource-indicators.ts';
import { readLoginClaims } from '../tokens/login-claims.ts';
import { grantableScopes } from '../user-groups.ts';

/** RFC 8693 §3. */
const tokenTypes = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const;

export const tokenExchangeParameters = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'scope',
  'resource',
  'audience',
] as const;

/** Clients that may act for a user one after the other: a longer chain is more likely a loop than a design. */
const maxActors = 4;

/** The value of the engine's `gty`, which it stores with a token. */
const gty = 'token_exchange';

export interface TokenExchangeDependencies {
  readonly apis: Pick<ApiService, 'find'>;
  readonly requestedApis: RequestedApis;
  /** Introspection by the client: it says which tokens are valid, and which of them the client may present. */
  readonly describeToken: DescribeToken;
  readonly lifetimes: TokenLifetimes;
  readonly audit: AuditService;
  readonly clock: Clock;
}

/** What a client may get for a presented token. */
interface Target {
  readonly api: ApiDocument;
  readonly rules: readonly TokenExchange[];
}

type Parameters = Readonly<Record<string, unknown>>;

/** A presented token that is not accepted has one error code, whatever the reason (RFC 8693 §2.2.2). */
function notAccepted(parameter: string, reason: string): Error {
  return new errors.InvalidRequest(`${parameter} is not accepted: ${reason}`);
}

function readText(params: Parameters, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @throws InvalidRequest when one is missing, or the type is not that of an access token (RFC 8693 §2.1) */
function readSubject(params: Parameters): string {
  const [token, type] = [readText(params, 'subject_token'), readText(params, 'subject_token_type')];
  if (token === undefined || type === undefined) {
    throw new errors.InvalidRequest('subject_token and subject_token_type are required');
  }
  if (type !== tokenTypes.accessToken && type !== tokenTypes.jwt) {
    throw notAccepted(
      'subject_token_type',
      `only access tokens are exchanged: expected ${tokenTypes.accessToken} or ${tokenTypes.jwt}`,
    );
  }
  return token;
}

/** @throws InvalidRequest */
function readActor(params: Parameters): string | undefined {
  const [token, type] = [readText(params, 'actor_token'), readText(params, 'actor_token_type')];
  if ((token === undefined) !== (type === undefined)) {
    throw new errors.InvalidRequest('actor_token and actor_token_type are sent together or not at all');
  }
  if (type !== undefined && type !== tokenTypes.accessToken && type !== tokenTypes.jwt) {
    throw notAccepted(
      'actor_token_type',
      `the client itself is the actor: expected its own token of the type ${tokenTypes.accessToken}`,
    );
  }
  return token;
}

/** @returns the type of the answer (RFC 8693 §2.2.1) @throws InvalidRequest */
function issuedTokenType(params: Parameters, { tokenFormat }: ApiDocument): string {
  const requested = readText(params, 'requested_token_type') ?? tokenTypes.accessToken;
  if (requested !== tokenTypes.accessToken && requested !== tokenTypes.jwt) {
    throw new errors.InvalidRequest(
      `requested_token_type is not available: expected ${tokenTypes.accessToken} or ${tokenTypes.jwt}`,
    );
  }
  if (requested === tokenTypes.jwt && tokenFormat !== 'jwt') {
    throw new errors.InvalidRequest('requested_token_type is not available: this API has opaque tokens');
  }
  return requested;
}

/** A user's token that this client may present. */
interface Subject {
  readonly token: TokenDescription;
  readonly accountId: string;
  /** The APIs of the token of which the client is a part; all of them for the app that it was issued to. */
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  /** The id of the personal access token that it is, or that it was exchanged for. Such a token has no grant. */
  readonly patId: string | undefined;
  /** The id of the code from which it was issued. */
  readonly codeId: string | undefined;
}

/** A personal access token itself is issued to no client. */
function patIdOf(token: TokenDescription): string | undefined {
  return token.client_id === undefined ? token.jti : readOrigin(token).patId;
}

/** @throws InvalidTarget for an API that does not accept what a personal access token is exchanged for */
function checkPersonalTarget({ _id, personalTokens, tokenFormat }: ApiDocument): void {
  if (personalTokens !== true) {
    const identifier = addressesForMessage([_id], 200);
    throw new errors.InvalidTarget(
      `this API does not allow personal access tokens; its operator can allow them: gatehouse api update ${identifier} --personal-tokens yes`,
    );
  }
  if (tokenFormat !== 'jwt') {
    throw new errors.InvalidTarget('a personal access token is exchanged for a JWT, and this API has opaque tokens');
  }
}

/** The chain of actors of the new token. @throws InvalidRequest when it would be too long */
function nextActor(client: Client, { token }: Subject): Actor | undefined {
  const { act } = readOrigin(token);
  if (token.client_id === client.clientId) {
    // The holder narrows its own token: nobody new acts for the user.
    return act;
  }
  if (actorsOf(act).length >= maxActors) {
    throw notAccepted('subject_token', `it was exchanged by ${maxActors} clients one after the other already`);
  }
  return { sub: client.clientId, ...(act === undefined ? {} : { act }) };
}

export function createTokenExchangeGrant(
  provider: Provider,
  { apis, requestedApis, describeToken, lifetimes, audit, clock }: TokenExchangeDependencies,
): (ctx: TokenEndpointGrantContext) => Promise<void> {
  /**
   * The user's token, which this client holds as the app that it was issued to, or as a part of its API. All others are
   * refused with the same words, so that a client learns nothing about tokens of others.
   */
  async function findSubject(ctx: TokenEndpointGrantContext, client: Client, value: string): Promise<Subject> {
    const token = await describeToken(client, value, reportedUse(ctx.req, ctx.oidc.body));
    const audience = [token?.aud ?? []].flat();
    if (token?.sub === undefined || audience.length === 0) {
      throw notAccepted(
        'subject_token',
        'expected the valid access token of a user, issued to this client or for an API of it',
      );
    }
    if (token.sub === token.client_id) {
      throw notAccepted('subject_token', "it is a machine's own token: a machine requests a token for each API itself");
    }
    if ('cnf' in token) {
      throw notAccepted('subject_token', 'it is bound to a key of its holder');
    }
    return {
      token,
      accountId: token.sub,
      audience,
      scopes: token.scope?.split(' ') ?? [],
      patId: patIdOf(token),
      codeId: readOrigin(token).codeId,
    };
  }

  /** @throws InvalidRequest for a token that is not this client's own */
  async function checkActor(client: Client, value: string): Promise<void> {
    const token = await describeToken(client, value);
    if (token?.client_id !== client.clientId || token.sub !== client.clientId) {
      throw notAccepted('actor_token', 'the client itself is the actor: expected its own token');
    }
  }

  /** @throws InvalidTarget */
  async function findTarget(
    ctx: TokenEndpointGrantContext,
    client: Client,
    audience: readonly string[],
  ): Promise<Target> {
    const rules = exchangesOf(client).filter(({ from }) => audience.includes(from));
    const possible = [...new Set(rules.map(({ to }) => to))];
    const named = readText(ctx.oidc.params ?? {}, 'resource');
    if (requestedApis.isForUserinfo(ctx)) {
      throw new errors.InvalidTarget('the issuer is named as resource, which means userinfo: it accepts no such token');
    }
    if (named === undefined && possible.length !== 1) {
      throw new errors.InvalidTarget(
        possible.length === 0
          ? 'this client may not exchange tokens of this API'
          : `name one of the APIs in the parameter resource (${addressesForMessage(possible, 600)})`,
      );
    }
    const identifier = named === undefined ? possible[0] : registeredIdentifier(possible, named);
    const api = identifier === undefined ? null : await apis.find(identifier);
    if (api === null) {
      throw new errors.InvalidTarget(
        `this client may not exchange tokens of ${addressesForMessage(audience, 200)} for tokens of ${addressesForMessage([named ?? ''], 200)}`,
      );
    }
    return { api, rules: rules.filter(({ to }) => to === api._id) };
  }

  /**
   * The scopes that the new token may have: those of the operator's rules that the user can grant. For the same API, no
   * more than the presented token has. For the app itself, no more than the user has allowed it there: the rules of an
   * API say how it does its own work, but an app gets nothing that its user was not asked for. A personal access token
   * has no grant, and no app is involved.
   */
  function possibleScopes(
    client: Client,
    { api, rules }: Target,
    { token, audience, scopes, patId }: Subject,
    grant: Grant | undefined,
    user: Account,
  ): readonly string[] {
    const allowed = new Set(rules.flatMap((rule) => rule.scopes));
    const consented =
      token.client_id === client.clientId && patId === undefined
        ? (grant?.getResourceScope(api._id) ?? '').split(' ')
        : undefined;
    const ofApi = api.scopes.map(({ value }) => value);
    return grantableScopes(user, api, ofApi).filter(
      (scope) =>
        allowed.has(scope) &&
        (!audience.includes(api._id) || scopes.includes(scope)) &&
        (consented === undefined || consented.includes(scope)),
    );
  }

  /** @throws InvalidScope when nothing remains, or more is requested than is possible */
  function grantedScopes(ctx: TokenEndpointGrantContext, possible: readonly string[]): readonly string[] {
    const requested = ctx.oidc.params?.['scope'] === undefined ? possible : [...ctx.oidc.requestParamScopes];
    const excess = requested.filter((scope) => !possible.includes(scope));
    if (requested.length === 0 || excess.length > 0) {
      const names = excess.join(' ').slice(0, 200);
      throw new errors.InvalidScope(
        requested.length === 0
          ? 'this exchange leaves no scope'
          : `this exchange does not give ${names}: possible are ${possible.join(' ').slice(0, 600) || 'none'}`,
        excess.join(' '),
      );
    }
    return requested;
  }

  /**
   * The user, and the grant of the presented token, which belongs to the client that the user has allowed; undefined
   * for a personal access token and what it was exchanged for, which have none.
   */
  async function findGrantAndUser(
    ctx: TokenEndpointGrantContext,
    { token, accountId, patId }: Subject,
  ): Promise<{ readonly grant: Grant | undefined; readonly user: Account }> {
    const grant = token.grant_id === undefined ? undefined : await provider.Grant.find(token.grant_id);
    if (grant === undefined ? patId === undefined : grant.accountId !== accountId) {
      throw notAccepted('subject_token', 'its grant has ended');
    }
    if (grant !== undefined) {
      ctx.oidc.entity('Grant', grant);
    }
    const user = await findAccount(provider, ctx, accountId, undefined);
    if (user === undefined) {
      throw notAccepted('subject_token', 'its user does not exist or is disabled');
    }
    ctx.oidc.entity('Account', user);
    return { grant, user };
  }

  return async function tokenExchangeGrant(ctx) {
    const { client, params } = ctx.oidc;
    if (client === undefined || client.clientAuthMethod === 'none') {
      throw new errors.UnauthorizedClient('a public client exchanges no tokens');
    }
    const [subjectValue, actorValue] = [readSubject(params), readActor(params)];
    const subject = await findSubject(ctx, client, subjectValue);
    if (actorValue !== undefined) {
      await checkActor(client, actorValue);
    }
    const target = await findTarget(ctx, client, subject.audience);
    const type = issuedTokenType(params, target.api);
    if (subject.patId !== undefined) {
      checkPersonalTarget(target.api);
    }
    const act = nextActor(client, subject);
    const { grant, user } = await findGrantAndUser(ctx, subject);
    const scopes = grantedScopes(ctx, possibleScopes(client, target, subject, grant, user));

    requestedApis.remember(ctx, [target.api]);
    const { accountId, audience, patId, codeId, token: presented } = subject;
    const server = new provider.ResourceServer(target.api._id, resourceServerOf(target.api, client, lifetimes));
    const now = epochSeconds(clock);
    const expiresAt = Math.min(now + Number(server.accessTokenTTL), presented.exp);
    const token = new provider.AccessToken({
      accountId,
      client,
      grantId: presented.grant_id,
      gty,
      scope: scopes.join(' '),
      ...(presented.session_id === undefined
        ? {}
        : { sessionUid: presented.session_id, sid: presented.sid, expiresWithSession: true }),
      exp: expiresAt,
    } as ConstructorParameters<typeof provider.AccessToken>[0]);
    token.resourceServer = server;
    setOrigin(token, {
      ...(act === undefined ? {} : { act }),
      ...(grant?.clientId === undefined || grant.clientId === client.clientId ? {} : { grantClientId: grant.clientId }),
      ...(patId === undefined ? {} : { patId }),
      ...(codeId === undefined ? {} : { codeId }),
      login: readLoginClaims(presented),
    });
    ctx.oidc.entity('AccessToken', token);
    const value = await token.save();
    await audit.record({
      ...actorOf(ctx.req, client.clientId),
      type: 'token.exchanged',
      outcome: 'success',
      accountId,
      clientId: client.clientId,
      detail: {
        subjectToken: presented.jti,
        ...(presented.client_id === undefined ? {} : { subjectClient: presented.client_id }),
        token: target.api.tokenFormat === 'jwt' ? token.jti : digest(value),
        from: audience.join(' '),
        to: target.api._id,
        scopes: scopes.join(' '),
      },
    });
    ctx.body = buildTokenResponse(provider, {
      accessToken: value,
      expiresIn: expiresAt - now,
      issuedTokenType: type,
      scope: token.scope,
      tokenType: token.tokenType,
    });
  };
}

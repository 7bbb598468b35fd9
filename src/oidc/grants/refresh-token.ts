/**
 * The refresh grant (RFC 6749 §6). It replaces the engine's own, which consumes the token before it checks the rest of
 * the request, so that a wrong `resource` costs the app its login. Here everything is checked and produced first. Every
 * refresh token rotates (RFC 9700 §4.14.2). One conditional update decides which request has used a token, and stores
 * the response in the same document. A repeat of the request gets the same response again for a short time: an app
 * whose connection broke, or that sent the request twice, is not signed out. Any other second use is a theft.
 */
import {
  errors,
  type Client,
  type Grant,
  type Provider,
  type RefreshToken,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import { after, epochSeconds, toEpochSeconds, type Clock } from '../../clock.ts';
import { StorageUnavailableError } from '../../errors.ts';
import type { KnownSession } from '../../storage/repositories/issued-tokens.ts';
import {
  nextValue,
  type RefreshFamily,
  type RefreshFamilyRepository,
} from '../../storage/repositories/refresh-families.ts';
import {
  apisOfRefreshToken,
  endOfRefreshToken,
  secondsOfNext,
  type FindRefreshLifetimes,
  type RefreshTokenLimits,
} from '../refresh-token-lifetime.ts';
import { instanceOf } from '../engine-internals.ts';
import type { RequestedApis } from '../requested-apis.ts';
import type { Issuing, TokenResponse } from './issuing.ts';
import { fingerprintOf, sealResponse, unsealResponse, type RepeatableResponse } from './repeatable-response.ts';

/** Why a family of refresh tokens ends: as the audit log says it. */
export type ReplayReason = 'used again' | 'used by another client';

export interface RefreshTokenGrantDependencies {
  readonly families: RefreshFamilyRepository;
  readonly issuing: Issuing;
  readonly requestedApis: RequestedApis;
  readonly findLifetimes: FindRefreshLifetimes;
  readonly clock: Clock;
  /** Seconds for which an expired token is kept. */
  readonly clockTolerance: number;
  /** Seconds in which a client may repeat a refresh. */
  readonly retryWindowOf: (client: Client) => number;
  /** Ends what belongs to a family that was stolen, and reports it. */
  readonly endFamily: (ctx: TokenEndpointGrantContext, family: RefreshFamily, reason: ReplayReason) => Promise<void>;
  /** Reports that another client has presented a token that was not used. */
  readonly reportStranger: (ctx: TokenEndpointGrantContext, family: RefreshFamily) => Promise<void>;
}

export const refreshTokenParameters = ['refresh_token', 'scope', 'resource', 'audience'] as const;

/** The tokens of a chain, and how long they may be valid now. */
interface FoundFamily {
  readonly family: RefreshFamily;
  readonly limits: RefreshTokenLimits;
}

/** What is known of a token when the request was checked. */
interface Use {
  readonly token: RefreshToken;
  readonly limits: RefreshTokenLimits;
  readonly grant: Grant;
  /** The login session with which the token ends, if it does. */
  readonly session: KnownSession | undefined;
}

/** How often a request starts again because another one has changed the family. Each time, the other one succeeded. */
const maxAttempts = 20;

const gty = 'refresh_token';

function withGrantType(previous: string | undefined): string {
  return previous === undefined || previous.endsWith(gty) ? (previous ?? gty) : `${previous} ${gty}`;
}

/** The scopes of the access token: the requested ones, which the refresh token must have (RFC 6749 §6). */
function narrowedScopes(ctx: TokenEndpointGrantContext, token: RefreshToken): Set<string> {
  const requested = ctx.oidc.requestParamScopes;
  if (!ctx.oidc.params?.['scope']) {
    return token.scopes;
  }
  const missing = [...requested].filter((scope) => !token.scopes.has(scope));
  if (missing.length > 0) {
    throw new errors.InvalidScope('refresh token missing requested scope', missing.join(' '));
  }
  return requested;
}

export function createRefreshTokenGrant(
  provider: Provider,
  deps: RefreshTokenGrantDependencies,
): (ctx: TokenEndpointGrantContext) => Promise<void> {
  const {
    families,
    issuing,
    requestedApis,
    findLifetimes,
    clock,
    clockTolerance,
    retryWindowOf,
    endFamily,
    reportStranger,
  } = deps;

  /** @throws InvalidGrant if there is no such family, or it has ended */
  async function findFamily(value: string): Promise<FoundFamily> {
    const family = await families.find(value);
    if (family === null) {
      throw new errors.InvalidGrant('refresh token not found');
    }
    const { document, payload } = family;
    const limits = await findLifetimes(String(payload['clientId']), apisOfRefreshToken(payload));
    const issuedAt = toEpochSeconds(document.consumedAt ?? document.createdAt);
    const end = endOfRefreshToken(limits, Number(payload['iiat']), issuedAt);
    if (issuing.isExpired(document) || end <= epochSeconds(clock)) {
      throw new errors.InvalidGrant('refresh token is expired');
    }
    return { family, limits };
  }

  /**
   * The response to the request that has used the token. Undefined if it was not used.
   * @param lostRace whether the token was not used when this request began: it came at the same time as another one,
   *   which is no theft, however late it is answered
   * @throws InvalidGrant, after the family was ended, if the token was stolen
   */
  async function responseToFirstUse(
    ctx: TokenEndpointGrantContext,
    family: RefreshFamily,
    value: string,
    lostRace: boolean,
  ): Promise<RepeatableResponse | undefined> {
    const { document, payload, presented } = family;
    const { client } = ctx.oidc;
    const isOwnClient = payload['clientId'] === client.clientId;
    if (presented === 'current') {
      if (!isOwnClient) {
        // Not a proof of a theft from this app. It stays valid, so that a stranger cannot sign its user out.
        await reportStranger(ctx, family);
        throw new errors.InvalidGrant('client mismatch');
      }
      return undefined;
    }
    if (!isOwnClient) {
      await endFamily(ctx, family, 'used by another client');
      throw new errors.InvalidGrant('client mismatch');
    }
    const { consumedAt: usedAt } = document;
    const window = retryWindowOf(client);
    // The time of the use is by the clock of another instance, perhaps.
    const isInTime = usedAt !== undefined && clock.now().getTime() - usedAt.getTime() <= window * 1000;
    const isRetry = presented === 'previous' && window > 0 && (isInTime || lostRace);
    if (!isRetry && !lostRace) {
      await endFamily(ctx, family, 'used again');
    }
    // An earlier version did not keep the response.
    if (!isRetry || document.sealedResponse === undefined) {
      throw new errors.InvalidGrant('refresh token already used');
    }
    return unsealResponse(value, document._id, document.sealedResponse);
  }

  /** Replaces the token. @returns undefined if another request was faster */
  async function rotate(
    ctx: TokenEndpointGrantContext,
    family: RefreshFamily,
    value: string,
    { token, limits, grant, session }: Use,
  ): Promise<TokenResponse | undefined> {
    const successor = nextValue(value);
    const { body, tokens } = await issuing.issue(ctx, token, {
      grant,
      session,
      gty: withGrantType(token.gty),
      codeId: family.document.familyId,
      scopes: narrowedScopes(ctx, token),
      refreshToken: successor,
    });
    const lifetime = secondsOfNext(limits, Number(token.iiat), epochSeconds(clock));
    const request = fingerprintOf(ctx, requestedApis);
    const rotated = await families.rotate(family, {
      value,
      successor,
      sealedResponse: sealResponse(value, family.document._id, { request, body }),
      expiresAt: after(clock, lifetime + clockTolerance),
      session,
      tokens,
    });
    return rotated ? body : undefined;
  }

  /** Another access token beside the first one, with the same successor. @returns undefined if the family changed */
  async function issueBeside(
    ctx: TokenEndpointGrantContext,
    family: RefreshFamily,
    first: RepeatableResponse,
    { token, grant, session }: Use,
  ): Promise<TokenResponse | undefined> {
    const { body, tokens } = await issuing.issue(ctx, token, {
      grant,
      session,
      gty: withGrantType(token.gty),
      codeId: family.document.familyId,
      scopes: narrowedScopes(ctx, token),
      refreshToken: String(first.body['refresh_token']),
    });
    return (await families.issueBeside(family, tokens)) ? body : undefined;
  }

  /** Answers the request from the family as it is now. @returns undefined if it has changed meanwhile */
  async function answer(
    ctx: TokenEndpointGrantContext,
    { family, limits }: FoundFamily,
    value: string,
    lostRace: boolean,
  ): Promise<TokenResponse | undefined> {
    const first = await responseToFirstUse(ctx, family, value, lostRace);
    const token = instanceOf(provider.RefreshToken, { client: ctx.oidc.client, jti: value }, family.payload);
    const grant = await issuing.findGrantAndUser(ctx, token, family, 'refresh token');
    const { sessionReadAt: readAt, sessionEndsAt: endsAt } = family.document;
    const known = readAt === undefined || endsAt === undefined ? undefined : { readAt, endsAt };
    const use = { token, limits, grant, session: await issuing.checkSession(token, 'refresh token', known) };
    ctx.oidc.entity('RefreshToken', token);
    if (first === undefined) {
      return rotate(ctx, family, value, use);
    }
    return first.request === fingerprintOf(ctx, requestedApis) ? first.body : issueBeside(ctx, family, first, use);
  }

  return async function refreshTokenGrant(ctx) {
    const value = ctx.oidc.params?.['refresh_token'];
    if (typeof value !== 'string' || value === '') {
      throw new errors.InvalidRequest("missing required parameter(s): 'refresh_token'");
    }
    let wasUnused = false;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const found = await findFamily(value);
      const body = await answer(ctx, found, value, wasUnused);
      wasUnused ||= found.family.presented === 'current';
      if (body !== undefined) {
        ctx.body = body;
        return;
      }
    }
    throw new StorageUnavailableError('a refresh token was changed by other requests all the time');
  };
}

/**
 * The refresh grant (RFC 6749 §6). It replaces the engine's own, which consumes the token before it checks the rest of
 * the request, so that a wrong `resource` costs the app its login. Here everything is checked first. Every refresh
 * token rotates (RFC 9700 §4.14.2). One conditional update decides which request has used a token. It also stores the
 * successor, which distinguishes a repeated request from a theft.
 */
import {
  errors,
  type AccessToken,
  type Grant,
  type Provider,
  type RefreshToken,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import type { Clock } from '../../clock.ts';
import type { OidcPayloadRepository } from '../../storage/repositories/oidc-payloads.ts';
import {
  buildTokenResponse,
  chooseValue,
  findAccount,
  findGrantSource,
  issueIdToken,
  resolveAndApplyResource,
  validateGrant,
} from '../engine-internals.ts';

export interface RefreshTokenGrantDependencies {
  readonly payloads: OidcPayloadRepository;
  readonly clock: Clock;
  /** Extends the login session that the token depends on, because refreshing is activity. */
  readonly extendSession: (uid: string) => Promise<void>;
  /** Revokes the family of a token that was used twice, and records it in the audit log. */
  readonly endFamily: (ctx: TokenEndpointGrantContext, token: RefreshToken) => Promise<void>;
}

export const refreshTokenParameters = ['refresh_token', 'scope', 'resource', 'audience'] as const;

/**
 * Milliseconds in which a second use counts as a race or retry of the same app. It is rejected without revoking the
 * family, if the successor was not used yet.
 */
const raceWindowMs = 30_000;

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
  const { payloads, clock, extendSession, endFamily } = deps;

  function accessTokenFor(ctx: TokenEndpointGrantContext, token: RefreshToken): AccessToken {
    const { client } = ctx.oidc;
    return new provider.AccessToken({
      accountId: token.accountId,
      client,
      expiresWithSession: token.expiresWithSession,
      grantId: token.grantId,
      gty: withGrantType(token.gty),
      sessionUid: token.sessionUid,
      sid: token.sid,
    } as ConstructorParameters<typeof provider.AccessToken>[0]);
  }

  /** The next token of the same family: with the same time of first issue, session and scopes. */
  function successorOf(ctx: TokenEndpointGrantContext, token: RefreshToken): RefreshToken {
    const { client } = ctx.oidc;
    const {
      accountId,
      acr,
      amr,
      authTime,
      claims,
      expiresWithSession,
      iiat,
      grantId,
      nonce,
      resource,
      scope,
      sessionUid,
      sid,
    } = token;
    const successor = new provider.RefreshToken({
      accountId,
      acr,
      amr,
      authTime,
      claims,
      client,
      expiresWithSession,
      iiat,
      grantId,
      nonce,
      resource,
      scope,
      sessionUid,
      sid,
      gty: withGrantType(token.gty),
      rotations: (token.rotations ?? 0) + 1,
    } as ConstructorParameters<typeof provider.RefreshToken>[0]);
    chooseValue(successor);
    return successor;
  }

  /** Rejects a used token: as a race or a lost response within the window, as a theft otherwise. */
  async function rejectUsedToken(ctx: TokenEndpointGrantContext, token: RefreshToken, value: string): Promise<never> {
    const usedAt = Number(token.consumed) * 1000;
    const successor = await payloads.findSuccessor('RefreshToken', value);
    // The first request stores the successor's id before the successor, so within the window a missing one counts as
    // unused.
    const isRace = clock.now().getTime() - usedAt <= raceWindowMs && successor?.consumedAt === undefined;
    if (!isRace) {
      await endFamily(ctx, token);
    }
    throw new errors.InvalidGrant('refresh token already used');
  }

  async function find(ctx: TokenEndpointGrantContext, value: string): Promise<{ token: RefreshToken; grant: Grant }> {
    const token = await findGrantSource<RefreshToken>(provider, ctx, provider.RefreshToken, value, 'refresh token');
    if (token.isExpired || token.grantId === undefined) {
      throw new errors.InvalidGrant('refresh token is expired');
    }
    const grant = await validateGrant(provider, ctx, token.grantId);
    ctx.oidc.entity('Grant', grant);
    const user = await findAccount(provider, ctx, token.accountId, token);
    if (user === undefined || grant.accountId !== token.accountId) {
      throw new errors.InvalidGrant('refresh token invalid (its user does not exist or is disabled)');
    }
    ctx.oidc.entity('Account', user);
    return { token, grant };
  }

  return async function refreshTokenGrant(ctx) {
    const value = ctx.oidc.params?.['refresh_token'];
    if (typeof value !== 'string' || value === '') {
      throw new errors.InvalidRequest("missing required parameter(s): 'refresh_token'");
    }
    const { token, grant } = await find(ctx, value);
    if (token.consumed) {
      await rejectUsedToken(ctx, token, value);
    }
    const scopes = narrowedScopes(ctx, token);
    const accessToken = accessTokenFor(ctx, token);
    await resolveAndApplyResource(provider, ctx, token, accessToken, grant, scopes);
    const successor = successorOf(ctx, token);

    // From here on, the request fails only if the database fails.
    if (!(await payloads.consume('RefreshToken', value, successor.jti))) {
      throw new errors.InvalidGrant('refresh token already used');
    }
    ctx.oidc.entity('RotatedRefreshToken', token);
    ctx.oidc.entity('RefreshToken', successor);
    ctx.oidc.entity('AccessToken', accessToken);
    const refreshTokenValue = await successor.save();
    const accessTokenValue = await accessToken.save();
    const idToken = await issueIdToken(provider, ctx, successor, accessToken, grant, scopes);
    if (token.expiresWithSession && token.sessionUid !== undefined) {
      await extendSession(token.sessionUid);
    }
    ctx.body = buildTokenResponse(provider, {
      accessToken: accessTokenValue,
      expiresIn: accessToken.expiration,
      idToken,
      refreshToken: refreshTokenValue,
      scope: token.scope ? (accessToken.scope ?? '') : accessToken.scope || undefined,
      tokenType: accessToken.tokenType,
    });
  };
}

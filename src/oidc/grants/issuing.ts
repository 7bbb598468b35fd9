/** What the code grant and the refresh grant have in common: they issue tokens for a user who allowed it. */
import {
  errors,
  type AuthorizationCode,
  type Client,
  type Grant,
  type Provider,
  type RefreshToken,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import { after, epochSeconds, toEpochSeconds, type Clock } from '../../clock.ts';
import { randomToken } from '../../crypto/secrets.ts';
import type { CheckedToken, Revocations } from '../../services/tokens/revocations.ts';
import type { OidcPayloadDocument } from '../../storage/collections.ts';
import type { IssuedToken, KnownSession } from '../../storage/repositories/issued-tokens.ts';
import type { Payload } from '../../storage/repositories/oidc-payloads.ts';
import {
  buildTokenResponse,
  findAccount,
  instanceOf,
  issueIdToken,
  issueValue,
  resolveAndApplyResource,
  type IdTokenSource,
} from '../engine-internals.ts';
import { grantOf } from '../grant-copy.ts';
import { setOrigin } from '../tokens/origin.ts';
import { secondsOfNext, type RefreshTokenLifetimes } from '../refresh-token-lifetime.ts';
import type { RequestedApis } from '../requested-apis.ts';
import { withBasis } from '../tokens/basis.ts';
import { grantableScopes, mayUse } from '../user-groups.ts';

/** The body of a successful token response (RFC 6749 §5.1). */
export type TokenResponse = Readonly<Record<string, unknown>>;

/** What is issued, before anything of it is stored. */
export interface Issued {
  readonly body: TokenResponse;
  /** The tokens that must be stored: not a JWT. */
  readonly tokens: readonly IssuedToken[];
}

export interface IssuingDependencies {
  readonly clock: Clock;
  /** Seconds for which an expired token is kept. */
  readonly clockTolerance: number;
  readonly lifetimes: RefreshTokenLifetimes;
  readonly requestedApis: Pick<RequestedApis, 'find'>;
  /**
   * Extends a login session, because it is used.
   * @returns its end; undefined if it has ended, belongs to another user, or the app has left it
   */
  readonly useSession: (uid: string, of: SessionUser) => Promise<Date | undefined>;
  /** What has ended lately: also ends what a request in progress stores after that. */
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  /** Removes what an end that failed has left. */
  readonly removeRest: {
    readonly ofGrant: (grantId: string) => Promise<void>;
    readonly ofSession: (uid: string) => Promise<unknown>;
    readonly ofAppOfSession: (uid: string, sid: string) => Promise<unknown>;
  };
}

/** Whose login session it is, and the app that uses it. */
export interface SessionUser {
  readonly accountId: string;
  readonly clientId: string;
}

/** For so many milliseconds after a session was looked up, it is not looked up again. */
const sessionCheckIntervalMs = 60_000;

/**
 * What an ID token is issued from. It names the app's part of the session (`sid`) to an app that is notified of logouts
 * (OpenID Connect Back-Channel Logout §2.1), or that asked for the claim.
 */
function sourceOfIdToken(source: AuthorizationCode | RefreshToken, client: Client): IdTokenSource {
  const { acr, amr, authTime, claims, nonce, scope, scopes } = source;
  const namesSession = client.includeSid() || claims?.id_token?.['sid'] !== undefined;
  return { acr, amr, authTime, claims, nonce, scope, scopes, sid: namesSession ? source.sid : undefined };
}

export function createIssuing(provider: Provider, deps: IssuingDependencies) {
  const { clock, clockTolerance, lifetimes, requestedApis, useSession, revocations, removeRest } = deps;

  return {
    /** Whether a stored code or token has expired. It is kept a little longer, because clocks differ. */
    isExpired: ({ expiresAt }: { readonly expiresAt: Date }): boolean =>
      expiresAt.getTime() - clockTolerance * 1000 <= clock.now().getTime(),

    /**
     * Finds the grant and the user of a code or refresh token, and remembers them for the rest of the request.
     * @param stored the document and the content of the code or token
     * @param what for the log: what was presented
     * @throws InvalidGrant
     */
    findGrantAndUser: async (
      ctx: TokenEndpointGrantContext,
      source: AuthorizationCode | RefreshToken,
      { document, payload }: { readonly document: OidcPayloadDocument; readonly payload: Payload },
      what: string,
    ): Promise<Grant> => {
      // Not the client, whose id may be that of a new client: its end removes its codes and tokens.
      const { grantId, sessionUid, sid, createdAt } = document;
      const issuedAt = toEpochSeconds(createdAt);
      const isRevoked = (of: Pick<CheckedToken, 'grantId' | 'sessionUid' | 'sid'>): Promise<boolean> =>
        revocations.isRevoked({ ...of, issuedAt, audience: [], scopes: [] });
      if (await isRevoked({ grantId, sessionUid, sid })) {
        // The list forgets an end after a day. If the removal has failed, what is left would be valid again then.
        if (grantId !== undefined && (await isRevoked({ grantId }))) {
          await removeRest.ofGrant(grantId);
        } else if (sessionUid !== undefined) {
          await (sid !== undefined && (await isRevoked({ sid }))
            ? removeRest.ofAppOfSession(sessionUid, sid)
            : removeRest.ofSession(sessionUid));
        }
        throw new errors.InvalidGrant(`${what} invalid (its grant or login session has ended)`);
      }
      const grant = await grantOf(provider, ctx, payload, clock);
      // Before the user is looked up, because the credentials of both are compared then.
      ctx.oidc.entity('Grant', grant);
      const user = await findAccount(provider, ctx, String(source.accountId), source);
      if (user === undefined || grant.accountId !== source.accountId) {
        throw new errors.InvalidGrant(`${what} invalid (its user does not exist or is disabled)`);
      }
      if (!mayUse(user, ctx.oidc.client)) {
        throw new errors.InvalidGrant(`${what} invalid (its user is in none of the groups that may use this client)`);
      }
      ctx.oidc.entity('Account', user);
      return grant;
    },

    /**
     * Checks that the login session of a code or refresh token has not ended, if it ends with one. Who ends a session
     * before its time removes its codes and tokens, so it need not be looked up each time.
     * @param known what is known of it already
     * @returns what is known of it now; undefined if the token does not end with a session
     * @throws InvalidGrant
     */
    checkSession: async (
      { expiresWithSession, sessionUid, accountId, clientId }: AuthorizationCode | RefreshToken,
      what: string,
      known?: KnownSession,
    ): Promise<KnownSession | undefined> => {
      if (expiresWithSession !== true) {
        return undefined;
      }
      const readAt = clock.now();
      if (
        known !== undefined &&
        readAt < known.endsAt &&
        Math.abs(readAt.getTime() - known.readAt.getTime()) < sessionCheckIntervalMs
      ) {
        return known;
      }
      const user = { accountId: String(accountId), clientId: String(clientId) };
      const endsAt = sessionUid === undefined ? undefined : await useSession(sessionUid, user);
      if (endsAt === undefined) {
        throw new errors.InvalidGrant(`${what} invalid (its login session has ended)`);
      }
      return { readAt, endsAt };
    },

    /**
     * Creates the access token and the ID token, and with them the whole response. Nothing is stored.
     * @param refreshToken its value, for the response
     * @throws InvalidTarget, InvalidScope
     */
    issue: async (
      ctx: TokenEndpointGrantContext,
      source: AuthorizationCode | RefreshToken,
      more: {
        readonly grant: Grant;
        readonly session: KnownSession | undefined;
        readonly gty: string;
        /** The id of the code from which it comes, directly or by a refresh; unknown in earlier versions. */
        readonly codeId: string | undefined;
        /** By default the scopes of the source. */
        readonly scopes?: Set<string>;
        readonly refreshToken?: string | undefined;
      },
    ): Promise<Issued> => {
      const { grant, session, gty, codeId, scopes, refreshToken } = more;
      const { accountId, expiresWithSession, grantId, sessionUid, sid } = source;
      const { client } = ctx.oidc;
      const members = { accountId, expiresWithSession, grantId, gty, sessionUid, sid };
      const accessToken = instanceOf(provider.AccessToken, { client }, members);
      const resource = await resolveAndApplyResource(provider, ctx, source, accessToken, grant, scopes);
      const user = ctx.oidc.account;
      const api = resource === undefined ? undefined : requestedApis.find(ctx, resource);
      if (user !== undefined && api !== undefined) {
        const asked = [...accessToken.scopes];
        const grantable = grantableScopes(user, api, asked);
        if (asked.length > 0 && grantable.length === 0) {
          throw new errors.InvalidScope('the user can no longer grant any of these scopes', asked.join(' '));
        }
        accessToken.scope = grantable.join(' ');
      }
      // A JWT is checked without its grant, so it must not outlive it.
      if (grant.exp !== undefined) {
        const expiresIn = Math.max(1, Math.min(accessToken.expiration, grant.exp - epochSeconds(clock)));
        Object.assign(accessToken, { expiresIn });
      }
      setOrigin(accessToken, codeId === undefined ? {} : { codeId });
      ctx.oidc.entity('AccessToken', accessToken);
      const { value, payload } = await issueValue(accessToken);
      const idToken = await issueIdToken(provider, ctx, sourceOfIdToken(source, client), accessToken, grant, scopes);
      return {
        body: {
          ...buildTokenResponse(provider, {
            accessToken: value,
            expiresIn: accessToken.expiration,
            idToken,
            refreshToken,
            scope: source.scope ? (accessToken.scope ?? '') : accessToken.scope || undefined,
            tokenType: accessToken.tokenType,
          }),
        },
        tokens:
          payload === undefined
            ? []
            : [
                {
                  model: 'AccessToken',
                  value,
                  payload: withBasis(payload, grant, session && toEpochSeconds(session.endsAt)),
                  expiresAt: after(clock, accessToken.expiration + clockTolerance),
                },
              ],
      };
    },

    /**
     * Creates the first refresh token of a code, which says the same of the user and the grant. Nothing is stored. It
     * has no `nonce`: later ID tokens have none, because no later request has sent one (OpenID Connect Core §12.2).
     */
    firstRefreshToken: (code: Payload, gty: string, session: KnownSession | undefined): IssuedToken => {
      const { accountId, acr, amr, authTime, claims, clientId, expiresWithSession } = code;
      const { grant, grantId, resource, scope, sessionUid, sid } = code;
      const now = epochSeconds(clock);
      const lifetime = secondsOfNext(lifetimes, now, now);
      return {
        model: 'RefreshToken',
        value: randomToken(),
        payload: {
          kind: 'RefreshToken',
          iat: now,
          exp: now + lifetime,
          iiat: now,
          gty,
          accountId,
          acr,
          amr,
          authTime,
          claims,
          clientId,
          expiresWithSession,
          grant,
          grantId,
          resource,
          scope,
          sessionUid,
          sid,
        },
        expiresAt: after(clock, lifetime + clockTolerance),
        session,
      };
    },
  };
}

export type Issuing = ReturnType<typeof createIssuing>;

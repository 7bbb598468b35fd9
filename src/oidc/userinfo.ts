/**
 * How the userinfo endpoint (OpenID Connect Core §5.3) finds a token, and what the user has allowed its app. The engine
 * would read the login session and the grant, too; here they come from the token's own document. The rest is the
 * engine's: the check of the audience, the client's origins, the claims, and the errors (RFC 6750 §3).
 *
 * The engine's steps for the client and the user create the error, with its stack, before they know whether there is
 * one: a tenth of the time of a request.
 */
import { errors, type Grant, type Provider } from 'oidc-provider';
import type { Revocations } from '../services/tokens/revocations.ts';
import type { FindProvenAccount } from './account.ts';
import type { EngineStep } from './engine-internals.ts';
import type { AccessTokens, StoredAccessToken } from './tokens/access-tokens.ts';

/** A user's access token. */
export interface UserToken extends StoredAccessToken {
  readonly accountId: string;
}

function isOfUser(token: StoredAccessToken): token is UserToken {
  return token.accountId !== undefined;
}

/** Finds what userinfo needs of a token. Undefined: there is none, and the request must be rejected. */
export interface UserinfoTokens {
  find(value: string): Promise<UserToken | undefined>;
  /** What the user has allowed the app; undefined if the token, its grant or its login session has ended. */
  findGrant(token: UserToken): Promise<Grant | undefined>;
}

export function createUserinfoTokens(
  provider: Provider,
  deps: { readonly accessTokens: AccessTokens; readonly isRevoked: Revocations['isRevoked'] },
): UserinfoTokens {
  const { accessTokens, isRevoked } = deps;
  return {
    find: async (value) => {
      const token = accessTokens.recognizes(value) ? await accessTokens.find(value) : undefined;
      return token !== undefined && isOfUser(token) ? token : undefined;
    },

    findGrant: async (token) => {
      const [revoked, basis] = await Promise.all([isRevoked(token), token.basis()]);
      if (revoked || basis === undefined) {
        return undefined;
      }
      const { accountId, clientId, grantId: jti } = token;
      const { credentialsVersion, scope = '', claims = [] } = basis;
      const openid = { scope, claims: [...claims] };
      return new provider.Grant({ accountId, clientId, jti, openid, credentialsVersion } as object);
    },
  };
}

export interface UserinfoSteps {
  /** Finds the access token of the request, and its grant. */
  readonly token: EngineStep;
  readonly client: EngineStep;
  readonly user: EngineStep;
  /** Would read the grant, which is there already. */
  readonly grant: EngineStep;
}

export function createUserinfoSteps(
  provider: Provider,
  deps: { readonly tokens: UserinfoTokens; readonly findProvenAccount: FindProvenAccount },
): UserinfoSteps {
  const { tokens, findProvenAccount } = deps;
  type AccessTokenProperties = ConstructorParameters<Provider['AccessToken']>[0];

  return {
    token: async (ctx, next) => {
      const token = await tokens.find(ctx.oidc.getAccessToken());
      if (token === undefined) {
        throw new errors.InvalidToken('access token not found');
      }
      ctx.oidc.entity('AccessToken', new provider.AccessToken(token.payload as unknown as AccessTokenProperties));
      if (!token.scopes.includes('openid')) {
        throw new errors.InsufficientScope('access token missing openid scope', 'openid');
      }
      const grant = await tokens.findGrant(token);
      if (grant === undefined) {
        throw new errors.InvalidToken('the grant or the login session of the access token has ended');
      }
      ctx.oidc.entity('Grant', grant);
      await next();
    },
    client: async (ctx, next) => {
      const client = await provider.Client.find(String(ctx.oidc.entities.AccessToken?.clientId));
      if (client === undefined) {
        throw new errors.InvalidToken('associated client not found');
      }
      ctx.oidc.entity('Client', client);
      await next();
    },
    user: async (ctx, next) => {
      const { AccessToken: token, Grant: grant } = ctx.oidc.entities;
      const account = token && (await findProvenAccount(token.accountId, grant));
      if (account === undefined) {
        throw new errors.InvalidToken('associated account not found');
      }
      ctx.oidc.entity('Account', account);
      await next();
    },
    grant: (_ctx, next) => next(),
  };
}

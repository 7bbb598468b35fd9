/**
 * How the userinfo endpoint (OpenID Connect Core §5.3) finds a token, and what the user has allowed its app. The engine
 * would read the login session and the grant, too; here they come from the token's own document. The rest is the
 * engine's: the check of the audience, the client's origins, the claims, and the errors (RFC 6750 §3).
 *
 * The engine's steps for the client and the user create the error, with its stack, before they know whether there is
 * one: a tenth of the time of a request.
 */
import { errors, type FindAccount, type Provider } from 'oidc-provider';
import type { Revocations } from '../services/tokens/revocations.ts';
import type { EngineStep } from './engine-internals.ts';
import type { AccessTokens } from './tokens/access-tokens.ts';

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
  deps: {
    readonly accessTokens: AccessTokens;
    readonly isRevoked: Revocations['isRevoked'];
    readonly findAccount: FindAccount;
  },
): UserinfoSteps {
  const { accessTokens, isRevoked, findAccount } = deps;
  type AccessTokenProperties = ConstructorParameters<Provider['AccessToken']>[0];

  return {
    token: async (ctx, next) => {
      const value = ctx.oidc.getAccessToken();
      const token = accessTokens.recognizes(value) ? await accessTokens.find(value) : undefined;
      if (token?.accountId === undefined) {
        throw new errors.InvalidToken('access token not found');
      }
      ctx.oidc.entity('AccessToken', new provider.AccessToken(token.payload as unknown as AccessTokenProperties));
      if (!token.scopes.includes('openid')) {
        throw new errors.InsufficientScope('access token missing openid scope', 'openid');
      }
      const [revoked, basis] = await Promise.all([isRevoked(token), token.basis()]);
      if (revoked || basis === undefined) {
        throw new errors.InvalidToken('the grant or the login session of the access token has ended');
      }
      const { accountId, clientId, grantId: jti } = token;
      const { credentialsVersion, scope = '', claims = [] } = basis;
      const openid = { scope, claims: [...claims] };
      // The user is compared with its version when the engine loads the user (account.ts).
      ctx.oidc.entity('Grant', new provider.Grant({ accountId, clientId, jti, openid, credentialsVersion } as object));
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
      const { AccessToken: token } = ctx.oidc.entities;
      const account = token && (await findAccount(ctx, token.accountId, token));
      if (account === undefined) {
        throw new errors.InvalidToken('associated account not found');
      }
      ctx.oidc.entity('Account', account);
      await next();
    },
    grant: (_ctx, next) => next(),
  };
}

/**
 * How the userinfo endpoint (OpenID Connect Core §5.3) finds a token, and what the user has allowed its app. The engine
 * would read the login session and the grant, too; here they come from the token's own document. The rest is the
 * engine's: the check of the audience, the client's origins, the user, the claims, and the errors (RFC 6750 §3).
 */
import { errors, type Provider } from 'oidc-provider';
import type { Revocations } from '../services/revocations.ts';
import type { EngineStep } from './engine-internals.ts';
import type { AccessTokens } from './tokens/access-tokens.ts';

export interface UserinfoSteps {
  /** Finds the access token of the request, and its grant. */
  readonly token: EngineStep;
  /** Would read the grant, which is there already. */
  readonly grant: EngineStep;
}

export function createUserinfoSteps(
  provider: Provider,
  deps: { readonly accessTokens: AccessTokens; readonly isRevoked: Revocations['isRevoked'] },
): UserinfoSteps {
  const { accessTokens, isRevoked } = deps;
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
    grant: (_ctx, next) => next(),
  };
}

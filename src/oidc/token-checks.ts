/**
 * What this server does with tokens that are presented to it: introspection, revocation and userinfo, for every kind of
 * token. Each new engine gets these checks, with the keys of its time.
 */
import type { JWK } from 'jose';
import type { Provider } from 'oidc-provider';
import { replaceTokenChecks } from './engine-internals.ts';
import { createIntrospection, type DescribeToken } from './introspection.ts';
import { createTokenRevocation } from './token-revocation.ts';
import { createAccessTokens } from './tokens/access-tokens.ts';
import { createBasisReader } from './tokens/basis.ts';
import { createJwtAccessTokens } from './tokens/jwt-access-tokens.ts';
import { createFindToken, type FindToken } from './tokens/kinds.ts';
import { createPersonalAccessTokens } from './tokens/personal-access-tokens.ts';
import { createRefreshTokens } from './tokens/refresh-tokens.ts';
import { createFindUserOfToken } from './tokens/user-of-token.ts';
import { createUserinfoSteps, createUserinfoTokens, type UserinfoTokens } from './userinfo.ts';

type DependenciesOf<Create extends (deps: never) => unknown> = Parameters<Create>[0];

export type TokenCheckDependencies = DependenciesOf<typeof createBasisReader> &
  DependenciesOf<typeof createFindUserOfToken> &
  Omit<DependenciesOf<typeof createAccessTokens>, 'basis'> &
  Omit<DependenciesOf<typeof createRefreshTokens>, 'basis'> &
  Omit<DependenciesOf<typeof createJwtAccessTokens>, 'basis' | 'keys'> &
  DependenciesOf<typeof createPersonalAccessTokens> &
  Omit<DependenciesOf<typeof createIntrospection>, 'findToken' | 'findUser' | 'isRevoked'> &
  Omit<DependenciesOf<typeof createTokenRevocation>, 'findToken'> &
  Pick<Parameters<typeof createUserinfoSteps>[1], 'findProvenAccount'> & {
    readonly revocations: { readonly isRevoked: DependenciesOf<typeof createIntrospection>['isRevoked'] };
  };

export interface TokenChecks {
  readonly findToken: FindToken;
  /** What introspection answers a client about a token. */
  readonly describeToken: DescribeToken;
  readonly userinfoTokens: UserinfoTokens;
}

/** @returns a function that replaces the checks of an engine; `keys` are the published ones, which verify JWTs */
export function createTokenChecks(
  deps: TokenCheckDependencies,
): (provider: Provider, keys: readonly JWK[]) => TokenChecks {
  const { isRevoked } = deps.revocations;
  const basis = createBasisReader(deps);
  const findUser = createFindUserOfToken(deps);
  const accessTokens = createAccessTokens({ ...deps, basis });
  const refreshTokens = createRefreshTokens({ ...deps, basis });
  const personalAccessTokens = createPersonalAccessTokens(deps);

  return (provider, keys) => {
    // The kinds of token that introspection and revocation know.
    const findToken = createFindToken([
      accessTokens,
      refreshTokens,
      personalAccessTokens,
      createJwtAccessTokens({ ...deps, basis, keys }),
    ]);
    const introspection = createIntrospection({ ...deps, isRevoked, findToken, findUser });
    const userinfoTokens = createUserinfoTokens(provider, { accessTokens, isRevoked });
    replaceTokenChecks(provider, {
      introspection: introspection.step,
      revocation: createTokenRevocation({ ...deps, findToken }),
      userinfo: createUserinfoSteps(provider, { ...deps, tokens: userinfoTokens }),
    });
    return { findToken, describeToken: introspection.describe, userinfoTokens };
  };
}

// What `engine-internals.ts` takes from files of the engine that its types do not describe.
declare module 'oidc-provider/lib/helpers/grant_common.js' {
  import type { AccessToken, Grant, Provider, RefreshToken, TokenEndpointGrantContext } from 'oidc-provider';

  export function issueIdToken(
    provider: Provider,
    ctx: TokenEndpointGrantContext,
    source: RefreshToken,
    accessToken: AccessToken,
    grant: Grant,
    scopes?: Set<string>,
  ): Promise<string | undefined>;
}

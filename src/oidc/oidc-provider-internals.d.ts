// Types for the files of the engine that `engine-internals.ts` imports and the engine's own types do not describe.
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

declare module 'oidc-provider/lib/actions/introspection.js' {
  import type { Middleware } from 'koa';

  const steps: Middleware[];
  export default steps;
}

declare module 'oidc-provider/lib/actions/revocation.js' {
  import type { Middleware } from 'koa';

  const steps: Middleware[];
  export default steps;
}

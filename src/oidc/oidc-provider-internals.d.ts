// Types for the files of the engine that `engine-internals.ts` imports and the engine's own types do not describe.
declare module 'oidc-provider/lib/helpers/grant_common.js' {
  import type {
    AccessToken,
    AuthorizationCode,
    Grant,
    Provider,
    RefreshToken,
    TokenEndpointGrantContext,
  } from 'oidc-provider';

  /** The members of a code or refresh token that an ID token is issued from. */
  export type IdTokenSource = Pick<
    AuthorizationCode | RefreshToken,
    'acr' | 'amr' | 'authTime' | 'claims' | 'nonce' | 'scope' | 'scopes' | 'sid'
  >;

  export function issueIdToken(
    provider: Provider,
    ctx: TokenEndpointGrantContext,
    source: IdTokenSource,
    accessToken: AccessToken,
    grant: Grant,
    scopes?: Set<string>,
  ): Promise<string | undefined>;
}

declare module 'oidc-provider/lib/actions/introspection.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  const steps: EngineStep[];
  export default steps;
}

declare module 'oidc-provider/lib/actions/end_session.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  /** The steps after the form that asks the user. */
  export const confirm: EngineStep[];
}

declare module 'oidc-provider/lib/actions/revocation.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  const steps: EngineStep[];
  export default steps;
}

declare module 'oidc-provider/lib/actions/authorization/index.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export type EngineStep = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void> | void;
  export default function stepsOf(endpoint: string): EngineStep[];
}

declare module 'oidc-provider/lib/actions/authorization/claims.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  export const assignClaims: EngineStep;
}

declare module 'oidc-provider/lib/actions/token.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  const steps: EngineStep[];
  export default steps;
}

declare module 'oidc-provider/lib/actions/userinfo.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  const steps: EngineStep[];
  export default steps;
}

declare module 'oidc-provider/lib/helpers/pkce.js' {
  export default function checkPkce(
    verifier: string | undefined,
    challenge: string | undefined,
    method: string | undefined,
  ): void;
}

declare module 'oidc-provider/lib/helpers/validate_presence.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export default function requireParameters(ctx: KoaContextWithOIDC, ...names: readonly string[]): void;
}

declare module 'oidc-provider/lib/helpers/process_response_types.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export default function processResponseTypes(ctx: KoaContextWithOIDC): Promise<{ readonly code?: string }>;
}

declare module 'oidc-provider/lib/helpers/als.js' {
  import type { AsyncLocalStorage } from 'node:async_hooks';
  import type { KoaContextWithOIDC } from 'oidc-provider';

  const currentContext: AsyncLocalStorage<KoaContextWithOIDC>;
  export default currentContext;
}

declare module 'oidc-provider/lib/shared/error_handler.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  /** @param event the event that an error is */
  export default function handleErrors(event: string): EngineStep;
}

declare module 'oidc-provider/lib/shared/authorization_error_handler.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  const handleAuthorizationErrors: EngineStep;
  export default handleAuthorizationErrors;
}

declare module 'oidc-provider/lib/shared/check_resource.js' {
  import type { EngineStep } from 'oidc-provider/lib/actions/authorization/index.js';

  const checkResource: EngineStep;
  export default checkResource;
}

declare module 'oidc-provider/lib/helpers/params.js' {
  /** The parameters of a request, of which an empty one counts as absent. */
  const Params: new (
    names: readonly string[],
    values: Readonly<Record<string, unknown>>,
  ) => { toPlainObject(): Readonly<Record<string, unknown>> };
  export default Params;
}

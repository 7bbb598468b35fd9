/** Which client a request at an endpoint of the engine is from, once the engine has read it. */
import type { Context } from 'koa';

/** The part that is read here of what the engine keeps with a request. */
interface EngineRequest {
  readonly oidc?: {
    readonly client?: { readonly clientId: string };
    readonly params?: Readonly<Record<string, unknown>>;
  };
}

/**
 * The client of a request at an endpoint where clients authenticate; undefined where that failed. What a stranger only
 * claims must not use up the requests of another.
 */
export function authenticatedClientId(ctx: Context): string | undefined {
  return ctx.status === 401 ? undefined : (ctx as EngineRequest).oidc?.client?.clientId;
}

/** The `client_id` in the body of the request, which nobody may have proved yet. */
export function claimedClientId(ctx: Context): string | undefined {
  const clientId = (ctx as EngineRequest).oidc?.params?.['client_id'];
  return typeof clientId === 'string' ? clientId : undefined;
}

/** The guard for Hono. */
import type { Answer } from '../answer.ts';
import type { Claims } from '../claims.ts';
import type { Core } from '../core.ts';
import { fromFetch, type FetchRequest } from '../request.ts';
import { createClaimsStore, type ClaimsOfRequests, type Lifecycle } from './adapter.ts';

/** The part of Hono's context that the guard uses. */
export interface HonoContext {
  readonly req: { readonly raw: FetchRequest };
}

export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

export interface HonoGuard<Custom extends object> extends Lifecycle, ClaimsOfRequests<Custom, object> {
  /** Middleware that lets only requests pass whose token has all these scopes. */
  require(...scopes: readonly string[]): HonoMiddleware;
  /** Middleware that answers requests for the protected-resource metadata (RFC 9728). */
  readonly metadata: HonoMiddleware;
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers: { ...headers } });
}

/** @param addressOf finds the address of the caller, which the Fetch standard does not have */
export function honoGuard<Custom extends object>(
  core: Core,
  lifecycle: Lifecycle,
  addressOf: (context: HonoContext) => string | undefined,
): HonoGuard<Custom> {
  const store = createClaimsStore();
  const read = (context: HonoContext) => fromFetch(context.req.raw, addressOf(context));
  return {
    ...lifecycle,
    claims: (context) => store.get(context) as Claims<Custom>,
    require(...scopes) {
      const admit = core.route(scopes);
      return async (context, next) => {
        const admission = await admit(read(context), store.find(context));
        if ('answer' in admission) {
          return toResponse(admission.answer);
        }
        store.set(context, admission.claims);
        await next();
        return undefined;
      };
    },
    metadata: async (context, next) => {
      const answer = core.metadata(read(context));
      if (answer !== undefined) {
        return toResponse(answer);
      }
      await next();
      return undefined;
    },
  };
}

/** The guard for Koa. */
import type { Answer } from '../answer.ts';
import type { Claims } from '../claims.ts';
import type { Core } from '../core.ts';
import { fromNode, type NodeRequest } from '../request.ts';
import { createClaimsStore, type ClaimsOfRequests, type Lifecycle } from './adapter.ts';

/** The part of Koa's context that the guard uses. */
export interface KoaContext {
  readonly req: NodeRequest;
  readonly originalUrl: string;
  readonly ip: string;
  status: number;
  body: unknown;
  set(fields: { readonly [name: string]: string }): void;
}

export type KoaMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void>;

export interface KoaGuard<Custom extends object> extends Lifecycle, ClaimsOfRequests<Custom, object> {
  /** Middleware that lets only requests pass whose token has all these scopes. */
  require(...scopes: readonly string[]): KoaMiddleware;
  /** Middleware that answers requests for the protected-resource metadata (RFC 9728). */
  readonly metadata: KoaMiddleware;
}

function send(ctx: KoaContext, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
}

export function koaGuard<Custom extends object>(core: Core, lifecycle: Lifecycle): KoaGuard<Custom> {
  const store = createClaimsStore();
  const read = (ctx: KoaContext) => fromNode(ctx.req, { target: ctx.originalUrl, address: ctx.ip });
  return {
    ...lifecycle,
    claims: (ctx) => store.get(ctx) as Claims<Custom>,
    require(...scopes) {
      const admit = core.route(scopes);
      return async (ctx, next) => {
        const admission = await admit(read(ctx), store.find(ctx));
        if ('answer' in admission) {
          send(ctx, admission.answer);
          return;
        }
        store.set(ctx, admission.claims);
        await next();
      };
    },
    metadata: async (ctx, next) => {
      const answer = core.metadata(read(ctx));
      if (answer === undefined) {
        await next();
        return;
      }
      send(ctx, answer);
    },
  };
}

/** One log line and one measurement for each request, when its answer is complete. */
import type { Context, Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { routes } from '../../oidc/configuration.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { Logger } from '../../logging.ts';

export interface RequestMeasurement {
  readonly method: string;
  /** The pattern of the route, never the path: its values would make a series each. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Paths of the engine and of middleware: those of our pages are named by the router that answers them. */
const known = new Set<string>([
  ...Object.values(routes),
  `${routes.end_session}/confirm`,
  `${routes.end_session}/success`,
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]);
const patterns: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^${routes.authorization}/[^/]+$`), `${routes.authorization}/:uid`],
  [/^\/assets\/./, '/assets/:file'],
];

/** The pattern of the route that answers; whatever is no route is one, since a caller may invent paths without end. */
function routeOf(ctx: Context): string {
  const matched: unknown = ctx['_matchedRoute'];
  if (typeof matched === 'string') {
    return matched;
  }
  return known.has(ctx.path) ? ctx.path : (patterns.find(([pattern]) => pattern.test(ctx.path))?.[1] ?? 'other');
}

export function observe(deps: {
  readonly log: Logger;
  readonly measure: (measurement: RequestMeasurement) => void;
}): Middleware {
  return async function observeRequest(ctx, next) {
    const began = monotonicMilliseconds();
    try {
      await next();
    } finally {
      const milliseconds = monotonicMilliseconds() - began;
      const { requestId, address } = requestContext(ctx.req);
      const route = routeOf(ctx);
      deps.measure({ method: ctx.method, route, status: ctx.status, seconds: milliseconds / 1000 });
      deps.log.info(
        {
          requestId,
          address,
          method: ctx.method,
          route,
          status: ctx.status,
          milliseconds: Math.round(milliseconds * 10) / 10,
        },
        'request',
      );
    }
  };
}

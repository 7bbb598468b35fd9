/** One log line and one measurement for each request, when its answer is complete. */
import type { Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { requestState } from '../../oidc/request.ts';
import type { Logger } from '../../logging.ts';

export interface RequestMeasurement {
  readonly method: string;
  /** The pattern of the route, never the path: its values would make a series each. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Paths with a value in them, and the pattern that stands for them. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/^\/authorize\/[^/]+$/, '/authorize/:uid'],
  [/^\/interaction\/[^/]+(\/[a-z-]+)?$/, '/interaction/:uid$1'],
  [/^\/account\/sessions\/[^/]+\/end$/, '/account/sessions/:id/end'],
  [/^\/account\/apps\/[^/]+\/withdraw$/, '/account/apps/:client/withdraw'],
  [/^\/(setup|password)\/[^/]+$/, '/$1/:token'],
  [/^\/assets\/.+$/, '/assets/:file'],
  [/^\/logos\/.+$/, '/logos/:file'],
  [/^\/development\/outbox\/[^/]+$/, '/development/outbox/:id'],
];

/** The pattern of a path; every path that is no route of ours is one. */
export function routeOf(path: string, status: number): string {
  const matched = patterns.find(([pattern]) => pattern.test(path));
  if (matched !== undefined) {
    return path.replace(matched[0], matched[1]);
  }
  return status === 404 || path.length > 60 ? 'other' : path;
}

export function observe(deps: { readonly log: Logger; readonly measure: (measurement: RequestMeasurement) => void }): Middleware {
  return async function observeRequest(ctx, next) {
    const began = monotonicMilliseconds();
    try {
      await next();
    } finally {
      const milliseconds = monotonicMilliseconds() - began;
      const { requestId, address } = requestState(ctx.req);
      const route = routeOf(ctx.path, ctx.status);
      deps.measure({ method: ctx.method, route, status: ctx.status, seconds: milliseconds / 1000 });
      deps.log.info({ requestId, address, method: ctx.method, route, status: ctx.status, milliseconds: Math.round(milliseconds * 10) / 10 }, 'request');
    }
  };
}

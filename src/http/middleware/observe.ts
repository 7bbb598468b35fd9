/** Writes one log line and one measurement for each request, when its response is complete. */
import type { Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { Logger } from '../../logging.ts';

export interface RequestMeasurement {
  readonly method: string;
  /** The path pattern of the endpoint, not the path of the request: each label value creates a time series. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export function observe(deps: {
  readonly log: Logger;
  readonly measure: (measurement: RequestMeasurement) => void;
}): Middleware {
  return async function observeRequest(ctx, next) {
    const startedAt = monotonicMilliseconds();
    try {
      await next();
    } finally {
      const milliseconds = monotonicMilliseconds() - startedAt;
      const { requestId, address, endpoint } = requestContext(ctx.req);
      // One label for all unknown paths, because callers can invent any number of them.
      const route = endpoint?.path ?? 'other';
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

/** One log line and one measurement for each request, when its answer is complete. */
import type { Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { Logger } from '../../logging.ts';

export interface RequestMeasurement {
  readonly method: string;
  /** The path of the endpoint as the table has it, never the request's: each of its values would make a series. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
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
      const { requestId, address, endpoint } = requestContext(ctx.req);
      // What is not there has one name, since a caller may invent paths without end.
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

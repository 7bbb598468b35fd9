/** For whoever watches over the server; under any host, since probes come by address. */
import type { Middleware } from 'koa';
import { timingSafeEqual } from 'node:crypto';
import { digest } from '../../crypto/secrets.ts';

export interface HealthDependencies {
  /** Resolves when requests can be served; rejects with the reason otherwise. */
  readonly checkReady: () => Promise<void>;
  /** The metrics in Prometheus's text format. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** What a caller of `/metrics` presents; without one only loopback is answered. */
  readonly metricsToken: string | undefined;
}

function presents(authorization: string | undefined, token: string): boolean {
  const presented = Buffer.from(digest((authorization ?? '').replace(/^Bearer /i, '')));
  return timingSafeEqual(presented, Buffer.from(digest(token)));
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(address);
}

/** Headers of which a proxy sets at least one. */
const proxied = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

const paths = new Set(['/healthz', '/readyz', '/metrics']);

export function healthRoutes({ checkReady, metrics, metricsToken }: HealthDependencies): Middleware {
  return async function health(ctx, next) {
    if (!paths.has(ctx.path) || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      await next();
      return;
    }
    ctx.set('Cache-Control', 'no-store');
    switch (ctx.path) {
      case '/healthz':
        ctx.body = { status: 'ok' };
        return;
      case '/readyz':
        try {
          await checkReady();
          ctx.body = { status: 'ready' };
        } catch {
          ctx.status = 503;
          ctx.set('Retry-After', '2');
          ctx.body = { status: 'not ready' };
        }
        return;
      default: {
        // Behind a proxy on the same machine everybody comes from loopback, so a forwarded request is none.
        const local =
          isLoopback(ctx.req.socket.remoteAddress) && !proxied.some((name) => ctx.req.headers[name] !== undefined);
        if (metricsToken === undefined ? !local : !presents(ctx.req.headers.authorization, metricsToken)) {
          ctx.status = metricsToken === undefined ? 403 : 401;
          if (metricsToken !== undefined) {
            ctx.set('WWW-Authenticate', 'Bearer');
          }
          ctx.body = { error: 'forbidden', error_description: 'Set METRICS_TOKEN and present it as a Bearer token.' };
          return;
        }
        const { contentType, body } = await metrics();
        ctx.set('Content-Type', contentType);
        ctx.body = body;
      }
    }
  };
}

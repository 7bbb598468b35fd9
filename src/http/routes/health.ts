/** Health checks and metrics for monitoring. They answer under any host, because probes connect by IP address. */
import type { Context, Middleware } from 'koa';
import { timingSafeEqual } from 'node:crypto';
import { digest } from '../../crypto/secrets.ts';
import { isLocalCaller } from '../local-caller.ts';

export interface HealthDependencies {
  /** Resolves when requests can be served; rejects with the reason otherwise. */
  readonly checkReady: () => Promise<void>;
  /** The metrics in Prometheus's text format. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** The bearer token for `/metrics`. Without one, only local callers are answered (local-caller.ts). */
  readonly metricsToken: string | undefined;
}

function presentsToken(authorization: string | undefined, token: string): boolean {
  const presented = Buffer.from(digest((authorization ?? '').replace(/^Bearer /i, '')));
  return timingSafeEqual(presented, Buffer.from(digest(token)));
}

export const healthPaths: readonly string[] = ['/healthz', '/readyz', '/metrics'];

export function healthRoutes({ checkReady, metrics, metricsToken }: HealthDependencies): Middleware {
  async function answer(ctx: Context): Promise<void> {
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
        if (
          metricsToken === undefined
            ? !isLocalCaller(ctx.req)
            : !presentsToken(ctx.req.headers.authorization, metricsToken)
        ) {
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
  }

  return function health(ctx, next) {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    return isRead && healthPaths.includes(ctx.path) ? answer(ctx) : next();
  };
}

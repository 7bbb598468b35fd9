/**
 * What the engine leaves to its host on the routes that are its: methods it has no answer for, headers of keys and
 * metadata, and cross-origin calls kept to the endpoints that are meant for them.
 */
import type { Context, Middleware } from 'koa';
import { discoveryPaths, routes } from '../../oidc/configuration.ts';

/** Path and the methods that it has. */
const methods: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...discoveryPaths.map((path) => [path, ['GET', 'HEAD', 'OPTIONS']] as const),
  [routes.jwks, ['GET', 'HEAD', 'OPTIONS']],
  [routes.authorization, ['GET', 'POST']],
  [routes.token, ['POST', 'OPTIONS']],
  [routes.introspection, ['POST']],
  [routes.revocation, ['POST', 'OPTIONS']],
  [routes.userinfo, ['GET', 'POST', 'OPTIONS']],
  [routes.pushed_authorization_request, ['POST']],
  [routes.end_session, ['GET', 'POST']],
]);

/** Whether a path is an endpoint of the engine's, so that no page of ours is there. */
export function isEngineEndpoint(path: string): boolean {
  return methods.has(path);
}

const crossOrigin = new Set<string>([...discoveryPaths, routes.jwks, routes.token, routes.userinfo, routes.revocation]);

/** From the question to the page that says that it is done the engine forgets the language that the app asked for. */
function keepLanguage(ctx: Context, issuer: string): void {
  const location = ctx.res.getHeader('Location');
  const { ui_locales: uiLocales } = ctx.query;
  if (
    ctx.path === `${routes.end_session}/confirm` &&
    typeof uiLocales === 'string' &&
    typeof location === 'string' &&
    location.startsWith(`${issuer}${routes.end_session}/success`)
  ) {
    const url = new URL(location);
    url.searchParams.set('ui_locales', uiLocales);
    ctx.set('Location', url.href);
  }
}

/** @param deps.cacheMaxAge seconds that others may keep our keys and metadata */
export function engineAnswers(deps: { readonly issuer: string; readonly cacheMaxAge: number }): Middleware {
  const cached = new Set<string>([...discoveryPaths, routes.jwks]);
  return async function completeEngineAnswers(ctx, next) {
    const allowed = methods.get(ctx.path);
    if (allowed !== undefined && !allowed.includes(ctx.method)) {
      ctx.set('Allow', allowed.join(', '));
      ctx.status = 405;
      ctx.body = { error: 'invalid_request', error_description: `${ctx.path} answers to ${allowed.join(', ')}` };
      return;
    }
    await next();
    keepLanguage(ctx, deps.issuer);
    if (cached.has(ctx.path) && ctx.status === 200) {
      ctx.set('Cache-Control', `public, max-age=${deps.cacheMaxAge}`);
      // The same for everybody: an answer that names one origin is of no use to the next from the same cache.
      ctx.set('Access-Control-Allow-Origin', '*');
    }
    if (!crossOrigin.has(ctx.path)) {
      ctx.remove('Access-Control-Allow-Origin');
      ctx.remove('Access-Control-Expose-Headers');
    }
  };
}

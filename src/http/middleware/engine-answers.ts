/**
 * Completes the engine's answers: cache headers of keys and metadata, CORS only on the endpoints that are meant for it,
 * no type for an empty answer, and a redirect when the target of the logout form is opened by GET.
 */
import type { Context, Middleware } from 'koa';
import { endpoints } from '../../oidc/endpoints.ts';
import { requestContext } from '../../oidc/request-context.ts';
import { seeOther } from '../page.ts';

/** Keeps `ui_locales` in the redirect from the logout form to the signed-out page: the engine drops it. */
function keepLanguage(ctx: Context, issuer: string): void {
  const location = ctx.res.getHeader('Location');
  const { ui_locales: uiLocales } = ctx.query;
  if (
    typeof uiLocales === 'string' &&
    typeof location === 'string' &&
    location.startsWith(`${issuer}${endpoints.end_session_success.path}`)
  ) {
    const url = new URL(location);
    url.searchParams.set('ui_locales', uiLocales);
    ctx.set('Location', url.href);
  }
}

/** @param deps.cacheMaxAge seconds for which clients and proxies may cache keys and metadata */
export function engineAnswers(deps: { readonly issuer: string; readonly cacheMaxAge: number }): Middleware {
  return async function completeEngineAnswers(ctx, next) {
    const { endpoint } = requestContext(ctx.req);
    if (endpoint === endpoints.end_session_confirm && ctx.method === 'GET') {
      // The page with the form.
      seeOther(ctx, endpoints.end_session.path + ctx.search);
      return;
    }
    await next();
    if (endpoint === endpoints.end_session_confirm) {
      keepLanguage(ctx, deps.issuer);
    }
    if (ctx.body === '') {
      // Clients parse an answer by its type, and no type describes an empty one.
      ctx.remove('Content-Type');
    }
    if (endpoint?.caching === 'public' && ctx.status === 200) {
      ctx.set('Cache-Control', `public, max-age=${deps.cacheMaxAge}`);
      // `*`, because a cached answer that names one origin would not work for another origin.
      ctx.set('Access-Control-Allow-Origin', '*');
    }
    if (endpoint?.cors === 'none') {
      ctx.remove('Access-Control-Allow-Origin');
      ctx.remove('Access-Control-Expose-Headers');
    }
  };
}

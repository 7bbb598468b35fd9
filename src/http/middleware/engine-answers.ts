/**
 * What the engine leaves to its host on its own endpoints: the headers of keys and metadata, cross-origin calls, which are
 * kept to the endpoints that are meant for them, and the target of the logout form when it is opened by GET.
 */
import type { Context, Middleware } from 'koa';
import { endpoints } from '../../oidc/endpoints.ts';
import { requestContext } from '../../oidc/request-context.ts';
import { seeOther } from '../page.ts';

/** From the question to the page that says that it is done the engine forgets the language that the app asked for. */
function keepLanguage(ctx: Context, issuer: string): void {
  const location = ctx.res.getHeader('Location');
  const { ui_locales: uiLocales } = ctx.query;
  if (
    requestContext(ctx.req).endpoint === endpoints.end_session_confirm &&
    typeof uiLocales === 'string' &&
    typeof location === 'string' &&
    location.startsWith(`${issuer}${endpoints.end_session_success.path}`)
  ) {
    const url = new URL(location);
    url.searchParams.set('ui_locales', uiLocales);
    ctx.set('Location', url.href);
  }
}

/** @param deps.cacheMaxAge seconds that others may keep our keys and metadata */
export function engineAnswers(deps: { readonly issuer: string; readonly cacheMaxAge: number }): Middleware {
  return async function completeEngineAnswers(ctx, next) {
    if (requestContext(ctx.req).endpoint === endpoints.end_session_confirm && ctx.method === 'GET') {
      // The page that the form is on.
      seeOther(ctx, endpoints.end_session.path + ctx.search);
      return;
    }
    await next();
    const { endpoint } = requestContext(ctx.req);
    keepLanguage(ctx, deps.issuer);
    if (endpoint?.caching === 'public' && ctx.status === 200) {
      ctx.set('Cache-Control', `public, max-age=${deps.cacheMaxAge}`);
      // The same for everybody: an answer that names one origin is of no use to the next from the same cache.
      ctx.set('Access-Control-Allow-Origin', '*');
    }
    if (endpoint?.cors === 'none') {
      ctx.remove('Access-Control-Allow-Origin');
      ctx.remove('Access-Control-Expose-Headers');
    }
  };
}

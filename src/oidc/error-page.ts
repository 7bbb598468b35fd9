/** The one way to show an error to a browser: our own routes and middleware use it, and the engine's errors too. */
import type { Context } from 'koa';
import type { ViewModels, Views } from '../views.ts';
import { assetsPath } from './endpoints.ts';
import { requestContext } from './request-context.ts';

/** The model of the page without the reference, which every request has. */
export type ErrorPage = Omit<ViewModels['error'], 'reference'>;

/** Sets status, headers and body of the answer, in the language of the request. */
export type ShowErrorPage = (ctx: Pick<Context, 'req' | 'status' | 'type' | 'body' | 'set'>, page: ErrorPage) => void;

/** Makes the function that shows an error page. */
export function createErrorPage(views: Pick<Views, 'render'>): ShowErrorPage {
  return (ctx, page) => {
    const { requestId, locale } = requestContext(ctx.req);
    ctx.status = page.status;
    ctx.type = 'html';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Vary', 'Accept-Language');
    ctx.body = views.render('error', { locale, assetsPath }, { ...page, reference: requestId });
  };
}

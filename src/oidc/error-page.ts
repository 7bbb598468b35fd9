/** The one way to show an error to a browser, for our own routes and middleware and for the engine's errors. */
import type { Context } from 'koa';
import type { NextStep } from '../errors.ts';
import type { ErrorKind, ViewModels, Views } from '../views.ts';
import { requestContext } from './request-context.ts';
import { viewContextOf } from './view-context.ts';

/**
 * The model of the page, without the reference (the request id). The next step is needed only if it is not the default.
 */
export type ErrorPage = Omit<ViewModels['error'], 'reference' | 'next'> & { readonly next?: NextStep };

type ErrorContext = Pick<Context, 'req' | 'status' | 'type' | 'body' | 'set'>;

/** Sets status, headers and body of the response, in the language of the request. */
export type ShowErrorPage = (ctx: ErrorContext, page: ErrorPage) => void;

/** The next step of the user by the kind of the error. Every error page has one, at least the start page. */
function defaultStep({ req }: ErrorContext, kind: ErrorKind): NextStep {
  const { page } = requestContext(req);
  switch (kind) {
    case 'stale_form':
      return { action: 'reload', uri: page };
    case 'throttled':
    case 'unavailable':
      return { action: 'retry', uri: page };
    case 'used_link':
      return { action: 'sign-in', uri: '/account' };
    case 'already_signed_in':
      return { action: 'account', uri: '/account' };
    default:
      return { action: 'home', uri: '/' };
  }
}

/** Creates the function that shows an error page. */
export function createErrorPage(views: Pick<Views, 'render'>): ShowErrorPage {
  return (ctx, page) => {
    const { requestId } = requestContext(ctx.req);
    ctx.status = page.status;
    ctx.type = 'html';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Vary', 'Accept-Language, Cookie');
    ctx.body = views.render('error', viewContextOf(ctx.req), {
      next: defaultStep(ctx, page.kind),
      ...page,
      reference: requestId,
    });
  };
}

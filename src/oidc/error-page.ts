/** The one way to show an error to a browser: our own routes and middleware use it, and the engine's errors too. */
import type { Context } from 'koa';
import type { NextStep } from '../errors.ts';
import type { ErrorKind, ViewModels, Views } from '../views.ts';
import { assetsPath } from './endpoints.ts';
import { requestContext } from './request-context.ts';

/** The model of the page without the reference, which every request has, and with the next step only where it is a special one. */
export type ErrorPage = Omit<ViewModels['error'], 'reference' | 'next'> & { readonly next?: NextStep };

type ErrorContext = Pick<Context, 'req' | 'status' | 'type' | 'body' | 'set' | 'method' | 'path' | 'search'>;

/** Sets status, headers and body of the answer, in the language of the request. */
export type ShowErrorPage = (ctx: ErrorContext, page: ErrorPage) => void;

/** A person can go on from every error, at least to the start page. */
function defaultStep({ req, method, path, search }: ErrorContext, kind: ErrorKind): NextStep {
  // The target of a form leads by GET to the page that the form is on. An unknown path is not linked: it may be a host.
  const here = requestContext(req).endpoint === undefined ? '/' : method === 'GET' ? path + search : path;
  switch (kind) {
    case 'stale_form':
      return { action: 'reload', uri: here };
    case 'throttled':
    case 'unavailable':
      return { action: 'retry', uri: here };
    case 'used_link':
      return { action: 'sign-in', uri: '/account' };
    case 'already_signed_in':
      return { action: 'account', uri: '/account' };
    default:
      return { action: 'home', uri: '/' };
  }
}

/** Makes the function that shows an error page. */
export function createErrorPage(views: Pick<Views, 'render'>): ShowErrorPage {
  return (ctx, page) => {
    const { requestId, locale } = requestContext(ctx.req);
    ctx.status = page.status;
    ctx.type = 'html';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Vary', 'Accept-Language');
    ctx.body = views.render(
      'error',
      { locale, assetsPath },
      { next: defaultStep(ctx, page.kind), ...page, reference: requestId },
    );
  };
}

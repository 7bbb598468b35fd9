/**
 * Authorization and logout requests may be sent by POST (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). The
 * browser does not send our session cookie with a POST from another site (`SameSite=Lax`), and it should not. So the
 * request is redirected to the same request by GET, with which the browser sends its cookies.
 */
import type { Context, Middleware } from 'koa';
import getRawBody from 'raw-body';
import { InvalidInputError, UnsupportedMediaTypeError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';
import { seeOther } from '../page.ts';

/** Bytes. Small enough for a request line: the request's headers are limited to 16 KiB. */
const maxRequestBytes = 8 * 1024;

async function redirect(ctx: Context): Promise<void> {
  if (ctx.is('application/x-www-form-urlencoded') === false || ctx.get('content-encoding') !== '') {
    throw new UnsupportedMediaTypeError('A request is posted as application/x-www-form-urlencoded.');
  }
  const { length } = ctx.request;
  const body = await getRawBody(ctx.req, {
    limit: maxRequestBytes,
    encoding: 'utf8',
    ...(length === undefined ? {} : { length }),
  });
  const query = new URLSearchParams(body).toString();
  if (query.length > maxRequestBytes) {
    throw new InvalidInputError('The request is too long. Push it first (RFC 9126).');
  }
  seeOther(ctx, query === '' ? ctx.path : `${ctx.path}?${query}`);
}

export const postedRequests: Middleware = function redirectPostedRequests(ctx, next) {
  return ctx.method === 'POST' && requestContext(ctx.req).endpoint?.postAsGet === true ? redirect(ctx) : next();
};

/**
 * Requests for authorization and for logout may be posted (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). Our
 * session cookie does not come with a post from another site (`SameSite=Lax`), and it should not: so such a request is
 * turned into the same one by GET, to which the browser takes its cookies along.
 */
import type { Middleware } from 'koa';
import getRawBody from 'raw-body';
import { InvalidInputError } from '../../errors.ts';
import { routes } from '../../oidc/configuration.ts';

const postable = new Set<string>([routes.authorization, routes.end_session]);

/** Bytes that fit into a request line: a request's header is limited to 16 KiB. */
const longestRequest = 8 * 1024;

export const postedRequests: Middleware = async function turnPostedRequests(ctx, next) {
  if (ctx.method !== 'POST' || !postable.has(ctx.path)) {
    await next();
    return;
  }
  if (ctx.is('application/x-www-form-urlencoded') === false || ctx.get('content-encoding') !== '') {
    throw Object.assign(new Error('A request is posted as application/x-www-form-urlencoded.'), {
      status: 415,
      expose: true,
    });
  }
  const { length } = ctx.request;
  const body = await getRawBody(ctx.req, {
    limit: longestRequest,
    encoding: 'utf8',
    ...(length === undefined ? {} : { length }),
  });
  const query = new URLSearchParams(body).toString();
  if (query.length > longestRequest) {
    throw new InvalidInputError('The request is too long. Push it first (RFC 9126).');
  }
  ctx.status = 303;
  ctx.redirect(query === '' ? ctx.path : `${ctx.path}?${query}`);
  ctx.status = 303;
};

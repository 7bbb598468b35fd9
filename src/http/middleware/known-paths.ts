/** Answers every path that the site map does not have, in exactly that spelling, with 404, and every other method with 405. */
import type { Middleware } from 'koa';
import { MethodNotAllowedError, NotFoundError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';

export const knownPaths: Middleware = async function onlyKnownPaths(ctx, next) {
  const { endpoint } = requestContext(ctx.req);
  if (endpoint === undefined) {
    throw new NotFoundError('There is nothing at this address.');
  }
  if (!endpoint.methods.includes(ctx.method)) {
    ctx.set('Allow', endpoint.methods.join(', '));
    throw new MethodNotAllowedError(endpoint.methods);
  }
  await next();
};

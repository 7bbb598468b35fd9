/**
 * Answers 404 for a path that is not in the site map in exactly this spelling, and 405 for a method it does not allow.
 */
import type { Middleware } from 'koa';
import { MethodNotAllowedError, NotFoundError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';

export const knownPaths: Middleware = function onlyKnownPaths(ctx, next) {
  const { endpoint } = requestContext(ctx.req);
  if (endpoint === undefined) {
    throw new NotFoundError('There is nothing at this address.');
  }
  if (!endpoint.methods.includes(ctx.method)) {
    ctx.set('Allow', endpoint.methods.join(', '));
    throw new MethodNotAllowedError(endpoint.methods);
  }
  return next();
};

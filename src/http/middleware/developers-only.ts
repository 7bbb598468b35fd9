/** For pages that the development profile shows to its developer: for everybody else there is nothing at their address. */
import type { Middleware } from 'koa';
import { NotFoundError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';

export const developersOnly: Middleware = async function checkDeveloper(ctx, next) {
  if (!requestContext(ctx.req).developer) {
    throw new NotFoundError('There is nothing at this address.');
  }
  await next();
};

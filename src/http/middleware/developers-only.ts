/** Guards pages that the development profile shows to its developer. Everybody else gets 404. */
import type { Middleware } from 'koa';
import { NotFoundError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';

export const developersOnly: Middleware = async function checkDeveloper(ctx, next) {
  if (!requestContext(ctx.req).developer) {
    throw new NotFoundError('There is nothing at this address.');
  }
  await next();
};

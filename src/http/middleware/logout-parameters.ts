/**
 * Bounds the length of logout parameters: the engine stores `state` for any caller. For authorization requests the
 * engine runs the same check itself (oidc/parameter-limits.ts).
 */
import type { Middleware } from 'koa';
import { InvalidInputError } from '../../errors.ts';
import { endpoints } from '../../oidc/endpoints.ts';
import { lengthProblem } from '../../oidc/parameter-limits.ts';
import { requestContext } from '../../oidc/request-context.ts';

export const logoutParameters: Middleware = function boundLogoutParameters(ctx, next) {
  if (requestContext(ctx.req).endpoint === endpoints.end_session) {
    for (const [name, value] of Object.entries(ctx.query)) {
      const problem = lengthProblem(name, value);
      if (problem !== undefined) {
        throw new InvalidInputError(problem, name);
      }
    }
  }
  return next();
};

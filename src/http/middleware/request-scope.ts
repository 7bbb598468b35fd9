/**
 * One request, one deadline for all that it asks of the database, and one sending of what it writes: before the
 * response leaves, so that what is acknowledged is stored. A failure of the database is 503, whatever answer was made
 * in spite of it.
 */
import type { Middleware } from 'koa';
import { currentRequestScope, runInRequestScope } from '../../storage/request-scope.ts';

/** @param deps.deadline seconds */
export function requestScope(deps: { readonly deadline: number }): Middleware {
  const deadlineMs = deps.deadline * 1000;
  return async function inRequestScope(_ctx, next) {
    await runInRequestScope({ deadlineMs }, async () => {
      const scope = currentRequestScope();
      await next();
      if (scope?.storageFailure === undefined) {
        await scope?.unitOfWork.flush();
      }
      if (scope?.storageFailure !== undefined) {
        throw scope.storageFailure;
      }
    });
  };
}

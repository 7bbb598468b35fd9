/**
 * Gives each request one deadline for all its database calls, and sends its staged writes together, before the
 * response: what is acknowledged is stored. A database failure is always answered with 503, even if the engine has
 * prepared another answer. Audit events of a failed request are kept.
 */
import type { Middleware } from 'koa';
import { currentRequestScope, runInRequestScope, sendRecords, sendWrites } from '../../storage/request-scope.ts';

export interface RequestScopeDependencies {
  /** Seconds. */
  readonly deadline: number;
  readonly log: { error(fields: object, message: string): void };
}

export function requestScope({ deadline, log }: RequestScopeDependencies): Middleware {
  async function keepRecords(): Promise<void> {
    try {
      await sendRecords();
    } catch (error) {
      log.error({ err: error }, 'audit events of a failed request could not be kept; their log lines are above');
    }
  }

  return async function inRequestScope(_ctx, next) {
    await runInRequestScope({ deadlineMs: deadline * 1000 }, async () => {
      const scope = currentRequestScope();
      try {
        await next();
        if (scope?.storageFailure === undefined) {
          await sendWrites();
        }
        if (scope?.storageFailure !== undefined) {
          throw scope.storageFailure;
        }
      } catch (error) {
        const kept = keepRecords();
        // If the database failed, it may not answer, and the 503 must not wait for it.
        if (scope?.storageFailure === undefined) {
          await kept;
        }
        throw error;
      }
    });
  };
}

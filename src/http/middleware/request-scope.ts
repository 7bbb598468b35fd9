/**
 * One request, one deadline for all that it asks of the database, and one sending of what it writes: before the
 * response leaves, so that what is acknowledged is stored. A failure of the database is 503, whatever answer was made
 * in spite of it. What a failed request has recorded (audit events) is kept.
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
        // A database that failed this request may not answer, and its 503 does not wait for that.
        if (scope?.storageFailure === undefined) {
          await kept;
        }
        throw error;
      }
    });
  };
}

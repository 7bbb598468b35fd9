/**
 * Gives each request one deadline for all its database calls, and sends its staged writes together, before the
 * response: what is acknowledged is stored. A database failure is always answered with 503, even if the engine has
 * prepared another answer. Audit events of a failed request are kept. What a request has used up is given back before
 * it is answered with 503, so that the caller can repeat it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Middleware } from 'koa';
import { OverloadedError } from '../../errors.ts';
import {
  currentRequestScope,
  runInRequestScope,
  sendRecords,
  sendWrites,
  undoAll,
} from '../../storage/request-scope.ts';

/** Milliseconds that a 503 waits for what it undoes. That goes on after the response, which asks for a repeat later. */
const maxUndoMs = 250;

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

  async function undo(): Promise<void> {
    try {
      await undoAll();
    } catch (error) {
      log.error(
        { err: error },
        'what a failed request has used up could not be given back: its repeat may be rejected',
      );
    }
  }

  return async function inRequestScope(ctx, next) {
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
        if (ctx.status === 503) {
          await undo();
        }
      } catch (error) {
        const kept = keepRecords();
        // If the database failed, it may not answer, and the 503 must not wait for it.
        if (scope?.storageFailure === undefined) {
          await kept;
          if (error instanceof OverloadedError) {
            await undo();
          }
        } else if (scope.hasUndo()) {
          await Promise.race([undo(), sleep(maxUndoMs, undefined, { ref: false })]);
        }
        throw error;
      }
    });
  };
}

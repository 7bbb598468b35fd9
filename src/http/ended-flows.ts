/** Leads the user on when the flow that a page belongs to has ended. */
import type { Context, Next } from 'koa';
import { ExpiredError } from '../errors.ts';
import type { Engine } from '../oidc/engine.ts';
import { followingPage } from '../oidc/missing-flow.ts';
import { seeOther } from './page.ts';

/** Middleware for routes below `/interaction/:uid`. */
export function endedFlows(engine: Pick<Engine, 'missingFlow'>) {
  return async function followEndedFlow(ctx: Context, next: Next): Promise<void> {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof ExpiredError)) {
        throw error;
      }
      const ended = await engine.missingFlow(ctx, String(ctx['params']['uid']));
      const page = followingPage(ctx.method, ended);
      if (page === undefined) {
        throw ended;
      }
      seeOther(ctx, page);
    }
  };
}

/** The start page (`/`). It is also where other identity providers send users back who signed out there. */
import { Router } from '@koa/router';
import type { Engine } from '../../oidc/engine.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { SignOutReturns } from '../../services/upstream/sign-out-returns.ts';
import type { SetupService } from '../../services/users/setup.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';

export function homeRoutes(deps: {
  readonly engine: Engine;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly setup: Pick<SetupService, 'setupLinkToken'>;
  readonly signOutReturns: Pick<SignOutReturns, 'take'>;
  readonly issuer: string;
}): Router {
  const { engine, notices, show, setup, signOutReturns, issuer } = deps;
  const router = new Router();
  router.get('/', async (ctx) => {
    const ofApp = notices.takeWithSubject(ctx, ['signed-out-of-app']);
    if (ofApp !== undefined) {
      return seeOther(ctx, (await signOutReturns.take(ofApp.about)) ?? '/');
    }
    const { developer } = requestContext(ctx.req);
    const signedIn = (await engine.findLoginSession(ctx)) !== undefined;
    // If another tab has signed in since, the notice is not true any more.
    const notice = notices.take(ctx, ['signed-out']);
    return show(ctx, 'home', {
      ...(notice === undefined || signedIn ? {} : { notice }),
      issuer,
      signedIn,
      development: developer,
      warnings: developer ? engine.recentWarnings() : [],
      setupOpen: developer && (await setup.setupLinkToken()) !== undefined,
    });
  });
  router.get('/favicon.ico', (ctx) => {
    ctx.status = 204;
  });
  return router;
}

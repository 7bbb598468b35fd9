/** The front door, for whoever opens the server's address, and the picture files of clients. */
import { Router } from '@koa/router';
import type { Engine } from '../../oidc/engine.ts';
import { readLoginSession } from '../../oidc/login-session.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { SetupService } from '../../services/setup.ts';
import type { ShowPage } from '../page.ts';

export function homeRoutes(deps: {
  readonly engine: Engine;
  readonly show: ShowPage;
  readonly setup: Pick<SetupService, 'setupLinkToken'>;
  readonly issuer: string;
}): Router {
  const { engine, show, setup, issuer } = deps;
  const router = new Router();
  router.get('/', async (ctx) => {
    const { developer } = requestContext(ctx.req);
    const signedIn = (await readLoginSession(engine.provider(), ctx)) !== undefined;
    show(ctx, 'home', {
      issuer,
      signedIn,
      development: developer,
      setupOpen: developer && (await setup.setupLinkToken()) !== undefined,
    });
  });
  router.get('/favicon.ico', (ctx) => {
    ctx.status = 204;
  });
  return router;
}

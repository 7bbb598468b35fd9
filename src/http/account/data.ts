/** The page on which users download everything that is stored about them. */
import { Router } from '@koa/router';
import { actorOf } from '../../oidc/request-context.ts';
import type { PersonalDataService } from '../../services/users/personal-data.ts';
import { returnPages, type AccountLogin } from '../account-login.ts';
import type { Forms } from '../middleware/forms.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';

export interface DataRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly personalData: PersonalDataService;
}

/** Seconds since the last sign-in: for opening the page, and for sending its form, so that it can be read. */
const confirmedForPage = 300;
const confirmedForDownload = 600;

export function dataRoutes({ frame, login, forms, personalData }: DataRouteDependencies): Router {
  const router = new Router();

  frame.page(router, 'data', async (ctx, signedIn) => {
    await frame.show(ctx, signedIn, 'account/data', {
      csrf: frame.csrf(signedIn.session),
      isConfirmed: login.isConfirmed(signedIn.session, confirmedForPage),
    });
  });

  login.formRoutes(router, '/account/data/confirm', async (ctx) => login.confirm(ctx, 'data'));

  router.get('/account/data/download', (ctx) => seeOther(ctx, returnPages.data));
  router.post('/account/data/download', async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'data', confirmedForDownload);
    if (signedIn === undefined) {
      return;
    }
    const { session, user } = signedIn;
    await forms.read(ctx, login.bindingOf(session));
    const data = await personalData.download(user, actorOf(ctx.req, user._id));
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Disposition', 'attachment; filename="account.json"');
    ctx.type = 'application/json';
    ctx.body = `${JSON.stringify(data, undefined, 2)}\n`;
  });

  return router;
}

/**
 * The links of invitations and of mails about a new account. Opening one changes nothing, because mail scanners open
 * links, too: it only leads to the page of a login on which the account is made (login/sign-up.ts), in the flow in
 * which the user asked for it, if this browser has it.
 */
import { Router } from '@koa/router';
import { GoneError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { signUpState } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { SignUp } from '../../services/users/sign-up.ts';
import type { AccountLogin } from '../account-login.ts';
import { seeOther } from '../page.ts';
import type { SignUpProgressCookie } from '../sign-up-progress.ts';

export function signUpLinkRoutes(deps: {
  readonly engine: Pick<Engine, 'holdsFlow'>;
  readonly login: Pick<AccountLogin, 'signUp'>;
  readonly signUp: Pick<SignUp, 'find'>;
  readonly progress: SignUpProgressCookie;
}): Router {
  const { engine, login, signUp, progress } = deps;
  const router = new Router();

  for (const purpose of ['sign-up', 'invitation'] as const) {
    router.get(`/${purpose}/:token`, async (ctx) => {
      const link = { purpose, token: String(ctx['params']['token']) };
      const account = await signUp.find(link, originOf(ctx.req));
      if (account === undefined) {
        throw new GoneError('This link was used or has expired. Ask for a new one.');
      }
      progress.write(ctx, { link });
      if (account.flow !== undefined && engine.holdsFlow(ctx, account.flow)) {
        seeOther(ctx, `/interaction/${account.flow}/${signUpState}`);
      } else {
        login.signUp(ctx);
      }
    });
  }

  return router;
}

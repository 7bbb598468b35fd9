/** Where the sign-in of the account pages returns to, and how a user signs out of this browser. */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { accountCallbackPath } from '../../oidc/account-client.ts';
import type { Engine } from '../../oidc/engine.ts';
import { GatehouseError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { SessionService } from '../../services/sign-in/sessions.ts';
import { returnPageOf, type AccountLogin } from '../account-login.ts';
import type { Notices } from '../notices.ts';
import type { FindUpstreamSignOut } from '../upstream-sign-out.ts';
import { seeOther } from '../page.ts';

export interface SignInAndOutDependencies {
  readonly engine: Pick<Engine, 'cookies'>;
  readonly login: AccountLogin;
  readonly notices: Notices;
  readonly sessions: Pick<SessionService, 'end'>;
  /** Where signing out of the other provider begins, with which the session was started. */
  readonly findUpstreamSignOut: FindUpstreamSignOut;
}

export function signInAndOutRoutes(deps: SignInAndOutDependencies): Router {
  const { engine, login, notices, sessions, findUpstreamSignOut } = deps;
  const router = new Router();

  router.get(accountCallbackPath, (ctx) => {
    const { error, state } = ctx.query;
    if (error !== undefined && error !== 'access_denied') {
      throw new GatehouseError('invalid_input', 'Signing in to the account page failed.', {
        next: { action: 'sign-in', uri: '/account' },
      });
    }
    const page = returnPageOf(state) ?? '/account';
    // A user who cancelled is not sent to the sign-in page again.
    seeOther(ctx, error === undefined ? page : page === '/account' ? '/' : '/account');
  });

  function signedOut(ctx: Context, target = '/'): void {
    notices.leave(ctx, 'signed-out');
    seeOther(ctx, target);
  }

  login.formRoutes(
    router,
    '/account/sign-out',
    async (ctx, { session, user }) => {
      await sessions.end(user._id, session.uid, actorOf(ctx.req, user._id));
      ctx.cookies.set(engine.cookies.names.session, null, { ...engine.cookies.options, path: '/' });
      signedOut(ctx, await findUpstreamSignOut(session));
    },
    // A second click, or another tab, has already ended the session.
    (ctx) => signedOut(ctx),
  );

  return router;
}

/** The pages on which users delete their account, and undo it within the grace period with the link that was mailed. */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { GoneError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { actorOf, requestContext } from '../../oidc/request-context.ts';
import type { AccountDeletion } from '../../services/users/account-deletion.ts';
import { LastAdministratorError } from '../../services/foundation/administrators.ts';
import type { DeletionError } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { AccountFrame } from './frame.ts';

export interface DeletionRouteDependencies {
  readonly engine: Pick<Engine, 'cookies'>;
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly deletion: AccountDeletion;
}

/** Seconds since the last sign-in: for opening the form, and for sending it. */
const confirmedForForm = 300;
const confirmedForDeletion = 600;

const requestedPath = '/account/deletion/requested';

export function deletionRoutes(deps: DeletionRouteDependencies): Router {
  const { engine, frame, login, forms, notices, show, deletion } = deps;
  const router = new Router();

  async function showForm(ctx: Context, signedIn: AccountUser, error?: DeletionError, status = 200): Promise<void> {
    await frame.show(
      ctx,
      signedIn,
      'account/deletion',
      {
        csrf: frame.csrf(signedIn.session),
        isConfirmed: login.isConfirmed(signedIn.session, error === undefined ? confirmedForForm : confirmedForDeletion),
        gracePeriod: deletion.gracePeriod,
        ...(error === undefined ? {} : { error }),
      },
      { status },
    );
  }

  frame.page(router, 'deletion', (ctx, signedIn) => showForm(ctx, signedIn));

  login.formRoutes(router, '/account/deletion/confirm', async (ctx) => login.confirm(ctx, 'deletion'));

  router.get(requestedPath, (ctx) =>
    notices.has(ctx, 'deletion-requested')
      ? show(ctx, 'account/deletion-requested', { gracePeriod: deletion.gracePeriod })
      : seeOther(ctx, '/account'),
  );

  router.post(returnPages.deletion, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'deletion', confirmedForDeletion);
    if (signedIn === undefined) {
      return;
    }
    const { session, user } = signedIn;
    const form = await forms.read(ctx, login.bindingOf(session));
    if (form.get('understood') !== 'yes') {
      await showForm(ctx, signedIn, 'not_understood', 400);
      return;
    }
    try {
      await deletion.request(user._id, actorOf(ctx.req, user._id));
    } catch (error) {
      if (!(error instanceof LastAdministratorError)) {
        throw error;
      }
      await showForm(ctx, signedIn, 'last_administrator', error.status);
      return;
    }
    ctx.cookies.set(engine.cookies.names.session, null, { ...engine.cookies.options, path: '/' });
    notices.leave(ctx, 'deletion-requested');
    seeOther(ctx, requestedPath);
  });

  const bindingOf = (token: string): string => `undo-deletion ${token}`;

  // Opening the link changes nothing: mail scanners open links, too.
  router.get('/undo-deletion/:token', async (ctx) => {
    const token = String(ctx['params']['token']);
    const user = await deletion.peek(token, requestContext(ctx.req).address);
    if (user?.deletionDueAt === undefined) {
      throw new GoneError('This link was used or has expired.');
    }
    show(ctx, 'account/undo-deletion', {
      action: ctx.path,
      csrf: forms.token(bindingOf(token)),
      email: user.email,
      dueAt: user.deletionDueAt,
    });
  });

  router.post('/undo-deletion/:token', async (ctx) => {
    const token = String(ctx['params']['token']);
    await forms.read(ctx, bindingOf(token));
    if (!(await deletion.undo(token, actorOf(ctx.req, 'system')))) {
      throw new GoneError('This link was used or has expired.');
    }
    notices.leave(ctx, 'deletion-undone');
    seeOther(ctx, '/account');
  });

  return router;
}

/**
 * Pages of the links in mails about an email address: confirming it, confirming a new one, undoing a change. They work
 * in any browser, without a sign-in. Opening a link changes nothing, because mail scanners open links too. Sending its
 * form uses the link up, and signs nobody in.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { ConflictError, GoneError, NotFoundError } from '../../errors.ts';
import { actorOf, originOf } from '../../oidc/request-context.ts';
import type { EmailChanges, EmailPurpose } from '../../services/users/email-changes.ts';
import type { OneTimeLinks } from '../../services/mails/one-time-links.ts';
import type { UserService } from '../../services/users/users.ts';
import type { ViewModels } from '../../views.ts';
import type { Forms } from '../middleware/forms.ts';
import { newPasswordOf, passwordErrorOf } from '../new-password.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';

export interface EmailLinkDependencies {
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly emails: EmailChanges;
  readonly links: Pick<OneTimeLinks, 'peek'>;
  readonly users: Pick<UserService, 'undoEmailChange'>;
  readonly minimumLength: number;
}

/** The page that confirms that a link was used. It is shown only to the browser that has just used it. */
const donePath = '/email/done';

function usedOrExpired(): never {
  throw new GoneError('This link was used or has expired. Ask for a new one.');
}

/** The secret token in the path. It must not get into a Referer (no page of ours sends one) or a log. */
function tokenOf(ctx: Context): string {
  return String(ctx['params'].token);
}

export function emailLinkRoutes(deps: EmailLinkDependencies): Router {
  const { forms, notices, show, emails, links, users, minimumLength } = deps;
  const router = new Router();

  router.get(donePath, (ctx) =>
    notices.has(ctx, 'email-link-used')
      ? show(ctx, 'email/done', { accountUri: '/account' })
      : seeOther(ctx, '/account'),
  );

  for (const purpose of ['confirm-email', 'change-email'] as const satisfies readonly EmailPurpose[]) {
    const bindingOf = (token: string): string => `${purpose} ${token}`;

    router.get(`/${purpose}/:token`, async (ctx) => {
      const token = tokenOf(ctx);
      const link = await emails.peek(purpose, token, originOf(ctx.req));
      if (link?.user === undefined) {
        return notices.has(ctx, 'email-link-used') ? seeOther(ctx, donePath) : usedOrExpired();
      }
      const { email } = link.user;
      show(ctx, 'email/confirm', {
        action: ctx.path,
        csrf: forms.token(bindingOf(token)),
        email: link.data['email'] ?? email,
        ...(purpose === 'change-email' ? { old: email } : {}),
      });
    });

    router.post(`/${purpose}/:token`, async (ctx) => {
      const token = tokenOf(ctx);
      await forms.read(ctx, bindingOf(token));
      try {
        await emails.confirm(purpose, token, originOf(ctx.req));
      } catch (error) {
        throw error instanceof NotFoundError ? new GoneError('This link was used or has expired.') : error;
      }
      notices.leave(ctx, 'email-link-used');
      seeOther(ctx, donePath);
    });
  }

  const undoBinding = (token: string): string => `undo-email ${token}`;

  async function showUndo(
    ctx: Context,
    token: string,
    error?: ViewModels['email/undo']['error'],
    status = 200,
  ): Promise<void> {
    const email = (await links.peek('undo-email', token, originOf(ctx.req)))?.data['email'] ?? usedOrExpired();
    show(
      ctx,
      'email/undo',
      {
        action: ctx.path,
        csrf: forms.token(undoBinding(token)),
        email,
        minimumLength,
        ...(error === undefined ? {} : { error }),
      },
      { status },
    );
  }

  router.get('/undo-email/:token', (ctx) => showUndo(ctx, tokenOf(ctx)));

  router.post('/undo-email/:token', async (ctx) => {
    const token = tokenOf(ctx);
    const form = await forms.read(ctx, undoBinding(token));
    try {
      await users.undoEmailChange(token, newPasswordOf(form), actorOf(ctx.req, 'system'));
      notices.leave(ctx, 'password-set');
      seeOther(ctx, '/password/done');
    } catch (error) {
      if (error instanceof NotFoundError) {
        usedOrExpired();
      }
      const problem = error instanceof ConflictError ? ({ code: 'email_taken' } as const) : passwordErrorOf(error);
      if (problem === undefined) {
        throw error;
      }
      await showUndo(ctx, token, problem, 400);
    }
  });

  return router;
}

/**
 * The page about the user's email address: whether it is confirmed, and changing it. A mail has a link
 * (routes/email-links.ts) and a code, which is entered here, on any device on which the user is signed in.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { InvalidInputError, ThrottledError } from '../../errors.ts';
import { originOf } from '../../oidc/request-context.ts';
import { SameEmailError, type EmailChanges, type EmailPurpose } from '../../services/users/email-changes.ts';
import type { EmailErrorCode, ViewModels } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface EmailRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly emails: EmailChanges;
}

/** Seconds since the login was confirmed: for opening the form. */
const confirmedForForm = 5 * 60;
/** The same for sending it: a form that was opened in time can be filled in. */
const confirmedForChange = 15 * 60;

const path = returnPages.email;
const newPath = returnPages['new-email'];

function errorOf(error: unknown): EmailErrorCode | undefined {
  if (error instanceof ThrottledError) {
    return 'throttled';
  }
  if (error instanceof SameEmailError) {
    return 'email_same';
  }
  return error instanceof InvalidInputError ? 'email_invalid' : undefined;
}

/** The status of the answer, whose `Retry-After` is set if there is one. */
function statusOf(ctx: Context, error: unknown): number {
  if (error instanceof ThrottledError) {
    ctx.set('Retry-After', String(error.retryAfter ?? 60));
    return 429;
  }
  return 400;
}

/** The row of the page about security. */
export const findEmailRow: FindSecurityRow = (_ctx, { email, emailVerified }) =>
  Promise.resolve({
    name: 'email',
    state: emailVerified ? 'confirmed' : 'unconfirmed',
    href: path,
    value: email,
    attention: !emailVerified,
  });

export function emailRoutes({ frame, login, forms, notices, emails }: EmailRouteDependencies): Router {
  const router = new Router();

  type Failure = Pick<ViewModels['account/email'], 'error'>;

  async function show(ctx: Context, signedIn: AccountUser, failure: Failure = {}, status = 200): Promise<void> {
    const { session, user } = signedIn;
    const pending = await emails.findPending('change-email', user._id);
    const confirming = user.emailVerified ? undefined : await emails.findPending('confirm-email', user._id);
    await frame.show(
      ctx,
      signedIn,
      'account/email',
      {
        csrf: frame.csrf(session),
        email: user.email,
        verified: user.emailVerified,
        confirming: confirming !== undefined,
        ...(pending === undefined ? {} : { pending }),
        ...failure,
      },
      { status },
    );
  }

  frame.page(router, 'email', (ctx, signedIn) => show(ctx, signedIn));

  login.formRoutes(router, `${path}/confirmation`, async (ctx, signedIn) => {
    const { user } = signedIn;
    try {
      if (!user.emailVerified) {
        await emails.sendConfirmation(user, originOf(ctx.req));
        notices.leave(ctx, 'email-mail-sent');
      }
      seeOther(ctx, path);
    } catch (error) {
      if (!(error instanceof ThrottledError)) {
        throw error;
      }
      await show(ctx, signedIn, { error: { form: 'confirm-email', code: 'throttled' } }, statusOf(ctx, error));
    }
  });

  for (const purpose of ['confirm-email', 'change-email'] as const satisfies readonly EmailPurpose[]) {
    login.formRoutes(router, `${path}/${purpose}`, async (ctx, signedIn, form) => {
      const { user } = signedIn;
      try {
        if (await emails.confirmByCode(purpose, user._id, form.get('code') ?? '', originOf(ctx.req))) {
          notices.leave(ctx, purpose === 'confirm-email' ? 'email-confirmed' : 'email-changed');
          seeOther(ctx, path);
        } else {
          await show(ctx, signedIn, { error: { form: purpose, code: 'code_wrong' } }, 400);
        }
      } catch (error) {
        if (!(error instanceof ThrottledError)) {
          throw error;
        }
        await show(ctx, signedIn, { error: { form: purpose, code: 'throttled' } }, statusOf(ctx, error));
      }
    });
  }

  login.formRoutes(router, `${path}/cancel`, async (ctx, { user }) => {
    await emails.cancelChange(user._id);
    notices.leave(ctx, 'email-kept');
    seeOther(ctx, path);
  });

  async function showForm(
    ctx: Context,
    signedIn: AccountUser,
    filledIn: { readonly value?: string; readonly error?: EmailErrorCode } = {},
    status = 200,
  ): Promise<void> {
    const model = { csrf: frame.csrf(signedIn.session), email: signedIn.user.email, ...filledIn };
    await frame.show(ctx, signedIn, 'account/new-email', model, { status });
  }

  router.get(newPath, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'new-email', confirmedForForm);
    if (signedIn !== undefined) {
      await showForm(ctx, signedIn);
    }
  });

  router.post(newPath, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'new-email', confirmedForChange);
    if (signedIn === undefined) {
      return;
    }
    const form = await forms.read(ctx, login.bindingOf(signedIn.session));
    const value = form.get('email') ?? '';
    try {
      await emails.requestChange(signedIn.user, value, originOf(ctx.req));
      notices.leave(ctx, 'email-mail-sent');
      seeOther(ctx, path);
    } catch (error) {
      const code = errorOf(error);
      if (code === undefined) {
        throw error;
      }
      await showForm(ctx, signedIn, { value: value.slice(0, 320), error: code }, statusOf(ctx, error));
    }
  });

  return router;
}

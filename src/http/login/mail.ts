/**
 * Signing in by mail, a first factor: the user enters an email address, then the code of the mail, or opens its link in
 * the same browser. A signed cookie has the random value that link and code are bound to, and the interaction in which
 * the mail was asked for.
 */
import type { Context } from 'koa';
import { randomToken } from '../../crypto/secrets.ts';
import { InvalidInputError, ThrottledError } from '../../errors.ts';
import { mailContext } from '../../oidc/authentication-context.ts';
import type { CookieRules } from '../../oidc/cookies.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import {
  mailSignInLifetime,
  type AskingBrowser,
  type MailSignIn,
  type MailSignInResult,
} from '../../services/mail-sign-in.ts';
import type { MailSignInError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { FirstStep } from './login.ts';
import type { FindWays } from './ways.ts';

export interface MailStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly cookies: CookieRules;
  readonly mailSignIn: MailSignIn;
}

const path = 'mail';

/** The button on the sign-in page. */
export function findMailSignIn(pages: Pick<InteractionPages, 'addressOf'>): FindWays {
  return (interaction) =>
    Promise.resolve([{ code: 'mail', kind: 'button', method: 'get', action: pages.addressOf(interaction, path) }]);
}

/** The browser, if it asked for a mail in this flow. */
export function askingBrowser(ctx: Context, cookies: CookieRules, flow: string): AskingBrowser | undefined {
  const [askedIn, browser] = (ctx.cookies.get(cookies.names.mailSignIn, { signed: true }) ?? '').split('.');
  return askedIn === flow && browser !== undefined ? { flow, browser } : undefined;
}

/** The proof of a link or a code. RFC 8176 has no value for a mailbox, so `amr` has our own, `email`. */
export async function mailProof(
  interaction: Interaction,
  { user, at, credentialsVersion }: MailSignInResult,
  form: Form,
): Promise<LoginProof> {
  return {
    accountId: user._id,
    credentialsVersion,
    at,
    remember: form.get('remember') === 'yes' || (await interaction.isRemembered(user._id)),
    amr: ['email'],
    acr: mailContext,
  };
}

export function mailStep(deps: MailStepDependencies): FirstStep {
  const { pages, show, cookies, mailSignIn } = deps;

  interface Failure {
    readonly error: MailSignInError;
    readonly status: number;
    readonly retryAfter?: number;
  }

  function failureOf(failure: unknown): Failure {
    if (failure instanceof ThrottledError) {
      const { retryAfter } = failure;
      return {
        error: failure.concerns === 'address' ? 'throttled_address' : 'throttled',
        status: 429,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      };
    }
    if (failure instanceof InvalidInputError) {
      return { error: 'email_invalid', status: 400 };
    }
    throw failure;
  }

  /** Shows the form for the address, or the one for the code. */
  async function showForm(
    ctx: Context,
    interaction: Interaction,
    isAsked: boolean,
    {
      failure,
      email = interaction.loginHint,
    }: { readonly failure?: Failure; readonly email?: string | undefined } = {},
  ): Promise<void> {
    const client = await pages.clientOf(interaction);
    if (failure?.retryAfter !== undefined) {
      ctx.set('Retry-After', String(failure.retryAfter));
    }
    const model = {
      action: pages.addressOf(interaction, path),
      csrf: pages.csrfOf(interaction),
      back: pages.addressOf(interaction, 'login'),
      ...(failure === undefined ? {} : { error: failure.error }),
      ...(failure?.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter }),
    };
    const options = { status: failure?.status ?? 200, client };
    if (isAsked) {
      show(ctx, 'interaction/mail-code', { ...model, minutes: mailSignInLifetime / 60 }, options);
      return;
    }
    show(
      ctx,
      'interaction/mail-address',
      { ...model, ...(email === undefined ? {} : { email: email.slice(0, 320) }) },
      options,
    );
  }

  async function takeAddress(ctx: Context, interaction: Interaction, email: string): Promise<void> {
    const browser = randomToken();
    try {
      await mailSignIn.request(email, { flow: interaction.uid, browser }, originOf(ctx.req));
    } catch (error) {
      await showForm(ctx, interaction, false, { failure: failureOf(error), email });
      return;
    }
    ctx.cookies.set(cookies.names.mailSignIn, `${interaction.uid}.${browser}`, {
      ...cookies.options,
      path: '/',
      maxAge: mailSignInLifetime * 1000,
    });
    seeOther(ctx, pages.addressOf(interaction, path));
  }

  return {
    path,
    begins: true,
    show: (ctx, interaction) =>
      showForm(ctx, interaction, askingBrowser(ctx, cookies, interaction.uid) !== undefined && !('again' in ctx.query)),
    take: async (ctx, interaction, form) => {
      const code = form.get('code');
      const asking = askingBrowser(ctx, cookies, interaction.uid);
      if (code === undefined) {
        await takeAddress(ctx, interaction, form.get('email') ?? '');
        return undefined;
      }
      if (asking === undefined) {
        seeOther(ctx, pages.addressOf(interaction, path));
        return undefined;
      }
      try {
        const result = await mailSignIn.useCode(code, asking, originOf(ctx.req));
        if (result !== undefined) {
          return await mailProof(interaction, result, form);
        }
        await showForm(ctx, interaction, true, { failure: { error: 'wrong_code', status: 401 } });
      } catch (error) {
        await showForm(ctx, interaction, true, { failure: failureOf(error) });
      }
      return undefined;
    },
  };
}

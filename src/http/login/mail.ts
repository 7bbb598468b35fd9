/**
 * Signing in by mail, a first factor: the user enters an email address, then the code of the mail, or opens its link in
 * the same browser. A cookie has the random value that link and code are bound to, the address, and the interaction in
 * which the mail was asked for (mail-sign-in-cookie.ts).
 */
import type { Context } from 'koa';
import { randomToken } from '../../crypto/secrets.ts';
import { InvalidInputError, ThrottledError } from '../../errors.ts';
import { mailContext } from '../../oidc/authentication-context.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import { mailSignInLifetime, type MailSignIn, type MailSignInResult } from '../../services/sign-in/mail-sign-in.ts';
import type { MailSignInError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { MailSignInCookie } from '../mail-sign-in-cookie.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { FirstStep } from './login.ts';
import type { FindWays } from './ways.ts';

export interface MailStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly mailSignInCookie: MailSignInCookie;
  readonly mailSignIn: MailSignIn;
}

const path = 'mail';

/** The button on the sign-in page. */
export function findMailSignIn(pages: Pick<InteractionPages, 'addressOf'>): FindWays {
  return (interaction) =>
    Promise.resolve([{ code: 'mail', kind: 'button', method: 'get', action: pages.addressOf(interaction, path) }]);
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
  const { pages, show, mailSignInCookie, mailSignIn } = deps;

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
    const asked = { flow: interaction.uid, browser: randomToken(), email };
    try {
      await mailSignIn.request(email, asked, originOf(ctx.req));
    } catch (error) {
      await showForm(ctx, interaction, false, { failure: failureOf(error), email });
      return;
    }
    mailSignInCookie.write(ctx, asked);
    seeOther(ctx, pages.addressOf(interaction, path));
  }

  return {
    path,
    begins: true,
    show: (ctx, interaction) =>
      showForm(ctx, interaction, mailSignInCookie.read(ctx, interaction.uid) !== undefined && !('again' in ctx.query)),
    take: async (ctx, interaction, form, proceed) => {
      const code = form.get('code');
      const asked = mailSignInCookie.read(ctx, interaction.uid);
      if (code === undefined) {
        await takeAddress(ctx, interaction, form.get('email') ?? '');
        return undefined;
      }
      if (asked === undefined) {
        seeOther(ctx, pages.addressOf(interaction, path));
        return undefined;
      }
      try {
        const isSignedIn = await mailSignIn.useCode(code, asked, originOf(ctx.req), async (result) =>
          proceed(await mailProof(interaction, result, form)),
        );
        if (!isSignedIn) {
          await showForm(ctx, interaction, true, { failure: { error: 'wrong_code', status: 401 } });
        }
      } catch (error) {
        await showForm(ctx, interaction, true, { failure: failureOf(error) });
      }
      return undefined;
    },
  };
}

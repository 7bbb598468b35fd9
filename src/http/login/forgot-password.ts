/**
 * "Forgot your password?": asks for an email address, to which a link is mailed. It is a page that a login may begin
 * with, so that the app's flow continues after the new password is set. It proves nothing: it never returns a proof.
 *
 * The answer is the same for every email address.
 */
import type { Context } from 'koa';
import { InvalidInputError, ThrottledError } from '../../errors.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { PasswordResets } from '../../services/users/password-resets.ts';
import type { ForgotPasswordError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { FirstStep } from './login.ts';
import type { FindWays } from './ways.ts';

export interface ForgotPasswordDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly notices: Notices;
  readonly passwordResets: PasswordResets;
  /** Seconds that the link works. */
  readonly linkLifetime: number;
}

const path = 'forgot-password';

function errorOf(error: unknown): ForgotPasswordError | undefined {
  if (error instanceof ThrottledError) {
    return error.concerns === 'address' ? 'throttled_address' : 'throttled';
  }
  return error instanceof InvalidInputError ? 'email_invalid' : undefined;
}

/** The link on the sign-in page. */
export function findForgotPassword(pages: Pick<InteractionPages, 'addressOf'>): FindWays {
  return (interaction) =>
    Promise.resolve([
      { code: 'forgot-password', kind: 'link', method: 'get', action: pages.addressOf(interaction, path) },
    ]);
}

export function forgotPasswordStep(deps: ForgotPasswordDependencies): FirstStep {
  const { pages, show, notices, passwordResets, linkLifetime } = deps;

  async function showForm(
    ctx: Context,
    interaction: Interaction,
    filledIn: { readonly email?: string; readonly error?: ForgotPasswordError; readonly retryAfter?: number } = {},
    status = 200,
  ): Promise<void> {
    const client = await pages.clientOf(interaction);
    show(
      ctx,
      'interaction/forgot-password',
      {
        action: pages.addressOf(interaction, path),
        csrf: pages.csrfOf(interaction),
        back: pages.addressOf(interaction, 'login'),
        ...(interaction.loginHint === undefined ? {} : { email: interaction.loginHint.slice(0, 320) }),
        ...filledIn,
      },
      { status, client },
    );
  }

  return {
    path,
    begins: true,
    show: async (ctx, interaction) => {
      // Only the browser that has just sent the form sees that a mail is on its way.
      if (ctx.query['sent'] === undefined || !notices.has(ctx, 'password-mail-sent')) {
        return showForm(ctx, interaction);
      }
      return show(
        ctx,
        'interaction/password-mail-sent',
        {
          back: pages.addressOf(interaction, 'login'),
          again: pages.addressOf(interaction, path),
          minutes: Math.round(linkLifetime / 60),
        },
        { client: await pages.clientOf(interaction) },
      );
    },
    take: async (ctx, interaction, form) => {
      const email = form.get('email') ?? '';
      try {
        await passwordResets.request({ email, flow: interaction.uid }, originOf(ctx.req));
        notices.leave(ctx, 'password-mail-sent');
        seeOther(ctx, `${pages.addressOf(interaction, path)}?sent`);
      } catch (failure) {
        const error = errorOf(failure);
        if (error === undefined) {
          throw failure;
        }
        const retryAfter = failure instanceof ThrottledError ? failure.retryAfter : undefined;
        if (retryAfter !== undefined) {
          ctx.set('Retry-After', String(retryAfter));
        }
        const filledIn = { email: email.slice(0, 320), error, ...(retryAfter === undefined ? {} : { retryAfter }) };
        await showForm(ctx, interaction, filledIn, failure instanceof ThrottledError ? 429 : 400);
      }
      return undefined;
    },
  };
}

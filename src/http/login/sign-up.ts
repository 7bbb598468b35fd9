/**
 * A new account: asks for an email address, then for the code that was mailed there (or the link of the mail is
 * opened), then for a name and a password. The same pages are for those who were invited, without the first two. They
 * are pages of a login, so the new user is signed in at the end, with every later step that is due, and the app's flow
 * continues.
 *
 * The answer about an email address is the same whether or not it has an account.
 */
import type { Context } from 'koa';
import { GoneError, InvalidInputError, NotFoundError, ThrottledError } from '../../errors.ts';
import { passwordContext } from '../../oidc/authentication-context.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import { signUpState } from '../../oidc/interactions.ts';
import { originOf, requestContext } from '../../oidc/request-context.ts';
import type { AuditService } from '../../services/foundation/audit.ts';
import { PasswordRejectedError } from '../../services/users/password-policy.ts';
import type { PromisedAccount, SignUp, SignUpLink } from '../../services/users/sign-up.ts';
import { credentialsVersionOf } from '../../services/users/users.ts';
import type { NewAccountError, SignUpError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { SignUpProgressCookie } from '../sign-up-progress.ts';
import type { FirstStep } from './login.ts';
import type { FindWays } from './ways.ts';

export interface SignUpStepDependencies {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly signUp: SignUp;
  readonly progress: SignUpProgressCookie;
  readonly audit: AuditService;
  readonly clock: { now(): Date };
  readonly minimumLength: number;
}

/** The same word as the `state` with which the account pages begin here. */
const path = signUpState;
/** Characters of what is shown again. */
const maxShown = 320;

/** The link on the sign-in page. */
export function findSignUp(pages: Pick<InteractionPages, 'addressOf'>, { offer }: Pick<SignUp, 'offer'>): FindWays {
  return (interaction) =>
    Promise.resolve(
      offer === undefined || interaction.accountId !== undefined
        ? []
        : [{ code: 'sign-up', kind: 'link', method: 'get', action: pages.addressOf(interaction, path) }],
    );
}

function requestError(error: unknown): SignUpError | undefined {
  if (error instanceof ThrottledError) {
    return error.concerns === 'address' ? 'throttled_address' : 'throttled';
  }
  if (!(error instanceof InvalidInputError)) {
    return undefined;
  }
  return error.field === 'domain' ? 'domain' : 'email_invalid';
}

function accountError(error: unknown): NewAccountError | undefined {
  if (error instanceof PasswordRejectedError) {
    return error.reason === 'invalid' ? 'invalid_input' : error.reason;
  }
  return error instanceof InvalidInputError ? 'name' : undefined;
}

export function signUpStep(deps: SignUpStepDependencies): FirstStep {
  const { pages, signUp, progress, audit, clock, minimumLength } = deps;
  const { addressOf, clientOf, csrfOf } = pages;

  /** What all three pages have. */
  function common(interaction: Interaction) {
    return {
      action: addressOf(interaction, path),
      csrf: csrfOf(interaction),
      signIn: addressOf(interaction, 'login'),
    };
  }

  /** The email address for which a mail was asked for in this interaction. */
  function askedIn(ctx: Context, { uid }: Interaction): string | undefined {
    const { asked } = progress.read(ctx);
    return asked?.flow === uid ? asked.email : undefined;
  }

  async function showRequest(
    ctx: Context,
    interaction: Interaction,
    state: { readonly email?: string; readonly error?: SignUpError; readonly retryAfter?: number } = {},
    status = 200,
  ): Promise<void> {
    const client = await clientOf(interaction);
    deps.show(
      ctx,
      'interaction/sign-up',
      {
        ...common(interaction),
        client: { name: pages.nameOf(client) },
        domains: signUp.offer?.domains ?? [],
        ...(interaction.loginHint === undefined ? {} : { email: interaction.loginHint.slice(0, maxShown) }),
        ...state,
      },
      { status, client },
    );
  }

  async function showSent(
    ctx: Context,
    interaction: Interaction,
    email: string,
    state: { readonly error?: SignUpError; readonly retryAfter?: number } = {},
    status = 200,
  ): Promise<void> {
    deps.show(
      ctx,
      'interaction/sign-up-sent',
      { ...common(interaction), email, again: `${addressOf(interaction, path)}?again`, ...state },
      { status, client: await clientOf(interaction) },
    );
  }

  async function showAccount(
    ctx: Context,
    interaction: Interaction,
    account: PromisedAccount,
    state: { readonly name?: string; readonly error?: NewAccountError } = {},
    status = 200,
  ): Promise<void> {
    const { email, name, isInvited } = account;
    deps.show(
      ctx,
      'interaction/new-account',
      {
        ...common(interaction),
        email,
        isInvited,
        minimumLength,
        ...(name === undefined ? {} : { name }),
        ...state,
      },
      { status, client: await clientOf(interaction) },
    );
  }

  /** @returns the seconds to wait, which the answer's header has, too */
  function retryAfter(ctx: Context, error: unknown): { readonly retryAfter?: number } {
    const seconds = error instanceof ThrottledError ? error.retryAfter : undefined;
    if (seconds === undefined) {
      return {};
    }
    ctx.set('Retry-After', String(seconds));
    return { retryAfter: seconds };
  }

  async function takeRequest(ctx: Context, interaction: Interaction, form: Form): Promise<void> {
    const email = (form.get('email') ?? '').slice(0, maxShown);
    const { locale } = requestContext(ctx.req);
    try {
      await signUp.request({ email, flow: interaction.uid, locale }, originOf(ctx.req));
      progress.write(ctx, { asked: { email, flow: interaction.uid } });
      seeOther(ctx, addressOf(interaction, path));
    } catch (failure) {
      const error = requestError(failure);
      if (error === undefined) {
        throw failure;
      }
      const status = failure instanceof ThrottledError ? 429 : 400;
      await showRequest(ctx, interaction, { email, error, ...retryAfter(ctx, failure) }, status);
    }
  }

  async function takeCode(ctx: Context, interaction: Interaction, form: Form): Promise<void> {
    const sentTo = askedIn(ctx, interaction);
    if (sentTo === undefined) {
      return seeOther(ctx, addressOf(interaction, path));
    }
    try {
      const link = await signUp.enterCode(sentTo, (form.get('code') ?? '').slice(0, maxShown), originOf(ctx.req));
      if (link === undefined) {
        return await showSent(ctx, interaction, sentTo, { error: 'code' }, 400);
      }
      progress.write(ctx, { link });
      return seeOther(ctx, addressOf(interaction, path));
    } catch (failure) {
      if (!(failure instanceof ThrottledError)) {
        throw failure;
      }
      return showSent(ctx, interaction, sentTo, { error: 'throttled', ...retryAfter(ctx, failure) }, 429);
    }
  }

  async function takeAccount(
    ctx: Context,
    interaction: Interaction,
    form: Form,
    link: SignUpLink,
  ): Promise<LoginProof | undefined> {
    const origin = originOf(ctx.req);
    const name = (form.get('name') ?? '').trim();
    try {
      const user = await signUp.complete(link, { name, password: form.get('password') ?? '' }, origin);
      progress.clear(ctx);
      const { _id: accountId } = user;
      const detail = { method: 'sign-up' };
      await audit.record({ ...origin, actor: accountId, type: 'login.success', outcome: 'success', accountId, detail });
      return {
        accountId,
        credentialsVersion: credentialsVersionOf(user),
        at: clock.now(),
        remember: false,
        amr: ['pwd'],
        acr: passwordContext,
      };
    } catch (failure) {
      const error = accountError(failure);
      const account = error === undefined ? undefined : await signUp.find(link, origin);
      if (error !== undefined && account !== undefined) {
        await showAccount(ctx, interaction, account, { name: name.slice(0, maxShown), error }, 400);
        return undefined;
      }
      if (failure instanceof NotFoundError || error !== undefined) {
        progress.clear(ctx);
        throw new GoneError('This link was used or has expired. Ask for a new one.');
      }
      throw failure;
    }
  }

  return {
    path,
    begins: true,

    show: async (ctx, interaction) => {
      const { link } = progress.read(ctx);
      const sentTo = askedIn(ctx, interaction);
      const account = link === undefined ? undefined : await signUp.find(link, originOf(ctx.req));
      if (account !== undefined) {
        return showAccount(ctx, interaction, account);
      }
      if (signUp.offer === undefined) {
        return seeOther(ctx, addressOf(interaction, 'login'));
      }
      return sentTo !== undefined && ctx.query['again'] === undefined
        ? showSent(ctx, interaction, sentTo)
        : showRequest(ctx, interaction);
    },

    take: async (ctx, interaction, form) => {
      const { link } = progress.read(ctx);
      switch (form.get('step')) {
        case 'request':
          await takeRequest(ctx, interaction, form);
          return undefined;
        case 'code':
          await takeCode(ctx, interaction, form);
          return undefined;
        case 'account':
          if (link !== undefined) {
            return takeAccount(ctx, interaction, form, link);
          }
          seeOther(ctx, addressOf(interaction, path));
          return undefined;
        default:
          throw new InvalidInputError('step: expected "request", "code" or "account".', 'step');
      }
    },
  };
}

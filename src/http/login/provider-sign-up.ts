/**
 * A new account for a person who has signed in with another provider that is not trusted for their email address: asks
 * for the address if the provider has named none, sends a mail, and takes the code of the mail (its link:
 * routes/provider-sign-up-links.ts). The answers are the same whether or not the address has an account.
 */
import type { Context } from 'koa';
import { randomToken } from '../../crypto/secrets.ts';
import { ExpiredError, InvalidInputError, ThrottledError } from '../../errors.ts';
import type { Interaction, LoginProof } from '../../oidc/interactions.ts';
import { originOf, requestContext } from '../../oidc/request-context.ts';
import type { AskedProviderMail, ProviderPerson, ProviderSignUp } from '../../services/upstream/provider-sign-up.ts';
import type { UpstreamService } from '../../services/upstream/upstreams.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { SignUpError } from '../../views.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { Form } from '../middleware/forms.ts';
import { seeOther, type ShowPage } from '../page.ts';
import type { SignUpProgressCookie } from '../sign-up-progress.ts';
import type { FirstStep, Proceed } from './login.ts';
import { upstreamProof } from './upstream.ts';

export const providerSignUpPath = 'provider-sign-up';

/** Characters of what is shown again. */
const maxShown = 320;

/** The person who signed in at a provider in this interaction, and may make an account. */
export type FindPerson = (interaction: Interaction) => Promise<ProviderPerson | undefined>;

export function createFindPerson(deps: {
  readonly upstreams: Pick<UpstreamService, 'find'>;
  readonly providerSignUp: Pick<ProviderSignUp, 'offers'>;
}): FindPerson {
  return async ({ pendingLink }) => {
    const upstream = pendingLink === undefined ? null : await deps.upstreams.find(pendingLink.upstreamId);
    return pendingLink === undefined || upstream === null || !deps.providerSignUp.offers(upstream)
      ? undefined
      : { upstream, identity: pendingLink.identity };
  };
}

/** The mail that this browser has asked for in a flow. */
export function askedIn(ctx: Context, progress: Pick<SignUpProgressCookie, 'read'>, flow: string) {
  const { ofProvider } = progress.read(ctx);
  return ofProvider?.flow === flow ? ofProvider : undefined;
}

/** The proof of a user whose account was made now, and is linked already. @throws ExpiredError */
export async function proofOfNewUser(interaction: Interaction, user: UserDocument, at: Date): Promise<LoginProof> {
  const { pendingLink } = interaction;
  if (pendingLink === undefined) {
    throw new ExpiredError('nobody has signed in with a provider');
  }
  await interaction.keepPendingLink(undefined);
  return upstreamProof(interaction, user, pendingLink.identity, pendingLink.login, at);
}

interface Refusal {
  readonly error?: SignUpError;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Undefined: it is not a refusal. */
function refusalOf(failure: unknown): Refusal | undefined {
  if (failure instanceof ThrottledError) {
    const { concerns, retryAfter } = failure;
    const error = concerns === 'address' ? 'throttled_address' : 'throttled';
    return { error, ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
  return failure instanceof InvalidInputError ? { error: 'email_invalid' } : undefined;
}

export function providerSignUpStep(deps: {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly findPerson: FindPerson;
  readonly providerSignUp: ProviderSignUp;
  readonly progress: SignUpProgressCookie;
  readonly clock: { now(): Date };
}): FirstStep {
  const { pages, findPerson, providerSignUp, progress, clock } = deps;

  function common(ctx: Context, interaction: Interaction, refusal: Refusal) {
    if (refusal.retryAfter !== undefined) {
      ctx.set('Retry-After', String(refusal.retryAfter));
    }
    return {
      action: pages.addressOf(interaction, providerSignUpPath),
      csrf: pages.csrfOf(interaction),
      signIn: pages.addressOf(interaction, 'login'),
      ...refusal,
    };
  }

  const statusOf = ({ error, retryAfter }: Refusal): number =>
    error === undefined ? 200 : retryAfter === undefined ? 400 : 429;

  async function showRequest(
    ctx: Context,
    interaction: Interaction,
    { upstream, identity }: ProviderPerson,
    refusal: Refusal = {},
    typed?: string,
  ): Promise<void> {
    const client = await pages.clientOf(interaction);
    const email = identity.email ?? typed;
    deps.show(
      ctx,
      'interaction/provider-sign-up',
      {
        ...common(ctx, interaction, refusal),
        client: { name: pages.nameOf(client) },
        provider: { name: upstream.name },
        isGiven: identity.email !== undefined,
        ...(email === undefined ? {} : { email: email.slice(0, maxShown) }),
      },
      { status: statusOf(refusal), client },
    );
  }

  async function showSent(
    ctx: Context,
    interaction: Interaction,
    { upstream }: ProviderPerson,
    { email }: AskedProviderMail,
    refusal: Refusal = {},
  ): Promise<void> {
    const again = `${pages.addressOf(interaction, providerSignUpPath)}?again`;
    deps.show(
      ctx,
      'interaction/sign-up-sent',
      { ...common(ctx, interaction, refusal), email, again, provider: { name: upstream.name } },
      { status: statusOf(refusal), client: await pages.clientOf(interaction) },
    );
  }

  async function takeRequest(ctx: Context, interaction: Interaction, person: ProviderPerson, form: Form) {
    const { email = (form.get('email') ?? '').slice(0, maxShown) } = person.identity;
    const asked = { flow: interaction.uid, browser: randomToken(), email };
    try {
      await providerSignUp.request(asked, person, requestContext(ctx.req).locale, originOf(ctx.req));
      progress.write(ctx, { ofProvider: asked });
      seeOther(ctx, pages.addressOf(interaction, providerSignUpPath));
    } catch (failure) {
      const refusal = refusalOf(failure);
      if (refusal === undefined) {
        throw failure;
      }
      await showRequest(ctx, interaction, person, refusal, email);
    }
  }

  async function takeCode(
    ctx: Context,
    interaction: Interaction,
    person: ProviderPerson,
    form: Form,
    proceed: Proceed,
  ): Promise<void> {
    const asked = askedIn(ctx, progress, interaction.uid);
    if (asked === undefined) {
      return seeOther(ctx, pages.addressOf(interaction, providerSignUpPath));
    }
    const code = (form.get('code') ?? '').slice(0, maxShown);
    const signIn = async (user: UserDocument) => proceed(await proofOfNewUser(interaction, user, clock.now()));
    try {
      if (!(await providerSignUp.useCode(code, asked, person, signIn, originOf(ctx.req)))) {
        return await showSent(ctx, interaction, person, asked, { error: 'code' });
      }
      return progress.clear(ctx);
    } catch (failure) {
      const refusal = refusalOf(failure);
      if (refusal?.error === undefined || refusal.error === 'email_invalid') {
        throw failure;
      }
      return showSent(ctx, interaction, person, asked, { ...refusal, error: 'throttled' });
    }
  }

  return {
    path: providerSignUpPath,
    begins: true,

    show: async (ctx, interaction) => {
      const person = await findPerson(interaction);
      if (person === undefined) {
        return seeOther(ctx, pages.addressOf(interaction, 'login'));
      }
      const asked = askedIn(ctx, progress, interaction.uid);
      return asked === undefined || ctx.query['again'] !== undefined
        ? showRequest(ctx, interaction, person)
        : showSent(ctx, interaction, person, asked);
    },

    take: async (ctx, interaction, form, proceed) => {
      const person = await findPerson(interaction);
      if (person === undefined) {
        seeOther(ctx, pages.addressOf(interaction, 'login'));
        return undefined;
      }
      await (form.get('code') === undefined
        ? takeRequest(ctx, interaction, person, form)
        : takeCode(ctx, interaction, person, form, proceed));
      return undefined;
    },
  };
}

/**
 * What a person is asked between an app's request and its answer: which account, who they are, what they allow. The
 * engine says what is to be asked (an interaction with a prompt) and goes on where the answer is put.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { ExpiredError, GatehouseError, InvalidInputError, OverloadedError, ThrottledError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { accountClientId } from '../../oidc/configuration.ts';
import { brandingOf } from '../../oidc/client-metadata.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { followingPage } from '../../oidc/missing-flow.ts';
import { actorOf, requestContext } from '../../oidc/request-context.ts';
import type { UserService } from '../../services/users.ts';
import type { AuditService } from '../../services/audit.ts';
import type { AuthenticationService } from '../../services/authentication.ts';
import type { ClientService } from '../../services/clients.ts';
import type { LoginError, ViewContext } from '../../views.ts';
import type { Forms } from '../middleware/forms.ts';
import { seeOther, type ShowPage } from '../page.ts';
import { redirectPlace } from '../presenters/client.ts';

export interface InteractionDependencies {
  readonly engine: Engine;
  readonly forms: Forms;
  readonly show: ShowPage;
  readonly users: UserService;
  readonly authentication: AuthenticationService;
  readonly clients: ClientService;
  readonly audit: AuditService;
  readonly brandName: string;
}

interface LoginState {
  /** The person asked for another account than the one that is signed in. */
  readonly asSomebodyElse?: boolean;
  readonly email?: string | undefined;
  readonly remember?: boolean;
  readonly error?: LoginError;
  readonly retryAfter?: number | undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function loginErrorOf(error: unknown): LoginError | undefined {
  if (error instanceof ThrottledError) {
    return error.concerns === 'address' ? 'throttled_address' : 'throttled';
  }
  if (error instanceof OverloadedError) {
    return 'overloaded';
  }
  return error instanceof InvalidInputError ? 'invalid_input' : undefined;
}

export function interactionRoutes(deps: InteractionDependencies): Router {
  const { engine, forms, show, users, authentication, clients, audit, brandName } = deps;
  const router = new Router();

  const bindingOf = (interaction: Interaction): string => `interaction ${interaction.uid}`;
  const loginPath = (interaction: Interaction): string => `/interaction/${interaction.uid}/login`;

  /** The interaction that this browser is in. @throws ExpiredError */
  async function current(ctx: Context): Promise<Interaction> {
    const interaction = await engine.findInteraction(ctx, String(ctx['params'].uid));
    // For its pages, and for those that say what went wrong on them (OIDC Core §3.1.2.1).
    if (interaction.uiLocales !== undefined) {
      requestContext(ctx.req).preferLocales(interaction.uiLocales);
    }
    return interaction;
  }

  /** The app that asks; undefined where a user signs in to their own account page. */
  async function clientOf({ clientId }: Interaction): Promise<ViewContext['client']> {
    const client = clientId === accountClientId ? null : await clients.find(clientId);
    return client === null ? undefined : brandingOf(client);
  }

  async function signedInEmail({ accountId }: Interaction): Promise<string | undefined> {
    const user = accountId === undefined ? null : await users.find(accountId);
    return user === null || user.disabled ? undefined : user.email;
  }

  async function showLogin(
    ctx: Context,
    interaction: Interaction,
    state: LoginState = {},
    status = 200,
  ): Promise<void> {
    const client = await clientOf(interaction);
    const known = state.asSomebodyElse === true ? undefined : await signedInEmail(interaction);
    const reauthentication =
      interaction.prompt === 'login' && known !== undefined && !interaction.reasons.includes('id_token_hint');
    const email = reauthentication ? known : (state.email ?? interaction.loginHint);
    show(
      ctx,
      'interaction/login',
      {
        action: loginPath(interaction),
        cancelAction: `/interaction/${interaction.uid}/cancel`,
        csrf: forms.token(bindingOf(interaction)),
        client: { name: client?.name ?? brandName },
        reauthentication,
        remember: state.remember ?? false,
        ...(email === undefined ? {} : { email: email.slice(0, 320) }),
        ...(state.error === undefined ? {} : { error: state.error }),
        ...(state.retryAfter === undefined ? {} : { retryAfter: state.retryAfter }),
      },
      { status, client },
    );
  }

  async function showChooser(ctx: Context, interaction: Interaction): Promise<void> {
    const email = await signedInEmail(interaction);
    if (email === undefined) {
      await showLogin(ctx, interaction);
      return;
    }
    const client = await clientOf(interaction);
    const user = await users.find(interaction.accountId ?? '');
    const name = text(user?.profile['name']);
    show(
      ctx,
      'interaction/select-account',
      {
        action: `/interaction/${interaction.uid}/select-account`,
        cancelAction: `/interaction/${interaction.uid}/cancel`,
        csrf: forms.token(bindingOf(interaction)),
        user: { email, ...(name === undefined ? {} : { name }) },
        client: { name: client?.name ?? brandName },
      },
      { client },
    );
  }

  async function showConsent(ctx: Context, interaction: Interaction): Promise<void> {
    const client = await clientOf(interaction);
    const user = await users.find(interaction.accountId ?? '');
    const request = await interaction.describeConsent();
    const name = text(user?.profile['name']);
    show(
      ctx,
      'interaction/consent',
      {
        ...request,
        action: `/interaction/${interaction.uid}/consent`,
        csrf: forms.token(bindingOf(interaction)),
        client: {
          name: client?.name ?? brandName,
          host: redirectPlace(interaction.redirectUri),
          dynamicIdentity: false,
        },
        user: { email: user?.email ?? '', ...(name === undefined ? {} : { name }) },
        anotherAccount: loginPath(interaction),
      },
      { client },
    );
  }

  // Where the flow of a page has ended, the person goes on to what there is.
  router.use('/interaction/:uid', async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof ExpiredError)) {
        throw error;
      }
      const ended = await engine.missingFlow(ctx, String(ctx['params']['uid']));
      const page = followingPage(ctx.method, ended);
      if (page === undefined) {
        throw ended;
      }
      seeOther(ctx, page);
    }
  });

  router.get('/interaction/:uid', async (ctx) => {
    const interaction = await current(ctx);
    switch (interaction.prompt) {
      case 'login':
        return showLogin(ctx, interaction);
      case 'select_account':
        return showChooser(ctx, interaction);
      case 'consent':
        return showConsent(ctx, interaction);
      default:
        throw new TypeError(`no page for the prompt ${interaction.prompt}`);
    }
  });

  /** The sign-in page for another account than the one that is signed in. */
  router.get('/interaction/:uid/login', async (ctx) => {
    const interaction = await current(ctx);
    if (interaction.prompt === 'login') {
      return seeOther(ctx, `/interaction/${interaction.uid}`);
    }
    return showLogin(ctx, interaction, { asSomebodyElse: true });
  });

  for (const target of ['select-account', 'consent', 'cancel']) {
    router.get(`/interaction/:uid/${target}`, (ctx) => seeOther(ctx, `/interaction/${ctx['params']['uid']}`));
  }

  router.post('/interaction/:uid/login', async (ctx) => {
    const interaction = await current(ctx);
    const form = await forms.read(ctx, bindingOf(interaction));
    const email = form.get('email') ?? '';
    const remember = form.get('remember') === 'yes';
    const { address, requestId } = requestContext(ctx.req);
    const device = ctx.cookies.get(engine.cookies.names.device, { signed: true });
    try {
      const result = await authentication.signIn({
        email,
        address,
        requestId,
        password: form.get('password') ?? '',
        ...(device === undefined ? {} : { device }),
      });
      if (result.outcome === 'refused') {
        await showLogin(ctx, interaction, { email, remember, error: 'invalid_credentials' }, 401);
        return;
      }
      const { token, expiresAt } = authentication.issueDeviceToken(result.user);
      ctx.cookies.set(engine.cookies.names.device, token, { ...engine.cookies.options, path: '/', expires: expiresAt });
      const next = await interaction.signIn({
        accountId: result.user._id,
        credentialsVersion: result.credentialsVersion,
        at: result.at,
        // Someone who asked to be remembered is not asked again when they only confirm who they are.
        remember: remember || (await interaction.isRemembered(result.user._id)),
        amr: ['pwd'],
      });
      seeOther(ctx, next);
    } catch (error) {
      const code = loginErrorOf(error);
      if (code === undefined || !(error instanceof GatehouseError)) {
        throw error;
      }
      if (error.retryAfter !== undefined) {
        ctx.set('Retry-After', String(error.retryAfter));
      }
      await showLogin(ctx, interaction, { email, remember, error: code, retryAfter: error.retryAfter }, error.status);
    }
  });

  router.post('/interaction/:uid/select-account', async (ctx) => {
    const interaction = await current(ctx);
    const form = await forms.read(ctx, bindingOf(interaction));
    switch (form.get('choice')) {
      case 'continue':
        return seeOther(ctx, await interaction.keepAccount());
      case 'another':
        return seeOther(ctx, loginPath(interaction));
      default:
        throw new InvalidInputError('choice: expected "continue" or "another".', 'choice');
    }
  });

  router.post('/interaction/:uid/consent', async (ctx) => {
    const interaction = await current(ctx);
    const form = await forms.read(ctx, bindingOf(interaction));
    if (interaction.prompt !== 'consent') {
      throw new ExpiredError('this interaction is not about consent');
    }
    const by = actorOf(ctx.req, interaction.accountId ?? 'system');
    switch (form.get('decision')) {
      case 'allow':
        return seeOther(ctx, await interaction.allow(by));
      case 'deny':
        await audit.record({
          ...by,
          type: 'consent.denied',
          outcome: 'failure',
          clientId: interaction.clientId,
          ...(interaction.accountId === undefined ? {} : { accountId: interaction.accountId }),
        });
        return seeOther(ctx, await interaction.refuse('the person did not allow it'));
      default:
        throw new InvalidInputError('decision: expected "allow" or "deny".', 'decision');
    }
  });

  router.post('/interaction/:uid/cancel', async (ctx) => {
    const interaction = await current(ctx);
    await forms.read(ctx, bindingOf(interaction));
    seeOther(ctx, await interaction.refuse('the person did not sign in'));
  });

  return router;
}

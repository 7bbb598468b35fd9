/**
 * The pages between an app's request and its answer: account chooser, login, consent. The engine decides which page is
 * needed (an interaction with a prompt) and continues from the result that the page stores.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { ExpiredError, InvalidInputError } from '../../errors.ts';
import type { ConsentChoices } from '../../oidc/consent.ts';
import type { Engine } from '../../oidc/engine.ts';
import { accessPromptName, notMember } from '../../oidc/interaction-policy.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { actorOf, requestContext } from '../../oidc/request-context.ts';
import { redirectTarget } from '../../presenters/redirect-target.ts';
import type { UserService } from '../../services/users/users.ts';
import type { AuditService } from '../../services/foundation/audit.ts';
import { endedFlows } from '../ended-flows.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { Login } from '../login/login.ts';
import type { Form, Forms } from '../middleware/forms.ts';
import { seeOther, type ShowPage } from '../page.ts';

export interface InteractionDependencies {
  readonly engine: Engine;
  readonly forms: Forms;
  readonly show: ShowPage;
  readonly users: UserService;
  readonly audit: AuditService;
  readonly pages: InteractionPages;
  readonly login: Login;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Seconds after which users can let the access end. */
const day = 86_400;
export const endsAfter: readonly number[] = [day, 7 * day, 30 * day, 90 * day];

/** What the user chose on the consent page. A page without check boxes allows everything. */
function choicesIn(form: Form): ConsentChoices {
  const end = form.get('ends_in');
  const ends = end === 'never' || end === 'as-before' ? end : endsAfter.find((seconds) => String(seconds) === end);
  const prefix = 'allow ';
  return {
    ...(form.get('choices') === 'yes'
      ? {
          allowed: new Set(
            [...form.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
          ),
        }
      : {}),
    ...(ends === undefined ? {} : { ends }),
  };
}

export function interactionRoutes(deps: InteractionDependencies): Router {
  const { engine, forms, show, users, audit, pages, login } = deps;
  const router = new Router();
  const { addressOf, bindingOf, clientOf, csrfOf, nameOf, signedInEmail } = pages;

  /** The interaction of this browser. @throws ExpiredError */
  async function current(ctx: Context): Promise<Interaction> {
    const interaction = await engine.findInteraction(ctx, String(ctx['params'].uid));
    // The language of its pages and of their error pages (OIDC Core §3.1.2.1).
    if (interaction.uiLocales !== undefined) {
      requestContext(ctx.req).preferLocales(interaction.uiLocales);
    }
    return interaction;
  }

  async function showChooser(ctx: Context, interaction: Interaction): Promise<void> {
    const email = await signedInEmail(interaction);
    if (email === undefined) {
      await login.show(ctx, interaction);
      return;
    }
    const client = await clientOf(interaction);
    const user = await users.find(interaction.accountId ?? '');
    const name = text(user?.profile['name']);
    show(
      ctx,
      'interaction/select-account',
      {
        action: addressOf(interaction, 'select-account'),
        cancelAction: addressOf(interaction, 'cancel'),
        csrf: csrfOf(interaction),
        user: { email, ...(name === undefined ? {} : { name }) },
        client: { name: nameOf(client) },
      },
      { client },
    );
  }

  /** The page for a user who may not use the app, or may not grant what it requests. */
  async function showNoAccess(ctx: Context, interaction: Interaction): Promise<void> {
    const client = await clientOf(interaction);
    const user = await users.find(interaction.accountId ?? '');
    const name = text(user?.profile['name']);
    show(
      ctx,
      'interaction/no-access',
      {
        reason: interaction.reasons.includes(notMember) ? 'app' : 'scopes',
        csrf: csrfOf(interaction),
        anotherAccount: addressOf(interaction, 'login'),
        cancelAction: addressOf(interaction, 'cancel'),
        user: { email: user?.email ?? '', ...(name === undefined ? {} : { name }) },
        client: { name: nameOf(client) },
      },
      { client, status: 403 },
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
        endsAfter,
        action: addressOf(interaction, 'consent'),
        csrf: csrfOf(interaction),
        client: {
          name: nameOf(client),
          host: redirectTarget(interaction.redirectUri),
          dynamicIdentity: false,
        },
        user: { email: user?.email ?? '', ...(name === undefined ? {} : { name }) },
        anotherAccount: addressOf(interaction, 'login'),
      },
      { client },
    );
  }

  router.use('/interaction/:uid', endedFlows(engine));

  router.get('/interaction/:uid', async (ctx) => {
    const interaction = await current(ctx);
    if (interaction.proof !== undefined) {
      return login.show(ctx, interaction);
    }
    switch (interaction.prompt) {
      case 'login':
        return login.show(ctx, interaction);
      case 'select_account':
        return showChooser(ctx, interaction);
      case accessPromptName:
        return showNoAccess(ctx, interaction);
      case 'consent':
        return showConsent(ctx, interaction);
      default:
        throw new TypeError(`no page for the prompt ${interaction.prompt}`);
    }
  });

  /** The page of a first factor; also for another user than the one who is signed in. */
  for (const step of login.steps.filter(({ begins }) => begins)) {
    router.get(`/interaction/:uid/${step.path}`, async (ctx) => {
      const interaction = await current(ctx);
      return interaction.prompt === 'login' && step === login.steps[0] && interaction.beginsWith === undefined
        ? seeOther(ctx, addressOf(interaction))
        : step.show(ctx, interaction);
    });
  }

  const laterSteps = login.steps.flatMap(({ begins, path }) => (begins ? [] : [path]));
  for (const target of [...laterSteps, 'select-account', 'consent', 'cancel']) {
    router.get(`/interaction/:uid/${target}`, (ctx) => seeOther(ctx, `/interaction/${ctx['params']['uid']}`));
  }

  for (const step of login.steps) {
    router.post(`/interaction/:uid/${step.path}`, async (ctx) => {
      // In a storm of sign-ins, a rejection must cost next to nothing.
      step.admit?.();
      const interaction = await current(ctx);
      const form = await forms.read(ctx, bindingOf(interaction));
      await login.take(ctx, interaction, step, form);
    });
  }

  router.post('/interaction/:uid/select-account', async (ctx) => {
    const interaction = await current(ctx);
    const form = await forms.read(ctx, bindingOf(interaction));
    switch (form.get('choice')) {
      case 'continue':
        return seeOther(ctx, await interaction.keepAccount());
      case 'another':
        return seeOther(ctx, addressOf(interaction, 'login'));
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
    const actor = actorOf(ctx.req, interaction.accountId ?? 'system');
    switch (form.get('decision')) {
      case 'allow':
        return seeOther(ctx, await interaction.allow(actor, choicesIn(form)));
      case 'deny':
        await audit.record({
          ...actor,
          type: 'consent.denied',
          outcome: 'failure',
          clientId: interaction.clientId,
          ...(interaction.accountId === undefined ? {} : { accountId: interaction.accountId }),
        });
        return seeOther(ctx, await interaction.refuse('the user did not allow it'));
      default:
        throw new InvalidInputError('decision: expected "allow" or "deny".', 'decision');
    }
  });

  router.post('/interaction/:uid/cancel', async (ctx) => {
    const interaction = await current(ctx);
    await forms.read(ctx, bindingOf(interaction));
    seeOther(
      ctx,
      await interaction.refuse(
        interaction.prompt === accessPromptName
          ? 'the user is in none of the groups that have access'
          : 'the user did not sign in',
      ),
    );
  });

  return router;
}

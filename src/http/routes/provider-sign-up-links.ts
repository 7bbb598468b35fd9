/**
 * The links of mails that confirm the address of a new account at another provider. Opening one changes nothing,
 * because mail scanners open links, too; the form of its page does, in the browser that asked for the mail.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { GoneError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { ProviderSignUp } from '../../services/upstream/provider-sign-up.ts';
import type { Login } from '../login/login.ts';
import { askedIn, proofOfNewUser, providerSignUpPath, type FindPerson } from '../login/provider-sign-up.ts';
import type { Forms } from '../middleware/forms.ts';
import type { ShowPage } from '../page.ts';
import type { SignUpProgressCookie } from '../sign-up-progress.ts';

export function providerSignUpLinkRoutes(deps: {
  readonly engine: Pick<Engine, 'findInteraction' | 'holdsFlow'>;
  readonly forms: Forms;
  readonly show: ShowPage;
  readonly login: Pick<Login, 'proceedNow'>;
  readonly findPerson: FindPerson;
  readonly providerSignUp: ProviderSignUp;
  readonly progress: SignUpProgressCookie;
  readonly clock: { now(): Date };
}): Router {
  const { engine, forms, show, login, findPerson, providerSignUp, progress, clock } = deps;
  const router = new Router();
  const path = `/interaction/:uid/${providerSignUpPath}/:token`;

  function usedOrExpired(): never {
    throw new GoneError('This link was used or has expired. Ask for a new one.');
  }

  function parameters(ctx: Context) {
    const { uid, token } = ctx['params'] as Record<string, string>;
    return { uid: String(uid), token: String(token) };
  }

  const bindingOf = (token: string): string => `provider sign-up ${token}`;

  router.get(path, async (ctx) => {
    const { uid, token } = parameters(ctx);
    const asked = engine.holdsFlow(ctx, uid) ? askedIn(ctx, progress, uid) : undefined;
    const person = asked === undefined ? undefined : await findPerson(await engine.findInteraction(ctx, uid));
    const place = (await providerSignUp.peek(token, asked, person, originOf(ctx.req))) ?? usedOrExpired();
    show(
      ctx,
      'interaction/mail-link',
      place === 'here' && person !== undefined
        ? { action: ctx.path, csrf: forms.token(bindingOf(token)), provider: { name: person.upstream.name } }
        : {},
    );
  });

  router.post(path, async (ctx) => {
    const { uid, token } = parameters(ctx);
    await forms.read(ctx, bindingOf(token));
    const interaction = await engine.findInteraction(ctx, uid);
    const asked = askedIn(ctx, progress, uid) ?? usedOrExpired();
    const person = (await findPerson(interaction)) ?? usedOrExpired();
    const isSignedIn = await providerSignUp.useLink(
      token,
      asked,
      person,
      async (user) => login.proceedNow(ctx, interaction, await proofOfNewUser(interaction, user, clock.now())),
      originOf(ctx.req),
    );
    if (!isSignedIn) {
      usedOrExpired();
    }
    progress.clear(ctx);
  });

  return router;
}

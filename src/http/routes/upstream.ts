/**
 * Signing in with another identity provider. The user posts the button of the sign-in page, goes to the provider, and
 * comes back to `/upstream/:id/callback`. This address is registered at the provider, so it is the same for every
 * sign-in and proves nothing: it only redirects to the interaction, or to the account page, from which the user left.
 * There the cookies of the browser are checked, and the answer is used.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { Clock } from '../../clock.ts';
import { ExpiredError } from '../../errors.ts';
import { endpoints } from '../../oidc/endpoints.ts';
import type { Engine } from '../../oidc/engine.ts';
import type { Interaction } from '../../oidc/interactions.ts';
import { actorOf, requestContext } from '../../oidc/request-context.ts';
import type { UpstreamLogin } from '../../oidc/upstream-login.ts';
import type { ProviderSignUp } from '../../services/upstream/provider-sign-up.ts';
import type { UpstreamAccounts } from '../../services/upstream/upstream-accounts.ts';
import type { UpstreamFlows } from '../../services/upstream/upstream-flows.ts';
import { returnPages } from '../account-login.ts';
import { endedFlows } from '../ended-flows.ts';
import type { InteractionPages } from '../interaction-pages.ts';
import type { Login } from '../login/login.ts';
import { providerSignUpPath } from '../login/provider-sign-up.ts';
import { maxAgeOf, upstreamProof } from '../login/upstream.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices, ProviderProblem } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { UpstreamSignIn } from '../upstream-sign-in.ts';

export interface UpstreamRouteDependencies {
  readonly engine: Pick<Engine, 'findInteraction' | 'missingFlow'>;
  readonly forms: Forms;
  readonly pages: InteractionPages;
  readonly notices: Notices;
  readonly login: Login;
  readonly flows: UpstreamFlows;
  readonly signIn: UpstreamSignIn;
  readonly accounts: Pick<UpstreamAccounts, 'signIn'>;
  readonly providerSignUp: Pick<ProviderSignUp, 'offers'>;
  readonly clock: Clock;
  readonly count: (upstreamId: string, outcome: 'success' | 'refused') => void;
}

export function upstreamRoutes(deps: UpstreamRouteDependencies): Router {
  const { engine, forms, pages, notices, login, flows, signIn, accounts, providerSignUp, clock, count } = deps;
  const router = new Router();
  const path = '/interaction/:uid/upstream/:id';
  router.use(path, endedFlows(engine));

  function idOf(ctx: Context): string {
    return String(ctx['params']['id']);
  }

  async function current(ctx: Context): Promise<Interaction> {
    const interaction = await engine.findInteraction(ctx, String(ctx['params'].uid));
    if (interaction.uiLocales !== undefined) {
      requestContext(ctx.req).preferLocales(interaction.uiLocales);
    }
    return interaction;
  }

  /** Back to the sign-in page, which shows what happened. */
  function explain(ctx: Context, interaction: Interaction, problem: ProviderProblem): void {
    notices.leave(ctx, `provider-${problem}`, idOf(ctx));
    seeOther(ctx, pages.addressOf(interaction, 'login'));
  }

  router.post(path, async (ctx) => {
    const interaction = await current(ctx);
    await forms.read(ctx, pages.bindingOf(interaction));
    const target = await signIn.begin(
      idOf(ctx),
      { kind: 'interaction', uid: interaction.uid },
      {
        maxAge: maxAgeOf(interaction),
        loginHint: interaction.loginHint,
        selectAccount: interaction.prompt === 'select_account',
        uiLocales: interaction.uiLocales,
      },
    );
    if ('problem' in target) {
      return explain(ctx, interaction, target.problem);
    }
    return seeOther(ctx, target.href);
  });

  router.get(endpoints.upstream_callback.path, async (ctx) => {
    const { state } = ctx.query;
    const flow = typeof state === 'string' ? await flows.peek(state) : null;
    if (flow === null || flow.upstreamId !== idOf(ctx)) {
      throw new ExpiredError('the state is unknown, or was used', { next: { action: 'home', uri: '/' } });
    }
    const { kind, uid } = flow.origin;
    const target =
      kind === 'interaction'
        ? `/interaction/${uid}/upstream/${flow.upstreamId}`
        : `${returnPages.providers}/${flow.upstreamId}/answer`;
    seeOther(ctx, `${target}?${new URLSearchParams(ctx.querystring).toString()}`);
  });

  router.get(path, async (ctx) => {
    const interaction = await current(ctx);
    const visit = await signIn.finish(ctx, idOf(ctx), { kind: 'interaction', uid: interaction.uid });
    if (visit === undefined) {
      // A second click, or a page that was loaded again: the first one has done everything.
      return seeOther(ctx, pages.addressOf(interaction));
    }
    if ('problem' in visit) {
      return explain(ctx, interaction, visit.problem);
    }
    const { upstream, identity, authTime, idToken } = visit;
    const there: UpstreamLogin = {
      id: upstream._id,
      authTime,
      ...(identity.sid === undefined ? {} : { sid: identity.sid }),
      ...(idToken === undefined || upstream.signOut !== true ? {} : { idToken }),
    };
    const result = await accounts.signIn(upstream, identity, actorOf(ctx.req, 'system'));
    if (result.outcome === 'refused') {
      count(upstream._id, 'refused');
      if (result.reason === 'disabled') {
        return explain(ctx, interaction, 'disabled');
      }
      await interaction.keepPendingLink({ upstreamId: upstream._id, identity, login: there });
      return providerSignUp.offers(upstream)
        ? seeOther(ctx, pages.addressOf(interaction, providerSignUpPath))
        : explain(ctx, interaction, 'unlinked');
    }
    count(upstream._id, 'success');
    if (interaction.pendingLink !== undefined) {
      await interaction.keepPendingLink(undefined);
    }
    return login.proceed(ctx, interaction, await upstreamProof(interaction, result.user, identity, there, clock.now()));
  });

  return router;
}

/** Constructs the pages of other identity providers: buttons, answers, links, logout. */
import type { Router } from '@koa/router';
import { createProvidersRow, providerRoutes, type ProviderRouteDependencies } from '../http/account/providers.ts';
import type { InteractionPages } from '../http/interaction-pages.ts';
import { linkProviderStep } from '../http/login/link-provider.ts';
import type { Login } from '../http/login/login.ts';
import { createFindPerson, providerSignUpStep } from '../http/login/provider-sign-up.ts';
import { createFindProblem, upstreamWays } from '../http/login/upstream.ts';
import type { Forms } from '../http/middleware/forms.ts';
import type { Notices } from '../http/notices.ts';
import type { ShowPage } from '../http/page.ts';
import { providerSignUpLinkRoutes } from '../http/routes/provider-sign-up-links.ts';
import { upstreamLogoutRoutes } from '../http/routes/upstream-logout.ts';
import { upstreamRoutes } from '../http/routes/upstream.ts';
import type { SignUpProgressCookie } from '../http/sign-up-progress.ts';
import { createUpstreamSignIn } from '../http/upstream-sign-in.ts';
import { createFindUpstreamSignOut } from '../http/upstream-sign-out.ts';
import type { Clock } from '../clock.ts';
import type { Engine } from '../oidc/engine.ts';
import type { Foundation } from './foundation.ts';
import type { Wired } from './services.ts';

export interface ProviderWiring extends Pick<Foundation, 'metrics' | 'log'>, Pick<Wired, 'services'> {
  readonly pages: InteractionPages;
  readonly show: ShowPage;
  readonly notices: Notices;
  readonly issuer: string;
  readonly progress: SignUpProgressCookie;
  readonly clock: Clock;
}

export interface ProviderRouteWiring extends Pick<Foundation, 'clock'>, Pick<Wired, 'acceptUpstreamLogout'> {
  readonly engine: Engine;
  readonly forms: Forms;
  readonly login: Login;
}

export type Providers = ReturnType<typeof wireProviders>;

export function wireProviders({ services, pages, show, notices, metrics, log, issuer, ...rest }: ProviderWiring) {
  const {
    upstreams,
    upstreamAccounts: accounts,
    upstreamLinks: links,
    upstreamFlows: flows,
    upstreamClient: client,
    providerSignUp,
    passkeys,
    secondFactors,
    users,
  } = services;
  const findProblem = createFindProblem({ upstreams, notices });
  const count = metrics.countUpstreamLogin;
  const signIn = createUpstreamSignIn({ upstreams, flows, client, count, log });

  const signUp = { findPerson: createFindPerson({ upstreams, providerSignUp }), providerSignUp, ...rest };

  return {
    findWays: upstreamWays({ upstreams, pages }),
    findProblem,
    findSignOut: createFindUpstreamSignOut({ upstreams, client, returnTo: `${issuer}/` }),
    signUpStep: providerSignUpStep({ pages, show, ...signUp }),
    linkStep: linkProviderStep({ pages, show, users, upstreams, links, secondFactors }),
    routes: ({ engine, forms, login, clock, acceptUpstreamLogout }: ProviderRouteWiring): Router[] => [
      upstreamRoutes({ engine, forms, pages, notices, login, flows, signIn, accounts, providerSignUp, clock, count }),
      providerSignUpLinkRoutes({ engine, forms, show, login, ...signUp }),
      upstreamLogoutRoutes({ upstreams, links, accept: acceptUpstreamLogout }),
    ],
    securityRow: createProvidersRow({ links, upstreams }),
    accountRoutes: ({ frame, login, forms }: Pick<ProviderRouteDependencies, 'frame' | 'login' | 'forms'>): Router =>
      providerRoutes({
        frame,
        login,
        forms,
        notices,
        findProblem,
        upstreams,
        links,
        signIn,
        hasOtherWay: async ({ _id, passwordHash }) => passwordHash !== undefined || (await passkeys.hasPasskey(_id)),
      }),
  };
}

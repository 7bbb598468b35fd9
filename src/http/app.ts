/** The web application: the one ordered list of what happens to a request. */
import compose from 'koa-compose';
import Koa, { type Middleware } from 'koa';
import type { Router } from '@koa/router';
import type { Logger } from '../logging.ts';
import type { CookieSigner } from '../oidc/cookies.ts';
import { createErrorPage } from '../oidc/error-page.ts';
import { requestContext } from '../oidc/request-context.ts';
import type { Views } from '../views.ts';
import { answerErrors } from './middleware/answer-errors.ts';
import { assets } from './middleware/assets.ts';
import type { ClientAuthThrottle } from './middleware/client-auth-throttle.ts';
import { engineAnswers } from './middleware/engine-answers.ts';
import { identify } from './middleware/identify.ts';
import { observe, type RequestMeasurement } from './middleware/observe.ts';
import { knownPaths } from './middleware/known-paths.ts';
import { hostCheck } from './middleware/host-check.ts';
import { logoutParameters } from './middleware/logout-parameters.ts';
import { postedRequests } from './middleware/posted-requests.ts';
import type { RequestLimits } from './middleware/request-limits.ts';
import { requestScope } from './middleware/request-scope.ts';
import { requestTarget } from './middleware/request-target.ts';
import { upstreamLogout } from './middleware/upstream-logout.ts';
import { whenStarted } from './middleware/when-started.ts';
import { keepOpenerInFlows, securityHeaders } from './middleware/security-headers.ts';
import type { Notices } from './notices.ts';
import type { PickedLanguage } from './picked-language.ts';
import { createSiteMap } from './site-map.ts';
import { healthRoutes, type HealthDependencies } from './routes/health.ts';
import type { SignOutReturns } from '../services/upstream/sign-out-returns.ts';
import type { FindUpstreamSignOut } from './upstream-sign-out.ts';

export interface AppDependencies {
  readonly issuer: string;
  /** Middleware outside of everything else, from the program that runs the server. Empty for `gatehouse serve`. */
  readonly around: readonly Middleware[];
  readonly trustedProxies: readonly string[];
  /** Whether this is the development profile. */
  readonly development: boolean;
  /** URLs of the logos that the operator configured. */
  readonly brandLogos: readonly string[];
  readonly views: Views;
  readonly log: Logger;
  readonly signer: CookieSigner;
  readonly pickedLanguage: PickedLanguage;
  readonly health: HealthDependencies;
  readonly measure: (measurement: RequestMeasurement) => void;
  readonly limits: RequestLimits;
  /** Seconds that a request may wait for the database. */
  readonly deadline: number;
  readonly clientAuthThrottle: ClientAuthThrottle;
  /** Seconds for which clients and proxies may cache the published keys. */
  readonly keysCacheMaxAge: number;
  readonly notices: Notices;
  readonly findUpstreamSignOut: FindUpstreamSignOut;
  readonly signOutReturns: SignOutReturns;
  /** The routers of the server's own pages. */
  readonly pages: readonly Router[];
  /** Answers what has ended lately from memory. */
  readonly revocationFeed: Middleware;
  /** Answers keys and metadata from memory. */
  readonly publishedDocuments: Middleware;
  readonly engine: Middleware;
  /** False until the database was reached for the first time. */
  readonly hasStarted: () => boolean;
}

export function createApp(deps: AppDependencies): Koa {
  const app = new Koa();
  // The engine signs cookies in its own context. Both must use the same keys.
  app.keys = deps.signer;
  // Safe: `identify` has overwritten the forwarding headers with verified values.
  app.proxy = true;
  const siteMap = createSiteMap(deps.pages);

  for (const middleware of deps.around) {
    app.use(middleware);
  }
  app.use(securityHeaders(deps));
  app.use(requestTarget);
  app.use(healthRoutes(deps.health));
  app.use(identify({ ...deps, siteMap }));
  app.use(keepOpenerInFlows);
  app.use(observe(deps));
  app.use(answerErrors({ showError: createErrorPage(deps.views), log: deps.log }));
  app.use(knownPaths);
  app.use(assets(deps.views));
  app.use(hostCheck(deps));
  app.use(deps.limits.middleware);
  app.use(whenStarted(deps.hasStarted));
  app.use(deps.revocationFeed);
  app.use(upstreamLogout(deps));
  // Outside what completes the engine's answers: it keeps the complete ones.
  app.use(deps.publishedDocuments);
  app.use(engineAnswers({ issuer: deps.issuer, cacheMaxAge: deps.keysCacheMaxAge }));
  app.use(postedRequests);
  app.use(logoutParameters);
  // Outside the request scope, so that its counters and audit events are stored although the request is rejected.
  app.use(deps.clientAuthThrottle.middleware);
  app.use(requestScope(deps));
  const pages = compose(deps.pages.map((page) => page.routes() as Middleware));
  app.use((ctx, next) => (requestContext(ctx.req).endpoint?.answeredBy === 'engine' ? next() : pages(ctx, next)));
  app.use(deps.engine);

  app.on('error', (error: unknown) => deps.log.error({ err: error }, 'a response could not be sent'));
  return app;
}

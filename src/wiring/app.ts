/** Constructs the web application from the engine, the services and the pages. */
import type { Router } from '@koa/router';
import type { Middleware } from 'koa';
import type { Config } from '../config/config.ts';
import { createApp } from '../http/app.ts';
import { createForms } from '../http/middleware/forms.ts';
import type { ClientAuthThrottle } from '../http/middleware/client-auth-throttle.ts';
import type { RequestLimits } from '../http/middleware/request-limits.ts';
import { createNotices } from '../http/notices.ts';
import { createPickedLanguage } from '../http/picked-language.ts';
import { createShowPage } from '../http/page.ts';
import { createInteractionPages } from '../http/interaction-pages.ts';
import { findForgotPassword } from '../http/login/forgot-password.ts';
import { createRememberDevice } from '../http/login/device.ts';
import { createLogin } from '../http/login/login.ts';
import { userOf } from '../http/login/proved-user.ts';
import { findMailSignIn } from '../http/login/mail.ts';
import { passkeyAutofill, passkeyWays } from '../http/login/passkey.ts';
import { findSignUp } from '../http/login/sign-up.ts';
import { loginSteps } from '../http/login/steps.ts';
import { listWays } from '../http/login/ways.ts';
import { createAccountLogin } from '../http/account-login.ts';
import { emailLinkRoutes } from '../http/routes/email-links.ts';
import { homeRoutes } from '../http/routes/home.ts';
import { languageRoutes } from '../http/routes/language.ts';
import { interactionRoutes } from '../http/routes/interaction.ts';
import type { RevocationFeed } from '../http/routes/revocation-feed.ts';
import { leakedTokenRoutes } from '../http/routes/leaked-tokens.ts';
import { mailedSignInRoutes } from '../http/routes/mailed-sign-ins.ts';
import { oneTimeLinkRoutes } from '../http/routes/one-time-links.ts';
import { signUpLinkRoutes } from '../http/routes/sign-up-links.ts';
import { createMailSignInCookie } from '../http/mail-sign-in-cookie.ts';
import { createSignUpProgress } from '../http/sign-up-progress.ts';
import type { Engine } from '../oidc/engine.ts';
import { createLeakedTokens } from '../services/tokens/leaked-tokens.ts';
import { wireAccount } from './account.ts';
import type { Foundation } from './foundation.ts';
import { wireSecondFactorPages } from './second-factors.ts';
import { wireProviders } from './providers.ts';
import type { Wired } from './services.ts';

export interface AppOptions {
  /** Middleware around the whole application, the outermost first, for a program that runs the server itself. */
  readonly around?: readonly Middleware[];
}

export interface AppWiring
  extends Foundation, Pick<Wired, 'services' | 'policy' | 'acceptUpstreamLogout'>, Required<AppOptions> {
  readonly config: Config;
  readonly engine: Engine;
  readonly limits: RequestLimits;
  readonly revocationFeed: RevocationFeed;
  readonly clientAuthThrottle: ClientAuthThrottle;
  /** Pages that only this profile has. */
  readonly profilePages: readonly Router[];
  /** Resolves when requests can be served; rejects with the reason otherwise. */
  readonly checkReady: () => Promise<void>;
  /** False until the server has connected to the database for the first time. */
  readonly hasStarted: () => boolean;
}

/** Makes the application; nothing listens yet. */
export function wireApp({ config, engine, services, views, log, metrics, secrets, ...rest }: AppWiring) {
  const { issuer } = config;
  const { limits, clientAuthThrottle, policy, around, profilePages, checkReady, hasStarted } = rest;
  const { users, audit, authentication, clients, personalAccessTokens, setup } = services;
  const forms = createForms({ issuer, secrets });
  const show = createShowPage(views);
  const notices = createNotices(engine.cookies);
  const pickedLanguage = createPickedLanguage({ forms, cookies: engine.cookies });
  const pages = createInteractionPages({ forms, clients, users, brandName: config.brand.name });
  const { appForm, codesToShow } = wireSecondFactorPages({ ...rest, services, secrets, cookies: engine.cookies });
  const mailSignIn = config.mail.signIn ? services.mailSignIn : undefined;
  const { passkeys, passkeySignIn } = services;
  const mailSignInCookie = createMailSignInCookie(engine.cookies, secrets);
  const signUpProgress = createSignUpProgress(engine.cookies, secrets);
  const providers = wireProviders({
    services,
    pages,
    show,
    notices,
    metrics,
    log,
    issuer,
    progress: signUpProgress,
    clock: rest.clock,
  });
  const login = createLogin(
    loginSteps({
      pages,
      show,
      users,
      authentication,
      cookies: engine.cookies,
      findWays: listWays([
        passkeyWays({ pages, passkeys }),
        ...(mailSignIn === undefined ? [] : [findMailSignIn(pages)]),
        providers.findWays,
        findForgotPassword(pages),
        findSignUp(pages, services.signUp),
      ]),
      ...(mailSignIn === undefined ? {} : { mailSignIn }),
      mailSignInCookie,
      notices,
      passwordResets: services.passwordResets,
      linkLifetime: config.lifetime.link,
      passkeys,
      passkeySignIn,
      findPasskeyAutofill: passkeyAutofill({ pages, passkeys }),
      secondFactors: services.secondFactors,
      recoveryCodes: services.recoveryCodes,
      rememberedDevices: services.rememberedDevices,
      hasPasskey: services.passkeys.hasPasskey,
      appForm,
      codesToShow,
      clock: rest.clock,
      brandName: config.brand.name,
      findProblem: providers.findProblem,
      providerSignUp: providers.signUpStep,
      linkProvider: providers.linkStep,
      signUp: services.signUp,
      progress: signUpProgress,
      audit,
      minimumLength: policy.minimum,
    }),
    {
      userOf: (proof) => userOf(users, proof),
      onComplete: createRememberDevice({ newDevices: services.newDevices, cookies: engine.cookies }),
    },
  );
  const accountLogin = createAccountLogin({
    engine,
    forms,
    users,
    needsSecondFactor: services.secondFactors.needsSecondFactor,
    clock: rest.clock,
    issuer,
  });

  return createApp({
    issuer,
    around,
    trustedProxies: config.trustedProxies,
    development: config.profile === 'development',
    brandLogos: [config.brand.logo, config.brand.logoDark].filter((logo) => logo !== undefined),
    views,
    log,
    signer: engine.signer,
    pickedLanguage,
    health: {
      checkReady,
      metrics: async () => ({ contentType: metrics.contentType, body: await metrics.text() }),
      metricsToken: config.metrics.token,
    },
    measure: metrics.observeRequest,
    limits,
    deadline: config.request.deadline,
    clientAuthThrottle,
    keysCacheMaxAge: config.keys.cacheMaxAge,
    notices,
    findUpstreamSignOut: providers.findSignOut,
    signOutReturns: services.signOutReturns,
    pages: [
      homeRoutes({ engine, notices, show, setup, signOutReturns: services.signOutReturns, issuer }),
      languageRoutes({ pickedLanguage, views }),
      interactionRoutes({
        engine,
        forms,
        show,
        users,
        audit,
        pages,
        login,
      }),
      ...wireAccount({
        config,
        engine,
        services,
        secrets,
        views,
        login: accountLogin,
        forms,
        notices,
        show,
        appForm,
        codesToShow,
        minimumLength: policy.minimum,
        providers,
      }),
      emailLinkRoutes({
        forms,
        notices,
        show,
        emails: services.emailChanges,
        links: services.oneTimeLinks,
        users,
        minimumLength: policy.minimum,
      }),
      oneTimeLinkRoutes({
        engine,
        forms,
        notices,
        show,
        users,
        links: services.oneTimeLinks,
        setup,
        minimumLength: policy.minimum,
      }),
      mailedSignInRoutes({
        engine,
        forms,
        notices,
        show,
        login,
        newDevices: services.newDevices,
        ...(mailSignIn === undefined ? {} : { mailSignIn }),
        mailSignInCookie,
      }),
      ...providers.routes({ ...rest, engine, forms, login }),
      signUpLinkRoutes({ engine, login: accountLogin, signUp: services.signUp, progress: signUpProgress }),
      leakedTokenRoutes({
        leakedTokens: createLeakedTokens({
          personalAccessTokens,
          endToken: engine.endToken,
          users,
          clients,
          mails: services.userMails,
          audit,
        }),
      }),
      ...profilePages,
    ],
    hasStarted,
    revocationFeed: rest.revocationFeed.middleware,
    publishedDocuments: engine.publishedDocuments,
    engine: engine.middleware,
  });
}

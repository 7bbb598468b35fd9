/** Constructs the pages of the account. */
import type { Router } from '@koa/router';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { activityRoutes, createActivityRow } from '../http/account/activity.ts';
import { appRoutes } from '../http/account/apps.ts';
import { dataRoutes } from '../http/account/data.ts';
import { emailRoutes, findEmailRow } from '../http/account/email.ts';
import { deletionRoutes } from '../http/account/deletion.ts';
import { createAccountFrame } from '../http/account/frame.ts';
import { createDeviceRow, deviceRoutes } from '../http/account/devices.ts';
import { overviewRoutes } from '../http/account/overview.ts';
import { createSecondFactorRow, secondFactorRoutes } from '../http/account/second-factors.ts';
import { profileRoutes } from '../http/account/profile.ts';
import { findPasswordRow, passwordRoutes } from '../http/account/password.ts';
import { createPasskeyRow, passkeyRoutes } from '../http/account/passkeys.ts';
import { securityRoutes } from '../http/account/security.ts';
import { sessionRoutes } from '../http/account/sessions.ts';
import { signInAndOutRoutes } from '../http/account/sign-in-and-out.ts';
import { newTokenShownWithinMs, personalAccessTokenRoutes } from '../http/account/tokens.ts';
import type { AuthenticatorAppForm } from '../http/authenticator-app-form.ts';
import type { AccountLogin } from '../http/account-login.ts';
import type { Forms } from '../http/middleware/forms.ts';
import type { Notices } from '../http/notices.ts';
import type { ShowPage } from '../http/page.ts';
import { createShownOnce, type ShownOnce } from '../http/shown-once.ts';
import type { Engine } from '../oidc/engine.ts';
import { requestContext } from '../oidc/request-context.ts';
import type { Views } from '../views.ts';
import type { Providers } from './providers.ts';
import type { Wired } from './services.ts';

export interface AccountWiring {
  readonly config: Config;
  readonly engine: Engine;
  readonly services: Wired['services'];
  readonly secrets: Secrets;
  readonly views: Views;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly appForm: AuthenticatorAppForm;
  readonly codesToShow: ShownOnce;
  /** Of a password. */
  readonly minimumLength: number;
  readonly providers: Providers;
}

/** The routes of all pages of the account. */
export function wireAccount({ config, engine, services, secrets, views, ...http }: AccountWiring): readonly Router[] {
  const { login, forms, notices, show, minimumLength, providers } = http;
  const { apis, audit, clients, consents, personalAccessTokens, personalData, sessions, tokenUsage, users } = services;
  const { passkeys, recoveryCodes, rememberedDevices, secondFactors } = services;
  const frame = createAccountFrame({ login, forms, notices, show, personalAccessTokens });
  return [
    overviewRoutes({ frame, sessions, consents, personalAccessTokens }),
    profileRoutes({ frame, login, forms, notices, users }),
    dataRoutes({ frame, login, forms, personalData }),
    deletionRoutes({ engine, frame, login, forms, notices, show, deletion: services.accountDeletion }),
    securityRoutes({
      frame,
      rows: [
        findPasswordRow,
        findEmailRow,
        createPasskeyRow({ passkeys }),
        createSecondFactorRow({ secondFactors, passkeys }),
        createDeviceRow({ devices: rememberedDevices }),
        providers.securityRow,
        createActivityRow({ audit }),
      ],
    }),
    secondFactorRoutes({
      frame,
      login,
      forms,
      notices,
      secondFactors,
      recoveryCodes,
      passkeys,
      appForm: http.appForm,
      codesToShow: http.codesToShow,
      secrets,
      brandName: config.brand.name,
    }),
    deviceRoutes({ frame, login, notices, devices: rememberedDevices, cookies: engine.cookies }),
    passkeyRoutes({ frame, login, forms, notices, passkeys, secondFactors, sessions }),
    activityRoutes({ frame, audit, clients }),
    sessionRoutes({
      frame,
      login,
      notices,
      sessions,
      consents,
      clients,
      sessionIdle: config.session.idle,
      sessionRemember: config.session.remember,
    }),
    appRoutes({
      frame,
      login,
      notices,
      sessions,
      consents,
      clients,
      apis,
      tokenUsage,
      scopeInWords: (ctx, scope) => views.translate(requestContext(ctx.req).locale, `scope.${scope}`),
    }),
    personalAccessTokenRoutes({
      frame,
      login,
      forms,
      notices,
      tokens: personalAccessTokens,
      valueToShow: createShownOnce(
        { cookies: engine.cookies, secrets },
        { name: engine.cookies.names.newToken, lifetimeMs: newTokenShownWithinMs },
      ),
      maxLifetime: config.lifetime.personalAccessToken,
    }),
    emailRoutes({ frame, login, forms, notices, emails: services.emailChanges }),
    passwordRoutes({
      engine,
      frame,
      login,
      forms,
      notices,
      users: services.users,
      authentication: services.authentication,
      passwordResets: services.passwordResets,
      minimumLength,
    }),
    providers.accountRoutes({ frame, login, forms }),
    signInAndOutRoutes({
      engine,
      login,
      notices,
      sessions,
      findUpstreamSignOut: providers.findSignOut,
    }),
  ];
}

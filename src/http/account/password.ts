/**
 * The page on which users change their password, or set the first one. They confirm the login, and enter the current
 * password. The session of this browser stays; all other sessions, and the tokens of all apps, end.
 *
 * Users who do not know the current password get a link by mail.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { GatehouseError, InvalidInputError, OverloadedError, ThrottledError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { actorOf, originOf } from '../../oidc/request-context.ts';
import type { AuthenticationService } from '../../services/sign-in/authentication.ts';
import type { PasswordResets } from '../../services/users/password-resets.ts';
import { credentialsVersionOf, type UserService } from '../../services/users/users.ts';
import type { ViewModels } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import type { Forms } from '../middleware/forms.ts';
import { newPasswordOf, passwordErrorOf } from '../new-password.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface PasswordRouteDependencies {
  readonly engine: Pick<Engine, 'keepLoginSession' | 'cookies'>;
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly users: Pick<UserService, 'changePassword'>;
  readonly authentication: Pick<AuthenticationService, 'confirmPassword' | 'issueDeviceToken'>;
  readonly passwordResets: Pick<PasswordResets, 'request'>;
  readonly minimumLength: number;
}

/** Seconds since the login was confirmed: for opening the form. */
const confirmedForForm = 5 * 60;
/** The same for sending it: a form that was opened in time can be filled in. */
const confirmedForChange = 15 * 60;

type Failure = Pick<ViewModels['account/change-password'], 'error' | 'retryAfter'>;

class WrongPasswordError extends InvalidInputError {
  constructor() {
    super('The current password is wrong.', 'current');
  }
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof WrongPasswordError) {
    return { error: { code: 'wrong' } };
  }
  if (error instanceof ThrottledError) {
    const { retryAfter } = error;
    return { error: { code: 'throttled' }, ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
  if (error instanceof OverloadedError) {
    return { error: { code: 'overloaded' } };
  }
  const rejected = passwordErrorOf(error);
  return rejected === undefined
    ? error instanceof InvalidInputError
      ? { error: { code: 'wrong' } }
      : undefined
    : { error: rejected };
}

/** The row of the page about security. */
export const findPasswordRow: FindSecurityRow = (_ctx, { passwordHash, passwordChangedAt }) => {
  const row = { name: 'password', href: returnPages.password } as const;
  return Promise.resolve(
    passwordHash === undefined || passwordChangedAt === undefined
      ? { ...row, state: 'none' }
      : { ...row, state: 'set', at: passwordChangedAt },
  );
};

export function passwordRoutes(deps: PasswordRouteDependencies): Router {
  const { engine, frame, login, forms, notices, users, authentication, passwordResets, minimumLength } = deps;
  const { names, options } = engine.cookies;
  const router = new Router();

  // Password managers open this address (W3C, A Well-Known URL for Changing Passwords).
  router.get('/.well-known/change-password', (ctx) => seeOther(ctx, returnPages.password));

  async function show(ctx: Context, signedIn: AccountUser, failure: Failure = {}, status = 200): Promise<void> {
    await frame.show(
      ctx,
      signedIn,
      'account/change-password',
      {
        csrf: frame.csrf(signedIn.session),
        email: signedIn.user.email,
        minimumLength,
        hasPassword: signedIn.user.passwordHash !== undefined,
        ...failure,
      },
      { status },
    );
  }

  router.get(returnPages.password, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'password', confirmedForForm);
    if (signedIn !== undefined) {
      await show(ctx, signedIn);
    }
  });

  router.post(returnPages.password, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'password', confirmedForChange);
    if (signedIn === undefined) {
      return;
    }
    const { session, user } = signedIn;
    const form = await forms.read(ctx, login.bindingOf(session));
    try {
      const password = newPasswordOf(form);
      const device = ctx.cookies.get(names.device, { signed: true });
      const attempt = {
        email: user.email,
        password: form.get('current') ?? '',
        ...originOf(ctx.req),
        ...(device === undefined ? {} : { device }),
      };
      if (user.passwordHash !== undefined && !(await authentication.confirmPassword(attempt))) {
        throw new WrongPasswordError();
      }
      const changed = await users.changePassword(user._id, password, session, actorOf(ctx.req, user._id));
      await engine.keepLoginSession(ctx, credentialsVersionOf(changed));
      const { token, expiresAt } = authentication.issueDeviceToken(changed);
      ctx.cookies.set(names.device, token, { ...options, path: '/', expires: expiresAt });
      notices.leave(ctx, 'password-changed');
      seeOther(ctx, returnPages.security);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined || !(error instanceof GatehouseError)) {
        throw error;
      }
      if (failure.retryAfter !== undefined) {
        ctx.set('Retry-After', String(failure.retryAfter));
      }
      await show(ctx, signedIn, failure, error.status);
    }
  });

  login.formRoutes(router, `${returnPages.password}/link`, async (ctx, { user }) => {
    await passwordResets.request({ email: user.email }, originOf(ctx.req));
    notices.leave(ctx, 'password-link-sent');
    seeOther(ctx, returnPages.security);
  });

  return router;
}

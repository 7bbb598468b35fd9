/**
 * Who is signed in on the account pages. They sign users in, and ask for the password again, by the flow that every app
 * uses: so its throttle, its steps and its pages apply here, too. The returned code is never redeemed (its verifier is
 * thrown away) and expires: only the login session that the flow creates is needed here.
 */
import { createHash } from 'node:crypto';
import type { Router } from '@koa/router';
import type { Context } from 'koa';
import { epochSeconds, type Clock } from '../clock.ts';
import { randomToken } from '../crypto/secrets.ts';
import { accountCallbackPath, accountClientId } from '../oidc/account-client.ts';
import { endpoints } from '../oidc/endpoints.ts';
import type { Engine } from '../oidc/engine.ts';
import { requestContext } from '../oidc/request-context.ts';
import { signUpState } from '../oidc/interactions.ts';
import type { SignedIn } from '../oidc/login-session.ts';
import { credentialsVersionOf, type UserService } from '../services/users/users.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { Form, Forms } from './middleware/forms.ts';
import { seeOther } from './page.ts';

/** A login session, as it is seen by the pages of the account. */
export interface AccountSession extends SignedIn {
  /** Whether the login proved every factor that the user has: not where a remembered device replaced the second one. */
  readonly isComplete: boolean;
}

export interface AccountUser {
  readonly session: AccountSession;
  readonly user: UserDocument;
}

/** The pages to which a sign-in can return, by the `state` of the flow. No other address can be named. */
export const returnPages = {
  account: '/account',
  activity: '/account/activity',
  apps: '/account/apps',
  data: '/account/data',
  deletion: '/account/deletion',
  devices: '/account/devices',
  email: '/account/email',
  'new-email': '/account/email/new',
  'new-token': '/account/tokens/new',
  passkeys: '/account/passkeys',
  password: '/account/password',
  profile: '/account/profile',
  providers: '/account/providers',
  'second-factors': '/account/second-factors',
  security: '/account/security',
  sessions: '/account/sessions',
  [signUpState]: '/account',
  tokens: '/account/tokens',
} as const;

export type ReturnPage = keyof typeof returnPages;

/** The page that the flow returns to; undefined for a `state` that is not ours. */
export function returnPageOf(state: unknown): string | undefined {
  return Object.entries(returnPages).find(([name]) => name === state)?.[1];
}

/** The page that a form of this path is on: the one with the most of the path's segments. */
function pageOfForm(path: string): ReturnPage {
  const names = (Object.keys(returnPages) as ReturnPage[]).filter((name) => path.startsWith(`${returnPages[name]}/`));
  return names.toSorted((one, other) => returnPages[other].length - returnPages[one].length)[0] ?? 'account';
}

export interface AccountLogin {
  /** The signed-in user; undefined if nobody is, or the user may not sign in any more. */
  find(ctx: Context): Promise<AccountUser | undefined>;
  /** Redirects to the sign-in page, which leads back to `page`. */
  signIn(ctx: Context, page?: ReturnPage): void;
  /** Redirects to the pages on which a new account is made (login/sign-up.ts), also if somebody is signed in. */
  signUp(ctx: Context): void;
  /** Whether the user has signed in with every factor that they have, in this session and within these seconds. */
  isConfirmed(session: AccountSession, seconds: number): boolean;
  /** Redirects to the page that asks the user to sign in again, with every factor, which leads back to `page`. */
  confirm(ctx: Context, page: ReturnPage): void;
  /** What the forms of this session's pages are bound to. */
  bindingOf(session: SignedIn): string;
  /**
   * Adds the routes of a form. GET, and a POST of a user who is not signed in, leads to the page that the form is on.
   * @param act is called after the form's token was checked
   */
  formRoutes(
    router: Router,
    path: string,
    act: (ctx: Context, signedIn: AccountUser, form: Form) => Promise<void>,
    whenSignedOut?: (ctx: Context) => void,
  ): void;
}

export function createAccountLogin(deps: {
  readonly engine: Engine;
  readonly forms: Forms;
  readonly users: UserService;
  /** Whether the user has a second factor. */
  readonly needsSecondFactor: (user: UserDocument) => Promise<boolean>;
  readonly clock: Clock;
  readonly issuer: string;
}): AccountLogin {
  const { engine, forms, users, clock, issuer } = deps;
  const bindingOf = (session: SignedIn): string => `session ${session.uid}`;

  async function find(ctx: Context): Promise<AccountUser | undefined> {
    const session = await engine.findLoginSession(ctx);
    const user = session === undefined ? null : await users.find(session.accountId);
    if (typeof user?.profile['locale'] === 'string') {
      requestContext(ctx.req).preferLocaleOfAccount(user.profile['locale']);
    }
    if (
      session === undefined ||
      user === null ||
      user.disabled ||
      credentialsVersionOf(user) !== session.credentialsVersion
    ) {
      return undefined;
    }
    const isComplete = session.multiFactor || !(await deps.needsSecondFactor(user));
    return { session: { ...session, isComplete }, user };
  }

  function authorize(ctx: Context, more: Readonly<Record<string, string>>): void {
    const url = new URL(`${issuer}${endpoints.authorization.path}`);
    url.search = new URLSearchParams({
      client_id: accountClientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${issuer}${accountCallbackPath}`,
      code_challenge: createHash('sha256').update(randomToken()).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    }).toString();
    seeOther(ctx, url.href);
  }

  const signIn = (ctx: Context, page: ReturnPage = 'account'): void => authorize(ctx, { state: page });

  return {
    find,
    signIn,
    signUp: (ctx) => authorize(ctx, { state: signUpState, prompt: 'login' }),
    isConfirmed: ({ signedInAt, isComplete }, seconds) => isComplete && epochSeconds(clock) - signedInAt <= seconds,
    confirm: (ctx, page) => authorize(ctx, { state: page, prompt: 'login' }),
    bindingOf,
    formRoutes: (router, path, act, whenSignedOut = (ctx) => signIn(ctx, pageOfForm(path))) => {
      router.get(path, (ctx) => seeOther(ctx, returnPages[pageOfForm(path)]));
      router.post(path, async (ctx) => {
        const signedIn = await find(ctx);
        if (signedIn === undefined) {
          whenSignedOut(ctx);
          return;
        }
        await act(ctx, signedIn, await forms.read(ctx, bindingOf(signedIn.session)));
      });
    },
  };
}

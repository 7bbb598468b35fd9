/**
 * Pages of one-time links: setting a password, and creating the first administrator. Opening a link changes nothing,
 * because mail scanners open links too. Sending its form uses the link up, and signs nobody in.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { ConflictError, GatehouseError, GoneError, InvalidInputError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { OneTimeLinks } from '../../services/mails/one-time-links.ts';
import type { UserService } from '../../services/users/users.ts';
import type { SetupService } from '../../services/users/setup.ts';
import type { SetupErrorCode, ViewModels } from '../../views.ts';
import type { Forms } from '../middleware/forms.ts';
import { newPasswordOf, passwordErrorOf } from '../new-password.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';

export interface OneTimeLinkDependencies {
  readonly engine: Pick<Engine, 'holdsFlow' | 'missingFlow'>;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly users: UserService;
  readonly links: Pick<OneTimeLinks, 'peek'>;
  readonly setup: SetupService;
  readonly minimumLength: number;
}

/** The secret token in the path. It must not get into a Referer (no page of ours sends one) or a log. */
function tokenOf(ctx: Context): string {
  return String(ctx['params'].token);
}

function usedOrExpired(): never {
  throw new GoneError('This link was used or has expired. Ask for a new one.');
}

/** The pages that confirm that a link was used. Each is shown only to the browser that has just used it. */
const passwordSetPath = '/password/done';
const setupDonePath = '/setup/done';

/** Whether this may be the id of an interaction. */
function isFlow(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

function setupError(error: unknown): { readonly code: SetupErrorCode; readonly minimum?: number } | undefined {
  const password = passwordErrorOf(error);
  if (password !== undefined) {
    return password;
  }
  if (error instanceof ConflictError) {
    return { code: 'email_taken' };
  }
  return error instanceof InvalidInputError && error.field === 'email' ? { code: 'email_invalid' } : undefined;
}

export function oneTimeLinkRoutes(deps: OneTimeLinkDependencies): Router {
  const { engine, forms, notices, show, users, links, setup, minimumLength } = deps;
  const router = new Router();

  /** Where the user signs in: in the flow in which they asked for the link, if this browser has it. */
  async function findSignIn(ctx: Context, flow: string | undefined): Promise<ViewModels['account/password-set']> {
    if (flow === undefined) {
      return { signInUri: '/account', elsewhere: false };
    }
    if (engine.holdsFlow(ctx, flow)) {
      return { signInUri: `/interaction/${flow}`, elsewhere: false };
    }
    const { next } = await engine.missingFlow(ctx, flow);
    return { signInUri: next?.uri ?? '/account', elsewhere: next === undefined };
  }

  router.get(passwordSetPath, async (ctx) => {
    const { flow } = ctx.query;
    return notices.has(ctx, 'password-set')
      ? show(ctx, 'account/password-set', await findSignIn(ctx, isFlow(flow) ? flow : undefined))
      : seeOther(ctx, '/account');
  });

  router.get(setupDonePath, (ctx) =>
    notices.has(ctx, 'administrator-created')
      ? show(ctx, 'setup/done', { signInUri: '/account' })
      : seeOther(ctx, '/account'),
  );

  router.get('/password/:token', async (ctx) => {
    const token = tokenOf(ctx);
    const user = await users.peekPasswordLink(token);
    if (user === null) {
      // The browser that has just used the link has gone back or reloaded the page.
      return notices.has(ctx, 'password-set') ? seeOther(ctx, passwordSetPath) : usedOrExpired();
    }
    show(ctx, 'account/set-password', {
      action: ctx.path,
      csrf: forms.token(`password ${token}`),
      email: user.email,
      minimumLength,
      replaces: user.passwordHash !== undefined,
      signsIn: false,
    });
  });

  router.post('/password/:token', async (ctx) => {
    const token = tokenOf(ctx);
    const form = await forms.read(ctx, `password ${token}`);
    const link = await links.peek('set-password', token);
    const { email, passwordHash } = link?.user ?? usedOrExpired();
    try {
      await users.redeemPasswordLink(token, newPasswordOf(form), actorOf(ctx.req, 'system'));
      notices.leave(ctx, 'password-set');
      const { flow } = link?.data ?? {};
      seeOther(ctx, flow === undefined ? passwordSetPath : `${passwordSetPath}?flow=${flow}`);
    } catch (error) {
      const problem = passwordErrorOf(error);
      if (problem === undefined) {
        throw error instanceof GatehouseError && error.code === 'not_found' ? usedOrExpired() : error;
      }
      show(
        ctx,
        'account/set-password',
        {
          action: ctx.path,
          csrf: forms.token(`password ${token}`),
          email,
          minimumLength,
          replaces: passwordHash !== undefined,
          signsIn: false,
          error: problem,
        },
        { status: 400 },
      );
    }
  });

  router.get('/setup/:token', async (ctx) => {
    const token = tokenOf(ctx);
    // Checked first, so that a used token does not count as a wrong one.
    if (notices.has(ctx, 'administrator-created')) {
      return seeOther(ctx, setupDonePath);
    }
    if (!(await setup.verify(token, actorOf(ctx.req, 'system')))) {
      usedOrExpired();
    }
    show(ctx, 'setup/administrator', { action: ctx.path, csrf: forms.token(`setup ${token}`), minimumLength });
  });

  router.post('/setup/:token', async (ctx) => {
    const token = tokenOf(ctx);
    const form = await forms.read(ctx, `setup ${token}`);
    const email = form.get('email') ?? '';
    try {
      await setup.createFirstAdministrator({ token, email, password: newPasswordOf(form) }, actorOf(ctx.req, 'system'));
      notices.leave(ctx, 'administrator-created');
      seeOther(ctx, setupDonePath);
    } catch (error) {
      const problem = setupError(error);
      if (problem === undefined) {
        throw error instanceof GatehouseError && error.code === 'not_found' ? usedOrExpired() : error;
      }
      show(
        ctx,
        'setup/administrator',
        {
          action: ctx.path,
          csrf: forms.token(`setup ${token}`),
          minimumLength,
          email: email.slice(0, 320),
          error: problem,
        },
        { status: 400 },
      );
    }
  });

  return router;
}

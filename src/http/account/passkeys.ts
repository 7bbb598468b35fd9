/**
 * The page on which users add, rename and remove their passkeys. Everything on it changes how they can sign in, so they
 * confirm who they are before they see it.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { GatehouseError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { PasskeyService } from '../../services/sign-in/passkeys.ts';
import type { SecondFactorService } from '../../services/sign-in/second-factors.ts';
import type { SessionService } from '../../services/sign-in/sessions.ts';
import type { PasskeyDocument } from '../../storage/collections.ts';
import type { NewPasskeyError, PasskeyPlace } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import { newPasskeyErrorOf } from '../login/passkey-offer.ts';
import type { Form, Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface PasskeyRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly passkeys: PasskeyService;
  readonly secondFactors: Pick<SecondFactorService, 'afterRemoval'>;
  readonly sessions: Pick<SessionService, 'endAll'>;
}

/** Seconds since the user signed in or confirmed who they are: for opening the page. */
const confirmedForPage = 300;
/** The same for sending a form of it: a page that was opened in time can be used. */
const confirmedForForm = 900;

function placeOf({ backupEligible, backedUp }: PasskeyDocument): PasskeyPlace {
  return backupEligible ? (backedUp ? 'synced' : 'not-synced') : 'device';
}

/** The row of the page about security. */
export function createPasskeyRow({ passkeys }: Pick<PasskeyRouteDependencies, 'passkeys'>): FindSecurityRow {
  return async (_ctx, { _id }) => {
    const list = await passkeys.listByUser(_id);
    const row = { name: 'passkeys', href: returnPages.passkeys } as const;
    return list.length === 0
      ? passkeys.available
        ? { ...row, state: 'none' }
        : undefined
      : { ...row, state: 'some', count: list.length, attention: list.some((one) => one.blockedAt !== undefined) };
  };
}

export function passkeyRoutes(deps: PasskeyRouteDependencies): Router {
  const { frame, login, forms, notices, passkeys, secondFactors, sessions } = deps;
  const router = new Router();

  async function show(ctx: Context, signedIn: AccountUser, error?: NewPasskeyError, status = 200): Promise<void> {
    const { session, user } = signedIn;
    const list = await passkeys.listByUser(user._id);
    const options = passkeys.available
      ? JSON.stringify(await passkeys.creationOptions(user, login.bindingOf(session)))
      : undefined;
    await frame.show(
      ctx,
      signedIn,
      'account/passkeys',
      {
        csrf: frame.csrf(session),
        ...(options === undefined ? {} : { options }),
        ...(error === undefined ? {} : { error }),
        accepted: JSON.stringify(passkeys.acceptedCredentials(user._id, list)),
        passkeys: list.map((passkey) => ({
          id: passkey._id,
          name: passkey.name,
          place: placeOf(passkey),
          createdAt: passkey.createdAt,
          ...(passkey.lastUsedAt === undefined ? {} : { lastUsedAt: passkey.lastUsedAt }),
          blocked: passkey.blockedAt !== undefined,
        })),
      },
      { status },
    );
  }

  /** Ends the user's other sessions if the form says so: somebody may have used the passkey in one of them. */
  async function endOthersIfAsked(ctx: Context, { session, user }: AccountUser, form: Form): Promise<void> {
    if (form.get('end_others') === 'yes') {
      await sessions.endAll(user._id, { except: session.uid }, actorOf(ctx.req, user._id));
    }
  }

  /** Adds the route of a form of the page; the user has confirmed who they are. */
  function formRoute(path: string, act: (ctx: Context, signedIn: AccountUser, form: Form) => Promise<void>): void {
    router.post(path, async (ctx) => {
      const signedIn = await frame.findConfirmed(ctx, 'passkeys', confirmedForForm);
      if (signedIn !== undefined) {
        await act(ctx, signedIn, await forms.read(ctx, login.bindingOf(signedIn.session)));
      }
    });
  }

  router.get(returnPages.passkeys, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'passkeys', confirmedForPage);
    if (signedIn !== undefined) {
      await show(ctx, signedIn);
    }
  });

  formRoute(returnPages.passkeys, async (ctx, signedIn, form) => {
    const { session, user } = signedIn;
    try {
      await passkeys.register(
        user,
        {
          response: form.get('response') ?? '',
          name: form.get('name') ?? '',
          binding: login.bindingOf(session),
        },
        actorOf(ctx.req, user._id),
      );
    } catch (error) {
      const code = newPasskeyErrorOf(error);
      if (code === undefined || !(error instanceof GatehouseError)) {
        throw error;
      }
      await show(ctx, signedIn, code, error.status);
      return;
    }
    await endOthersIfAsked(ctx, signedIn, form);
    notices.leave(ctx, 'passkey-added');
    seeOther(ctx, returnPages.passkeys);
  });

  formRoute('/account/passkeys/:id/rename', async (ctx, signedIn, form) => {
    const { user } = signedIn;
    try {
      const id = String(ctx['params'].id);
      await passkeys.rename(user._id, id, form.get('name') ?? '', actorOf(ctx.req, user._id));
    } catch (error) {
      if (newPasskeyErrorOf(error) !== 'name' || !(error instanceof GatehouseError)) {
        throw error;
      }
      await show(ctx, signedIn, 'name', error.status);
      return;
    }
    notices.leave(ctx, 'passkey-renamed');
    seeOther(ctx, returnPages.passkeys);
  });

  formRoute('/account/passkeys/:id/remove', async (ctx, signedIn, form) => {
    const { user } = signedIn;
    const actor = actorOf(ctx.req, user._id);
    await passkeys.remove(user._id, String(ctx['params'].id), actor);
    await secondFactors.afterRemoval(user._id, actor);
    await endOthersIfAsked(ctx, signedIn, form);
    notices.leave(ctx, 'passkey-removed');
    seeOther(ctx, returnPages.passkeys);
  });

  for (const action of ['rename', 'remove']) {
    router.get(`/account/passkeys/:id/${action}`, (ctx) => seeOther(ctx, returnPages.passkeys));
  }

  return router;
}

/**
 * The pages on which users add, rename and remove their second factors, and make recovery codes. They ask the user to
 * sign in again first, with every factor that is there.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { InvalidInputError, NotFoundError, UnsealableError } from '../../errors.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import type { SignedIn } from '../../oidc/login-session.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { PasskeyService } from '../../services/sign-in/passkeys.ts';
import type { RecoveryCodeService } from '../../services/sign-in/recovery-codes.ts';
import type { SecondFactorService } from '../../services/sign-in/second-factors.ts';
import type { AuthenticatorAppForm } from '../authenticator-app-form.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import type { Form, Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import { sendRecoveryCodes } from '../recovery-code-file.ts';
import type { ShownOnce } from '../shown-once.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface SecondFactorRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly secondFactors: SecondFactorService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly passkeys: Pick<PasskeyService, 'listByUser'>;
  readonly appForm: AuthenticatorAppForm;
  readonly codesToShow: ShownOnce;
  readonly secrets: Pick<Secrets, 'seal' | 'unseal'>;
  readonly brandName: string;
}

/** Seconds since the user signed in: for opening a page. */
const confirmedForPage = 5 * 60;
/** The same for sending its forms: a page that was opened in time can be used. */
const confirmedForForms = 20 * 60;

const listPath = returnPages['second-factors'];
const newPath = `${listPath}/new`;
const codesPath = `${listPath}/recovery-codes`;

export function secondFactorRoutes(deps: SecondFactorRouteDependencies): Router {
  const { frame, login, forms, notices, secondFactors, recoveryCodes, passkeys, appForm, codesToShow, secrets } = deps;
  const router = new Router();

  const sealedCodesOf = ({ uid }: SignedIn): string => `recovery codes of session ${uid}`;

  function page(path: string, show: (ctx: Context, signedIn: AccountUser) => Promise<void>): void {
    router.get(path, async (ctx) => {
      const signedIn = await frame.findConfirmed(ctx, 'second-factors', confirmedForPage);
      if (signedIn !== undefined) {
        await show(ctx, signedIn);
      }
    });
  }

  function form(path: string, act: (ctx: Context, signedIn: AccountUser, sent: Form) => Promise<void>): void {
    router.post(path, async (ctx) => {
      const signedIn = await frame.findConfirmed(ctx, 'second-factors', confirmedForForms);
      if (signedIn !== undefined) {
        await act(ctx, signedIn, await forms.read(ctx, login.bindingOf(signedIn.session)));
      }
    });
  }

  async function showList(ctx: Context, signedIn: AccountUser, error?: 'name'): Promise<void> {
    const { session, user } = signedIn;
    const count = await recoveryCodes.count(user._id);
    const hasFactor = await secondFactors.hasSecondFactor(user);
    await frame.show(
      ctx,
      signedIn,
      'account/second-factors',
      {
        csrf: frame.csrf(session),
        apps: await secondFactors.listApps(user._id),
        passkeys: (await passkeys.listByUser(user._id)).filter(({ blockedAt }) => blockedAt === undefined).length,
        ...(hasFactor ? { recoveryCodes: count ?? 0 } : {}),
        required: secondFactors.isRequired(user),
        ...(error === undefined ? {} : { error }),
      },
      { status: error === undefined ? 200 : 400 },
    );
  }

  page(listPath, (ctx, signedIn) => showList(ctx, signedIn));

  page(newPath, async (ctx, signedIn) => {
    const { session, user } = signedIn;
    await frame.show(ctx, signedIn, 'account/new-second-factor', {
      csrf: frame.csrf(session),
      newApp: await appForm.begin(user, login.bindingOf(session)),
    });
  });

  form(newPath, async (ctx, signedIn, sent) => {
    const { session, user } = signedIn;
    const binding = login.bindingOf(session);
    const taken = await appForm.take(user, binding, sent, actorOf(ctx.req, user._id));
    if (taken.outcome === 'refused') {
      await frame.show(
        ctx,
        signedIn,
        'account/new-second-factor',
        { csrf: frame.csrf(session), newApp: taken.model },
        { status: 400 },
      );
      return;
    }
    if (taken.outcome === 'added') {
      notices.leave(ctx, 'second-factor-added');
    }
    if (taken.outcome === 'added' && taken.recoveryCodes !== undefined) {
      codesToShow.keep(ctx, binding, taken.recoveryCodes.join(' '));
      seeOther(ctx, codesPath);
      return;
    }
    seeOther(ctx, listPath);
  });

  form(codesPath, async (ctx, { session, user }) => {
    if (await secondFactors.hasSecondFactor(user)) {
      const codes = await recoveryCodes.create(user, actorOf(ctx.req, user._id));
      codesToShow.keep(ctx, login.bindingOf(session), codes.join(' '));
    }
    seeOther(ctx, codesPath);
  });

  // These two do not ask the user to sign in again: after the first factor was added, the session has not proved it.
  // What they show is encrypted for the session that made it.
  router.get(codesPath, async (ctx) => {
    const signedIn = await login.find(ctx);
    const codes = signedIn === undefined ? undefined : codesToShow.read(ctx, login.bindingOf(signedIn.session));
    if (signedIn === undefined || codes === undefined) {
      seeOther(ctx, listPath);
      return;
    }
    const { session } = signedIn;
    codesToShow.remove(ctx);
    await frame.show(ctx, signedIn, 'account/recovery-codes', {
      csrf: frame.csrf(session),
      codes: codes.split(' '),
      sealedCodes: secrets.seal(codes, sealedCodesOf(session)),
    });
  });

  router.post(`${codesPath}/download`, async (ctx) => {
    const signedIn = await login.find(ctx);
    if (signedIn === undefined) {
      login.signIn(ctx, 'second-factors');
      return;
    }
    const { session, user } = signedIn;
    const sent = await forms.read(ctx, login.bindingOf(session));
    try {
      const codes = secrets.unseal(sent.get('codes') ?? '', sealedCodesOf(session)).split(' ');
      sendRecoveryCodes(ctx, codes, { brandName: deps.brandName, email: user.email });
    } catch (error) {
      if (!(error instanceof UnsealableError)) {
        throw error;
      }
      seeOther(ctx, listPath);
    }
  });

  form(`${listPath}/:id/rename`, async (ctx, signedIn, sent) => {
    const { user } = signedIn;
    try {
      const id = String(ctx['params'].id);
      await secondFactors.renameApp(user._id, id, sent.get('name') ?? '', actorOf(ctx.req, user._id));
      seeOther(ctx, listPath);
    } catch (error) {
      if (error instanceof InvalidInputError) {
        await showList(ctx, signedIn, 'name');
      } else if (error instanceof NotFoundError) {
        seeOther(ctx, listPath);
      } else {
        throw error;
      }
    }
  });

  form(`${listPath}/:id/remove`, async (ctx, { user }) => {
    try {
      await secondFactors.removeApp(user, String(ctx['params'].id), actorOf(ctx.req, user._id));
      notices.leave(ctx, 'second-factor-removed');
    } catch (error) {
      // A second click, or another tab, has removed it already.
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
    }
    seeOther(ctx, listPath);
  });

  for (const path of [`${codesPath}/download`, `${listPath}/:id/rename`, `${listPath}/:id/remove`]) {
    router.get(path, (ctx) => seeOther(ctx, listPath));
  }

  return router;
}

/** The row about second factors on the page about security. */
export function createSecondFactorRow(deps: {
  readonly secondFactors: Pick<SecondFactorService, 'needsSecondFactor' | 'isRequired' | 'listApps'>;
  readonly passkeys: Pick<PasskeyService, 'listByUser'>;
}): FindSecurityRow {
  const { secondFactors, passkeys } = deps;
  return async (_ctx, user) => {
    const href = listPath;
    if (!(await secondFactors.needsSecondFactor(user))) {
      return { name: 'second-factors', state: 'off', href, attention: secondFactors.isRequired(user) };
    }
    const count = (await secondFactors.listApps(user._id)).length + (await passkeys.listByUser(user._id)).length;
    return { name: 'second-factors', state: 'on', href, count };
  };
}

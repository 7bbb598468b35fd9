/**
 * The links of two mails: the one that signs in, and the one about a sign-in from a new device. Opening a link changes
 * nothing, because mail scanners open links too; the form of its page does.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { GoneError } from '../../errors.ts';
import type { Engine } from '../../oidc/engine.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { MailSignIn } from '../../services/sign-in/mail-sign-in.ts';
import type { NewDevices } from '../../services/sign-in/new-devices.ts';
import { mailProof } from '../login/mail.ts';
import type { Login } from '../login/login.ts';
import type { MailSignInCookie } from '../mail-sign-in-cookie.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';

export interface MailedSignInDependencies {
  readonly engine: Pick<Engine, 'findInteraction' | 'holdsFlow'>;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly login: Login;
  /** Absent if users may not sign in by mail. */
  readonly mailSignIn?: MailSignIn;
  readonly mailSignInCookie: MailSignInCookie;
  readonly newDevices: NewDevices;
}

const rejectedPath = '/new-device/done';

function parameter(ctx: Context, name: string): string {
  return String(ctx['params'][name]);
}

function usedOrExpired(): never {
  throw new GoneError('This link was used or has expired. Ask for a new one.');
}

export function mailedSignInRoutes(deps: MailedSignInDependencies): Router {
  const { engine, forms, notices, show, login, mailSignIn, mailSignInCookie, newDevices } = deps;
  const router = new Router();

  if (mailSignIn !== undefined) {
    router.get('/interaction/:uid/mail/:token', async (ctx) => {
      const [uid, token] = [parameter(ctx, 'uid'), parameter(ctx, 'token')];
      const asking = engine.holdsFlow(ctx, uid) ? mailSignInCookie.read(ctx, uid) : undefined;
      const place = (await mailSignIn.peek(token, asking, originOf(ctx.req))) ?? usedOrExpired();
      show(
        ctx,
        'interaction/mail-link',
        place === 'elsewhere' ? {} : { action: ctx.path, csrf: forms.token(`mail link ${token}`) },
      );
    });

    router.post('/interaction/:uid/mail/:token', async (ctx) => {
      const [uid, token] = [parameter(ctx, 'uid'), parameter(ctx, 'token')];
      const form = await forms.read(ctx, `mail link ${token}`);
      const interaction = await engine.findInteraction(ctx, uid);
      const asking = mailSignInCookie.read(ctx, uid) ?? usedOrExpired();
      const isSignedIn = await mailSignIn.useLink(token, asking, originOf(ctx.req), async (result) =>
        login.proceedNow(ctx, interaction, await mailProof(interaction, result, form)),
      );
      if (!isSignedIn) {
        usedOrExpired();
      }
    });
  }

  router.get(rejectedPath, (ctx) =>
    notices.has(ctx, 'sign-in-rejected')
      ? show(ctx, 'account/sign-in-rejected', { signInUri: '/account' })
      : seeOther(ctx, '/account'),
  );

  router.get('/new-device/:token', async (ctx) => {
    const token = parameter(ctx, 'token');
    const signIn = (await newDevices.peek(token, originOf(ctx.req))) ?? usedOrExpired();
    show(ctx, 'account/new-device', { ...signIn, action: ctx.path, csrf: forms.token(`new device ${token}`) });
  });

  router.post('/new-device/:token', async (ctx) => {
    const token = parameter(ctx, 'token');
    await forms.read(ctx, `new device ${token}`);
    const { passwordToken } = (await newDevices.reject(token, originOf(ctx.req))) ?? usedOrExpired();
    if (passwordToken === undefined) {
      notices.leave(ctx, 'sign-in-rejected');
    }
    seeOther(ctx, passwordToken === undefined ? rejectedPath : `/password/${passwordToken}`);
  });

  return router;
}

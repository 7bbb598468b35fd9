/** The page with the browsers in which the user is not asked for a second factor. */
import { Router } from '@koa/router';
import type { CookieRules } from '../../oidc/cookies.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { RememberedDeviceService } from '../../services/sign-in/remembered-devices.ts';
import { returnPages, type AccountLogin } from '../account-login.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';
import type { FindSecurityRow } from './security.ts';

export interface DeviceRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly notices: Notices;
  readonly devices: RememberedDeviceService;
  readonly cookies: CookieRules;
}

const listPath = returnPages.devices;

export function deviceRoutes({ frame, login, notices, devices, cookies }: DeviceRouteDependencies): Router {
  const router = new Router();

  frame.page(router, 'devices', async (ctx, signedIn) => {
    const { session, user } = signedIn;
    const current = await devices.find(ctx.cookies.get(cookies.names.rememberedDevice, { signed: true }), user);
    await frame.show(ctx, signedIn, 'account/devices', {
      csrf: frame.csrf(session),
      devices: (await devices.listByUser(user)).map((device) => ({ ...device, current: device.id === current })),
      lifetime: devices.lifetime,
    });
  });

  login.formRoutes(router, `${listPath}/forget-all`, async (ctx, { user }) => {
    await devices.forgetAll(user._id, actorOf(ctx.req, user._id));
    notices.leave(ctx, 'devices-forgotten');
    seeOther(ctx, listPath);
  });

  login.formRoutes(router, `${listPath}/:id/forget`, async (ctx, { user }) => {
    await devices.forget(user._id, String(ctx['params'].id), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'device-forgotten');
    seeOther(ctx, listPath);
  });

  return router;
}

/** The row about remembered devices on the page about security. */
export function createDeviceRow({
  devices,
}: {
  readonly devices: Pick<RememberedDeviceService, 'listByUser' | 'lifetime'>;
}): FindSecurityRow {
  return async (_ctx, user) => {
    const { length: count } = await devices.listByUser(user);
    if (count === 0) {
      return devices.lifetime === 0 ? undefined : { name: 'devices', state: 'none', href: listPath };
    }
    return { name: 'devices', state: 'some', href: listPath, count };
  };
}

/**
 * The cookie by which a browser is known for a user. It is set when every step of a login is complete, whichever its
 * first factor was, so that other people's failed guesses do not make the user wait in this browser.
 */
import type { Context } from 'koa';
import type { CookieRules } from '../../oidc/cookies.ts';
import type { LoginProof } from '../../oidc/interactions.ts';
import { originOf } from '../../oidc/request-context.ts';
import type { NewDevices } from '../../services/sign-in/new-devices.ts';
import type { FindProvedUser } from './proved-user.ts';

/** Remembers the browser of a complete login, and reports the login to the user if the browser is new. */
export type RememberDevice = (ctx: Context, proof: LoginProof, findUser: FindProvedUser) => Promise<void>;

export function createRememberDevice(deps: {
  readonly newDevices: Pick<NewDevices, 'signedIn'>;
  readonly cookies: CookieRules;
}): RememberDevice {
  const { newDevices, cookies } = deps;
  return async (ctx, { at }, findUser) => {
    const device = ctx.cookies.get(cookies.names.device, { signed: true });
    const issued = await newDevices.signedIn({ user: await findUser(), at, device }, originOf(ctx.req));
    ctx.cookies.set(cookies.names.device, issued.token, {
      ...cookies.options,
      path: '/',
      expires: issued.expiresAt,
    });
  };
}

/**
 * Binds one-time links and codes to the browser that asked for them, by a random value in a signed `__Host-` cookie,
 * which no other host can set. It identifies nobody and gives no access.
 */
import type { Context } from 'koa';
import { randomToken } from '../crypto/secrets.ts';
import type { CookieRules } from '../oidc/cookies.ts';

/** Milliseconds from the last request for a link: longer than any bound link works. */
const lifetimeMs = 24 * 3_600_000;

export interface BrowserBinding {
  /** The value of this browser; undefined if it has asked for nothing. */
  read(ctx: Context): string | undefined;
  /** The value of this browser, which gets one if it has none. For the request that asks for a link. */
  establish(ctx: Context): string;
}

export function createBrowserBinding({ names, options }: CookieRules): BrowserBinding {
  const read = (ctx: Context): string | undefined => ctx.cookies.get(names.browser, { signed: true });
  return {
    read,
    establish: (ctx) => {
      const value = read(ctx) ?? randomToken();
      ctx.cookies.set(names.browser, value, { ...options, path: '/', maxAge: lifetimeMs });
      return value;
    },
  };
}

/**
 * Status messages for the page after a redirect ("Session ended"). A signed cookie holds one of a fixed list of codes,
 * so that no link can make a page report something that did not happen.
 */
import type { Context } from 'koa';
import type { CookieRules } from '../oidc/cookies.ts';

/** What the user did on a page of the account. The next page of the account shows it. */
export const accountNotices = [
  'session-ended',
  'sessions-ended',
  'access-withdrawn',
  'token-revoked',
  'second-factor-added',
  'second-factor-removed',
  'device-forgotten',
  'devices-forgotten',
  'profile-saved',
  'password-changed',
  'password-link-sent',
  'email-confirmed',
  'email-changed',
  'email-mail-sent',
  'email-kept',
  'passkey-added',
  'passkey-renamed',
  'passkey-removed',
] as const;

const otherNotices = [
  'signed-out',
  'password-set',
  'email-link-used',
  'sign-in-rejected',
  'password-mail-sent',
  'administrator-created',
] as const;

type Code = (typeof accountNotices)[number] | (typeof otherNotices)[number];

/** Milliseconds for which a notice is kept for its page. */
const lifetimeMs = 10 * 60_000;

export interface Notices {
  /** Stores a notice for the next page that shows it. */
  leave(ctx: Context, code: Code): void;
  /** Whether this notice is stored. It is kept, so that its page can be reloaded. */
  has(ctx: Context, code: Code): boolean;
  /** Returns the notice, if it is one of `shown`, and removes it, so that it is shown once. */
  take<C extends Code>(ctx: Context, shown: readonly C[]): C | undefined;
}

export function createNotices({ names, options }: CookieRules): Notices {
  const read = (ctx: Context): string | undefined => ctx.cookies.get(names.notice, { signed: true });
  return {
    leave: (ctx, code) => {
      ctx.cookies.set(names.notice, code, { ...options, path: '/', maxAge: lifetimeMs });
    },
    has: (ctx, code) => read(ctx) === code,
    take: (ctx, shown) => {
      const stored = read(ctx);
      const code = shown.find((candidate) => candidate === stored);
      if (code !== undefined) {
        ctx.cookies.set(names.notice, null, { ...options, path: '/' });
      }
      return code;
    },
  };
}

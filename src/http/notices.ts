/**
 * What was just done, for the page that a redirect leads to. It travels in a signed cookie that holds one of a fixed list
 * of codes, so that no address can make a page say something that did not happen.
 */
import type { Context } from 'koa';
import type { CookieRules } from '../oidc/cookies.ts';

const codes = [
  'session-ended',
  'sessions-ended',
  'access-withdrawn',
  'signed-out',
  'password-set',
  'administrator-created',
] as const;

type Code = (typeof codes)[number];

/** Milliseconds that a notice waits for its page. */
const lifetimeMs = 10 * 60_000;

export interface Notices {
  /** Leaves a notice for the next page that shows it. */
  leave(ctx: Context, code: Code): void;
  /** Whether this notice is there. It stays, so that its page can be loaded again. */
  has(ctx: Context, code: Code): boolean;
  /** The notice, if it is one of `shown`. It is removed, so that a page does not repeat it. */
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
      const given = read(ctx);
      const code = shown.find((one) => one === given);
      if (code !== undefined) {
        ctx.cookies.set(names.notice, null, { ...options, path: '/' });
      }
      return code;
    },
  };
}

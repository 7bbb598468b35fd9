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
  'deletion-undone',
] as const;

/** Why a sign-in with another provider did not work. */
export const providerProblems = [
  'denied',
  'disabled',
  'failed',
  'not-fresh',
  'taken',
  'last-way',
  'unavailable',
  'unlinked',
] as const;

export type ProviderProblem = (typeof providerProblems)[number];

const otherNotices = [
  'signed-out',
  // About the id of the address to which the user returns after signing out of the other provider.
  'signed-out-of-app',
  'password-set',
  'email-link-used',
  'sign-in-rejected',
  'password-mail-sent',
  'administrator-created',
  'provider-linked',
  'provider-unlinked',
  'deletion-requested',
] as const;

type Code = (typeof accountNotices)[number] | (typeof otherNotices)[number] | `provider-${ProviderProblem}`;

/** Milliseconds for which a notice is kept for its page. */
const lifetimeMs = 10 * 60_000;

export interface Notices {
  /**
   * Stores a notice for the next page that shows it.
   * @param about the id of what the notice is about, without dots
   */
  leave(ctx: Context, code: Code, about?: string): void;
  /** Whether this notice is stored. It is kept, so that its page can be reloaded. */
  has(ctx: Context, code: Code): boolean;
  /** Returns the notice, if it is one of `shown`, and removes it, so that it is shown once. */
  take<C extends Code>(ctx: Context, shown: readonly C[]): C | undefined;
  /** The same, with what it is about. */
  takeWithSubject<C extends Code>(
    ctx: Context,
    shown: readonly C[],
  ): { readonly code: C; readonly about: string } | undefined;
}

export function createNotices({ names, options }: CookieRules): Notices {
  const read = (ctx: Context): readonly string[] => (ctx.cookies.get(names.notice, { signed: true }) ?? '').split('.');

  const takeWithSubject: Notices['takeWithSubject'] = (ctx, shown) => {
    const [stored, about = ''] = read(ctx);
    const code = shown.find((candidate) => candidate === stored);
    if (code === undefined) {
      return undefined;
    }
    ctx.cookies.set(names.notice, null, { ...options, path: '/' });
    return { code, about };
  };

  return {
    leave: (ctx, code, about) => {
      const value = about === undefined ? code : `${code}.${about}`;
      ctx.cookies.set(names.notice, value, { ...options, path: '/', maxAge: lifetimeMs });
    },
    has: (ctx, code) => read(ctx)[0] === code,
    take: (ctx, shown) => takeWithSubject(ctx, shown)?.code,
    takeWithSubject,
  };
}

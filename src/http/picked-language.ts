/**
 * The language that a user picked at the foot of a page. A cookie keeps it. Its form leads back to the page it is on.
 * The form's token is bound to the address of that page: so nobody else can choose where the form leads.
 */
import type { Context } from 'koa';
import type { CookieRules } from '../oidc/cookies.ts';
import type { Locale } from '../views.ts';
import type { Forms } from './middleware/forms.ts';

/** Milliseconds for which a browser keeps the choice: a year. */
const lifetimeMs = 365 * 24 * 3_600_000;

export interface PickedLanguage {
  /** The picked language as the browser sent it: any text; undefined if nothing was picked. */
  find(ctx: Context): string | undefined;
  remember(ctx: Context, language: Locale): void;
  /** The CSRF token of the form on the page with this address. */
  tokenOf(page: string): string;
  /**
   * Reads the posted form.
   * @returns `page`: the address of the page that it was on; `language`: any text
   * @throws ForeignFormError, StaleFormError, InvalidInputError
   */
  read(ctx: Context): Promise<{ readonly page: string; readonly language: string }>;
}

export function createPickedLanguage(deps: { readonly forms: Forms; readonly cookies: CookieRules }): PickedLanguage {
  const { forms, cookies } = deps;
  const { language: name } = cookies.names;
  const bindingOf = (page: string): string => `language ${page}`;
  return {
    // Not signed: the value only selects one of the languages that there are.
    find: (ctx) => ctx.cookies.get(name, { signed: false }),
    remember: (ctx, language) => {
      ctx.cookies.set(name, language, { ...cookies.options, signed: false, path: '/', maxAge: lifetimeMs });
    },
    tokenOf: (page) => forms.token(bindingOf(page)),
    read: async (ctx) => {
      const form = await forms.read(ctx, (fields) => bindingOf(fields.get('page') ?? ''));
      return { page: form.get('page') ?? '', language: form.get('language') ?? '' };
    },
  };
}

/** The languages that users can pick at the foot of a page. */
import type { Catalogues } from './catalogues.ts';
import type { Locale } from './models.ts';

export interface Language {
  readonly tag: Locale;
  /** In the language itself, with a capital letter: Deutsch, Français. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** Whether every message is translated. Missing ones are shown in English. */
  readonly complete: boolean;
}

/** Lists them by name. */
export function languagesOf(catalogues: Catalogues): readonly Language[] {
  const { compare } = new Intl.Collator('en');
  return catalogues.locales
    .map((tag) => ({
      tag,
      name: nameOf(tag),
      direction: directionOf(tag),
      complete: catalogues.isComplete(tag),
    }))
    .sort((a, b) => compare(a.name, b.name));
}

function nameOf(tag: Locale): string {
  const name = new Intl.DisplayNames(tag, { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag;
  const [first = '', ...rest] = name;
  return first.toLocaleUpperCase(tag) + rest.join('');
}

/** Asked for each message of a page, while the answer takes as long as the message. One entry for each language. */
const directions = new Map<Locale, 'ltr' | 'rtl'>();

/** The direction of a language that the pages have, by its script (Unicode CLDR). */
export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  const known = directions.get(locale);
  if (known !== undefined) {
    return known;
  }
  const direction = readDirection(locale);
  directions.set(locale, direction);
  return direction;
}

function readDirection(locale: Locale): 'ltr' | 'rtl' {
  // ECMA-402 has this method; TypeScript's library does not yet.
  const { direction } = (
    new Intl.Locale(locale) as Intl.Locale & { getTextInfo(): { readonly direction: string } }
  ).getTextInfo();
  return direction === 'rtl' ? 'rtl' : 'ltr';
}

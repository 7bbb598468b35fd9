/** Makes `it.page`: the values and functions that every template can use. */
import type { Clock } from '../clock.ts';
import type { Assets } from './assets.ts';
import type { BrandForPages } from './brand.ts';
import { fillMessage, type Catalogues } from './catalogues.ts';
import { differenceBetween, type Difference } from './difference.ts';
import type { Formats } from './formats.ts';
import { directionOf, languagesOf } from './languages.ts';
import {
  escapeForHtml,
  escapeText,
  linkable,
  linkAddresses,
  trustedMarkup,
  webPage,
  withoutDeceptiveCharacters,
  withVisibleCharacters,
  type Markup,
} from './markup.ts';
import type { Locale, ViewContext } from './models.ts';
import { parseColor } from './theme.ts';
import type { Themes } from './themes.ts';
import { describeUserAgent } from './user-agent.ts';

interface PageToolsOptions {
  readonly development: boolean;
  readonly clock: Clock;
  readonly assets: Assets;
  readonly catalogues: Catalogues;
  readonly themes: Themes;
  readonly brand: BrandForPages;
  readonly formatsOf: (locale: Locale) => Formats;
}

/** A value in a message of a page: a name, a number, or a time as an element. */
type PageValues = Readonly<Record<string, string | number | Markup>>;

/**
 * @returns a function that makes `it.page` for one page. Templates can use some of its members without `it.page`
 * (`functionHeader` in `templates.ts`)
 */
export function createPageTools(options: PageToolsOptions) {
  const { assets, catalogues, themes, clock } = options;
  const languages = languagesOf(catalogues);
  return (context: ViewContext) => {
    const { assetsPath } = context;
    const locale = catalogues.catalogueOf(context.locale);
    const direction = directionOf(locale);
    const formats = options.formatsOf(context.locale);
    const basePath = context.basePath ?? '';
    const color =
      (context.client?.color === undefined ? undefined : parseColor(context.client.color)) ?? options.brand.color;
    const asset = (name: string): string => `${assetsPath}/${assets.pathOf(name) ?? failForAsset(name)}`;

    /** A message as escaped HTML. `wrap` is applied to each value. */
    const message = (key: string, values: PageValues, wrap: (escaped: string) => string): Markup => {
      const { text, locale: language } = catalogues.message(locale, key, values);
      const html = fillMessage(text, values, escapeText, (value) => wrap(escapeForHtml(formatValue(formats, value))));
      return trustedMarkup(directionOf(language) === direction ? html : isolated(html));
    };
    const timeElement = (value: Date, text: string): Markup =>
      trustedMarkup(
        `<time datetime="${value.toISOString()}" title="${escapeText(formats.moment(value))}">${escapeText(text)}</time>`,
      );

    return {
      /** The language of the page's texts. */
      locale,
      direction,
      /** The languages to pick from, and the form that does it. */
      languages,
      languageForm: context.languageForm,
      assetsPath,
      brand: options.brand.for(assetsPath),
      client:
        context.client === undefined
          ? undefined
          : {
              name: context.client.name,
              logo: clientLogo(context.client.logo),
              site: webPage(context.client.site),
              privacyPolicy: webPage(context.client.privacyPolicy),
              terms: webPage(context.client.terms),
            },
      development: options.development,
      signedInAs: context.signedInAs,
      account: context.account,
      nonce: context.nonce,
      /** The stylesheet with the accents of the app, else of the brand. */
      theme: color === undefined ? undefined : `${assetsPath}/${themes.pathOf('theme', color)}`,
      /** The stylesheet with the colour of the server's own mark. */
      markTheme:
        options.brand.color === undefined ? undefined : `${assetsPath}/${themes.pathOf('mark', options.brand.color)}`,
      asset,
      /** The path of a page of this server: `path('/account')`. */
      path: (address: string): string => `${basePath}${address}`,
      /** A message whose values are plain text. */
      t: (key: string, values: PageValues = {}): Markup => message(key, values, (escaped) => escaped),
      /** A message whose values are emphasised. Each is isolated from the text direction around it. */
      rich: (key: string, values: PageValues = {}): Markup =>
        message(key, values, (escaped) => `<strong><bdi>${escaped}</bdi></strong>`),
      knows: (key: string): boolean => catalogues.has(key),
      date: (value: Date): Markup => timeElement(value, formats.day(value)),
      /** The same as plain text, where no element is possible: in an `<option>`. */
      dateText: (value: Date): string => formats.day(value),
      time: (value: Date): Markup => timeElement(value, formats.moment(value)),
      ago: (value: Date): Markup => timeElement(value, formats.relative(value, clock.now())),
      duration: (seconds: number): string => formats.duration(seconds),
      initial: (name: string): string => initialOf(name),
      logoOf: clientLogo,
      device: (userAgent: string | undefined): { readonly browser?: string; readonly system?: string } =>
        describeUserAgent(userAgent),
      linkable,
      linked: linkAddresses,
      /** The differences between the received value and each registered one, the most similar first. */
      differences: (received: string, registered: readonly string[]): readonly Difference[] =>
        registered.map((one) => differenceBetween(received, one)).sort((a, b) => a.size - b.size),
      visible: withVisibleCharacters,
      list: (items: readonly string[]): string => formats.list(items.map(withoutDeceptiveCharacters)),
    };
  };
}

export function failForAsset(name: string): never {
  throw new Error(`there is no asset "${name}"`);
}

export function formatValue<V>(formats: Formats, value: V): V | string {
  return typeof value === 'number' ? formats.number(value) : value;
}

/**
 * An English message on a page that is written from right to left keeps its own direction, so that its full stop is at
 * its end. These characters (Unicode Bidirectional Algorithm, §2.4) are possible in attributes, too.
 */
function isolated(text: string): string {
  return `\u{2068}${text}\u{2069}`;
}

/** The first letter or digit of a name, which is shown if there is no logo. */
function initialOf(name: string): string {
  const first = /[\p{L}\p{N}]\p{M}*/u.exec(name)?.[0] ?? '•';
  return first.toLocaleUpperCase();
}

/**
 * An app's logo, if it is a `data:` address, which is how registration stores it. No other address is used, so that a
 * logo can neither count visits nor make a browser call addresses inside the user's own network.
 */
function clientLogo(logo: string | undefined): string | undefined {
  return logo !== undefined && /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(logo)
    ? logo
    : undefined;
}

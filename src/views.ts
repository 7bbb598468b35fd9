/**
 * The pages and mails: templates, languages, assets and accent colours, all read and checked once at start. This file and
 * `views/` beside it know how a page looks and what it says; they do not know why it is shown. Nothing here does
 * security work but one thing: whatever a variable holds comes out as text (views/markup.ts). Tokens against forged
 * requests, policies and headers are the HTTP layer's.
 *
 * An operator's folder overrides the templates file by file, the assets file by file, and the catalogues key by key.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { ConfigurationError } from './errors.ts';
import { loadAssets, makeAsset } from './views/assets.ts';
import type { Asset, Assets } from './views/assets.ts';
import { fallbackLocale, fillMessage, loadCatalogues, negotiate } from './views/catalogues.ts';
import type { Catalogues, Message, MessageValues } from './views/catalogues.ts';
import { createFormats } from './views/formats.ts';
import type { Formats } from './views/formats.ts';
import { differenceBetween } from './views/difference.ts';
import type { Difference } from './views/difference.ts';
import {
  escapeForHtml,
  escapeText,
  linkable,
  linkAddresses,
  passAsText,
  trustedMarkup,
  webPage,
  withoutDeceptiveCharacters,
  withVisibleCharacters,
} from './views/markup.ts';
import type { Markup } from './views/markup.ts';
import { composedKeys, mailModelVariables, viewVariables } from './views/models.ts';
import type { Locale, MailModels, MailName, ViewContext, ViewModels, ViewName } from './views/models.ts';
import { compileTemplates } from './views/templates.ts';
import type { Template } from './views/templates.ts';
import { parseColor, themeStylesheet } from './views/theme.ts';
import { describeUserAgent } from './views/user-agent.ts';

export type { Asset } from './views/assets.ts';
export type { Message, MessageValues } from './views/catalogues.ts';
export type * from './views/models.ts';
export { contrast, parseColor, themeStylesheet } from './views/theme.ts';

export interface Brand {
  readonly name: string;
  /** An https address, a path on this server (`/assets/gate.svg` for a file among the assets), or that file's name alone. */
  readonly logo?: string;
  /** `#rgb` or `#rrggbb`. */
  readonly color?: string;
}

export interface ViewsOptions {
  /** The project's own `views` folder. */
  readonly directory: string;
  /** The operator's folder (`VIEWS_DIR`). */
  readonly overrides?: string;
  readonly brand: Brand;
  readonly development: boolean;
  /** For “three minutes ago”. */
  readonly clock?: Clock;
  /** In which moments are written; UTC when absent. */
  readonly timeZone?: string;
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Views {
  /** A whole page. @throws Error naming file and line, when a template fails. */
  render<K extends ViewName>(name: K, context: ViewContext, model: ViewModels[K]): string;
  renderMail<K extends MailName>(name: K, locale: Locale, model: MailModels[K]): Mail;
  /** The path below `assetsPath` of an asset, with its digest. @throws Error when there is no such file. */
  asset(name: string): string;
  /** Every asset that lies in a file: path, content type, body, hash. Theme stylesheets are not among them. */
  assets(): readonly Asset[];
  /**
   * The asset at this path below `assetsPath`, theme stylesheets of any colour included. All may be cached for ever: a
   * path names its content.
   */
  findAsset(path: string): Asset | undefined;
  /** The languages that there are. */
  readonly locales: readonly Locale[];
  negotiateLocale(wish: {
    readonly uiLocales?: string | undefined;
    readonly acceptLanguage?: string | undefined;
  }): Locale;
  /** A message as plain text: not escaped. @throws Error for an unknown key or a missing value. */
  translate(locale: Locale, key: string, values?: MessageValues): string;
  /** Every key of a language with its message. */
  messages(locale: Locale): ReadonlyMap<string, Message>;
}

/**
 * Reads, compiles and checks everything.
 *
 * @throws ConfigurationError with every problem at once, each with file and line
 */
export function createViews(options: ViewsOptions): Views {
  const problems: string[] = [];
  const files = readFolders(options, problems);
  const assets = loadAssets(filesBelow(files, 'assets/'), problems);
  const catalogues = loadCatalogues(cataloguesAmong(files), problems);
  if (!catalogues.locales.includes(fallbackLocale)) {
    problems.push(
      `${join(options.directory, 'locales/en.yaml')} is missing: English is the language that others fall back to`,
    );
  }
  for (const key of composedKeys) {
    if (!catalogues.has(key)) {
      problems.push(`locales/en.yaml: the message "${key}" is missing`);
    }
  }

  const variables = new Map<string, ReadonlySet<string>>();
  for (const [name, named] of Object.entries(viewVariables)) {
    variables.set(name, new Set(Object.keys(named)));
  }
  for (const [name, named] of Object.entries(mailModelVariables)) {
    variables.set(name, new Set(Object.keys(named)));
    variables.set(`${name}.text`, new Set(Object.keys(named)));
  }
  const templates = templatesAmong(files);
  for (const name of [...variables.keys(), 'layout']) {
    if (!templates.some((template) => template.name === name)) {
      problems.push(`${join(options.directory, `${name}.eta`)} is missing`);
    }
  }
  const rules = {
    variablesOf: (name: string) => variables.get(name),
    knowsMessage: (key: string) => catalogues.has(key),
  };
  const ofText = (template: Template): boolean => template.name.endsWith('.text');
  const pages = compileTemplates(
    templates.filter((template) => !ofText(template)),
    escapeForHtml,
    rules,
    problems,
  );
  const texts = compileTemplates(templates.filter(ofText), passAsText, rules, problems);

  const brandColor = options.brand.color === undefined ? undefined : parseColor(options.brand.color);
  if (options.brand.color !== undefined && brandColor === undefined) {
    problems.push(`the brand's colour "${options.brand.color}" is not written as #rgb or #rrggbb`);
  }
  const logoAsset = options.brand.logo === undefined ? undefined : assetNamed(options.brand.logo);
  if (logoAsset !== undefined && assets.pathOf(logoAsset) === undefined) {
    problems.push(
      `the brand's logo ${options.brand.logo ?? ''} is none of the assets: there is no file assets/${logoAsset} in the folder of views`,
    );
  }
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }

  const themes = createThemes();
  const formatsOf = createFormats(options.timeZone ?? 'UTC');
  const pageOf = createPageTools({
    ...options,
    clock: options.clock ?? systemClock,
    assets,
    catalogues,
    themes,
    brandColor,
    formatsOf,
  });
  const translate = (locale: Locale, key: string, values: MessageValues = {}): string =>
    fillMessage(catalogues.message(locale, key, values).text, values, String, (value) =>
      String(formatValue(formatsOf(locale), value)),
    );

  return {
    render: (name, context, model) => pages.render(name, { ...model, page: pageOf(context) }),
    renderMail: (name, locale, model) => {
      const page = pageOf({ locale, assetsPath: '' });
      const inText = {
        ...page,
        t: (key: string, values: MessageValues = {}): string => translate(locale, key, values),
      };
      const subject = translate(locale, `${name.replace('/', '.')}.subject`, { brand: model.brand });
      return {
        subject: withoutDeceptiveCharacters(subject).replace(/\s+/g, ' '),
        text: texts
          .render(`${name}.text`, { ...model, page: inText })
          .trim()
          .concat('\n'),
        html: pages.render(name, { ...model, page }),
      };
    },
    asset: (name) => assets.pathOf(name) ?? failForAsset(name),
    assets: () => assets.list(),
    findAsset: (path) => assets.find(path) ?? themes.find(path),
    locales: catalogues.locales,
    negotiateLocale: (wish) => negotiate(catalogues.locales, wish),
    translate,
    messages: (locale) => catalogues.entries(locale),
  };
}

interface Themes {
  pathOf(color: string): string;
  find(path: string): Asset | undefined;
}

/** Theme stylesheets, made when a page links them; those of the last few colours are kept. */
function createThemes(): Themes {
  const themes = new LRUCache<string, Asset>({
    max: 64,
    memoMethod: (color) =>
      makeAsset(`theme-${color.slice(1)}.css`, 'text/css; charset=utf-8', Buffer.from(themeStylesheet(color))),
  });
  return {
    pathOf: (color) => themes.memo(color).path,
    find: (path) => {
      const color = /^theme-([0-9a-f]{6})-[0-9a-f]{12}\.css$/.exec(path)?.[1];
      if (color === undefined) {
        return undefined;
      }
      const theme = themes.memo(`#${color}`);
      return theme.path === path ? theme : undefined;
    },
  };
}

interface PageToolsOptions extends ViewsOptions {
  readonly clock: Clock;
  readonly assets: Assets;
  readonly catalogues: Catalogues;
  readonly themes: Themes;
  readonly brandColor: string | undefined;
  readonly formatsOf: (locale: Locale) => Formats;
}

/** A value in a message of a page: a name, a number, or a moment that was made an element. */
type PageValues = Readonly<Record<string, string | number | Markup>>;

/** What every template finds under `it.page`, and some of it by its bare name (views/templates.ts, `functionHeader`). */
function createPageTools(options: PageToolsOptions) {
  const { assets, catalogues, themes, clock } = options;
  return (context: ViewContext) => {
    const { locale, assetsPath } = context;
    const formats = options.formatsOf(locale);
    const basePath = context.basePath ?? '';
    const color =
      (context.client?.color === undefined ? undefined : parseColor(context.client.color)) ?? options.brandColor;
    const asset = (name: string): string => `${assetsPath}/${assets.pathOf(name) ?? failForAsset(name)}`;

    /** A message, as escaped HTML; each value through `wrap`. */
    const speak = (key: string, values: PageValues, wrap: (escaped: string) => string): Markup => {
      const message = catalogues.message(locale, key, values);
      const html = fillMessage(message.text, values, escapeText, (value) =>
        wrap(escapeForHtml(formatValue(formats, value))),
      );
      return trustedMarkup(html);
    };
    const element = (value: Date, words: string): Markup =>
      trustedMarkup(
        `<time datetime="${value.toISOString()}" title="${escapeText(formats.moment(value))}">${escapeText(words)}</time>`,
      );

    return {
      locale,
      assetsPath,
      brand: { name: options.brand.name, logo: brandLogo(options.brand.logo, assets, assetsPath) },
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
      nonce: context.nonce,
      theme: color === undefined ? undefined : `${assetsPath}/${themes.pathOf(color)}`,
      asset,
      /** An address of this server: `path('/account')`. */
      path: (address: string): string => `${basePath}${address}`,
      /** A message; values come out as plain text. */
      t: (key: string, values: PageValues = {}): Markup => speak(key, values, (escaped) => escaped),
      /** A message whose values stand out, each kept apart from the direction of the text around it. */
      rich: (key: string, values: PageValues = {}): Markup =>
        speak(key, values, (escaped) => `<strong><bdi>${escaped}</bdi></strong>`),
      knows: (key: string): boolean => catalogues.has(key),
      date: (value: Date): Markup => element(value, formats.day(value)),
      time: (value: Date): Markup => element(value, formats.moment(value)),
      ago: (value: Date): Markup => element(value, formats.relative(value, clock.now())),
      duration: (seconds: number): string => formats.duration(seconds),
      initial: (name: string): string => initialOf(name),
      device: (userAgent: string | undefined): { readonly browser?: string; readonly system?: string } =>
        describeUserAgent(userAgent),
      linkable,
      linked: linkAddresses,
      /** What differs between what came and each of what is registered, the nearest first. */
      differences: (received: string, registered: readonly string[]): readonly Difference[] =>
        registered.map((one) => differenceBetween(received, one)).sort((a, b) => a.size - b.size),
      visible: withVisibleCharacters,
      list: (items: readonly string[]): string => formats.list(items.map(withoutDeceptiveCharacters)),
    };
  };
}

function failForAsset(name: string): never {
  throw new Error(`there is no asset "${name}"`);
}

function formatValue<V>(formats: Formats, value: V): V | string {
  return typeof value === 'number' ? formats.number(value) : value;
}

/** The first letter or digit of a name, for a picture where there is no logo. */
function initialOf(name: string): string {
  const first = /[\p{L}\p{N}]\p{M}*/u.exec(name)?.[0] ?? '•';
  return first.toLocaleUpperCase();
}

/** The name of the asset that a logo's address on this server stands for; undefined for another address. */
function assetNamed(logo: string): string | undefined {
  return /^\/assets\/(.+)$/.exec(logo)?.[1];
}

/** The operator's own picture may lie anywhere: unlike an app's, its address is not something that strangers choose. */
function brandLogo(logo: string | undefined, assets: Assets, assetsPath: string): string | undefined {
  if (logo === undefined) {
    return undefined;
  }
  const own = assets.pathOf(assetNamed(logo) ?? logo);
  if (own !== undefined) {
    return `${assetsPath}/${own}`;
  }
  return /^(?:https:\/\/|\/(?![/\\]))/.test(logo) ? logo : clientLogo(logo);
}

/**
 * A picture that comes with the page: an app's own, as registration stored it. Nothing is fetched from elsewhere, so that
 * an app's logo can neither count visits nor make a browser knock at addresses inside the person's own network.
 */
function clientLogo(logo: string | undefined): string | undefined {
  return logo !== undefined && /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(logo)
    ? logo
    : undefined;
}

/** Every file of the folder, those of the operator's folder in their place: name below the folder, and where it lies. */
interface Folders {
  readonly merged: ReadonlyMap<string, string>;
  readonly all: readonly { readonly name: string; readonly file: string }[];
}

function readFolders(options: ViewsOptions, problems: string[]): Folders {
  const all = [options.directory, ...(options.overrides === undefined ? [] : [options.overrides])].flatMap((folder) => {
    if (!existsSync(folder)) {
      problems.push(`the folder of views ${folder} does not exist`);
      return [];
    }
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ name: file.slice(join(folder, '/').length).replaceAll('\\', '/'), file }));
  });
  return { all, merged: new Map(all.map(({ name, file }) => [name, file])) };
}

function filesBelow({ merged }: Folders, prefix: string): ReadonlyMap<string, string> {
  return new Map(
    [...merged].filter(([name]) => name.startsWith(prefix)).map(([name, file]) => [name.slice(prefix.length), file]),
  );
}

function templatesAmong({ merged }: Folders): readonly Template[] {
  return [...merged]
    .filter(([name]) => name.endsWith('.eta'))
    .map(([name, file]) => ({ name: name.slice(0, -'.eta'.length), file }));
}

function cataloguesAmong({ all }: Folders): ReadonlyMap<Locale, readonly string[]> {
  const found = new Map<Locale, string[]>();
  for (const { name, file } of all) {
    const locale = /^locales\/([^/]+)\.yaml$/.exec(name)?.[1];
    if (locale !== undefined) {
      found.set(locale, [...(found.get(locale) ?? []), file]);
    }
  }
  return found;
}

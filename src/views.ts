/**
 * The pages and mails: templates, languages, assets and accent colours, which are read and checked once, at start. This
 * file and the folder `views/` beside it decide how a page looks and what its texts are; they do not decide when it is
 * shown. They do one thing for security: they escape the values of variables (`views/markup.ts`). Tokens against forged
 * requests, and headers such as the Content-Security-Policy, are made in `http`.
 *
 * An operator's folder overrides single templates, single assets and single messages.
 */
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { ConfigurationError } from './errors.ts';
import { loadAssets } from './views/assets.ts';
import type { Asset } from './views/assets.ts';
import { createBrand, type Brand } from './views/brand.ts';
import { fallbackLocale, fillMessage, loadCatalogues, negotiate } from './views/catalogues.ts';
import type { Message, MessageValues } from './views/catalogues.ts';
import { composedKeys } from './views/composed-keys.ts';
import { cataloguesAmong, filesBelow, readViewFiles, templatesAmong } from './views/files.ts';
import { createFormats } from './views/formats.ts';
import { escapeForHtml, passAsText, withoutDeceptiveCharacters } from './views/markup.ts';
import type { MailModels, MailName } from './views/mail-models.ts';
import type { Locale, ViewContext, ViewModels, ViewName } from './views/models.ts';
import { createPageTools, failForAsset, formatValue } from './views/page-tools.ts';
import { mailVariables, pageVariables } from './views/template-variables.ts';
import { compileTemplates } from './views/templates.ts';
import type { Template } from './views/templates.ts';
import { createThemes } from './views/themes.ts';

export type { Asset } from './views/assets.ts';
export type { Brand } from './views/brand.ts';
export type { Message, MessageValues } from './views/catalogues.ts';
export type * from './views/mail-models.ts';
export type * from './views/models.ts';
export type * from './views/models/email.ts';
export type * from './views/models/recovery.ts';
export { activityKindOf, activityTypes } from './views/models/activity.ts';
export type * from './views/models/second-factors.ts';
export type * from './views/models/sign-in-mails.ts';
export type * from './views/models/providers.ts';
export type * from './views/models/sign-up.ts';
export { contrast, parseColor, themeStylesheet } from './views/theme.ts';

export interface ViewsOptions {
  /** The project's own `views` folder. */
  readonly directory: string;
  /** The operator's folder (`VIEWS_DIR`). */
  readonly overrides?: string;
  readonly brand: Brand;
  /** The server's address. Mails load the brand's logo from it, if the logo is one of the assets. */
  readonly issuer?: string;
  /** The languages to offer, the default one first; by default all that there are, and English first. */
  readonly languages?: readonly Locale[];
  readonly development: boolean;
  /** The current time, for texts such as “three minutes ago”. */
  readonly clock?: Clock;
  /** The time zone of times on pages; UTC by default. */
  readonly timeZone?: string;
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Views {
  /** A whole page. @throws Error with file and line, if a template fails. */
  render<K extends ViewName>(name: K, context: ViewContext, model: ViewModels[K]): string;
  renderMail<K extends MailName>(name: K, locale: Locale, model: MailModels[K]): Mail;
  /** The path of an asset below `assetsPath`, with its digest. @throws Error if there is no such file. */
  asset(name: string): string;
  /** Every asset that is a file. Theme stylesheets are not among them. */
  assets(): readonly Asset[];
  /**
   * The asset at this path below `assetsPath`, or the theme stylesheet of any colour. All may be cached for ever, since
   * a path contains a digest of its content.
   */
  findAsset(path: string): Asset | undefined;
  /** The languages that are offered, the default one first. */
  readonly locales: readonly Locale[];
  negotiateLocale(preferences: {
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
 * @throws ConfigurationError with all problems, each with file and line
 */
export function createViews(options: ViewsOptions): Views {
  const problems: string[] = [];
  const files = readViewFiles(options, problems);
  const assets = loadAssets(filesBelow(files, 'assets/'), problems);
  const catalogues = loadCatalogues(cataloguesAmong(files), options.languages ?? [], problems);
  if (!files.merged.has(`locales/${fallbackLocale}.yaml`)) {
    problems.push(
      `${join(options.directory, 'locales/en.yaml')} is missing: English is the fallback for all other languages`,
    );
  }
  for (const key of composedKeys) {
    if (!catalogues.has(key)) {
      problems.push(`locales/en.yaml: the message "${key}" is missing`);
    }
  }

  const variables = new Map<string, ReadonlySet<string>>();
  for (const [name, named] of Object.entries(pageVariables)) {
    variables.set(name, new Set(Object.keys(named)));
  }
  for (const [name, named] of Object.entries(mailVariables)) {
    variables.set(name, new Set(Object.keys(named)));
    variables.set(`${name}.text`, new Set(Object.keys(named)));
  }
  const templates = templatesAmong(files);
  for (const name of [...variables.keys(), 'layout', 'mail/layout', 'mail/layout.text']) {
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

  const ownIcon = files.merged.get('assets/favicon.svg') !== join(options.directory, 'assets/favicon.svg');
  const brand = createBrand(options.brand, assets, ownIcon, problems);
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }

  const themes = createThemes();
  const formatsOf = createFormats(options.timeZone ?? 'UTC');
  const pageOf = createPageTools({
    development: options.development,
    clock: options.clock ?? systemClock,
    assets,
    catalogues,
    themes,
    brand,
    formatsOf,
  });
  const translate = (locale: Locale, key: string, values: MessageValues = {}): string =>
    fillMessage(catalogues.message(catalogues.catalogueOf(locale), key, values).text, values, String, (value) =>
      String(formatValue(formatsOf(locale), value)),
    );

  return {
    render: (name, context, model) => pages.render(name, { ...model, page: pageOf(context) }),
    renderMail: (name, locale, model) => {
      const page = pageOf({ locale, assetsPath: `${options.issuer ?? ''}/assets` });
      const inText = {
        ...page,
        t: (key: string, values: MessageValues = {}): string => translate(locale, key, values),
        date: (value: Date): string => formatsOf(locale).day(value),
        time: (value: Date): string => formatsOf(locale).moment(value),
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
    findAsset: (path) => assets.find(path) ?? themes.find(path) ?? (path === brand.icon?.path ? brand.icon : undefined),
    locales: catalogues.locales,
    negotiateLocale: (preferences) => negotiate(catalogues.locales, preferences),
    translate,
    messages: (locale) => catalogues.entries(locale),
  };
}

/**
 * The translations: one YAML file for each language in `views/locales`, named by its language tag. A key is a path of
 * nested keys. A message has `{name}` as a placeholder for a value, and may be a map of plural forms (`one`, `other`,
 * …) that `{count}` selects. In every language, `zero` may be a text of its own for 0. English must be complete, or the
 * server does not start; it is the fallback for missing keys.
 */
import { readFileSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { Locale } from './models.ts';
import { readSimpleYaml } from './simple-yaml.ts';

export const fallbackLocale: Locale = 'en';

/** The text of a message, or its plural forms. */
export type Message = string | Readonly<Record<string, string>>;
export type MessageValues = Readonly<Record<string, string | number>>;
/** The value that selects the plural form. Other values are ignored here. */
type WithCount = Readonly<Record<string, unknown>>;

export interface Catalogues {
  /** The languages that are offered, the default one first. */
  readonly locales: readonly Locale[];
  /** The catalogue for a language tag with any region; English if the language has none. */
  catalogueOf(tag: Locale): Locale;
  has(key: string): boolean;
  /** Whether the language has every message that English has. */
  isComplete(locale: Locale): boolean;
  /** The message of this key, with its placeholders. @throws Error for a key that English does not have. */
  message(locale: Locale, key: string, values: WithCount): { readonly text: string; readonly locale: Locale };
  /** Every key of one language with its message: for comparing languages. */
  entries(locale: Locale): ReadonlyMap<string, Message>;
}

const pluralCategories = new Set(['zero', 'one', 'two', 'few', 'many', 'other']);

/**
 * Reads every language. Several files of one language are merged, key by key.
 *
 * @param files by language, the files of its catalogue; later files override earlier ones
 * @param offered the languages to offer, the default one first; all, and English as the default, if it is empty
 * @param problems receives what is wrong, one sentence each with file and line
 */
export function loadCatalogues(
  files: ReadonlyMap<Locale, readonly string[]>,
  offered: readonly Locale[],
  problems: string[],
): Catalogues {
  const catalogues = new Map<Locale, Map<string, Message>>();
  for (const [locale, paths] of files) {
    if (!isLanguageTag(locale)) {
      problems.push(`${paths[0] ?? locale}: the name of a catalogue is a language tag such as "en" or "pt-BR"`);
      continue;
    }
    const messages = new Map<string, Message>();
    for (const path of paths) {
      readCatalogue(path, messages, problems);
    }
    catalogues.set(locale, messages);
  }
  const rules = new Map([...catalogues.keys()].map((locale) => [locale, new Intl.PluralRules(locale)]));
  const english = catalogues.get(fallbackLocale) ?? new Map<string, Message>();
  for (const locale of offered.filter((one) => !catalogues.has(one))) {
    problems.push(`there is no catalogue of the language "${locale}"; there are: ${[...catalogues.keys()].join(', ')}`);
  }
  const all = [...catalogues.keys()].sort((a, b) => Number(b === fallbackLocale) - Number(a === fallbackLocale));
  const locales = offered.length > 0 ? [...new Set(offered)] : all;
  return {
    locales,
    catalogueOf: (tag) => (locales.includes(tag) ? tag : (lookup(locales, tag) ?? locales[0] ?? fallbackLocale)),
    has: (key) => english.has(key),
    isComplete: (locale) => [...english.keys()].every((key) => catalogues.get(locale)?.has(key) === true),
    entries: (locale) => catalogues.get(locale) ?? new Map(),
    message: (wanted, key, values) => {
      const own = catalogues.get(wanted)?.get(key);
      const locale = own === undefined ? fallbackLocale : wanted;
      const message = own ?? english.get(key);
      if (message === undefined) {
        throw new Error(`no message has the key "${key}"`);
      }
      if (typeof message === 'string') {
        return { text: message, locale };
      }
      const count = Number(values['count']);
      const category = count === 0 && 'zero' in message ? 'zero' : (rules.get(locale)?.select(count) ?? 'other');
      return { text: message[category] ?? message['other'] ?? '', locale };
    },
  };
}

/**
 * Replaces the placeholders by values.
 *
 * @param text converts the text between placeholders, `value` each value; the results are joined
 * @throws Error if a value is missing
 */
export function fillMessage<V>(
  message: string,
  values: Readonly<Record<string, V>>,
  text: (part: string) => string,
  value: (given: V) => string,
): string {
  return message
    .split(/\{(\w+)\}/)
    .map((part, index) => {
      if (index % 2 === 0) {
        return text(part);
      }
      const given = values[part];
      if (given === undefined) {
        throw new Error(`the message "${message}" needs a value for {${part}}`);
      }
      return value(given);
    })
    .join('');
}

/**
 * Chooses the language for a user: the first available one of `ui_locales` (OpenID Connect Core §3.1.2.1), else the
 * best of `Accept-Language` (RFC 9110 §12.5.4), by lookup (RFC 4647 §3.4), else the first available one. If either
 * names a region of that language, the result has the region, since the format of dates and numbers depends on it.
 */
export function negotiate(
  available: readonly Locale[],
  preferences: { readonly uiLocales?: string | undefined; readonly acceptLanguage?: string | undefined },
): Locale {
  const explicit = (preferences.uiLocales ?? '').slice(0, 400).split(/\s+/);
  const accepted = (preferences.acceptLanguage ?? '')
    .slice(0, 400)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
  for (const tag of [...explicit, ...accepted]) {
    const found = lookup(available, tag);
    if (found !== undefined) {
      const regional = [tag, ...accepted].map((one) => regions.memo(one)).filter((one) => isOf(found, one));
      return regional.find((one) => lookup(available, one) === found) ?? found;
    }
  }
  return available[0] ?? fallbackLocale;
}

/**
 * The language, script and region of a tag, if it has a region that decides date formats; empty otherwise. Extensions
 * are removed, since they could select another calendar or other numerals.
 */
const regions = new LRUCache<string, Locale>({
  max: 500,
  memoMethod: (tag) => {
    try {
      const { language, script, region } = new Intl.Locale(tag);
      const plain = [language, script, region].filter((part) => part !== undefined).join('-');
      return region !== undefined && new Intl.DateTimeFormat(plain).resolvedOptions().locale === plain ? plain : '';
    } catch {
      return '';
    }
  },
});

/** Whether a tag has the language and script of a catalogue. */
function isOf(catalogue: Locale, tag: Locale): boolean {
  if (tag === '') {
    return false;
  }
  const [one, other] = [catalogue, tag].map((each) => new Intl.Locale(each).maximize());
  return one?.language === other?.language && one?.script === other?.script;
}

function isLanguageTag(locale: string): boolean {
  try {
    return Intl.PluralRules.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

function lookup(available: readonly Locale[], tag: string): Locale | undefined {
  const parts = tag.toLowerCase().split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const range = parts.slice(0, length).join('-');
    const found = available.find((locale) => locale.toLowerCase() === range);
    if (found !== undefined) {
      return found;
    }
  }
  return available.find((locale) => locale.toLowerCase().split('-')[0] === parts[0]);
}

/** The content of catalogues by their text: several servers in one process have the same, and parsing takes long. */
const readBefore = new LRUCache<string, object>({ max: 20 });

function readCatalogue(path: string, messages: Map<string, Message>, problems: string[]): void {
  const text = readFileSync(path, 'utf8');
  const content = readBefore.get(text) ?? readSimpleYaml(text) ?? parseCatalogue(text, path, problems);
  if (content !== undefined) {
    readBefore.set(text, content);
    collect(content, '', path, messages, problems);
  }
}

/** @returns undefined for an empty catalogue, and for one that is not valid */
function parseCatalogue(text: string, path: string, problems: string[]): object | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) {
    problems.push(`${path}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  }
  if (document.errors.length > 0 || document.contents === null) {
    return undefined;
  }
  if (!isMap(document.contents)) {
    problems.push(`${path}:1: a catalogue is a map of keys and messages`);
    return undefined;
  }
  return document.toJS() as object;
}

function collect(node: unknown, key: string, path: string, messages: Map<string, Message>, problems: string[]): void {
  if (typeof node === 'string') {
    messages.set(key, node.trim());
  } else if (isPluralForms(node)) {
    messages.set(key, node);
  } else if (typeof node === 'object' && node !== null && !Array.isArray(node)) {
    for (const [name, child] of Object.entries(node)) {
      collect(child, key === '' ? name : `${key}.${name}`, path, messages, problems);
    }
  } else {
    problems.push(`${path}: "${key}" is neither a message nor a map of messages (put it in quotation marks)`);
  }
}

function isPluralForms(node: unknown): node is Readonly<Record<string, string>> {
  if (typeof node !== 'object' || node === null || !('other' in node)) {
    return false;
  }
  return Object.entries(node).every(([name, form]) => pluralCategories.has(name) && typeof form === 'string');
}

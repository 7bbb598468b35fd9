import { expect } from 'chai';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manualClock } from '../src/clock.ts';
import { ConfigurationError } from '../src/errors.ts';
import { contrast, createViews, parseColor, themeStylesheet } from '../src/views.ts';
import type {
  MailModels,
  MailName,
  Message,
  ViewContext,
  ViewModels,
  ViewName,
  Views,
  ViewsOptions,
} from '../src/views.ts';
import { composedKeys } from '../src/views/composed-keys.ts';
import { differenceBetween } from '../src/views/difference.ts';
import { createFormats } from '../src/views/formats.ts';
import { backgrounds } from '../src/views/theme.ts';
import { describeUserAgent } from '../src/views/user-agent.ts';
import { mailSamples, sampleContext, sampleNow, viewSamples } from './support/view-samples.ts';

const directory = fileURLToPath(new URL('../views', import.meta.url));

function viewsWith(options: Partial<ViewsOptions> = {}): Views {
  return createViews({
    directory,
    brand: { name: 'Gatehouse' },
    development: true,
    clock: manualClock(sampleNow),
    ...options,
  });
}

interface Page {
  readonly title: string;
  readonly name: ViewName;
  readonly model: ViewModels[ViewName];
}
interface Mail {
  readonly title: string;
  readonly name: MailName;
  readonly model: MailModels[MailName];
}

function namesOf<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}

const pages: readonly Page[] = namesOf(viewSamples).flatMap((name) =>
  Object.entries(viewSamples[name]).map(([sample, model]) => ({
    title: `${name} (${sample})`,
    name,
    model: model as ViewModels[ViewName],
  })),
);
const mails: readonly Mail[] = namesOf(mailSamples).flatMap((name) =>
  Object.entries(mailSamples[name]).map(([sample, model]) => ({ title: `${name} (${sample})`, name, model })),
);

/** A copy of a value in which every string is changed, except those that select a message. */
function withEveryString(value: unknown, change: (text: string) => string): unknown {
  const kept = new Set(['kind', 'code', 'role', 'action', 'state', 'by', 'place', 'icon']);
  if (typeof value === 'string') {
    return change(value);
  }
  if (value instanceof Date || typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => withEveryString(item, change));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const selects =
        kept.has(key) ||
        (['error', 'notice'].includes(key) && typeof item === 'string') ||
        (key === 'name' && 'state' in value);
      return [key, selects ? item : withEveryString(item, change)];
    }),
  );
}

/** What browsers may fill in: nothing, or the user's own facts (WCAG 2.2, 1.3.5). */
const purposesOfText = [
  'off',
  'one-time-code',
  'name',
  'given-name',
  'additional-name',
  'family-name',
  'nickname',
  'bday',
  'tel',
  'postal-code',
  'address-level1',
  'address-level2',
  'country-name',
  'url',
  'photo',
];

/** The first tag of a page in this language. */
function htmlTag(locale: string): string {
  return locale === 'ar' ? '<html lang="ar" dir="rtl">' : `<html lang="${locale}">`;
}

/** Every opening tag of a page with its attributes. */
function tagsOf(html: string): { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[] {
  return Array.from(
    html.matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*>/gi),
    ([, name = '', rest = '']) => ({
      name,
      attributes: new Map(
        Array.from(rest.matchAll(/\s([^\s=>"]+)(?:="([^"]*)")?/g), ([, attribute = '', value = '']) => [
          attribute,
          value,
        ]),
      ),
    }),
  );
}

describe('views', () => {
  const views = viewsWith();

  for (const locale of ['en', 'de', 'ar']) {
    describe(`every page in ${locale}`, () => {
      for (const { title, name, model } of pages) {
        it(`${title} is a complete page`, () => {
          const html = views.render(name, { ...sampleContext, locale }, model);
          expect(html).to.match(/^<!doctype html>/);
          expect(html).to.include(htmlTag(locale));
          expect(html).to.match(/<title>[^<]+ – Gatehouse<\/title>/);
          expect(html.match(/<h1[ >]/g), 'one h1').to.have.length(1);
          expect(html.match(/<main[ >]/g), 'one main').to.have.length(1);
          expect(html).not.to.match(/undefined|\[object|NaN|\{\w+\}/);
        });

        it(`${title} has no inline style and no inline script`, () => {
          const html = views.render(name, { ...sampleContext, locale }, model);
          for (const tag of tagsOf(html)) {
            expect(tag.name).not.to.equal('style');
            for (const attribute of tag.attributes.keys()) {
              expect(attribute).not.to.match(/^(?:style|on.*)$/);
            }
            if (tag.name === 'script') {
              expect(tag.attributes.get('src')).to.match(/^\/assets\/[a-z]+-[0-9a-f]{12}\.js$/);
            }
          }
          expect(html.replace(/<script [^>]+><\/script>/g, '')).not.to.match(/<script|javascript:/i);
        });

        it(`${title} labels every field, and sends a CSRF token with every form`, () => {
          const html = views.render(name, { ...sampleContext, locale }, model);
          const tags = tagsOf(html);
          const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
          expect(new Set(ids).size, 'ids are unique').to.equal(ids.length);
          for (const { name: tag, attributes } of tags) {
            for (const reference of (attributes.get('aria-describedby') ?? '').split(' ').filter(Boolean)) {
              expect(ids).to.include(reference);
            }
            if (tag === 'input' && attributes.get('type') !== 'hidden' && attributes.get('type') !== 'checkbox') {
              expect(
                attributes.has('aria-label') || html.includes(`<label for="${attributes.get('id')}">`),
                'labelled',
              ).to.equal(true);
              // Text that is no credential is not filled in by a browser.
              expect(attributes.get('autocomplete')).to.be.oneOf(
                attributes.get('type') === 'text'
                  ? purposesOfText
                  : [
                      'username',
                      'username webauthn',
                      'current-password',
                      'new-password',
                      ...(attributes.get('type') === 'email' ? ['email'] : []),
                    ],
              );
            }
          }
          for (const form of html.match(/<form[^]*?<\/form>/g) ?? []) {
            expect(form).to.match(/method="post"/);
            // A form to an app has only the fields of the app, and no CSRF token.
            if (/action="https:/.test(form)) {
              continue;
            }
            expect(form).to.match(/name="(?:csrf" value="csrf-value|xsrf" value="xsrf-value)"/);
          }
        });

        it(`${title} shows markup in a variable as text`, () => {
          const canary = '<img src=x onerror=alert(1)>"\'&';
          const hostile = withEveryString(model, (text) => `${text}${canary}`);
          const context = withEveryString({ ...sampleContext, locale: undefined }, (text) => `${text}${canary}`);
          const html = views.render(name, { ...(context as ViewContext), locale }, hostile as typeof model);
          expect(html).to.include('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
          expect(html).not.to.match(/<img src=x|onerror=alert\(1\)>/);
          for (const { attributes } of tagsOf(html)) {
            expect([...attributes.keys()]).not.to.include('onerror');
          }
        });
      }
    });

    describe(`every mail in ${locale}`, () => {
      for (const { title, name, model } of mails) {
        it(`${title} has a subject of one line, a text and an HTML body`, () => {
          const mail = views.renderMail(name, locale, model);
          expect(mail.subject)
            .to.match(/^\S.*\S$/)
            .and.include('Gatehouse');
          expect(mail.text)
            .to.include('ada@example.com')
            .and.not.match(/undefined|&amp;|&#39;|<p>/);
          expect(mail.html)
            .to.include(htmlTag(locale))
            .and.include('ada@example.com')
            .and.not.match(/undefined|<script|<img| on\w+=/);
          if ('link' in model) {
            expect(mail.text).to.include(`\n${model.link}\n`);
            expect(mail.html).to.include(`href="${model.link}"`);
          }
        });

        it(`${title} gets no header and no markup from a variable`, () => {
          const hostile = withEveryString(model, (text) => `${text}\r\nBcc: eve@example.com<b>`) as typeof model;
          const mail = views.renderMail(name, locale, hostile);
          expect(mail.subject).not.to.match(/[\r\n]/);
          expect(mail.html).not.to.include('<b>');
          expect(mail.text).to.include('<b>');
        });
      }
    });
  }

  for (const locale of views.locales) {
    it(`every page and mail in ${locale} has a value for each of its placeholders`, () => {
      for (const { title, name, model } of pages) {
        expect(views.render(name, { ...sampleContext, locale }, model), title).not.to.match(
          /undefined|\[object|NaN|\{\w+\}/,
        );
      }
      for (const { title, name, model } of mails) {
        const { subject, text, html } = views.renderMail(name, locale, model);
        expect([subject, text, html].join('\n'), title).not.to.match(/undefined|\[object|NaN|\{\w+\}/);
      }
    });
  }

  it('marks the language of a page, and links only assets that exist', () => {
    const html = views.render('home', { locale: 'de', assetsPath: '/id/assets' }, viewSamples.home.complete);
    for (const [, path = ''] of html.matchAll(/(?:href|src)="\/id\/assets\/([^"]+)"/g)) {
      expect(views.findAsset(path), path).not.to.equal(undefined);
    }
    expect(html).to.include('Anmeldung für Ihre Apps');
  });

  it('removes characters that make one name look like another', () => {
    const model = {
      ...viewSamples['interaction/consent'].complete,
      client: { name: 'Pri\u202Ent\u200Bs\uFEFF', host: 'prints.example', dynamicIdentity: true },
    };
    const html = views.render('interaction/consent', { locale: 'en', assetsPath: '/assets' }, model);
    expect(html)
      .to.include('<bdi>Prints</bdi>')
      .and.not.match(/[\u202E\u200B\uFEFF]/);
  });

  it('keeps the joiners that emoji and Arabic script are written with', () => {
    const model = {
      ...viewSamples['interaction/consent'].complete,
      client: { name: '👩\u200D🚀 می\u200Cخواهم', host: 'prints.example', dynamicIdentity: true },
    };
    expect(views.render('interaction/consent', { locale: 'en', assetsPath: '/assets' }, model)).to.include(
      '<bdi>👩\u200D🚀 می\u200Cخواهم</bdi>',
    );
  });

  for (const logo of [
    'http://prints.example/logo.png',
    'https://prints.example/logo.png',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'https://10.0.0.1/logo.png',
    'https://[::1]/l.png',
    'https://router/logo.png',
    'javascript:alert(1)',
    'https://a:b@prints.example/l.png',
    'https://printer.local/x',
  ]) {
    it(`does not let a page fetch the logo ${logo}`, () => {
      const html = views.render(
        'interaction/login',
        { locale: 'en', assetsPath: '/assets', client: { name: 'Prints', logo } },
        viewSamples['interaction/login'].complete,
      );
      expect(html).not.to.match(/<img|<image/);
      expect(html).to.match(/<span>P<\/span>/);
    });
  }

  it('links no address that a browser would run as code', () => {
    for (const returnUri of [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
    ]) {
      expect(
        views.render('logout/done', { locale: 'en', assetsPath: '/assets' }, { signedIn: false, returnUri }),
      ).to.include('href="#"');
    }
    expect(
      views.render(
        'logout/done',
        { locale: 'en', assetsPath: '/assets' },
        { signedIn: false, returnUri: 'com.example.app:/out' },
      ),
    ).to.include('href="com.example.app:/out"');
  });

  it('shows comparison and hint in development only', () => {
    const model = viewSamples.error.complete;
    expect(views.render('error', sampleContext, model))
      .to.include('<mark>/</mark>')
      .and.include(model.hint.slice(0, 30));
    const production = viewsWith({ development: false }).render('error', sampleContext, model);
    expect(production).not.to.include('<mark>').and.not.include(model.hint.slice(0, 30));
    expect(production).to.include(model.reference);
  });

  it('refuses a template that prints an unknown property of a variable', () => {
    withOverrides({ 'home.eta': '<h1><%= it.issuer.host %></h1>\n' }, (overrides) => {
      expect(() => viewsWith({ overrides }).render('home', sampleContext, viewSamples.home.complete)).to.throw(
        /home\.eta:1: an unknown variable was printed/,
      );
    });
  });
});

/** Runs with a temporary folder that has these files. */
function withOverrides(files: Readonly<Record<string, string>>, run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'views-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function problemsOf(options: Partial<ViewsOptions>): readonly string[] {
  try {
    viewsWith(options);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('the start of the views', () => {
  const refused: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    [
      'a variable that the page does not have',
      { 'home.eta': '<h1>x</h1>\n<p><%= it.isuer %></p>' },
      /home\.eta:2: there is no variable "isuer" here; the variables are: issuer, /,
    ],
    [
      'a message that English lacks',
      { 'home.eta': "\n\n<h1><%= t('home.titel') %></h1>" },
      /home\.eta:3: no message has the key "home\.titel"/,
    ],
    [
      'a part that does not exist',
      { 'home.eta': "<%~ include('@partials/nothing') %>" },
      /home\.eta:1: there is no template "partials\/nothing\.eta"/,
    ],
    ['a tag that is not closed', { 'home.eta': 'x\n<p><%= it.issuer </p>' }, /home\.eta:2: unclosed tag/],
    ['code that is not JavaScript', { 'home.eta': 'x\n\n<% if (it.signedIn { %>y<% } %>' }, /home\.eta:3: /],
    [
      'a part that does not declare its variables',
      { 'partials/own.eta': '<p><%= it.anything %></p>' },
      /own\.eta:1: the first line must list/,
    ],
    ['a catalogue that is not YAML', { 'locales/de.yaml': 'login:\n  title: "Anmelden\n' }, /de\.yaml:\d+: /],
    [
      'a message that is not text',
      { 'locales/en.yaml': 'login:\n  title: 3\n' },
      /en\.yaml: "login\.title" is neither/,
    ],
    ['a catalogue that is not named by a language', { 'locales/x_y.yaml': 'a: b\n' }, /x_y\.yaml: .*language tag/],
    ['an asset of an unknown kind', { 'assets/tool.exe': 'MZ' }, /tool\.exe: an asset ends in/],
  ];
  for (const [what, files, problem] of refused) {
    it(`is refused for ${what}, with file and line`, () => {
      withOverrides(files, (overrides) => {
        expect(problemsOf({ overrides }).join('\n')).to.match(problem);
      });
    });
  }

  it('reports all problems together', () => {
    withOverrides({ 'home.eta': '<%= it.one %><%= it.two %>', 'error.eta': '<%= it.three %>' }, (overrides) => {
      expect(problemsOf({ overrides, brand: { name: 'Gatehouse', color: 'teal' } })).to.have.length(4);
    });
  });

  it('is refused when a template or an English message is missing', () => {
    const copy = mkdtempSync(join(tmpdir(), 'views-'));
    try {
      cpSync(directory, copy, { recursive: true });
      rmSync(join(copy, 'account/overview.eta'));
      const english = join(copy, 'locales/en.yaml');
      writeFileSync(
        english,
        readFileSync(english, 'utf8')
          .replace(/^ {4}throttled: There were.*$/m, '')
          .replace(/^ {2}remember: .*$/m, ''),
      );
      const problems = problemsOf({ directory: copy }).join('\n');
      expect(problems).to.match(/account\/overview\.eta is missing/);
      expect(problems).to.match(/the message "login\.error\.throttled" is missing/);
      expect(problems).to.match(/login\.eta:\d+: no message has the key "login\.remember"/);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('is refused when the folder of overrides does not exist', () => {
    expect(problemsOf({ overrides: '/nowhere/at/all' })).to.deep.equal([
      'the folder of views /nowhere/at/all does not exist',
    ]);
  });
});

describe("an operator's folder", () => {
  it('replaces one template and leaves the others', () => {
    withOverrides(
      { 'home.eta': "<% layout('@layout', { title: 'Ours' }) %><h1>Our <%= it.issuer %></h1>" },
      (overrides) => {
        const views = viewsWith({ overrides });
        expect(views.render('home', sampleContext, viewSamples.home.complete)).to.include(
          '<h1>Our http://localhost:3000</h1>',
        );
        expect(views.render('error', sampleContext, viewSamples.error.complete)).to.equal(
          viewsWith().render('error', sampleContext, viewSamples.error.complete),
        );
      },
    );
  });

  it('replaces a part in every page that includes it', () => {
    withOverrides({ 'partials/emblem.eta': '<%/* takes: name */%>\n<p>sign of <%= it.name %></p>' }, (overrides) => {
      expect(
        viewsWith({ overrides }).render('interaction/login', sampleContext, viewSamples['interaction/login'].complete),
      ).to.include('<p>sign of Prints</p>');
    });
  });

  it('changes single messages, in the languages that it names', () => {
    withOverrides({ 'locales/en.yaml': 'login:\n  title: Welcome\n' }, (overrides) => {
      const views = viewsWith({ overrides });
      expect(views.translate('en', 'login.title')).to.equal('Welcome');
      expect(views.translate('en', 'login.submit')).to.equal('Sign in');
      expect(views.translate('de', 'login.title')).to.equal('Anmelden');
    });
  });

  it('adds a language with a file, and uses English for messages that it lacks', () => {
    withOverrides({ 'locales/sv.yaml': 'login:\n  title: Logga in\n' }, (overrides) => {
      const views = viewsWith({ overrides });
      const locale = views.negotiateLocale({ acceptLanguage: 'sv-FI, en;q=0.5' });
      expect(locale).to.equal('sv-FI');
      expect(views.translate(locale, 'login.title')).to.equal('Logga in');
      expect(views.translate('sv', 'login.submit')).to.equal('Sign in');
    });
  });

  it('replaces and adds assets, with new digests', () => {
    withOverrides(
      {
        'assets/style.css': 'body{background:url(gate.svg)}',
        'assets/gate.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      },
      (overrides) => {
        const views = viewsWith({ overrides, brand: { name: 'Ours', logo: 'gate.svg' } });
        expect(views.asset('style.css')).not.to.equal(viewsWith().asset('style.css'));
        expect(views.findAsset(views.asset('style.css'))?.body.toString()).to.equal(
          `body{background:url("${views.asset('gate.svg')}")}`,
        );
        expect(views.render('home', { locale: 'en', assetsPath: '/a' }, viewSamples.home.complete)).to.include(
          `<img src="/a/${views.asset('gate.svg')}"`,
        );
      },
    );
  });
});

/** The placeholders of a message, in all its plural forms. */
function placeholdersOf(message: Message): ReadonlySet<string> {
  const forms = typeof message === 'string' ? [message] : Object.values(message);
  return new Set(forms.flatMap((form) => Array.from(form.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '')));
}

/** Translated by machine. Arabic is a proof that pages can be written from right to left, and may lack messages. */
const byMachine = ['ar', 'es', 'fr', 'it', 'nl', 'pl', 'pt'];

/** The languages that a page offers: the name of each by its tag. */
function offeredBy(html: string): ReadonlyMap<string, string> {
  const buttons = html.matchAll(/<button type="submit" name="language" value="([^"]+)"[^]*?<\/button>/g);
  return new Map(Array.from(buttons, ([button, tag = '']) => [tag, button.replaceAll(/<[^>]+>/g, '')]));
}

describe('the catalogues', () => {
  const views = viewsWith();
  const english = views.messages('en');

  it('are English, German, and seven that are translated by machine', () => {
    expect([...views.locales].sort()).to.deep.equal(['ar', 'de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt']);
    for (const locale of byMachine) {
      const [first = ''] = readFileSync(join(directory, `locales/${locale}.yaml`), 'utf8').split('\n');
      expect(first, locale).to.match(/^#.*Translated by machine, please correct\./);
    }
  });

  for (const locale of views.locales.filter((one) => one !== 'en')) {
    const own = views.messages(locale);

    it(`${locale} has no message that English lacks`, () => {
      expect([...own.keys()].filter((key) => !english.has(key))).to.deep.equal([]);
    });

    it(`${locale} has the placeholders of English`, () => {
      for (const [key, translated] of own) {
        const message = english.get(key) ?? '';
        expect([...placeholdersOf(translated)].sort(), key).to.deep.equal([...placeholdersOf(message)].sort());
        expect(typeof translated, key).to.equal(typeof message);
      }
    });

    it(`${locale} has the plural forms that its numbers need (Unicode CLDR)`, () => {
      const rules = new Intl.PluralRules(locale);
      const needed = new Set(Array.from({ length: 1001 }, (_, count) => rules.select(count)));
      for (const [key, translated] of own) {
        if (typeof translated !== 'string') {
          expect(Object.keys(translated), key).to.include.members([...needed, 'other']);
        }
      }
    });
  }

  it('name each language in itself', () => {
    const offered = offeredBy(views.render('home', sampleContext, viewSamples.home.complete));
    expect([...offered.values()].map((name) => name.replace(' (not complete)', ''))).to.deep.equal([
      'Deutsch',
      'English',
      'Español',
      'Français',
      'Italiano',
      'Nederlands',
      'Polski',
      'Português',
      'العربية',
    ]);
  });

  it('mark a language that lacks messages as not complete', () => {
    withOverrides({ 'locales/sv.yaml': 'login:\n  title: Logga in\n' }, (overrides) => {
      const offered = offeredBy(viewsWith({ overrides }).render('home', sampleContext, viewSamples.home.complete));
      expect(offered.get('sv')).to.equal('Svenska (not complete)');
      expect(offered.get('de')).to.equal('Deutsch');
    });
  });

  it('have no message that no template uses', () => {
    const sources = readTemplates();
    // The scopes about the user, and the two titles of the consent page.
    const chosen = /^(?:scope\.|consent\.title)/;
    for (const key of views.messages('en').keys()) {
      if (!composedKeys.includes(key) && !chosen.test(key)) {
        expect(sources, key).to.include(`'${key}'`);
      }
    }
  });

  it("chooses the plural form by the language's rules", () => {
    expect(views.translate('en', 'development.attempts', { count: 1 })).to.equal('one attempt');
    expect(views.translate('de', 'development.attempts', { count: 1234 })).to.equal('1.234 Versuche');
    withOverrides(
      { 'locales/en.yaml': "development:\n  attempts:\n    zero: none\n    other: '{count} attempts'\n" },
      (overrides) => {
        const counts = [0, 1].map((count) =>
          viewsWith({ overrides }).translate('en', 'development.attempts', { count }),
        );
        expect(counts, 'a text of its own for 0').to.deep.equal(['none', '1 attempts']);
      },
    );
    const polish = [1, 2, 5, 12, 22, 25].map((count) => views.translate('pl', 'development.attempts', { count }));
    expect(polish).to.deep.equal(['jedna próba', '2 próby', '5 prób', '12 prób', '22 próby', '25 prób']);
  });

  it('fails for an unknown key and for a missing value', () => {
    expect(() => views.translate('en', 'no.such.key')).to.throw(/no\.such\.key/);
    expect(() => views.translate('en', 'login.lead')).to.throw(/\{app\}/);
  });

  const preferences: readonly (readonly [string | undefined, string | undefined, string])[] = [
    [undefined, undefined, 'en'],
    ['de', 'en', 'de'],
    ['sv de-AT en', undefined, 'de-AT'],
    [undefined, 'sv;q=0.9, de-CH;q=0.8, en;q=0.1', 'de-CH'],
    [undefined, 'pt-PT', 'pt-PT'],
    [undefined, 'es-419', 'es-419'],
    [undefined, 'en-US,en;q=0.9', 'en-US'],
    [undefined, 'en, en-GB;q=0.9', 'en-GB'],
    ['de', 'en-GB, de-AT;q=0.5', 'de-AT'],
    ['en', 'de-AT', 'en'],
    ['de-AT', 'de-CH', 'de-AT'],
    [undefined, 'EN-gb', 'en-GB'],
    [undefined, 'en-GB-u-ca-buddhist-nu-thai', 'en-GB'],
    [undefined, 'en-XX, en-999', 'en'],
    [undefined, 'en;q=0.2, de;q=0.7', 'de'],
    [undefined, 'de;q=0, en', 'en'],
    ['xx <script>', '*', 'en'],
    ['DE', undefined, 'de'],
    ['__proto__', 'constructor', 'en'],
  ];
  for (const [uiLocales, acceptLanguage, expected] of preferences) {
    it(`chooses ${expected} for ui_locales "${uiLocales ?? ''}" and Accept-Language "${acceptLanguage ?? ''}"`, () => {
      expect(views.negotiateLocale({ uiLocales, acceptLanguage })).to.equal(expected);
    });
  }
});

function readTemplates(): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.eta'))
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n');
}

describe('the assets', () => {
  const views = viewsWith();

  it('have a digest of their content in their path', () => {
    for (const asset of views.assets()) {
      expect(asset.path).to.include(`-${asset.hash}.`);
      expect(views.findAsset(asset.path)).to.equal(asset);
    }
    expect(views.asset('style.css')).to.match(/^style-[0-9a-f]{12}\.css$/);
    expect(() => views.asset('nothing.css')).to.throw(/nothing\.css/);
    expect(views.findAsset('style.css')).to.equal(undefined);
    expect(views.findAsset('../locales/en.yaml')).to.equal(undefined);
  });

  it('include the library for passkeys as its package has it, with its licence', () => {
    const folder = fileURLToPath(new URL('../node_modules/@simplewebauthn/browser/', import.meta.url));
    const ours = readFileSync(join(directory, 'assets/webauthn.js'), 'utf8');
    const [header = '', code] = ours.split('*/\n/* [@simplewebauthn');
    expect(`/* [@simplewebauthn${code}`.trim()).to.equal(
      readFileSync(join(folder, 'dist/bundle/index.umd.min.js'), 'utf8').trim(),
    );
    const licence = header.replaceAll(/^ \* ?/gm, '');
    expect(licence).to.include(readFileSync(join(folder, 'LICENSE.md'), 'utf8').trim());
  });

  it('include a stylesheet without external addresses, whose defaults are a theme like any other', () => {
    const style = readFileSync(join(directory, 'assets/style.css'), 'utf8');
    expect(style).not.to.match(/https?:|@import/);
    const [light = '', dark = ''] = themeStylesheet('#17594f').split('\n');
    const [styleLight = '', styleDark = ''] = style.split('@media (prefers-color-scheme: dark)');
    for (const [theme, part, scheme] of [
      [light, styleLight, backgrounds.light],
      [dark, styleDark, backgrounds.dark],
    ] as const) {
      for (const [, name, value] of theme.matchAll(/(--[a-z-]+):(#[0-9a-f]{6})/g)) {
        expect(part).to.include(`${name}: ${value};`);
      }
      expect(part).to.include(`--background: ${scheme.page};`).and.include(`--surface: ${scheme.surface};`);
    }
  });
});

describe('a theme', () => {
  const parsed = (color: string): readonly Readonly<Record<string, string>>[] =>
    themeStylesheet(color)
      .trim()
      .split('\n')
      .map(
        (part) =>
          Object.fromEntries(
            Array.from(part.matchAll(/--([a-z-]+):(#[0-9a-f]{6})/g), ([, name, value]) => [name, value]),
          ) as Record<string, string>,
      );

  it('is readable for every colour: at least 4.5 : 1 for text and 3 : 1 for edges, in both schemes (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
    const steps = ['00', '33', '66', '99', 'cc', 'ff'];
    for (const color of steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)))) {
      const [light = {}, dark = {}] = parsed(color);
      for (const [theme, scheme] of [
        [light, backgrounds.light],
        [dark, backgrounds.dark],
      ] as const) {
        const {
          accent = '',
          'accent-hover': hover = '',
          'on-accent': on = '',
          'accent-edge': edge = '',
          'accent-text': text = '',
          'accent-tint': tint = '',
        } = theme;
        expect(contrast(accent, on), `${color} fill`).to.be.at.least(4.5);
        expect(contrast(hover, on), `${color} hover`).to.be.at.least(4.5);
        expect(contrast(edge, scheme.surface), `${color} edge`).to.be.at.least(3);
        for (const behind of [scheme.surface, scheme.page, tint]) {
          expect(contrast(text, behind), `${color} text on ${behind}`).to.be.at.least(4.5);
        }
      }
    }
  });

  it('does not change a colour that is readable', () => {
    expect(parsed('#1D4ED8')[0]).to.include({ accent: '#1d4ed8', 'on-accent': '#ffffff' });
  });

  for (const color of ['red', '#12345', '#12345g', '#fff;}body{display:none', 'url(x)', '']) {
    it(`refuses "${color}" for a colour`, () => {
      expect(parseColor(color)).to.equal(undefined);
      expect(() => themeStylesheet(color)).to.throw(/#rrggbb/);
    });
  }

  it("is linked for the app's colour, else the brand's, and served at the address that is linked", () => {
    const views = viewsWith({ brand: { name: 'Gatehouse', color: '#0a7' } });
    const linked = (context: Partial<ViewContext>): string | undefined =>
      /href="\/a\/(theme-[^"]+)"/.exec(
        views.render('home', { locale: 'en', assetsPath: '/a', ...context }, viewSamples.home.complete),
      )?.[1];
    const own = linked({ client: { name: 'Prints', color: '#C2410C' } }) ?? '';
    expect(own).to.match(/^theme-c2410c-/);
    expect(views.findAsset(own)?.body.toString()).to.equal(themeStylesheet('#c2410c'));
    expect(views.findAsset(own)?.contentType).to.equal('text/css; charset=utf-8');
    expect(linked({})).to.match(/^theme-00aa77-/);
    expect(linked({ client: { name: 'Prints', color: '#fff}' } })).to.match(/^theme-00aa77-/);
    expect(views.findAsset(own.replace(/-[0-9a-f]{12}\./, '-000000000000.'))).to.equal(undefined);
    expect(views.findAsset('theme-red.css')).to.equal(undefined);
  });
});

describe('the language of a page', () => {
  it('is that of the catalogue; dates have the format of the region of the browser', () => {
    const views = viewsWith();
    const expected: readonly (readonly [string, string, string])[] = [
      ['en', 'en', 'October 20, 2025'],
      ['en-US', 'en', 'October 20, 2025'],
      ['en-GB', 'en', '20 October 2025'],
      ['de', 'de', '20. Oktober 2025'],
      ['de-AT', 'de', '20. Oktober 2025'],
    ];
    for (const [locale, language, date] of expected) {
      const html = views.render(
        'account/overview',
        { locale, assetsPath: '/assets' },
        viewSamples['account/overview'].complete,
      );
      expect(html, locale).to.include(`<html lang="${language}">`).and.include(`>${date}</time>`);
    }
    const january = new Date('2026-01-05T12:00:00Z');
    expect(['de', 'de-AT', 'en-GB', 'en-US'].map((locale) => createFormats('UTC')(locale).day(january))).to.deep.equal([
      '5. Januar 2026',
      '5. Jänner 2026',
      '5 January 2026',
      'January 5, 2026',
    ]);
  });

  it('is found for a tag with a region in mails and messages, too', () => {
    const views = viewsWith();
    expect(views.translate('de-AT', 'login.title')).to.equal('Anmelden');
    const { html, subject } = views.renderMail(
      'mail/password-reset',
      'de-AT',
      mailSamples['mail/password-reset'].complete,
    );
    expect(html).to.include('<html lang="de">');
    expect(subject).to.equal(views.translate('de', 'mail.password-reset.subject', { brand: 'Gatehouse' }));
  });

  it('ignores a region that uses another script', () => {
    withOverrides({ 'locales/zh-Hans.yaml': 'login:\n  title: 登录\n' }, (overrides) => {
      const views = viewsWith({ overrides });
      expect(views.negotiateLocale({ acceptLanguage: 'zh-Hant-TW' })).to.equal('zh-Hans');
      expect(views.negotiateLocale({ acceptLanguage: 'zh-CN' })).to.equal('zh-CN');
      expect(views.translate('zh-CN', 'login.title')).to.equal('登录');
    });
  });

  it('sets dir="rtl" in pages and mails only for a catalogue that is written from right to left', () => {
    const views = viewsWith();
    const login = (locale: string): string =>
      views.render('interaction/login', { ...sampleContext, locale }, viewSamples['interaction/login'].complete);
    expect(login('ar')).to.include('<html lang="ar" dir="rtl">').and.include('تسجيل الدخول');
    expect(login('ar-EG')).to.include('<html lang="ar" dir="rtl">');
    expect(login('de')).to.include('<html lang="de">');
    const { html } = views.renderMail('mail/password-reset', 'ar', mailSamples['mail/password-reset'].complete);
    expect(html).to.include('<html lang="ar" dir="rtl">');
    expect(views.negotiateLocale({ acceptLanguage: 'ar-EG, en;q=0.5' })).to.equal('ar-EG');
  });

  it('does not change the direction of a message that is shown in English, as text and in attributes', () => {
    withOverrides({ 'locales/he.yaml': 'home:\n  title: כניסה\n' }, (overrides) => {
      const html = viewsWith({ overrides }).render(
        'home',
        { ...sampleContext, locale: 'he' },
        viewSamples.home.complete,
      );
      expect(html)
        .to.include('<html lang="he" dir="rtl">')
        .and.include('>כניסה</h1>')
        .and.include('\u{2068}You sign in here once, and your apps know you.\u{2069}')
        .and.include('aria-label="\u{2068}Gatehouse, start page\u{2069}"');
    });
    expect(viewsWith().render('home', sampleContext, viewSamples.home.complete)).to.not.match(/[\u{2068}\u{2069}]/u);
  });

  it('can have either direction: stylesheets do not use left and right', () => {
    for (const file of ['assets/style.css', 'mail/layout.eta']) {
      const style = readFileSync(join(directory, file), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
      expect(style.match(/[\w-]*\b(?:left|right)\b[^;{]*[;{]/g), file).to.equal(null);
      // Four values whose second and fourth differ.
      const lopsided = [...style.matchAll(/\b(?:margin|padding|inset): ([^\s(;]+) ([^\s,;]+) ([^\s;]+) ([^\s);]+);/g)];
      expect(
        lopsided.filter(([, , end, , start]) => end !== start),
        file,
      ).to.deep.equal([]);
    }
  });
});

describe('the brand', () => {
  const all = {
    name: 'Harbour & Sons',
    logo: 'https://cdn.example/logo.png',
    logoDark: 'https://dark.example/logo.png',
    color: '#ffee00',
    supportContact: 'help@harbour.example',
    privacyUrl: 'https://harbour.example/privacy',
    termsUrl: 'https://harbour.example/terms?a=1&b=2',
  };
  const plain = { locale: 'en', assetsPath: '/assets' };
  const home = (views: Views, context: Partial<ViewContext> = {}): string =>
    views.render('home', { ...plain, ...context }, viewSamples.home.complete);
  const invitation = (brand: ViewsOptions['brand'], options: Partial<ViewsOptions> = {}) =>
    viewsWith({ brand, ...options }).renderMail('mail/invitation', 'en', mailSamples['mail/invitation'].complete);
  const iconOf = (html: string): string => /<link rel="icon" href="([^"]+)">/.exec(html)?.[1] ?? '';

  it('has a logo for dark mode, in the header, in the emblem and in mails', () => {
    const pictures =
      /<picture><source srcset="https:\/\/dark\.example\/logo\.png" media="\(prefers-color-scheme: dark\)"><img src="https:\/\/cdn\.example\/logo\.png"/g;
    expect(home(viewsWith({ brand: all })).match(pictures)).to.have.length(2);
    expect(invitation(all).html.match(pictures)).to.have.length(1);
  });

  it('can show the logo without the name, which then is the text alternative of the logo', () => {
    const header = (showName: boolean): string =>
      /<header[^]*<\/header>/.exec(home(viewsWith({ brand: { ...all, showName } })))?.[0] ?? '';
    expect(header(true)).to.include('<span>Harbour &amp; Sons</span>');
    expect(header(false)).to.include('aria-label="Harbour &amp; Sons, start page"').and.include('<img');
    expect(header(false)).to.not.include('<span>');
    expect(invitation({ ...all, showName: false }).html).to.include('alt="Gatehouse"');
    expect(invitation(all).html, 'beside the name').to.include('alt=""');
    expect(home(viewsWith({ brand: { name: 'Harbour', showName: false } })), 'nothing else to show').to.include(
      '<span>Harbour</span>',
    );
  });

  it('is the icon of every page: the file of the operator, else the logo, else the mark in its colour', () => {
    expect(iconOf(home(viewsWith({ brand: all })))).to.equal('https://cdn.example/logo.png');
    const tinted = viewsWith({ brand: { name: 'Harbour', color: '#7722aa' } });
    const icon = tinted.findAsset(iconOf(home(tinted)).slice('/assets/'.length));
    expect(icon?.contentType).to.equal('image/svg+xml');
    const [light = '', dark = ''] = themeStylesheet('#7722aa').split('\n');
    for (const part of [light, dark]) {
      expect(icon?.body.toString()).to.include(/--accent-text:(#[0-9a-f]{6})/.exec(part)?.[1] ?? 'no colour');
    }
    const standard = viewsWith();
    expect(iconOf(home(standard))).to.equal(`/assets/${standard.asset('favicon.svg')}`);
    withOverrides({ 'assets/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>' }, (overrides) => {
      const own = viewsWith({ overrides, brand: all });
      expect(iconOf(home(own))).to.equal(`/assets/${own.asset('favicon.svg')}`);
    });
  });

  it("keeps its mark in its own colour on pages in an app's colour", () => {
    const client = { name: 'Prints', color: '#c2410c' };
    const branded = viewsWith({ brand: { name: 'Harbour', color: '#7722aa' } });
    const linked = /href="\/assets\/(mark-7722aa-[0-9a-f]{12}\.css)"/.exec(home(branded, { client }))?.[1] ?? '';
    const css = branded.findAsset(linked)?.body.toString() ?? '';
    expect(css)
      .to.match(/--mark:#[0-9a-f]{6};--mark-tint:#[0-9a-f]{6}/)
      .and.not.include('--accent');
    expect(home(viewsWith(), { client }), 'the default mark').to.include('/theme-c2410c-').and.not.include('/mark-');
    const style = readFileSync(join(directory, 'assets/style.css'), 'utf8');
    expect(/\.mark \{[^}]*\}/.exec(style)?.[0]).to.include('fill: var(--mark);');
    expect(themeStylesheet('#c2410c')).to.not.include('--mark');
    const [light = '', dark = ''] = style.split('@media (prefers-color-scheme: dark)');
    for (const part of [light, dark]) {
      expect(/--mark: (#\w+);/.exec(part)?.[1]).to.equal(/--accent-text: (#\w+);/.exec(part)?.[1]);
      expect(/--mark-tint: (#\w+);/.exec(part)?.[1]).to.equal(/--accent-tint: (#\w+);/.exec(part)?.[1]);
    }
  });

  it('frames every mail: greeting once, closing once, and a layout of tables that all mail programs show', () => {
    const branded = viewsWith({ brand: all });
    for (const locale of branded.locales) {
      const greeting = branded.translate(locale, 'mail.greeting');
      for (const { name, title, model } of mails) {
        const { text, html } = branded.renderMail(name, locale, model);
        expect(text.split(`${greeting}\n`), `${title}: mail/layout.text greets`).to.have.length(2);
        expect(text.split('\n-- \n'), `${title}: mail/layout.text closes`).to.have.length(2);
        expect(html.split(`<p>${greeting}</p>`), `${title}: mail/layout greets`).to.have.length(2);
        expect(text, title)
          .to.match(/^\S[^]*\S\n$/)
          .and.not.match(/\n{3}/);
        expect(html, title).to.include('<table role="presentation" class="card"');
        const styles = [...html.matchAll(/<style>[^]*?<\/style>/g)];
        expect(styles, `${title}: the style of mails is in mail/layout`).to.have.length(1);
      }
    }
  });

  it('has parts for mails: a button with its address, a code, and when and where something happened', () => {
    const part = (name: string, values: string): string => `<%~ include('@partials/mail-${name}', ${values}) %>\n`;
    const text = (name: string, values: string): string => part(`${name}.text`, values);
    const device = JSON.stringify('Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0');
    const event = `{ at: new Date('2026-11-24T15:31:00Z'), userAgent: ${device}, from: '192.0.2.7' }`;
    const unknown = `{ at: new Date('2026-11-24T15:31:00Z'), userAgent: undefined, from: undefined }`;
    const action = "{ link: 'https://id.example/x?a=1&b=2', label: 'Open' }";
    const parts = (of: typeof part): string =>
      [of('action', action), of('code', "{ code: '123456' }"), of('event', event)].join('\n\n');
    const overrides = {
      'mail/password-changed.eta': `<% layout('@mail/layout', { title: 'x' }); %>\n${parts(part)}`,
      'mail/password-changed.text.eta': `<% layout('@mail/layout.text'); %>\n${parts(text)}`,
      'mail/app-access-ended.text.eta': `<% layout('@mail/layout.text'); %>\n${text('event', unknown)}`,
    };
    withOverrides(overrides, (folder) => {
      const views = viewsWith({ overrides: folder });
      const mail = views.renderMail('mail/password-changed', 'en-GB', mailSamples['mail/password-changed'].complete);
      expect(mail.text).to.include(
        'Open:\nhttps://id.example/x?a=1&b=2\n\n    123456\n\nWhen: 24 November 2026 at 15:31 UTC\nDevice: Firefox on Linux\nNetwork address: 192.0.2.7\n\n--',
      );
      expect(mail.html)
        .to.include('href="https://id.example/x?a=1&amp;b=2"')
        .and.include('>123456</p>')
        .and.include('24 November 2026 at 15:31 UTC')
        .and.include('Firefox on Linux')
        .and.include('192.0.2.7');
      const german = views.renderMail('mail/app-access-ended', 'de', mailSamples['mail/app-access-ended'].complete);
      expect(german.text).to.include('\n\nWann: 24. November 2026 um 15:31 UTC\n\n--');
    });
  });

  it('links help, privacy policy and terms on every page', () => {
    const branded = viewsWith({ brand: all, development: false });
    for (const { name, model } of pages) {
      const html = branded.render(name, sampleContext, model);
      expect(html, name)
        .to.include('<a href="mailto:help@harbour.example"><bdi>help@harbour.example</bdi></a>')
        .and.include('<a href="https://harbour.example/privacy">Privacy policy</a>')
        .and.include('<a href="https://harbour.example/terms?a=1&amp;b=2">Terms of service</a>');
    }
    expect(home(viewsWith({ development: false }))).to.not.include('<footer');
    const support = (supportContact: string): string =>
      home(viewsWith({ brand: { name: 'Harbour', supportContact }, development: false }));
    expect(support('tel:+49 30 901820')).to.include('<a href="tel:+4930901820"><bdi>+49 30 901820</bdi></a>');
    expect(support('https://help.example/')).to.include('<a href="https://help.example/"><bdi>Help</bdi></a>');
  });

  it('links them in every mail, in its text and in its HTML, in every language', () => {
    const branded = viewsWith({ brand: all });
    for (const locale of branded.locales) {
      for (const { name, model } of mails) {
        const mail = branded.renderMail(name, locale, model);
        for (const address of ['help@harbour.example', all.privacyUrl]) {
          expect(mail.text, name).to.include(`: ${address}\n`);
        }
        expect(mail.text)
          .to.include(`: ${all.termsUrl}\n`)
          .and.not.match(/\n\n\n\n/);
        expect(mail.html)
          .to.include('href="mailto:help@harbour.example"')
          .and.include(`href="${all.privacyUrl}"`)
          .and.include('href="https://harbour.example/terms?a=1&amp;b=2"');
      }
    }
    expect(invitation({ name: 'Harbour' }).text).to.match(/\n-- \nGatehouse\n$/);
  });

  it('colours the button of a mail so that it is readable in light and dark (WCAG 2.2, 1.4.3)', () => {
    for (const color of ['#ffee00', '#000000', '#ffffff', '#7f7f7f', '#0000ff']) {
      const { html } = invitation({ name: 'Harbour', color });
      const important = '(?: !important)?';
      const button = new RegExp(`background: (#\\w+)${important}; color: (#\\w+)${important};`);
      const buttons = Array.from(
        html.matchAll(/a\.button \{[^}]*\}|<a class="button"[^>]*>/g),
        ([rule]) => button.exec(rule) ?? [],
      );
      expect(buttons, 'in light and dark, and inline for programs without stylesheets').to.have.length(3);
      expect(buttons[2]?.slice(1)).to.deep.equal(buttons[0]?.slice(1));
      for (const [, fill = '', text = ''] of buttons) {
        expect(contrast(fill, text), color).to.be.at.least(4.5);
      }
      const links = [...html.matchAll(/\na \{ color: (#\w+)(?: !important)?; \}/g)].map(([, text = '']) => text);
      expect(contrast(links[0] ?? '', backgrounds.light.surface), color).to.be.at.least(4.5);
      expect(contrast(links[1] ?? '', backgrounds.dark.surface), color).to.be.at.least(4.5);
    }
    expect(invitation({ name: 'Harbour', color: '#7722aa' }).html).to.include('background: #7722aa; color: #ffffff;');
  });

  it('has absolute addresses in mails, and none that mail programs cannot reach', () => {
    withOverrides({ 'assets/gate.png': 'png' }, (overrides) => {
      const html = (issuer: string, logo: string): string =>
        invitation({ name: 'Harbour', logo }, { overrides, issuer }).html;
      expect(html('https://id.example', '/assets/gate.png')).to.match(
        /<img src="https:\/\/id\.example\/assets\/gate-[0-9a-f]{12}\.png"/,
      );
      expect(html('https://id.example', '/elsewhere/gate.png')).to.include(
        '<img src="https://id.example/elsewhere/gate.png"',
      );
      expect(html('http://localhost:3000', '/assets/gate.png')).to.not.include('<img');
    });
  });
});

describe('a difference', () => {
  const marked = (received: string, registered: string): readonly string[] => {
    const difference = differenceBetween(received, registered);
    const show = (side: 'received' | 'registered'): string =>
      difference[side].map(({ text, differs }) => (differs ? `[${text}]` : text)).join('');
    return [show('received'), show('registered')];
  };
  const cases: readonly (readonly [string, string, string, string, string])[] = [
    [
      'an additional slash',
      'https://a.example/cb/',
      'https://a.example/cb',
      'https://a.example/cb[/]',
      'https://a.example/cb[]',
    ],
    ['another scheme', 'http://a.example/', 'https://a.example/', 'http[]://a.example/', 'http[s]://a.example/'],
    [
      'two places',
      'https://b.a.example/cb',
      'https://a.example/cb/',
      'https://[b.]a.example/cb[]',
      'https://[]a.example/cb[/]',
    ],
    [
      'another case',
      'https://a.example/CB',
      'https://a.example/cb',
      'https://a.example/[CB]',
      'https://a.example/[cb]',
    ],
    [
      'an invisible character',
      'https://a.example/\u200Bcb',
      'https://a.example/cb',
      'https://a.example/[\\u{200b}]cb',
      'https://a.example/[]cb',
    ],
    ['nothing', 'x', 'x', 'x', 'x'],
    ['everything', '', 'prints', '[]', '[prints]'],
  ];
  for (const [what, received, registered, left, right] of cases) {
    it(`marks ${what}`, () => {
      expect(marked(received, registered)).to.deep.equal([left, right]);
    });
  }

  it('names the first place where two texts differ, counted in characters', () => {
    expect(differenceBetween('😀/a', '😀/b').first).to.deep.equal({ position: 3, received: 'a', registered: 'b' });
    expect(differenceBetween('a', 'a').first).to.equal(undefined);
  });

  it('is not slow for very long texts', () => {
    const [left] = marked(`${'a/'.repeat(5000)}x`, `${'a/'.repeat(5000)}y`);
    expect(left).to.match(/a\/\[x\]$/);
  });
});

describe('a device', () => {
  it('is named by browser and system, and has no name when neither is known', () => {
    expect(
      describeUserAgent(
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
      ),
    ).to.deep.equal({ browser: 'Edge', system: 'Windows' });
    expect(
      describeUserAgent(
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
      ),
    ).to.deep.equal({ browser: 'Safari', system: 'macOS' });
    expect(describeUserAgent('<script>')).to.deep.equal({});
    expect(describeUserAgent(undefined)).to.deep.equal({});
  });
});

describe('formats', () => {
  const formats = createFormats('UTC');
  const before = (seconds: number): Date => new Date(sampleNow.getTime() - seconds * 1000);

  it('show how long ago something was in the largest unit that fits', () => {
    expect(
      [10, 300, 7200, 90_000, 600_000].map((seconds) => formats('en').relative(before(seconds), sampleNow)),
    ).to.deep.equal(['now', '5 minutes ago', '2 hours ago', 'yesterday', '7 days ago']);
    expect(formats('de').relative(before(-86_400 * 14), sampleNow)).to.equal('in 14 Tagen');
  });

  it('round a wait up, so that nobody tries again too early', () => {
    expect([0, 1, 40, 61 * 2, 3601 * 2, 86_400 * 3].map((seconds) => formats('en').duration(seconds))).to.deep.equal([
      '1 second',
      '1 second',
      '40 seconds',
      '3 minutes',
      '3 hours',
      '3 days',
    ]);
    expect(formats('de').duration(90 * 60)).to.equal('90 Minuten');
  });

  it('show a time in the configured zone, and name the zone UTC', () => {
    expect(formats('de').moment(sampleNow)).to.match(/24\. November 2026.*15:31 UTC/);
    expect(createFormats('Europe/Berlin')('de').moment(sampleNow)).to.match(/16:31$/);
  });
});

import { expect } from 'chai';
import { ConfigurationError } from '../../src/errors.ts';
import { authorizationUrl, createUser, redeem, registerApp, signIn, type AppClient } from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

function language({ html }: Page): string | undefined {
  return /<html lang="([^"]*)"/.exec(html)?.[1];
}

function picks({ forms }: Page): boolean {
  return forms.some(({ action }) => action === '/language');
}

const german = { language: 'de' };
const english = { 'accept-language': 'en' };
const cookieName = 'gatehouse_language';

describe('the language picker', () => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    server = await startTestServer();
    await createUser(server);
    app = await registerApp(server, { apis: [] });
  });
  after(() => server.stop());

  it('leads back to the page, remembers the language, and does not lose the flow', async () => {
    const browser = openBrowser(english);
    const { url, verifier } = authorizationUrl(server, app);
    const login = await browser.visit(url);
    const inGerman = await browser.submit(login, '/language', german);
    expect([login, inGerman].map(language)).to.deep.equal(['en', 'de']);
    expect(inGerman.url).to.equal(login.url);
    const consent = await signIn(browser, inGerman);
    const inEnglish = await browser.submit(consent, '/language', { language: 'en' });
    expect([consent, inEnglish].map(language)).to.deep.equal(['de', 'en']);
    expect(inEnglish.url).to.equal(consent.url);
    const back = await browser.submit(inEnglish, '/consent', { decision: 'allow' });
    const code = new URL(back.location ?? '').searchParams.get('code') ?? '';
    expect((await redeem(server, app, { code, verifier })).status).to.equal(200);
    expect(language(await browser.visit(`${server.issuer}/`)), 'a later page').to.equal('en');
  });

  it('decides before the ui_locales of the app and before the browser (OIDC Core §3.1.2.1 calls them preferences)', async () => {
    const browser = openBrowser(english);
    await browser.submit(await browser.visit(server.issuer), '/language', german);
    const { url } = authorizationUrl(server, app, { parameters: { ui_locales: 'en' } });
    expect(language(await browser.visit(url))).to.equal('de');
    expect(language(await openBrowser(english).visit(authorizationUrl(server, app).url))).to.equal('en');
  });

  it('sets one cookie, which no script reads and no other site sends, for a year', async () => {
    const browser = openBrowser(english);
    const home = await browser.visit(server.issuer);
    const form = home.forms.find(({ action }) => action === '/language');
    const answer = await browser.post(`${server.issuer}/language`, { ...form?.fields, ...german });
    expect([answer.status, answer.location]).to.deep.equal([303, `${server.issuer}/`]);
    const set = answer.headers.getSetCookie();
    expect(set).to.have.length(1);
    expect(set[0]).to.match(/^gatehouse_language=de; path=\/; expires=[^;]+; samesite=lax; httponly$/i);
    const days = (Date.parse(/expires=([^;]+)/i.exec(set[0] ?? '')?.[1] ?? '') - Date.now()) / 86_400_000;
    expect(days).to.be.within(364, 366);
  });

  it('leads back from pages that answer a form, from error pages and from the sign-out page', async () => {
    const browser = openBrowser(english);
    const login = await browser.visit(authorizationUrl(server, app).url);
    const wrong = await signIn(browser, login, 'ada@example.com', 'not the password');
    expect(wrong.status).to.equal(401);
    const again = await browser.submit(wrong, '/language', german);
    expect([again.status, again.url, language(again)]).to.deep.equal([200, login.url, 'de']);

    const mistake = `${server.issuer}/authorize?client_id=unknown&state=${encodeURIComponent('a&b="c')}`;
    const rejected = await browser.visit(mistake);
    const inEnglish = await browser.submit(rejected, '/language', { language: 'en' });
    expect([inEnglish.status, inEnglish.url, language(inEnglish)]).to.deep.equal([400, rejected.url, 'en']);

    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const question = await browser.visit(`${server.issuer}/logout?ui_locales=en`);
    const inGerman = await browser.submit(question, '/language', german);
    expect([inGerman.url, language(inGerman)]).to.deep.equal([question.url, 'de']);
    const done = await browser.submit(inGerman, '/logout/confirm', { logout: 'yes' });
    expect(new URL(done.url).pathname).to.equal('/logout/success');
  });

  it('leads from an unknown path to the start page: a browser may read such a path as a host', async () => {
    const browser = openBrowser(english);
    const missing = await browser.get(`${server.issuer}//evil.example/`);
    expect(missing.status).to.equal(404);
    const home = await browser.submit(missing, '/language', german);
    expect([home.url, language(home)]).to.deep.equal([`${server.issuer}/`, 'de']);
  });

  it('leads to no address that is not that of the page, and accepts no form of another site', async () => {
    const browser = openBrowser(english);
    const fields = (await browser.visit(server.issuer)).forms.find(({ action }) => action === '/language')?.fields;
    const post = async (values: Readonly<Record<string, string>>, site = 'same-origin'): Promise<number> => {
      const answer = await browser.post(
        `${server.issuer}/language`,
        { ...fields, ...german, ...values },
        { 'sec-fetch-site': site },
      );
      expect(answer.location).to.equal(undefined);
      return answer.status;
    };
    expect(await post({ page: 'https://evil.example/' })).to.equal(403);
    expect(await post({ page: '//evil.example/' })).to.equal(403);
    expect(await post({ page: '/account' }), 'the token of another page').to.equal(403);
    expect(await post({ csrf: 'forged' })).to.equal(403);
    expect(await post({}, 'cross-site')).to.equal(403);
    for (const unknown of ['xx', '', 'de-AT', '__proto__', 'de en']) {
      expect(await post({ language: unknown }), unknown).to.equal(400);
    }
    expect(browser.cookies.has(cookieName)).to.equal(false);
  });

  it('changes nothing by GET, and ignores a cookie that names no language of this server', async () => {
    const browser = openBrowser(english);
    const answer = await browser.get(`${server.issuer}/language?language=de&page=/account`);
    expect([answer.status, answer.location, answer.headers.getSetCookie()]).to.deep.equal([
      303,
      `${server.issuer}/`,
      [],
    ]);
    for (const value of ['xx', '%00', '"><script>', 'en-US-u-nu-thai']) {
      const page = await browser.get(server.issuer, { cookie: `${cookieName}=${value}` });
      expect([page.status, language(page)], value).to.deep.equal([200, 'en']);
    }
  });

  it('does not change the format of dates: it follows the region of the browser, if that has the same language', async () => {
    const browser = openBrowser({ 'accept-language': 'en, de-AT;q=0.5' });
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const account = await browser.submit(await browser.visit(`${server.issuer}/account`), '/language', german);
    expect(/>([^<]+)<\/time>/.exec(account.html.slice(account.html.indexOf('class="hint"')))?.[1]).to.match(
      /^\d{1,2}\. [A-Z]\p{L}+ \d{4}$/u,
    );
  });

  it('comes before the language of the account, which comes before that of the browser', async () => {
    const { services, issuer } = server;
    const user = await services.users.create(
      { email: 'grete@example.com', password: 'correct horse battery staple', profile: { locale: 'de-AT' } },
      { actor: 'system' },
    );
    const browser = openBrowser(english);
    await signIn(browser, await browser.visit(`${issuer}/account`), user.email);
    const account = await browser.visit(`${issuer}/account`);
    const asked = await browser.visit(`${issuer}/account?ui_locales=en`);
    const picked = await browser.submit(account, '/language', { language: 'en' });
    expect([account, asked, picked].map(language)).to.deep.equal(['de', 'en', 'en']);
  });

  it('is not on a page that is shown only once', async () => {
    const browser = openBrowser(english);
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const { url } = authorizationUrl(server, app, { parameters: { response_mode: 'form_post', prompt: 'none' } });
    const forward = await browser.visit(url);
    expect(forward.html).to.include('data-auto-submit');
    expect(picks(forward)).to.equal(false);
    expect(picks(await browser.visit(`${server.issuer}/account`))).to.equal(true);
  });
});

describe('LANGUAGES', () => {
  it('limits the languages, and its first one is used for browsers that want none of them', async () => {
    const server = await startTestServer({ environment: { LANGUAGES: 'de,en' } });
    try {
      const french = await openBrowser({ 'accept-language': 'sv' }).visit(server.issuer);
      expect([language(french), picks(french)]).to.deep.equal(['de', true]);
      expect(Array.from(french.html.matchAll(/name="language" value="([^"]+)"/g), ([, tag]) => tag)).to.deep.equal([
        'de',
        'en',
      ]);
    } finally {
      await server.stop();
    }
  });

  it('with one language, there is no picker, and pages are in that language', async () => {
    const server = await startTestServer({ environment: { LANGUAGES: 'de' } });
    try {
      const page = await openBrowser(english).visit(server.issuer);
      expect([language(page), picks(page)]).to.deep.equal(['de', false]);
    } finally {
      await server.stop();
    }
  });

  it('with a language that has no catalogue, the server does not start', async () => {
    let failure: unknown;
    await startTestServer({ environment: { LANGUAGES: 'de,xx' } }).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(ConfigurationError);
    expect(String(failure)).to.include('there is no catalogue of the language "xx"');
  });
});

import { expect } from 'chai';
import { authorizationUrl, callAs, createUser, registerApp, signIn, type AppClient } from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

function language({ html }: Page): string | undefined {
  return /<html lang="([^"]*)"/.exec(html)?.[1];
}

describe('ui_locales, in a browser with another language (OIDC Core §3.1.2.1)', () => {
  let server: TestServer;
  let app: AppClient;
  const english = { 'accept-language': 'en' };
  const german = { parameters: { ui_locales: 'de' } };

  before(async () => {
    server = await startTestServer();
    await createUser(server);
    app = await registerApp(server, { apis: [] });
  });
  after(() => server.stop());

  it('is used on every page of a flow, and on its error pages', async () => {
    const browser = openBrowser(english);
    const { url } = authorizationUrl(server, app, german);
    const login = await browser.visit(url);
    const wrong = await signIn(browser, login, 'ada@example.com', 'not the password');
    const forged = await browser.post(`${login.url}/login`, { email: 'ada@example.com', csrf: 'forged' });
    const consent = await signIn(browser, wrong);
    const undecided = await browser.submit(consent, '/consent', { decision: 'perhaps' });
    const chooser = await browser.visit(`${url}&prompt=select_account`);
    expect([wrong.status, forged.status, undecided.status]).to.deep.equal([401, 403, 400]);
    expect([login, wrong, forged, consent, undecided, chooser].map(language)).to.deep.equal([
      'de',
      'de',
      'de',
      'de',
      'de',
      'de',
    ]);
  });

  it('is used on the error page of an invalid request, and for a pushed request', async () => {
    const { url } = authorizationUrl(server, app, german);
    const rejected = await openBrowser(english).visit(url.replace('callback', 'elsewhere'));
    expect([rejected.status, language(rejected)]).to.deep.equal([400, 'de']);
    const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
    const query = new URLSearchParams({ client_id: app.clientId, request_uri: String(pushed.body['request_uri']) });
    expect(language(await openBrowser(english).visit(`${server.issuer}/authorize?${query.toString()}`))).to.equal('de');
  });

  it('is used on every page of the logout, and on its error pages', async () => {
    const browser = openBrowser(english);
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const question = await browser.visit(`${server.issuer}/logout?ui_locales=de`);
    const unreadable = await fetch(`${server.issuer}/logout/confirm?ui_locales=de`, {
      method: 'POST',
      headers: { accept: 'text/html', 'content-type': 'text/plain' },
      body: 'logout=yes',
    });
    expect(unreadable.status, 'a form that cannot be read').to.equal(400);
    const rejected = await browser.post(question.forms[0]?.action ?? '', { xsrf: 'forged' });
    const again = await browser.visit(`${server.issuer}/logout?ui_locales=de`);
    const done = await browser.submit(again, '/logout/confirm', { logout: 'yes' });
    expect(new URL(done.url).pathname).to.equal('/logout/success');
    expect([question, rejected, done].map(language)).to.deep.equal(['de', 'de', 'de']);
  });

  it("does not change the format of dates: it follows the browser's region, if that has the same language", async () => {
    const since = async (accepted: string, query = ''): Promise<string | undefined> => {
      const browser = openBrowser({ 'accept-language': accepted });
      await signIn(browser, await browser.visit(`${server.issuer}/account`));
      const { html } = await browser.visit(`${server.issuer}/account${query}`);
      return />([^<]+)<\/time>/.exec(html.slice(html.indexOf('class="hint"')))?.[1];
    };
    expect(await since('en-GB, en;q=0.5')).to.match(/^\d{1,2} [A-Z][a-z]+ \d{4}$/);
    expect(await since('en-US, en;q=0.5')).to.match(/^[A-Z][a-z]+ \d{1,2}, \d{4}$/);
    expect(await since('de-AT, en-GB;q=0.5')).to.match(/^\d{1,2}\. [A-Z]\p{L}+ \d{4}$/u);
    expect(await since('de-AT, en-GB;q=0.5', '?ui_locales=en')).to.match(/^\d{1,2} [A-Z][a-z]+ \d{4}$/);
  });

  it('is optional: without it pages are in the language of the browser', async () => {
    expect(language(await openBrowser(english).visit(authorizationUrl(server, app).url))).to.equal('en');
    expect(
      language(await openBrowser({ 'accept-language': 'de-AT, en;q=0.5' }).visit(`${server.issuer}/nothing`)),
    ).to.equal('de');
  });
});

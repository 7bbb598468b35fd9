/** What the development profile shows to its developer only. */
import { expect } from 'chai';
import { asks, authorizationUrl, registerApp, signIn } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { html, send } from './requests.ts';

/** A development server that others can reach: its issuer is the address of a TLS proxy or a tunnel. */
const tunnelled = { NODE_ENV: 'development', ISSUER: 'https://dev.example.test' };

/** The headers of a request from another machine. */
const strangers: readonly Readonly<Record<string, string>>[] = [
  { 'x-forwarded-for': '203.0.113.1' },
  { 'x-forwarded-for': '203.0.113.1', 'x-forwarded-proto': 'https' },
  { forwarded: 'for=203.0.113.1' },
  { via: '1.1 tunnel' },
  { 'cf-connecting-ip': '203.0.113.1' },
];

onEachDatabase('the development profile', (start) => {
  /** Sends a mail with a link that sets a password; returns the link's token. */
  async function mailLink(server: TestServer): Promise<string> {
    const link = 'https://dev.example.test/password/secret-of-the-link';
    await server.services.mail.send({
      to: 'ada@example.com',
      name: 'mail/password-reset',
      locale: 'en',
      model: { email: 'ada@example.com', link, minutes: 30, brand: 'Gatehouse' },
    });
    return 'secret-of-the-link';
  }

  async function outboxPages(server: TestServer): Promise<readonly string[]> {
    const [entry] = await server.services.outbox.list({ limit: 1, kind: 'mail' });
    return ['/development/outbox', `/development/outbox/${entry?.id ?? ''}`];
  }

  async function refusedApp(server: TestServer): Promise<string> {
    const app = await registerApp(server, { apis: [], redirectUris: ['https://app.example/callback'] });
    const { url } = authorizationUrl(server, app, {
      parameters: { redirect_uri: 'https://app.example/callback/extra' },
    });
    const { pathname, search } = new URL(url);
    return `${pathname}${search}`;
  }

  it('shows its pages to a direct caller on this machine', async () => {
    const server = await start({ environment: { NODE_ENV: 'development' } });
    const secret = await mailLink(server);
    const [list = '', mail = ''] = await outboxPages(server);
    expect((await send(server, list, { headers: html })).status).to.equal(200);
    expect((await send(server, mail, { headers: html })).text).to.include(secret);
    expect((await send(server, '/', { headers: html })).text)
      .to.include('/development/outbox')
      .and.include('setup-link');
    expect((await send(server, await refusedApp(server), { headers: html })).text)
      .to.match(/<mark>\/extra<\/mark>/)
      .and.match(/<pre [^>]*><code>npx gatehouse client update \S+ \\\n {2}--redirect-uri [^<]*<\/code><\/pre>/);
  });

  it('lists the scopes that apps asked for and did not get, for a direct caller on this machine alone', async () => {
    const server = await start({ environment: { NODE_ENV: 'development' } });
    const app = await registerApp(server, { apis: [] });
    const { pathname, search } = new URL(authorizationUrl(server, app, { scope: 'openid photos:reed' }).url);
    await send(server, `${pathname}${search}`, { headers: html });
    const text = 'scopes were ignored: photos:reed (nothing has this scope)';
    expect((await send(server, '/', { headers: html })).text)
      .to.include(app.clientId)
      .and.include(text);
    const forwarded = { ...html, 'x-forwarded-for': '203.0.113.7' };
    expect((await send(server, '/', { headers: forwarded })).text).not.to.include(text);
  });

  it('shows no mail, no details of an app and no set-up link to a caller that came through a proxy or tunnel', async () => {
    for (const environment of [{ NODE_ENV: 'development' }, tunnelled]) {
      const server = await start({ environment });
      const secret = await mailLink(server);
      const refused = await refusedApp(server);
      for (const headers of [...strangers, ...(environment === tunnelled ? [{}] : [])]) {
        const name = `${environment === tunnelled ? 'tunnel' : 'loopback'} ${JSON.stringify(headers)}`;
        for (const path of [...(await outboxPages(server)), '/development/outbox/x', '/development/']) {
          const page = await send(server, path, { headers: { ...html, ...headers } });
          expect(page.status, `${name} ${path}`).to.equal(404);
          expect(page.text, name).not.to.include(secret);
        }
        const home = await send(server, '/', { headers: { ...html, ...headers } });
        expect(home.status, name).to.equal(200);
        expect(home.text, name).not.to.match(/\/development\/|setup|well-known/);
        const error = await send(server, refused, { headers: { ...html, ...headers } });
        expect(error.status, name).to.equal(400);
        expect(error.text, name).not.to.match(/<mark>|app\.example\/callback|npx/);
      }
    }
  });

  it("serves only the developer's pages under a loopback host if ISSUER is the address of a tunnel", async () => {
    const server = await start({ environment: tunnelled });
    const secret = await mailLink(server);
    const host = `localhost:${server.environment['PORT'] ?? ''}`;
    const [list = '', mail = ''] = await outboxPages(server);
    expect((await send(server, list, { headers: { ...html, host } })).status).to.equal(200);
    expect((await send(server, mail, { headers: { ...html, host } })).text).to.include(secret);
    for (const path of ['/', '/account', '/authorize', '/jwks']) {
      expect((await send(server, path, { headers: { ...html, host } })).status, path).to.equal(421);
    }
    for (const headers of strangers) {
      expect((await send(server, mail, { headers: { ...html, host, ...headers } })).status).to.equal(421);
    }
    expect((await send(server, mail, { headers: { ...html, host: 'rebound.example' } })).status).to.equal(421);
  });

  it('has a demo user with a random password if only this machine can reach it, and otherwise no demo user', async () => {
    const first = await start({ environment: { NODE_ENV: 'development' } });
    const second = await start({ environment: { NODE_ENV: 'development' } });
    const { email = '', password = '' } = first.card?.demoUser ?? {};
    expect(email).to.equal('demo@example.com');
    expect(password).to.match(/^[a-z2-9]{4}(?:-[a-z2-9]{4}){3}$/);
    expect(second.card?.demoUser?.password).not.to.equal(password);
    const app = await registerApp(first, { apis: [] });
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(first, app).url);
    expect(asks(await signIn(browser, page, email, password))).to.equal('consent');

    const exposed = await start({ environment: tunnelled });
    expect(exposed.card).not.to.have.property('demoUser');
    expect(await exposed.services.users.findByEmail('demo@example.com')).to.equal(null);
    const other = await start({ environment: { NODE_ENV: 'test' } });
    expect(await other.services.users.findByEmail('demo@example.com')).to.equal(null);
  });

  it('does not show the demo user any more after it was deleted or has another password', async () => {
    const server = await start({ environment: { NODE_ENV: 'development' } });
    const { DATA_DIR = '', DATABASE_URL = '', SECRET = '' } = server.environment;
    const again = { NODE_ENV: 'development', DATA_DIR, DATABASE_URL, SECRET };
    expect((await start({ environment: again })).card).to.have.property('demoUser');
    const user = await server.services.users.findByEmail('demo@example.com');
    await server.services.users.setPassword(user?._id ?? '', 'seven lamps light the harbour', { actor: 'system' });
    expect((await start({ environment: again })).card).not.to.have.property('demoUser');
    await server.services.users.remove(user?._id ?? '', { actor: 'system' });
    expect((await start({ environment: again })).card).not.to.have.property('demoUser');
  });

  it('creates a password for the demo user with the configured minimum length', async () => {
    const { card } = await start({ environment: { NODE_ENV: 'development', PASSWORD_MINIMUM_LENGTH: '40' } });
    expect(card?.demoUser?.password.length).to.be.at.least(40);
  });

  it('starts on fresh data behind a TLS proxy or tunnel, with the demo clients on this machine', async () => {
    const server = await start({ environment: tunnelled });
    expect((await server.services.clients.list()).map(({ _id }) => _id)).to.include.members(['prints', 'calendar']);
  });
});

/** The scope `offline_access` (OpenID Connect Core §11): who is asked for it, and when. */
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/logging.ts';
import { clients } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  begin,
  callAs,
  createUser,
  isActive,
  obtain,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const offline = { scope: 'openid offline_access' } as const;
const sentence = 'Keep this access while you are not using the app';

onEachDatabase('offline access', (start) => {
  let server: TestServer;
  const lines: string[] = [];

  before(async () => {
    server = await start({
      logger: createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } }),
    });
    await seedApis(server);
    await createUser(server);
  });

  async function signOut(browser: Browser): Promise<void> {
    await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
  }

  async function outlivesSession(app: AppClient, browser: Browser, token: unknown): Promise<boolean> {
    await signOut(browser);
    return (await refresh(server, app, token)).status === 200;
  }

  it('needs no prompt=consent: the page that shows it is consent (OIDC Core §11)', async () => {
    const app = await registerApp(server);
    const browser = openBrowser();
    const { page, verifier } = await begin(server, app, offline, browser);
    expect(asks(page)).to.equal('consent');
    expect(page.html).to.include(sentence);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), app);
    const { body } = await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier });
    expect(body['scope']).to.equal('openid offline_access');
    expect(await outlivesSession(app, browser, body['refresh_token'])).to.equal(true);
  });

  it('is not granted if the user denies it, and the app gets access_denied (RFC 6749 §4.1.2.1)', async () => {
    const app = await registerApp(server);
    const browser = openBrowser();
    const { page } = await begin(server, app, offline, browser);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'deny' }), app);
    expect(redirected.searchParams.get('error')).to.equal('access_denied');
  });

  it('is asked for once in a login session, and again in the next one, not as new (decision 6)', async () => {
    const app = await registerApp(server);
    const browser = openBrowser();
    await authorize(server, app, { scope: 'openid' }, browser);
    const first = await begin(server, app, offline, browser);
    expect(asks(first.page)).to.equal('consent');
    expect(first.page.html).to.include('asks for more access');
    await browser.submit(first.page, '/consent', { decision: 'allow' });
    // The same session has the Grant: there is nothing to ask.
    const second = await begin(server, app, offline, browser);
    expect(asks(second.page)).to.equal('nothing');
    const later = openBrowser();
    const third = await begin(server, app, offline, later);
    expect(asks(third.page)).to.equal('consent');
    expect(third.page.html).to.include(sentence).and.not.include('more access');
    // Without it, what was allowed before needs no page, and the tokens end with the session.
    const tokens = await obtain(server, app, { scope: 'openid' }, openBrowser());
    expect(tokens['scope']).to.equal('openid');
  });

  it('that a request does not contain is not in its tokens, also after it was allowed (RFC 6749 §3.3)', async () => {
    const app = await registerApp(server);
    const browser = openBrowser();
    await authorize(server, app, offline, browser);
    const tokens = await obtain(server, app, { scope: 'openid' }, browser);
    expect(tokens['scope']).to.equal('openid');
    expect(await outlivesSession(app, browser, tokens['refresh_token'])).to.equal(false);
  });

  it('is granted to a first-party app by its operator, without a page (decision 6)', async () => {
    const app = await registerApp(server, { firstParty: true });
    const browser = openBrowser();
    const { page, verifier } = await begin(server, app, offline, browser);
    expect(asks(page)).to.equal('nothing');
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    expect(body['scope']).to.equal('openid offline_access');
    expect(await outlivesSession(app, browser, body['refresh_token'])).to.equal(true);
  });

  it('with scopes of an API is granted for that API (RFC 8707 §2)', async () => {
    const app = await registerApp(server);
    const browser = openBrowser();
    const tokens = await obtain(server, app, { scope: 'offline_access archive:read', resource: archive }, browser);
    await signOut(browser);
    const { status, body } = await refresh(server, app, tokens['refresh_token']);
    expect([status, body['scope']]).to.deep.equal([200, 'archive:read']);
    expect(await isActive(server, app, body['access_token'])).to.equal(true);
  });

  it('in a pushed request is asked for, too (RFC 9126 §2)', async () => {
    const app = await registerApp(server);
    const { url } = authorizationUrl(server, app, offline);
    const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
    const browser = openBrowser();
    await authorize(server, app, { scope: 'openid' }, browser);
    const query = new URLSearchParams({ client_id: app.clientId, request_uri: String(pushed.body['request_uri']) });
    const page = await browser.visit(`${server.issuer}/authorize?${query.toString()}`);
    expect(asks(page)).to.equal('consent');
    expect(page.html).to.include(sentence);
  });

  it('that was not allowed yet is consent_required with prompt=none, not silently less (OIDC Core §3.1.2.6)', async () => {
    const app = await registerApp(server);
    const browser = openBrowser();
    await authorize(server, app, { scope: 'openid' }, browser);
    const silent = authorizationUrl(server, app, { ...offline, parameters: { prompt: 'none' } });
    const refused = redirectedTo(await browser.get(silent.url), app);
    expect(refused.searchParams.get('error')).to.equal('consent_required');
    await authorize(server, app, offline, browser);
    const allowed = redirectedTo(await browser.get(silent.url), app);
    expect(allowed.searchParams.get('code')).to.be.a('string');
  });

  it('is ignored with a warning for a client that gets no refresh tokens (OIDC Core §11)', async () => {
    const app = await registerApp(server);
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    await database
      .collection(clients)
      .updateOne({ _id: app.clientId }, { $set: { grantTypes: ['authorization_code'], revision: 'changed' } });
    await database.close();
    const { page } = await begin(server, app, offline, openBrowser());
    expect(page.html).to.not.include(sentence);
    expect(lines.filter((line) => line.includes(app.clientId) && line.includes('no refresh tokens'))).to.have.length(1);
    const alone = authorizationUrl(server, app, { scope: 'offline_access' });
    const error = redirectedTo(await openBrowser().get(alone.url), app).searchParams;
    expect(error.get('error')).to.equal('invalid_scope');
    expect(error.get('error_description')).to.include('no refresh tokens');
  });
});

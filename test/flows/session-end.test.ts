/** A login session ends at its absolute lifetime and at a logout, even if it is used at the same moment. */
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  createUser,
  isActive,
  obtain,
  password,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { startLogoutReceiver, type LogoutReceiver } from '../support/logout-receiver.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const minute = 60;
const day = 24 * 60 * minute;

onEachDatabase('a login session at its absolute lifetime', (start) => {
  let clock: ManualClock;
  let server: TestServer;
  let app: AppClient;

  beforeEach(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });

  async function isSignedIn(browser: Browser): Promise<boolean> {
    const page = await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'none' } }).url);
    return redirectedTo(page, app).searchParams.get('error') !== 'login_required';
  }

  /** Uses a session, and a refresh token that depends on it, until one second before the absolute lifetime. */
  async function useUntilTheEnd(): Promise<{ browser: Browser; access: unknown; refreshToken: unknown }> {
    const browser = openBrowser();
    const request = { scope: 'openid archive:read', resource: archive };
    const signedInAt = clock.now().getTime();
    let { access_token: access, refresh_token: refreshToken } = await obtain(server, app, request, browser);
    const age = (): number => (clock.now().getTime() - signedInAt) / 1000;
    while (age() + 50 * minute < day) {
      clock.advance(50 * minute);
      const { body } = await refresh(server, app, refreshToken);
      ({ access_token: access, refresh_token: refreshToken } = body);
    }
    // The time of login is stored in whole seconds.
    clock.advance(day - age() - 2);
    expect(await isActive(server, app, access)).to.equal(true);
    return { browser, access, refreshToken };
  }

  it('ends for the browser and for its tokens, even if it is used all the time (NIST SP 800-63B-4 §2)', async function endsAtAbsoluteLifetime() {
    this.timeout(20_000);
    const { browser, access, refreshToken } = await useUntilTheEnd();
    let token = refreshToken;
    for (let passed = 0; passed < 60; passed += 2) {
      await browser.get(`${server.issuer}/logout`);
      const { status, body } = await refresh(server, app, token);
      token = status === 200 ? body['refresh_token'] : token;
      clock.advance(2);
    }
    expect(await isSignedIn(browser)).to.equal(false);
    expect(await isActive(server, app, access)).to.equal(false);
    expect((await refresh(server, app, token)).body).to.include({ error: 'invalid_grant' });
    const user = await server.services.users.findByEmail('ada@example.com');
    expect(await server.services.sessions.listByUser(user?._id ?? '')).to.deep.equal([]);
  });

  it('ends for a remembered user, too, and a new sign-in starts a new session', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    await browser.submit(page, '/login', { email: 'ada@example.com', password, remember: 'yes' });
    clock.advance(30 * day - 2);
    for (let passed = 0; passed < 20; passed += 2) {
      await browser.get(`${server.issuer}/logout`);
      clock.advance(2);
    }
    expect(await isSignedIn(browser)).to.equal(false);
    expect(asks(await browser.visit(authorizationUrl(server, app).url))).to.equal('sign-in');
    await authorize(server, app, {}, browser);
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it('counts from the time of the password, even if the browser continues later (OpenID Connect Core §2, auth_time)', async () => {
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, app, { parameters: { max_age: '3600' } });
    const page = await browser.visit(url);
    const form = page.forms.find(({ action }) => action.endsWith('/login'));
    const checkedAt = Math.floor(clock.now().getTime() / 1000);
    const { location } = await browser.post(new URL(form?.action ?? '', page.url).href, {
      ...form?.fields,
      email: 'ada@example.com',
      password,
    });
    clock.advance(10 * minute);
    const consent = await browser.visit(location ?? '');
    const redirected = redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), app);
    const { body } = await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier });
    expect(decodeJwt(String(body['id_token']))).to.include({ auth_time: checkedAt });
    const user = await server.services.users.findByEmail('ada@example.com');
    const [session] = await server.services.sessions.listByUser(user?._id ?? '');
    expect(session?.signedInAt?.getTime()).to.equal(checkedAt * 1000);
  });

  it('ends immediately when an operator shortens the lifetime', async () => {
    const browser = openBrowser();
    await authorize(server, app, {}, browser);
    expect(await isSignedIn(browser)).to.equal(true);
    const shorter = await start({
      clock,
      databaseUrl: server.environment['DATABASE_URL'] ?? '',
      environment: { SECRET: server.environment['SECRET'] ?? '', SESSION_ABSOLUTE: '10m', SESSION_IDLE: '10m' },
    });
    const user = await server.services.users.findByEmail('ada@example.com');
    clock.advance(11 * minute);
    expect(await server.services.sessions.listByUser(user?._id ?? ''), 'the longer lifetime').to.have.length(1);
    expect(await shorter.services.sessions.listByUser(user?._id ?? ''), 'the shorter lifetime').to.deep.equal([]);
  });
});

onEachDatabase('a chain of refresh tokens at its absolute lifetime', (start) => {
  it('ends immediately when an operator shortens the lifetime, for introspection, too', async () => {
    const clock = manualClock();
    const server = await start({ clock });
    await createUser(server);
    const app = await registerApp(server, { apis: [] });
    const offline = { scope: 'openid offline_access', parameters: { prompt: 'consent' } };
    const { refresh_token: first } = await obtain(server, app, offline);
    const { refresh_token: token } = (await refresh(server, app, first)).body;
    clock.advance(11 * minute);
    expect(await isActive(server, app, token), 'the longer lifetime').to.equal(true);
    const shorter = await start({
      clock,
      databaseUrl: server.environment['DATABASE_URL'] ?? '',
      environment: {
        SECRET: server.environment['SECRET'] ?? '',
        LIFETIME_REFRESH_ABSOLUTE: '10m',
        LIFETIME_REFRESH_IDLE: '10m',
      },
    });
    expect(await isActive(shorter, app, token), 'the shorter lifetime').to.equal(false);
    expect((await refresh(shorter, app, token)).body).to.include({ error: 'invalid_grant' });
  });
});

onEachDatabase('a logout while another tab is being redirected', (start) => {
  let server: TestServer;
  const receivers: LogoutReceiver[] = [];
  let slow: LogoutReceiver;
  let joining: LogoutReceiver;
  let first: AppClient;
  let second: AppClient;
  let accountId: string;

  before(async () => {
    server = await start();
    accountId = await createUser(server);
    slow = await startLogoutReceiver();
    joining = await startLogoutReceiver();
    receivers.push(slow, joining);
    first = await registerApp(server, { name: 'First', apis: [], firstParty: true, backchannelLogoutUri: slow.uri });
    second = await registerApp(server, {
      name: 'Second',
      apis: [],
      redirectUris: ['http://127.0.0.1:9/second'],
      backchannelLogoutUri: joining.uri,
    });
  });
  // Mocha runs this also if `before` was skipped. Then there are no receivers.
  after(() => Promise.all(receivers.map((receiver) => receiver.close())));

  /**
   * Signs in, opens a second tab at the consent page of another app, and continues that tab in the middle of `logout`.
   */
  async function during(logout: (browser: Browser) => Promise<unknown>) {
    const browser = openBrowser();
    await authorize(server, first, {}, browser);
    const tab = browser.copy();
    const { url, verifier } = authorizationUrl(server, second, { scope: 'openid' });
    const consent = await tab.visit(url);
    let redirected: URL | undefined;
    slow.beforeAnswer = async () => {
      slow.beforeAnswer = async () => {};
      redirected = redirectedTo(await tab.submit(consent, '/consent', { decision: 'allow' }), second);
    };
    await logout(browser);
    return { tab, code: redirected?.searchParams.get('code') ?? '', verifier };
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    const page = await browser.visit(authorizationUrl(server, first, { parameters: { prompt: 'none' } }).url);
    return redirectedTo(page, first).searchParams.get('error') !== 'login_required';
  }

  it('ends the session, and the app that joined it is notified (OpenID Connect RP-Initiated Logout §2, Back-Channel Logout §2.4)', async () => {
    const notification = joining.next();
    const { tab, code, verifier } = await during(async (browser) =>
      browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm'),
    );
    expect(code, 'the other tab continued').to.have.length.above(10);
    expect(await isSignedIn(tab)).to.equal(false);
    expect(await server.services.sessions.listByUser(accountId)).to.deep.equal([]);
    expect((await redeem(server, second, { code, verifier })).body).to.include({ error: 'invalid_grant' });
    expect(decodeJwt(await notification)).to.include({ aud: second.clientId, sub: accountId });
    expect(slow.tokens, 'the app that used the session before is notified once').to.have.length(1);
  });
});

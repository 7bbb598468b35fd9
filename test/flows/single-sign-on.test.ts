import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { manualClock } from '../../src/clock.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  begin,
  createUser,
  isActive,
  obtain,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  password,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { startLogoutReceiver, type LogoutReceiver } from '../support/logout-receiver.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const sessionCookie = 'gatehouse_session';
const none = { parameters: { prompt: 'none' } } as const;

onEachDatabase('single sign-on', (start) => {
  let server: TestServer;
  let prints: AppClient;
  let calendar: AppClient;
  let grace: string;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    grace = await createUser(server, 'grace@example.com');
    prints = await registerApp(server, { firstParty: true });
    calendar = await registerApp(server, {
      name: 'Calendar',
      firstParty: true,
      redirectUris: ['http://127.0.0.1:9/calendar'],
      postLogoutRedirectUris: ['http://127.0.0.1:9/bye'],
    });
  });

  /** A browser in which this user is signed in. */
  async function signedIn(email = 'ada@example.com', values: Readonly<Record<string, string>> = {}): Promise<Browser> {
    const browser = openBrowser();
    const page = await browser.visit(`${server.issuer}/account`);
    const account = await browser.submit(page, '/login', { email, password, ...values });
    expect(account.status).to.equal(200);
    return browser;
  }

  async function visit(browser: Browser, app: AppClient, request: AuthorizationRequest = {}): Promise<Page> {
    return browser.visit(authorizationUrl(server, app, request).url);
  }

  async function errorOf(browser: Browser, app: AppClient, request: AuthorizationRequest): Promise<string | null> {
    return redirectedTo(await visit(browser, app, request), app).searchParams.get('error');
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    return (await errorOf(browser, prints, none)) === null;
  }

  describe('signing in', () => {
    it('to one app lets the user open a second app without a password (OIDC Core §3.1.2.3)', async () => {
      const browser = openBrowser();
      const first = await obtain(server, prints, {}, browser);
      const { page, verifier } = await begin(server, calendar, {}, browser);
      expect(asks(page)).to.equal('nothing');
      const second = await redeem(server, calendar, {
        verifier,
        code: redirectedTo(page, calendar).searchParams.get('code') ?? '',
      });
      expect(decodeJwt(String(second.body['id_token']))).to.include({
        sub: decodeJwt(String(first['id_token'])).sub,
        aud: calendar.clientId,
      });
    });

    it('to three apps at the same time in one session works for all of them (decision 11)', async () => {
      const apps = await Promise.all(
        ['one', 'two', 'three'].map((id) =>
          registerApp(server, { name: id, firstParty: true, redirectUris: [`http://127.0.0.1:9/${id}`] }),
        ),
      );
      const browser = await signedIn('grace@example.com');
      for (let round = 0; round < 3; round += 1) {
        const authorizations = await Promise.all(apps.map((app) => authorize(server, app, {}, browser)));
        const redeemed = await Promise.all(
          authorizations.map((authorization, index) => redeem(server, apps[index] ?? prints, authorization)),
        );
        expect(redeemed.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
      }
      const [session] = await server.services.sessions.listByUser(grace);
      expect(session?.authorizations.map(({ clientId }) => clientId)).to.include.members(
        apps.map(({ clientId }) => clientId),
      );
      await server.services.sessions.endAll(grace, {}, by);
    });

    it('to one app in several tabs at the same time gives each tab a valid code (OIDC Core §3.1.3)', async () => {
      const app = await registerApp(server, { name: 'Tabs' });
      await authorize(server, app);
      const browser = await signedIn();
      const authorizations = await Promise.all([1, 2, 3].map(() => authorize(server, app, {}, browser)));
      const redeemed = await Promise.all(authorizations.map((authorization) => redeem(server, app, authorization)));
      expect(redeemed.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
      for (const { body } of redeemed) {
        expect((await refresh(server, app, body['refresh_token'])).status).to.equal(200);
      }
    });

    it('in two tabs of one browser, one after the other, works for both apps (OIDC Core §3.1.2.3)', async () => {
      const browser = openBrowser();
      const [first, second] = [await visit(browser, prints), await visit(browser, calendar)];
      expect([asks(first), asks(second)]).to.deep.equal(['sign-in', 'sign-in']);
      redirectedTo(await signIn(browser, first), prints);
      redirectedTo(await signIn(browser, second), calendar);
      expect(await isSignedIn(browser)).to.equal(true);
      expect(await errorOf(browser, calendar, none)).to.equal(null);
    });

    it('started forty times in one browser still works for the newest flows, and the oldest show an explanation (F11)', async () => {
      const browser = await signedIn();
      const app = await registerApp(server, { name: 'Tabs', redirectUris: ['http://127.0.0.1:9/many'] });
      const pages: Page[] = [];
      for (let index = 0; index < 40; index += 1) {
        pages.push(await visit(browser, app));
      }
      const cookies = browser.cookieCount();
      expect(cookies).to.be.lessThan(150);
      const oldest = await browser.get(pages[0]?.url ?? '');
      expect([oldest.status, oldest.html.includes('You are already signed in')]).to.deep.equal([400, true]);
      for (const page of pages.slice(-20).filter((_page, index) => index === 0 || index === 19)) {
        redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), app);
      }
      expect(await isSignedIn(browser)).to.equal(true);
    });

    it('fills in the value of login_hint, as text (OIDC Core §3.1.2.1)', async () => {
      const page = await visit(openBrowser(), prints, { parameters: { login_hint: 'ada@example.com' } });
      expect(page.forms.find(({ action }) => action.endsWith('/login'))?.fields).to.include({
        email: 'ada@example.com',
      });
      const hostile = await visit(openBrowser(), prints, { parameters: { login_hint: '"><script>alert(1)</script>' } });
      expect(hostile.html).to.not.include('<script>alert');
    });

    it('is in the language of ui_locales (OIDC Core §3.1.2.1)', async () => {
      expect((await visit(openBrowser(), prints, { parameters: { ui_locales: 'de' } })).html).to.include('Anmelden');
      expect((await visit(openBrowser(), prints, { parameters: { ui_locales: 'tlh en' } })).html).to.include('Sign in');
    });

    it('that is cancelled returns access_denied with state and iss to the app (OIDC Core §3.1.2.6)', async () => {
      const browser = openBrowser();
      const page = await browser.submit(await visit(browser, prints), '/cancel');
      expect(Object.fromEntries(redirectedTo(page, prints).searchParams)).to.include({
        error: 'access_denied',
        state: 'the-state',
        iss: server.issuer,
      });
    });

    it('redirects with 303, so that no browser posts the password again (RFC 9700 §4.12, B36)', async () => {
      const browser = openBrowser();
      const page = await visit(browser, prints);
      const form = page.forms.find(({ action }) => action.endsWith('/login'));
      const answer = await browser.post(new URL(form?.action ?? '', page.url).href, {
        ...form?.fields,
        email: 'ada@example.com',
        password,
      });
      expect(answer.status).to.equal(303);
    });
  });

  describe('a login session', () => {
    it('gets a new cookie at login, and a cookie that was planted before is useless (C12)', async () => {
      const attacker = openBrowser();
      await attacker.visit(`${server.issuer}/logout`);
      const victim = attacker.copy();
      const planted = attacker.cookies.get(sessionCookie);
      expect(planted).to.be.a('string');
      await authorize(server, prints, {}, victim);
      expect(victim.cookies.get(sessionCookie)).to.be.a('string').and.not.equal(planted);
      expect(await isSignedIn(victim)).to.equal(true);
      expect(await isSignedIn(attacker)).to.equal(false);
    });

    it('gets a new cookie when the user signs in again, and the old cookie is invalid (C12)', async () => {
      const browser = await signedIn();
      const stolen = browser.copy();
      expect(await isSignedIn(stolen)).to.equal(true);
      redirectedTo(await signIn(browser, await visit(browser, prints, { parameters: { prompt: 'login' } })), prints);
      expect(await isSignedIn(browser)).to.equal(true);
      expect(await isSignedIn(stolen)).to.equal(false);
    });

    it('does not accept its cookie again after signing out (C14)', async () => {
      const browser = await signedIn();
      const replay = browser.copy();
      await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm');
      for (const one of [browser, replay]) {
        expect(await isSignedIn(one)).to.equal(false);
        expect(asks(await one.visit(`${server.issuer}/account`))).to.equal('sign-in');
      }
    });

    it('is ignored if its cookie has no signature or a wrong one (C14)', async () => {
      const browser = await signedIn();
      const value = browser.cookies.get(sessionCookie) ?? '';
      const signature = browser.cookies.get(`${sessionCookie}.sig`) ?? '';
      const url = authorizationUrl(server, prints, none).url;
      const errorWith = async (cookie: string): Promise<string | null> =>
        redirectedTo(await openBrowser().get(url, { cookie }), prints).searchParams.get('error');
      expect(await errorWith(`${sessionCookie}=${value}; ${sessionCookie}.sig=${signature}`)).to.equal(null);
      expect(await errorWith(`${sessionCookie}=${value}`)).to.equal('login_required');
      expect(
        await errorWith(
          `${sessionCookie}=${value}; ${sessionCookie}.sig=${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
        ),
      ).to.equal('login_required');
    });

    it('belongs to one user: the sign-in of another user ends it and starts a new session (C12)', async () => {
      const browser = await signedIn();
      const ofAda = await obtain(server, calendar, {}, browser);
      const chooser = await visit(browser, prints, { parameters: { prompt: 'select_account' } });
      const login = await browser.submit(chooser, '/select-account', { choice: 'another' });
      expect(login.forms.find(({ action }) => action.endsWith('/login'))?.fields).to.not.include({
        email: 'ada@example.com',
      });
      const between = await signIn(browser, login, 'grace@example.com');
      const page = between.location === undefined ? await browser.submit(between, '/logout/confirm') : between;
      expect(redirectedTo(page, prints).searchParams.has('code')).to.equal(true);
      expect((await browser.visit(`${server.issuer}/account`)).html)
        .to.include('grace@example.com')
        .and.not.include('ada@example.com');
      expect((await refresh(server, calendar, ofAda['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    });
  });

  describe('prompt, max_age and hints', () => {
    it('prompt=none shows nothing: login_required, consent_required or a code (OIDC Core §3.1.2.1)', async () => {
      const app = await registerApp(server, { name: 'Stranger', redirectUris: ['http://127.0.0.1:9/stranger'] });
      const browser = openBrowser();
      expect(await errorOf(browser, app, none)).to.equal('login_required');
      const { page } = await begin(server, app, {}, browser);
      expect(await errorOf(browser, app, none)).to.equal('consent_required');
      await browser.submit(page, '/consent', { decision: 'allow' });
      const silent = redirectedTo(await visit(browser, app, none), app);
      expect(silent.searchParams.has('code')).to.equal(true);
      expect(Object.fromEntries(silent.searchParams)).to.include({ state: 'the-state', iss: server.issuer });
    });

    it('prompt=none together with another prompt is invalid_request (OIDC Core §3.1.2.1)', async () => {
      expect(await errorOf(await signedIn(), prints, { parameters: { prompt: 'none login' } })).to.equal(
        'invalid_request',
      );
    });

    it('prompt=login, or an exceeded max_age, asks the same user for the password again and updates auth_time (OIDC Core §3.1.2.1, B35)', async () => {
      const browser = await signedIn();
      const authTime = async (request: AuthorizationRequest): Promise<unknown> =>
        decodeJwt(String((await obtain(server, prints, request, browser))['id_token']))['auth_time'];
      const before = await authTime({ parameters: { max_age: '1000' } });
      expect(await errorOf(browser, prints, { parameters: { prompt: 'none', max_age: '1000' } })).to.equal(null);
      // Both times are in whole seconds.
      await sleep(1100);
      expect(await errorOf(browser, prints, { parameters: { prompt: 'none', max_age: '0' } })).to.equal(
        'login_required',
      );
      const page = await visit(browser, prints, { parameters: { prompt: 'login' } });
      expect(asks(page)).to.equal('sign-in');
      expect(page.forms.find(({ action }) => action.endsWith('/login'))?.fields).to.include({
        email: 'ada@example.com',
      });
      expect(
        (await browser.submit(page, '/login', { email: 'ada@example.com', password: 'not the password at all' }))
          .status,
      ).to.equal(401);
      const after = await authTime({ parameters: { prompt: 'login', max_age: '1000' } });
      expect(after).to.be.a('number').and.to.be.greaterThan(Number(before));
    });

    it('max_age=0 asks again even in the same second as the login (OIDC Core §3.1.2.1, B35)', async () => {
      expect(asks(await visit(await signedIn(), prints, { parameters: { max_age: '0' } }))).to.equal('sign-in');
    });

    it('prompt=select_account asks for a sign-in if nobody is signed in, and continues (OIDC Core §3.1.2.1)', async () => {
      const browser = openBrowser();
      const page = await visit(browser, prints, { parameters: { prompt: 'select_account' } });
      expect(redirectedTo(await signIn(browser, page), prints).searchParams.has('code')).to.equal(true);
    });

    it('several prompts are shown one after the other (OIDC Core §3.1.2.1)', async () => {
      const browser = await signedIn();
      const chooser = await visit(browser, prints, { parameters: { prompt: 'consent login select_account' } });
      expect(asks(chooser)).to.equal('account');
      const login = await browser.submit(chooser, '/select-account', { choice: 'continue' });
      expect(asks(login)).to.equal('sign-in');
      const consent = await signIn(browser, login);
      expect(asks(consent)).to.equal('consent');
      expect(
        redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), prints).searchParams.has('code'),
      ).to.equal(true);
    });

    it('prompt=select_account lets the user continue with the current account (OIDC Core §3.1.2.1)', async () => {
      const browser = await signedIn();
      const chooser = await visit(browser, prints, { parameters: { prompt: 'select_account' } });
      expect(chooser.html).to.include('ada@example.com');
      expect((await browser.submit(chooser, '/select-account', { choice: 'nobody' })).status).to.equal(400);
      expect(
        redirectedTo(await browser.submit(chooser, '/select-account', { choice: 'continue' }), prints).searchParams.has(
          'code',
        ),
      ).to.equal(true);
    });

    it('id_token_hint of another user asks for a sign-in, and with prompt=none returns login_required (OIDC Core §3.1.2.1, B35)', async () => {
      const hintOfGrace = String((await obtain(server, prints, {}, await signedIn('grace@example.com')))['id_token']);
      const browser = await signedIn();
      const ofAda = String((await obtain(server, prints, {}, browser))['id_token']);
      expect(await errorOf(browser, prints, { parameters: { prompt: 'none', id_token_hint: ofAda } })).to.equal(null);
      expect(await errorOf(browser, prints, { parameters: { prompt: 'none', id_token_hint: hintOfGrace } })).to.equal(
        'login_required',
      );
      expect(asks(await visit(browser, prints, { parameters: { id_token_hint: hintOfGrace } }))).to.equal('sign-in');
    });
  });

  describe('signing out', () => {
    let receiver: LogoutReceiver;
    let notified: AppClient;

    before(async () => {
      receiver = await startLogoutReceiver();
      notified = await registerApp(server, {
        name: 'Notified',
        firstParty: true,
        redirectUris: ['http://127.0.0.1:9/notified'],
        backchannelLogoutUri: receiver.uri,
      });
    });
    after(() => receiver.close());

    it('by one app ends the session for all apps, and notifies the others (OpenID Connect RP-Initiated Logout §2, Back-Channel Logout §2.4)', async () => {
      const browser = await signedIn();
      const ofCalendar = await obtain(server, calendar, { scope: 'openid archive:read', resource: archive }, browser);
      const ofNotified = await obtain(server, notified, {}, browser);
      const notification = receiver.next();
      const page = await browser.visit(
        `${server.issuer}/logout?${new URLSearchParams({
          id_token_hint: String(ofCalendar['id_token']),
          post_logout_redirect_uri: 'http://127.0.0.1:9/bye',
          state: 'a b',
        }).toString()}`,
      );
      const done = await browser.submit(page, '/logout/confirm');
      expect(done.location).to.match(/^http:\/\/127\.0\.0\.1:9\/bye\?state=a(\+|%20)b$/);

      const { payload, protectedHeader } = await jwtVerify(
        await notification,
        createRemoteJWKSet(new URL(`${server.issuer}/jwks`)),
        {
          typ: 'logout+jwt',
          issuer: server.issuer,
          audience: notified.clientId,
        },
      );
      expect(protectedHeader.alg).to.equal('ES256');
      expect(payload['events']).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} });
      expect(payload['sid'])
        .to.be.a('string')
        .and.equal(decodeJwt(String(ofNotified['id_token']))['sid']);
      expect(payload.jti).to.be.a('string');
      expect(payload).to.not.have.property('nonce');
      expect(Number(payload.exp) - Number(payload.iat)).to.be.within(1, 120);

      expect(await isSignedIn(browser)).to.equal(false);
      expect(await isActive(server, calendar, ofCalendar['access_token'])).to.equal(false);
      expect((await refresh(server, notified, ofNotified['refresh_token'])).body).to.include({
        error: 'invalid_grant',
      });
    });

    it('on the account page notifies the apps, too (OpenID Connect Back-Channel Logout §2.4)', async () => {
      const browser = await signedIn();
      const { id_token: idToken } = await obtain(server, notified, {}, browser);
      const notification = receiver.next();
      await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
      await server.services.outbox.deliverDue();
      expect(decodeJwt(await notification)).to.include({
        sid: decodeJwt(String(idToken))['sid'],
        aud: notified.clientId,
      });
    });

    it("without an app needs the user's confirmation, and until then nothing ends (B34, C14)", async () => {
      const browser = await signedIn();
      const page = await browser.get(`${server.issuer}/logout`, { 'sec-fetch-site': 'cross-site' });
      expect(page.status).to.equal(200);
      expect(page.html).to.include('Sign out?').and.not.include('data-auto-submit');
      expect(await isSignedIn(browser)).to.equal(true);
      const staySignedIn = page.forms[1];
      await browser.post(new URL(staySignedIn?.action ?? '', page.url).href, staySignedIn?.fields ?? {});
      expect(await isSignedIn(browser)).to.equal(true);
    });

    it('can be requested by POST, also from another site (OpenID Connect RP-Initiated Logout §2)', async () => {
      const browser = await signedIn();
      const { id_token: idToken } = await obtain(server, calendar, {}, browser);
      const page = await browser.post(
        `${server.issuer}/logout`,
        { id_token_hint: String(idToken), post_logout_redirect_uri: 'http://127.0.0.1:9/bye', state: 'x&y' },
        { 'sec-fetch-site': 'cross-site' },
      );
      expect(page.status).to.equal(303);
      expect(await isSignedIn(browser)).to.equal(true);
      const done = await browser.submit(await browser.visit(page.location ?? ''), '/logout/confirm');
      expect(new URL(done.location ?? '').searchParams.get('state')).to.equal('x&y');
      expect(await isSignedIn(browser)).to.equal(false);
    });

    it('cannot be confirmed without the CSRF token of the page (D5)', async () => {
      const browser = await signedIn();
      await browser.visit(`${server.issuer}/logout`);
      for (const xsrf of ['', 'x', '0'.repeat(48)]) {
        expect((await browser.post(`${server.issuer}/logout/confirm`, { xsrf, logout: 'yes' })).status).to.equal(400);
      }
      expect(await isSignedIn(browser)).to.equal(true);
    });

    it('with the ID token of another user needs confirmation (B34)', async () => {
      const hintOfGrace = String((await obtain(server, calendar, {}, await signedIn('grace@example.com')))['id_token']);
      const browser = await signedIn();
      const page = await browser.visit(`${server.issuer}/logout?id_token_hint=${hintOfGrace}`);
      expect(page.html).to.not.include('data-auto-submit');
      expect(await isSignedIn(browser)).to.equal(true);
    });

    it('redirects only to exactly the registered address (OpenID Connect RP-Initiated Logout §2)', async () => {
      const browser = await signedIn();
      for (const uri of [
        'http://127.0.0.1:9/bye/',
        'http://127.0.0.1:9/bye?x=1',
        'http://127.0.0.1:9/BYE',
        'http://127.0.0.1:90/bye',
        'https://evil.example/',
        '//evil.example',
        'javascript:alert(1)',
      ]) {
        const page = await browser.get(
          `${server.issuer}/logout?${new URLSearchParams({ client_id: calendar.clientId, post_logout_redirect_uri: uri }).toString()}`,
        );
        expect({ status: page.status, location: page.location }, uri).to.deep.equal({
          status: 400,
          location: undefined,
        });
      }
      const withoutClient = await browser.visit(
        `${server.issuer}/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F`,
      );
      const done = await browser.submit(withoutClient, '/logout/confirm');
      expect({ status: done.status, location: done.location }).to.deep.equal({ status: 200, location: undefined });
      expect(done.html).to.not.include('evil.example');
    });

    it('redirects to the app also if nobody is signed in (OpenID Connect RP-Initiated Logout §2)', async () => {
      const browser = openBrowser();
      const page = await browser.visit(
        `${server.issuer}/logout?${new URLSearchParams({ client_id: calendar.clientId, post_logout_redirect_uri: 'http://127.0.0.1:9/bye' }).toString()}`,
      );
      const done = page.location === undefined ? await browser.submit(page, '/logout/confirm') : page;
      expect(done.location).to.equal('http://127.0.0.1:9/bye');
    });
  });
});

onEachDatabase('single sign-on over time', (start) => {
  const hour = 3600;
  const day = 24 * hour;

  async function prepare() {
    const clock = manualClock();
    const server = await start({ clock });
    await createUser(server);
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const silentError = async (browser: Browser): Promise<string | null> =>
      redirectedTo(await browser.visit(authorizationUrl(server, app, none).url), app).searchParams.get('error');
    return { clock, server, app, silentError };
  }

  it('ends an hour after the last use, and always a day after the sign-in (decision 6)', async () => {
    const { clock, server, app, silentError } = await prepare();
    const [idle, active] = [openBrowser(), openBrowser()];
    await authorize(server, app, {}, idle);
    await authorize(server, app, {}, active);
    let passed = 0;
    for (; passed + 50 * 60 < day; passed += 50 * 60) {
      expect(await silentError(active), `after ${passed} s`).to.equal(null);
      clock.advance(50 * 60);
    }
    expect(await silentError(idle)).to.equal('login_required');
    clock.advance(day - passed + 60);
    expect(await silentError(active)).to.equal('login_required');
  });

  it('lasts 30 days for a user who chose to stay signed in, whether it is used or not (decision 6)', async () => {
    const { clock, server, app, silentError } = await prepare();
    const browser = openBrowser();
    const answer = await browser.visit(authorizationUrl(server, app).url);
    await browser.submit(answer, '/login', { email: 'ada@example.com', password, remember: 'yes' });
    clock.advance(20 * day);
    expect(await silentError(browser)).to.equal(null);
    clock.advance(10 * day - hour);
    expect(await silentError(browser)).to.equal(null);
    clock.advance(2 * hour);
    expect(await silentError(browser)).to.equal('login_required');
  });

  it('stays in the browser after it is closed only if the user chose to stay signed in (decision 6)', async () => {
    const { server, app } = await prepare();
    for (const [remember, isPersistent] of [
      ['yes', true],
      ['', false],
    ] as const) {
      const browser = openBrowser();
      const page = await browser.visit(authorizationUrl(server, app).url);
      const form = page.forms.find(({ action }) => action.endsWith('/login'));
      const answer = await browser.post(new URL(form?.action ?? '', page.url).href, {
        ...form?.fields,
        email: 'ada@example.com',
        password,
        remember,
      });
      const resumed = await browser.get(answer.location ?? '');
      const cookie = resumed.headers.getSetCookie().find((line) => line.startsWith(`${sessionCookie}=`)) ?? '';
      expect(/expires=/i.test(cookie), cookie).to.equal(isPersistent);
      expect(cookie)
        .to.match(/httponly/i)
        .and.match(/samesite=lax/i);
    }
  });

  it('stays remembered when the user confirms their password (decision 6)', async () => {
    const { clock, server, app, silentError } = await prepare();
    const browser = openBrowser();
    await browser.submit(await browser.visit(authorizationUrl(server, app).url), '/login', {
      email: 'ada@example.com',
      password,
      remember: 'yes',
    });
    await signIn(browser, await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url));
    clock.advance(20 * day);
    expect(await silentError(browser)).to.equal(null);
  });

  it('notifies an app that was unavailable at the logout when it is available again (OpenID Connect Back-Channel Logout §2.8)', async () => {
    const { clock, server } = await prepare();
    const receiver = await startLogoutReceiver();
    try {
      const app = await registerApp(server, { firstParty: true, apis: [], backchannelLogoutUri: receiver.uri });
      const browser = openBrowser();
      const { id_token: idToken } = await obtain(server, app, {}, browser);
      receiver.status = 503;
      await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm');
      await server.services.outbox.deliverDue();
      expect(receiver.tokens).to.deep.equal([]);
      expect(
        (await server.services.outbox.list({ limit: 10, kind: 'backchannel_logout' })).map(({ status }) => status),
      ).to.deep.equal(['waiting']);
      receiver.status = 200;
      clock.advance(600);
      const notification = receiver.next();
      await server.services.outbox.deliverDue();
      expect(decodeJwt(await notification)).to.include({ aud: app.clientId, sid: decodeJwt(String(idToken))['sid'] });
    } finally {
      await receiver.close();
    }
  });
});

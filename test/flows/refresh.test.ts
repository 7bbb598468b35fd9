import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  asks,
  audited,
  authorizationUrl,
  authorize,
  begin,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const onArchive = { scope: 'openid archive:read archive:write', resource: archive };
const offline = { ...onArchive, scope: `${onArchive.scope} offline_access`, parameters: { prompt: 'consent' } };
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

async function signOut(server: TestServer, browser: Browser): Promise<void> {
  await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
}

onEachDatabase('refresh tokens', (start) => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });

  async function expectInvalidGrant(answer: ReturnType<typeof refresh>): Promise<void> {
    const { status, body } = await answer;
    expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_grant' });
  }

  it('rotate: each use returns a new token (RFC 9700 §4.14.2)', async () => {
    let { refresh_token: token } = await obtain(server, app, onArchive);
    const seen = new Set([token]);
    for (let generation = 0; generation < 4; generation += 1) {
      const { status, body, headers } = await refresh(server, app, token);
      expect(status).to.equal(200);
      expect(body).to.include({ token_type: 'Bearer', scope: 'archive:read archive:write' });
      expect(headers.get('cache-control')).to.equal('no-store');
      token = body['refresh_token'];
      expect(seen.has(token)).to.equal(false);
      seen.add(token);
    }
  });

  it('rotate for public clients, too (decision 2)', async () => {
    const browserApp = await registerApp(server, { type: 'browser', name: 'Calendar' });
    const first = await obtain(server, browserApp, onArchive);
    const second = await refresh(server, browserApp, first['refresh_token']);
    expect(second.body['refresh_token']).to.be.a('string').and.not.equal(first['refresh_token']);
  });

  it('give a narrower scope on request, and the full scope at the next use (RFC 6749 §6)', async () => {
    const first = await obtain(server, app, onArchive);
    const narrow = await refresh(server, app, first['refresh_token'], { scope: 'archive:read' });
    expect(narrow.body['scope']).to.equal('archive:read');
    expect((await introspect(server, app, narrow.body['access_token'])).body).to.include({
      active: true,
      scope: 'archive:read',
    });
    const whole = await refresh(server, app, narrow.body['refresh_token']);
    expect(whole.body['scope']).to.equal('archive:read archive:write');
  });

  it('give tokens for each allowed API, one API at a time (RFC 8707 §2.2)', async () => {
    const authorization = await authorize(server, app, {
      scope: 'openid photos:read archive:read',
      resource: [photos, archive],
    });
    const first = await redeem(server, app, authorization, { resource: archive });
    expect(first.body['scope']).to.equal('archive:read');
    const second = await refresh(server, app, first.body['refresh_token'], { resource: photos });
    expect(second.body['scope']).to.equal('photos:read');
    expect(String(second.body['access_token']).split('.')).to.have.length(3);
    const third = await refresh(server, app, second.body['refresh_token'], { resource: archive });
    expect((await introspect(server, app, third.body['access_token'])).body).to.include({ aud: archive });
  });

  for (const [what, wrong, error] of [
    ['an API that was not allowed', { resource: photos }, 'invalid_target'],
    ['an API that does not exist', { resource: 'https://nowhere.example/api' }, 'invalid_target'],
    ['a wider scope', { scope: 'archive:read photos:read' }, 'invalid_scope'],
    ['an unknown scope', { scope: 'everything' }, 'invalid_scope'],
  ] as const) {
    it(`are rejected but stay valid in a request for ${what} (RFC 6749 §5.2, RFC 8707 §2)`, async () => {
      const { refresh_token: token } = await obtain(server, app, onArchive);
      expect((await refresh(server, app, token, wrong)).body).to.include({ error });
      expect((await refresh(server, app, token)).status).to.equal(200);
    });
  }

  it('need the secret of a confidential client, and stay valid after a request without it (RFC 6749 §6, B17)', async () => {
    const { refresh_token: token } = await obtain(server, app, onArchive);
    for (const secret of [undefined, 'wrong']) {
      const { status, body } = await refresh(server, { ...app, secret }, token);
      expect({ status, error: body['error'] }).to.deep.equal({ status: 401, error: 'invalid_client' });
    }
    expect((await refresh(server, app, token)).status).to.equal(200);
  });

  it('are rejected if they are not refresh tokens (RFC 6749 §5.2)', async () => {
    const { access_token: accessToken } = await obtain(server, app, onArchive);
    for (const value of ['x', 'a'.repeat(43), String(accessToken), '{"$gt":""}']) {
      await expectInvalidGrant(refresh(server, app, value));
    }
    expect((await callAs(server, app, '/token', { grant_type: 'refresh_token' })).body).to.include({
      error: 'invalid_request',
    });
    expect((await callAs(server, app, '/token', { grant_type: 'refresh_token', refresh_token: '' })).body).to.include({
      error: 'invalid_request',
    });
  });

  it('give an ID token of the same login, with the same iss, sub, aud and auth_time (OIDC Core §12.2)', async () => {
    const claims = (token: unknown): Record<string, unknown> =>
      JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    const first = await obtain(server, app, { ...onArchive, parameters: { max_age: '1000' } });
    const second = (await refresh(server, app, first['refresh_token'])).body;
    const [before, later] = [claims(first['id_token']), claims(second['id_token'])];
    expect(later).to.include({
      iss: before['iss'],
      sub: before['sub'],
      aud: before['aud'],
      auth_time: before['auth_time'],
    });
    expect(before['auth_time']).to.be.a('number');
  });

  it('without offline_access end with their login session, by a sign-out on the account page (decision 6)', async () => {
    const browser = openBrowser();
    const tokens = await obtain(server, app, onArchive, browser);
    const sameApp = await obtain(server, app, { scope: 'openid' });
    await signOut(server, browser);
    await expectInvalidGrant(refresh(server, app, tokens['refresh_token']));
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    expect((await refresh(server, app, sameApp['refresh_token'])).status).to.equal(200);
  });

  it('without offline_access end when an operator ends the session (decision 6)', async () => {
    const userId = await createUser(server, 'grace@example.com');
    const browser = openBrowser();
    const { page, verifier } = await beginAs(browser, 'grace@example.com');
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    const [session] = await server.services.sessions.listByUser(userId);
    expect(await server.services.sessions.end(userId, session?.uid ?? '', by)).to.equal(true);
    await expectInvalidGrant(refresh(server, app, body['refresh_token']));
    expect(await isActive(server, app, body['access_token'])).to.equal(false);
  });

  async function beginAs(browser: Browser, email: string) {
    const { url, verifier } = authorizationUrl(server, app, onArchive);
    const consent = await signIn(browser, await browser.visit(url), email);
    return { page: await browser.submit(consent, '/consent', { decision: 'allow' }), verifier };
  }

  it('with offline_access stay valid after the login session (OIDC Core §11, decision 6)', async () => {
    const browser = openBrowser();
    const tokens = await obtain(server, app, offline, browser);
    await signOut(server, browser);
    const next = await refresh(server, app, tokens['refresh_token']);
    expect(next.status).to.equal(200);
    expect(await isActive(server, app, next.body['access_token'])).to.equal(true);
  });

  it('with offline_access stay valid and those without end, for one app in one login session (decision 6)', async () => {
    for (const order of [
      [offline, onArchive],
      [onArchive, offline],
    ] as const) {
      const both = await registerApp(server);
      const browser = openBrowser();
      const tokens = new Map<unknown, Record<string, unknown>>();
      for (const request of order) {
        tokens.set(request, await obtain(server, both, request, browser));
      }
      for (const one of tokens.values()) {
        expect(await isActive(server, both, one['access_token'])).to.equal(true);
      }
      await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm');
      await expectInvalidGrant(refresh(server, both, tokens.get(onArchive)?.['refresh_token']));
      expect(await isActive(server, both, tokens.get(onArchive)?.['access_token'])).to.equal(false);
      expect((await refresh(server, both, tokens.get(offline)?.['refresh_token'])).status).to.equal(200);
    }
  });

  it('with offline_access stay valid after a logout, and those without end (OpenID Connect RP-Initiated Logout §2, decision 6)', async () => {
    const other = await registerApp(server, { name: 'Calendar' });
    const browser = openBrowser();
    const kept = await obtain(server, app, offline, browser);
    const lost = await obtain(server, other, onArchive, browser);
    const done = await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm', {
      logout: 'yes',
    });
    expect(done.status).to.equal(200);
    expect((await refresh(server, app, kept['refresh_token'])).status).to.equal(200);
    await expectInvalidGrant(refresh(server, other, lost['refresh_token']));
  });

  it('end when the user is disabled, and stay invalid when the user is enabled again (decision 6)', async () => {
    const userId = await createUser(server, 'kay@example.com');
    const { page, verifier } = await beginAs(openBrowser(), 'kay@example.com');
    const { body } = await redeem(server, app, {
      code: redirectedTo(page, app).searchParams.get('code') ?? '',
      verifier,
    });
    await server.services.users.disable(userId, by);
    await expectInvalidGrant(refresh(server, app, body['refresh_token']));
    expect(await isActive(server, app, body['access_token'])).to.equal(false);
    await server.services.users.enable(userId, by);
    await expectInvalidGrant(refresh(server, app, body['refresh_token']));
  });

  it('end when their client is deleted, and stay invalid for a new client with the same id (RFC 7592 §2.3)', async () => {
    const shortLived = await registerApp(server, { id: 'short-lived' });
    const tokens = await obtain(server, shortLived, offline);
    await server.services.clients.remove(shortLived.clientId, by);
    expect((await refresh(server, shortLived, tokens['refresh_token'])).body).to.include({ error: 'invalid_client' });
    const sameId = await registerApp(server, { id: 'short-lived' });
    await expectInvalidGrant(refresh(server, sameId, tokens['refresh_token']));
    expect(await isActive(server, sameId, tokens['access_token'])).to.equal(false);
  });

  it('give no tokens for an API that the client may no longer use (RFC 8707 §2)', async () => {
    const narrowed = await registerApp(server);
    const tokens = await obtain(server, narrowed, onArchive);
    await server.services.clients.update(narrowed.clientId, { apis: [photos] }, by);
    expect((await refresh(server, narrowed, tokens['refresh_token'])).body).to.include({ error: 'invalid_target' });
  });

  it('revoke, when they are revoked, the access tokens of the same grant (RFC 7009 §2.1)', async () => {
    const tokens = await obtain(server, app, offline);
    expect(
      (
        await callAs(server, app, '/revoke', {
          token: String(tokens['refresh_token']),
          token_type_hint: 'refresh_token',
        })
      ).status,
    ).to.equal(200);
    await expectInvalidGrant(refresh(server, app, tokens['refresh_token']));
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
  });

  it('of several logins at the same time do not end each other (RFC 6749 §1.5)', async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => obtain(server, app, onArchive)));
    for (const { refresh_token: token } of tokens) {
      expect((await refresh(server, app, token)).status).to.equal(200);
    }
    expect(await audited(server, { clientId: app.clientId })).to.not.include('token.replayed');
  });
});

onEachDatabase('refresh tokens over time', (start) => {
  let server: TestServer;
  let app: AppClient;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });

  it('keep the login session from its idle end, and end with it at its absolute lifetime (decision 6)', async function refreshThroughADay() {
    this.timeout(10_000);
    const browser = openBrowser();
    let { refresh_token: token } = await obtain(server, app, onArchive, browser);
    for (let passed = 50 * minute; passed < day - minute; passed += 50 * minute) {
      clock.advance(50 * minute);
      const { status, body } = await refresh(server, app, token);
      expect(status, `after ${passed} s`).to.equal(200);
      token = body['refresh_token'];
    }
    expect(asks((await begin(server, app, { scope: 'openid' }, browser)).page)).to.equal('nothing');
    clock.advance(50 * minute);
    expect((await refresh(server, app, token)).body).to.include({ error: 'invalid_grant' });
    expect(asks(await browser.visit(authorizationUrl(server, app).url))).to.equal('sign-in');
  });

  it('without offline_access end with an idle login session (decision 6)', async () => {
    const tokens = await obtain(server, app, onArchive);
    clock.advance(hour + minute);
    expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
  });

  it('with offline_access end 14 days after the last use, and always 90 days after they were issued (decision 7)', async () => {
    const unused = await obtain(server, app, offline);
    let { refresh_token: token } = await obtain(server, app, offline);
    let passed = 0;
    for (; passed + 13 * day < 90 * day; passed += 13 * day) {
      clock.advance(13 * day);
      const { status, body } = await refresh(server, app, token);
      expect(status, `after ${passed / day} days`).to.equal(200);
      token = body['refresh_token'];
    }
    expect((await refresh(server, app, unused['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    clock.advance(90 * day - passed + minute);
    expect((await refresh(server, app, token)).body).to.include({ error: 'invalid_grant' });
  });
});

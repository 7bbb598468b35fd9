import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { loginAttempts, oidcPayloads, oneTimeTokens, outbox } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  introspect,
  redeem,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';
import { html, send } from './requests.ts';

const by = { actor: 'system' } as const;

/** A second connection to the server's database, whose clock may show another time. */
function openSecondConnection(server: TestServer, clock: ManualClock): Promise<Database> {
  return openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock });
}

onEachDatabase('an expired record that is still stored (E13)', (start) => {
  let server: TestServer;
  let app: AppClient;
  let clock: ManualClock;
  let past: ManualClock;
  let database: Database;
  let closeDatabase: (() => Promise<void>) | undefined;
  let databaseUrl: string;

  before(async () => {
    clock = manualClock();
    past = manualClock(clock.now());
    server = await start({ clock });
    databaseUrl = server.environment['DATABASE_URL'] ?? '';
    expect(databaseUrl).not.to.equal('');
    database = await openSecondConnection(server, past);
    closeDatabase = () => database.close();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });
  // Mocha runs this also after a skipped `before`, which has opened nothing.
  after(() => closeDatabase?.());

  /** Runs `act` with the server's clock ahead by this many seconds, while expired records are still stored. */
  async function later<T>(seconds: number, act: () => Promise<T>): Promise<T> {
    const stored = await database.collection(oidcPayloads).countDocuments({});
    clock.advance(seconds);
    try {
      const answer = await act();
      expect(await database.collection(oidcPayloads).countDocuments({}), 'still stored').to.be.at.least(stored - 1);
      return answer;
    } finally {
      clock.advance(-seconds);
    }
  }

  it('is not accepted as a code', async () => {
    const authorization = await authorize(server, app);
    expect((await later(70, () => redeem(server, app, authorization))).body).to.include({ error: 'invalid_grant' });
  });

  it('is not accepted as an access token, neither at introspection nor at userinfo', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid archive:read', resource: archive }),
    );
    const { body: own } = await redeem(server, app, await authorize(server, app, { scope: 'openid profile' }));
    expect((await later(3700, () => introspect(server, app, body['access_token']))).body).to.deep.equal({
      active: false,
    });
    expect((await later(3700, () => userinfo(server, own['access_token']))).status).to.equal(401);
  });

  it('is not accepted as a refresh token', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid offline_access', parameters: { prompt: 'consent' } }),
    );
    expect((await later(15 * 86_400, () => refresh(server, app, body['refresh_token']))).body).to.include({
      error: 'invalid_grant',
    });
    expect((await later(15 * 86_400, () => introspect(server, app, body['refresh_token']))).body).to.deep.equal({
      active: false,
    });
  });

  it('is not accepted as a login session, neither by its cookie nor by its uid', async () => {
    const browser = openBrowser();
    const { body } = await redeem(server, app, await authorize(server, app, {}, browser));
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    expect((await send(server, '/account', { headers: { cookie } })).status).to.equal(200);
    expect((await later(3700, () => send(server, '/account', { headers: { cookie } }))).headers.location).to.include(
      '/authorize?',
    );
    expect((await later(3700, () => refresh(server, app, body['refresh_token']))).body).to.include({
      error: 'invalid_grant',
    });
    expect((await later(3700, () => introspect(server, app, body['access_token']))).body).to.deep.equal({
      active: false,
    });
  });

  it('is not accepted as an interaction', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const answer = await later(16 * 60, () => browser.get(page.url));
    expect(answer.status).to.equal(400);
    expect(answer.forms.filter(({ action }) => !action.endsWith('/language'))).to.deep.equal([]);
    const posted = await later(16 * 60, () => signIn(browser, page));
    expect(posted.status).to.equal(400);
  });

  it('is not accepted as a pushed request', async () => {
    const { url } = authorizationUrl(server, app);
    const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
    const page = await later(70, () =>
      openBrowser().get(
        `${server.issuer}/authorize?${new URLSearchParams({ client_id: app.clientId, request_uri: String(pushed.body['request_uri']) }).toString()}`,
      ),
    );
    expect(
      page.status === 400 || new URL(page.location ?? '').searchParams.get('error') === 'invalid_request_uri',
    ).to.equal(true);
  });

  it('is not accepted as a password link', async () => {
    const user = await server.services.users.create({ email: 'invited@example.com' }, by);
    const { token } = await server.services.users.createPasswordLink(user._id, 'set-password', by);
    expect((await send(server, `/password/${token}`, { headers: html })).status).to.equal(200);
    expect((await later(31 * 60, () => send(server, `/password/${token}`, { headers: html }))).status).to.equal(410);
    const stored = await database.collection(oneTimeTokens).countDocuments({ purpose: 'set-password' });
    expect(stored, 'still stored').to.equal(1);
  });

  it('is not accepted as a client secret', async () => {
    const { secret } = await server.services.clients.rotateSecret(app.clientId, { keepOldFor: 60 }, by);
    const old = { ...app };
    app = { ...app, secret };
    expect((await introspect(server, old, 'x')).status).to.equal(200);
    expect((await later(61, () => introspect(server, old, 'x'))).status).to.equal(401);
  });
});

describe('records of unauthenticated requests (F10)', () => {
  it('are a bounded number for each request, and are deleted after their lifetime', async () => {
    const clock = manualClock();
    const server = await startTestServer({
      clock,
      environment: { LIMIT_PAGES_PER_ADDRESS: '0', LIMIT_ENDPOINTS_PER_ADDRESS: '0', THROTTLE_ADDRESS_FREE: '100000' },
    });
    const database = await openSecondConnection(server, clock);
    const count = async (): Promise<number> =>
      (await database.collection(oidcPayloads).countDocuments({})) +
      (await database.collection(loginAttempts).countDocuments({})) +
      (await database.collection(outbox).countDocuments({}));
    try {
      await seedApis(server);
      const app = await registerApp(server);
      const before = await count();
      for (let request = 0; request < 40; request += 1) {
        expect((await openBrowser().get(authorizationUrl(server, app).url)).status).to.equal(303);
      }
      expect((await count()) - before).to.be.at.most(40 * 2);
      const page = await openBrowser().get(`${server.issuer}/authorize?client_id=nobody&response_type=code`);
      expect(page.status).to.equal(400);
      for (const path of [
        '/',
        '/account',
        '/interaction/x',
        '/authorize/x',
        '/logout',
        '/password/x',
        '/setup/x',
        '/nothing',
        '/userinfo',
      ]) {
        const stored = await count();
        await send(server, path, { headers: html });
        expect(await count(), path).to.be.at.most(stored + 1);
      }
      clock.advance(2 * 86_400);
      await database.sweep();
      expect(await count()).to.be.at.most(before + 2);
    } finally {
      await database.close();
      await server.stop();
    }
  });
});

describe('two hundred flows in one browser (F11)', () => {
  let server: TestServer;
  let app: AppClient;
  before(async () => {
    server = await startTestServer({ environment: { LIMIT_PAGES_PER_ADDRESS: '0' } });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });
  after(() => server.stop());

  it('do not end the login session: the newest twenty complete, an old one gets an error page that offers a new start', async () => {
    const browser = openBrowser();
    await authorize(server, app, {}, browser);
    const again = { parameters: { prompt: 'login' } };
    const pages = [];
    for (let flow = 0; flow < 200; flow += 1) {
      const page = await browser.visit(authorizationUrl(server, app, again).url);
      expect(page.status, `flow ${flow}`).to.equal(200);
      pages.push(page);
    }
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
    for (const old of [pages[0], pages[100], pages[170]]) {
      const answer = await browser.get(old?.url ?? '');
      expect(answer.status).to.equal(400);
      expect(answer.html).to.match(/expired|start|again/i);
    }
    for (const page of pages.slice(-20)) {
      let next = await signIn(browser, page);
      if (next.forms.some(({ action }) => action.endsWith('/consent'))) {
        next = await browser.submit(next, '/consent', { decision: 'allow' });
      }
      expect(next.location ?? `${next.status}`).to.match(/^http:\/\/127\.0\.0\.1:9\/callback\?code=/);
    }
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
  });

  it('never need more cookies than a browser keeps', async () => {
    const browser = openBrowser();
    const jar = new Map<string, string>();
    for (let flow = 0; flow < 60; flow += 1) {
      const page = await browser.get(authorizationUrl(server, app).url);
      for (const line of page.headers.getSetCookie()) {
        const [pair = '', ...attributes] = line.split(/; ?/);
        const path = attributes.find((one) => /^path=/i.test(one)) ?? '';
        const [name = '', value = ''] = pair.split(/=(.*)/s);
        if (value === '' || attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one))) {
          jar.delete(`${name} ${path}`);
        } else {
          jar.set(`${name} ${path}`, value);
        }
      }
      expect(jar.size, `flow ${flow}`).to.be.at.most(140);
    }
  });
});

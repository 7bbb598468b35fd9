import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { users } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  createUser,
  introspect,
  obtain,
  password,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'command line' };
const online = { scope: 'openid archive:read', resource: archive };
const offline = {
  scope: 'openid offline_access archive:read',
  resource: archive,
  parameters: { prompt: 'consent' },
};

onEachDatabase('the result of a login', (start) => {
  let server: TestServer;
  /** A first-party app, which needs no consent. */
  let app: AppClient;
  let prints: AppClient;
  let userCount = 0;

  before(async () => {
    server = await start();
    await seedApis(server);
    app = await registerApp(server, { firstParty: true });
    prints = await registerApp(server);
  });

  async function newUser(): Promise<{ readonly id: string; readonly email: string }> {
    userCount += 1;
    const email = `user${userCount}@example.com`;
    return { id: await createUser(server, email), email };
  }

  /**
   * Changes only the user's credentials, as if sessions and grants had been created after the search for those that
   * must end.
   */
  async function changeCredentialsOf(id: string): Promise<void> {
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    await database.collection(users).updateOne({ _id: id }, { $inc: { credentialsVersion: 1 } });
    await database.close();
  }

  async function signInAs(email: string, browser: Browser): Promise<Page> {
    return signIn(browser, await browser.visit(authorizationUrl(server, app).url), email);
  }

  it('ends when the credentials change: the session', async () => {
    const { id, email } = await newUser();
    const browser = openBrowser();
    redirectedTo(await signInAs(email, browser), app);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.not.equal('sign-in');
    await changeCredentialsOf(id);
    const silent = await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'none' } }).url);
    expect(redirectedTo(silent, app).searchParams.get('error')).to.equal('login_required');
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
    expect(await server.services.sessions.listByUser(id)).to.deep.equal([]);
    // The same browser can sign in again with the current password.
    redirectedTo(await signInAs(email, browser), app);
    expect(await server.services.sessions.listByUser(id)).to.have.length(1);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.not.equal('sign-in');
  });

  it('ends when the credentials change: a code and every kind of token', async () => {
    for (const request of [online, offline, { scope: 'openid email' }]) {
      const { id, email } = await newUser();
      const browser = openBrowser();
      redirectedTo(await signInAs(email, browser), app);
      const tokens = await obtain(server, prints, request, browser);
      const authorization = await authorize(server, prints, request, browser);
      await changeCredentialsOf(id);
      expect((await redeem(server, prints, authorization)).body, request.scope).to.include({ error: 'invalid_grant' });
      expect((await refresh(server, prints, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
      if (request === offline) {
        expect((await introspect(server, prints, tokens['access_token'])).body).to.deep.equal({ active: false });
        expect((await introspect(server, prints, tokens['refresh_token'])).body).to.deep.equal({ active: false });
      } else if (request.scope === 'openid email') {
        expect((await userinfo(server, tokens['access_token'])).status).to.equal(401);
      }
    }
  });

  it('ends when the credentials change: a checked password, before the session is created', async () => {
    const { id, email } = await newUser();
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const form = page.forms.find(({ action }) => action.endsWith('/login'));
    const answer = await browser.post(new URL(form?.action ?? '', page.url).href, { ...form?.fields, email, password });
    expect(answer.status).to.equal(303);
    await changeCredentialsOf(id);
    const resumed = await browser.visit(answer.location ?? '');
    expect(asks(resumed)).to.equal('sign-in');
    expect(resumed.html).to.not.include(email);
    expect(await server.services.sessions.listByUser(id)).to.deep.equal([]);
    redirectedTo(await signIn(browser, resumed, email), app);
  });

  it('ends with a new password, or when the user is disabled, while the user keeps signing in (C16)', async function () {
    this.timeout(120_000);
    for (let round = 0; round < 12; round += 1) {
      const { id, email } = await newUser();
      const browsers: Browser[] = [];
      const codes: Awaited<ReturnType<typeof authorize>>[] = [];
      const stop = new AbortController();
      const keepSigningIn = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          const browser = openBrowser();
          browsers.push(browser);
          const { url, verifier } = authorizationUrl(server, app, round % 2 === 0 ? online : offline);
          let page = await signIn(browser, await browser.visit(url), email);
          if (asks(page) === 'consent') {
            page = await browser.submit(page, '/consent', { decision: 'allow' });
          }
          const code = new URL(page.location ?? 'x:').searchParams.get('code');
          if (code !== null) {
            codes.push({ code, verifier, redirected: new URL(page.location ?? '') });
          } else if (asks(page) === 'sign-in') {
            return;
          }
        }
      };
      const signingIn = Promise.all([keepSigningIn(), keepSigningIn(), keepSigningIn()]);
      while (browsers.length < 5 + (round % 5)) {
        await new Promise((resolve) => {
          setTimeout(resolve, 1 + round);
        });
      }
      await (round % 3 === 2
        ? server.services.users.disable(id, by).then(() => server.services.users.enable(id, by))
        : server.services.users.setPassword(id, `another ${password}`, by));
      const browsersBefore = browsers.slice();
      const codesBefore = codes.slice();
      stop.abort();
      await signingIn;
      if (round % 3 !== 2) {
        expect(await server.services.sessions.listByUser(id), `round ${round}`).to.deep.equal([]);
      }
      for (const browser of browsersBefore.slice(0, -3)) {
        expect(asks(await browser.visit(`${server.issuer}/account`)), `round ${round}`).to.equal('sign-in');
      }
      for (const code of codesBefore) {
        expect((await redeem(server, app, code)).status, `round ${round}`).to.equal(400);
      }
    }
  });
});

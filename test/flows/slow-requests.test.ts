/** The time for which a request may wait for the database does not include the time that others take. */
import { randomUUID } from 'node:crypto';
import { request as sendRequest } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  asks,
  authorizationUrl,
  authorize,
  basic,
  createUser,
  password,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { startLogoutReceiver } from '../support/logout-receiver.ts';
import { startOauth2Provider } from '../support/oauth2-provider.ts';
import { startOpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { leave, registerOauth2, registerOpenid } from '../support/upstream.ts';

const urlEncoded = 'application/x-www-form-urlencoded';

onEachDatabase('a request whose body arrives slowly', (start) => {
  let server: TestServer;
  let job: AppClient;
  let app: AppClient;

  before(async () => {
    server = await start({ environment: { REQUEST_DEADLINE: '1s' } });
    await seedApis(server);
    await createUser(server);
    job = await registerApp(server, { type: 'machine' });
    app = await registerApp(server);
  });

  /** Sends the second part of the body after the deadline of a request. */
  async function sendSlowly(url: string, body: string, headers: Readonly<Record<string, string>>) {
    const sending = sendRequest(url, { method: 'POST', headers: { ...headers, 'content-length': body.length } });
    sending.write(body.slice(0, 10));
    await sleep(1300);
    sending.end(body.slice(10));
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    response.resume();
    return response;
  }

  it('is answered as any other at every endpoint for programs', async () => {
    const tokenRequest = 'grant_type=client_credentials&scope=archive%3Aread';
    const report = '[{"token": "something-unknown", "type": "x", "url": "", "source": "x"}]';
    const requests: readonly (readonly [path: string, body: string, type: string, status: number])[] = [
      ['/token', tokenRequest, urlEncoded, 200],
      // This form is read by the engine.
      ['/token', tokenRequest, `${urlEncoded}; charset=utf-8`, 200],
      ['/introspect', 'token=something-unknown', urlEncoded, 200],
      ['/revoke', 'token=something-unknown', urlEncoded, 200],
      // A machine client cannot use these two.
      ['/par', 'response_type=code&scope=openid', urlEncoded, 400],
      ['/authorize-challenge', 'scope=openid&username=ada', urlEncoded, 400],
      ['/leaked-tokens', report, 'application/json', 200],
    ];
    await Promise.all(
      requests.map(async ([path, body, type, status]) => {
        const response = await sendSlowly(`${server.issuer}${path}`, body, { ...basic(job), 'content-type': type });
        expect(response.statusCode, `${path} ${type}`).to.equal(status);
      }),
    );
  });

  /** Submits the form whose action ends with `action`. */
  function submitSlowly({ jar }: Browser, page: Page, action: string, values: Readonly<Record<string, string>> = {}) {
    const form = page.forms.find((one) => one.action.endsWith(action));
    const body = new URLSearchParams({ ...form?.fields, ...values }).toString();
    const cookie = [...jar.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    return sendSlowly(new URL(form?.action ?? '', page.url).href, body, { cookie, 'content-type': urlEncoded });
  }

  it('is answered as any other if it is the form of a page', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const response = await submitSlowly(browser, page, '/login', { email: 'ada@example.com', password });
    expect(response.statusCode).to.equal(303);
    expect(response.headers.location).to.include('/authorize/');
  });

  it('is answered as any other if it is the form of signing out', async () => {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const page = await browser.visit(`${server.issuer}/logout`);
    expect((await submitSlowly(browser, page, '/logout/confirm')).statusCode).to.equal(303);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
  });

  it('is answered as any other if it is the logout token of another provider', async () => {
    const provider = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/staff/callback` });
    await registerOpenid(server, provider);
    const now = Math.floor(Date.now() / 1000);
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const times = { iat: now, exp: now + 120 };
    const claims = { iss: provider.issuer, aud: provider.clientId, sub: 'nobody', jti: randomUUID(), events, ...times };
    const token = await provider.sign(claims, { typ: 'logout+jwt' });
    const address = `${server.issuer}/upstream/staff/backchannel-logout`;
    const response = await sendSlowly(address, `logout_token=${token}`, { 'content-type': urlEncoded });
    await provider.close();
    expect(response.statusCode).to.equal(200);
  });
});

onEachDatabase('a request that waits for another server', (start) => {
  let server: TestServer;

  before(async () => {
    server = await start({ environment: { REQUEST_DEADLINE: '1s' } });
    await seedApis(server);
    await createUser(server);
  });

  it('signs a user in with a provider that takes long for each answer', async () => {
    const hub = await startOauth2Provider();
    hub.beforeAnswer = () => sleep(500);
    hub.emails = [{ email: 'grace@example.com', primary: true, verified: true }];
    await registerOauth2(server, hub, { createUsers: true, authoritativeFor: ['*'] });
    const app = await registerApp(server, { firstParty: true });
    const browser = openBrowser();
    const page = await browser.visit(hub.visit(await leave(server, app, browser, 'hub')));
    await hub.close();
    redirectedTo(page, app);
  });

  it('signs a user out of an app that takes long to answer', async () => {
    const receiver = await startLogoutReceiver();
    receiver.beforeAnswer = () => sleep(1300);
    const app = await registerApp(server, { firstParty: true, backchannelLogoutUri: receiver.uri });
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    await authorize(server, app, {}, browser);
    const page = await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm');
    await receiver.close();
    expect(page.status).to.equal(200);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
  });
});

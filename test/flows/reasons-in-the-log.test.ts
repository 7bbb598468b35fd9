/** The log shows an operator which app was rejected or cannot be reached, and why. */
import { expect } from 'chai';
import { createLogger } from '../../src/logging.ts';
import {
  authorizationUrl,
  authorize,
  basic,
  callAs,
  createUser,
  postForm,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { startLogoutReceiver } from '../support/logout-receiver.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';

type Line = Readonly<Record<string, unknown>>;

describe('the log', () => {
  const lines: Line[] = [];
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    const logger = createLogger({
      level: 'info',
      destination: { write: (line) => lines.push(JSON.parse(line) as Line) },
    });
    server = await startTestServer({ logger });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });
  after(() => server.stop());
  beforeEach(() => lines.splice(0));

  function lineOf(message: string | RegExp): Line {
    const found = lines.find(({ msg }) => (typeof message === 'string' ? msg === message : message.test(String(msg))));
    expect(found, JSON.stringify(lines)).to.be.an('object');
    return found ?? {};
  }

  const rejectedRequests: Readonly<Record<string, readonly [() => Promise<unknown>, Line, RegExp]>> = {
    'authorization.error': [
      () => openBrowser().get(authorizationUrl(server, app, { scope: 'admin' }).url),
      { error: 'invalid_scope' },
      /nothing that can be granted/,
    ],
    'grant.error': [
      () =>
        callAs(server, app, '/token', { grant_type: 'authorization_code', code: 'x', redirect_uri: app.redirectUri }),
      { error: 'invalid_grant' },
      /\w+/,
    ],
    'introspection.error': [() => callAs(server, app, '/introspect', {}), { error: 'invalid_request' }, /token/],
    'revocation.error': [() => callAs(server, app, '/revoke', {}), { error: 'invalid_request' }, /token/],
    'pushed_authorization_request.error': [
      () => callAs(server, app, '/par', { response_type: 'token' }),
      { error: 'invalid_request' },
      /\w+/,
    ],
  };
  for (const [event, [send, fields, description]] of Object.entries(rejectedRequests)) {
    it(`contains the error, its description and the client for ${event}`, async () => {
      await send();
      const line = lineOf(event);
      expect(line)
        .to.include({ ...fields, clientId: app.clientId })
        .and.include.keys('requestId');
      expect(String(line['error_description'])).to.match(description);
    });
  }

  it('names a wrong secret in a detail that the response does not contain', async () => {
    const answer = await postForm(
      `${server.issuer}/token`,
      { grant_type: 'client_credentials' },
      basic(app, 'x'.repeat(43)),
    );
    expect(answer.status).to.equal(401);
    expect(String(lineOf('grant.error')['error_detail'])).to.match(/secret/);
    expect(JSON.stringify(answer.body)).not.to.match(/secret/);
  });

  it('describes for userinfo.error why the token is invalid', async () => {
    await userinfo(server, 'x');
    expect(lineOf('userinfo.error')).to.include({ error: 'invalid_token' }).and.include.keys('error_description');
  });

  it('contains the description for an unregistered redirect_uri, which is not sent to any app', async () => {
    const url = new URL(authorizationUrl(server, app).url);
    url.searchParams.set('redirect_uri', 'https://elsewhere.example/');
    await openBrowser().get(url.href);
    expect(lineOf('authorization.error')).to.include({ error: 'invalid_redirect_uri', clientId: app.clientId });
    expect(String(lineOf('authorization.error')['error_description'])).to.match(/redirect_uri/);
  });

  it('names the client, its address and the cause of a failed back-channel logout (Back-Channel Logout 1.0 §2.8)', async () => {
    const uri = `http://127.0.0.1:${await freePort()}/backchannel`;
    const receiver = await startLogoutReceiver();
    receiver.status = 500;
    for (const [backchannelLogoutUri, cause] of [
      [uri, /ECONNREFUSED/],
      [receiver.uri, /got: 500/],
    ] as const) {
      const unreachable = await registerApp(server, { firstParty: true, backchannelLogoutUri });
      const browser = openBrowser();
      await signIn(browser, await browser.visit(`${server.issuer}/account`));
      await authorize(server, unreachable, {}, browser);
      await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm');
      const line = lineOf(/^back-channel logout failed/);
      expect(line).to.include({ clientId: unreachable.clientId, uri: backchannelLogoutUri });
      expect(String(line['cause'])).to.match(cause);
      lines.splice(0);
      // The retry from the outbox logs the same.
      await browser.visit(`${server.issuer}/account`);
      await signIn(browser, await browser.visit(`${server.issuer}/account`));
      await authorize(server, unreachable, {}, browser);
      await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
      const end = Date.now() + 10_000;
      // A notice of the previous client may still be tried at this time.
      const ofThisClient = (one: Line): boolean => String(one['lastError']).includes(unreachable.clientId);
      while (!lines.some(ofThisClient) && Date.now() < end) {
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
      }
      const later = String(lines.find(ofThisClient)?.['lastError']);
      expect(later).to.include(unreachable.clientId).and.include(backchannelLogoutUri).and.match(cause);
      lines.splice(0);
    }
    await receiver.close();
  });

  it('has nothing of the query of a logout address, which may contain a credential of the app', async () => {
    const uri = `http://127.0.0.1:${await freePort()}/backchannel`;
    const closed = await registerApp(server, { firstParty: true, backchannelLogoutUri: `${uri}?sig=of-the-app` });
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    await authorize(server, closed, {}, browser);
    await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm');
    expect(lineOf(/^back-channel logout failed/)).to.include({ clientId: closed.clientId, uri });
    expect(JSON.stringify(lines)).not.to.include('of-the-app');
  });
});

/** Signing in with Apple: its answer is a form that the browser posts, and the client secret is a signed JWT. */
import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { redirectedTo, registerApp, type AppClient } from '../support/app.ts';
import { startAppleProvider, type AppleProvider } from '../support/apple-provider.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { alertOf, leave, registerApple } from '../support/upstream.ts';

const by = { actor: 'command line' } as const;
const [clientId, teamId, keyId] = ['com.example.web', 'TEAM123456', 'KEY1234567'];

onEachDatabase('signing in with Apple', (start) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  let server: TestServer;
  let app: AppClient;
  let apple: AppleProvider;

  before(async function startServers() {
    this.timeout(60_000);
    server = await start();
    app = await registerApp(server, { firstParty: true, apis: [] });
    apple = await startAppleProvider({ clientId, teamId, keyId, publicKey });
    await registerApple(server, apple, { clientId, teamId, keyId, privateKey });
  });
  after(() => apple?.close());

  /** What Apple's page posts. */
  async function answer(browser: Browser): Promise<{ readonly page: Page; readonly fields: Record<string, string> }> {
    const page = await openBrowser().get(await leave(server, app, browser, 'apple'));
    return { page, fields: { ...page.forms[0]?.fields } };
  }

  /** Posts it as a browser does: from another site, so without the cookies that are SameSite=Lax. */
  function post(fields: Record<string, string>): Promise<Page> {
    return openBrowser().post(`${server.issuer}/upstream/apple/callback`, fields, {
      'sec-fetch-site': 'cross-site',
      origin: apple.issuer,
    });
  }

  it('takes the posted answer, and authenticates with a JWT that is signed with the private key', async () => {
    apple.person = { sub: '001.ada', email: 'ada@example.com', email_verified: 'true' };
    const browser = openBrowser();
    const { fields } = await answer(browser);
    expect(apple.lastRequest.get('response_mode')).to.equal('form_post');
    expect(apple.lastRequest.get('redirect_uri')).to.equal(`${server.issuer}/upstream/apple/callback`);
    const before = Math.floor(Date.now() / 1000);
    const back = await post(fields);
    expect(back.status).to.equal(303);
    expect([...back.headers.getSetCookie()], 'no cookie of another site').to.deep.equal([]);
    redirectedTo(await browser.visit(back.location ?? ''), app);
    expect((await server.services.users.findByEmail('ada@example.com'))?.emailVerified).to.equal(true);
    const { header, claims } = apple.secrets.at(-1) ?? {};
    expect(header).to.deep.equal({ alg: 'ES256', kid: keyId });
    expect(claims).to.include({ iss: teamId, sub: clientId, aud: apple.issuer });
    expect(claims?.iat).to.be.within(before - 1, before + 10);
    expect(Number(claims?.exp) - Number(claims?.iat)).to.equal(300);
    // Once.
    const again = await post(fields);
    expect((await browser.visit(again.location ?? '')).status).to.equal(400);
    expect(apple.secrets).to.have.length(1);
  });

  it('takes the answer only in the browser that left for Apple', async () => {
    apple.person = { sub: '001.bob', email: 'bob@example.com', email_verified: 'true' };
    const { fields } = await answer(openBrowser());
    const back = await post(fields);
    const victim = openBrowser();
    expect((await victim.visit(back.location ?? '')).status).to.equal(400);
    expect(await server.services.users.findByEmail('bob@example.com')).to.equal(null);
  });

  it('shows the sign-in page when the user cancels there', async () => {
    const browser = openBrowser();
    const { fields } = await answer(browser);
    const back = await post({ state: fields['state'] ?? '', error: 'user_cancelled_authorize' });
    const page = await browser.visit(back.location ?? '');
    expect(page.html).to.include('<h1>Sign in</h1>');
    expect(alertOf(page)).to.include('Apple');
  });

  it('fails with a message when the private key is not the one that Apple knows', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const secret = String(other.export({ type: 'pkcs8', format: 'pem' }));
    await server.services.upstreams.update('apple', { secret }, by);
    const browser = openBrowser();
    const back = await post((await answer(browser)).fields);
    expect(alertOf(await browser.visit(back.location ?? ''))).to.include('Apple');
    await server.services.upstreams.update('apple', { secret: pem }, by);
  });
});

/** Signing in with another identity provider, in a real browser. */
import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { authorizationUrl, createUser, password, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { startAppleProvider } from '../support/apple-provider.ts';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { codeIn, mailsOf } from '../support/mails.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { registerApple, registerOpenid } from '../support/upstream.ts';
import { expectAccessible, expectToFit, phone } from './accessibility.ts';

const by = { actor: 'command line' } as const;

describe('another identity provider, in Chromium', () => {
  let chromium: Browser;
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;

  before(async function launch() {
    this.timeout(600_000);
    const found = await launchChromium();
    if (found === null) {
      this.skip();
    }
    chromium = found;
    server = await startTestServer();
    await seedApis(server);
    app = await registerApp(server, { firstParty: true });
    await createUser(server);
    provider = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/staff/callback` });
    await registerOpenid(server, provider, { icon: 'gitlab' });
  });
  after(async () => {
    await provider?.close();
    await server?.stop();
    await closeChromium();
  });

  it('is chosen by its button, without JavaScript, and is linked after a sign-in with the password', async function visit() {
    this.timeout(60_000);
    provider.person = { sub: 'ada', email: 'ada@elsewhere.example' };
    const context = await chromium.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(authorizationUrl(server, app).url);
    await page.getByRole('button', { name: 'Continue with Staff' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).to.contain('No account here is linked with your Staff account');
    await page.getByLabel('Email').fill('ada@example.com');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Link the accounts' }).waitFor();
    const left = page.waitForRequest((request) => request.url().startsWith(app.redirectUri)).catch(() => undefined);
    await page.getByRole('button', { name: 'Link the accounts' }).click();
    expect((await left)?.url()).to.contain('code=');
    await context.close();
    const user = await server.services.users.findByEmail('ada@example.com');
    expect(await server.services.upstreamLinks.listByUser(user?._id ?? '')).to.have.length(1);
  });

  for (const [how, options] of [
    ['on a phone', { viewport: phone }],
    ['without JavaScript', { javaScriptEnabled: false }],
  ] as const) {
    it(`gives an account after the address was confirmed by the code of a mail, ${how}`, async function visit() {
      this.timeout(60_000);
      const email = how === 'on a phone' ? 'clara@elsewhere.example' : 'carl@elsewhere.example';
      await server.services.upstreams.update('staff', { createUsers: true, confirmAddresses: true }, by);
      provider.person = { sub: email, email, email_verified: true };
      const context = await chromium.newContext(options);
      const page = await context.newPage();
      await page.goto(authorizationUrl(server, app).url);
      await page.getByRole('button', { name: 'Continue with Staff' }).click();
      await page.getByRole('heading', { name: 'Your first time here with Staff?' }).waitFor();
      await page.getByText(email).waitFor();
      const check = async (what: string): Promise<void> => {
        if (how === 'on a phone') {
          await expectAccessible(page, what);
          await expectToFit(page, what);
          await page.setViewportSize(phone);
        }
      };
      await check('the page that asks whether to send a mail');
      await page.getByRole('button', { name: 'Send the mail' }).click();
      await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
      await check('the page that asks for the code');
      await page.getByLabel(/code/i).fill(codeIn((await mailsOf(server))[0]));
      const left = page.waitForRequest((request) => request.url().startsWith(app.redirectUri)).catch(() => undefined);
      await page.keyboard.press('Enter');
      expect((await left)?.url()).to.contain('code=');
      await context.close();
      const user = await server.services.users.findByEmail(email);
      expect(user?.emailVerified).to.equal(true);
      expect(await server.services.upstreamLinks.listByUser(user?._id ?? '')).to.have.length(1);
    });
  }

  it('may answer by a form that is posted from its site, as Apple does: the cookies of the sign-in come back', async function visit() {
    this.timeout(60_000);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ids = { clientId: 'com.example.web', teamId: 'TEAM', keyId: 'KEY' };
    const apple = await startAppleProvider({ ...ids, publicKey });
    apple.person = { sub: '001.ida', email: 'ida@example.com', email_verified: 'true' };
    await registerApple(server, apple, { ...ids, privateKey });
    // For a browser they are different sites.
    expect(new URL(apple.issuer).hostname).not.to.equal(new URL(server.issuer).hostname);
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.goto(authorizationUrl(server, app).url);
    await page.getByRole('button', { name: 'Continue with Apple' }).click();
    await page.getByRole('button', { name: 'Continue', exact: true }).waitFor();
    expect(new URL(page.url()).origin).to.equal(apple.issuer);
    const posted = page.waitForRequest((request) => request.url().endsWith('/upstream/apple/callback'));
    const left = page.waitForRequest((request) => request.url().startsWith(app.redirectUri)).catch(() => undefined);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    expect((await posted).method()).to.equal('POST');
    expect((await (await posted).allHeaders())['cookie'], 'SameSite=Lax').to.equal(undefined);
    expect((await left)?.url()).to.contain('code=');
    await context.close();
    await apple.close();
  });
});

/** Signing in on the pages of the test double, in a real browser (docs/testing.md). */
import { expect } from 'chai';
import { startTestServer, type TestServer } from 'gatehouse/testing';
import type { Browser, Page } from 'playwright-core';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { startLanding, type Landing } from './landing.ts';

// Shared by the whole run.
after(closeChromium);

describe('the test double in a browser', function inBrowser() {
  this.timeout(60_000);
  let browser: Browser;
  let server: TestServer;
  let landing: Landing;

  before(async function start() {
    this.timeout(600_000);
    const launched = await launchChromium();
    if (launched === null) {
      this.skip();
    }
    browser = launched;
    server = await startTestServer({ apis: [{ identifier: 'https://photos.example/api', scopes: ['photos:read'] }] });
    landing = await startLanding();
  });
  after(async () => {
    await landing?.close();
    await server?.close();
  });

  /** Opens the authorization request of a new app, in a new browser profile. */
  async function openApp({ firstParty, prompt }: { readonly firstParty: boolean; readonly prompt?: string }) {
    const { clientId } = await server.addClient({
      type: 'browser',
      firstParty,
      redirectUris: [`${landing.url}/callback`],
    });
    const parameters = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: `${landing.url}/callback`,
      scope: 'openid photos:read',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...(prompt === undefined ? {} : { prompt }),
    });
    return `${server.issuer}/authorize?${parameters.toString()}`;
  }

  async function newPage(locale = 'en-US'): Promise<Page> {
    const context = await browser.newContext({ locale });
    context.setDefaultTimeout(15_000);
    return context.newPage();
  }

  it('signs a user in and comes back to the app, in any language of the browser', async () => {
    const page = await newPage('de-DE');
    await page.goto(await openApp({ firstParty: true }));
    await server.login(page, 'usr_ada');
    expect(page.url()).to.match(/\/callback\?code=/);
    await page.context().close();
  });

  it('allows what the app asks for', async () => {
    const page = await newPage();
    await page.goto(await openApp({ firstParty: false }));
    await server.login(page, 'grace@example.com');
    expect(page.url()).to.match(/\/callback\?code=/);
    await page.goto(`${server.issuer}/account`);
    expect(await page.getByText('grace@example.com').count()).to.be.greaterThan(0);
    await page.context().close();
  });

  it('waits until the app has sent the browser to the server', async () => {
    const page = await newPage();
    await page.goto('about:blank');
    const signedIn = server.login(page);
    await page.goto(await openApp({ firstParty: true }));
    await signedIn;
    expect(page.url()).to.match(/\/callback\?code=/);
    await page.context().close();
  });

  it('signs in as the named user where another one is signed in and the app lets the user choose', async () => {
    const page = await newPage();
    await page.goto(await openApp({ firstParty: true }));
    await server.login(page, 'usr_ada');
    await page.goto(await openApp({ firstParty: true, prompt: 'select_account' }));
    await server.login(page, 'usr_bob');
    expect(page.url()).to.match(/\/callback\?code=/);
    await page.goto(`${server.issuer}/account`);
    expect(await page.getByText('usr_bob@example.com').count()).to.be.greaterThan(0);
    await page.context().close();
  });

  it('reports a user who cannot sign in', async () => {
    const { id } = await server.addUser();
    await server.services.users.disable(id, { actor: 'system' });
    const page = await newPage();
    await page.goto(await openApp({ firstParty: true }));
    const refusal: unknown = await server.login(page, id).catch((error: unknown) => error);
    expect(String(refusal)).to.include('could not be signed in');
    await page.context().close();
  });
});

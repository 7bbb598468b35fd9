import { expect } from 'chai';
import { authorizationUrl } from '../support/app.ts';
import { describeInBrowser, registerVisitorApp, signIn } from './world.ts';

describeInBrowser('Error pages, in a browser', (world) => {
  it('show the received value next to the registered value, and mark the difference', async () => {
    const { server, landing, visit } = world();
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    const { page } = await visit();
    const response = await page.goto(authorizationUrl(server, { ...app, redirectUri: `${landing.url}/callback/` }).url);
    expect(response?.status()).to.equal(400);
    expect(page.url(), 'no redirect').to.include('/authorize');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('We cannot send you back to this app');
    const [received, registered] = await page.locator('dl.comparison dd').all();
    expect(await received?.innerText()).to.equal(`${landing.url}/callback/`);
    expect(await received?.locator('mark').allInnerTexts()).to.deep.equal(['/']);
    expect(await registered?.innerText())
      .to.include(`${landing.url}/callback`)
      .and.include('the registered address ends before it');
    expect(
      await page.locator('details.technical').innerText(),
      'a command that keeps the registered address',
    ).to.include(`--redirect-uri '${landing.url}/callback' \\\n  --redirect-uri '…'`);
    // The page, the response header and the log show the same reference.
    expect(await page.locator('.reference').innerText()).to.include(response?.headers()['x-request-id']);
  });

  it('name an unknown app, and lead only to the start page', async () => {
    const { server, landing, visit } = world();
    const { page } = await visit();
    const app = { clientId: 'nobody-knows', secret: undefined, redirectUri: `${landing.url}/callback` };
    const response = await page.goto(authorizationUrl(server, app).url);
    expect(response?.status()).to.equal(400);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('We do not know this app');
    expect(await page.locator('main a').allInnerTexts()).to.deep.equal(['Go to the start page']);
    expect(await page.locator('dl.comparison').innerText())
      .to.include('nobody-knows')
      .and.include('Nothing is registered.');
  });

  it('say that a page has expired, if it belongs to the sign-in of another browser', async () => {
    const { server, createUser, visit } = world();
    const { email } = await createUser();
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    const { page } = await visit();
    const { page: stranger } = await visit();
    await page.goto(authorizationUrl(server, app).url);
    expect(page.url()).to.include('/interaction/');
    const response = await stranger.goto(page.url());
    expect(response?.status()).to.equal(400);
    expect(await stranger.getByRole('heading', { level: 1 }).innerText()).to.equal('This page has expired');
    expect(await stranger.locator('main a').allInnerTexts()).to.deep.equal(['Go to the start page']);
    // The flow itself continues.
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForURL(`${world().landing.url}/**`);
  });

  it('show the expected address if the server was reached under another host', async () => {
    const { issuer, visit } = world();
    const { page } = await visit();
    const response = await page.goto(`${issuer.replace('localhost', '127.0.0.1')}/account`);
    expect(response?.status()).to.equal(421);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('This is not the right address');
    expect(await page.locator('main').innerText(), 'visible without opening the details').to.include(issuer);
    await page.getByRole('link', { name: issuer }).click();
    await page.waitForURL(`${issuer}/`);
  });

  it('explain an unknown address and a used link', async () => {
    const { issuer, visit } = world();
    const { page } = await visit();
    for (const [path, status, title] of [
      ['/nothing/here', 404, 'There is nothing here'],
      ['/password/used-long-ago', 410, 'This link no longer works'],
      ['/setup/not-a-token', 410, 'This link no longer works'],
    ] as const) {
      const response = await page.goto(issuer + path);
      expect(response?.status(), path).to.equal(status);
      expect(await page.getByRole('heading', { level: 1 }).innerText(), path).to.equal(title);
    }
  });
});

/** Apps that sign users in without leaving their page: in a popup, or silently in a frame. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { authorizationUrl, type AppClient } from '../support/app.ts';
import { describeInBrowser, openAccount, registerVisitorApp, signIn, type World } from './world.ts';

/** Opens the page of an app, on another site than the server's. */
async function openApp(world: World, page: Page): Promise<AppClient> {
  const app = await registerVisitorApp(world, {
    name: 'Letters',
    type: 'browser',
    redirectUris: [`${world.landing.url}/callback`],
    postLogoutRedirectUris: [`${world.landing.url}/goodbye`],
  });
  expect(new URL(world.landing.url).hostname).not.to.equal(new URL(world.issuer).hostname);
  await page.goto(`${world.landing.url}/`);
  // The page of the app keeps what its popup or frame sends to it.
  await page.evaluate(`
    window.received = [];
    addEventListener('message', ({ origin, data }) => {
      if (origin === location.origin && data.landed !== undefined && data.landed !== location.href) {
        window.received.push(data.landed);
      }
    });
  `);
  return app;
}

async function received(page: Page): Promise<URL> {
  await page.waitForFunction('window.received.length > 0');
  return new URL(await page.evaluate<string>('window.received.pop()'));
}

describeInBrowser('An app that signs users in without leaving its page', (world) => {
  it('receives the response from its popup after sign-in and consent, and signs out by a popup', async () => {
    const { createUser, visit, server, issuer } = world();
    const { email } = await createUser();
    const { page, context, expectComplaint } = await visit();
    const app = await openApp(world(), page);
    const open = async (address: string): Promise<Page> => {
      const opened = context.waitForEvent('page');
      // Without a name: a new window with the name of one that is still closing would be this one.
      await page.evaluate(
        `window.popup = window.open(${JSON.stringify(address)}, '_blank', 'width=480,height=640'); 0`,
      );
      return opened;
    };

    const popup = await open(authorizationUrl(server, app).url);
    await signIn(popup, email);
    await popup.locator('button[value=allow]').click();
    const response = await received(page);
    expect(response.pathname).to.equal('/callback');
    expect(response.searchParams.get('code')).to.be.a('string');
    expect(response.searchParams.get('state')).to.equal('the-state');
    expect(await page.evaluate('window.popup.closed'), 'the app still has its popup').to.equal(false);
    await Promise.all([popup.waitForEvent('close'), page.evaluate('window.popup.close()')]);

    const again = await open(authorizationUrl(server, app, { parameters: { response_mode: 'form_post' } }).url);
    expect((await received(page)).pathname, 'a posted response').to.equal('/callback');
    await again.close();

    // The response of a popup may arrive before its page is known, so Chromium's message about it is expected here.
    expectComplaint(/^console of .*Failed to load resource: the server responded with a status of 400/);
    const failed = await open(`${issuer}/authorize?client_id=unknown`);
    await failed.getByRole('heading', { level: 1 }).waitFor();
    expect(await failed.evaluate('window.opener !== null'), 'an error page').to.equal(true);
    await failed.close();

    const logout = new URL(`${issuer}/logout`);
    logout.searchParams.set('client_id', app.clientId);
    logout.searchParams.set('post_logout_redirect_uri', app.redirectUri.replace('callback', 'goodbye'));
    const leaving = await open(logout.href);
    await leaving.locator('main button.primary').click();
    expect((await received(page)).pathname).to.equal('/goodbye');
  });

  it('has no access to a popup with the account page', async () => {
    const { createUser, visit, issuer } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await openAccount(world(), page, email);
    await openApp(world(), page);
    const opened = context.waitForEvent('page');
    await page.evaluate(
      `window.popup = window.open(${JSON.stringify(`${issuer}/account`)}, 'account', 'width=480'); 0`,
    );
    const popup = await opened;
    await popup.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
    expect(await popup.evaluate('window.opener')).to.equal(null);
    await page.waitForFunction('window.popup.closed');
  });

  it('of another site gets login_required in a frame, although the user is signed in (OIDC Core §3.1.2.6)', async () => {
    const { createUser, visit, server } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await openAccount(world(), page, email);
    const app = await openApp(world(), page);
    const { url } = authorizationUrl(server, app, { parameters: { prompt: 'none' } });
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(url)} })); 0`,
    );
    const response = await received(page);
    expect(Object.fromEntries(response.searchParams)).to.include({ error: 'login_required', state: 'the-state' });
  });
});

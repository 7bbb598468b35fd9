import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { authorizationUrl } from '../support/app.ts';
import { expectAccessible, expectToFit } from './accessibility.ts';
import { describeInBrowser, registerVisitorApp, signIn } from './world.ts';

const picker = (page: Page) => page.locator('footer button.language');

describeInBrowser('The language picker', (world) => {
  it('is used by keyboard, keeps the flow, and Escape closes it', async () => {
    const { server, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    await page.goto(authorizationUrl(server, app).url);
    const address = page.url();
    const list = page.locator('#languages');
    expect(await list.isVisible(), 'closed at first').to.equal(false);
    await picker(page).focus();
    await page.keyboard.press('Enter');
    await list.waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await list.waitFor();
    await page.keyboard.press('Tab');
    const first = await page.evaluate<string>('document.activeElement.value');
    expect(await list.locator('button').first().getAttribute('value')).to.equal(first);
    await list.getByRole('button', { name: 'Deutsch' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Anmelden' }).waitFor();
    expect(page.url()).to.equal(address);
    await page.getByLabel('E-Mail', { exact: true }).fill(email);
    await page.getByLabel('Passwort', { exact: true }).fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByRole('button', { name: 'Erlauben', exact: true }).waitFor();
  });

  it('works without JavaScript, and remembers', async () => {
    const { issuer, visit } = world();
    const { page } = await visit({ javaScriptEnabled: false });
    await page.goto(issuer);
    await picker(page).click();
    await page.locator('#languages').getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { level: 1, name: 'Anmeldung für Ihre Apps' }).waitFor();
    await page.goto(`${issuer}/nothing`);
    await page.getByRole('heading', { level: 1, name: 'Hier ist nichts' }).waitFor();
  });

  it('is accessible and fits when it is open', async () => {
    const { issuer, visit } = world();
    const { page } = await visit();
    await page.goto(issuer);
    await picker(page).click();
    await page.locator('#languages').waitFor();
    await expectAccessible(page, 'the open language picker');
    await expectToFit(page, 'the open language picker');
    const [top, bottom] = await page.evaluate<[number, number]>(
      `(({ top, bottom }) => [top, innerHeight - bottom])(document.getElementById('languages').getBoundingClientRect())`,
    );
    expect(Math.min(top, bottom), 'distance to the edges of the window').to.be.at.least(0);
  });

  it('in a popup does not cut the connection to the app', async () => {
    const { landing, server, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    const app = await registerVisitorApp(world(), { redirectUris: [`${landing.url}/callback`] });
    await page.goto(`${landing.url}/`);
    const opened = context.waitForEvent('page');
    await page.evaluate(`window.popup = window.open(${JSON.stringify(authorizationUrl(server, app).url)}, 'x'); 0`);
    const popup = await opened;
    await picker(popup).click();
    await popup.locator('#languages').getByRole('button', { name: 'English' }).click();
    await popup.waitForLoadState();
    await signIn(popup, email);
    await popup.locator('button[value=allow]').waitFor();
    expect(await page.evaluate('window.popup.closed')).to.equal(false);
    expect(await popup.evaluate('window.opener !== null')).to.equal(true);
  });
});

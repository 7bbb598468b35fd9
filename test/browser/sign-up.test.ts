import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { readMailContent } from '../../src/services/mails/mail.ts';
import { authorizationUrl, createUser, registerApp, type AppClient } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { expectAccessible, expectToFit } from './accessibility.ts';
import { describeInBrowser } from './world.ts';

describeInBrowser('A new account, in a browser', (world) => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    const environment = { SIGN_UP: 'domains', SIGN_UP_DOMAINS: 'example.com' };
    server = await startTestServer({ environment });
    app = await registerApp(server, { apis: [], firstParty: true, redirectUris: [world().landing.url] });
  });
  after(() => server.stop());

  async function codeOfNewestMail(): Promise<string> {
    await server.services.outbox.deliverDue();
    const [newest] = await server.services.outbox.list({ limit: 1, kind: 'mail' });
    const message = await server.services.outbox.show(newest?.id ?? '');
    return /^\s*(\d{6})\s*$/m.exec(readMailContent(message?.content).text)?.[1] ?? '';
  }

  async function check(page: Page, what: string): Promise<void> {
    await expectAccessible(page, what);
    await expectToFit(page, what);
  }

  it('is made with the keyboard alone, the pages are accessible, and the app gets its code', async () => {
    const { page } = await world().visit();
    await page.goto(authorizationUrl(server, app).url);
    await page.getByRole('link', { name: 'Create an account' }).press('Enter');
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await check(page, 'the page that asks for an address');
    await page.keyboard.type('grace@example.com');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await check(page, 'the page that asks for the code');
    await page.keyboard.type(await codeOfNewestMail());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await check(page, 'the page that asks for a password');
    await page.keyboard.type('Grace Hopper');
    await page.keyboard.press('Tab');
    const rule = page.getByText('At least 15 characters');
    await page.keyboard.type('a compiler in');
    expect(await rule.getAttribute('class')).to.not.equal('met');
    await page.keyboard.type(' every harbour');
    expect(await rule.getAttribute('class')).to.equal('met');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.has('code'));
    expect((await server.services.users.findByEmail('grace@example.com'))?.profile['name']).to.equal('Grace Hopper');
  });

  it('is made without JavaScript, too', async () => {
    const { page } = await world().visit({ javaScriptEnabled: false });
    await page.goto(authorizationUrl(server, app).url);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('Email').fill('ada@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Code from the mail').fill(await codeOfNewestMail());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill('seven lamps light the harbour');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.waitForURL((url) => url.searchParams.has('code'));
  });

  it('is not enough for an app of a group, whose page is accessible and leads to another account', async () => {
    const { page, expectComplaint } = await world().visit();
    expectComplaint(/403/);
    await createUser(server, 'guest@example.com');
    const redirectUris = [world().landing.url];
    const staffOnly = await registerApp(server, { apis: [], redirectUris, groups: ['staff'] });
    await page.goto(authorizationUrl(server, staffOnly).url);
    await page.getByLabel('Email').fill('guest@example.com');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'This account cannot use Prints' }).waitFor();
    await check(page, 'the page about groups');
    await page.getByRole('link', { name: 'Use another account' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { authorizationUrl } from '../support/app.ts';
import { describeInBrowser, openAccount, registerVisitorApp, signIn, type World } from './world.ts';

const title = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();
const allow = (page: Page) => page.getByRole('button', { name: 'Allow', exact: true });

describeInBrowser('Back, reload, a second tab and a second click', (world) => {
  async function begin({ server, landing, createUser, visit }: World) {
    const { email } = await createUser();
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    const { page, context } = await visit();
    await page.goto(landing.url);
    await page.goto(authorizationUrl(server, app).url);
    return { email, page, context, landing, app };
  }

  it('after signing in: Back shows the pending consent page, and a second Back shows the app', async () => {
    const { email, page, landing } = await begin(world());
    await signIn(page, email);
    await allow(page).waitFor();
    const consent = page.url();
    await page.goBack();
    expect([page.url(), await title(page)]).to.deep.equal([consent, 'Letters asks for access']);
    await page.reload();
    expect(await title(page)).to.equal('Letters asks for access');
    await page.goBack();
    expect(page.url()).to.equal(`${landing.url}/`);
    await page.goForward();
    await allow(page).click();
    await page.waitForURL(`${landing.url}/callback?**`);
  });

  it('after the consent: Back shows that the user is signed in, and leads to the app or to the account page', async () => {
    const { issuer } = world();
    const { email, page, landing } = await begin(world());
    await signIn(page, email);
    await allow(page).click();
    await page.waitForURL(`${landing.url}/callback?**`);
    await page.goBack();
    expect(await title(page)).to.equal('You are already signed in');
    await page.reload();
    expect(await title(page)).to.equal('You are already signed in');
    await page.getByRole('link', { name: 'Go to Letters' }).click();
    await page.waitForURL(`${landing.url}/`);
    await page.goBack();
    await page.getByRole('link', { name: 'Your account' }).click();
    await page.waitForURL(`${issuer}/account`);
    expect(await title(page)).to.equal('Your account');
  });

  it('a second tab on an old page continues with the current page of the flow', async () => {
    const { email, page, context, landing } = await begin(world());
    const tab = await context.newPage();
    await tab.goto(page.url());
    await signIn(page, email);
    await allow(page).waitFor();
    await signIn(tab, email);
    expect(await title(tab)).to.equal('You are already signed in');
    await tab.getByRole('link', { name: 'Continue' }).click();
    await allow(tab).click();
    await tab.waitForURL(`${landing.url}/callback?**`);
    await allow(page).click();
    expect(await title(page)).to.equal('You are already signed in');
    await page.getByRole('link', { name: 'Go to Letters' }).click();
    await page.waitForURL(`${landing.url}/`);
  });

  it('after a wrong password: reload shows the sign-in page and sends no form, and Back after the right password shows no error', async () => {
    const { email, page, landing } = await begin(world());
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') {
        posts.push(request.url());
      }
    });
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('not the password at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.reload();
    expect(await title(page)).to.equal('Sign in');
    expect(await page.getByRole('alert').count()).to.equal(0);
    expect(posts, 'the form was not sent again').to.have.length(1);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('not the password either');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await signIn(page, email);
    await allow(page).waitFor();
    await page.goBack();
    expect(await title(page), 'Back to the page of the wrong password').to.equal('Letters asks for access');
    await allow(page).click();
    await page.waitForURL(`${landing.url}/callback?**`);
  });

  it('on the account page: Back after signing in, signing out and cancelling', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await page.goto(issuer);
    await openAccount(world(), page, email);
    await page.goBack();
    expect(page.url(), 'not the sign-in page').to.equal(`${issuer}/account`);
    expect(await title(page)).to.equal('Your account');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('You are signed out.').waitFor();
    await page.goBack();
    expect(await title(page), 'Back after signing out').to.equal('Sign in');
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await page.waitForURL(`${issuer}/`);
    await page.goBack();
    expect(await title(page)).to.equal('This page has expired');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, email);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });

  it('a form of an earlier session can be loaded again', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await openAccount(world(), page, email);
    const old = await context.newPage();
    await old.goto(`${issuer}/account`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('You are signed out.').waitFor();
    await openAccount(world(), page, email);
    await old.getByRole('button', { name: 'Sign out', exact: true }).click();
    expect(await title(old)).to.equal('This page is out of date');
    await old.getByRole('link', { name: 'Load it again' }).click();
    expect([old.url(), await title(old)]).to.deep.equal([`${issuer}/account`, 'Your account']);
  });

  it('on the logout page: reload and Back after the logout, and the form of a second tab, show that the user is signed out', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await openAccount(world(), page, email);
    await page.goto(`${issuer}/logout`);
    const tab = await context.newPage();
    await tab.goto(`${issuer}/account`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.reload();
    expect(await title(page)).to.equal('You are signed out');
    await page.goBack();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await tab.getByRole('button', { name: 'Sign out', exact: true }).click();
    await tab.getByText('You are signed out.').waitFor();
  });
});

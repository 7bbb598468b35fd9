import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { addVirtualAuthenticator, type VirtualAuthenticator } from '../support/virtual-authenticator.ts';
import { describeInBrowser, signIn, type Visitor } from './world.ts';

describeInBrowser('Passkeys, in a browser', (world) => {
  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

  async function signOut(page: Page): Promise<void> {
    await page.goto(`${world().issuer}/account`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/account'));
  }

  /**
   * The virtual authenticator answers at once, so a page would sign in as soon as it is shown. With this, it waits for
   * {@link chooseInField}, as a browser waits for the user to choose a passkey in the email field.
   */
  async function waitForChoice(context: BrowserContext): Promise<void> {
    await context.addInitScript(`const chosen = new Promise((resolve) => { window.chooseInField = () => resolve(true); });
      PublicKeyCredential.isConditionalMediationAvailable = () => chosen;`);
  }
  async function chooseInField(page: Page): Promise<void> {
    await page.locator('#username').waitFor();
    await page.evaluate('chooseInField()');
  }

  /** A user who has added a passkey on the account page, and is signed in. */
  async function userWithPasskey(options: { readonly synced?: boolean } = {}): Promise<
    Visitor & {
      readonly user: { readonly id: string; readonly email: string };
      readonly authenticator: VirtualAuthenticator;
    }
  > {
    const { issuer, createUser, visit } = world();
    const user = await createUser();
    const visitor = await visit();
    const { page } = visitor;
    await waitForChoice(visitor.context);
    // Added after the sign-in, so that the passkey is not offered there.
    await page.goto(`${issuer}/account/passkeys`);
    await signIn(page, user.email);
    await heading(page, 'Passkeys').waitFor();
    const authenticator = await addVirtualAuthenticator(page, options);
    await page.reload();
    await page.getByLabel('Name (optional)').fill('Test device');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('status').filter({ hasText: 'The passkey was added.' }).waitFor();
    return { ...visitor, user, authenticator };
  }

  it('are added on the account page, and sign in by the button of the sign-in page', async () => {
    const { issuer, server } = world();
    const { page, user, authenticator } = await userWithPasskey();
    expect(await authenticator.count()).to.equal(1);
    expect(await page.getByRole('listitem').filter({ hasText: 'Test device' }).innerText())
      .to.include('Synchronised to your other devices')
      .and.include('Never used');
    await signOut(page);
    await page.goto(`${issuer}/account/sessions`);
    await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
    await heading(page, 'Where you are signed in').or(page.locator('h1#sessions')).waitFor();
    expect(page.url()).to.equal(`${issuer}/account/sessions`);
    const [passkey] = await server.services.passkeys.listByUser(user.id);
    expect(passkey?.lastUsedAt).to.be.instanceOf(Date);
    expect(passkey?.backedUp).to.equal(true);
  });

  it('are offered in the email field, and keep the choice to stay signed in', async () => {
    const { issuer, server } = world();
    const { page, user } = await userWithPasskey();
    await signOut(page);
    await page.goto(`${issuer}/account`);
    expect(await page.locator('#username').getAttribute('autocomplete')).to.equal('username webauthn');
    await page.getByLabel('Keep me signed in').check();
    await chooseInField(page);
    await heading(page, 'Your account').waitFor();
    const sessions = await server.services.sessions.listByUser(user.id);
    expect(sessions.map(({ remembered }) => remembered)).to.deep.equal([true]);
  });

  it('do not sign in if the authenticator cannot verify the user, and the page says what to do', async () => {
    const { issuer } = world();
    const { page, authenticator } = await userWithPasskey();
    await signOut(page);
    await page.goto(`${issuer}/account`);
    await authenticator.setUserVerified(false);
    await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'No passkey was used.' }).waitFor();
    await authenticator.setUserVerified(true);
    await page.getByRole('button', { name: 'Use a passkey' }).focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Your account').waitFor();
  });

  it('that this device has already are not added again', async () => {
    const { page, authenticator } = await userWithPasskey();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'This device has a passkey for your account already.' }).waitFor();
    expect(await authenticator.count()).to.equal(1);
  });

  it('have a counter in hardware that is checked, and say that they are on one device', async () => {
    const { issuer, server } = world();
    const { page, user } = await userWithPasskey({ synced: false });
    expect(await page.getByRole('listitem').filter({ hasText: 'Test device' }).innerText()).to.include(
      'On one device only',
    );
    for (let turn = 1; turn <= 2; turn += 1) {
      await signOut(page);
      await page.goto(`${issuer}/account`);
      await chooseInField(page);
      await heading(page, 'Your account').waitFor();
    }
    const [passkey] = await server.services.passkeys.listByUser(user.id);
    expect(passkey?.counter, 'added once, used twice').to.equal(3);
  });

  it('are refused after they were removed, and the password still works', async () => {
    const { issuer } = world();
    const visitor = await userWithPasskey();
    const { page, authenticator, user } = visitor;
    visitor.expectComplaint(/401/);
    // The page reports which passkeys are accepted; the authenticator of this test keeps the removed one.
    await page.locator('details summary').click();
    await page.getByRole('button', { name: 'Remove: Test device' }).click();
    await page.getByRole('status').filter({ hasText: 'The passkey was removed.' }).waitFor();
    const kept = await authenticator.count();
    await signOut(page);
    await page.goto(`${issuer}/account`);
    await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: kept === 0 ? 'No passkey was used.' : 'This passkey was not accepted.' })
      .waitFor();
    await page.getByRole('link', { name: 'Use your password instead' }).click();
    await page.waitForURL(/\/(login|interaction\/[\w-]+)$/);
    await authenticator.remove();
    await page.reload();
    await signIn(page, user.email);
    await heading(page, 'Your account').waitFor();
  });

  it('are renamed by keyboard', async () => {
    const { page } = await userWithPasskey();
    await page.locator('details summary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Blue key');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'The name was saved.' }).waitFor();
    await page.getByRole('heading', { name: 'Blue key' }).waitFor();
  });

  it('are offered once after a sign-in with a password, can be skipped, and are not offered again', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await page.goto(issuer);
    await addVirtualAuthenticator(page);
    await page.goto(`${issuer}/account`);
    await signIn(page, email);
    await heading(page, 'Next time without a password?').waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
    await heading(page, 'Your account').waitFor();
    await signOut(page);
    await page.goto(`${issuer}/account`);
    await signIn(page, email);
    await heading(page, 'Your account').waitFor();
  });

  it('are added by the offer, and the next sign-in needs no password', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await waitForChoice(context);
    await page.goto(issuer);
    const authenticator = await addVirtualAuthenticator(page);
    await page.goto(`${issuer}/account`);
    await signIn(page, email);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await heading(page, 'Your account').waitFor();
    expect(await authenticator.count()).to.equal(1);
    await signOut(page);
    await page.goto(`${issuer}/account`);
    await chooseInField(page);
    await heading(page, 'Your account').waitFor();
  });

  it('are not asked for without JavaScript: the pages say what is missing, and the rest works', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit({ javaScriptEnabled: false, locale: 'de' });
    await page.goto(`${issuer}/account/passkeys`);
    await page.getByRole('link', { name: 'Mit einem Passkey anmelden' }).click();
    await page.getByText('Passkeys brauchen JavaScript').waitFor();
    expect(await page.getByRole('button', { name: 'Passkey benutzen' }).count()).to.equal(0);
    await page.getByRole('link', { name: 'Stattdessen das Passwort benutzen' }).click();
    await page.locator('#username').fill(email);
    await page.locator('#current-password').fill('correct horse battery staple');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Passkeys' }).waitFor();
    await page.getByText('Einen Passkey hinzuzufügen braucht JavaScript').waitFor();
    expect(await page.getByRole('button', { name: 'Passkey hinzufügen' }).count()).to.equal(0);
  });

  it('are not asked for in a browser that has none, which the page says', async () => {
    const { issuer, visit } = world();
    const { page, context } = await visit();
    await context.addInitScript('delete window.PublicKeyCredential');
    await page.goto(`${issuer}/account`);
    await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
    await page.getByText('This browser does not offer both').waitFor();
    expect(await page.getByRole('button', { name: 'Use a passkey' }).isVisible()).to.equal(false);
  });
});

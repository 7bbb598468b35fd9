import { expect } from 'chai';
import { totpCode } from '../../src/crypto/totp.ts';
import { freePort, startTestServer } from '../support/server.ts';
import { describeInBrowser, openAccount, password, signIn } from './world.ts';

describeInBrowser('The account page, in a browser', (world) => {
  it('shows the user, the sessions and the apps with access, and can end each of them', async () => {
    const { issuer, prints, calendar, createUser, visit } = world();
    const { email } = await createUser({ name: 'Grace Hopper' });
    const { page } = await visit();
    const { page: phone } = await visit({
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    });
    await openAccount(world(), phone, email);
    await page.goto(`${prints}/sign-in`);
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByTestId('photos').waitFor();
    await page.goto(calendar);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByTestId('week').waitFor();

    await page.goto(`${issuer}/account`);
    expect(await page.locator('.person-card').innerText())
      .to.include('Grace Hopper')
      .and.include(email);
    await page.getByRole('navigation').getByRole('link', { name: 'Sign-ins' }).click();
    const sessions = page.getByRole('region', { name: 'Where you are signed in' });
    expect(await sessions.getByRole('listitem').count()).to.equal(2);
    expect(await sessions.getByRole('listitem').filter({ hasText: 'this device' }).innerText())
      .to.include('Apps: ')
      .and.include('Prints')
      .and.include('Calendar');
    await page.getByRole('navigation').getByRole('link', { name: 'Apps with access' }).click();
    const apps = page.getByRole('region', { name: 'Apps with access' });
    await apps.waitFor();
    expect(await apps.innerText())
      .to.include('Prints')
      .and.include('Photos: See your photos')
      .and.include(new URL(prints).host);
    expect(await apps.innerText(), 'first-party apps are not listed').to.not.include('Calendar');

    await page.goBack();
    await sessions.getByRole('button', { name: /^End: Safari/ }).click();
    await sessions.getByRole('button').waitFor({ state: 'detached' });
    const status = page.getByRole('status').filter({ hasText: /./ });
    expect(await status.innerText()).to.equal('That sign-in has ended.');
    expect(await page.title(), 'a screen reader reads this first').to.match(/^That sign-in has ended\. – /);
    expect(
      await page.evaluate(`document.activeElement.getAttribute('role') === 'status'`),
      'the status has the focus',
    ).to.equal(true);
    await page.reload();
    expect(await status.count(), 'shown once').to.equal(0);
    await phone.reload();
    await phone.getByRole('heading', { name: 'Sign in' }).waitFor();

    await page.goto(`${issuer}/account/apps`);
    await apps.getByRole('button', { name: 'Withdraw access: Prints' }).click();
    await apps.getByText('You have not given any app access yet.').waitFor();

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${issuer}/`);
    expect(await status.innerText()).to.equal('You are signed out.');
    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('is linked from the start page, which shows whether a user is signed in', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await page.goto(issuer);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, email);
    await page.waitForURL(`${issuer}/account`);
    await page.getByRole('link', { name: /start page/ }).click();
    await page.getByRole('link', { name: 'Your account' }).click();
    await page.waitForURL(`${issuer}/account`);
  });

  it('shows a name as text and not as markup', async () => {
    const { createUser, visit } = world();
    const name = '"><img src=x onerror=alert(1)>{{7*7}}';
    const { email } = await createUser({ name });
    const { page } = await visit();
    await openAccount(world(), page, email);
    expect(await page.locator('.person-card strong').textContent()).to.equal(name);
    expect(await page.locator('main img').count()).to.equal(0);
  });
});

describeInBrowser('A link that sets a password, in a browser', (world) => {
  it('shows what is wrong, sets the password once, and does not sign the user in', async () => {
    const { issuer, server, visit } = world();
    const user = await server.services.users.create({ email: 'invited@example.com' }, { actor: 'system' });
    const { token } = await server.services.users.createPasswordLink(user._id, 'set-password', {
      actor: 'system',
    });
    const { page, context } = await visit();
    await page.goto(`${issuer}/password/${token}`);
    await page.getByText('for invited@example.com').waitFor();

    const send = async (first: string, second = first): Promise<string> => {
      await page.getByLabel('New password').fill(first);
      await page.getByLabel('Repeat the password').fill(second);
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      const shown = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Save the password' }).click();
      expect((await answered).status()).to.equal(400);
      await shown;
      return (await page.getByRole('alert').textContent()) ?? '';
    };
    expect(await send('long enough a password', 'long enough a passwort')).to.include('not the same');
    expect(await send('invited@example.com')).to.include('too close to your email address');
    expect(await send('passwordpassword')).to.include('on the lists that attackers try first');
    expect(await page.getByLabel('New password').getAttribute('aria-describedby')).to.include('error');
    // The page itself rejects a short password. The server also rejects one that gets past the page.
    await page.evaluate('document.getElementById("new-password").removeAttribute("minlength")');
    expect(await send('short')).to.include('at least 15 characters');

    await page.getByLabel('New password').fill(password);
    await page.getByLabel('Repeat the password').fill(password);
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    expect((await context.cookies()).map(({ name }) => name)).to.not.include('gatehouse_session');

    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, user.email);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.goto(`${issuer}/password/${token}`);
    expect(page.url(), 'this browser used the link').to.equal(`${issuer}/password/done`);
    const { page: another } = await visit();
    expect((await another.goto(`${issuer}/password/${token}`))?.status()).to.equal(410);
  });

  it('arrives by mail, which development shows on a page', async () => {
    const { issuer, server, createUser, visit } = world();
    const { id, email } = await createUser();
    // The user is informed by mail that the password was changed.
    await server.services.users.setPassword(id, 'another horse battery staple', { actor: 'system' });
    const { page } = await visit();
    await page.goto(issuer);
    await page.getByRole('link', { name: 'Outgoing mail' }).click();
    const row = page.getByRole('listitem').filter({ hasText: email });
    await row.getByRole('link').click();
    expect(await page.locator('pre.mail').textContent()).to.include(email);
  });
});

describeInBrowser('The first administrator, in a browser', (world) => {
  it('is created with the one-time link that the server prints, which is invalid afterwards', async () => {
    const { visit } = world();
    const port = await freePort();
    const fresh = await startTestServer({ port, environment: { NODE_ENV: 'development' } });
    try {
      const token = (await fresh.services.setup.setupLinkToken()) ?? '';
      const { page } = await visit();
      await page.goto(fresh.issuer);
      await page.getByText('There is no administrator yet.').waitFor();
      await page.goto(`${fresh.issuer}/setup/${token}`);
      await page.getByLabel('Email').fill('root@example.com');
      await page.getByLabel('New password').fill(password);
      await page.getByLabel('Repeat the password').fill(`${password}.`);
      await page.getByRole('button', { name: 'Create the account' }).click();
      await page.getByRole('alert').getByText('not the same').waitFor();
      expect(await page.getByLabel('Email').inputValue(), 'valid input is kept').to.equal('root@example.com');
      await page.getByLabel('New password').fill(password);
      await page.getByLabel('Repeat the password').fill(password);
      await page.getByRole('button', { name: 'Create the account' }).click();
      await page.getByRole('heading', { name: 'All set' }).waitFor();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, 'root@example.com');
      // Administrators need a second factor by default, so the first one sets it up at the first sign-in.
      await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
      const seed = ((await page.locator('code.seed').textContent()) ?? '').replaceAll(' ', '');
      await page.getByLabel('Code', { exact: true }).fill(totpCode(seed, new Date()));
      await page.getByRole('button', { name: 'Set up and continue' }).click();
      await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
      await page.getByRole('button', { name: 'I have saved them, continue' }).click();
      await page.getByText('Administrator').waitFor();
      await page.goto(`${fresh.issuer}/setup/${token}`);
      expect(page.url(), 'this browser used the link').to.equal(`${fresh.issuer}/setup/done`);
      const { page: another } = await visit();
      expect((await another.goto(`${fresh.issuer}/setup/${token}`))?.status()).to.equal(410);
      await page.goto(fresh.issuer);
      expect(await page.getByText('There is no administrator yet').count()).to.equal(0);
    } finally {
      await fresh.stop();
    }
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { authorizationUrl, redeem } from '../support/app.ts';
import { focused, tab } from './keyboard.ts';
import { describeInBrowser, openAccount, password, registerVisitorApp, signIn, type World } from './world.ts';

/** Registers an app and opens its authorization request, with these additional parameters. */
async function beginSignIn(
  world: World,
  page: Page,
  parameters: Readonly<Record<string, string>> = {},
  client: Parameters<typeof registerVisitorApp>[1] = {},
): Promise<void> {
  const app = await registerVisitorApp(world, { name: 'Letters', ...client });
  await page.goto(authorizationUrl(world.server, app, { parameters }).url);
}

/** Waits until the app receives a response, and returns its parameters. */
async function waitForResponse({ landing }: World, page: Page): Promise<URLSearchParams> {
  await page.waitForURL(`${landing.url}/**`);
  return landing.arrivals.at(-1)?.parameters ?? new URLSearchParams();
}

describeInBrowser('Signing in, in a browser', (world) => {
  it('shows that email or password is wrong, keeps the email, and throttles guessing', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await beginSignIn(world(), page);
    await signIn(page, email, 'not the password at all');
    const alert = page.getByRole('alert');
    await alert.getByText('The email or the password is not right.').waitFor();
    expect(await page.getByLabel('Email').inputValue()).to.equal(email);
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).to.equal('');
    expect(await page.getByLabel('Email').getAttribute('aria-invalid')).to.equal('true');
    expect(await focused(page)).to.equal('input password');
    for (let attempt = 2; attempt <= 6; attempt += 1) {
      const shown = page.waitForEvent('load');
      await signIn(page, email, `not the password ${attempt}`);
      await shown;
    }
    await alert.getByText('signing in is paused for a moment').waitFor();
    expect(await alert.innerText()).to.match(/You can try again in \d+ seconds?\./);
    // The right password must wait, too.
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await signIn(page, email);
    const response = await answered;
    expect(response.status()).to.equal(429);
    expect(Number(response.headers()['retry-after'])).to.be.within(1, 30);
  });

  it('can show the typed password, and hides it before the form is sent', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await beginSignIn(world(), page);
    const field = page.getByLabel('Password', { exact: true });
    await field.fill('wrong password for once');
    await page.getByRole('button', { name: 'Show the password' }).click();
    expect(await field.getAttribute('type')).to.equal('text');
    expect(await page.getByRole('button', { name: 'Show the password' }).getAttribute('aria-pressed')).to.equal('true');
    await page.getByLabel('Email').fill(email);
    await page.evaluate(
      'document.forms[0].addEventListener("submit", () => { document.title = document.getElementById("current-password").type; })',
    );
    await page.evaluate('document.forms[0].addEventListener("submit", (event) => event.preventDefault())');
    await page.locator('main button.primary').click();
    expect(await page.title()).to.equal('password');
  });

  it('lets the user choose the account (prompt=select_account, OpenID Connect Core §3.1.2.1)', async () => {
    const { createUser, visit } = world();
    const [ada, grace] = [await createUser({ name: 'Ada L.' }), await createUser({ name: 'Grace H.' })];
    const { page } = await visit();
    await openAccount(world(), page, ada.email);
    const app = await registerVisitorApp(world(), { name: 'Letters', firstParty: true });
    const { url } = authorizationUrl(world().server, app, { parameters: { prompt: 'select_account' } });
    await page.goto(url);
    await page.getByRole('heading', { name: 'Choose an account' }).waitFor();
    expect(await page.locator('.person-card').innerText())
      .to.include('Ada L.')
      .and.include(ada.email);
    await page.getByRole('button', { name: 'Continue as Ada L.' }).click();
    expect((await waitForResponse(world(), page)).get('code')).to.be.a('string');

    await page.goto(url);
    await page.getByRole('button', { name: 'Use another account' }).click();
    expect(await page.getByLabel('Email').inputValue()).to.equal('');
    expect(await page.getByLabel('Email').isEditable()).to.equal(true);
    await signIn(page, grace.email);
    expect((await waitForResponse(world(), page)).get('code')).to.be.a('string');
    await page.goto(`${world().issuer}/account`);
    expect(await page.locator('.person-card').innerText()).to.include('Grace H.');
  });

  it('asks for the password of the signed-in user with prompt=login, and does not let the email be changed', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await openAccount(world(), page, email);
    await beginSignIn(world(), page, { prompt: 'login' }, { firstParty: true });
    await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    expect(await page.getByLabel('Email').inputValue()).to.equal(email);
    expect(await page.getByLabel('Email').isEditable()).to.equal(false);
    expect(await focused(page)).to.equal('input password');
    await signIn(page, email, 'not the password at all');
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Email').isEditable()).to.equal(false);
    await signIn(page, email);
    expect((await waitForResponse(world(), page)).get('code')).to.be.a('string');
  });

  it('fills in login_hint, and then focuses the password field', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await beginSignIn(world(), page, { login_hint: email });
    expect(await page.getByLabel('Email').inputValue()).to.equal(email);
    expect(await focused(page)).to.equal('input password');
  });

  it('is in the language of the browser, unless the app requests another', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page: german } = await visit({ locale: 'de-DE' });
    await beginSignIn(world(), german);
    expect(await german.locator('html').getAttribute('lang')).to.equal('de');
    await german.getByLabel('E-Mail').fill(email);
    await german.getByLabel('Passwort', { exact: true }).fill(password);
    await german.getByRole('button', { name: 'Anmelden' }).click();
    await german.getByRole('heading', { name: 'Letters bittet um Zugriff' }).waitFor();
    await german.goto(`${world().issuer}/account`);
    expect(await german.getByRole('heading', { level: 1 }).innerText()).to.equal('Ihr Konto');

    const { page } = await visit();
    await beginSignIn(world(), page, { ui_locales: 'sv de en' });
    expect(await page.locator('html').getAttribute('lang')).to.equal('de');
    await page.getByLabel('E-Mail').fill(email);
    await page.getByLabel('Passwort', { exact: true }).fill('nicht das richtige');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('html').getAttribute('lang'), 'also after a wrong password').to.equal('de');
  });

  it('has the attributes that password managers need (HTML Standard, autofill)', async () => {
    const { visit, server, issuer } = world();
    const { page } = await visit();
    await beginSignIn(world(), page);
    expect(await page.locator('input[autocomplete~=username]').getAttribute('type')).to.equal('email');
    expect(await page.locator('input[autocomplete=current-password]').getAttribute('type')).to.equal('password');
    expect(
      await page.locator('form:has(input[autocomplete~=username]) input[autocomplete=current-password]').count(),
    ).to.equal(1);

    const user = await server.services.users.create({ email: 'manager@example.com' }, { actor: 'system' });
    const { token } = await server.services.users.createPasswordLink(user._id, 'set-password', {
      actor: 'system',
    });
    await page.goto(`${issuer}/password/${token}`);
    expect(await page.locator('input[autocomplete~=username]').inputValue(), 'the user of the new password').to.equal(
      user.email,
    );
    expect(await page.locator('input[autocomplete=new-password][type=password]').count()).to.equal(2);
    expect(await page.locator('input[minlength]').getAttribute('minlength')).to.equal('15');
  });
});

describeInBrowser('Without JavaScript', (world) => {
  it('a user signs in, consents, opens the account page and signs out', async () => {
    const { server, issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit({ javaScriptEnabled: false });
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    const { url, verifier } = authorizationUrl(server, app, { scope: 'openid email' });
    await page.goto(url);
    // A button that needs JavaScript is hidden.
    expect(await page.getByRole('button', { name: 'Show the password' }).count()).to.equal(0);
    await signIn(page, email, 'not the password at all');
    await page.getByRole('alert').waitFor();
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    const code = (await waitForResponse(world(), page)).get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });

    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    // Sign-out by the app: without JavaScript, the form that a script would submit shows a button.
    await page.goto(
      `${issuer}/logout?${new URLSearchParams({
        id_token_hint: String(body['id_token']),
        post_logout_redirect_uri: `${world().landing.url}/goodbye`,
        state: 'bye',
      }).toString()}`,
    );
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect((await waitForResponse(world(), page)).get('state')).to.equal('bye');
    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('another user signs in instead of the current user', async () => {
    const { server, createUser, visit } = world();
    const [ada, grace] = [await createUser(), await createUser({ name: 'Grace H.' })];
    const { page } = await visit({ javaScriptEnabled: false });
    await openAccount(world(), page, ada.email);
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    await page.goto(authorizationUrl(server, app, { parameters: { prompt: 'select_account' } }).url);
    await page.getByRole('button', { name: 'Use another account' }).click();
    await signIn(page, grace.email);
    // A page with a form that a script would submit comes first.
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    expect((await waitForResponse(world(), page)).get('code')).to.be.a('string');
    await page.goto(`${world().issuer}/account`);
    expect(await page.locator('.person-card').innerText()).to.include('Grace H.');
  });

  it('a user connects Prints and signs out of it', async () => {
    const { prints, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit({ javaScriptEnabled: false });
    await page.goto(prints);
    await page.getByRole('link', { name: 'Connect your photos' }).click();
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByTestId('photos').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByTestId('signed-out').waitFor();
  });
});

describeInBrowser('With the keyboard alone', (world) => {
  it('a user signs in and consents, in reading order, with a visible focus', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await beginSignIn(world(), page);
    expect(await focused(page)).to.equal('input email');
    await page.keyboard.type(email);
    expect(await tab(page)).to.equal('input password');
    await page.keyboard.type(password);
    expect(await tab(page)).to.match(/^button .*Show the password$/s);
    expect(await tab(page)).to.equal('input remember');
    expect(await tab(page)).to.equal('button Sign in');
    expect(await tab(page)).to.equal('a Sign in with a passkey');
    expect(await tab(page)).to.equal('a Forgot your password?');
    expect(await tab(page)).to.equal('button Cancel and go back to Letters');
    for (let back = 0; back < 3; back += 1) {
      await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Letters asks for access' }).waitFor();
    expect(await tab(page)).to.equal('a Skip to the content');
    await page.keyboard.press('Enter');
    expect(await focused(page), 'the skip link leads into the content').to.match(/^main /);
    expect(await tab(page)).to.match(/^a .*Use another account/s);
    expect(await tab(page), 'when the access ends').to.equal('select ends_in');
    expect(await tab(page)).to.match(/^summary .*Technical details/s);
    expect(await tab(page)).to.equal('button decision');
    expect(await page.evaluate('document.activeElement.value')).to.equal('allow');
    expect(await tab(page)).to.equal('button decision');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    expect((await waitForResponse(world(), page)).get('code')).to.be.a('string');
  });

  it('Enter in the password field signs in, and does not cancel', async () => {
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await beginSignIn(world(), page, { login_hint: email });
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Letters asks for access' }).waitFor();
  });
});

describeInBrowser('Signing out, in a browser', (world) => {
  it('asks the user if no ID token identifies the session, and can be declined', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await openAccount(world(), page, email);
    await page.goto(`${issuer}/logout`);
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    expect(await focused(page)).to.equal('button Sign out');
    await page.getByRole('button', { name: 'Stay signed in' }).click();
    await page.getByRole('heading', { name: 'You are still signed in' }).waitFor();
    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();

    await page.goto(`${issuer}/logout`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('cannot be caused by a link on another site (C14)', async () => {
    const { issuer, landing, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await openAccount(world(), page, email);
    await page.goto(`${landing.url}/other-site`);
    await page.evaluate(`location.assign(${JSON.stringify(`${issuer}/logout`)})`);
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openAccount, signIn, type World } from './world.ts';

/** Gives Prints access to the photos of this user. */
async function connect(world: World, page: Page, email: string): Promise<void> {
  await page.goto(world.prints);
  await page.getByRole('link', { name: 'Connect your photos' }).click();
  await signIn(page, email);
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByTestId('photos').waitFor();
}

describeInBrowser('Prints, in a browser', (world) => {
  it('asks for access, shows the photos, asks for more, adds one, and signs out everywhere', async () => {
    const { prints, calendar, issuer, createUser, visit } = world();
    const { email } = await createUser({ name: 'Mira Bell' });
    const { page, context } = await visit();

    await page.goto(prints);
    await page.getByRole('link', { name: 'Connect your photos' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).to.equal('Sign in');
    expect(await page.locator('.lead').textContent()).to.equal('to continue to Prints');
    await signIn(page, email);

    // The app, the user, the API, the descriptions of the scopes, and the host that the user returns to.
    await page.getByRole('heading', { name: 'Prints asks for access' }).waitFor();
    const consent = await page.locator('main').innerText();
    expect(consent)
      .to.include(email)
      .and.include('In Photos')
      .and.include('See your photos')
      .and.include('The app can use it only while you are signed in.');
    expect(consent)
      .to.include(`You return to ${new URL(prints).host}`)
      .and.not.include('Add photos');
    expect(await page.getByText('new', { exact: true }).count()).to.equal(0);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();

    await page.getByTestId('photos').waitFor();
    expect(await page.getByTestId('person').textContent()).to.equal('Mira Bell');
    const before = await page.getByTestId('photo').count();
    expect(before).to.be.at.least(6);

    // When the app requests more access, only the new scopes are marked.
    await page.getByTestId('ask-for-more').click();
    await page.getByRole('heading', { name: 'Prints asks for more access' }).waitFor();
    expect(await page.locator('li', { has: page.locator('.badge.new') }).allInnerTexts()).to.have.length(1);
    expect(await page.locator('li', { has: page.locator('.badge.new') }).innerText()).to.include(
      'Add photos to your library',
    );
    await page.getByRole('button', { name: 'Allow', exact: true }).click();

    await page.getByLabel('Title of the new photo').fill('The <b>gate</b> at dusk');
    await page.getByRole('button', { name: 'Add photo' }).click();
    await page.getByTestId('notice').waitFor();
    expect(await page.getByTestId('notice').textContent()).to.include('“The <b>gate</b> at dusk” is in your library.');
    expect(await page.getByTestId('photo').count()).to.equal(before + 1);

    // Signing out ends the session at the server. Calendar shares it, so it must ask for the password.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByTestId('signed-out').waitFor();
    expect(page.url()).to.equal(`${prints}/`);
    const other = await context.newPage();
    await other.goto(calendar);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(new URL(other.url()).origin).to.equal(issuer);
  });

  it('shows an error if the API rejects a request because the token lacks a scope', async () => {
    const { prints, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await connect(world(), page, email);
    // The page does not show the form for a new photo, so the test sends it directly.
    const answer = await page.request.post(`${prints}/photos`, {
      form: { title: 'Not mine to add' },
      headers: { origin: prints },
    });
    expect(answer.status()).to.equal(403);
    expect(await answer.text()).to.include('Your library does not allow Prints to do this.');
  });

  it('shows a message when the user denies access, and when they cancel the sign-in', async () => {
    const { prints, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await page.goto(`${prints}/sign-in`);
    await page.getByRole('button', { name: 'Cancel and go back to Prints' }).click();
    expect(await page.getByTestId('notice').textContent()).to.equal(
      'You did not give access, so there is nothing to show.',
    );
    await page.goto(`${prints}/sign-in`);
    await signIn(page, email);
    await page.getByRole('button', { name: 'Do not allow' }).click();
    expect(await page.getByTestId('notice').textContent()).to.equal(
      'You did not give access, so there is nothing to show.',
    );
    expect(new URL(page.url()).search).to.equal('');
  });

  it('does not ask for the same consent again, not even in another browser', async () => {
    const { prints, createUser, visit } = world();
    const { email } = await createUser();
    await connect(world(), (await visit()).page, email);
    const { page } = await visit();
    await page.goto(`${prints}/sign-in`);
    await signIn(page, email);
    await page.getByTestId('photos').waitFor();
  });

  it('loses access when it is withdrawn on the account page', async () => {
    const { prints, issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await connect(world(), page, email);
    const account = await context.newPage();
    await account.goto(`${issuer}/account/apps`);
    await account.getByRole('button', { name: 'Withdraw access: Prints' }).click();
    await account.getByText('You have not given any app access yet.').waitFor();
    // The API does not ask the server, so the access token stays valid for minutes. Then it cannot be renewed.
    await withClockAhead(5 * 60, () => page.goto(prints));
    await page.getByText('Your connection has ended. Connect again to see your photos.').waitFor();
    // The app must ask for consent again before it gets access.
    await page.goto(`${prints}/sign-in`);
    await page.getByRole('heading', { name: 'Prints asks for access' }).waitFor();
  });

  it('is notified by back-channel logout when the session is ended from another device', async () => {
    const { prints, issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await connect(world(), page, email);
    const { page: elsewhere } = await visit();
    await openAccount(world(), elsewhere, email);
    await elsewhere.goto(`${issuer}/account/sessions`);
    await elsewhere.getByRole('button', { name: 'End the other sign-in' }).click();
    await elsewhere.getByText('this device').waitFor();
    await expectEventually(async () => {
      await page.goto(prints);
      return (await page.getByTestId('signed-out').count()) === 1;
    });
  });

  it('can be signed in to from two tabs, one after the other', async () => {
    const { prints, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    const other = await context.newPage();
    await page.goto(`${prints}/sign-in`);
    await other.goto(`${prints}/sign-in`);
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByTestId('photos').waitFor();
    // The second tab still works: it signs in again, in its own flow.
    await signIn(other, email);
    await other.getByTestId('photos').waitFor();
  });
});

/**
 * Runs an action while the clock of this process is ahead by this many seconds. The examples use it; the browser does
 * not.
 */
async function withClockAhead(seconds: number, act: () => Promise<unknown>): Promise<void> {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  try {
    await act();
  } finally {
    Date.now = now;
  }
}

/** Repeats the check until it passes, because apps are notified in the background. @throws if it never passes */
async function expectEventually(attempt: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await attempt())) {
    if (Date.now() > end) {
      throw new Error('The check did not pass in time.');
    }
  }
}

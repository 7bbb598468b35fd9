import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { run as runNightly } from '../../examples/nightly/job.ts';
import { archiveResource, describeInBrowser, openAccount, photosResource, signIn } from './world.ts';

async function waitForWeek(page: Page): Promise<void> {
  await page.getByTestId('week').waitFor();
}

describeInBrowser('Calendar, in a browser', (world) => {
  it('signs in without a password if a session exists, renews, reloads and signs out', async () => {
    const { issuer, calendar, createUser, visit } = world();
    const { id, email } = await createUser({ name: 'Mira Bell' });
    const { page } = await visit();
    await openAccount(world(), page, email);

    await page.goto(calendar);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await waitForWeek(page);
    expect(page.url(), 'the code is removed from the address').to.equal(`${calendar}/`);
    expect(await page.getByTestId('person').textContent()).to.equal('Mira Bell');

    // Each renewal uses the refresh token that the previous one returned, across origins (CORS).
    await page.getByText('About this session').click();
    expect(await page.getByTestId('subject').textContent()).to.equal(id);
    for (const count of ['1', '2', '3']) {
      await page.getByRole('button', { name: 'Renew access' }).click();
      await page.getByTestId('renewals').filter({ hasText: count }).waitFor();
    }

    // The tokens were in memory only: after a reload the app sends prompt=none, and no page of the server is shown.
    const shown: string[] = [];
    page.on('domcontentloaded', () => shown.push(new URL(page.url()).origin));
    const silentRequest = page.waitForRequest((request) => request.url().startsWith(`${issuer}/authorize`));
    await page.reload();
    expect(new URL((await silentRequest).url()).searchParams.get('prompt')).to.equal('none');
    await waitForWeek(page);
    expect(new Set(shown)).to.deep.equal(new Set([calendar]));

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByTestId('signed-out').waitFor();
    expect(page.url()).to.equal(`${calendar}/`);
    await page.goto(`${issuer}/account`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('asks for email and password if nobody is signed in, and returns to the app', async () => {
    const { calendar, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit();
    await page.goto(calendar);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, email);
    await waitForWeek(page);
  });

  it('is signed out by Prints, and shows this after a reload', async () => {
    const { prints, calendar, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await page.goto(calendar);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, email);
    await waitForWeek(page);

    const other = await context.newPage();
    await other.goto(`${prints}/sign-in`);
    await other.getByRole('button', { name: 'Allow', exact: true }).click();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByTestId('signed-out').waitFor();

    await page.reload();
    await page.getByTestId('signed-out').waitFor();
    expect(await page.getByTestId('notice').isHidden()).to.equal(true);
  });

  it('signs out of Prints, too, which is notified by back-channel logout', async () => {
    const { prints, calendar, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await page.goto(`${prints}/sign-in`);
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByTestId('photos').waitFor();
    const other = await context.newPage();
    await other.goto(calendar);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await waitForWeek(other);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByTestId('signed-out').waitFor();
    // Prints was notified before the browser was redirected.
    await page.reload();
    await page.getByTestId('signed-out').waitFor();
  });

  it('finds out at the next renewal that the session has ended', async () => {
    const { calendar, server, createUser, visit } = world();
    const { id, email } = await createUser();
    const visitor = await visit();
    const { page } = visitor;
    await page.goto(calendar);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, email);
    await waitForWeek(page);
    await server.services.sessions.endAll(id, {}, { actor: 'system' });
    // The browser logs the answer 400 invalid_grant in its console.
    visitor.expectComplaint(/status of 400 .*\/token\)/);
    await page.getByText('About this session').click();
    await page.getByRole('button', { name: 'Renew access' }).click();
    await page.getByTestId('signed-out').waitFor();
    expect(await page.getByTestId('notice').textContent()).to.equal(
      'Your session has ended. Sign in again to see your week.',
    );
  });
});

describeInBrowser('The nightly job', (world) => {
  it('publishes a picture that users then see in Prints', async () => {
    const { issuer, prints, photosApi, secretOf, createUser, visit } = world();
    const [published] = await runNightly({
      issuer,
      clientId: 'nightly',
      clientSecret: secretOf('nightly'),
      photosResource,
      archiveResource,
      photosUrl: photosApi,
    });
    const { email } = await createUser();
    const { page } = await visit();
    await page.goto(`${prints}/sign-in`);
    await signIn(page, email);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByTestId('photo').first().waitFor();
    const [newest = ''] = await page.getByTestId('photo').allInnerTexts();
    expect(published).to.include('Picture of the day');
    expect(newest).to.include('Picture of the day');
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser } from './world.ts';

describeInBrowser('The explanation of a new password, in a browser', (world) => {
  async function openPasswordPage(options = {}): Promise<{ page: Page; problems: string[] }> {
    const { issuer, server, visit, createUser } = world();
    const { id } = await createUser();
    const { token } = await server.services.users.createPasswordLink(id, 'set-password', { actor: 'system' });
    const { page } = await visit(options);
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${issuer}/password/${token}`);
    return { page, problems };
  }

  it('says how easily it can be guessed and why, and rejects nothing', async () => {
    const { page, problems } = await openPasswordPage();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    const field = page.getByLabel('New password');
    const explanation = page.locator('.strength');
    expect(await explanation.isVisible()).to.equal(false);

    await field.pressSequentially('iloveyou');
    await explanation.getByText('Very easy to guess.').waitFor();
    expect(await explanation.innerText())
      .to.include('most used passwords')
      .and.include('Add more words');
    expect(requested.filter((path) => path.includes('password-estimator'))).to.have.length(1);

    await field.fill('seven lamps light the harbour');
    await explanation.getByText('Very hard to guess.').waitFor();
    expect(await page.getByRole('meter').getAttribute('value')).to.equal('5');
    await field.fill('');
    await explanation.waitFor({ state: 'hidden' });

    // A password that the page finds too easy is checked by the server, like every other.
    await field.fill('passwordpassword');
    await page.getByLabel('Repeat the password').fill('passwordpassword');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByRole('alert').getByText('on the lists that attackers try first').waitFor();
    expect(problems.filter((text) => !text.includes('400'))).to.deep.equal([]);
  });

  it('is in German, too, and the page works without it', async () => {
    const german = await openPasswordPage({ locale: 'de-DE' });
    await german.page.getByLabel('Neues Passwort').pressSequentially('iloveyou');
    await german.page.locator('.strength').getByText('Sehr leicht zu erraten.').waitFor();

    const { page } = await openPasswordPage({ javaScriptEnabled: false });
    expect(await page.locator('.strength').isVisible()).to.equal(false);
    await page.getByLabel('New password').fill('seven lamps light the harbour');
    await page.getByLabel('Repeat the password').fill('seven lamps light the harbour');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
  });
});

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { isPersonalAccessToken } from '../../src/crypto/personal-access-tokens.ts';
import { archiveResource, describeInBrowser, openAccount, photosResource, signIn } from './world.ts';

const by = { actor: 'system' } as const;

describeInBrowser('Personal access tokens, in a browser', (world) => {
  async function allow(): Promise<void> {
    const { server } = world();
    for (const api of [photosResource, archiveResource]) {
      await server.services.apis.update(api, { personalTokens: true }, by);
    }
  }

  const valueOf = (page: Page): Promise<string> => page.getByLabel('The token').inputValue();

  it('are created, copied, listed and revoked', async () => {
    await allow();
    const { issuer, server, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: issuer });
    await openAccount(world(), page, email);
    await page.getByRole('link', { name: 'Access tokens' }).last().click();
    await page.getByRole('link', { name: 'Create a token' }).click();
    await page.getByLabel('Name').fill('Nightly backup');
    await page.getByRole('group', { name: 'What it may do in Photos' }).getByLabel('See your photos').check();
    await page.getByLabel('Valid for').selectOption('7 days');
    await page.getByRole('button', { name: 'Create the token' }).click();
    await page.getByRole('heading', { name: 'Your new token' }).waitFor();
    const value = await valueOf(page);
    expect(isPersonalAccessToken(value)).to.equal(true);
    expect(page.url(), 'not in the address').to.not.include('gth_pat_');
    expect(
      await page.evaluate('document.activeElement.id + getSelection().toString().length'),
      'the whole text is selected, and has the focus',
    ).to.equal(`token${value.length}`);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(value);
    expect(await server.services.personalAccessTokens.find(value)).to.include({ name: 'Nightly backup' });

    await page.reload();
    await page.waitForURL(`${issuer}/account/tokens`);
    expect(await page.content(), 'after a reload').to.not.include(value);
    await page.goBack();
    expect(await page.content(), 'Back').to.not.include(value);
    await page.goto(`${issuer}/account/tokens`);
    const tokens = page.getByRole('region', { name: 'Personal access tokens' });
    expect(await tokens.getByRole('listitem').first().innerText())
      .to.include('Nightly backup')
      .and.include('Photos: See your photos')
      .and.include('Never used');
    await tokens.getByRole('button', { name: 'Revoke: Nightly backup' }).click();
    await page.getByRole('status').filter({ hasText: 'The token does not work any more.' }).waitFor();
    expect(await server.services.personalAccessTokens.find(value)).to.equal(null);
  });

  it('can be created by keyboard alone, without JavaScript, in German on a phone', async () => {
    await allow();
    const { issuer, server, createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit({
      javaScriptEnabled: false,
      locale: 'de',
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await page.goto(`${issuer}/account/tokens/new`);
    await page.locator('#username').fill(email);
    await page.locator('#current-password').fill('correct horse battery staple');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Token erstellen' }).waitFor();
    expect(page.url(), 'the sign-in leads back to the form').to.equal(`${issuer}/account/tokens/new`);
    await page.keyboard.type('CI');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.locator('#expires_in').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ihr neues Token' }).waitFor();
    const value = await page.getByLabel('Das Token').inputValue();
    const token = await server.services.personalAccessTokens.find(value);
    expect(token).to.include({ name: 'CI' });
    expect(Number(token?.expiresAt) - Number(token?.createdAt)).to.equal(7 * 86_400_000);
    expect(await page.getByRole('button', { name: 'Kopieren' }).count(), 'needs a script').to.equal(0);
    expect(await page.locator('#token').evaluate('document.activeElement.id'), 'has the focus').to.equal('token');
  });

  it('show what is missing, and keep what was filled in', async () => {
    await allow();
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, expectComplaint } = await visit();
    expectComplaint(/400/);
    await page.goto(`${issuer}/account/tokens/new`);
    await signIn(page, email);
    await page.getByLabel('Name').fill('CI');
    await page.getByRole('button', { name: 'Create the token' }).click();
    await page.getByRole('alert').filter({ hasText: 'choose at least one thing' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).to.equal('CI');
    await page.getByLabel('See your photos').check();
    await page.getByRole('button', { name: 'Create the token' }).click();
    await page.getByRole('heading', { name: 'Your new token' }).waitFor();
    await page.getByRole('link', { name: 'I have copied it' }).click();
    await page.waitForURL(`${issuer}/account/tokens`);
  });

  it('have a name that is shown as text', async () => {
    await allow();
    const { server, createUser, visit } = world();
    const { id, email } = await createUser();
    const name = '<img src=x onerror=alert(1)>';
    await server.services.personalAccessTokens.create(
      id,
      { name, access: [{ api: photosResource, scopes: ['photos:read'] }], expiresIn: 3600 },
      by,
    );
    const { page } = await visit();
    await openAccount(world(), page, email);
    await page.goto(`${world().issuer}/account/tokens`);
    expect(await page.getByRole('region', { name: 'Personal access tokens' }).locator('h2').textContent()).to.equal(
      name,
    );
  });
});

/** Setting up, using and removing a second factor, in a real browser, by keyboard and without scripts. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { systemClock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import { addApp } from '../support/second-factors.ts';
import { expectAccessible, expectToFit } from './accessibility.ts';
import { describeInBrowser, openAccount, password, signIn } from './world.ts';

/** The pictures for looking at are written to this folder, if it is named. */
const pictures = process.env['PICTURES_DIR'];

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) {
    return;
  }
  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 844 });
      await page.screenshot({ path: `${pictures}/${name}-${scheme}-${width}.png`, fullPage: true });
    }
  }
}

async function seedOf(page: Page): Promise<string> {
  return ((await page.locator('code.seed').textContent()) ?? '').replaceAll(' ', '');
}

/** A code of the next time step, so that it can be used after one of the current step. */
function nextCode(seed: string): string {
  return totpCode(seed, new Date(Date.now() + 30_000));
}

describeInBrowser('Second factors, in a browser', (world) => {
  for (const javaScriptEnabled of [true, false]) {
    it(`are set up, used and removed in the account ${javaScriptEnabled ? 'by keyboard' : 'without scripts'}`, async () => {
      const { issuer, createUser, visit } = world();
      const { email } = await createUser();
      const { page, expectComplaint } = await visit({ javaScriptEnabled, acceptDownloads: true });
      await openAccount(world(), page, email);
      await page.goto(`${issuer}/account/security`);
      await page.getByText('Off: your password alone opens your account.').waitFor();
      await page.getByRole('link', { name: 'Second factors' }).click();
      if (javaScriptEnabled) {
        await picture(page, 'list-empty');
      }
      await page.getByRole('link', { name: 'Add an authenticator app' }).click();
      const seed = await seedOf(page);
      if (javaScriptEnabled) {
        await expectAccessible(page, 'the page with the QR code');
        await expectToFit(page, 'the page with the QR code');
        await picture(page, 'new');
      }
      expectComplaint(/400/);
      await page.getByLabel('Code', { exact: true }).fill('000000');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('The code is wrong or too old.').waitFor();
      expect(await seedOf(page), 'the same app').to.equal(seed);
      await page.getByLabel('Code', { exact: true }).fill(totpCode(seed, new Date()));
      await page.getByLabel('Name', { exact: true }).fill('My phone');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
      if (javaScriptEnabled) {
        await expectAccessible(page, 'the recovery codes');
        await picture(page, 'codes');
      }
      const shown = await page.locator('.recovery-codes li').allInnerTexts();
      expect(shown).to.have.length(10);
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download as a text file' }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).to.equal('recovery-codes.txt');
      const file = await readFile(await download.path(), 'utf8');
      for (const code of shown) {
        expect(file).to.include(code);
      }
      await page.getByRole('link', { name: 'I have saved them' }).click();
      await page.getByText('On: one besides your password').waitFor();

      // The session has not proved the new factor, so the page asks for all of them.
      await page.getByRole('link', { name: 'Second factors' }).click();
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
      expectComplaint(/401/);
      await page.getByLabel('Code', { exact: true }).fill('000000');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('The code is wrong, too old, or was used before.').waitFor();
      await page.getByLabel('Code', { exact: true }).fill(nextCode(seed));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'My phone' }).waitFor();
      if (javaScriptEnabled) {
        await picture(page, 'list');
        await expectAccessible(page, 'the list');
      }
      await page.getByText('Rename', { exact: true }).click();
      await page.getByLabel('Name', { exact: true }).fill('Old phone');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Remove Old phone' }).click();
      await page.getByText('The second factor is removed.').waitFor();
    });
  }

  it('are asked for at the sign-in, except on a device that the user chose', async () => {
    const { issuer, server, createUser, visit } = world();
    const { id, email } = await createUser();
    const { seed, recoveryCodes } = await addApp(server, id, systemClock);
    const { page } = await visit();
    await page.goto(`${issuer}/account`);
    await signIn(page, email);
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
    expect(await page.evaluate('document.activeElement.id'), 'the cursor is in the field').to.equal('code');
    await picture(page, 'sign-in');
    await page.getByText('Use a recovery code instead').click();
    await picture(page, 'sign-in-recovery');
    await page.getByLabel('Do not ask again on this device').check();
    await page.getByLabel('Code', { exact: true }).fill(totpCode(seed, new Date()));
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForURL(`${issuer}/account`);
    await page.goto(`${issuer}/account/devices`);
    await page.getByText('this device').waitFor();
    await picture(page, 'devices');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.goto(`${issuer}/account`);
    await signIn(page, email);
    await page.waitForURL(`${issuer}/account`);

    const { page: another } = await visit();
    await another.goto(`${issuer}/account`);
    await signIn(another, email);
    await another.getByText('Use a recovery code instead').click();
    await another.getByLabel('Recovery code', { exact: true }).fill(recoveryCodes[0] ?? '');
    await another.keyboard.press('Enter');
    await another.waitForURL(`${issuer}/account`);
  });

  it('are set up while an administrator signs in', async () => {
    const { issuer, server, createUser, visit } = world();
    const { id, email } = await createUser();
    await server.services.users.update(id, { role: 'administrator' }, { actor: 'system' });
    const { page } = await visit();
    await page.goto(`${issuer}/account`);
    await signIn(page, email);
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    await picture(page, 'setup');
    await page.getByLabel('Code', { exact: true }).fill(totpCode(await seedOf(page), new Date()));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
    await picture(page, 'setup-codes');
    await page.getByRole('button', { name: 'I have saved them, continue' }).click();
    await page.waitForURL(`${issuer}/account`);
  });
});

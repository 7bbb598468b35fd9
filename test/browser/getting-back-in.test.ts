import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { readMailContent } from '../../src/services/mails/mail.ts';
import { authorizationUrl } from '../support/app.ts';
import { expectAccessible, expectToFit } from './accessibility.ts';
import { describeInBrowser, openAccount, registerVisitorApp, type World } from './world.ts';

const newPassword = 'a different long passphrase';

/** The text of the latest mail to this address that contains this. */
async function textOfMail({ server }: World, to: string, part: string): Promise<string> {
  const { outbox } = server.services;
  await outbox.deliverDue();
  for (const { id } of await outbox.list({ limit: 50, kind: 'mail' })) {
    const message = await outbox.show(id);
    const mail = message === null ? undefined : readMailContent(message.content);
    if (mail?.to === to && mail.text.includes(part)) {
      return mail.text;
    }
  }
  throw new Error(`no mail to ${to} with ${part}`);
}

async function linkOfMail(world: World, to: string, path: string): Promise<string> {
  const text = await textOfMail(world, to, `/${path}/`);
  return new RegExp(`http\\S*/${path}/[\\w-]+`).exec(text)?.[0] ?? '';
}

async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(newPassword);
  await page.getByLabel('Repeat the password', { exact: true }).fill(newPassword);
}

describeInBrowser('Getting back in', (world) => {
  for (const javaScriptEnabled of [true, false]) {
    it(`a user who forgot the password gets a link and goes on to the app, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async function run() {
      this.timeout(60_000);
      const { createUser, server, visit } = world();
      const { email } = await createUser();
      const { page } = await visit({ javaScriptEnabled });
      const app = await registerVisitorApp(world(), { name: 'Letters', firstParty: true });
      await page.goto(authorizationUrl(server, app).url);
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      if (javaScriptEnabled) {
        await expectAccessible(page, 'the page for a forgotten password');
        await expectToFit(page, 'the page for a forgotten password');
      }
      await page.getByLabel('Email').fill(email);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Check your inbox' }).waitFor();
      if (javaScriptEnabled) {
        await expectAccessible(page, 'the page after it');
      }
      await page.goto(await linkOfMail(world(), email, 'password'));
      await choosePassword(page);
      await page.getByRole('button', { name: 'Save the password' }).click();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(newPassword);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL(/[?&]code=/);
    });
  }

  it('a user changes the password and the email address on pages that are easy to use', async function run() {
    this.timeout(60_000);
    const { createUser, issuer, server, visit } = world();
    const { email, id } = await createUser();
    const { page } = await visit();
    await openAccount(world(), page, email);
    await page.goto(`${issuer}/.well-known/change-password`);
    await expectAccessible(page, 'the page for a new password');
    await expectToFit(page, 'the page for a new password');
    await page.getByLabel('Current password', { exact: true }).fill('correct horse battery staple');
    await choosePassword(page);
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByText('Your password is changed').waitFor();

    await page.goto(`${issuer}/account/email/new`);
    await expectAccessible(page, 'the page for a new address');
    const next = `new-${email}`;
    await page.getByLabel('New email address').fill(next);
    await page.getByRole('button', { name: 'Send the mail' }).click();
    await page.getByRole('heading', { name: 'Waiting for your new address' }).waitFor();
    await expectAccessible(page, 'the page for the code');
    await expectToFit(page, 'the page for the code');
    const code = /^\s*(\d{6})\s*$/m.exec(await textOfMail(world(), next, 'change-email'))?.[1] ?? '';
    await page.getByLabel('Code from the mail').fill(code);
    await page.keyboard.press('Enter');
    await page.getByText('Your email address is changed').waitFor();
    expect((await server.services.users.find(id))?.email).to.equal(next);

    await page.goto(await linkOfMail(world(), email, 'undo-email'));
    await expectAccessible(page, 'the page that undoes a change');
    await expectToFit(page, 'the page that undoes a change');
  });
});

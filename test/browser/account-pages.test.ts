import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { registerOpenid } from '../support/upstream.ts';
import { expectAccessible, expectToFit, phone } from './accessibility.ts';
import { focused, tabTo } from './keyboard.ts';
import { describeInBrowser, openAccount, type Visitor, type World } from './world.ts';

async function openPage(world: World, page: Page, email: string, path: string): Promise<void> {
  await openAccount(world, page, email);
  await page.goto(`${world.issuer}/account/${path}`);
}

async function check(page: Page, what: string): Promise<void> {
  await expectAccessible(page, what);
  await expectToFit(page, what);
}

describeInBrowser('The pages below a section of the account', (world) => {
  it('have the way back and "Sign out" in one row on a phone, and one way back in every window', async function visitAll() {
    this.timeout(120_000);
    const { createUser, visit } = world();
    const { email } = await createUser();
    const { page } = await visit({ viewport: phone });
    await openAccount(world(), page, email);
    for (const [path, title] of [
      ['passkeys', 'Security'],
      ['second-factors', 'Security'],
      ['email', 'Security'],
      ['providers', 'Security'],
      ['activity', 'Security'],
      ['security', 'Your account'],
    ] as const) {
      await page.setViewportSize(phone);
      await page.goto(`${world().issuer}/account/${path}`);
      const up = page.locator('a.up:visible');
      expect(await up.count(), path).to.equal(1);
      expect(await up.textContent(), path).to.equal(title);
      const [link, button] = [
        await up.boundingBox(),
        await page.getByRole('button', { name: 'Sign out', exact: true }).boundingBox(),
      ];
      expect(link?.y, path).to.be.closeTo(button?.y ?? 0, 4);
      await check(page, path);
      await page.setViewportSize({ width: 1280, height: 800 });
      expect(await up.count(), `${path}, wide`).to.equal(path === 'security' ? 0 : 1);
    }
  });
});

describeInBrowser('The profile page', (world) => {
  for (const javaScriptEnabled of [true, false]) {
    it(`saves what is typed, and shows which field is not valid, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const { createUser, server, visit } = world();
      const { email, id } = await createUser();
      const { page } = await visit({ javaScriptEnabled, viewport: phone });
      await openPage(world(), page, email, 'profile');
      await page.getByLabel('Nickname').fill('Countess');
      await page.getByLabel('Phone number').fill('12');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      expect(await page.getByRole('alert').textContent()).to.equal(
        'Phone number: This is not valid. Please compare it with the example.',
      );
      const field = page.getByLabel('Phone number');
      expect(await field.getAttribute('aria-invalid')).to.equal('true');
      expect(await field.inputValue(), 'what was typed is kept').to.equal('12');
      expect(await page.getByLabel('Nickname').inputValue()).to.equal('Countess');
      if (javaScriptEnabled) {
        expect(await focused(page)).to.equal('input phone_number');
        await check(page, 'the profile page with an error');
      }
      await field.fill('+49 30 123456');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Your profile is saved.').waitFor();
      expect((await server.services.users.find(id))?.profile).to.include({ nickname: 'Countess' });
      if (javaScriptEnabled) {
        await check(page, 'the profile page');
      }
    });
  }

  it('is filled in by the keyboard alone', async () => {
    const { createUser, server, visit } = world();
    const { email, id } = await createUser();
    const { page } = await visit();
    await openPage(world(), page, email, 'profile');
    await tabTo(page, 'input nickname');
    await page.keyboard.type('Countess');
    await tabTo(page, 'select zoneinfo');
    await page.keyboard.type('Europe/London');
    await tabTo(page, 'button Save');
    await page.keyboard.press('Enter');
    await page.getByText('Your profile is saved.').waitFor();
    expect((await server.services.users.find(id))?.profile).to.include({
      nickname: 'Countess',
      zoneinfo: 'Europe/London',
    });
  });
});

describeInBrowser('The page for the download of data', (world) => {
  async function download({ page }: Visitor, start: () => Promise<void>): Promise<Record<string, unknown>> {
    const started = page.waitForEvent('download');
    await start();
    const file = await started;
    expect(file.suggestedFilename()).to.equal('account.json');
    return JSON.parse(await readFile(await file.path(), 'utf8')) as Record<string, unknown>;
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`gives one file, ${javaScriptEnabled ? 'by the keyboard alone' : 'without JavaScript'}`, async () => {
      const { createUser, visit } = world();
      const { email } = await createUser();
      const visitor = await visit({ javaScriptEnabled });
      const { page } = visitor;
      await openPage(world(), page, email, 'data');
      const data = await download(visitor, async () => {
        if (javaScriptEnabled) {
          await tabTo(page, 'button Download');
          await page.keyboard.press('Enter');
        } else {
          await page.getByRole('button', { name: 'Download' }).click();
        }
      });
      expect(JSON.stringify(data)).to.include(email).and.not.include('$argon2');
      if (javaScriptEnabled) {
        await check(page, 'the page for the download');
        await tabTo(page, 'a Delete your account');
      }
    });
  }
});

describeInBrowser('The page about recent activity', (world) => {
  for (const javaScriptEnabled of [true, false]) {
    it(`is opened from the page about security, and leads back to it, ${javaScriptEnabled ? 'by the keyboard alone' : 'without JavaScript, on a phone'}`, async () => {
      const { createUser, issuer, visit } = world();
      const { email } = await createUser();
      const { page } = await visit(javaScriptEnabled ? {} : { javaScriptEnabled, viewport: phone });
      await openPage(world(), page, email, 'security');
      if (javaScriptEnabled) {
        await check(page, 'the page about security');
      }
      const row = page.getByRole('link', { name: /Recent activity/ });
      await (javaScriptEnabled ? row.focus().then(() => page.keyboard.press('Enter')) : row.click());
      await page.waitForURL(`${issuer}/account/activity`);
      const list = page.getByRole('region', { name: 'Recent activity' }).getByRole('listitem');
      expect(await list.first().innerText()).to.match(/^Signed in\n/);
      if (javaScriptEnabled) {
        await check(page, 'the page about recent activity');
        await tabTo(page, 'a Security');
        await page.keyboard.press('Enter');
      } else {
        await page.getByRole('link', { name: 'Security' }).click();
      }
      await page.waitForURL(`${issuer}/account/security`);
    });
  }
});

describeInBrowser('The page about other providers', (world) => {
  let provider: OpenidProvider;

  beforeEach(async () => {
    const { issuer, server } = world();
    provider = await startOpenidProvider({ redirectUri: `${issuer}/upstream/staff/callback` });
    await registerOpenid(server, provider, { icon: 'gitlab' });
  });
  // The other suites of a run share the server, and expect no buttons of providers.
  afterEach(async () => {
    await world().server.services.upstreams.remove('staff', { actor: 'system' });
    await provider.close();
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`links an account and removes it, ${javaScriptEnabled ? 'by the keyboard alone' : 'without JavaScript'}`, async () => {
      const { createUser, issuer, server, visit } = world();
      const { email, id } = await createUser();
      provider.person = { sub: `person of ${id}`, email: 'ada@elsewhere.example' };
      const { page } = await visit({ javaScriptEnabled });
      await openPage(world(), page, email, 'providers');
      const press = async (name: string, text = name): Promise<void> => {
        if (javaScriptEnabled) {
          await tabTo(page, `button ${text}`);
          await page.keyboard.press('Enter');
        } else {
          await page.getByRole('button', { name, exact: true }).click();
        }
      };
      if (javaScriptEnabled) {
        await check(page, 'the page without a linked account');
      }
      await press('Link Staff');
      await page.getByText('Staff is linked with your account.').waitFor();
      expect(page.url()).to.equal(`${issuer}/account/providers`);
      expect(await page.getByRole('region', { name: 'Linked accounts' }).innerText()).to.include(
        'ada@elsewhere.example',
      );
      if (javaScriptEnabled) {
        await check(page, 'the page with a linked account');
      }
      await press('Remove: Staff', 'Remove');
      await page.getByText('Staff is no longer linked with your account.').waitFor();
      expect(await server.services.upstreamLinks.listByUser(id)).to.deep.equal([]);
    });
  }
});

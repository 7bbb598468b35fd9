import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { authorizationUrl, redeem, type AppClient } from '../support/app.ts';
import { expectAccessible, expectToFit, phone } from './accessibility.ts';
import { tabTo } from './keyboard.ts';
import { describeInBrowser, photosResource, registerVisitorApp, signIn, type World } from './world.ts';

const week = 7 * 86_400;

describeInBrowser('The consent page', (world) => {
  let app: AppClient;
  let user: { readonly id: string; readonly email: string };

  beforeEach(async () => {
    app = await registerVisitorApp(world(), { name: 'Letters', requiredScopes: ['email'] });
    user = await world().createUser();
  });

  async function open(page: Page, scope: string): Promise<string> {
    const { url, verifier } = authorizationUrl(world().server, app, { scope, resource: photosResource });
    await page.goto(url);
    if (await page.getByLabel('Password', { exact: true }).isVisible()) {
      await signIn(page, user.email);
    }
    await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
    return verifier;
  }

  async function scopesAfter({ server, landing }: World, page: Page, verifier: string): Promise<readonly string[]> {
    await page.waitForURL(`${landing.url}/**`);
    const code = landing.arrivals.at(-1)?.parameters.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    return String(body['scope']).split(' ');
  }

  const stored = () => world().server.services.consents.find(user.id, app.clientId);

  for (const [how, options] of [
    ['on a phone', { viewport: phone }],
    ['without JavaScript', { javaScriptEnabled: false }],
  ] as const) {
    it(`gives what is ticked until the chosen end, and keeps both when it appears again, ${how}`, async () => {
      const { page } = await world().visit(options);
      const verifier = await open(page, 'openid email profile photos:read');
      const profile = page.getByRole('checkbox', { name: /Your profile/ });
      expect(await profile.isChecked()).to.equal(true);
      expect(await page.getByRole('checkbox', { name: /email/ }).count(), 'a required scope').to.equal(0);
      await page.getByText('Letters does not work without what is marked as required.').waitFor();
      if (how === 'on a phone') {
        await expectAccessible(page, 'the consent page');
        await expectToFit(page, 'the consent page');
        await page.setViewportSize(phone);
      }
      await profile.uncheck();
      await page.getByLabel('How long').selectOption({ label: 'For 7 days, then it ends' });
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      expect(await scopesAfter(world(), page, verifier)).to.include('photos:read');
      const before = await stored();
      expect(before?.scopes).to.have.members(['openid', 'email']);
      const left = (before?.endsAt?.getTime() ?? 0) - Date.now();
      expect(left).to.be.within((week - 600) * 1000, week * 1000);

      await open(page, 'openid email profile phone photos:read');
      expect(await profile.isChecked(), 'it was refused').to.equal(false);
      expect(await page.getByRole('checkbox', { name: /phone/ }).isChecked()).to.equal(true);
      expect(await page.getByLabel('How long').inputValue()).to.equal('as-before');
      expect(await page.getByLabel('How long').locator('option:checked').textContent()).to.match(/^As before: until /);
      if (how === 'on a phone') {
        await expectAccessible(page, 'the consent page that appears again');
        await expectToFit(page, 'the consent page that appears again');
      }
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.waitForURL(`${world().landing.url}/**`);
      const after = await stored();
      expect(after?.endsAt).to.deep.equal(before?.endsAt);
      expect(after?.scopes).to.have.members(['openid', 'email', 'phone']);
    });
  }

  it('is answered by the keyboard alone', async () => {
    const { page } = await world().visit();
    const verifier = await open(page, 'openid email profile photos:read');
    await tabTo(page, 'input allow profile');
    await page.keyboard.press('Space');
    await tabTo(page, `input allow ${photosResource} photos:read`);
    await tabTo(page, 'select ends_in');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'button decision');
    await page.keyboard.press('Enter');
    expect(await scopesAfter(world(), page, verifier)).to.include('photos:read');
    const consent = await stored();
    expect(consent?.scopes).to.have.members(['openid', 'email']);
    expect(consent?.endsAt).to.be.instanceOf(Date);
  });
});

import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeBrowserApp, signInAndAllow, type Visitor } from './browser-suite.ts';

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** What the app shows once this is part of it. */
async function shown(page: Page, part: string): Promise<Record<string, unknown>> {
  return JSON.parse(await page.locator('#shown').filter({ hasText: part }).innerText()) as Record<string, unknown>;
}

describeBrowserApp(
  {
    package: 'oidc-client-ts',
    file: 'javascript/oidc-client-ts.js',
    commands: (origin) => [`client create --for oidc-client-ts --url ${origin}`],
  },
  (running) => {
    async function signIn(): Promise<Visitor> {
      const visitor = await running().visit();
      await button(visitor.page, 'Sign in').click();
      await signInAndAllow(visitor.page, visitor);
      await shown(visitor.page, visitor.sub);
      return visitor;
    }

    /** Renews the tokens of a user who is signed in; returns by how many refreshes. */
    async function renew({ page, sub }: Visitor, by: string): Promise<number> {
      const { token } = await shown(page, sub);
      const before = await running().refreshes();
      await button(page, by).click();
      await page
        .locator('#shown')
        .filter({ hasNotText: String(token) })
        .waitFor();
      expect(await shown(page, '{')).to.include({ sub });
      return (await running().refreshes()) - before;
    }

    it('signs a user in by a redirect, and knows the name and the email address', async () => {
      const { page, sub, email, name } = await signIn();
      expect(await shown(page, sub)).to.include({ sub, email, name });
    });

    it('reads userinfo', async () => {
      const { page, sub, email, name } = await signIn();
      await button(page, 'Read userinfo').click();
      expect(await shown(page, 'email_verified')).to.include({ sub, email, name });
    });

    it('signs a user in by a popup, which closes', async () => {
      const visitor = await running().visit();
      const { page, sub, email, name } = visitor;
      const opened = page.waitForEvent('popup');
      await button(page, 'Sign in by a popup').click();
      const popup = await opened;
      const closed = popup.waitForEvent('close');
      await signInAndAllow(popup, visitor);
      await closed;
      expect(await shown(page, sub)).to.include({ sub, email, name });
    });

    it('renews its tokens by the refresh token', async () => {
      expect(await renew(await signIn(), 'Renew by the refresh token')).to.equal(1);
    });

    it('renews its tokens in a frame that the user does not see', async () => {
      expect(await renew(await signIn(), 'Renew in a frame')).to.equal(0);
    });

    it('revokes its tokens at sign-out, and signs the user out of Gatehouse', async () => {
      const { page } = await signIn();
      const revoked = page.waitForResponse((response) => response.url() === `${running().issuer}/revoke`);
      const back = page.waitForEvent('framenavigated', (frame) => frame.url() === `${running().origin}/`);
      await button(page, 'Sign out').click();
      expect((await revoked).status()).to.equal(200);
      await back;
      expect(await shown(page, '{')).to.deep.equal({});
      await button(page, 'Sign in').click();
      await page.getByLabel('Password', { exact: true }).waitFor();
    });
  },
);

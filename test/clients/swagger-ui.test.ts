import { expect } from 'chai';
import { describeBrowserApp, signInAndAllow } from './browser-suite.ts';

describeBrowserApp(
  {
    package: 'swagger-ui-dist',
    file: 'javascript/swagger-ui.js',
    commands: (origin) => [
      `api create --identifier ${origin} --name Photos --token-format jwt --scope photos:read=Photos`,
      `client create --for swagger-ui --url ${origin}/docs --api ${origin}`,
    ],
  },
  (running) => {
    it('gets a token by a popup, and calls the API with it', async () => {
      const visitor = await running().visit('/docs/');
      const { page, sub } = visitor;
      await page.getByRole('button', { name: 'Authorize' }).first().click();
      const dialog = page.locator('.modal-ux');
      await dialog.getByText('photos:read').click();
      const opened = page.waitForEvent('popup');
      await dialog.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
      const popup = await opened;
      const closed = popup.waitForEvent('close');
      await signInAndAllow(popup, visitor);
      await closed;
      await dialog.getByRole('button', { name: 'Close' }).first().click();

      await page.getByRole('button', { name: 'Photos' }).first().click();
      await page.getByRole('button', { name: 'Try it out' }).click();
      const answered = page.waitForResponse((response) => response.url() === `${running().origin}/photos`);
      await page.getByRole('button', { name: 'Execute' }).click();
      const answer = await answered;
      expect(await answer.json()).to.deep.equal({ owner: sub, scope: 'photos:read' });
    });
  },
);

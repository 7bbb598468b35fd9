/**
 * `npm run docs:pictures`: takes the pictures for the README from a development server with its demo clients. Run it
 * again after a page has changed. Needs Chromium.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { authorizationUrl } from '../support/app.ts';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { startTestServer } from '../support/server.ts';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const user = { email: 'ada@example.com', password: 'seven lamps light the harbour', name: 'Ada Lovelace' };
/** The redirect URI that a client in production would have. No request is sent to it. */
const callback = 'https://prints.example/callback';
const system = { actor: 'system' } as const;
const viewport = { width: 480, height: 940 };

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate('document.activeElement.blur()');
  // Cut off the footer, because it shows that this is a development server.
  const height = await page.evaluate<number>('document.querySelector("footer").getBoundingClientRect().top');
  await page.screenshot({ path: `${folder}${name}.png`, clip: { x: 0, y: 0, width: viewport.width, height } });
}

const browser = await launchChromium();
if (browser === null) {
  throw new Error('Chromium was not found. It is needed to take the pictures.');
}
const server = await startTestServer({ environment: { NODE_ENV: 'development' } });
try {
  const { users, clients } = server.services;
  await users.create(
    { email: user.email, password: user.password, emailVerified: true, profile: { name: user.name } },
    system,
  );
  const prints = await clients.update('prints', { redirectUris: [callback] }, system);
  const page = await browser.newPage({ viewport, colorScheme: 'light', deviceScaleFactor: 1.5, locale: 'en-GB' });
  const { url } = authorizationUrl(
    server,
    { clientId: prints._id, secret: undefined, redirectUri: callback },
    { scope: 'openid email photos:read', resource: String(prints.apis[0]) },
  );
  await page.goto(url);
  await page.getByLabel('Email').fill(user.email);
  await take(page, 'sign-in');
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
  await take(page, 'consent');
} finally {
  await closeChromium();
  await server.stop();
}

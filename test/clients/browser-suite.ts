/** A suite about an app that runs in the browser: what app-suite.ts starts, and a real Chromium. */
import type { BrowserContext, Page } from 'playwright-core';
import { createUser, password } from '../support/app.ts';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { describeApp, type App, type RunningApp } from './app-suite.ts';
import { user } from './user.ts';

/** Milliseconds for everything that a test waits for. */
const patienceMs = 15_000;

/** A user with a browser profile, both new: nobody has signed in, and nothing was allowed yet. */
export interface Visitor {
  /** The app. */
  readonly page: Page;
  readonly sub: string;
  readonly email: string;
  readonly name: string;
}

export interface RunningBrowserApp extends RunningApp {
  /** Opens the app. */
  visit(path?: string): Promise<Visitor>;
}

// Shared by the whole run.
after(closeChromium);

/**
 * Declares a suite about an app that runs in the browser. It is skipped where there is no Chromium, or where the
 * packages cannot be installed. What the browser complained of is shown with a test that fails.
 */
export function describeBrowserApp(app: App, declare: (running: () => RunningBrowserApp) => void): void {
  describeApp(app, (running) => {
    let contexts: BrowserContext[] = [];
    let complaints: string[] = [];
    let visitors = 0;
    let newContext: (() => Promise<BrowserContext>) | undefined;

    before(async function findChromium() {
      this.timeout(600_000);
      const browser = await launchChromium();
      if (browser === null) {
        this.skip();
      }
      newContext = () => browser.newContext({ locale: 'en-US' });
    });
    afterEach('the browser profiles are closed', async function close() {
      if (this.currentTest?.state === 'failed') {
        process.stdout.write(`The browser complained:\n${complaints.join('\n')}\n`);
      }
      await Promise.all(contexts.map((context) => context.close()));
      contexts = [];
      complaints = [];
    });

    async function visit(path = '/'): Promise<Visitor> {
      if (newContext === undefined) {
        throw new Error('the browser runs once the suite has begun');
      }
      const context = await newContext();
      contexts.push(context);
      context.setDefaultTimeout(patienceMs);
      context.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      context.on('weberror', (error) => complaints.push(error.error().message));
      const page = await context.newPage();
      await page.goto(`${running().origin}${path}`);
      visitors += 1;
      const email = `visitor${visitors}@example.com`;
      return { page, sub: await createUser(running().server, email), email, name: user.name };
    }

    declare(() => ({ ...running(), visit }));
  });
}

/** What the user does on Gatehouse's pages: signs in, and allows what the app asks for. */
export async function signInAndAllow(page: Page, { email }: Visitor): Promise<void> {
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.locator('main button.primary').click();
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
}

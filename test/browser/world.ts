/**
 * What the browser tests share: one Chromium, one development server, and the examples, as on a developer's machine.
 * Any complaint of the browser (a violation of the content security policy, an error in the console or on a page, a
 * failed request, a dialog) fails the test in which it occurs.
 */
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { start as startCalendar } from '../../examples/calendar/server.ts';
import { start as startPhotosApi } from '../../examples/photos-api/server.ts';
import { start as startPrints } from '../../examples/prints/server.ts';
import { registerApp, type AppClient } from '../support/app.ts';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { startLanding, type Landing } from './landing.ts';

export const password = 'correct horse battery staple';
export const photosResource = 'http://127.0.0.1:4003';
export const archiveResource = 'http://127.0.0.1:4003/archive';
const by = { actor: 'system' } as const;

/** The maximum time, in milliseconds, that a test waits for something in the browser. */
const timeoutMs = 15_000;

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** The complaints of the browser since the test started. */
  readonly complaints: string[];
  /** Allows complaints of this kind from now on. */
  expectComplaint(pattern: RegExp): void;
}

export interface World {
  readonly server: TestServer;
  readonly issuer: string;
  readonly prints: string;
  readonly calendar: string;
  readonly photosApi: string;
  /** An app's redirect URI, which accepts any request. */
  readonly landing: Landing;
  /** The secret of a demo client. */
  secretOf(clientId: string): string;
  /** Opens a new browser profile, which shares nothing with other visitors. */
  visit(options?: BrowserContextOptions): Promise<Visitor>;
  /** A user with the password of all tests. */
  createUser(user?: {
    readonly email?: string;
    readonly name?: string;
  }): Promise<{ readonly id: string; readonly email: string }>;
}

type Apps = Omit<World, 'visit'> & { close(): Promise<void> };

let userCount = 0;

async function startApps(): Promise<Apps> {
  const server = await startTestServer({ environment: { NODE_ENV: 'development' } });
  const { issuer, services } = server;
  const secrets = JSON.parse(
    await readFile(join(server.environment['DATA_DIR'] ?? '', 'demo-clients.json'), 'utf8'),
  ) as Readonly<Record<string, string>>;
  const secretOf = (clientId: string): string => secrets[clientId] ?? '';
  const photosApi = await startPhotosApi({
    issuer,
    port: 0,
    identifier: photosResource,
    archive: { identifier: archiveResource, clientId: 'photos-api', clientSecret: secretOf('photos-api') },
  });
  const landing = await startLanding();
  const prints = await startPrints({
    issuer,
    port: 0,
    clientId: 'prints',
    clientSecret: secretOf('prints'),
    photosResource,
    photosUrl: photosApi.url,
  });
  const calendar = await startCalendar({ issuer, port: 0, clientId: 'calendar' });
  // The demo clients get the addresses of the ports that were free.
  await services.clients.update(
    'prints',
    {
      redirectUris: [`${prints.url}/callback`],
      postLogoutRedirectUris: [`${prints.url}/`],
      backchannelLogoutUri: `${prints.url}/backchannel-logout`,
    },
    by,
  );
  await services.clients.update(
    'calendar',
    { redirectUris: [`${calendar.url}/`], postLogoutRedirectUris: [`${calendar.url}/`] },
    by,
  );
  return {
    server,
    issuer,
    prints: prints.url,
    calendar: calendar.url,
    photosApi: photosApi.url,
    landing,
    secretOf,
    createUser: async ({ email, name = 'Ada Lovelace' } = {}) => {
      userCount += 1;
      const user = await services.users.create(
        {
          email: email ?? `ada${userCount}@example.com`,
          password,
          emailVerified: true,
          profile: { name },
        },
        by,
      );
      return { id: user._id, email: user.email };
    },
    close: async () => {
      await Promise.all([prints.close(), calendar.close(), photosApi.close(), landing.close()]);
      await server.stop();
    },
  };
}

/** Records the browser's complaints. */
async function watch(context: BrowserContext, complaints: string[]): Promise<void> {
  const failedPages = new Set<string>();
  const watchPage = (page: Page): void => {
    page.on('pageerror', (error) => complaints.push(`error on ${page.url()}: ${error.message}`));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog on ${page.url()}: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.status() >= 400) {
        failedPages.add(response.url());
      }
    });
    page.on('console', (message) => {
      // Chromium also logs the status of a failed page. The tests check that status themselves.
      const isStatusOfPage =
        message.text().startsWith('Failed to load resource') && failedPages.has(message.location().url);
      if (['error', 'warning'].includes(message.type()) && !isStatusOfPage) {
        complaints.push(`console of ${page.url()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      if (reason !== 'net::ERR_ABORTED') {
        complaints.push(`request ${request.url()}: ${reason}`);
      }
    });
  };
  context.on('page', watchPage);
  await context.exposeBinding('noteViolation', (_source, violation: unknown) =>
    complaints.push(`content policy: ${String(violation)}`),
  );
  await context.addInitScript({
    content: `document.addEventListener('securitypolicyviolation', (event) =>
      window.noteViolation(event.effectiveDirective + ' on ' + event.documentURI + ': ' + event.blockedURI));`,
  });
}

/**
 * A suite that runs in a world of its own, if Chromium is installed.
 * @param declare declares the tests; receives a function that gives tests access to the world
 */
export function describeInBrowser(title: string, declare: (world: () => World) => void): void {
  describe(title, function inBrowser() {
    this.timeout(60_000);
    let apps: Apps | undefined;
    let world: World | undefined;
    let visitors: { readonly visitor: Visitor; readonly expected: RegExp[] }[] = [];

    before(async function enter() {
      this.timeout(600_000);
      const browser = await launchChromium();
      if (browser === null) {
        this.skip();
      }
      apps = await startApps();
      world = {
        ...apps,
        visit: async (options = {}) => {
          const context = await browser.newContext({ locale: 'en-US', ...options });
          context.setDefaultTimeout(timeoutMs);
          context.setDefaultNavigationTimeout(timeoutMs);
          const complaints: string[] = [];
          const expected: RegExp[] = [];
          await watch(context, complaints);
          const visitor: Visitor = {
            context,
            page: await context.newPage(),
            complaints,
            expectComplaint: (pattern) => expected.push(pattern),
          };
          visitors.push({ visitor, expected });
          return visitor;
        },
      };
    });

    after(async () => {
      await closeChromium();
      await apps?.close();
    });

    afterEach('the browser did not complain', async () => {
      const finished = visitors;
      visitors = [];
      await Promise.all(finished.map(({ visitor }) => visitor.context.close()));
      for (const { visitor, expected } of finished) {
        expect(
          visitor.complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint))),
          'complaints of the browser',
        ).to.deep.equal([]);
      }
    });

    declare(() => {
      if (world === undefined) {
        throw new Error('The world exists only while the suite runs.');
      }
      return world;
    });
  });
}

/** Fills in email and password on the open sign-in page, and submits them. */
export async function signIn(page: Page, email: string, secret = password): Promise<void> {
  const field = page.getByLabel('Email', { exact: true });
  if (await field.isEditable()) {
    await field.fill(email);
  }
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.locator('main button.primary').click();
}

/** Opens the account page and signs in. */
export async function openAccount(world: World, page: Page, email: string): Promise<void> {
  await page.goto(`${world.issuer}/account`);
  await signIn(page, email);
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
}

/** Registers an app whose redirect URI is the landing. */
export async function registerVisitorApp(
  { server, landing }: World,
  input: Parameters<typeof registerApp>[1] = {},
): Promise<AppClient> {
  return registerApp(server, {
    apis: [photosResource],
    redirectUris: [`${landing.url}/callback`],
    postLogoutRedirectUris: [`${landing.url}/goodbye`],
    ...input,
  });
}

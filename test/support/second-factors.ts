/** Second factors of the users of tests. */
import type { Clock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import type { Browser, Page } from './browser.ts';
import type { TestServer } from './server.ts';

/** The seed of the app that a page shows. */
export function shownSeed({ html }: Pick<Page, 'html'>): string {
  return (/<code class="seed"[^>]*>([^<]+)</.exec(html)?.[1] ?? '').replaceAll(' ', '');
}

/** The recovery codes that a page shows. */
export function shownCodes({ html }: Pick<Page, 'html'>): readonly string[] {
  return [...html.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code);
}

/** Milliseconds for which a code is the current one (RFC 6238 §5.2). */
const stepMs = 30_000;

/** Adds an app to a user, as if in an earlier time step, so that the current code can be used. */
export async function addApp(
  { services }: Pick<TestServer, 'services'>,
  accountId: string,
  clock: Clock,
): Promise<{ readonly id: string; readonly seed: string; readonly recoveryCodes: readonly string[] }> {
  const user = await services.users.find(accountId);
  if (user === null) {
    throw new Error('there is no such user');
  }
  const app = await services.secondFactors.beginApp(user);
  for (;;) {
    const now = clock.now().getTime();
    const code = totpCode(app.seed, new Date(now - stepMs));
    try {
      const added = await services.secondFactors.addApp(user, { ...app, name: 'Phone', code }, { actor: 'system' });
      return { ...app, recoveryCodes: added.recoveryCodes ?? [] };
    } catch (error) {
      // The code became too old if a step ended meanwhile.
      if (Math.floor(clock.now().getTime() / stepMs) === Math.floor(now / stepMs)) {
        throw error;
      }
    }
  }
}

/** Submits the page that asks for a second factor. */
export function enterCode(browser: Browser, page: Page, code: string, more: Readonly<Record<string, string>> = {}) {
  return browser.submit(page, '/second-factor', { code, ...more });
}

/** Submits the page on which a user sets up an app, and the page with the recovery codes after it. */
export async function setUpApp(browser: Browser, page: Page, clock: Clock) {
  const seed = shownSeed(page);
  const codesPage = await browser.submit(page, '/second-factor-setup', { code: totpCode(seed, clock.now()) });
  return {
    seed,
    recoveryCodes: shownCodes(codesPage),
    page: await browser.submit(codesPage, '/recovery-codes', { choice: 'continue' }),
  };
}

/** The tests of a client library: the same for all, by the addresses that every app has (see README.md). */
import { expect } from 'chai';
import { run } from '../cli/terminal.ts';
import { asks, createUser } from '../support/app.ts';
import type { Page } from '../support/browser.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';
import { startApp, type AppProcess } from './app-process.ts';
import { install, versionOf, type Language } from './packages.ts';
import { newUser, user, type UserOfApp } from './user.ts';

export interface Client {
  /** The library's package, as its registry spells it. Its version is in the title of the tests. */
  readonly package: string;
  /** The app, from this folder, such as `javascript/openid-client.js`. */
  readonly app: `${Language}/${string}`;
  /** The path of the redirect URI: what the library's documentation uses. */
  readonly redirectPath: string;
  /** Options of `gatehouse client create` besides the addresses: what this library needs, and others do not. */
  readonly options?: readonly string[];
  /** What the library does besides signing a user in. */
  readonly does: readonly ('userinfo' | 'refresh' | 'sign-out')[];
}

/** How many refreshes the server has answered with tokens. */
async function refreshesOf(issuer: string): Promise<number> {
  const text = await (await fetch(`${issuer}/metrics`)).text();
  return Number(/^gatehouse_tokens_issued_total\{grant="refresh_token"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

function json(page: Page): Record<string, unknown> {
  expect(page.status, `${page.url}: ${page.html}`).to.equal(200);
  return JSON.parse(page.html) as Record<string, unknown>;
}

/** Registers a client as an operator does, and reads what the command printed. */
async function createClient(
  { environment }: TestServer,
  options: readonly string[],
): Promise<{ readonly clientId: string; readonly clientSecret?: string }> {
  const argv = ['client', 'create', ...options, '--json'];
  const { exitCode, stdout } = await run(argv, { environment });
  expect(exitCode, stdout).to.equal(0);
  const { client_id: clientId, client_secret: clientSecret } = JSON.parse(stdout) as {
    readonly client_id: string;
    readonly client_secret?: string;
  };
  return { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
}

/** Declares the tests of a client library that runs on a server. */
export function describeClient(client: Client): void {
  const language = client.app.slice(0, client.app.indexOf('/')) as Language;

  describe(`client ${client.package} ${versionOf(language, client.package)}`, function clientSuite() {
    this.timeout(60_000);
    let server: TestServer;
    let app: AppProcess;
    let userId: string;

    before(async function start() {
      this.timeout(600_000);
      const interpreter = await install(language);
      if (interpreter === null) {
        this.skip();
      }
      server = await startTestServer();
      userId = await createUser(server, user.email);
      const port = await freePort();
      const origin = `http://localhost:${port}`;
      const credentials = await createClient(server, [
        `--name=${client.package}`,
        '--type=web',
        `--redirect-uri=${origin}${client.redirectPath}`,
        `--post-logout-redirect-uri=${origin}/`,
        ...(client.options ?? []),
      ]);
      app = await startApp({ interpreter, file: client.app, port, issuer: server.issuer, ...credentials });
    });
    afterEach('shows what the app printed', function showLog() {
      if (this.currentTest?.state === 'failed') {
        process.stdout.write(`${client.app} printed:\n${app?.log() ?? ''}\n`);
      }
    });
    after(async () => {
      await app?.stop();
      await server?.stop();
    });

    async function signedIn(): Promise<UserOfApp> {
      const visitor = newUser();
      const page = await visitor.complete(`${app.origin}/login`);
      expect(new URL(page.url).origin, 'the page at the end is one of the app').to.equal(app.origin);
      return visitor;
    }

    const get = async (visitor: UserOfApp, path: string): Promise<Record<string, unknown>> =>
      json(await visitor.open(`${app.origin}${path}`));

    it('signs a user in, and knows the name and the email address', async () => {
      const visitor = await signedIn();
      expect(await get(visitor, '/')).to.include(user);
    });

    if (client.does.includes('userinfo')) {
      it('reads userinfo', async () => {
        const visitor = await signedIn();
        expect(await get(visitor, '/userinfo')).to.include({ sub: userId, ...user, email_verified: true });
      });
    }

    if (client.does.includes('refresh')) {
      it('gets new tokens by its refresh token, twice', async () => {
        const visitor = await signedIn();
        const before = await refreshesOf(server.issuer);
        for (const count of [1, 2]) {
          expect(await get(visitor, '/refresh')).to.include({ sub: userId });
          expect(await refreshesOf(server.issuer)).to.equal(before + count);
        }
      });
    }

    if (client.does.includes('sign-out')) {
      it('signs the user out of the app and of Gatehouse', async () => {
        const visitor = await signedIn();
        const page = await visitor.complete(`${app.origin}/logout`);
        expect(page.url, 'the user comes back to the app').to.equal(`${app.origin}/`);
        expect(json(page), 'the app knows nobody').to.deep.equal({});
        expect(asks(await visitor.open(`${app.origin}/login`))).to.equal('sign-in');
      });
    }
  });
}

/**
 * Runs commands with the real launcher while a server runs in another process: each change takes effect in the server
 * immediately.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { authorizationUrl, basic, postForm, signIn, type Answer, type AppClient } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { freePort, type TestServer } from '../support/server.ts';
import { onEachDatabase, password } from './installation.ts';

const launcher = fileURLToPath(new URL('../../src/cli/gatehouse.js', import.meta.url));
const photos = 'https://photos.example/api';
const callback = 'http://127.0.0.1:9/callback';

interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

onEachDatabase(
  'a command beside a running server',
  (installation) => {
    let serving: ChildProcess | undefined;

    function launch(argv: readonly string[]): ChildProcess {
      return spawn(process.execPath, [launcher, ...argv], { env: { ...installation().environment }, stdio: 'pipe' });
    }

    async function gatehouse(argv: readonly string[], input = ''): Promise<Finished> {
      const child = launch(argv);
      const output = { stdout: '', stderr: '' };
      child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
      child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
      child.stdin?.end(input);
      const [exitCode] = (await once(child, 'close')) as [number];
      return { exitCode, ...output };
    }

    async function json(argv: readonly string[], input?: string): Promise<Readonly<Record<string, unknown>>> {
      const { exitCode, stdout, stderr } = await gatehouse([...argv, '--json'], input);
      expect(exitCode, stdout + stderr).to.equal(0);
      return JSON.parse(stdout) as Record<string, unknown>;
    }

    /** The part of a test server that the functions of support/app.ts use. */
    const server = (): TestServer => ({ issuer: installation().issuer }) as TestServer;

    function token(clientId: unknown, secret: unknown): Promise<Answer> {
      const app: AppClient = { clientId: String(clientId), secret: String(secret), redirectUri: callback };
      return postForm(
        `${installation().issuer}/token`,
        { grant_type: 'client_credentials', resource: photos, scope: 'photos:read' },
        basic(app),
      );
    }

    before(async function serve() {
      this.timeout(30_000);
      serving = launch(['serve', '--json']);
      serving.stderr?.resume();
      let printed = '';
      for await (const chunk of serving.stdout ?? []) {
        printed += String(chunk);
        if (printed.endsWith('}\n')) {
          break;
        }
      }
      expect(JSON.parse(printed)).to.include({ ready: true, issuer: installation().issuer });
    });

    after(async () => {
      if (serving !== undefined && serving.exitCode === null) {
        serving.kill('SIGTERM');
        await once(serving, 'exit');
      }
    });

    it('gives a created client a token, and a deleted one none', async () => {
      await json([
        'api',
        'create',
        '--identifier',
        photos,
        '--name',
        'Photos',
        '--token-format',
        'opaque',
        '--scope',
        'photos:read=See your photos',
      ]);
      const { client_id: id, client_secret: secret } = await json([
        'client',
        'create',
        '--name',
        'Job',
        '--type',
        'machine',
        '--api',
        photos,
      ]);
      expect((await token(id, secret)).status).to.equal(200);
      await json(['client', 'delete', String(id)]);
      const refused = await token(id, secret);
      expect(refused.status).to.equal(401);
      expect(refused.body['error']).to.equal('invalid_client');
    });

    it('accepts a new secret and the previous one, until the old one is ended', async () => {
      const first = await json(['client', 'create', '--name', 'Job', '--type', 'machine', '--api', photos]);
      const id = first['client_id'];
      expect((await token(id, first['client_secret'])).status).to.equal(200);
      const second = await json(['client', 'rotate-secret', String(id), '--keep-old', '1h']);
      expect(second['client_secret']).not.to.equal(first['client_secret']);
      for (const { client_secret: secret } of [first, second]) {
        expect((await token(id, secret)).status).to.equal(200);
      }
      const third = await json(['client', 'rotate-secret', String(id), '--keep-old', '0']);
      expect((await token(id, third['client_secret'])).status).to.equal(200);
      for (const { client_secret: secret } of [first, second]) {
        expect((await token(id, secret)).status).to.equal(401);
      }
    });

    it('publishes a rotated key without a restart', async () => {
      const { kid, state } = await json(['key', 'rotate', '--alg', 'ES256']);
      expect(state).to.equal('published');
      for (;;) {
        const answer = await fetch(`${installation().issuer}/jwks`);
        const { keys } = (await answer.json()) as { readonly keys: readonly { readonly kid: string }[] };
        if (keys.some((key) => key.kid === kid)) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });

    describe('a user', () => {
      let app: AppClient;

      before(async () => {
        const { client_id: id } = await json([
          'client',
          'create',
          '--name',
          'Prints',
          '--type',
          'browser',
          '--redirect-uri',
          callback,
        ]);
        app = { clientId: String(id), secret: undefined, redirectUri: callback };
        await json(['user', 'create', '--email', 'ada@example.com', '--password-stdin'], password);
      });

      async function tryToSignIn(browser: Browser = openBrowser()): Promise<Page> {
        return signIn(browser, await browser.visit(authorizationUrl(server(), app).url));
      }

      const hasForm = (page: Page, action: string): boolean => page.forms.some((form) => form.action.endsWith(action));

      it('can sign in after create', async () => {
        expect(hasForm(await tryToSignIn(), '/consent')).to.equal(true);
      });

      it('must sign in again after session end', async () => {
        const browser = openBrowser();
        await tryToSignIn(browser);
        const { url } = authorizationUrl(server(), app);
        expect(hasForm(await browser.visit(url), '/login')).to.equal(false);
        expect((await json(['session', 'end', '--user', 'ada@example.com']))['ended']).to.be.greaterThan(0);
        expect(hasForm(await browser.visit(url), '/login')).to.equal(true);
      });

      it('is signed out and cannot sign in after disable, until enable', async () => {
        const browser = openBrowser();
        await tryToSignIn(browser);
        await json(['user', 'disable', 'ada@example.com']);
        expect(hasForm(await browser.visit(authorizationUrl(server(), app).url), '/login')).to.equal(true);
        expect(hasForm(await tryToSignIn(), '/login')).to.equal(true);
        await json(['user', 'enable', 'ada@example.com']);
        expect(hasForm(await tryToSignIn(), '/consent')).to.equal(true);
      });

      it('sets a password on the page of a printed link', async () => {
        const { link } = await json(['user', 'reset-link', 'ada@example.com']);
        const browser = openBrowser();
        const page = await browser.visit(String(link));
        expect(page.status).to.equal(200);
        const chosen = 'paper lantern over the harbour';
        expect(
          (await browser.submit(page, new URL(String(link)).pathname, { password: chosen, confirmation: chosen }))
            .status,
        ).to.equal(200);
        expect(hasForm(await tryToSignIn(), '/login')).to.equal(true);
        const { stdout } = await gatehouse(['user', 'set-password', 'ada@example.com', '--password-stdin'], password);
        expect(stdout).to.include('is set');
        expect(hasForm(await tryToSignIn(), '/consent')).to.equal(true);
      });

      it('becomes the first administrator on the page of setup-link, once', async () => {
        const { link } = await json(['setup-link']);
        const browser = openBrowser();
        const page = await browser.visit(String(link));
        await browser.submit(page, new URL(String(link)).pathname, {
          email: 'root@example.com',
          password,
          confirmation: password,
        });
        expect(await json(['user', 'show', 'root@example.com'])).to.include({ role: 'administrator' });
        const { exitCode, stdout, stderr } = await gatehouse(['setup-link']);
        expect({ exitCode, stdout }).to.deep.equal({ exitCode: 3, stdout: '' });
        expect(stderr).to.include('The set-up is complete');
      });
    });

    describe('the server', () => {
      it('has kept running, and exits with 0', async () => {
        expect((await fetch(`${installation().issuer}/readyz`)).status).to.equal(200);
        if (serving === undefined) {
          throw new Error('the server was started before');
        }
        const exited = once(serving, 'exit');
        serving.kill('SIGTERM');
        expect(await exited).to.deep.equal([0, null]);
      });
    });
  },
  { port: freePort },
);

/** Sign-ins that cannot be hashed soon (F4): they are rejected first, and cost next to nothing. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createLogger } from '../../src/logging.ts';
import {
  archive,
  authorizationUrl,
  callAs,
  createUser,
  password,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('while a password is hashed and no other may wait', (start) => {
  let server: TestServer;
  /** Of a sign-in whose password is being hashed. */
  let hashing: Promise<Page>;
  let visitor: Browser;
  let open: Page;
  let ownApp: AppClient;
  const lines: Readonly<Record<string, unknown>>[] = [];

  async function metric(pattern: RegExp): Promise<number> {
    const text = await (await fetch(`${server.issuer}/metrics`)).text();
    return [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
  }
  const running = (): Promise<number> => metric(/^gatehouse_password_hashes\{state="running"\} (\d+)$/gm);
  /** Without those of work in the background. */
  const operations = (): Promise<number> =>
    metric(
      /^gatehouse_database_operations_total\{(?![^}]*collection="(?:changes|outbox|signing_keys|installation)")[^}]*\} (\d+)$/gm,
    );

  before(async () => {
    server = await start({
      logger: createLogger({ level: 'warn', destination: { write: (line) => lines.push(JSON.parse(line)) } }),
      environment: {
        PASSWORD_HASH_CONCURRENCY: '1',
        PASSWORD_HASH_QUEUE_LIMIT: '0',
        // One hash takes so long that the requests below arrive while it is computed.
        PASSWORD_HASH_MEMORY_KIB: '16384',
        PASSWORD_HASH_PASSES: '24',
      },
    });
    await seedApis(server);
    await createUser(server);
    const app = await registerApp(server, { firstParty: true });
    ownApp = await registerApp(server, {
      type: 'native',
      redirectUris: ['com.example.app:/callback'],
      firstParty: true,
      challengeEndpoint: true,
    });
    const { url } = authorizationUrl(server, app, { scope: 'openid archive:read', resource: archive });
    visitor = openBrowser();
    open = await visitor.visit(url);
  });

  beforeEach(async () => {
    const other = openBrowser();
    const page = await other.visit(`${server.issuer}/account`);
    hashing = signIn(other, page);
    while ((await running()) === 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  });

  afterEach(async () => {
    expect((await hashing).status, 'the sign-in that was let in').to.equal(200);
  });

  it('answers another with 503, `Retry-After` and a page that leads back, without using the database', async () => {
    const form = open.forms.find(({ action }) => action.endsWith('/login'));
    const action = new URL(form?.action ?? '', server.issuer).href;
    const before = await operations();
    lines.splice(0);
    const rejected = await visitor.post(action, { ...form?.fields, email: 'ada@example.com', password });
    const after = await operations();
    expect(await running(), 'the other is still hashed').to.equal(1);
    expect(rejected.status).to.equal(503);
    expect(Number(rejected.headers.get('retry-after'))).to.be.within(1, 10);
    expect(rejected.headers.get('content-type')).to.include('text/html');
    expect(rejected.html).to.include('rel="stylesheet"');
    expect(after - before).to.equal(0);
    // Thousands of stack traces would hide everything else.
    expect(lines.map(({ level, msg, err }) => ({ level, msg, err }))).to.deep.equal([
      { level: 'warn', msg: 'too busy for a request', err: undefined },
    ]);
    const link = /<a class="button primary" href="([^"]*)"/.exec(rejected.html)?.[1] ?? '';
    const again = await visitor.visit(new URL(link, server.issuer).href);
    expect(again.forms.map(({ action: target }) => target)).to.include(form?.action);
    await hashing;
    expect((await signIn(visitor, again)).location).to.include('code=');
  });

  it('answers a first-party app with 503 and `Retry-After`, as JSON', async () => {
    const { status, headers, body } = await callAs(server, ownApp, '/authorize-challenge', {
      response_type: 'code',
      code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
      code_challenge_method: 'S256',
      username: 'ada@example.com',
      password,
    });
    expect({ status, error: body['error'] }).to.deep.equal({ status: 503, error: 'temporarily_unavailable' });
    expect(Number(headers.get('retry-after'))).to.be.within(1, 10);
  });
});

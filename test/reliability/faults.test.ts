/**
 * The database is unreachable, slow or does not answer, before or after a write is applied. Each request ends in time,
 * in the correct answer or in 503 with `Retry-After`, never in an error about a token, a client or a password. No write
 * is applied twice, and the server recovers by itself.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/logging.ts';
import { createServer } from '../../src/server.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  basic,
  begin,
  createUser,
  isActive,
  obtain,
  password,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { freshMongodb, throughProxy, writableServer, type TestDatabase } from '../support/mongodb.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const sharedSecret = randomBytes(32).toString('base64url');
/** Milliseconds that a busy machine may add. */
const slackMs = 1000;

interface Outcome {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly location: string | null;
  readonly milliseconds: number;
}

/** A request that is ready to be sent, and the check of its answer if the database did not fail. */
interface Prepared {
  readonly what: string;
  send(): Promise<Outcome>;
  readonly isCorrect: (outcome: Outcome) => boolean;
  /** Counts its effects in the database, if it has any. There is at most one, whatever the answer is. */
  readonly effects?: () => Promise<number>;
}

async function timed(url: string, init: RequestInit = {}): Promise<Outcome> {
  const began = machineMilliseconds();
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return {
    status: response.status,
    text,
    retryAfter: response.headers.get('retry-after'),
    location: response.headers.get('location'),
    milliseconds: machineMilliseconds() - began,
  };
}

function posted(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return timed(url, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
  });
}

async function viaBrowser(visit: Promise<Page>): Promise<Outcome> {
  const began = machineMilliseconds();
  const page = await visit;
  return {
    status: page.status,
    retryAfter: page.headers.get('retry-after'),
    text: page.html,
    location: page.location ?? null,
    milliseconds: machineMilliseconds() - began,
  };
}

/** Texts of protocol errors, which are wrong if the database could not be read. */
const protocolErrors =
  /invalid_grant|invalid_client|invalid_token|"active":\s*false|login_required|not match|invalid_credentials/i;

const isOk = ({ status }: Outcome): boolean => status === 200;

/** Every kind of request, each with its own state in the database. */
async function prepareAll(
  server: TestServer,
  app: AppClient,
  machine: AppClient,
  payloads: Collection<OidcPayloadDocument>,
): Promise<Prepared[]> {
  const { issuer } = server;
  const request = { scope: 'openid archive:read', resource: archive };
  const browser = openBrowser();
  const authorization = await authorize(server, app, request, browser);
  const [refreshed, introspected, revoked] = [
    await obtain(server, app, request),
    await obtain(server, app, request),
    await obtain(server, app, request),
  ];
  const own = await obtain(server, app, { scope: 'openid' });
  const known = await authorize(server, app, request, browser).then(() => authorizationUrl(server, app, request));
  const login = { browser: openBrowser(), page: undefined as Page | undefined };
  login.page = await login.browser.visit(authorizationUrl(server, app, request).url);
  const consent = openBrowser();
  const stopped = await begin(
    server,
    app,
    { ...request, scope: 'openid offline_access archive:read', parameters: { prompt: 'consent' } },
    consent,
  );
  expect(asks(stopped.page)).to.equal('consent');
  const codesOf = (): Promise<number> =>
    payloads.countDocuments({ clientId: app.clientId, model: 'AuthorizationCode' });
  const accessTokensBeside = async (value: unknown): Promise<() => Promise<number>> => {
    const grantId = (await payloads.findOne({ _id: documentId(String(value)) }))?.grantId ?? 'none';
    return () => payloads.countDocuments({ grantId, model: 'AccessToken' });
  };
  const submit = (
    from: Browser,
    page: Page | undefined,
    path: string,
    values: Readonly<Record<string, string>>,
  ): Promise<Outcome> => {
    const form = page?.forms.find(({ action }) => action.endsWith(path));
    if (page === undefined || form === undefined) {
      throw new Error(`no form …${path}`);
    }
    return viaBrowser(from.post(new URL(form.action, page.url).href, { ...form.fields, ...values }));
  };
  return [
    {
      what: 'client credentials',
      isCorrect: isOk,
      send: () =>
        posted(
          `${issuer}/token`,
          { grant_type: 'client_credentials', scope: 'archive:read', resource: archive },
          basic(machine),
        ),
      effects: () => payloads.countDocuments({ clientId: machine.clientId, model: 'ClientCredentials' }),
    },
    {
      what: 'a code exchange',
      isCorrect: isOk,
      effects: await accessTokensBeside(authorization.code),
      send: () =>
        posted(
          `${issuer}/token`,
          {
            grant_type: 'authorization_code',
            code: authorization.code,
            code_verifier: authorization.verifier,
            redirect_uri: app.redirectUri,
          },
          basic(app),
        ),
    },
    {
      what: 'a refresh',
      isCorrect: isOk,
      send: () =>
        posted(
          `${issuer}/token`,
          { grant_type: 'refresh_token', refresh_token: String(refreshed['refresh_token']) },
          basic(app),
        ),
      effects: await accessTokensBeside(refreshed['refresh_token']),
    },
    {
      what: 'introspection',
      isCorrect: ({ text }) => text.includes('"active":true'),
      send: () => posted(`${issuer}/introspect`, { token: String(introspected['access_token']) }, basic(app)),
    },
    {
      what: 'userinfo',
      isCorrect: isOk,
      send: () => timed(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${String(own['access_token'])}` } }),
    },
    {
      what: 'revocation',
      isCorrect: isOk,
      send: () => posted(`${issuer}/revoke`, { token: String(revoked['access_token']) }, basic(app)),
    },
    {
      what: 'an authorization request on a session',
      isCorrect: ({ location }) => location?.includes('code=') === true,
      effects: codesOf,
      send: () => viaBrowser(browser.get(known.url)),
    },
    {
      what: 'a sign-in',
      isCorrect: ({ status }) => status === 303,
      send: () => submit(login.browser, login.page, '/login', { email: 'ada@example.com', password }),
    },
    {
      what: 'a consent',
      isCorrect: ({ status }) => status === 303,
      send: () => submit(consent, stopped.page, '/consent', { decision: 'allow' }),
    },
    { what: 'the account page', isCorrect: isOk, send: () => viaBrowser(browser.get(`${issuer}/account`)) },
  ];
}

function checkOutcome(what: string, prepared: Prepared, outcome: Outcome, deadlineMs: number): void {
  const context = `${prepared.what} while ${what}: ${outcome.status} ${outcome.text.replaceAll(/\s+/g, ' ').slice(0, 300)}`;
  if (!prepared.isCorrect(outcome)) {
    expect(outcome.status, context).to.equal(503);
    expect(outcome.retryAfter, context).to.match(/^\d+$/);
    expect(outcome.text, context).not.to.match(protocolErrors);
    expect(outcome.location, context).to.equal(null);
  }
  expect(outcome.milliseconds, context).to.be.lessThan(deadlineMs + slackMs);
}

describe('faults: the server on MongoDB behind a bad network (E8)', function declare() {
  this.timeout(60_000);
  let mongodb: TestDatabase;
  let proxy: TcpProxy;
  let proxied: string;
  let direct: Database;
  let payloads: Collection<OidcPayloadDocument>;
  /**
   * One has the default deadline and one the minimum, so that most tests need not wait for five seconds. Each test has
   * its own: some seconds after a fault the driver's monitor may still find a connection that was affected by it, and
   * close all.
   */
  let server: TestServer;
  let quick: TestServer;
  let app: AppClient;
  let machine: AppClient;
  const defaultDeadlineMs = 5000;
  const quickDeadlineMs = 1000;

  function startServer(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
    return startTestServer({
      databaseUrl: proxied,
      allowDirectConnection: true,
      environment: { THROTTLE_ADDRESS_FREE: '100000', SECRET: sharedSecret, ...environment },
    });
  }

  before(async function start() {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    mongodb = fresh;
    proxy = await startTcpProxy(await writableServer(mongodb.url));
    proxied = throughProxy(mongodb.url, proxy.port);
    direct = await openDatabase({ url: mongodb.url, clock: systemClock });
    payloads = direct.collection(oidcPayloads);
    const first = await startServer();
    await seedApis(first);
    await createUser(first);
    app = await registerApp(first);
    machine = await registerApp(first, { type: 'machine', name: 'Nightly' });
    await first.stop();
    return undefined;
  });
  beforeEach(async () => {
    server = await startServer();
    quick = await startServer({ REQUEST_DEADLINE: '1s' });
  });
  afterEach(async () => {
    proxy.restore();
    await Promise.all([server.stop(), quick.stop()]);
  });
  after(async () => {
    await direct?.close();
    await mongodb?.drop();
    await proxy?.stop();
  });

  /** Waits until the server reports that it is ready, without a restart. */
  async function waitForRecovery(issuer: string): Promise<void> {
    const began = machineMilliseconds();
    while ((await timed(`${issuer}/readyz`)).status !== 200) {
      expect(machineMilliseconds() - began, 'recovered within ten seconds').to.be.lessThan(10_000);
      await sleep(20);
    }
  }

  const faults: readonly (readonly [string, () => TestServer, number, () => void])[] = [
    ['connections are cut', () => server, defaultDeadlineMs, () => proxy.cut()],
    ['requests get lost', () => server, defaultDeadlineMs, () => proxy.drop('requests')],
    ['answers get lost', () => quick, quickDeadlineMs, () => proxy.drop('answers')],
    ['every answer is delayed by 3 s', () => quick, quickDeadlineMs, () => proxy.delay(3000)],
    ['everything is delayed by 50 ms', () => server, defaultDeadlineMs, () => proxy.delay(50)],
  ];
  for (const [what, on, deadlineMs, startFault] of faults) {
    it(`every request ends in time in the correct answer or 503 while ${what}, and the server recovers`, async () => {
      const requests = await prepareAll(on(), app, machine, payloads);
      startFault();
      const [outcomes, probes] = await Promise.all([
        Promise.all(requests.map((one) => one.send())),
        Promise.all(
          ['/healthz', '/readyz', '/jwks', '/.well-known/openid-configuration'].map((path) =>
            timed(`${on().issuer}${path}`),
          ),
        ),
      ]);
      for (const [at, one] of requests.entries()) {
        const outcome = outcomes[at];
        if (outcome !== undefined) {
          checkOutcome(what, one, outcome, deadlineMs);
        }
      }
      const isUnavailable = !what.includes('50 ms');
      expect(probes.map(({ status }) => status)).to.deep.equal([200, isUnavailable ? 503 : 200, 200, 200]);
      expect(
        outcomes.map(({ status }) => status).some((status) => status === 503),
        'the fault had an effect',
      ).to.equal(isUnavailable);
      proxy.restore();
      await waitForRecovery(on().issuer);
      // No failure was counted: the right password works immediately, and no audit event records a failure.
      const { outcome } = await on().services.authentication.signIn({
        email: 'ada@example.com',
        password,
        address: '127.0.0.1',
      });
      expect(outcome).to.equal('success');
      const events = await on().services.audit.list({ limit: 200 });
      expect(
        events
          .map(({ type }) => type)
          .filter((type) => type.startsWith('login.f') || type.startsWith('login.t') || type.startsWith('client.a')),
      ).to.deep.equal([]);
    });
  }

  /** Checks the outcome of a request, and that it had at most one effect. */
  async function checkEffects(what: string, one: Prepared, before: number, outcome: Outcome): Promise<void> {
    checkOutcome(what, one, outcome, quickDeadlineMs);
    const added = ((await one.effects?.()) ?? 0) - before;
    expect(added, `${one.what} while ${what}: effects`).to.be.within(
      one.isCorrect(outcome) && one.effects !== undefined ? 1 : 0,
      1,
    );
  }

  /** The status of the request when it is repeated, as long as that is 503. */
  async function repeatedStatus(one: Prepared): Promise<number> {
    for (let times = 0; times < 40; times += 1) {
      const { status } = await one.send();
      if (status !== 503) {
        return status;
      }
      await sleep(100);
    }
    return 503;
  }

  for (const applied of [false, true]) {
    for (const skip of [0, 1]) {
      const what = `the ${skip === 0 ? 'first' : 'second'} write is cut ${applied ? 'after it was' : 'before it is'} applied`;
      it(`${what}: 503 or the correct answer, and no write is applied twice`, async () => {
        let affected = 0;
        for (const one of await prepareAll(quick, app, machine, payloads)) {
          const before = (await one.effects?.()) ?? 0;
          proxy.failNextWrite(
            { kind: 'cut', applied },
            () => {
              affected += 1;
            },
            skip,
          );
          const outcome = await one.send();
          proxy.restore();
          await waitForRecovery(quick.issuer);
          await checkEffects(what, one, before, outcome);
          if (outcome.status === 503 && ['a refresh', 'a code exchange'].includes(one.what)) {
            expect(await repeatedStatus(one), `${one.what} while ${what}: an honest repeat`).to.equal(200);
          }
        }
        expect(affected, 'affected requests').to.be.greaterThan(skip === 0 ? 5 : 2);
        expect(
          (await quick.services.authentication.signIn({ email: 'ada@example.com', password, address: '127.0.0.1' }))
            .outcome,
        ).to.equal('success');
      });
    }

    const unanswered = `every write gets no answer ${applied ? 'although it is' : 'and is not'} applied`;
    it(`${unanswered}: 503 or the correct answer, and no write is applied twice`, async () => {
      const requests = await prepareAll(quick, app, machine, payloads);
      const before = await Promise.all(requests.map(async (one) => (await one.effects?.()) ?? 0));
      let affected = 0;
      proxy.failNextWrite({ kind: 'silence', applied, every: true }, () => {
        affected += 1;
      });
      const outcomes = await Promise.all(requests.map((one) => one.send()));
      proxy.restore();
      await waitForRecovery(quick.issuer);
      for (const [at, one] of requests.entries()) {
        const outcome = outcomes[at];
        if (outcome !== undefined) {
          await checkEffects(unanswered, one, before[at] ?? 0, outcome);
        }
      }
      expect(affected, 'affected requests').to.be.greaterThan(5);
    });
  }

  it('starts while the database is unreachable: live but not ready; ready within ten seconds after the database returns', async () => {
    proxy.cut();
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const starting = startTestServer({
      databaseUrl: proxied,
      allowDirectConnection: true,
      port,
      environment: { SECRET: sharedSecret },
    });
    let statuses: number[] = [];
    while (statuses.length === 0) {
      try {
        statuses = [
          (await timed(`${issuer}/healthz`)).status,
          (await timed(`${issuer}/readyz`)).status,
          (await timed(`${issuer}/jwks`)).status,
        ];
      } catch {
        await sleep(20);
      }
    }
    expect(statuses).to.deep.equal([200, 503, 503]);
    proxy.restore();
    await waitForRecovery(issuer);
    const late = await starting;
    expect((await obtain(late, app, { scope: 'openid' }))['access_token']).to.be.a('string');
    await late.stop();
  });

  it('stops while it waits for a database that is unreachable', async () => {
    const port = await freePort();
    const config = loadConfig({
      environment: {
        NODE_ENV: 'test',
        PORT: String(port),
        ISSUER: `http://localhost:${port}`,
        DATABASE_URL: `mongodb://127.0.0.1:${await freePort()}/none`,
        SECRET: sharedSecret,
      },
    });
    const waiting = await createServer(config, { logger: createLogger({ level: 'silent' }) });
    const start = waiting.start().then(
      () => 'started',
      () => 'ended',
    );
    while ((await timed(`http://localhost:${port}/healthz`).catch(() => undefined))?.status !== 200) {
      await sleep(20);
    }
    await sleep(500);
    const began = machineMilliseconds();
    await waiting.stop();
    expect(await start).to.equal('ended');
    expect(machineMilliseconds() - began).to.be.below(5000);
  });
});

describe('faults: SQLite whose lock another process holds', function declare() {
  this.timeout(30_000);
  let server: TestServer;
  let app: AppClient;
  let machine: AppClient;
  let database: Database;
  let holder: ChildProcess;

  before(async () => {
    server = await startTestServer({ environment: { REQUEST_DEADLINE: '1s', THROTTLE_ADDRESS_FREE: '100000' } });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly' });
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    holder = fork(
      join(import.meta.dirname, 'lock-holder.ts'),
      [(server.environment['DATABASE_URL'] ?? '').slice('sqlite:'.length)],
      { execArgv: ['--disable-warning=ExperimentalWarning'] },
    );
  });
  after(async () => {
    if (holder?.connected) {
      const exited = once(holder, 'exit');
      holder.disconnect();
      await exited;
    }
    await database?.close();
    await server?.stop();
  });

  async function command(word: 'hold' | 'release'): Promise<void> {
    const answered = once(holder, 'message');
    holder.send(word);
    await answered;
  }

  it('writes end in 503 in time, reads succeed, the event loop is not blocked, and the server recovers', async () => {
    const requests = await prepareAll(server, app, machine, database.collection(oidcPayloads));
    const { access_token: token } = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    await command('hold');
    let maxGap = 0;
    let last = machineMilliseconds();
    const watch = setInterval(() => {
      maxGap = Math.max(maxGap, machineMilliseconds() - last);
      last = machineMilliseconds();
    }, 5);
    const outcomes = await Promise.all(requests.map((one) => one.send()));
    const whileHeld = await isActive(server, app, token);
    clearInterval(watch);
    await command('release');
    for (const [at, one] of requests.entries()) {
      const outcome = outcomes[at];
      if (outcome !== undefined) {
        checkOutcome('the lock is held', one, outcome, 1000);
      }
    }
    const statusOf = (what: string): number | undefined =>
      outcomes[requests.findIndex((one) => one.what === what)]?.status;
    expect(statusOf('client credentials')).to.equal(503);
    expect(statusOf('a refresh')).to.equal(503);
    expect(statusOf('userinfo')).to.equal(200);
    expect(whileHeld).to.equal(true);
    expect(maxGap, 'milliseconds between two turns of the event loop').to.be.lessThan(300);
    expect((await timed(`${server.issuer}/readyz`)).status).to.equal(200);
    for (const one of requests.filter(({ what }) => what === 'client credentials' || what === 'a refresh')) {
      expect((await one.send()).status, `${one.what}, again`).to.equal(200);
    }
  });

  it('the server reports not ready while it cannot write', async () => {
    await command('hold');
    expect((await timed(`${server.issuer}/readyz`)).status).to.equal(503);
    expect((await timed(`${server.issuer}/healthz`)).status).to.equal(200);
    expect((await timed(`${server.issuer}/jwks`)).status).to.equal(200);
    await command('release');
    expect((await timed(`${server.issuer}/readyz`)).status).to.equal(200);
  });
});

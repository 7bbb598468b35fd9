/**
 * The database is away, slow or silent, before and after a write is applied: each request ends in a right answer or in
 * 503 with `Retry-After`, in time; never in a verdict about a token, a client or a password; what was applied is not
 * applied twice; and the server heals by itself.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { monotonicMilliseconds, systemClock } from '../../src/clock.ts';
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

/** A request that is ready to be sent, and what is right as its answer where the database failed nothing. */
interface Prepared {
  readonly what: string;
  send(): Promise<Outcome>;
  readonly isRight: (outcome: Outcome) => boolean;
  /** Where it changes something: at most one effect is in the database, whatever was answered. */
  readonly effects?: () => Promise<number>;
}

async function timed(url: string, init: RequestInit = {}): Promise<Outcome> {
  const began = monotonicMilliseconds();
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return {
    status: response.status,
    text,
    retryAfter: response.headers.get('retry-after'),
    location: response.headers.get('location'),
    milliseconds: monotonicMilliseconds() - began,
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
  const began = monotonicMilliseconds();
  const page = await visit;
  return {
    status: page.status,
    retryAfter: page.headers.get('retry-after'),
    text: page.html,
    location: page.location ?? null,
    milliseconds: monotonicMilliseconds() - began,
  };
}

/** Words of an answer that would be a verdict where nobody could look. */
const verdicts =
  /invalid_grant|invalid_client|invalid_token|"active":\s*false|login_required|not match|invalid_credentials/i;

const isOk = ({ status }: Outcome): boolean => status === 200;

/** Every kind of request, ready to go, each on state of its own. */
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
  const refreshTokensBeside = async (value: unknown): Promise<() => Promise<number>> => {
    const grantId = (await payloads.findOne({ _id: documentId(String(value)) }))?.grantId ?? 'none';
    return () => payloads.countDocuments({ grantId, model: 'RefreshToken' });
  };
  const submit = (
    with_: Browser,
    page: Page | undefined,
    end: string,
    values: Readonly<Record<string, string>>,
  ): Promise<Outcome> => {
    const form = page?.forms.find(({ action }) => action.endsWith(end));
    if (page === undefined || form === undefined) {
      throw new Error(`no form …${end}`);
    }
    return viaBrowser(with_.post(new URL(form.action, page.url).href, { ...form.fields, ...values }));
  };
  return [
    {
      what: 'client credentials',
      isRight: isOk,
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
      isRight: isOk,
      effects: await refreshTokensBeside(authorization.code),
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
      isRight: isOk,
      send: () =>
        posted(
          `${issuer}/token`,
          { grant_type: 'refresh_token', refresh_token: String(refreshed['refresh_token']) },
          basic(app),
        ),
      effects: await refreshTokensBeside(refreshed['refresh_token']),
    },
    {
      what: 'introspection',
      isRight: ({ text }) => text.includes('"active":true'),
      send: () => posted(`${issuer}/introspect`, { token: String(introspected['access_token']) }, basic(app)),
    },
    {
      what: 'userinfo',
      isRight: isOk,
      send: () => timed(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${String(own['access_token'])}` } }),
    },
    {
      what: 'revocation',
      isRight: isOk,
      send: () => posted(`${issuer}/revoke`, { token: String(revoked['access_token']) }, basic(app)),
    },
    {
      what: 'an authorization request on a session',
      isRight: ({ location }) => location?.includes('code=') === true,
      effects: codesOf,
      send: () => viaBrowser(browser.get(known.url)),
    },
    {
      what: 'a sign-in',
      isRight: ({ status }) => status === 303,
      send: () => submit(login.browser, login.page, '/login', { email: 'ada@example.com', password }),
    },
    {
      what: 'a consent',
      isRight: ({ status }) => status === 303,
      send: () => submit(consent, stopped.page, '/consent', { decision: 'allow' }),
    },
    { what: 'the account page', isRight: isOk, send: () => viaBrowser(browser.get(`${issuer}/account`)) },
  ];
}

function judge(what: string, prepared: Prepared, outcome: Outcome, deadlineMs: number): void {
  const context = `${prepared.what} while ${what}: ${outcome.status} ${outcome.text.replaceAll(/\s+/g, ' ').slice(0, 300)}`;
  if (!prepared.isRight(outcome)) {
    expect(outcome.status, context).to.equal(503);
    expect(outcome.retryAfter, context).to.match(/^\d+$/);
    expect(outcome.text, context).not.to.match(verdicts);
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
  /** With the deadline as it is by default, and with the shortest: most of this need not wait for five seconds. */
  let server: TestServer;
  let quick: TestServer;
  const people = new Map<TestServer, { app: AppClient; machine: AppClient }>();
  const defaultDeadlineMs = 5000;
  const quickDeadlineMs = 1000;

  before(async function start() {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    mongodb = fresh;
    proxy = await startTcpProxy(await writableServer(mongodb.url));
    proxied = throughProxy(mongodb.url, proxy.port);
    const environment = { THROTTLE_ADDRESS_FREE: '100000', SECRET: sharedSecret };
    server = await startTestServer({ databaseUrl: proxied, allowDirectConnection: true, environment });
    quick = await startTestServer({
      databaseUrl: proxied,
      allowDirectConnection: true,
      environment: { ...environment, REQUEST_DEADLINE: '1s' },
    });
    direct = await openDatabase({ url: mongodb.url, clock: systemClock });
    payloads = direct.collection(oidcPayloads);
    await seedApis(server);
    await createUser(server);
    for (const one of [server, quick]) {
      people.set(one, {
        app: await registerApp(server),
        machine: await registerApp(server, { type: 'machine', name: 'Nightly' }),
      });
    }
    return undefined;
  });
  afterEach(async () => {
    proxy?.restore();
    for (const one of [server, quick]) {
      if (one !== undefined) {
        await waitForRecovery(one.issuer);
      }
    }
  });
  after(async () => {
    await Promise.all([server?.stop(), quick?.stop(), direct?.close()]);
    await mongodb?.drop();
    await proxy?.stop();
  });

  /** Waits until the server says that it is ready: nothing is restarted. */
  async function waitForRecovery(issuer: string): Promise<void> {
    const began = monotonicMilliseconds();
    while ((await timed(`${issuer}/readyz`)).status !== 200) {
      expect(monotonicMilliseconds() - began, 'healed within ten seconds').to.be.lessThan(10_000);
      await sleep(20);
    }
  }

  function cast(one: TestServer): { app: AppClient; machine: AppClient } {
    const found = people.get(one);
    if (found === undefined) {
      throw new Error('seeded before the tests');
    }
    return found;
  }

  const faults: readonly (readonly [string, () => TestServer, number, () => void])[] = [
    ['connections are cut', () => server, defaultDeadlineMs, () => proxy.cut()],
    ['requests vanish in silence', () => server, defaultDeadlineMs, () => proxy.drop('requests')],
    ['answers vanish in silence', () => quick, quickDeadlineMs, () => proxy.drop('answers')],
    ['every answer comes 3 s late', () => quick, quickDeadlineMs, () => proxy.delay(3000)],
    ['everything comes 50 ms late', () => server, defaultDeadlineMs, () => proxy.delay(50)],
  ];
  for (const [what, on, deadlineMs, begin_] of faults) {
    it(`every request ends in a right answer or 503 in time while ${what}; then all is well`, async () => {
      const { app, machine } = cast(on());
      const requests = await prepareAll(on(), app, machine, payloads);
      begin_();
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
          judge(what, one, outcome, deadlineMs);
        }
      }
      const away = !what.includes('50 ms');
      expect(probes.map(({ status }) => status)).to.deep.equal([200, away ? 503 : 200, 200, 200]);
      expect(
        outcomes.map(({ status }) => status).some((status) => status === 503),
        'the fault was felt',
      ).to.equal(away);
      proxy.restore();
      await waitForRecovery(on().issuer);
      // Nobody was counted as having failed: the right password opens at once, and no audit event says otherwise.
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

  /** What the request came to, and that it changed something once at most. */
  async function judgeEffects(what: string, one: Prepared, before: number, outcome: Outcome): Promise<void> {
    judge(what, one, outcome, quickDeadlineMs);
    const added = ((await one.effects?.()) ?? 0) - before;
    expect(added, `${one.what} while ${what}: effects`).to.be.within(
      one.isRight(outcome) && one.effects !== undefined ? 1 : 0,
      1,
    );
  }

  for (const applied of [false, true]) {
    for (const skip of [0, 1]) {
      const what = `the ${skip === 0 ? 'first' : 'second'} write is cut ${applied ? 'after it was' : 'before it is'} applied`;
      it(`${what}: 503 or a right answer, and nothing twice`, async () => {
        const { app, machine } = cast(quick);
        let felt = 0;
        for (const one of await prepareAll(quick, app, machine, payloads)) {
          const before = (await one.effects?.()) ?? 0;
          proxy.failNextWrite(
            { kind: 'cut', applied },
            () => {
              felt += 1;
            },
            skip,
          );
          const outcome = await one.send();
          proxy.restore();
          await waitForRecovery(quick.issuer);
          await judgeEffects(what, one, before, outcome);
          if (outcome.status === 503 && one.what === 'a refresh' && !applied && skip === 0) {
            expect((await one.send()).status, 'a refresh token whose use was never applied still works').to.equal(200);
          }
        }
        expect(felt, 'requests that it befell').to.be.greaterThan(skip === 0 ? 5 : 2);
        expect(
          (await quick.services.authentication.signIn({ email: 'ada@example.com', password, address: '127.0.0.1' }))
            .outcome,
        ).to.equal('success');
      });
    }

    const silence = `every write is lost in silence ${applied ? 'after it was' : 'before it is'} applied`;
    it(`${silence}: 503 or a right answer, and nothing twice`, async () => {
      const { app, machine } = cast(quick);
      const requests = await prepareAll(quick, app, machine, payloads);
      const before = await Promise.all(requests.map(async (one) => (await one.effects?.()) ?? 0));
      let felt = 0;
      proxy.failNextWrite({ kind: 'silence', applied, every: true }, () => {
        felt += 1;
      });
      const outcomes = await Promise.all(requests.map((one) => one.send()));
      proxy.restore();
      await waitForRecovery(quick.issuer);
      for (const [at, one] of requests.entries()) {
        const outcome = outcomes[at];
        if (outcome !== undefined) {
          await judgeEffects(silence, one, before[at] ?? 0, outcome);
        }
      }
      expect(felt, 'requests that it befell').to.be.greaterThan(5);
    });
  }

  it('starts while the database is away: live, not ready; and is ready within ten seconds of its return', async () => {
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
    const { app } = cast(server);
    expect((await obtain(late, app, { scope: 'openid' }))['access_token']).to.be.a('string');
    await late.stop();
  });

  it('stops while it waits for a database that is away', async () => {
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
    const began = monotonicMilliseconds();
    await waiting.stop();
    expect(await start).to.equal('ended');
    expect(monotonicMilliseconds() - began).to.be.below(5000);
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

  async function tell(word: 'hold' | 'release'): Promise<void> {
    const answered = once(holder, 'message');
    holder.send(word);
    await answered;
  }

  it('writes end in 503 in time, reads go on, the event loop does not stall, and it heals', async () => {
    const requests = await prepareAll(server, app, machine, database.collection(oidcPayloads));
    const { access_token: token } = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    await tell('hold');
    let longest = 0;
    let last = monotonicMilliseconds();
    const watch = setInterval(() => {
      longest = Math.max(longest, monotonicMilliseconds() - last);
      last = monotonicMilliseconds();
    }, 5);
    const outcomes = await Promise.all(requests.map((one) => one.send()));
    const whileHeld = await isActive(server, app, token);
    clearInterval(watch);
    await tell('release');
    for (const [at, one] of requests.entries()) {
      const outcome = outcomes[at];
      if (outcome !== undefined) {
        judge('the lock is held', one, outcome, 1000);
      }
    }
    const statusOf = (what: string): number | undefined =>
      outcomes[requests.findIndex((one) => one.what === what)]?.status;
    expect(statusOf('client credentials')).to.equal(503);
    expect(statusOf('a refresh')).to.equal(503);
    expect(statusOf('userinfo')).to.equal(200);
    expect(whileHeld).to.equal(true);
    expect(longest, 'milliseconds between two turns of the event loop').to.be.lessThan(300);
    expect((await timed(`${server.issuer}/readyz`)).status).to.equal(200);
    for (const one of requests.filter(({ what }) => what === 'client credentials' || what === 'a refresh')) {
      expect((await one.send()).status, `${one.what}, again`).to.equal(200);
    }
  });

  it('says that it is not ready while it cannot write', async () => {
    await tell('hold');
    expect((await timed(`${server.issuer}/readyz`)).status).to.equal(503);
    expect((await timed(`${server.issuer}/healthz`)).status).to.equal(200);
    expect((await timed(`${server.issuer}/jwks`)).status).to.equal(200);
    await tell('release');
    expect((await timed(`${server.issuer}/readyz`)).status).to.equal(200);
  });
});

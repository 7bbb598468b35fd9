/**
 * The server as a test double: the whole server in this process, with its database in memory, a clock that tests move,
 * and failures on request. It is composed from the outside, so the server itself has no code for tests.
 */
import { randomBytes } from 'node:crypto';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Middleware } from 'koa';
import { didYouMean } from '../config/did-you-mean.ts';
import { loadConfig, profileOf } from '../config/load.ts';
import { settingList } from '../config/setting-list.ts';
import { ConfigurationError } from '../errors.ts';
import { createLogger, type LogLevel } from '../logging.ts';
import { endpoints } from '../oidc/endpoints.ts';
import { createServer, type Server } from '../server.ts';
import { loadCatalogues } from '../views/catalogues.ts';
import { cataloguesAmong, readViewFiles, templatesAmong } from '../views/files.ts';
import { compileAhead } from '../views/templates.ts';
import {
  createDirectory,
  type NewTestApi,
  type NewTestClient,
  type NewTestUser,
  type TestApi,
  type TestClient,
  type TestUser,
} from './directory.ts';
import { createFaults, type EndpointName, type Failure } from './faults.ts';
import { createHttpClient } from './http-client.ts';
import { checkMembers, failureMembers, membersOf, optionMembers, repetitionMembers, withMembers } from './members.ts';
import { createMovableClock } from './movable-clock.ts';
import { isPage, signInByHttp, signInByPage, type PlaywrightPage } from './sign-in.ts';
import { createTokens, type TokenRequest, type TokenResponse } from './tokens.ts';

export interface TestServerOptions {
  /** TCP port; by default a free one. */
  readonly port?: number;
  readonly apis?: readonly NewTestApi[];
  readonly clients?: readonly NewTestClient[];
  readonly users?: readonly NewTestUser[];
  /** Settings of the server by their names in the environment, such as `LIFETIME_ACCESS_TOKEN_JWT`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** By default that of the setting `LOG_LEVEL`, which is `silent`. The log is written to standard error. */
  readonly logLevel?: LogLevel;
}

export interface PersonalTokenRequest {
  /** The user, by id or email; created if there is none. */
  readonly sub: string;
  /** Scopes of the API, separated by spaces. */
  readonly scope: string;
  /** The identifier of the API. */
  readonly resource: string;
  /** Seconds until it expires, an hour by default; 0 or less for one that has expired. */
  readonly expiresIn?: number;
  readonly name?: string;
}

export interface TestServer extends AsyncDisposable {
  /** The address of the server: the `iss` of its tokens. */
  readonly issuer: string;
  readonly port: number;
  /**
   * A new access token. For a user, it is from a sign-in of its own: another device.
   * @throws InvalidInputError; Error with the answer of the server, if it refuses the token
   */
  token(request?: TokenRequest): Promise<string>;
  /** As {@link TestServer.token}, with the whole answer: also the refresh token and the ID token. */
  tokens(request?: TokenRequest): Promise<TokenResponse>;
  /** A new personal access token of a user, for an API with `personalTokens`. */
  personalToken(request: PersonalTokenRequest): Promise<string>;
  /**
   * Ends an access token or refresh token of a client of this object, and what the server ends with it; or a personal
   * access token.
   */
  revoke(token: string): Promise<void>;
  /**
   * Signs a user in, and allows what the app asks for. With a page of Playwright: call it after the app has sent the
   * browser here; it returns when the browser is at the app again. Use a new browser context for each user.
   * @param user an id or email; `ada@example.com` by default; created if there is none
   */
  login(page: PlaywrightPage, user?: string): Promise<void>;
  /** The same without a browser: opens the app's authorization request. @returns the address that the app receives */
  login(authorizationUrl: string | URL, user?: string): Promise<string>;
  addUser(user?: NewTestUser): Promise<TestUser>;
  /** A client; by default a `web` client that may ask for all APIs that exist now. */
  addClient(client?: NewTestClient): Promise<TestClient>;
  addApi(api: NewTestApi): Promise<TestApi>;
  /** The server's time. */
  now(): Date;
  /** Moves the server's time forward. What was issued before gets older; the time of the process does not change. */
  advance(seconds: number): void;
  /** The next request to this endpoint (by name or path) gets an answer with this status, 503 by default. */
  failNext(endpoint: EndpointName, status?: number, failure?: Failure): void;
  /** The server handles the next request to this endpoint, but its response is lost: the connection is closed. */
  dropResponse(endpoint: EndpointName, options?: { readonly times?: number }): void;
  /** The services of the server, which its pages and commands call: for everything that has no member here. */
  readonly services: Server['services'];
  /** Stops the server. All its data is lost. */
  close(): Promise<void>;
}

// The texts and templates of the pages are read while this module is loaded, since that takes longer than anything
// else in a start. Servers in this process then have them (views/catalogues.ts, views/templates.ts).
const viewFiles = readViewFiles({ directory: fileURLToPath(new URL('../../views', import.meta.url)) }, []);
loadCatalogues(cataloguesAmong(viewFiles), [], []);
compileAhead(templatesAmong(viewFiles));

const host = '127.0.0.1';
const defaultUser = 'ada@example.com';
/** Names a time for one request. Its value is random, so that only this object can use it. */
const timeHeader = 'x-gatehouse-test-time';
/** Attempts to find a port that is still free when the server listens. */
const maxPortAttempts = 5;
/** Milliseconds. */
const keyPollMs = 20;
/** Seconds. */
const minPersonalTokenLifetime = 60;

/** What costs time or gets in the way of tests; `settings` may override it. */
const testSettings: Readonly<Record<string, string>> = {
  LOG_LEVEL: 'silent',
  PASSWORD_HASH_MEMORY_KIB: '1024',
  PASSWORD_HASH_PASSES: '1',
  PASSWORD_MINIMUM_LENGTH: '8',
  SECOND_FACTOR: 'optional',
  LIMIT_PAGES_PER_ADDRESS: '0',
  LIMIT_ENDPOINTS_PER_ADDRESS: '0',
  LIMIT_ENDPOINTS_PER_CLIENT: '0',
  LIMIT_INTERACTIONS_PER_ADDRESS: '0',
  SHUTDOWN_DRAIN: '0s',
};

/** The settings that a test server decides by itself. */
const ownSettings: Readonly<Record<string, string>> = {
  NODE_ENV: 'a test server has the profile test',
  ISSUER: 'a test server has an address of its own, on loopback. Only its port can be chosen, by the option port',
  HOST: 'a test server listens on loopback',
  PORT: 'a test server has its port from the option port',
  DATABASE_URL: 'a test server keeps everything in memory',
  DATA_DIR: 'a test server keeps everything in memory',
};

/** @throws ConfigurationError unless this process is a test, or a developer's */
function refuseInProduction(settings: Readonly<Record<string, string>>): void {
  for (const { profile, problems } of [profileOf(), profileOf(settings)]) {
    if (profile === 'production' || problems.length > 0) {
      throw new ConfigurationError([
        'NODE_ENV: a test server accepts requests to change users, time and answers, so it starts only if NODE_ENV is test, development or not set. Set NODE_ENV=test.',
      ]);
    }
  }
}

/** @throws ConfigurationError for a setting that has no effect, because a test would not notice it */
function refuseWithoutEffect(settings: Readonly<Record<string, string>>): void {
  const known = ['NODE_ENV', ...settingList.flatMap(({ environmentName: name }) => [name, `${name}_FILE`])];
  const problems = Object.entries(settings).flatMap(([name, value]) => {
    const own = ownSettings[name.replace(/_FILE$/, '')];
    if (own !== undefined && !(name === 'NODE_ENV' && value === 'test')) {
      return `${name}: ${own}.`;
    }
    const meant = didYouMean(name, known);
    return known.includes(name)
      ? []
      : `${name}: there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  });
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
}

async function freePort(): Promise<number> {
  const probe = createTcpServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, host, resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

type Running = Pick<Server, 'services' | 'stop'> & { readonly issuer: string; readonly port: number };

async function startOn(
  port: number,
  { settings = {}, logLevel }: TestServerOptions,
  options: Pick<NonNullable<Parameters<typeof createServer>[1]>, 'clock' | 'around'>,
): Promise<Running> {
  const issuer = `http://${host}:${port}`;
  const defaults = Object.entries({ ...testSettings, SECRET: randomBytes(32).toString('base64url') });
  const config = loadConfig({
    environment: {
      // A setting has one source.
      ...Object.fromEntries(defaults.filter(([name]) => settings[`${name}_FILE`] === undefined)),
      ...settings,
      NODE_ENV: 'test',
      ISSUER: issuer,
      HOST: host,
      PORT: String(port),
    },
    // Without the YAML files: the defaults are the same, and those of an installation on this machine do not count.
    directory: import.meta.dirname,
  });
  const server = await createServer(
    { ...config, database: { url: 'sqlite::memory:' } },
    { ...options, logger: createLogger({ level: logLevel ?? config.log.level }), ensuredKeys: ['ES256'] },
  );
  try {
    await server.start();
    return { services: server.services, stop: server.stop, issuer: config.issuer, port };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Starts on a free port. Another process may take the port in between; then on another one. */
async function startOnFreePort(
  options: TestServerOptions,
  parts: Parameters<typeof startOn>[2],
  attempts = maxPortAttempts,
): Promise<Running> {
  try {
    return await startOn(await freePort(), options, parts);
  } catch (error) {
    if (!isPortTaken(error) || attempts === 1) {
      throw error;
    }
    return startOnFreePort(options, parts, attempts - 1);
  }
}

/**
 * Starts a server for tests. Several can run in one process.
 * @throws ConfigurationError in production, and for invalid settings; InvalidInputError for other options
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  checkMembers(optionMembers, options);
  refuseInProduction(options.settings ?? {});
  refuseWithoutEffect(options.settings ?? {});
  const { port: fixedPort = 0, apis = [], clients = [], users = [] } = options;
  const clock = createMovableClock();
  const faults = createFaults();
  const timeKey = randomBytes(16).toString('base64url');
  const keepTime: Middleware = (ctx, next) => {
    const [key, seconds] = ctx.get(timeHeader).split(' ');
    return clock.run(key === timeKey ? Number(seconds) : 0, next);
  };
  const parts = { clock, around: [keepTime, faults.middleware] };
  const running = await (fixedPort === 0 ? startOnFreePort(options, parts) : startOn(fixedPort, options, parts));
  const { issuer, port, services, stop } = running;
  const client = createHttpClient();

  /** There is no key for RS256 until a client or an API needs it, because generating one takes long. */
  async function ensureKey(alg: 'ES256' | 'RS256'): Promise<void> {
    if ((await services.signingKeys.list()).some((key) => key.alg === alg)) {
      return;
    }
    const { kid } = await services.signingKeys.rotate({ alg }, { actor: 'system' });
    while (!(await client.send(`${issuer}${endpoints.jwks.path}`)).body.includes(kid)) {
      await wait(keyPollMs);
    }
  }

  const directory = createDirectory(services, ensureKey);
  const tokens = createTokens({
    issuer,
    client,
    directory,
    atTime: (seconds) => (seconds === 0 ? {} : { [timeHeader]: `${timeKey} ${seconds}` }),
  });

  async function personalToken(request: PersonalTokenRequest): Promise<string> {
    checkMembers(membersOf.personal_token, request);
    const { sub, scope, resource, expiresIn = 3600, name = 'test' } = request;
    const { id } = await directory.userOf(sub);
    // A shorter lifetime than the server allows: the token was made earlier.
    const lifetime = Math.max(expiresIn, minPersonalTokenLifetime);
    const access = [{ api: resource, scopes: scope.split(' ').filter((one) => one !== '') }];
    const { value } = await clock.run(expiresIn - lifetime, () =>
      services.personalAccessTokens.create(id, { name, access, expiresIn: lifetime }, { actor: id }),
    );
    return value;
  }

  /** A personal access token is of no client: its user ends it. */
  async function revoke(token: string): Promise<void> {
    checkMembers(membersOf.revoke, { token });
    const personal = await services.personalAccessTokens.find(token);
    await (personal === null
      ? tokens.revoke(token)
      : services.personalAccessTokens.revoke(personal.id, { actor: personal.accountId }));
  }

  async function login(target: PlaywrightPage, user?: string): Promise<void>;
  async function login(target: string | URL, user?: string): Promise<string>;
  async function login(target: PlaywrightPage | string | URL, user = defaultUser): Promise<string | void> {
    checkMembers(membersOf.login, { url: isPage(target) ? target.url() : String(target), user });
    const credentials = await directory.userOf(user);
    return isPage(target)
      ? signInByPage(target, issuer, credentials)
      : signInByHttp(client, String(target), credentials);
  }

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    client.close();
    await stop();
  }

  const server: TestServer = {
    issuer,
    port,
    token: async (request) => (await server.tokens(request)).access_token,
    tokens: withMembers(membersOf.token, tokens.request),
    personalToken,
    revoke,
    login,
    addUser: withMembers(membersOf.user, directory.addUser),
    addClient: withMembers(membersOf.client, directory.addClient),
    addApi: withMembers(membersOf.api, directory.addApi),
    now: clock.now,
    advance: clock.advance,
    failNext: (endpoint, status = 503, failure = {}) => {
      checkMembers(membersOf.fail, { endpoint, status });
      checkMembers(failureMembers, failure);
      faults.failNext(endpoint, status, failure);
    },
    dropResponse: (endpoint, repetition = {}) => {
      checkMembers(membersOf.drop, { endpoint });
      checkMembers(repetitionMembers, repetition);
      faults.dropResponse(endpoint, repetition);
    },
    services,
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => server.close(),
  };
  try {
    for (const api of apis) {
      await server.addApi(api);
    }
    for (const one of clients) {
      await server.addClient(one);
    }
    for (const user of users) {
      await server.addUser(user);
    }
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

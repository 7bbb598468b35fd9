/** Starts the real server in this process, on its own database, for tests that send it HTTP requests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes, randomInt } from 'node:crypto';
import { systemClock, type Clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import { generateSigningKey, type GeneratedSigningKey } from '../../src/crypto/signing-keys.ts';
import { createLogger, type Logger } from '../../src/logging.ts';
import { createServer, type Card, type ServerOptions } from '../../src/server.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { freshMongodb, type TestDatabase } from './mongodb.ts';

type Server = Awaited<ReturnType<typeof createServer>>;

export interface TestServerOptions {
  /** Settings by their names in the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Middleware around the whole application, the outermost first. */
  readonly around?: NonNullable<ServerOptions['around']>;
  readonly logger?: Logger;
  /** By default a new SQLite file. */
  readonly databaseUrl?: string;
  readonly port?: number;
  /** Replaces the server's open database, for example by one whose operations fail. */
  readonly wrapDatabase?: (database: Database) => Database;
  /** For a database behind a proxy: see `throughProxy` in mongodb.ts. */
  readonly allowDirectConnection?: boolean;
}

export interface TestServer {
  readonly issuer: string;
  readonly services: Server['services'];
  readonly server: Server;
  readonly environment: Readonly<Record<string, string>>;
  /** Only in the development profile. */
  readonly card?: Card;
  /** Stops the server and removes its folder. Only needed where the suite does not do it, or before a restart. */
  stop(): Promise<void>;
}

/** The processes that run tests at the same time use different ports, up to this many processes. */
const portShares = 8;
/** Ports that no outgoing connection and no `listen(0)` gets: on Linux those begin at 32768, on macOS at 49152. */
const [firstPort, lastPort] = [20_000, 32_767];
const portsOfShare = Math.floor((lastPort - firstPort + 1) / portShares);
const firstOfShare = firstPort + (Number(process.env['MOCHA_WORKER_ID'] ?? 0) % portShares) * portsOfShare;
/** Begins anywhere, because of other runs at the same time. */
let portsTried = randomInt(portsOfShare);

/** A TCP port of 127.0.0.1 that was free a moment ago, and that nothing else in this run gets. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstOfShare + (portsTried % portsOfShare);
    portsTried += 1;
    const probe = createTcpServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) {
      await new Promise((resolve) => {
        probe.close(resolve);
      });
      return port;
    }
  }
}

/** Cheap hashing, for tests that are not about passwords. */
const cheap = { PASSWORD_HASH_MEMORY_KIB: '1024', PASSWORD_HASH_PASSES: '1' };

/**
 * RSA keys of this process. Generating one takes about half a second, so servers on different databases have the same.
 * Keys for ES256 cost nothing: each server has its own, as in production.
 */
const rsaKeys: Promise<GeneratedSigningKey>[] = [];
/** How many of them each database has. */
const rsaKeysOf = new Map<string, number>();

/** Generates keys for a server; those of one database are different, also if several servers share it. */
function keyGenerator(databaseUrl: string): typeof generateSigningKey {
  return (alg) => {
    if (alg === 'ES256') {
      return generateSigningKey(alg);
    }
    const at = rsaKeysOf.get(databaseUrl) ?? 0;
    rsaKeysOf.set(databaseUrl, at + 1);
    return (rsaKeys[at] ??= generateSigningKey(alg));
  };
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  const port = options.port ?? (await freePort());
  const environment = {
    NODE_ENV: 'test',
    ISSUER: `http://localhost:${port}`,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder,
    DATABASE_URL: options.databaseUrl ?? `sqlite:${join(folder, 'gatehouse.db')}`,
    SECRET: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'silent',
    ...cheap,
    ...options.environment,
  };
  const config = loadConfig({ environment, workingDirectory: folder });
  const server = await createServer(config, {
    logger: options.logger ?? createLogger({ level: config.log.level }),
    allowDirectConnection: options.allowDirectConnection === true,
    generateKey: keyGenerator(environment.DATABASE_URL),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.around === undefined ? {} : { around: options.around }),
    ...(options.wrapDatabase === undefined
      ? {}
      : {
          database: options.wrapDatabase(
            await openDatabase({ url: config.database.url, clock: options.clock ?? systemClock }),
          ),
        }),
  });
  let card: Card | undefined;
  try {
    ({ card } = await server.start());
  } catch (error) {
    await server.close();
    throw error;
  }
  let stopped: Promise<void> | undefined;
  return {
    issuer: config.issuer,
    services: server.services,
    server,
    environment,
    ...(card === undefined ? {} : { card }),
    stop: () => {
      stopped ??= server.stop().then(() => rm(folder, { recursive: true, force: true }));
      return stopped;
    },
  };
}

/**
 * Declares the same tests for both databases: SQLite always, MongoDB where a server is available (else the tests are
 * reported as not run). Servers are stopped, and databases removed, after the last test.
 * @param declare receives a function that starts a server on the respective database
 */
export function onEachDatabase(
  title: string,
  declare: (start: (options?: TestServerOptions) => Promise<TestServer>) => void,
): void {
  describe(`${title}, on SQLite`, () => {
    const servers: TestServer[] = [];
    after(() => stopAll(servers));
    declare(async (options) => {
      const server = await startTestServer(options);
      servers.push(server);
      return server;
    });
  });
  describe(`${title}, on MongoDB`, () => {
    const databases: TestDatabase[] = [];
    const servers: TestServer[] = [];

    async function open(): Promise<TestDatabase> {
      const database = await freshMongodb();
      if (database === null) {
        throw new Error('the MongoDB server is no longer available');
      }
      databases.push(database);
      return database;
    }

    before(async function findMongodb() {
      this.timeout(120_000);
      const found = await freshMongodb();
      if (found === null) {
        this.skip();
      }
      databases.push(found);
    });
    after(async () => {
      await stopAll(servers);
      for (const database of databases) {
        await database.drop();
      }
    });
    declare(async (options = {}) => {
      const server = await startTestServer({ ...options, databaseUrl: options.databaseUrl ?? (await open()).url });
      servers.push(server);
      return server;
    });
  });
}

async function stopAll(servers: readonly TestServer[]): Promise<void> {
  for (const server of servers) {
    await server.stop();
  }
}

/** Services for tests: wired as in the server, over a database of their own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import type { Config } from '../../src/config/schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { PasswordOptions } from '../../src/crypto/passwords.ts';
import { createLogger, type Logger } from '../../src/logging.ts';
import { readMailContent } from '../../src/services/mail.ts';
import type { ThrottleSettings } from '../../src/services/throttle-keys.ts';
import { allCollections } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { wireFoundation } from '../../src/wiring/foundation.ts';
import { wireRepositories } from '../../src/wiring/repositories.ts';
import { wireServices } from '../../src/wiring/services.ts';
import { freshMongodb } from './mongodb.ts';

export const secretKey = randomBytes(32);
/** Argon2 parameters for tests that are not about them. */
export const cheapHashing: PasswordOptions = { memoryKib: 64, passes: 1, queueLimit: 1000 };
export const goodPassword = 'correct horse battery';

export interface TemporaryDatabase {
  readonly database: Database;
  readonly url: string;
  readonly clock: ManualClock;
  /** Another connection to the same database, as another process would have. */
  openAnother(): Promise<Database>;
  close(): Promise<void>;
}

async function prepareAt(url: string, clock: ManualClock, drop: () => Promise<void>): Promise<TemporaryDatabase> {
  const opened: Database[] = [];
  async function open(): Promise<Database> {
    const database = await openDatabase({ url, clock });
    opened.push(database);
    return database;
  }
  const database = await open();
  await database.prepare(allCollections);
  return {
    database,
    url,
    clock,
    openAnother: open,
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
      await drop();
    },
  };
}

/** The moment at which a test begins. */
const beginning = new Date('2030-01-01T12:00:00Z');

/** An empty SQLite database, prepared, in a folder that goes away with it. */
export async function openTemporaryDatabase(clock: ManualClock = manualClock(beginning)): Promise<TemporaryDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  return prepareAt(`sqlite:${join(directory, 'test.db')}`, clock, () =>
    rm(directory, { recursive: true, force: true }),
  );
}

/**
 * A suite that runs on SQLite and, where one can be had, on MongoDB: for what depends on who wins a race.
 * @param suite is given what opens an empty database for each test
 */
export function describeOnEachDatabase(title: string, suite: (open: typeof openTemporaryDatabase) => void): void {
  describe(`${title} on SQLite`, () => suite(openTemporaryDatabase));
  describe(`${title} on MongoDB`, () => {
    before(async function skipWithoutServer() {
      this.timeout(120_000);
      const probe = await freshMongodb();
      if (probe === null) {
        this.skip();
      }
    });
    suite(async (clock?: ManualClock) => {
      const server = await freshMongodb();
      if (server === null) {
        throw new Error('the server is gone');
      }
      return prepareAt(server.url, clock ?? manualClock(beginning), server.drop);
    });
  });
}

export const throttleSettings: ThrottleSettings = {
  accountFree: 5,
  pairFree: 5,
  addressFree: 50,
  firstWait: 30,
  longestWait: 3600,
  accountLimit: 100,
};

export interface Wiring {
  readonly hashing?: PasswordOptions;
  readonly throttle?: Partial<ThrottleSettings>;
  readonly keys?: readonly Buffer[];
}

/** A logger that writes nothing, and keeps the fields of what it is told at level info. */
function recordingLogger(lines: object[]): Logger {
  return Object.assign(Object.create(createLogger({ level: 'silent' })) as Logger, {
    info: (fields: object) => lines.push(fields),
  });
}

/**
 * The services, wired as the server wires them (src/wiring), over a database that is given. What has no effect in the
 * database is recorded: log lines, and how each login ended.
 */
export async function wireUserServices(
  { database, clock }: { readonly database: Database; readonly clock: ManualClock },
  wiring: Wiring = {},
) {
  const lines: object[] = [];
  const outcomes: string[] = [];
  const ended: { readonly accountId: string; readonly forgetConsents: boolean }[] = [];
  const hashing = { concurrency: 2, parallelism: 1, ...cheapHashing, ...wiring.hashing };
  const keys = wiring.keys ?? [secretKey];
  const loaded = loadConfig({
    environment: {
      NODE_ENV: 'test',
      ISSUER: 'https://login.example.org',
      BRAND_NAME: 'Example Login',
      SECRET: keys.map((key) => key.toString('base64url')).join(','),
    },
  });
  const config: Config = {
    ...loaded,
    password: { ...loaded.password, hash: { ...loaded.password.hash, ...hashing } },
    throttle: { ...throttleSettings, ...wiring.throttle },
    audit: { retention: 86_400 },
  };
  const foundation = await wireFoundation(config, { clock, database, logger: recordingLogger(lines) });
  const { secrets } = foundation;
  const repositories = wireRepositories({ database, secrets, clock, session: config.session });
  const { removeByUser } = repositories.oidcPayloads;
  const removeConsents = repositories.consents.removeByUser;
  Object.assign(repositories.oidcPayloads, {
    removeByUser: async (accountId: string) => {
      ended.push({ accountId, forgetConsents: false });
      await removeByUser(accountId);
    },
  });
  Object.assign(repositories.consents, {
    removeByUser: async (accountId: string) => {
      ended.splice(-1, 1, { accountId, forgetConsents: true });
      await removeConsents(accountId);
    },
  });
  const { services, passwords, policy, throttle, throttleKeys } = await wireServices({
    ...foundation,
    config,
    repositories,
    metrics: { ...foundation.metrics, countLogin: (outcome) => outcomes.push(outcome) },
    deliverLogoutNotice: () => Promise.resolve(),
    rehashDelay: 0,
  });
  return {
    ...services,
    repositories,
    secrets,
    passwords,
    throttle,
    throttleKeys,
    policy,
    lines,
    ended,
    outcomes,
    /** Whom a mail is waiting for, the newest first. */
    mailed: async (): Promise<readonly string[]> => {
      const entries = await services.outbox.list({ limit: 100, kind: 'mail' });
      const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
      return messages.map((message) => readMailContent(message?.content).to);
    },
  };
}

/** The error that a promise fails with; undefined when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The services, wired as in the server, on a temporary database: for tests of services and repositories. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { PasswordOptions } from '../../src/crypto/passwords.ts';
import { createLogger, type Logger } from '../../src/logging.ts';
import { readMailContent } from '../../src/services/mails/mail.ts';
import type { ThrottleSettings } from '../../src/services/foundation/throttle-keys.ts';
import { allCollections } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { wireFoundation } from '../../src/wiring/foundation.ts';
import { wireRepositories } from '../../src/wiring/repositories.ts';
import { wireServices } from '../../src/wiring/services.ts';
import { freshMongodb } from './mongodb.ts';

export const secretKey = randomBytes(32);
/** Cheap argon2 parameters, for tests that are not about hashing. */
export const cheapHashing: PasswordOptions = { memoryKib: 64, passes: 1, queueLimit: 1000 };
export const goodPassword = 'correct horse battery';

export interface TemporaryDatabase {
  readonly database: Database;
  readonly url: string;
  readonly clock: ManualClock;
  /** The number of operations that were sent to the database until now. */
  operations(): number;
  /** Another connection to the same database, as another process would have. */
  openAnother(): Promise<Database>;
  close(): Promise<void>;
}

async function prepareAt(url: string, clock: ManualClock, drop: () => Promise<void>): Promise<TemporaryDatabase> {
  const opened: Database[] = [];
  let operations = 0;
  async function open(): Promise<Database> {
    const database = await openDatabase({
      url,
      clock,
      onOperation: () => {
        operations += 1;
      },
    });
    opened.push(database);
    return database;
  }
  const database = await open();
  await database.prepare(allCollections);
  return {
    database,
    url,
    clock,
    operations: () => operations,
    openAnother: open,
    close: async () => {
      await Promise.all(opened.map((connection) => connection.close()));
      await drop();
    },
  };
}

/** The time at which each test starts. */
const startTime = new Date('2030-01-01T12:00:00Z');

/** Opens an empty, prepared SQLite database in a temporary folder; closing it removes the folder. */
export async function openTemporaryDatabase(clock: ManualClock = manualClock(startTime)): Promise<TemporaryDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  return prepareAt(`sqlite:${join(directory, 'test.db')}`, clock, () =>
    rm(directory, { recursive: true, force: true }),
  );
}

/**
 * Declares the same suite for SQLite and, where a server is available, for MongoDB.
 * @param suite receives a function that opens an empty database; it calls that once for each test
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
        throw new Error('the MongoDB server is no longer available');
      }
      return prepareAt(server.url, clock ?? manualClock(startTime), server.drop);
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
  /** Settings by their names in the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A logger that writes nothing and keeps the fields of each line of level info. */
function recordingLogger(lines: object[]): Logger {
  return Object.assign(Object.create(createLogger({ level: 'silent' })) as Logger, {
    info: (fields: object) => lines.push(fields),
  });
}

/**
 * Wires the services as the server does (src/wiring), on the given database. It also records what cannot be read from
 * the database: log lines, the outcome of each login, and the users whose tokens and sessions were ended.
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
      ...wiring.environment,
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
  const { repositories, changeFeed } = wireRepositories({ ...foundation, session: config.session });
  const { removeByUser } = repositories.oidcPayloads;
  const removeConsents = repositories.consents.removeByUser;
  Object.assign(repositories.oidcPayloads, {
    removeByUser: async (accountId: string, ...options: [{ readonly exceptSession?: string | undefined }?]) => {
      ended.push({ accountId, forgetConsents: false });
      await removeByUser(accountId, ...options);
    },
  });
  Object.assign(repositories.consents, {
    removeByUser: async (accountId: string) => {
      ended.splice(-1, 1, { accountId, forgetConsents: true });
      await removeConsents(accountId);
    },
  });
  const { services, passwords, policy, personalAccessTokenUses, reminders, throttle, throttleKeys } =
    await wireServices({
      ...foundation,
      config,
      repositories,
      changeFeed,
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
    personalAccessTokenUses,
    reminders,
    lines,
    ended,
    outcomes,
    /** The recipients of the mails in the outbox, the newest first. */
    mailRecipients: async (): Promise<readonly string[]> => {
      const entries = await services.outbox.list({ limit: 100, kind: 'mail' });
      const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
      return messages.map((message) => readMailContent(message?.content).to);
    },
  };
}

/** The error that a promise rejects with; undefined when it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The services around accounts, really wired, over an SQLite file of their own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { createPasswords, type PasswordOptions } from '../../src/crypto/passwords.ts';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { createUserService } from '../../src/services/users.ts';
import { createAdministratorGuard } from '../../src/services/administrators.ts';
import { createAuditService } from '../../src/services/audit.ts';
import { createAuthenticationService } from '../../src/services/authentication.ts';
import { createPasswordPolicy } from '../../src/services/password-policy.ts';
import { createThrottleKeys, type ThrottleSettings } from '../../src/services/throttle-keys.ts';
import { createThrottleService } from '../../src/services/throttle.ts';
import { allCollections, type UserDocument } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createUserRepository } from '../../src/storage/repositories/users.ts';
import { createAuditEventRepository } from '../../src/storage/repositories/audit-events.ts';
import { createInstallationRepository } from '../../src/storage/repositories/installation.ts';
import { createLoginAttemptRepository } from '../../src/storage/repositories/login-attempts.ts';
import { createOneTimeTokenRepository } from '../../src/storage/repositories/one-time-tokens.ts';
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
  again(): Promise<Database>;
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
    again: open,
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

/** Wires the services as the server does; what has not to do with accounts is recorded instead. */
export async function wireUserServices(
  { database, clock }: { readonly database: Database; readonly clock: ManualClock },
  wiring: Wiring = {},
) {
  const lines: object[] = [];
  const ended: { readonly accountId: string; readonly forgetConsents: boolean }[] = [];
  const notified: UserDocument[] = [];
  const outcomes: string[] = [];
  const secrets = createSecrets(wiring.keys ?? [secretKey]);
  const repositories = {
    users: createUserRepository(database),
    installation: createInstallationRepository(database),
    attempts: createLoginAttemptRepository(database),
    events: createAuditEventRepository(database),
    oneTimeTokens: createOneTimeTokenRepository(database),
  };
  const audit = createAuditService({
    events: repositories.events,
    clock,
    log: { info: (fields) => lines.push(fields) },
    retention: 86_400,
  });
  const passwords = await createPasswords(wiring.hashing ?? cheapHashing);
  const throttle = createThrottleService({ attempts: repositories.attempts, secrets, clock });
  const throttleKeys = createThrottleKeys({ ...throttleSettings, ...wiring.throttle });
  const policy = createPasswordPolicy({ contextWords: ['Example Login', 'login.example.org'] });
  const users = createUserService({
    users: repositories.users,
    administrators: createAdministratorGuard({
      users: repositories.users,
      installation: repositories.installation,
      clock,
    }),
    oneTimeTokens: repositories.oneTimeTokens,
    passwords,
    policy,
    throttle,
    throttleKeys,
    audit,
    clock,
    linkLifetime: 1800,
    endEverythingOf: async (accountId, { forgetConsents }) => {
      ended.push({ accountId, forgetConsents });
    },
    notifyPasswordChanged: async (user) => {
      notified.push(user);
    },
  });
  const authentication = createAuthenticationService({
    users: repositories.users,
    passwords,
    throttle,
    throttleKeys,
    secrets,
    audit,
    clock,
    rehashDelay: 0,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return {
    repositories,
    secrets,
    audit,
    passwords,
    throttle,
    throttleKeys,
    policy,
    users,
    authentication,
    lines,
    ended,
    notified,
    outcomes,
  };
}

/** The error that a promise fails with; undefined when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

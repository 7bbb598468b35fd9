/**
 * Changes of stored data from one version to the next. They are numbered, run once each, and recorded in
 * `installation`.
 *
 * During an upgrade two versions run at the same time, so a change has two steps: **expand** adds what the new version
 * needs and the old one ignores; **contract**, one release later, removes what only the old version needed. A version
 * does not start when the database contains a contract step that it does not know. `Database.prepare` creates indexes
 * and columns without a migration; only removing an index or column needs one.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { ConfigurationError, DuplicateKeyError, StorageUnavailableError } from '../errors.ts';
import { installation, type InstallationDocument } from './collections.ts';
import type { Collection, Database } from './database.ts';

export interface Migration {
  /** From 1, without gaps, never reused. */
  readonly number: number;
  /** What it does, for the log. */
  readonly title: string;
  readonly phase: 'expand' | 'contract';
  /**
   * Must have the same result when it is started again, because a process may end before it has finished. Works in
   * batches, so that no write locks the database for long.
   */
  readonly run: (database: Database) => Promise<void>;
}

type NamedIndex = readonly [collection: string, name: string];

/**
 * MongoDB's sparse indexes over several fields, by the names that MongoDB gave them. `Database.prepare` has already
 * made the partial indexes that replace them.
 */
const sparseIndexes: readonly NamedIndex[] = [
  ['oidc_payloads', 'accountId_1_model_1'],
  ['oidc_payloads', 'clientId_1_model_1'],
  ['audit_events', 'accountId_1_at_1__id_1'],
  ['audit_events', 'clientId_1_at_1__id_1'],
];

/** Indexes that are not declared any more, by the name on MongoDB and by that on SQLite. */
const formerIndexes: readonly NamedIndex[] = [
  ['outbox', 'status_1_nextAttemptAt_1'],
  ['outbox', 'outbox_status_nextAttemptAt'],
  ['oidc_payloads', 'userCodeDigest_1'],
  ['oidc_payloads', 'oidc_payloads_userCodeDigest'],
];

async function dropIndexes(database: Database, indexes: readonly NamedIndex[]): Promise<void> {
  for (const [collection, name] of indexes) {
    await database.dropIndex(collection, name);
  }
}

/** All migrations, in order. */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    title: 'drop the sparse indexes over several fields that partial ones replace (MongoDB)',
    // Instances of the previous version can use the partial indexes, too. If one restarts during the upgrade, it
    // creates the sparse indexes again: they cost space, but nothing depends on them.
    phase: 'expand',
    run: (database) => dropIndexes(database, sparseIndexes),
  },
  {
    number: 2,
    title: 'drop the indexes of the outbox and of device codes that no query needs any more',
    // Until it is replaced, an instance of the previous version finds the messages that are due without an index. If it
    // restarts, it creates the indexes again: they cost space, but nothing depends on them.
    phase: 'expand',
    run: (database) => dropIndexes(database, formerIndexes),
  },
];

export interface MigrationOptions {
  readonly clock: Clock;
  readonly migrations?: readonly Migration[];
  /** Seconds without a renewal after which another process may take over a claim. */
  readonly claimSeconds?: number;
  /** Milliseconds between two checks of a migration that another process runs. */
  readonly pollMs?: number;
}

const prefix = 'migration:';
const done = 'done';

function recordId(migration: Migration): string {
  return `${prefix}${String(migration.number).padStart(4, '0')}`;
}

/** The value of a finished migration's record. */
function doneValue(migration: Migration): string {
  return `${done} ${migration.phase}`;
}

/**
 * Runs the missing migrations, in order. When several processes start at the same time, exactly one runs a migration
 * and the others wait for it.
 * @returns the numbers of the migrations that this process ran
 * @throws ConfigurationError when a newer version has run a contract step on this database
 * @throws StorageUnavailableError when the database does not answer, or another process has taken over: try again
 */
export async function runMigrations(database: Database, options: MigrationOptions): Promise<number[]> {
  const known = options.migrations ?? migrations;
  if (known.some((migration, at) => migration.number !== at + 1)) {
    throw new TypeError('migrations are numbered from 1 without gaps');
  }
  const records = database.collection(installation);
  await rejectNewerDatabase(records, known);
  const completed: number[] = [];
  for (const migration of known) {
    if (await runOnce(database, records, migration, options)) {
      completed.push(migration.number);
    }
  }
  return completed;
}

/** The state of a migration. */
export interface MigrationState {
  readonly number: number;
  readonly title: string;
  readonly state: 'done' | 'under way' | 'pending';
}

/** Returns the state of each migration; runs none. */
export async function listMigrations(
  database: Database,
  known: readonly Migration[] = migrations,
): Promise<MigrationState[]> {
  await database.prepare([installation]);
  const records = await database
    .collection(installation)
    .find({ _id: { $gte: prefix, $lt: 'migration;' } })
    .toArray();
  const values = new Map(records.map(({ _id, value }) => [_id, value]));
  return known.map((migration) => {
    const value = values.get(recordId(migration));
    return {
      number: migration.number,
      title: migration.title,
      state: value === undefined ? 'pending' : value.startsWith(done) ? 'done' : 'under way',
    };
  });
}

async function rejectNewerDatabase(
  records: Collection<InstallationDocument>,
  known: readonly Migration[],
): Promise<void> {
  const ids = new Set(known.map(recordId));
  const recorded = await records.find({ _id: { $gte: prefix, $lt: 'migration;' } }, { sort: { _id: 1 } }).toArray();
  const unknown = recorded.filter((record) => !ids.has(record._id) && record.value === `${done} contract`);
  if (unknown.length > 0) {
    throw new ConfigurationError([
      `DATABASE_URL: the database was upgraded by a newer version (${unknown.map(({ _id }) => _id).join(', ')}): run that version.`,
    ]);
  }
}

/** Whether this process ran the migration; `false` when it was done before or another process ran it. */
async function runOnce(
  database: Database,
  records: Collection<InstallationDocument>,
  migration: Migration,
  options: MigrationOptions,
): Promise<boolean> {
  const { clock, claimSeconds = 60, pollMs = 200 } = options;
  const _id = recordId(migration);
  const value = `claimed ${randomUUID()}`;
  while (!(await claim(records, _id, value, clock, claimSeconds))) {
    const record = await records.findOne({ _id });
    if (record?.value.startsWith(done) === true) {
      return false;
    }
    await sleep(pollMs);
  }
  // After a failed renewal the next one follows in time. A lost claim is detected at the end.
  const renewal = setInterval(
    () => {
      records.updateOne({ _id, value }, { $set: { at: clock.now() } }).catch(() => undefined);
    },
    (claimSeconds * 1000) / 3,
  );
  try {
    await migration.run(database);
  } finally {
    clearInterval(renewal);
  }
  const { matchedCount } = await records.updateOne(
    { _id, value },
    { $set: { value: doneValue(migration), at: clock.now() } },
  );
  if (matchedCount === 0) {
    throw new StorageUnavailableError(`migration ${migration.number} was taken over by another process`);
  }
  return true;
}

/** Claims the migration for this process: possible when no process has started it, or the claim was not renewed. */
async function claim(
  records: Collection<InstallationDocument>,
  _id: string,
  value: string,
  clock: Clock,
  claimSeconds: number,
): Promise<boolean> {
  const at = clock.now();
  const present = await records.findOne({ _id });
  if (present === null) {
    try {
      await records.insertOne({ _id, value, at });
      return true;
    } catch (error) {
      if (error instanceof DuplicateKeyError) {
        return false;
      }
      throw error;
    }
  }
  if (present.value.startsWith(done) || present.at.getTime() > at.getTime() - claimSeconds * 1000) {
    return false;
  }
  const taken = await records.findOneAndUpdate(
    { _id, value: present.value, at: present.at },
    { $set: { value, at } },
    { returnDocument: 'after' },
  );
  return taken !== null;
}

/**
 * Changes of stored data from one version to the next: numbered, each carried out once, recorded in `installation`.
 *
 * Two versions run side by side during an upgrade, so a change comes in two steps: **expand** adds what the new version
 * needs and the old one ignores; **contract**, one release later, removes what only the old version needed. A version
 * that does not know a contract that was carried out refuses to start. Indexes and columns are created by
 * `Database.prepare`, without a migration; only what is no longer declared needs one to go.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { ConfigurationError, DuplicateKeyError, StorageUnavailableError } from '../errors.ts';
import { installation, type InstallationDocument } from './collections.ts';
import type { Collection, Database } from './database.ts';

export interface Migration {
  /** From 1, without gaps, never given again. */
  readonly number: number;
  /** What it does, for the log. */
  readonly title: string;
  readonly phase: 'expand' | 'contract';
  /**
   * Must come to the same end when it is begun again: a process may die in its middle. Works in batches, so that no
   * write holds the database for long.
   */
  readonly run: (database: Database) => Promise<void>;
}

/**
 * Sparse indexes over several fields of MongoDB, by the names that MongoDB gave them. `Database.prepare` has made the
 * partial ones that took their place.
 */
const sparseIndexes: readonly (readonly [collection: string, name: string])[] = [
  ['oidc_payloads', 'accountId_1_model_1'],
  ['oidc_payloads', 'clientId_1_model_1'],
  ['audit_events', 'accountId_1_at_1__id_1'],
  ['audit_events', 'clientId_1_at_1__id_1'],
];

/** All of them, in order. */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    title: 'drop the sparse indexes over several fields that partial ones replace (MongoDB)',
    // An instance of the version before reads by the partial ones as well. When it starts again meanwhile, it makes the
    // sparse ones anew: they cost space, and nothing depends on them.
    phase: 'expand',
    async run(database) {
      for (const [collection, name] of sparseIndexes) {
        await database.dropIndex(collection, name);
      }
    },
  },
];

export interface MigrationOptions {
  readonly clock: Clock;
  readonly migrations?: readonly Migration[];
  /** Seconds after which the claim of a process that no longer renews it is taken over. */
  readonly claimSeconds?: number;
  /** Milliseconds between two looks at a migration that another process carries out. */
  readonly pollMs?: number;
}

const prefix = 'migration:';
const done = 'done';

function recordId(migration: Migration): string {
  return `${prefix}${String(migration.number).padStart(4, '0')}`;
}

/** What a finished migration's record says. */
function doneValue(migration: Migration): string {
  return `${done} ${migration.phase}`;
}

/**
 * Carries out what is missing, in order. Of any number of processes that start at once one carries a migration out, and
 * the others wait for it.
 * @returns the numbers that this process carried out.
 * @throws ConfigurationError when the database was contracted by a newer version.
 * @throws StorageUnavailableError when the database does not answer, or another process took over meanwhile: start again.
 */
export async function runMigrations(database: Database, options: MigrationOptions): Promise<number[]> {
  const wanted = options.migrations ?? migrations;
  if (wanted.some((migration, at) => migration.number !== at + 1)) {
    throw new TypeError('migrations are numbered from 1 without gaps');
  }
  const records = database.collection(installation);
  await refuseNewerDatabase(records, wanted);
  const carriedOut: number[] = [];
  for (const migration of wanted) {
    if (await carryOut(database, records, migration, options)) {
      carriedOut.push(migration.number);
    }
  }
  return carriedOut;
}

/** Where a migration stands. */
export interface MigrationState {
  readonly number: number;
  readonly title: string;
  readonly state: 'done' | 'under way' | 'pending';
}

/** Where each migration stands; carries none out. */
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

async function refuseNewerDatabase(
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

/** Whether this process carried it out; `false` when it was done already or another process did it. */
async function carryOut(
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
  // A renewal that fails is made up for by the next one; a claim that was lost shows at the end.
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

/** Whether the migration is this process's to carry out: nobody has begun it, or who did has not been heard of since. */
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

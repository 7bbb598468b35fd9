import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { manualClock, systemClock, type ManualClock } from '../../src/clock.ts';
import { ConfigurationError, StorageUnavailableError } from '../../src/errors.ts';
import { allCollections, installation, oidcPayloads, outbox } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { listMigrations, migrations, runMigrations, type Migration } from '../../src/storage/migrations.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { freshMongodb, type TestDatabase } from '../support/mongodb.ts';
import { failure } from './contract/suite.ts';
import { definitions, things } from './contract/things.ts';
import { sampleMigrations } from './sample-migrations.ts';

async function freshSqlite(): Promise<TestDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  return {
    url: `sqlite:${join(directory, 'migrations.db')}`,
    drop: async () => rmSync(directory, { recursive: true }),
  };
}

/** The names of all indexes, as the database has them. */
async function indexesOn(url: string): Promise<readonly unknown[]> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").all();
    database.close();
    return names.map(({ name }) => name);
  }
  const client = new MongoClient(url);
  const lists = await Promise.all([outbox, oidcPayloads].map(({ name }) => client.db().collection(name).indexes()));
  await client.close();
  return lists.flat().map(({ name }) => name);
}

describeMigrations('SQLite', freshSqlite);
describeMigrations('MongoDB', freshMongodb);

function describeMigrations(name: string, freshUrl: typeof freshMongodb): void {
  describe(`migrations on ${name}`, () => {
    let url: string;
    let drop: () => Promise<void>;
    let clock: ManualClock;
    let database: Database;

    beforeEach(async function () {
      this.timeout(120_000);
      const fresh = await freshUrl();
      if (fresh === null) {
        return this.skip();
      }
      ({ url, drop } = fresh);
      clock = manualClock();
      database = await openDatabase({ url, clock });
      await database.prepare([...definitions, installation]);
      return undefined;
    });

    afterEach(async () => {
      await database?.close();
      await drop?.();
    });

    function countingMigration(number: number, phase: Migration['phase'], runs: number[]): Migration {
      return { number, title: `step ${number}`, phase, run: async () => void runs.push(number) };
    }

    it('lists the state of each migration without running any', async () => {
      const runs: number[] = [];
      const [first, second] = [1, 2].map((number) => countingMigration(number, 'expand', runs)) as [
        Migration,
        Migration,
      ];
      await runMigrations(database, { clock, migrations: [first] });
      expect(await listMigrations(database, [first, second])).to.deep.equal([
        { number: 1, title: 'step 1', state: 'done' },
        { number: 2, title: 'step 2', state: 'pending' },
      ]);
      expect(runs).to.deep.equal([1]);
    });

    it('runs each migration once, in order, and later ones when they are added', async () => {
      const runs: number[] = [];
      const [first, second, third] = [1, 2, 3].map((number) => countingMigration(number, 'expand', runs)) as [
        Migration,
        Migration,
        Migration,
      ];
      expect(await runMigrations(database, { clock, migrations: [first, second] })).to.deep.equal([1, 2]);
      expect(await runMigrations(database, { clock, migrations: [first, second, third] })).to.deep.equal([3]);
      expect(await runMigrations(database, { clock, migrations: [first, second, third] })).to.deep.equal([]);
      expect(runs).to.deep.equal([1, 2, 3]);
    });

    it('runs a migration again that failed, when its claim has expired', async () => {
      const runs: number[] = [];
      const failing: Migration = {
        number: 1,
        title: 'fails',
        phase: 'expand',
        run: () => Promise.reject(new Error('power cut')),
      };
      expect(await failure(runMigrations(database, { clock, migrations: [failing] })))
        .to.be.instanceOf(Error)
        .with.property('message', 'power cut');
      clock.advance(61);
      expect(
        await runMigrations(database, { clock, migrations: [countingMigration(1, 'expand', runs)] }),
      ).to.deep.equal([1]);
      expect(runs).to.deep.equal([1]);
    });

    it('does not record a migration as done when another process has taken it over', async () => {
      const other: Migration = {
        number: 1,
        title: 'slow',
        phase: 'expand',
        run: async () =>
          void (await database
            .collection(installation)
            .updateOne({ _id: 'migration:0001' }, { $set: { value: 'claimed other', at: clock.now() } })),
      };
      expect(await failure(runMigrations(database, { clock, migrations: [other] }))).to.be.instanceOf(
        StorageUnavailableError,
      );
    });

    it('lets an older version run after an expanding migration of a newer one, not after a contracting one', async () => {
      const runs: number[] = [];
      const [first, second, third] = [
        countingMigration(1, 'expand', runs),
        countingMigration(2, 'expand', runs),
        countingMigration(3, 'contract', runs),
      ];
      await runMigrations(database, { clock, migrations: [first, second] });
      expect(await runMigrations(database, { clock, migrations: [first] })).to.deep.equal([]);
      await runMigrations(database, { clock, migrations: [first, second, third] });
      expect(await failure(runMigrations(database, { clock, migrations: [first] })))
        .to.be.instanceOf(ConfigurationError)
        .with.property('message')
        .that.includes('migration:0003');
    });

    it('lets exactly one process claim a migration, and the others wait until it is done', async () => {
      const runs: number[] = [];
      const slow: Migration = {
        number: 1,
        title: 'slow',
        phase: 'expand',
        async run() {
          runs.push(1);
          await sleep(50);
          runs.push(2);
        },
      };
      const carriedOut = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const carriedOutHere = await runMigrations(database, { clock, migrations: [slow], pollMs: 5 });
          expect(runs, 'the migration is finished before any caller continues').to.deep.equal([1, 2]);
          return carriedOutHere;
        }),
      );
      expect(carriedOut.flat()).to.deep.equal([1]);
    });

    it('runs each migration once when several processes start at the same time', async function () {
      this.timeout(30_000);
      await database
        .collection(things)
        .bulkWrite(
          Array.from({ length: 30 }, (_, at) => ({ insertOne: { document: { _id: String(at), name: `Name ${at}` } } })),
        );
      const children = Array.from({ length: 3 }, () =>
        fork(join(import.meta.dirname, 'sample-migrations.ts'), [url], {
          execArgv: ['--disable-warning=ExperimentalWarning'],
        }),
      );
      const reports = await Promise.all(
        children.map(async (child) => {
          const [[report]] = await Promise.all([
            once(child, 'message') as Promise<[{ readonly carriedOut: number[] }]>,
            once(child, 'exit'),
          ]);
          return report;
        }),
      );
      expect(reports.flatMap(({ carriedOut }) => carriedOut)).to.have.members(
        sampleMigrations.map(({ number }) => number),
      );
      const migrated = await database.collection(things).find({}).toArray();
      expect(
        migrated.every((thing) => thing.owner === thing.name.toLowerCase() && thing.count === 1),
        'each document is migrated once',
      ).to.equal(true);
    });
  });
}

describe('the migrations of this version', () => {
  for (const [name, freshUrl, former] of [
    ['SQLite', freshSqlite, ['outbox_status_nextAttemptAt', 'oidc_payloads_userCodeDigest']],
    ['MongoDB', freshMongodb, ['status_1_nextAttemptAt_1', 'userCodeDigest_1']],
  ] as const) {
    it(`drop the indexes that only an earlier version used, also while it runs, on ${name}`, async function () {
      this.timeout(120_000);
      const fresh = await freshUrl();
      if (fresh === null) {
        return this.skip();
      }
      const earlier = await openDatabase({ url: fresh.url, clock: systemClock });
      const startEarlier = (): Promise<void> =>
        earlier.prepare([
          { ...outbox, indexes: [{ fields: ['status', 'nextAttemptAt'] }] },
          {
            ...oidcPayloads,
            indexes: [...oidcPayloads.indexes, { fields: ['userCodeDigest'], sparse: true }],
          },
        ]);
      await startEarlier();
      const declaredThen = await indexesOn(fresh.url);
      expect(declaredThen).to.include.members([...former]);
      const database = await openDatabase({ url: fresh.url, clock: systemClock });
      await database.prepare(allCollections);
      const declared = (await indexesOn(fresh.url)).filter((index) => !former.some((one) => one === index));
      expect(await runMigrations(database, { clock: systemClock })).to.include(2);
      expect(await indexesOn(fresh.url)).to.have.members(declared);
      // The earlier version still works, and may start again.
      expect(await earlier.collection(outbox).find({ status: 'waiting' }).toArray()).to.deep.equal([]);
      await startEarlier();
      expect(await runMigrations(database, { clock: systemClock })).to.deep.equal([]);
      await earlier.close();
      await database.close();
      await fresh.drop();
      return undefined;
    });
  }

  it('are numbered from 1 without gaps, and each has a title', () => {
    expect(migrations.map(({ number }) => number)).to.deep.equal(migrations.map((_, at) => at + 1));
    for (const { title } of migrations) {
      expect(title).to.match(/\w/);
    }
  });

  it('must be numbered without gaps', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    const database = await openDatabase({ url: `sqlite:${join(directory, 'x.db')}`, clock: systemClock });
    const two: Migration = { number: 2, title: 'too far', phase: 'expand', run: () => Promise.resolve() };
    expect(await failure(runMigrations(database, { clock: systemClock, migrations: [two] }))).to.be.instanceOf(
      TypeError,
    );
    await database.close();
    rmSync(directory, { recursive: true });
  });
});

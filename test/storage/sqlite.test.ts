import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { after as later, manualClock, systemClock } from '../../src/clock.ts';
import { ConfigurationError, DuplicateKeyError, StorageUnavailableError } from '../../src/errors.ts';
import type { CollectionDefinition, Document, Update } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { createFilterTranslator } from '../../src/storage/sqlite-sql.ts';
import { failure } from './contract/suite.ts';
import { definitions, leases, things, type Thing } from './contract/things.ts';
import { machineMilliseconds } from '../support/machine-time.ts';

interface Event extends Document {
  readonly at: Date;
  readonly expiresAt: Date;
}

describe('SQLite', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const urlOf = (file: string): string => `sqlite:${join(directory, file)}`;

  it('creates the file and its directory with access for their owner only, relative to the working directory', async () => {
    const file = join(directory, 'new', 'deep', 'gatehouse.db');
    const database = await openDatabase({ url: `sqlite:${relative(process.cwd(), file)}`, clock: systemClock });
    await database.prepare(definitions);
    await database.collection(things).insertOne({ _id: 'a', name: 'x' });
    for (const created of [file, `${file}-wal`, `${file}-shm`]) {
      expect(statSync(created).mode & 0o777, created).to.equal(0o600);
    }
    expect(statSync(join(directory, 'new')).mode & 0o777).to.equal(0o700);
    await database.close();
    expect(existsSync(`${file}-wal`), 'closing removes the log file').to.equal(false);
  });

  it('names the setting when the file is not a database, and does not change the file', async () => {
    writeFileSync(join(directory, 'letter.db'), 'Dear Ada, '.repeat(1000));
    const error = await failure(openDatabase({ url: urlOf('letter.db'), clock: systemClock }));
    expect(error)
      .to.be.instanceOf(ConfigurationError)
      .with.property('message')
      .that.matches(/DATABASE_URL: .*letter\.db is not an SQLite database/);
    expect(readFileSync(join(directory, 'letter.db'), 'utf8')).to.equal('Dear Ada, '.repeat(1000));
  });

  it('names the setting when the path cannot be written', async () => {
    mkdirSync(join(directory, 'taken.db'));
    writeFileSync(join(directory, 'file'), '');
    for (const path of ['taken.db', 'file/below.db']) {
      const error = await failure(openDatabase({ url: urlOf(path), clock: systemClock }));
      expect(error)
        .to.be.instanceOf(ConfigurationError)
        .with.property('message')
        .that.matches(/DATABASE_URL: .* cannot be opened for writing/);
    }
  });

  it('names the setting when the folder cannot be created, also below /proc', async function belowProc() {
    const error = await failure(openDatabase({ url: 'sqlite:/proc/none/deep/gatehouse.db', clock: systemClock }));
    expect(error)
      .to.be.instanceOf(ConfigurationError)
      .with.property('message')
      .that.matches(/DATABASE_URL: .* cannot be opened for writing/);
  });

  it('names the setting when the file is read-only', async () => {
    writeFileSync(join(directory, 'read.db'), '');
    chmodSync(join(directory, 'read.db'), 0o444);
    expect(
      await asUnprivilegedUser(() => failure(openDatabase({ url: urlOf('read.db'), clock: systemClock }))),
    ).to.be.instanceOf(ConfigurationError);
  });

  /** Root can write every file, so the test runs as another user when this process is root. */
  async function asUnprivilegedUser<T>(act: () => Promise<T>): Promise<T> {
    if (process.getuid?.() !== 0 || process.seteuid === undefined) {
      return act();
    }
    chmodSync(directory, 0o755);
    process.seteuid(65_534);
    try {
      return await act();
    } finally {
      process.seteuid(0);
    }
  }

  it('rejects a URL with an unknown scheme', async () => {
    expect(await failure(openDatabase({ url: 'postgres://localhost/x', clock: systemClock }))).to.be.instanceOf(
      ConfigurationError,
    );
  });

  it('creates the indexes of a new version in an old file, also for what an earlier version still writes', async () => {
    const old: CollectionDefinition<Thing> = { name: 'things', indexes: [{ fields: ['name'] }], expires: false };
    const first = await openDatabase({ url: urlOf('old.db'), clock: systemClock });
    await first.prepare([old]);
    const earlier = first.collection(old);
    await earlier.insertOne({ _id: 'a', name: 'x', email: 'a@example.com', at: new Date(5) });
    const second = await openDatabase({ url: urlOf('old.db'), clock: systemClock });
    await second.prepare(definitions);
    const collection = second.collection(things);
    expect(await collection.findOne({ email: 'a@example.com', at: new Date(5) })).to.include({ _id: 'a' });
    expect(await failure(collection.insertOne({ _id: 'b', name: 'x', email: 'a@example.com' }))).to.be.instanceOf(
      DuplicateKeyError,
    );
    await earlier.insertOne({ _id: 'c', name: 'x', email: 'c@example.com' });
    await earlier.updateOne({ _id: 'a' }, { $set: { email: 'new@example.com' } });
    await collection.updateOne({ _id: 'a' }, { $set: { name: 'y' } });
    expect(await collection.findOne({ email: 'c@example.com' })).to.include({ _id: 'c' });
    expect(await collection.findOne({ email: 'new@example.com' })).to.include({ _id: 'a' });
    expect(await collection.findOne({ email: 'a@example.com' })).to.equal(null);
    expect(await earlier.findOne({ name: 'y' })).to.include({ _id: 'a' });
    await first.close();
    await second.close();
  });

  it('writes and finds documents in a file whose indexed fields SQLite computes', async () => {
    const raw = new DatabaseSync(join(directory, 'computed.db'));
    raw.exec('CREATE TABLE things ("_id" TEXT NOT NULL PRIMARY KEY, doc TEXT NOT NULL)');
    raw.close();
    const database = await openDatabase({ url: urlOf('computed.db'), clock: systemClock });
    await database.prepare(definitions);
    const collection = database.collection(things);
    await collection.insertOne({ _id: 'a', name: 'x', owner: 'ada', count: 1, at: new Date(5) });
    await collection.updateOne({ _id: 'a' }, { $set: { count: 2 } });
    expect(await collection.findOne({ owner: 'ada', count: 2, at: new Date(5) })).to.include({ _id: 'a' });
    expect(await collection.findOne({ owner: 'ada', count: 1 })).to.equal(null);
    await database.close();
  });

  it('touches only the indexes of fields that an update changes', async () => {
    const database = await openDatabase({ url: urlOf('touched.db'), clock: systemClock });
    await database.prepare(definitions);
    const raw = new DatabaseSync(join(directory, 'touched.db'));
    raw.exec('CREATE TABLE written (field TEXT)');
    for (const field of ['email', 'owner', 'count', 'at']) {
      raw.exec(
        `CREATE TRIGGER ${field}_written AFTER UPDATE OF "${field}" ON things BEGIN INSERT INTO written VALUES ('${field}'); END`,
      );
    }
    const collection = database.collection(things);
    const writtenBy = async (update: Update<Thing>): Promise<unknown[]> => {
      raw.exec('DELETE FROM written');
      await collection.updateOne({ _id: 'a' }, update);
      return raw
        .prepare('SELECT field FROM written ORDER BY field')
        .all()
        .map(({ field }) => field);
    };
    await collection.insertOne({ _id: 'a', name: 'x', email: 'a@example.com', owner: 'ada', at: new Date(5) });
    expect(await writtenBy({ $set: { name: 'y', owner: 'ada', at: new Date(5) } })).to.deep.equal([]);
    expect(await writtenBy({ $set: { at: new Date(6), count: 1 } })).to.deep.equal(['at', 'count']);
    expect(await writtenBy({ $unset: { email: true } })).to.deep.equal(['email']);
    raw.close();
    expect(await collection.findOne({ email: 'a@example.com' })).to.equal(null);
    expect(await collection.findOne({ at: new Date(6), owner: 'ada', count: 1 })).to.include({ name: 'y' });
    await database.close();
  });

  it('uses the declared indexes, including the sparse ones', async () => {
    const database = await openDatabase({ url: urlOf('plan.db'), clock: systemClock });
    await database.prepare(definitions);
    await database.close();
    const raw = new DatabaseSync(join(directory, 'plan.db'));
    const plan = (where: string): string =>
      JSON.stringify(raw.prepare(`EXPLAIN QUERY PLAN SELECT doc FROM things WHERE ${where}`).all('a'));
    expect(plan('"_id" = ?')).to.include('sqlite_autoindex_things_1');
    expect(plan('"email" = ?')).to.include('things_email_unique');
    expect(plan('"owner" = ? AND "count" > 3')).to.include('things_owner_count');
    raw.close();
  });

  it('finds the newest documents that have not expired by their index, without sorting them all', async () => {
    const definition: CollectionDefinition<Event> = { name: 'events', indexes: [{ fields: ['at'] }], expires: true };
    const database = await openDatabase({ url: urlOf('newest.db'), clock: systemClock });
    await database.prepare([definition]);
    await database.close();
    const translator = createFilterTranslator(definition);
    const { sql } = translator.where({ expiresAt: { $gt: new Date() } });
    const raw = new DatabaseSync(join(directory, 'newest.db'));
    const plan = JSON.stringify(
      raw
        .prepare(`EXPLAIN QUERY PLAN SELECT doc FROM events${sql}${translator.orderBy({ at: -1, _id: 1 })} LIMIT 10`)
        .all(0),
    );
    raw.close();
    expect(plan).to.include('events_at').and.not.include('events_expiresAt');
  });

  it('commits the writes of one turn of the event loop in one transaction', async () => {
    let commits = 0;
    const database = await openDatabase({ url: urlOf('group.db'), clock: systemClock, onCommit: () => (commits += 1) });
    await database.prepare(definitions);
    const collection = database.collection(things);
    await Promise.all(Array.from({ length: 50 }, (_, at) => collection.insertOne({ _id: String(at), name: 'x' })));
    expect(commits).to.equal(1);
    await database.close();
  });

  it('completes pending writes before it closes', async () => {
    const first = await openDatabase({ url: urlOf('close.db'), clock: systemClock });
    await first.prepare(definitions);
    const pending = first.collection(things).insertOne({ _id: 'a', name: 'x' });
    await Promise.all([pending, first.close()]);
    const second = await openDatabase({ url: urlOf('close.db'), clock: systemClock });
    expect(await second.collection(things).findOne({ _id: 'a' })).to.include({ name: 'x' });
    await second.close();
  });

  it('does not block the event loop while another process holds the lock, and writes when it is released', async () => {
    const database = await openDatabase({ url: urlOf('busy.db'), clock: systemClock });
    await database.prepare(definitions);
    const collection = database.collection(things);
    const other = new DatabaseSync(join(directory, 'busy.db'));
    other.exec('BEGIN IMMEDIATE');
    const write = collection.insertOne({ _id: 'a', name: 'x' });
    // Reads and timers work meanwhile.
    for (let tick = 0; tick < 20; tick += 1) {
      await sleep(5);
      expect(await collection.findOne({ _id: 'a' })).to.equal(null);
    }
    other.exec('COMMIT');
    await write;
    expect(await collection.findOne({ _id: 'a' })).to.include({ name: 'x' });
    other.close();
    await database.close();
  });

  it('fails a write with StorageUnavailableError when the lock is held past the deadline, and does not apply it later', async () => {
    const database = await openDatabase({ url: urlOf('locked.db'), clock: systemClock });
    await database.prepare(definitions);
    const collection = database.collection(things);
    const other = new DatabaseSync(join(directory, 'locked.db'));
    other.exec('BEGIN IMMEDIATE');
    const started = machineMilliseconds();
    const error = await failure(
      runInRequestScope({ deadlineMs: 200 }, () => collection.insertOne({ _id: 'late', name: 'x' })),
    );
    expect(error).to.be.instanceOf(StorageUnavailableError);
    expect(machineMilliseconds() - started).to.be.lessThan(1500);
    other.exec('COMMIT');
    await collection.insertOne({ _id: 'next', name: 'x' });
    expect(await collection.findOne({ _id: 'late' })).to.equal(null);
    other.close();
    await database.close();
  });

  it('fails with StorageUnavailableError when the disk is full, and works again when there is space', async () => {
    const database = await openDatabase({ url: urlOf('full.db'), clock: systemClock });
    await database.prepare(definitions);
    const collection = database.collection(things);
    await collection.insertOne({ _id: 'a', name: 'x' });
    // The trigger simulates a full disk: in both cases SQLite rolls the transaction back by itself.
    const other = new DatabaseSync(join(directory, 'full.db'));
    other.exec(`CREATE TRIGGER full BEFORE INSERT ON things BEGIN SELECT RAISE(ROLLBACK, 'full'); END`);
    const outcomes = await Promise.allSettled([
      collection.updateOne({ _id: 'a' }, { $set: { name: 'y' } }),
      collection.insertOne({ _id: 'b', name: 'x' }),
    ]);
    for (const outcome of outcomes) {
      expect(outcome.status).to.equal('rejected');
      if (outcome.status === 'rejected') {
        expect(outcome.reason).to.be.instanceOf(StorageUnavailableError);
      }
    }
    other.exec('DROP TRIGGER full');
    other.close();
    expect(await collection.findOne({ _id: 'a' }), 'no write of the group was applied').to.include({ name: 'x' });
    await collection.insertOne({ _id: 'b', name: 'x' });
    await database.close();
  });

  it('deletes what expired more than a minute ago, in batches, and nothing else', async () => {
    const clock = manualClock();
    let commits = 0;
    const database = await openDatabase({ url: urlOf('sweep.db'), clock, onCommit: () => (commits += 1) });
    await database.prepare(definitions);
    const leased = database.collection(leases);
    await Promise.all(
      Array.from({ length: 500 }, (_, at) =>
        leased.insertOne({ _id: `old-${at}`, holder: 'x', expiresAt: later(clock, 10) }),
      ),
    );
    await leased.insertOne({ _id: 'recent', holder: 'x', expiresAt: later(clock, 60) });
    await leased.insertOne({ _id: 'living', holder: 'x', expiresAt: later(clock, 1000) });
    clock.advance(70);
    commits = 0;
    expect(await database.sweep()).to.equal(500);
    expect(commits).to.equal(3);
    const remaining = await leased.find({ expiresAt: { $gt: new Date(0) } }, { sort: { _id: 1 } }).toArray();
    expect(remaining.map(({ _id }) => _id)).to.deep.equal(['living', 'recent']);
    await database.close();
  });
});

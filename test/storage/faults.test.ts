/**
 * A bad network between server and MongoDB: each operation returns a correct result or fails with
 * StorageUnavailableError before its deadline.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { freshMongodb, throughProxy, writableServer, type TestDatabase } from '../support/mongodb.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { failure } from './contract/suite.ts';
import { definitions, things, type Thing } from './contract/things.ts';

/** The delay of a timer on a busy machine that the tests accept, in milliseconds. */
const toleranceMs = 1500;

describe('storage faults: MongoDB behind a bad network', function () {
  this.timeout(40_000);
  let mongodb: TestDatabase;
  let proxy: TcpProxy;
  let database: Database;
  let collection: Collection<Thing>;
  /** A connection without the proxy: shows the real content of the database. */
  let direct: Database;
  let stored: Collection<Thing>;

  before(async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    mongodb = fresh;
    proxy = await startTcpProxy(await writableServer(mongodb.url));
    database = await openProxied();
    direct = await openDatabase({ url: mongodb.url, clock: systemClock });
    await database.prepare(definitions);
    collection = database.collection(things);
    stored = direct.collection(things);
    return undefined;
  });

  afterEach(async () => {
    proxy?.restore();
    if (database !== undefined) {
      await waitForRecovery();
    }
  });

  after(async () => {
    await Promise.all([database?.close(), direct?.close()]);
    await mongodb?.drop();
    await proxy?.stop();
  });

  function openProxied(): Promise<Database> {
    const url = throughProxy(mongodb.url, proxy.port);
    return openDatabase({ url, clock: systemClock, allowDirectConnection: true });
  }

  /** Pings until the database answers again. Nothing is restarted for that. */
  async function waitForRecovery(): Promise<void> {
    for (;;) {
      try {
        await runInRequestScope({ deadlineMs: 2000 }, () => database.ping());
        return;
      } catch (error) {
        expect(error).to.be.instanceOf(StorageUnavailableError);
      }
    }
  }

  /** Starts every kind of operation, each in its own request. */
  function everyOperation(id: string): Promise<unknown>[] {
    const operations: (() => Promise<unknown>)[] = [
      () => collection.findOne({ _id: id }),
      () => collection.find({ name: id }).toArray(),
      () => collection.countDocuments({}),
      () => collection.insertOne({ _id: `${id}-insert`, name: 'x' }),
      () => collection.updateOne({ _id: id }, { $set: { name: 'y' } }),
      () =>
        collection.findOneAndUpdate(
          { _id: id, takenBy: { $exists: false } },
          { $set: { takenBy: 'me' } },
          { returnDocument: 'after' },
        ),
      () => collection.replaceOne({ _id: id }, { name: 'z' }),
      () => collection.bulkWrite([{ deleteOne: { filter: { _id: id } } }]),
      () => collection.deleteMany({ name: id }),
      () => database.ping(),
    ];
    return operations.map((operation) => runInRequestScope({ deadlineMs: 1000 }, operation));
  }

  const faults: readonly (readonly [string, () => void])[] = [
    ['connections are cut', () => proxy.cut()],
    ['requests are lost silently', () => proxy.drop('requests')],
    ['answers are lost silently', () => proxy.drop('answers')],
    ['every chunk is delayed by 3 s', () => proxy.delay(3000)],
  ];
  for (const [what, startFault] of faults) {
    it(`fails every operation in time with StorageUnavailableError while ${what}, and recovers`, async () => {
      startFault();
      const started = machineMilliseconds();
      const outcomes = await Promise.allSettled(everyOperation(randomUUID()));
      expect(machineMilliseconds() - started).to.be.lessThan(1000 + toleranceMs);
      for (const outcome of outcomes) {
        expect(outcome.status).to.equal('rejected');
        if (outcome.status === 'rejected') {
          expect(outcome.reason).to.be.instanceOf(StorageUnavailableError);
        }
      }
    });
  }

  it('fails an operation outside of a request within five seconds', async () => {
    proxy.drop('requests');
    const started = machineMilliseconds();
    expect(await failure(collection.findOne({ _id: 'x' }))).to.be.instanceOf(StorageUnavailableError);
    expect(machineMilliseconds() - started).to.be.lessThan(5000 + toleranceMs);
  });

  it('does not apply a guarded update twice when its answer is lost', async () => {
    const id = randomUUID();
    await collection.insertOne({ _id: id, name: 'x' });
    proxy.drop('answers');
    const lost = await failure(
      runInRequestScope({ deadlineMs: 1000 }, () =>
        collection.findOneAndUpdate(
          { _id: id, takenBy: { $exists: false } },
          { $set: { takenBy: 'first' }, $inc: { count: 1 } },
          { returnDocument: 'after' },
        ),
      ),
    );
    expect(lost).to.be.instanceOf(StorageUnavailableError);
    proxy.restore();
    await waitForRecovery();
    expect(await stored.findOne({ _id: id }), 'it was applied').to.include({ takenBy: 'first', count: 1 });
    const second = await collection.findOneAndUpdate(
      { _id: id, takenBy: { $exists: false } },
      { $set: { takenBy: 'second' }, $inc: { count: 1 } },
      { returnDocument: 'after' },
    );
    expect(second, 'a second caller does not match').to.equal(null);
  });

  it('applies a write at most once when its answer is lost, even without a guard', async () => {
    const id = randomUUID();
    proxy.drop('answers');
    const lost = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        runInRequestScope({ deadlineMs: 1000 }, () =>
          collection.updateOne({ _id: id }, { $inc: { count: 1 }, $setOnInsert: { name: 'c' } }, { upsert: true }),
        ),
      ),
    );
    expect(lost.map(({ status }) => status)).to.deep.equal(Array.from({ length: 5 }, () => 'rejected'));
    proxy.restore();
    await waitForRecovery();
    expect((await stored.findOne({ _id: id }))?.count ?? 0).to.be.at.most(5);
  });

  it('does not apply a write later that never arrived, and does not overwrite a newer write with it', async () => {
    const [inserted, updated] = [randomUUID(), randomUUID()];
    await stored.insertOne({ _id: updated, name: 'before' });
    proxy.drop('requests');
    const outcomes = await Promise.allSettled([
      runInRequestScope({ deadlineMs: 500 }, () => collection.insertOne({ _id: inserted, name: 'x' })),
      runInRequestScope({ deadlineMs: 500 }, () => collection.updateOne({ _id: updated }, { $set: { name: 'first' } })),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).to.have.property('reason').that.is.instanceOf(StorageUnavailableError);
    }
    proxy.restore();
    await waitForRecovery();
    await stored.updateOne({ _id: updated }, { $set: { name: 'second' } });
    // The driver abandons a silent connection after 3.5 s, and a retry after as long again.
    await sleep(8000);
    expect(await stored.findOne({ _id: inserted })).to.equal(null);
    expect(await stored.findOne({ _id: updated })).to.include({ name: 'second' });
    await collection.insertOne({ _id: inserted, name: 'again' });
  });

  it('works from the first answer on when the database was down at the start', async () => {
    proxy.cut();
    const late = await openProxied();
    expect(await failure(late.prepare(definitions))).to.be.instanceOf(StorageUnavailableError);
    proxy.restore();
    await waitForRecovery();
    await late.prepare(definitions);
    await late.ping();
    await late.close();
  });

  it('works on a slow network', async () => {
    proxy.delay(100);
    await collection.insertOne({ _id: randomUUID(), name: 'slow' });
    expect(await collection.countDocuments({ name: 'slow' })).to.equal(1);
  });
});

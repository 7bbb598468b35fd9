/**
 * A bad network between server and MongoDB: each operation ends in a right answer or in StorageUnavailableError, in
 * time.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { monotonicMilliseconds, systemClock } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { freshMongodb, throughProxy, writableServer, type TestDatabase } from '../support/mongodb.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { failure } from './contract/suite.ts';
import { definitions, things, type Thing } from './contract/things.ts';

/** Milliseconds that a busy machine may add before a timer fires. */
const slackMs = 1500;

describe('storage faults: MongoDB behind a bad network', function () {
  this.timeout(40_000);
  let mongodb: TestDatabase;
  let proxy: TcpProxy;
  let database: Database;
  let some: Collection<Thing>;
  /** Past the proxy: what is really in the database. */
  let direct: Database;
  let truth: Collection<Thing>;

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
    some = database.collection(things);
    truth = direct.collection(things);
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

  /** Tries until the database answers again: nothing is restarted. */
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

  /** Every kind of operation, each in a request of its own. */
  function everyOperation(id: string): Promise<unknown>[] {
    const operations: (() => Promise<unknown>)[] = [
      () => some.findOne({ _id: id }),
      () => some.find({ name: id }).toArray(),
      () => some.countDocuments({}),
      () => some.insertOne({ _id: `${id}-insert`, name: 'x' }),
      () => some.updateOne({ _id: id }, { $set: { name: 'y' } }),
      () =>
        some.findOneAndUpdate(
          { _id: id, takenBy: { $exists: false } },
          { $set: { takenBy: 'me' } },
          { returnDocument: 'after' },
        ),
      () => some.replaceOne({ _id: id }, { name: 'z' }),
      () => some.bulkWrite([{ deleteOne: { filter: { _id: id } } }]),
      () => some.deleteMany({ name: id }),
      () => database.ping(),
    ];
    return operations.map((operation) => runInRequestScope({ deadlineMs: 1000 }, operation));
  }

  const faults: readonly (readonly [string, () => void])[] = [
    ['connections are cut', () => proxy.cut()],
    ['requests vanish in silence', () => proxy.drop('requests')],
    ['answers vanish in silence', () => proxy.drop('answers')],
    ['every chunk comes 3 s late', () => proxy.delay(3000)],
  ];
  for (const [what, begin] of faults) {
    it(`ends every operation in time with StorageUnavailableError while ${what}, and heals`, async () => {
      begin();
      const started = monotonicMilliseconds();
      const outcomes = await Promise.allSettled(everyOperation(randomUUID()));
      expect(monotonicMilliseconds() - started).to.be.lessThan(1000 + slackMs);
      for (const outcome of outcomes) {
        expect(outcome.status).to.equal('rejected');
        if (outcome.status === 'rejected') {
          expect(outcome.reason).to.be.instanceOf(StorageUnavailableError);
        }
      }
    });
  }

  it('ends an operation outside of a request within five seconds', async () => {
    proxy.drop('requests');
    const started = monotonicMilliseconds();
    expect(await failure(some.findOne({ _id: 'x' }))).to.be.instanceOf(StorageUnavailableError);
    expect(monotonicMilliseconds() - started).to.be.lessThan(5000 + slackMs);
  });

  it('does not apply a guarded update twice whose answer was lost', async () => {
    const id = randomUUID();
    await some.insertOne({ _id: id, name: 'x' });
    proxy.drop('answers');
    const lost = await failure(
      runInRequestScope({ deadlineMs: 1000 }, () =>
        some.findOneAndUpdate(
          { _id: id, takenBy: { $exists: false } },
          { $set: { takenBy: 'first' }, $inc: { count: 1 } },
          { returnDocument: 'after' },
        ),
      ),
    );
    expect(lost).to.be.instanceOf(StorageUnavailableError);
    proxy.restore();
    await waitForRecovery();
    expect(await truth.findOne({ _id: id }), 'it was applied').to.include({ takenBy: 'first', count: 1 });
    const second = await some.findOneAndUpdate(
      { _id: id, takenBy: { $exists: false } },
      { $set: { takenBy: 'second' }, $inc: { count: 1 } },
      { returnDocument: 'after' },
    );
    expect(second, 'nobody wins it again').to.equal(null);
  });

  it('applies a write whose answer was lost once, even without a guard', async () => {
    const id = randomUUID();
    proxy.drop('answers');
    const lost = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        runInRequestScope({ deadlineMs: 1000 }, () =>
          some.updateOne({ _id: id }, { $inc: { count: 1 }, $setOnInsert: { name: 'c' } }, { upsert: true }),
        ),
      ),
    );
    expect(lost.map(({ status }) => status)).to.deep.equal(Array.from({ length: 5 }, () => 'rejected'));
    proxy.restore();
    await waitForRecovery();
    expect((await truth.findOne({ _id: id }))?.count ?? 0).to.be.at.most(5);
  });

  it('does not apply late a write that never arrived, nor send it again over a newer one', async () => {
    const [inserted, updated] = [randomUUID(), randomUUID()];
    await truth.insertOne({ _id: updated, name: 'before' });
    proxy.drop('requests');
    const outcomes = await Promise.allSettled([
      runInRequestScope({ deadlineMs: 500 }, () => some.insertOne({ _id: inserted, name: 'x' })),
      runInRequestScope({ deadlineMs: 500 }, () => some.updateOne({ _id: updated }, { $set: { name: 'first' } })),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).to.have.property('reason').that.is.instanceOf(StorageUnavailableError);
    }
    proxy.restore();
    await waitForRecovery();
    await truth.updateOne({ _id: updated }, { $set: { name: 'second' } });
    // The driver takes 3.5 s to give a silent connection up, and as long again for another try.
    await sleep(8000);
    expect(await truth.findOne({ _id: inserted })).to.equal(null);
    expect(await truth.findOne({ _id: updated })).to.include({ name: 'second' });
    await some.insertOne({ _id: inserted, name: 'again' });
  });

  it('serves from the first answer on when the database was down at start', async () => {
    proxy.cut();
    const late = await openProxied();
    expect(await failure(late.prepare(definitions))).to.be.instanceOf(StorageUnavailableError);
    proxy.restore();
    await waitForRecovery();
    await late.prepare(definitions);
    await late.ping();
    await late.close();
  });

  it('slows down by what the network adds, no more', async () => {
    proxy.delay(100);
    await some.insertOne({ _id: randomUUID(), name: 'slow' });
    expect(await some.countDocuments({ name: 'slow' })).to.equal(1);
  });
});

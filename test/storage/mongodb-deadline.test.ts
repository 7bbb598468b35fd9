/** The driver must not retry a write after the deadline of its request. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { memberHello, startMongodbFake, type MongodbFake } from '../support/mongodb-fake.ts';
import { failure } from './contract/suite.ts';
import { things, type Thing } from './contract/things.ts';

/** Milliseconds; longer than the driver waits for an answer and for its retry. */
const retryWindowMs = 8000;
const writeCommands = ['insert', 'update', 'delete', 'findAndModify'];

describe('the deadline of an operation on a MongoDB that supports retryable writes', function () {
  this.timeout(30_000);
  let fake: MongodbFake;
  let database: Database;
  let collection: Collection<Thing>;

  beforeEach(async () => {
    fake = await startMongodbFake();
    fake.hello = memberHello(fake.port, 'primary');
    database = await openDatabase({
      url: `mongodb://127.0.0.1:${fake.port}/test?replicaSet=rs0`,
      clock: systemClock,
    });
    await database.prepare([]);
    collection = database.collection(things);
  });
  afterEach(async () => {
    fake.decide = () => undefined;
    await database.close();
    await fake.stop();
  });

  function writeNames(): readonly string[] {
    return fake.commands.map(({ name }) => name).filter((name) => writeCommands.includes(name));
  }

  /** Makes the server ignore the next write command: it neither executes nor answers it. */
  function holdNextWrite(): void {
    let held = false;
    fake.decide = ({ name }) => {
      if (held || !writeCommands.includes(name)) {
        return undefined;
      }
      held = true;
      return 'silence';
    };
  }

  it('does not retry a write after its deadline, so that a newer acknowledged write is not overwritten', async () => {
    await collection.insertOne({ _id: 'a', name: 'before' });
    holdNextWrite();
    const first = await failure(
      runInRequestScope({ deadlineMs: 1000 }, () => collection.updateOne({ _id: 'a' }, { $set: { name: 'first' } })),
    );
    expect(first).to.be.instanceOf(StorageUnavailableError);
    await collection.updateOne({ _id: 'a' }, { $set: { name: 'second' } });
    await sleep(retryWindowMs);
    expect(fake.documents('things').get('a')).to.include({ name: 'second' });
    expect(writeNames()).to.deep.equal(['insert', 'update', 'update']);
  });

  it('retries no kind of write after its deadline', async () => {
    await collection.insertOne({ _id: 'a', name: 'before' });
    fake.decide = ({ name }) => (writeCommands.includes(name) ? 'silence' : undefined);
    const writes: (() => Promise<unknown>)[] = [
      () => collection.insertOne({ _id: 'b', name: 'b' }),
      () => collection.updateOne({ _id: 'a' }, { $set: { name: 'x' } }),
      () => collection.replaceOne({ _id: 'a' }, { name: 'x' }),
      () => collection.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'x' } }, { returnDocument: 'after' }),
      () => collection.deleteOne({ _id: 'a' }),
      () => collection.deleteMany({ name: 'before' }),
      () =>
        collection.bulkWrite([
          { insertOne: { document: { _id: 'c', name: 'c' } } },
          { deleteOne: { filter: { _id: 'a' } } },
        ]),
    ];
    const outcomes = await Promise.allSettled(
      writes.map((write) => runInRequestScope({ deadlineMs: 1000 }, () => write())),
    );
    expect(
      outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof StorageUnavailableError),
    ).to.deep.equal(writes.map(() => true));
    const sent = writeNames();
    await sleep(retryWindowMs);
    expect(writeNames()).to.deep.equal(sent);
  });

  it('lets the driver retry a write within the deadline when its connection breaks', async () => {
    let broken = false;
    fake.decide = ({ name }) => {
      if (broken || name !== 'insert') {
        return undefined;
      }
      broken = true;
      return 'close';
    };
    await collection.insertOne({ _id: 'a', name: 'x' });
    expect(writeNames()).to.deep.equal(['insert', 'insert']);
    expect(
      fake.commands.filter(({ name }) => name === 'insert').map(({ document }) => String(document['txnNumber'])),
    ).to.deep.equal(['1', '1']);
  });

  it('limits the time of the server to the rest of the deadline (maxTimeMS)', async () => {
    await runInRequestScope({ deadlineMs: 20_000 }, async () => {
      await collection.insertOne({ _id: 'a', name: 'x' });
      await sleep(300);
      await collection.find({}).toArray();
      await collection.findOne({ _id: 'a' });
      await collection.updateOne({ _id: 'a' }, { $set: { name: 'y' } });
      await collection.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'z' } }, { returnDocument: 'after' });
      await collection.bulkWrite([{ deleteOne: { filter: { _id: 'a' } } }]);
    });
    const limits = fake.commands
      .filter(({ name }) => [...writeCommands, 'find'].includes(name))
      .map(({ document }) => document['maxTimeMS'] as unknown);
    expect(limits).to.have.length(6);
    const [first, ...later] = limits;
    expect(first).to.be.a('number').that.is.within(1, 20_000);
    for (const limit of later) {
      expect(limit).to.be.a('number').that.is.within(1, 19_700);
    }
  });
});

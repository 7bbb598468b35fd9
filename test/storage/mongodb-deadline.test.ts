/** What the driver does after a request has ended at its deadline: nothing. */
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

/** Milliseconds: longer than the driver waits for an answer, and tries again. */
const longEnoughMs = 8000;
const writeCommands = ['insert', 'update', 'delete', 'findAndModify'];

describe('the deadline of an operation on a MongoDB that takes retryable writes', function () {
  this.timeout(30_000);
  let fake: MongodbFake;
  let database: Database;
  let some: Collection<Thing>;

  beforeEach(async () => {
    fake = await startMongodbFake();
    fake.hello = memberHello(fake.port, 'primary');
    database = await openDatabase({
      url: `mongodb://127.0.0.1:${fake.port}/test?replicaSet=rs0`,
      clock: systemClock,
    });
    await database.prepare([]);
    some = database.collection(things);
  });
  afterEach(async () => {
    fake.decide = () => undefined;
    await database.close();
    await fake.stop();
  });

  function written(): readonly string[] {
    return fake.commands.map(({ name }) => name).filter((name) => writeCommands.includes(name));
  }

  /** Keeps the next write command from being carried out, without an answer. */
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

  it('sends a write that ended at its deadline never again: a newer acknowledged one stays', async () => {
    await some.insertOne({ _id: 'a', name: 'before' });
    holdNextWrite();
    const first = await failure(
      runInRequestScope({ deadlineMs: 1000 }, () => some.updateOne({ _id: 'a' }, { $set: { name: 'first' } })),
    );
    expect(first).to.be.instanceOf(StorageUnavailableError);
    await some.updateOne({ _id: 'a' }, { $set: { name: 'second' } });
    await sleep(longEnoughMs);
    expect(fake.documents('things').get('a')).to.include({ name: 'second' });
    expect(written()).to.deep.equal(['insert', 'update', 'update']);
  });

  it('sends no kind of write again after its deadline', async () => {
    await some.insertOne({ _id: 'a', name: 'before' });
    fake.decide = ({ name }) => (writeCommands.includes(name) ? 'silence' : undefined);
    const writes: (() => Promise<unknown>)[] = [
      () => some.insertOne({ _id: 'b', name: 'b' }),
      () => some.updateOne({ _id: 'a' }, { $set: { name: 'x' } }),
      () => some.replaceOne({ _id: 'a' }, { name: 'x' }),
      () => some.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'x' } }, { returnDocument: 'after' }),
      () => some.deleteOne({ _id: 'a' }),
      () => some.deleteMany({ name: 'before' }),
      () =>
        some.bulkWrite([{ insertOne: { document: { _id: 'c', name: 'c' } } }, { deleteOne: { filter: { _id: 'a' } } }]),
    ];
    const outcomes = await Promise.allSettled(
      writes.map((write) => runInRequestScope({ deadlineMs: 1000 }, () => write())),
    );
    expect(
      outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof StorageUnavailableError),
    ).to.deep.equal(writes.map(() => true));
    const sent = written();
    await sleep(longEnoughMs);
    expect(written()).to.deep.equal(sent);
  });

  it('still lets the driver send a write again within the deadline, when its connection breaks', async () => {
    let broken = false;
    fake.decide = ({ name }) => {
      if (broken || name !== 'insert') {
        return undefined;
      }
      broken = true;
      return 'close';
    };
    await some.insertOne({ _id: 'a', name: 'x' });
    expect(written()).to.deep.equal(['insert', 'insert']);
    expect(
      fake.commands.filter(({ name }) => name === 'insert').map(({ document }) => String(document['txnNumber'])),
    ).to.deep.equal(['1', '1']);
  });

  it('lets the server take no longer than what is left of the deadline', async () => {
    await runInRequestScope({ deadlineMs: 1000 }, async () => {
      await some.insertOne({ _id: 'a', name: 'x' });
      await sleep(300);
      await some.find({}).toArray();
      await some.findOne({ _id: 'a' });
      await some.updateOne({ _id: 'a' }, { $set: { name: 'y' } });
      await some.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'z' } }, { returnDocument: 'after' });
      await some.bulkWrite([{ deleteOne: { filter: { _id: 'a' } } }]);
    });
    const limits = fake.commands
      .filter(({ name }) => [...writeCommands, 'find'].includes(name))
      .map(({ document }) => document['maxTimeMS'] as unknown);
    expect(limits).to.have.length(6);
    const [first, ...later] = limits;
    expect(first).to.be.a('number').that.is.within(1, 1000);
    for (const limit of later) {
      expect(limit).to.be.a('number').that.is.within(1, 700);
    }
  });
});

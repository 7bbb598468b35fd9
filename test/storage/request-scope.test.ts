import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { DuplicateKeyError, StorageUnavailableError } from '../../src/errors.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  currentRequestScope,
  databaseStateOfRequest,
  recordWithRequest,
  runInRequestScope,
  sendWrites,
  undoAll,
  undoIfUnavailable,
  waitForOthers,
  writeWithRequest,
  type RequestScope,
} from '../../src/storage/request-scope.ts';
import { failure } from './contract/suite.ts';
import { definitions, things, type Thing } from './contract/things.ts';

describe('the request scope', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  let database: Database;
  let collection: Collection<Thing>;

  before(async () => {
    database = await openDatabase({ url: `sqlite:${join(directory, 'scope.db')}`, clock: systemClock });
    await database.prepare(definitions);
    collection = database.collection(things);
  });
  beforeEach(() => collection.deleteMany({}));
  after(async () => {
    await database.close();
    rmSync(directory, { recursive: true });
  });

  const inRequest = <R>(run: (scope: RequestScope) => Promise<R>): Promise<R> =>
    runInRequestScope({ deadlineMs: 15_000 }, () => {
      const scope = currentRequestScope();
      if (scope === undefined) {
        throw new Error('no scope');
      }
      return run(scope);
    });

  it('is visible in everything that the request awaits, not after its end, and not in another request', async () => {
    let release = (): void => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let afterwards: Promise<RequestScope | undefined> | undefined;
    const [one, other] = await Promise.all([
      inRequest(async (scope) => {
        await collection.findOne({ _id: 'a' });
        afterwards = blocked.then(() => currentRequestScope());
        return scope;
      }),
      inRequest(async (scope) => scope),
    ]);
    release();
    expect(one.operations).to.deep.equal({ reads: 1, writes: 0 });
    expect(other.operations).to.deep.equal({ reads: 0, writes: 0 });
    expect(await afterwards).to.equal(undefined);
    expect(currentRequestScope()).to.equal(undefined);
  });

  it('has its whole deadline for the database, however long it waits for something else before', async () => {
    await runInRequestScope({ deadlineMs: 200 }, async () => {
      await sleep(250);
      expect(await collection.countDocuments({})).to.equal(0);
      await sleep(250);
      const late = collection.countDocuments({});
      expect(await failure(late)).to.be.instanceOf(StorageUnavailableError);
    });
  });

  it('does not count the time that it waits for others, and parallel waits once', async () => {
    await runInRequestScope({ deadlineMs: 200 }, async () => {
      expect(await collection.countDocuments({})).to.equal(0);
      await Promise.all([1, 2, 3].map(() => waitForOthers(() => sleep(250))));
      expect(await collection.countDocuments({})).to.equal(0);
      await sleep(250);
      expect(await failure(collection.countDocuments({}))).to.be.instanceOf(StorageUnavailableError);
    });
  });

  it('discards writes that are not flushed before the request ends, and writes immediately outside of a request', async () => {
    await inRequest(() => writeWithRequest(collection, { insertOne: { document: { _id: 'a', name: 'x' } } }));
    expect(await collection.countDocuments({})).to.equal(0);
    await writeWithRequest(collection, { insertOne: { document: { _id: 'b', name: 'x' } } });
    expect(await collection.countDocuments({})).to.equal(1);
    let unmatched = 0;
    await writeWithRequest(
      collection,
      { updateOne: { filter: { _id: 'nobody' }, update: { $set: { name: 'y' } } } },
      { onUnmatched: () => void (unmatched += 1) },
    );
    expect(unmatched).to.equal(1);
  });

  it('shows a request its staged writes', async () => {
    await collection.insertOne({ _id: 'stored', name: 'old', owner: 'x' });
    await inRequest(async ({ unitOfWork }) => {
      unitOfWork.stage(collection, { insertOne: { document: { _id: 'new', name: 'n', owner: 'x' } } });
      unitOfWork.stage(collection, {
        updateOne: { filter: { _id: 'new' }, update: { $set: { flag: true }, $inc: { count: 2 } } },
      });
      unitOfWork.stage(collection, {
        replaceOne: { filter: { _id: 'whole' }, replacement: { name: 'w' }, upsert: true },
      });
      unitOfWork.stage(collection, {
        updateOne: { filter: { _id: 'stored', takenBy: { $exists: false } }, update: { $set: { takenBy: 'me' } } },
      });
      expect(unitOfWork.peek(collection, 'new')).to.deep.equal({
        _id: 'new',
        name: 'n',
        owner: 'x',
        flag: true,
        count: 2,
      });
      expect(unitOfWork.peek(collection, 'whole')).to.deep.equal({ _id: 'whole', name: 'w' });
      expect(unitOfWork.peek(collection, 'stored'), 'depends on the stored document').to.equal(undefined);
      expect(unitOfWork.peek(collection, 'nobody')).to.equal(undefined);
      expect(unitOfWork.overlay(collection, 'stored', await collection.findOne({ _id: 'stored' }))).to.include({
        name: 'old',
        takenBy: 'me',
      });
      expect(unitOfWork.overlay(collection, 'nobody', null)).to.equal(null);
      expect(unitOfWork.peekWhere(collection, { owner: 'x', count: { $gte: 2 } })).to.include({ _id: 'new' });
      expect(unitOfWork.peekWhere(collection, { owner: 'y' })).to.equal(undefined);

      unitOfWork.stage(collection, { deleteMany: { filter: { owner: 'x' } } });
      unitOfWork.stage(collection, { deleteOne: { filter: { _id: 'gone' } } });
      expect(unitOfWork.peek(collection, 'new')).to.equal(null);
      expect(unitOfWork.peek(collection, 'gone')).to.equal(null);
      expect(unitOfWork.overlay(collection, 'stored', await collection.findOne({ _id: 'stored' }))).to.equal(null);
      expect(unitOfWork.peekWhere(collection, { owner: 'x' })).to.equal(undefined);
      await unitOfWork.flush();
      expect(unitOfWork.isEmpty()).to.equal(true);
    });
    expect(await collection.find({}).toArray()).to.deep.equal([{ _id: 'whole', name: 'w' }]);
  });

  it('undoes once what was registered, all of it although one fails, and nothing outside of a request', async () => {
    const undone: string[] = [];
    const undo = (name: string) => () => Promise.resolve(undone.push(name));
    await inRequest(async (scope) => {
      expect(scope.hasUndo()).to.equal(false);
      undoIfUnavailable(undo('first'));
      undoIfUnavailable(() => Promise.reject(new Error('away')));
      undoIfUnavailable(undo('last'));
      expect(scope.hasUndo()).to.equal(true);
      expect(await failure(undoAll())).to.have.property('message', 'away');
      await undoAll();
    });
    undoIfUnavailable(undo('outside'));
    await inRequest(() => undoAll());
    expect(undone).to.deep.equal(['first', 'last']);
  });

  it('fails the flush with the first error, and keeps nothing for a second flush', async () => {
    await collection.insertOne({ _id: 'taken', name: 'x' });
    await inRequest(async ({ unitOfWork }) => {
      unitOfWork.stage(collection, { insertOne: { document: { _id: 'taken', name: 'y' } } });
      expect(await failure(unitOfWork.flush())).to.be.instanceOf(DuplicateKeyError);
      expect(unitOfWork.isEmpty()).to.equal(true);
      await unitOfWork.flush();
    });
  });

  it('sends the writes that a handler of an unmatched guard stages, and fails with the error that it throws', async () => {
    await inRequest(async ({ unitOfWork }) => {
      const guarded = { updateOne: { filter: { _id: 'nobody' }, update: { $set: { name: 'y' } } } };
      unitOfWork.stage(collection, guarded, {
        onUnmatched: () => unitOfWork.stage(collection, { insertOne: { document: { _id: 'instead', name: 'x' } } }),
      });
      await unitOfWork.flush();
      expect(await collection.findOne({ _id: 'instead' })).to.include({ name: 'x' });
      unitOfWork.stage(collection, guarded, { onUnmatched: () => Promise.reject(new Error('lost the race')) });
      expect(await failure(unitOfWork.flush())).to.have.property('message', 'lost the race');
    });
  });

  it('reports a write when it is stored, not before and not after a failure', async () => {
    const stored: string[] = [];
    const insert = (_id: string) =>
      [collection, { insertOne: { document: { _id, name: 'x' } } }, { onStored: () => void stored.push(_id) }] as const;
    await recordWithRequest(...insert('alone'));
    expect(stored).to.deep.equal(['alone']);
    await inRequest(async () => {
      await recordWithRequest(...insert('record'));
      await writeWithRequest(...insert('write'));
      expect(stored).to.deep.equal(['alone']);
      await sendWrites();
      expect(stored).to.have.members(['alone', 'record', 'write']);
      await recordWithRequest(...insert('alone'));
      expect(await failure(sendWrites())).to.be.instanceOf(DuplicateKeyError);
      expect(stored).to.have.length(3);
    });
  });

  it('accepts a guard only on a write that can match', async () => {
    await inRequest(async ({ unitOfWork }) => {
      expect(() =>
        unitOfWork.stage(collection, { deleteOne: { filter: { _id: 'a' } } }, { onUnmatched: () => undefined }),
      ).to.throw(TypeError);
      const upsert = { replaceOne: { filter: { _id: 'a' }, replacement: { name: 'x' }, upsert: true } };
      expect(() => unitOfWork.stage(collection, upsert, { onUnmatched: () => undefined })).to.throw(TypeError);
    });
  });

  it('reads the state of the database once for many questions of a request, and again for those that come later', async () => {
    let reads = 0;
    const ask = (): number => {
      reads += 1;
      return databaseStateOfRequest(() => reads);
    };
    await inRequest(async () => {
      let asked = 0;
      const state = (): number =>
        databaseStateOfRequest(() => {
          asked += 1;
          return asked;
        });
      for (let question = 0; question < 1000; question += 1) {
        state();
      }
      expect(asked).to.be.lessThan(500);
      const before = asked;
      await sleep(25);
      expect(state()).to.equal(before + 1);
    });
    expect([ask(), ask()], 'without a request').to.deep.equal([1, 2]);
    await Promise.all([
      inRequest(async () => expect(databaseStateOfRequest(() => 7)).to.equal(7)),
      inRequest(async () =>
        expect(
          databaseStateOfRequest(() => 8),
          'another request',
        ).to.equal(8),
      ),
    ]);
  });
});

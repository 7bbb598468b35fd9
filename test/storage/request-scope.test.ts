import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { DuplicateKeyError } from '../../src/errors.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  currentRequestScope,
  runInRequestScope,
  writeWithRequest,
  type RequestScope,
} from '../../src/storage/request-scope.ts';
import { failure } from './contract/suite.ts';
import { definitions, things, type Thing } from './contract/things.ts';

describe('the request scope', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  let database: Database;
  let some: Collection<Thing>;

  before(async () => {
    database = await openDatabase({ url: `sqlite:${join(directory, 'scope.db')}`, clock: systemClock });
    await database.prepare(definitions);
    some = database.collection(things);
  });
  beforeEach(() => some.deleteMany({}));
  after(async () => {
    await database.close();
    rmSync(directory, { recursive: true });
  });

  const inRequest = <R>(run: (scope: RequestScope) => Promise<R>): Promise<R> =>
    runInRequestScope({ deadlineMs: 3000 }, () => {
      const scope = currentRequestScope();
      if (scope === undefined) {
        throw new Error('no scope');
      }
      return run(scope);
    });

  it('is seen by everything that the request awaits, by nothing after it, and by no other request', async () => {
    let release = (): void => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let afterwards: Promise<RequestScope | undefined> | undefined;
    const [one, other] = await Promise.all([
      inRequest(async (scope) => {
        await some.findOne({ _id: 'a' });
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

  it('discards what was not flushed when the request ends, and writes at once outside of one', async () => {
    await inRequest(() => writeWithRequest(some, { insertOne: { document: { _id: 'a', name: 'x' } } }));
    expect(await some.countDocuments({})).to.equal(0);
    await writeWithRequest(some, { insertOne: { document: { _id: 'b', name: 'x' } } });
    expect(await some.countDocuments({})).to.equal(1);
    let told = 0;
    await writeWithRequest(
      some,
      { updateOne: { filter: { _id: 'nobody' }, update: { $set: { name: 'y' } } } },
      { onUnmatched: () => void (told += 1) },
    );
    expect(told).to.equal(1);
  });

  it('shows a request what it has staged', async () => {
    await some.insertOne({ _id: 'stored', name: 'old', owner: 'x' });
    await inRequest(async ({ unitOfWork }) => {
      unitOfWork.stage(some, { insertOne: { document: { _id: 'new', name: 'n', owner: 'x' } } });
      unitOfWork.stage(some, {
        updateOne: { filter: { _id: 'new' }, update: { $set: { flag: true }, $inc: { count: 2 } } },
      });
      unitOfWork.stage(some, { replaceOne: { filter: { _id: 'whole' }, replacement: { name: 'w' }, upsert: true } });
      unitOfWork.stage(some, {
        updateOne: { filter: { _id: 'stored', takenBy: { $exists: false } }, update: { $set: { takenBy: 'me' } } },
      });
      expect(unitOfWork.peek(some, 'new')).to.deep.equal({ _id: 'new', name: 'n', owner: 'x', flag: true, count: 2 });
      expect(unitOfWork.peek(some, 'whole')).to.deep.equal({ _id: 'whole', name: 'w' });
      expect(unitOfWork.peek(some, 'stored'), 'depends on what is stored').to.equal(undefined);
      expect(unitOfWork.peek(some, 'nobody')).to.equal(undefined);
      expect(unitOfWork.overlay(some, 'stored', await some.findOne({ _id: 'stored' }))).to.include({
        name: 'old',
        takenBy: 'me',
      });
      expect(unitOfWork.overlay(some, 'nobody', null)).to.equal(null);
      expect(unitOfWork.peekWhere(some, { owner: 'x', count: { $gte: 2 } })).to.include({ _id: 'new' });
      expect(unitOfWork.peekWhere(some, { owner: 'y' })).to.equal(undefined);

      unitOfWork.stage(some, { deleteMany: { filter: { owner: 'x' } } });
      unitOfWork.stage(some, { deleteOne: { filter: { _id: 'gone' } } });
      expect(unitOfWork.peek(some, 'new')).to.equal(null);
      expect(unitOfWork.peek(some, 'gone')).to.equal(null);
      expect(unitOfWork.overlay(some, 'stored', await some.findOne({ _id: 'stored' }))).to.equal(null);
      expect(unitOfWork.peekWhere(some, { owner: 'x' })).to.equal(undefined);
      await unitOfWork.flush();
      expect(unitOfWork.isEmpty()).to.equal(true);
    });
    expect(await some.find({}).toArray()).to.deep.equal([{ _id: 'whole', name: 'w' }]);
  });

  it('fails the flush with the first failure, keeps nothing for another try, and lets the other collections be written', async () => {
    await some.insertOne({ _id: 'taken', name: 'x' });
    await inRequest(async ({ unitOfWork }) => {
      unitOfWork.stage(some, { insertOne: { document: { _id: 'taken', name: 'y' } } });
      expect(await failure(unitOfWork.flush())).to.be.instanceOf(DuplicateKeyError);
      expect(unitOfWork.isEmpty()).to.equal(true);
      await unitOfWork.flush();
    });
  });

  it('sends what a handler of an unmatched guard stages, and fails with what it throws', async () => {
    await inRequest(async ({ unitOfWork }) => {
      const guarded = { updateOne: { filter: { _id: 'nobody' }, update: { $set: { name: 'y' } } } };
      unitOfWork.stage(some, guarded, {
        onUnmatched: () => unitOfWork.stage(some, { insertOne: { document: { _id: 'instead', name: 'x' } } }),
      });
      await unitOfWork.flush();
      expect(await some.findOne({ _id: 'instead' })).to.include({ name: 'x' });
      unitOfWork.stage(some, guarded, { onUnmatched: () => Promise.reject(new Error('lost the race')) });
      expect(await failure(unitOfWork.flush())).to.have.property('message', 'lost the race');
    });
  });

  it('takes a guard only on a write that can match', async () => {
    await inRequest(async ({ unitOfWork }) => {
      expect(() =>
        unitOfWork.stage(some, { deleteOne: { filter: { _id: 'a' } } }, { onUnmatched: () => undefined }),
      ).to.throw(TypeError);
      const upsert = { replaceOne: { filter: { _id: 'a' }, replacement: { name: 'x' }, upsert: true } };
      expect(() => unitOfWork.stage(some, upsert, { onUnmatched: () => undefined })).to.throw(TypeError);
    });
  });
});

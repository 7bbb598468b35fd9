/** The behaviour that every backend must have (sqlite.test.ts, mongodb.test.ts). */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { after as later, manualClock, systemClock, type ManualClock } from '../../../src/clock.ts';
import { DuplicateKeyError, StorageUnavailableError } from '../../../src/errors.ts';
import type { Collection, Database, Filter, Operation, Update } from '../../../src/storage/database.ts';
import { openDatabase } from '../../../src/storage/open.ts';
import {
  currentRequestScope,
  runInRequestScope,
  sendWrites,
  writeWithRequest,
} from '../../../src/storage/request-scope.ts';
import type { TestDatabase } from '../../support/mongodb.ts';
import { users, definitions, leases, things, type Account, type Lease, type Thing } from './things.ts';

/** The error that a promise rejects with. @throws when it resolves */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected the promise to reject');
}

/**
 * @param name the name of the backend
 * @param freshUrl creates an empty database, or returns null when the backend is not available; then the suite is
 * skipped
 */
export function describeStorageContract(name: string, freshUrl: () => Promise<TestDatabase | null>): void {
  describe(`storage contract: ${name}`, () => {
    let url: string;
    let drop: () => Promise<void>;
    let clock: ManualClock;
    let database: Database;
    let operations: Operation[];
    let commits: number;
    let collection: Collection<Thing>;
    let keyed: Collection<Account>;
    let leased: Collection<Lease>;

    before(async function () {
      this.timeout(120_000);
      const fresh = await freshUrl();
      if (fresh === null) {
        return this.skip();
      }
      ({ url, drop } = fresh);
      clock = manualClock();
      operations = [];
      commits = 0;
      database = await openDatabase({
        url,
        clock,
        onOperation: (operation) => operations.push(operation),
        onCommit: () => (commits += 1),
      });
      await database.prepare(definitions);
      collection = database.collection(things);
      keyed = database.collection(users);
      leased = database.collection(leases);
      return undefined;
    });

    beforeEach(async () => {
      await collection.deleteMany({});
      await keyed.deleteMany({});
      await leased.deleteMany({ expiresAt: { $gt: new Date(0) } });
      operations.length = 0;
      commits = 0;
    });

    after(async () => {
      await database?.close();
      await drop?.();
    });

    describe('ids and unique keys', () => {
      it('rejects a second document with the same id', async () => {
        await collection.insertOne({ _id: 'a', name: 'one' });
        expect(await failure(collection.insertOne({ _id: 'a', name: 'two' }))).to.be.instanceOf(DuplicateKeyError);
        expect(await collection.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'one' });
      });

      it('rejects a second document with the same unique key, by insert, update and replacement', async () => {
        await keyed.insertOne({ _id: '1', key: 'ada' });
        await keyed.insertOne({ _id: '2', key: 'bob' });
        expect(await failure(keyed.insertOne({ _id: '3', key: 'ada' }))).to.be.instanceOf(DuplicateKeyError);
        expect(await failure(keyed.updateOne({ _id: '2' }, { $set: { key: 'ada' } }))).to.be.instanceOf(
          DuplicateKeyError,
        );
        expect(await failure(keyed.replaceOne({ _id: '2' }, { key: 'ada' }))).to.be.instanceOf(DuplicateKeyError);
        expect(
          await failure(keyed.updateOne({ _id: '4' }, { $set: { key: 'ada' } }, { upsert: true })),
        ).to.be.instanceOf(DuplicateKeyError);
        expect(await keyed.countDocuments({ key: 'ada' })).to.equal(1);
      });

      it('enforces a sparse unique key only where the field is present', async () => {
        await collection.bulkWrite([
          { insertOne: { document: { _id: 'a', name: 'x' } } },
          { insertOne: { document: { _id: 'b', name: 'x' } } },
        ]);
        await collection.insertOne({ _id: 'c', name: 'x', email: 'c@example.com' });
        expect(await failure(collection.insertOne({ _id: 'd', name: 'x', email: 'c@example.com' }))).to.be.instanceOf(
          DuplicateKeyError,
        );
        await collection.updateOne({ _id: 'c' }, { $unset: { email: true } });
        await collection.insertOne({ _id: 'd', name: 'x', email: 'c@example.com' });
      });

      it('lets exactly one of many parallel inserts use a unique key', async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, (_, at) => keyed.insertOne({ _id: `id-${at}`, key: 'same' })),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1);
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') {
            expect(outcome.reason).to.be.instanceOf(DuplicateKeyError);
          }
        }
      });

      it('does not let a failing write affect the others', async () => {
        await collection.insertOne({ _id: 'taken', name: 'x' });
        const outcomes = await Promise.allSettled(
          ['a', 'taken', 'b'].map((_id) => collection.insertOne({ _id, name: 'y' })),
        );
        expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
        expect(await collection.countDocuments({})).to.equal(3);
      });
    });

    describe('filters', () => {
      beforeEach(async () => {
        const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));
        await collection.bulkWrite([
          { insertOne: { document: { _id: 'a', name: 'anna', owner: 'x', count: 1, flag: true, at: day(1) } } },
          { insertOne: { document: { _id: 'b', name: 'Bert', owner: 'x', count: 2, flag: false, at: day(2) } } },
          { insertOne: { document: { _id: 'c', name: 'çelik', owner: 'y', count: 10, at: day(3) } } },
          { insertOne: { document: { _id: 'd', name: '10' } } },
        ]);
      });

      const day2 = new Date(Date.UTC(2026, 0, 2));
      const cases: readonly (readonly [Filter<Thing>, string])[] = [
        [{}, 'abcd'],
        [{ name: 'anna' }, 'a'],
        [{ name: 'ANNA' }, ''],
        [{ flag: false }, 'b'],
        [{ at: day2 }, 'b'],
        [{ owner: 'x', count: 2 }, 'b'],
        [{ _id: { $in: ['a', 'd', 'nobody'] } }, 'ad'],
        [{ count: { $in: [1, 10] } }, 'ac'],
        [{ at: { $in: [day2] } }, 'b'],
        [{ owner: { $in: [] } }, ''],
        [{ owner: { $ne: 'x' } }, 'cd'],
        [{ flag: { $ne: true } }, 'bcd'],
        [{ at: { $ne: day2 } }, 'acd'],
        [{ owner: { $exists: true } }, 'abc'],
        [{ flag: { $exists: false } }, 'cd'],
        [{ count: { $gt: 1 } }, 'bc'],
        [{ count: { $gte: 1, $lt: 10 } }, 'ab'],
        [{ count: { $lte: 2 } }, 'ab'],
        [{ at: { $gte: day2 } }, 'bc'],
        [{ at: { $lt: day2 } }, 'a'],
        [{ name: { $gt: 'a' } }, 'ac'],
        [{ name: { $lt: 'a' } }, 'bd'],
        [{ flag: true, owner: { $exists: true }, count: { $gt: 0 } }, 'a'],
      ];
      for (const [filter, expected] of cases) {
        it(`finds ${expected === '' ? 'nothing' : expected} by ${JSON.stringify(filter)}`, async () => {
          const found = await collection.find(filter, { sort: { _id: 1 } }).toArray();
          expect(found.map(({ _id }) => _id).join('')).to.equal(expected);
          expect(await collection.countDocuments(filter)).to.equal(expected.length);
          expect((await collection.findOne(filter)) === null).to.equal(expected === '');
        });
      }

      it('sorts absent fields first and equal values by id, and pages without a gap', async () => {
        await collection.insertOne({ _id: 'aa', name: 'x', owner: 'x', count: 2 });
        const ids = async (skip: number, limit: number): Promise<string> =>
          (await collection.find({}, { sort: { count: -1 }, skip, limit }).toArray()).map(({ _id }) => _id).join(' ');
        expect(await ids(0, 0)).to.equal('c aa b a d');
        expect([await ids(0, 2), await ids(2, 2), await ids(4, 2)]).to.deep.equal(['c aa', 'b a', 'd']);
        const byName = await collection.find({}, { sort: { name: 1 } }).toArray();
        expect(
          byName.map((thing) => thing.name),
          'by code point',
        ).to.deep.equal(['10', 'Bert', 'anna', 'x', 'çelik']);
      });
    });

    describe('updates', () => {
      it('sets, unsets and increments, and reports what was matched and modified', async () => {
        await collection.insertOne({ _id: 'a', name: 'one', owner: 'x' });
        expect(
          await collection.updateOne(
            { _id: 'a' },
            { $set: { name: 'two' }, $unset: { owner: true }, $inc: { count: 3 } },
          ),
        ).to.include({ matchedCount: 1, modifiedCount: 1 });
        expect(await collection.updateOne({ _id: 'a' }, { $set: { name: 'two' } }), 'no change').to.include({
          matchedCount: 1,
          modifiedCount: 0,
        });
        expect(await collection.updateOne({ _id: 'b' }, { $set: { name: 'two' } }), 'no document').to.include({
          matchedCount: 0,
          modifiedCount: 0,
        });
        expect(await collection.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'two', count: 3 });
      });

      it('upserts: applies $setOnInsert only to a new document, and does not write undefined', async () => {
        const update: Update<Thing> = { $set: { owner: 'x' }, $setOnInsert: { name: 'new' }, $inc: { count: 1 } };
        const absent: { email?: string } = { email: undefined } as unknown as { email?: string };
        expect(
          await collection.updateOne({ _id: 'a' }, { ...update, $set: { owner: 'x', ...absent } }, { upsert: true }),
        ).to.include({ matchedCount: 0, upsertedCount: 1 });
        expect(
          await collection.updateOne({ _id: 'a' }, { ...update, $setOnInsert: { name: 'newer' } }, { upsert: true }),
        ).to.include({ matchedCount: 1, upsertedCount: 0 });
        expect(await collection.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'new', owner: 'x', count: 2 });
        expect(await collection.replaceOne({ _id: 'b' }, { name: 'whole', ...absent }, { upsert: true })).to.include({
          upsertedCount: 1,
        });
        expect(await collection.findOne({ _id: 'b' })).to.deep.equal({ _id: 'b', name: 'whole' });
      });

      it('counts every one of many parallel upserts of one document', async () => {
        await Promise.all(
          Array.from({ length: 50 }, () =>
            collection.updateOne(
              { _id: 'counter' },
              { $inc: { count: 1 }, $setOnInsert: { name: 'c' } },
              { upsert: true },
            ),
          ),
        );
        expect((await collection.findOne({ _id: 'counter' }))?.count).to.equal(50);
      });

      it('returns the document before or after the update, as requested', async () => {
        await collection.insertOne({ _id: 'a', name: 'one' });
        expect(
          await collection.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'two' } }, { returnDocument: 'before' }),
        ).to.include({ name: 'one' });
        expect(
          await collection.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'three' } }, { returnDocument: 'after' }),
        ).to.include({ name: 'three' });
        expect(
          await collection.findOneAndUpdate({ _id: 'b' }, { $set: { name: 'x' } }, { returnDocument: 'after' }),
        ).to.equal(null);
        expect(
          await collection.findOneAndUpdate(
            { _id: 'b' },
            { $set: { name: 'x' } },
            { returnDocument: 'before', upsert: true },
          ),
        ).to.equal(null);
        expect(
          await collection.findOneAndUpdate(
            { _id: 'c' },
            { $set: { name: 'x' } },
            { returnDocument: 'after', upsert: true },
          ),
        ).to.deep.equal({ _id: 'c', name: 'x' });
      });

      it('replaces the whole document except its id', async () => {
        await collection.insertOne({ _id: 'a', name: 'one', owner: 'x', email: 'a@example.com' });
        await collection.replaceOne({ _id: 'a', owner: 'x' }, { name: 'two' });
        expect(await collection.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'two' });
      });

      it('executes a bulk in order, and stops at the first failure', async () => {
        const result = await collection.bulkWrite([
          { insertOne: { document: { _id: 'a', name: 'one' } } },
          { updateOne: { filter: { _id: 'a' }, update: { $set: { name: 'two' } } } },
          { replaceOne: { filter: { _id: 'b' }, replacement: { name: 'b' }, upsert: true } },
          { insertOne: { document: { _id: 'c', name: 'c', owner: 'x' } } },
          { deleteMany: { filter: { owner: 'x' } } },
        ]);
        expect(result).to.include({
          insertedCount: 2,
          matchedCount: 1,
          modifiedCount: 1,
          deletedCount: 1,
          upsertedCount: 1,
        });
        const failed = await failure(
          collection.bulkWrite([
            { insertOne: { document: { _id: 'd', name: 'd' } } },
            { insertOne: { document: { _id: 'a', name: 'again' } } },
            { insertOne: { document: { _id: 'e', name: 'e' } } },
          ]),
        );
        expect(failed).to.be.instanceOf(DuplicateKeyError);
        expect(
          (await collection.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id, name: value }) => `${_id}=${value}`),
        ).to.deep.equal(['a=two', 'b=b', 'd=d']);
      });

      it('deletes one or all that match, also more than one batch', async () => {
        await collection.bulkWrite(
          Array.from({ length: 450 }, (_, at) => ({
            insertOne: { document: { _id: String(at), name: 'x', flag: at % 3 === 0 } },
          })),
        );
        expect(await collection.deleteOne({ flag: true })).to.include({ deletedCount: 1 });
        expect(await collection.deleteMany({ flag: false })).to.include({ deletedCount: 300 });
        expect(await collection.countDocuments({})).to.equal(149);
      });
    });

    describe('documents', () => {
      it('returns dates, Unicode, numbers, dotted keys, dollar keys and __proto__ keys unchanged', async () => {
        const nested = JSON.parse(
          '{"__proto__": {"admin": true}, "constructor": "c", "https://a.example/b.c": {"d.e": 1}, "empty": {}, "list": [1, "two", null, [true]]}',
        ) as Thing['nested'];
        const thing: Thing = {
          _id: 'ü🦊/../%00"\'',
          name: 'Zoë 𝕏 \u0000 ‮ \n',
          count: -1234567.25,
          flag: false,
          at: new Date(1.7e12 + 1),
          nested: { nested: nested ?? null, at: [new Date(0), { deep: new Date(-1) }], big: Number.MAX_SAFE_INTEGER },
        };
        await collection.insertOne(thing);
        const found = await collection.findOne({ _id: thing._id });
        expect(found).to.deep.equal(thing);
        expect(JSON.stringify(found)).to.equal(JSON.stringify(thing));
        expect(({} as { admin?: boolean }).admin, 'no prototype is changed').to.equal(undefined);
        expect((found?.nested as { at: Date[] } | undefined)?.at[0]).to.be.instanceOf(Date);
      });

      it('copies documents when it stores and when it returns them', async () => {
        const nested: { list: string[] } = { list: ['a'] };
        const pending = collection.insertOne({ _id: 'a', name: 'x', nested });
        await pending;
        nested.list.push('b');
        const found = await collection.findOne({ _id: 'a' });
        (found?.nested as { list: string[] } | undefined)?.list.push('c');
        expect((await collection.findOne({ _id: 'a' }))?.nested).to.deep.equal({ list: ['a'] });
      });
    });

    describe('the grammar of filters and updates', () => {
      // Values that could come from the network as JSON, if they were passed on unchecked.
      const filters: readonly unknown[] = [
        { name: { $regex: '.*' } },
        { $where: 'true' },
        { $or: [{ name: 'a' }] },
        { name: { $not: { $ne: 'a' } } },
        { name: null },
        { name: undefined },
        { 'nested.inner': 1 },
        { name: ['a'] },
        { name: { $in: 'a' } },
        { name: { $in: [{ $gt: '' }] } },
        { name: { $gt: null } },
        { name: {} },
        { name: { inner: 1 } },
        { name: { $exists: 'yes' } },
        { name: { $eq: 'a' } },
        { count: Number.NaN },
        { 'name" OR 1=1 --': 'a' },
        'a',
        null,
        ['a'],
      ];
      for (const filter of filters) {
        it(`rejects the filter ${JSON.stringify(filter) ?? String(filter)}`, async () => {
          const untyped = filter as Filter<Thing>;
          await collection.insertOne({ _id: 'a', name: 'a' });
          expect(await failure(collection.findOne(untyped))).to.be.instanceOf(TypeError);
          expect(await failure(collection.deleteMany(untyped))).to.be.instanceOf(TypeError);
          expect(await failure(collection.updateOne(untyped, { $set: { name: 'b' } }))).to.be.instanceOf(TypeError);
          expect(await failure(collection.bulkWrite([{ deleteMany: { filter: untyped } }]))).to.be.instanceOf(
            TypeError,
          );
          expect(() => collection.find(untyped)).to.throw(TypeError);
          expect(await collection.countDocuments({ name: 'a' })).to.equal(1);
        });
      }

      const updates: readonly unknown[] = [
        {},
        { name: 'b' },
        { $set: {} },
        { $push: { nested: 1 } },
        { $rename: { name: 'owner' } },
        { $set: { 'nested.a': 1 } },
        { $set: { $x: 1 } },
        { $set: { _id: 'b' } },
        { $inc: { count: '1' } },
        { $set: { name: 'b' }, $unset: { name: true } },
        [{ $set: { name: 'b' } }],
        JSON.parse('{"$set": {"__proto__": 1}}'),
      ];
      for (const update of updates) {
        it(`rejects the update ${JSON.stringify(update)}`, async () => {
          await collection.insertOne({ _id: 'a', name: 'a' });
          expect(await failure(collection.updateOne({ _id: 'a' }, update as Update<Thing>))).to.be.instanceOf(
            TypeError,
          );
          expect(await collection.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'a' });
        });
      }

      it('rejects an upsert whose filter does not contain the id, and a document without an id', async () => {
        expect(
          await failure(collection.updateOne({ name: 'a' }, { $set: { owner: 'b' } }, { upsert: true })),
        ).to.be.instanceOf(TypeError);
        expect(await failure(collection.insertOne({ name: 'a' } as Thing))).to.be.instanceOf(TypeError);
      });

      it('does not compile with an unknown operator', () => {
        // @ts-expect-error there is no $regex
        const regex: Filter<Thing> = { name: { $regex: 'a' } };
        // @ts-expect-error null is not in the grammar
        const nothing: Filter<Thing> = { name: null };
        // @ts-expect-error only top-level scalars are searched
        const inner: Filter<Thing> = { nested: { inner: 1 } };
        // @ts-expect-error there is no $push
        const push: Update<Thing> = { $push: { name: 'a' } };
        expect([regex, nothing, inner, push]).to.have.lengthOf(4);
      });
    });

    describe('expiry', () => {
      const lease = (_id: string, seconds: number, more: Partial<Lease> = {}): Lease => ({
        _id,
        holder: 'x',
        expiresAt: later(clock, seconds),
        ...more,
      });

      it('treats a document as absent from the time that it expires, for every operation', async () => {
        await leased.insertOne(lease('a', 10));
        clock.advance(9);
        expect(await leased.findOne({ _id: 'a' })).to.include({ holder: 'x' });
        clock.advance(1);
        expect(await leased.findOne({ _id: 'a' })).to.equal(null);
        expect(await leased.find({ holder: 'x' }).toArray()).to.deep.equal([]);
        expect(await leased.countDocuments({})).to.equal(0);
        expect(
          await leased.findOneAndUpdate({ _id: 'a' }, { $set: { holder: 'y' } }, { returnDocument: 'after' }),
        ).to.equal(null);
        expect(await leased.updateOne({ _id: 'a' }, { $set: { holder: 'y' } })).to.include({ matchedCount: 0 });
        expect(await leased.replaceOne({ _id: 'a' }, { holder: 'y', expiresAt: later(clock, 10) })).to.include({
          matchedCount: 0,
        });
        expect(await leased.deleteOne({ _id: 'a' })).to.include({ deletedCount: 0 });
        expect(await leased.deleteMany({})).to.include({ deletedCount: 0 });
        expect(
          await leased.bulkWrite([
            { deleteMany: { filter: { _id: 'a' } } },
            { updateOne: { filter: { _id: 'a' }, update: { $set: { holder: 'y' } } } },
          ]),
        ).to.include({ deletedCount: 0, matchedCount: 0 });
        expect(
          await leased.countDocuments({ expiresAt: { $gt: new Date(0) } }),
          'a filter on expiresAt finds it',
        ).to.equal(1);
      });

      it('lets a write replace an expired document with the same id or unique key', async () => {
        const replaced = [
          () => leased.insertOne(lease('a', 100, { holder: 'new' })),
          () => leased.insertOne(lease('b', 100, { holder: 'new', handle: 'h' })),
          () =>
            leased.updateOne(
              { _id: 'a' },
              { $set: { holder: 'new', expiresAt: later(clock, 100) }, $inc: { count: 1 } },
              { upsert: true },
            ),
          () => leased.replaceOne({ _id: 'a' }, { holder: 'new', expiresAt: later(clock, 100) }, { upsert: true }),
          () =>
            leased.findOneAndUpdate(
              { _id: 'a' },
              { $set: { holder: 'new', expiresAt: later(clock, 100) } },
              { upsert: true, returnDocument: 'after' },
            ),
          () =>
            leased.bulkWrite([
              { insertOne: { document: lease('z', 100) } },
              { insertOne: { document: lease('a', 100, { holder: 'new' }) } },
              { insertOne: { document: lease('y', 100) } },
            ]),
        ];
        for (const write of replaced) {
          await leased.deleteMany({ expiresAt: { $gt: new Date(0) } });
          await leased.insertOne(lease('a', 10, { handle: 'h', count: 5 }));
          clock.advance(10);
          await write();
          const [fresh] = await leased.find({ holder: 'new' }).toArray();
          expect(fresh?.count ?? 1, 'nothing of the expired document is kept').to.equal(1);
        }
        expect(await leased.countDocuments({}), 'a bulk continues after it').to.equal(3);
      });

      it('lets exactly one of many parallel inserts replace an expired document', async () => {
        await leased.insertOne(lease('a', 10));
        clock.advance(10);
        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, (_, at) => leased.insertOne(lease('a', 100, { holder: `caller-${at}` }))),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1);
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') {
            expect(outcome.reason).to.be.instanceOf(DuplicateKeyError);
          }
        }
      });

      it('rejects an insert with the id of a document that has not expired', async () => {
        await leased.insertOne(lease('a', 10));
        expect(await failure(leased.insertOne(lease('a', 100)))).to.be.instanceOf(DuplicateKeyError);
      });
    });

    describe('races', () => {
      const callers = 10;

      it('lets exactly one parallel caller win a guarded update', async () => {
        await collection.insertOne({ _id: 'once', name: 'x' });
        const results = await Promise.all(
          Array.from({ length: 30 }, (_, caller) =>
            collection.findOneAndUpdate(
              { _id: 'once', takenBy: { $exists: false } },
              { $set: { takenBy: String(caller) } },
              { returnDocument: 'after' },
            ),
          ),
        );
        const winners = results.filter((result) => result !== null);
        expect(winners).to.have.lengthOf(1);
        expect((await collection.findOne({ _id: 'once' }))?.takenBy).to.equal(winners[0]?.takenBy);
      });

      it('lets exactly one caller in two processes win a guarded update', async function () {
        this.timeout(30_000);
        const children = ['one', 'two'].map((child) =>
          fork(join(import.meta.dirname, 'competitor.ts'), [url, child, String(callers)], {
            execArgv: ['--disable-warning=ExperimentalWarning'],
          }),
        );
        const nextMessage = async (
          child: ChildProcess,
        ): Promise<{ readonly won?: readonly string[]; readonly failed?: string }> =>
          ((await once(child, 'message')) as [{ readonly won?: readonly string[] }])[0];
        try {
          await Promise.all(children.map(nextMessage));
          for (let round = 0; round < 25; round += 1) {
            const id = `race-${round}`;
            await collection.insertOne({ _id: id, name: 'x' });
            const answers = children.map(nextMessage);
            for (const child of children) {
              child.send(id);
            }
            const outcomes = await Promise.all(answers);
            expect(outcomes.map(({ failed }) => failed)).to.deep.equal([undefined, undefined]);
            const winners = outcomes.flatMap(({ won }) => won ?? []);
            expect(winners, `round ${round}`).to.have.lengthOf(1);
            expect((await collection.findOne({ _id: id }))?.takenBy).to.equal(winners[0]);
          }
        } finally {
          await Promise.all(
            children.map(async (child) => {
              child.disconnect();
              await once(child, 'exit');
            }),
          );
        }
      });
    });

    describe('the writes of a request', () => {
      it('are sent as one bulk for each collection, in one commit on SQLite', async () => {
        const counted = await runInRequestScope({ deadlineMs: 15_000 }, async () => {
          await writeWithRequest(collection, { insertOne: { document: { _id: 'a', name: 'one' } } });
          await writeWithRequest(collection, { updateOne: { filter: { _id: 'a' }, update: { $set: { owner: 'x' } } } });
          await writeWithRequest(keyed, { insertOne: { document: { _id: 'k', key: 'k' } } });
          expect(await collection.findOne({ _id: 'a' }), 'nothing is sent before the end').to.equal(null);
          await sendWrites();
          return currentRequestScope()?.operations;
        });
        expect(counted).to.deep.equal({ reads: 1, writes: 2 });
        expect(operations.map(({ name: operation }) => operation)).to.deep.equal(['findOne', 'bulkWrite', 'bulkWrite']);
        expect(commits).to.equal(url.startsWith('sqlite') ? 1 : 2);
        expect(await collection.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'one', owner: 'x' });
      });

      it('report an unmatched guard for the write that it guards', async () => {
        await collection.insertOne({ _id: 'b', name: 'x' });
        const unmatched: string[] = [];
        await runInRequestScope({ deadlineMs: 15_000 }, async () => {
          for (const _id of ['a', 'b', 'c']) {
            await writeWithRequest(
              collection,
              { updateOne: { filter: { _id, takenBy: { $exists: false } }, update: { $set: { takenBy: 'me' } } } },
              { onUnmatched: () => void unmatched.push(_id) },
            );
            await writeWithRequest(collection, { updateOne: { filter: { _id: 'b' }, update: { $inc: { count: 1 } } } });
          }
          await sendWrites();
        });
        expect(unmatched).to.deep.equal(['a', 'c']);
        expect(await collection.findOne({ _id: 'b' })).to.include({ takenBy: 'me', count: 3 });
      });

      it('are not started after the deadline, but fail with StorageUnavailableError', async () => {
        const failed = await runInRequestScope({ deadlineMs: -1 }, async () => [
          await failure(collection.findOne({ _id: 'a' })),
          await failure(collection.insertOne({ _id: 'late', name: 'x' })),
        ]);
        for (const error of failed) {
          expect(error).to.be.instanceOf(StorageUnavailableError);
        }
        expect(await collection.findOne({ _id: 'late' })).to.equal(null);
      });
    });

    it('can be prepared again, also by several processes at the same time, without losing data', async function () {
      this.timeout(30_000);
      await collection.insertOne({ _id: 'a', name: 'kept' });
      const others = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, clock: systemClock })));
      await Promise.all(others.map((other) => other.prepare(definitions)));
      expect(await others[0]?.collection(things).findOne({ _id: 'a' })).to.include({ name: 'kept' });
      await Promise.all(others.map((other) => other.close()));
    });

    it('answers a ping, and fails with StorageUnavailableError after it is closed', async () => {
      const other = await openDatabase({ url, clock: systemClock });
      await other.ping();
      await other.close();
      await other.close();
      expect(await failure(other.collection(things).findOne({ _id: 'a' }))).to.be.instanceOf(StorageUnavailableError);
      expect(await failure(other.ping())).to.be.instanceOf(StorageUnavailableError);
    });

    it('reports by its data version whether another connection has written, if it can do so without a request', async () => {
      expect(database.dataVersion === undefined).to.equal(!url.startsWith('sqlite'));
      if (database.dataVersion === undefined) {
        return;
      }
      const other = await openDatabase({ url, clock: systemClock });
      const version = database.dataVersion();
      await collection.insertOne({ _id: 'own', name: 'own' });
      await other.ping();
      expect(database.dataVersion(), 'an own write, and a transaction that wrote nothing').to.equal(version);
      const before = other.dataVersion?.();
      await other.collection(things).insertOne({ _id: 'other', name: 'other' });
      expect(other.dataVersion?.()).to.equal(before);
      expect(database.dataVersion()).not.to.equal(version);
      await other.close();
      expect(() => other.dataVersion?.()).to.throw(StorageUnavailableError);
    });

    it('completes pending operations before it closes, and starts no others', async () => {
      const other = await openDatabase({ url, clock: systemClock });
      await other.ping();
      const closing = other.collection(things);
      const begun = Promise.allSettled([
        ...Array.from({ length: 20 }, (_, at) => closing.insertOne({ _id: `begun-${at}`, name: 'begun' })),
        closing.updateOne({ _id: 'upserted' }, { $set: { name: 'begun' } }, { upsert: true }),
        closing.bulkWrite([{ insertOne: { document: { _id: 'in bulk', name: 'begun' } } }]),
      ]);
      const closed = other.close();
      const late = await failure(closing.insertOne({ _id: 'late', name: 'late' }));
      await closed;
      const outcomes = (await begun).map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'stored'));
      expect(outcomes.filter((outcome) => outcome !== 'stored')).to.deep.equal([]);
      expect(await collection.countDocuments({ name: 'begun' })).to.equal(22);
      expect(late).to.be.instanceOf(StorageUnavailableError);
      expect(await collection.findOne({ _id: 'late' })).to.equal(null);
    });
  });
}

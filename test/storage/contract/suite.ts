/** What every backend must do: run on each of them (sqlite.test.ts, mongodb.test.ts). */
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

/** What a promise failed with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it should have failed');
}

/**
 * @param name of the backend.
 * @param freshUrl makes a new, empty database; `null` where there is none, which skips the suite.
 */
export function describeStorageContract(name: string, freshUrl: () => Promise<TestDatabase | null>): void {
  describe(`storage contract: ${name}`, () => {
    let url: string;
    let drop: () => Promise<void>;
    let clock: ManualClock;
    let database: Database;
    let operations: Operation[];
    let commits: number;
    let some: Collection<Thing>;
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
      some = database.collection(things);
      keyed = database.collection(users);
      leased = database.collection(leases);
      return undefined;
    });

    beforeEach(async () => {
      await some.deleteMany({});
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
      it('refuses a second document under an id', async () => {
        await some.insertOne({ _id: 'a', name: 'one' });
        expect(await failure(some.insertOne({ _id: 'a', name: 'two' }))).to.be.instanceOf(DuplicateKeyError);
        expect(await some.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'one' });
      });

      it('refuses a second document under a unique key, by insert, update and replacement', async () => {
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

      it('holds a sparse key to be unique only where it is present', async () => {
        await some.bulkWrite([
          { insertOne: { document: { _id: 'a', name: 'x' } } },
          { insertOne: { document: { _id: 'b', name: 'x' } } },
        ]);
        await some.insertOne({ _id: 'c', name: 'x', email: 'c@example.com' });
        expect(await failure(some.insertOne({ _id: 'd', name: 'x', email: 'c@example.com' }))).to.be.instanceOf(
          DuplicateKeyError,
        );
        await some.updateOne({ _id: 'c' }, { $unset: { email: true } });
        await some.insertOne({ _id: 'd', name: 'x', email: 'c@example.com' });
      });

      it('gives a unique key to exactly one of many parallel inserts', async () => {
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

      it('does not let a failing write disturb those beside it', async () => {
        await some.insertOne({ _id: 'taken', name: 'x' });
        const outcomes = await Promise.allSettled(['a', 'taken', 'b'].map((_id) => some.insertOne({ _id, name: 'y' })));
        expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
        expect(await some.countDocuments({})).to.equal(3);
      });
    });

    describe('filters', () => {
      beforeEach(async () => {
        const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));
        await some.bulkWrite([
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
          const found = await some.find(filter, { sort: { _id: 1 } }).toArray();
          expect(found.map(({ _id }) => _id).join('')).to.equal(expected);
          expect(await some.countDocuments(filter)).to.equal(expected.length);
          expect((await some.findOne(filter)) === null).to.equal(expected === '');
        });
      }

      it('sorts with an absent field first, equal ones by id, and pages without a gap', async () => {
        await some.insertOne({ _id: 'aa', name: 'x', owner: 'x', count: 2 });
        const ids = async (skip: number, limit: number): Promise<string> =>
          (await some.find({}, { sort: { count: -1 }, skip, limit }).toArray()).map(({ _id }) => _id).join(' ');
        expect(await ids(0, 0)).to.equal('c aa b a d');
        expect([await ids(0, 2), await ids(2, 2), await ids(4, 2)]).to.deep.equal(['c aa', 'b a', 'd']);
        const byName = await some.find({}, { sort: { name: 1 } }).toArray();
        expect(
          byName.map((thing) => thing.name),
          'by code point',
        ).to.deep.equal(['10', 'Bert', 'anna', 'x', 'çelik']);
      });
    });

    describe('updates', () => {
      it('sets, unsets and counts, and says what was matched and changed', async () => {
        await some.insertOne({ _id: 'a', name: 'one', owner: 'x' });
        expect(
          await some.updateOne({ _id: 'a' }, { $set: { name: 'two' }, $unset: { owner: true }, $inc: { count: 3 } }),
        ).to.include({ matchedCount: 1, modifiedCount: 1 });
        expect(await some.updateOne({ _id: 'a' }, { $set: { name: 'two' } }), 'the same again').to.include({
          matchedCount: 1,
          modifiedCount: 0,
        });
        expect(await some.updateOne({ _id: 'b' }, { $set: { name: 'two' } }), 'nobody').to.include({
          matchedCount: 0,
          modifiedCount: 0,
        });
        expect(await some.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'two', count: 3 });
      });

      it('upserts: $setOnInsert only for a new document, and undefined is not written', async () => {
        const update: Update<Thing> = { $set: { owner: 'x' }, $setOnInsert: { name: 'new' }, $inc: { count: 1 } };
        const never: { email?: string } = { email: undefined } as unknown as { email?: string };
        expect(
          await some.updateOne({ _id: 'a' }, { ...update, $set: { owner: 'x', ...never } }, { upsert: true }),
        ).to.include({ matchedCount: 0, upsertedCount: 1 });
        expect(
          await some.updateOne({ _id: 'a' }, { ...update, $setOnInsert: { name: 'newer' } }, { upsert: true }),
        ).to.include({ matchedCount: 1, upsertedCount: 0 });
        expect(await some.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'new', owner: 'x', count: 2 });
        expect(await some.replaceOne({ _id: 'b' }, { name: 'whole', ...never }, { upsert: true })).to.include({
          upsertedCount: 1,
        });
        expect(await some.findOne({ _id: 'b' })).to.deep.equal({ _id: 'b', name: 'whole' });
      });

      it('counts every one of many parallel upserts of one document', async () => {
        await Promise.all(
          Array.from({ length: 50 }, () =>
            some.updateOne({ _id: 'counter' }, { $inc: { count: 1 }, $setOnInsert: { name: 'c' } }, { upsert: true }),
          ),
        );
        expect((await some.findOne({ _id: 'counter' }))?.count).to.equal(50);
      });

      it('gives the document before or after, as asked', async () => {
        await some.insertOne({ _id: 'a', name: 'one' });
        expect(
          await some.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'two' } }, { returnDocument: 'before' }),
        ).to.include({ name: 'one' });
        expect(
          await some.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'three' } }, { returnDocument: 'after' }),
        ).to.include({ name: 'three' });
        expect(
          await some.findOneAndUpdate({ _id: 'b' }, { $set: { name: 'x' } }, { returnDocument: 'after' }),
        ).to.equal(null);
        expect(
          await some.findOneAndUpdate(
            { _id: 'b' },
            { $set: { name: 'x' } },
            { returnDocument: 'before', upsert: true },
          ),
        ).to.equal(null);
        expect(
          await some.findOneAndUpdate({ _id: 'c' }, { $set: { name: 'x' } }, { returnDocument: 'after', upsert: true }),
        ).to.deep.equal({ _id: 'c', name: 'x' });
      });

      it('replaces the whole document but its id', async () => {
        await some.insertOne({ _id: 'a', name: 'one', owner: 'x', email: 'a@example.com' });
        await some.replaceOne({ _id: 'a', owner: 'x' }, { name: 'two' });
        expect(await some.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'two' });
      });

      it('carries a bulk out in order, and the first failure ends the rest', async () => {
        const result = await some.bulkWrite([
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
          some.bulkWrite([
            { insertOne: { document: { _id: 'd', name: 'd' } } },
            { insertOne: { document: { _id: 'a', name: 'again' } } },
            { insertOne: { document: { _id: 'e', name: 'e' } } },
          ]),
        );
        expect(failed).to.be.instanceOf(DuplicateKeyError);
        expect(
          (await some.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id, name: called }) => `${_id}=${called}`),
        ).to.deep.equal(['a=two', 'b=b', 'd=d']);
      });

      it('deletes one or all that match, more than one batch of them too', async () => {
        await some.bulkWrite(
          Array.from({ length: 450 }, (_, at) => ({
            insertOne: { document: { _id: String(at), name: 'x', flag: at % 3 === 0 } },
          })),
        );
        expect(await some.deleteOne({ flag: true })).to.include({ deletedCount: 1 });
        expect(await some.deleteMany({ flag: false })).to.include({ deletedCount: 300 });
        expect(await some.countDocuments({})).to.equal(149);
      });
    });

    describe('documents', () => {
      it('gives back dates, unicode, numbers, dotted keys, dollar keys and __proto__ keys as they went in', async () => {
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
        await some.insertOne(thing);
        const found = await some.findOne({ _id: thing._id });
        expect(found).to.deep.equal(thing);
        expect(JSON.stringify(found)).to.equal(JSON.stringify(thing));
        expect(({} as { admin?: boolean }).admin, 'no prototype was changed').to.equal(undefined);
        expect((found?.nested as { at: Date[] } | undefined)?.at[0]).to.be.instanceOf(Date);
      });

      it('copies on the way in and on the way out', async () => {
        const nested: { list: string[] } = { list: ['a'] };
        const pending = some.insertOne({ _id: 'a', name: 'x', nested });
        await pending;
        nested.list.push('b');
        const found = await some.findOne({ _id: 'a' });
        (found?.nested as { list: string[] } | undefined)?.list.push('c');
        expect((await some.findOne({ _id: 'a' }))?.nested).to.deep.equal({ list: ['a'] });
      });
    });

    describe('the closed grammar', () => {
      // What JSON from the network could be, were it passed on unchecked.
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
        it(`refuses the filter ${JSON.stringify(filter) ?? String(filter)}`, async () => {
          const untyped = filter as Filter<Thing>;
          await some.insertOne({ _id: 'a', name: 'a' });
          expect(await failure(some.findOne(untyped))).to.be.instanceOf(TypeError);
          expect(await failure(some.deleteMany(untyped))).to.be.instanceOf(TypeError);
          expect(await failure(some.updateOne(untyped, { $set: { name: 'b' } }))).to.be.instanceOf(TypeError);
          expect(await failure(some.bulkWrite([{ deleteMany: { filter: untyped } }]))).to.be.instanceOf(TypeError);
          expect(() => some.find(untyped)).to.throw(TypeError);
          expect(await some.countDocuments({ name: 'a' })).to.equal(1);
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
        it(`refuses the update ${JSON.stringify(update)}`, async () => {
          await some.insertOne({ _id: 'a', name: 'a' });
          expect(await failure(some.updateOne({ _id: 'a' }, update as Update<Thing>))).to.be.instanceOf(TypeError);
          expect(await some.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'a' });
        });
      }

      it('refuses an upsert whose filter does not fix the id, and a document without one', async () => {
        expect(
          await failure(some.updateOne({ name: 'a' }, { $set: { owner: 'b' } }, { upsert: true })),
        ).to.be.instanceOf(TypeError);
        expect(await failure(some.insertOne({ name: 'a' } as Thing))).to.be.instanceOf(TypeError);
      });

      it('does not compile an unknown operator', () => {
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

      it('treats a document as absent from the moment it expires, for every operation', async () => {
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
          'who names expiresAt sees it',
        ).to.equal(1);
      });

      it('lets a write take the place of an expired leftover, under its id or its unique key', async () => {
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
          expect(fresh?.count ?? 1, 'nothing of the leftover').to.equal(1);
        }
        expect(await leased.countDocuments({}), 'a bulk goes on behind it').to.equal(3);
      });

      it('gives an expired leftover to exactly one of many parallel inserts', async () => {
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

      it('still refuses an insert in the place of a living document', async () => {
        await leased.insertOne(lease('a', 10));
        expect(await failure(leased.insertOne(lease('a', 100)))).to.be.instanceOf(DuplicateKeyError);
      });
    });

    describe('races', () => {
      const callers = 10;

      it('lets exactly one of many parallel callers win a guarded update', async () => {
        await some.insertOne({ _id: 'once', name: 'x' });
        const results = await Promise.all(
          Array.from({ length: 30 }, (_, caller) =>
            some.findOneAndUpdate(
              { _id: 'once', takenBy: { $exists: false } },
              { $set: { takenBy: String(caller) } },
              { returnDocument: 'after' },
            ),
          ),
        );
        const winners = results.filter((result) => result !== null);
        expect(winners).to.have.lengthOf(1);
        expect((await some.findOne({ _id: 'once' }))?.takenBy).to.equal(winners[0]?.takenBy);
      });

      it('lets exactly one win in two processes', async function () {
        this.timeout(30_000);
        const children = ['one', 'two'].map((child) =>
          fork(join(import.meta.dirname, 'competitor.ts'), [url, child, String(callers)], {
            execArgv: ['--disable-warning=ExperimentalWarning'],
          }),
        );
        const answer = async (
          child: ChildProcess,
        ): Promise<{ readonly won?: readonly string[]; readonly failed?: string }> =>
          ((await once(child, 'message')) as [{ readonly won?: readonly string[] }])[0];
        try {
          await Promise.all(children.map(answer));
          for (let round = 0; round < 25; round += 1) {
            const id = `race-${round}`;
            await some.insertOne({ _id: id, name: 'x' });
            const answers = children.map(answer);
            for (const child of children) {
              child.send(id);
            }
            const outcomes = await Promise.all(answers);
            expect(outcomes.map(({ failed }) => failed)).to.deep.equal([undefined, undefined]);
            const winners = outcomes.flatMap(({ won }) => won ?? []);
            expect(winners, `round ${round}`).to.have.lengthOf(1);
            expect((await some.findOne({ _id: id }))?.takenBy).to.equal(winners[0]);
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

    describe('what a request carries', () => {
      it('sends what was staged as one bulk for each collection, and SQLite commits it once', async () => {
        const counted = await runInRequestScope({ deadlineMs: 3000 }, async () => {
          await writeWithRequest(some, { insertOne: { document: { _id: 'a', name: 'one' } } });
          await writeWithRequest(some, { updateOne: { filter: { _id: 'a' }, update: { $set: { owner: 'x' } } } });
          await writeWithRequest(keyed, { insertOne: { document: { _id: 'k', key: 'k' } } });
          expect(await some.findOne({ _id: 'a' }), 'nothing is sent before the flush').to.equal(null);
          await sendWrites();
          return currentRequestScope()?.operations;
        });
        expect(counted).to.deep.equal({ reads: 1, writes: 2 });
        expect(operations.map(({ name: called }) => called)).to.deep.equal(['findOne', 'bulkWrite', 'bulkWrite']);
        expect(commits).to.equal(url.startsWith('sqlite') ? 1 : 2);
        expect(await some.findOne({ _id: 'a' })).to.deep.equal({ _id: 'a', name: 'one', owner: 'x' });
      });

      it('attributes an unmatched guard to the write that it guards', async () => {
        await some.insertOne({ _id: 'b', name: 'x' });
        const unmatched: string[] = [];
        await runInRequestScope({ deadlineMs: 3000 }, async () => {
          for (const _id of ['a', 'b', 'c']) {
            await writeWithRequest(
              some,
              { updateOne: { filter: { _id, takenBy: { $exists: false } }, update: { $set: { takenBy: 'me' } } } },
              { onUnmatched: () => void unmatched.push(_id) },
            );
            await writeWithRequest(some, { updateOne: { filter: { _id: 'b' }, update: { $inc: { count: 1 } } } });
          }
          await sendWrites();
        });
        expect(unmatched).to.deep.equal(['a', 'c']);
        expect(await some.findOne({ _id: 'b' })).to.include({ takenBy: 'me', count: 3 });
      });

      it('refuses to begin an operation after the deadline, with StorageUnavailableError', async () => {
        const failed = await runInRequestScope({ deadlineMs: -1 }, async () => [
          await failure(some.findOne({ _id: 'a' })),
          await failure(some.insertOne({ _id: 'late', name: 'x' })),
        ]);
        for (const error of failed) {
          expect(error).to.be.instanceOf(StorageUnavailableError);
        }
        expect(await some.findOne({ _id: 'late' })).to.equal(null);
      });
    });

    it('can be prepared again, and from several processes at once, without losing anything', async function () {
      this.timeout(30_000);
      await some.insertOne({ _id: 'a', name: 'kept' });
      const others = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, clock: systemClock })));
      await Promise.all(others.map((other) => other.prepare(definitions)));
      expect(await others[0]?.collection(things).findOne({ _id: 'a' })).to.include({ name: 'kept' });
      await Promise.all(others.map((other) => other.close()));
    });

    it('answers a ping, and fails with StorageUnavailableError once closed', async () => {
      const other = await openDatabase({ url, clock: systemClock });
      await other.ping();
      await other.close();
      await other.close();
      expect(await failure(other.collection(things).findOne({ _id: 'a' }))).to.be.instanceOf(StorageUnavailableError);
      expect(await failure(other.ping())).to.be.instanceOf(StorageUnavailableError);
    });

    it('closes when what was begun has ended, and lets nothing begin from then on', async () => {
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
      expect(await some.countDocuments({ name: 'begun' })).to.equal(22);
      expect(late).to.be.instanceOf(StorageUnavailableError);
      expect(await some.findOne({ _id: 'late' })).to.equal(null);
    });
  });
}

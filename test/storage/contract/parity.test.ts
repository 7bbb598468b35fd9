/** Random sequences of operations on both databases: the results and the stored documents must be the same. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after as later, manualClock, type ManualClock } from '../../../src/clock.ts';
import type { Collection, Database, Filter, Update, WriteOperation } from '../../../src/storage/database.ts';
import { openDatabase } from '../../../src/storage/open.ts';
import { freshMongodb, type TestDatabase } from '../../support/mongodb.ts';
import { definitions, leases, things, type Lease, type Thing } from './things.ts';

/** Random numbers from a seed (mulberry32), so that a failure can be reproduced. */
function createRandom(seed: number): {
  below(limit: number): number;
  pick<V>(values: readonly V[]): V;
  boolean(): boolean;
} {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    pick<V>(values: readonly V[]): V {
      return values[Math.floor(next() * values.length)] as V;
    },
    boolean: () => next() < 0.5,
  };
}

type Random = ReturnType<typeof createRandom>;
/** One operation: its description for messages, and a function that runs it on a database. */
interface Step {
  readonly description: unknown;
  run(database: Database): Promise<unknown>;
}

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const names = ['anna', 'Bert', 'çelik', '10', '9', '', '🦊', 'z\u0000'];
const emails = ['a@example.com', 'b@example.com'];
const dates = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));

function condition<V>(random: Random, values: readonly V[]): object | V {
  const value = random.pick(values);
  return random.pick<object | V>([
    value,
    { $ne: value },
    { $in: [value, random.pick(values)] },
    { $exists: random.boolean() },
    { $gt: value },
    { $gte: value },
    { $lt: value },
    { $lte: value },
    { $gt: value, $lte: random.pick(values) },
    { $exists: true, $ne: value },
  ]);
}

function filterOf(random: Random): Filter<Thing> {
  const filter: Record<string, unknown> = {};
  if (random.below(3) === 0) {
    filter['name'] = condition(random, names);
  }
  if (random.below(3) === 0) {
    filter['count'] = condition(random, [0, 1, 2, -1.5]);
  }
  if (random.below(4) === 0) {
    filter['flag'] = condition(random, [true, false]);
  }
  if (random.below(4) === 0) {
    filter['at'] = condition(random, dates);
  }
  if (random.below(5) === 0) {
    filter['email'] = condition(random, emails);
  }
  if (random.below(5) === 0) {
    filter['_id'] = { $in: [random.pick(ids), random.pick(ids)] };
  }
  return filter;
}

/** A filter that matches at most one document: the contract does not define which one of several is used. */
function oneFilterOf(random: Random): Filter<Thing> {
  return { ...filterOf(random), _id: random.pick(ids) };
}

function fieldsOf(random: Random): Omit<Thing, '_id'> {
  return {
    name: random.pick(names),
    ...(random.below(3) === 0 ? { email: random.pick(emails) } : {}),
    ...(random.boolean() ? { count: random.pick([0, 1, 2, -1.5]) } : {}),
    ...(random.boolean() ? { flag: random.boolean() } : {}),
    ...(random.boolean() ? { at: random.pick(dates) } : {}),
    ...(random.below(4) === 0 ? { nested: { 'a.b': [random.pick(dates), null, { deep: random.pick(names) }] } } : {}),
  };
}

function updateOf(random: Random): Update<Thing> {
  return random.pick<Update<Thing>>([
    { $set: fieldsOf(random) },
    { $inc: { count: random.pick([1, -2, 0.5]) }, $setOnInsert: { name: random.pick(names) } },
    { $unset: { flag: true, email: true }, $set: { name: random.pick(names) } },
    { $unset: { at: true } },
    { $set: { email: random.pick(emails) }, $inc: { count: 1 } },
  ]);
}

/**
 * The filter of an upsert is an id alone: a guard that fails on an existing document is a duplicate key, which another
 * test covers. Updates set no unique key: not every server stops a bulk at a failed update; all stop at a failed
 * insert.
 */
function writeOf(random: Random): WriteOperation<Thing> {
  const upsert = random.boolean();
  const filter = upsert ? { _id: random.pick(ids) } : oneFilterOf(random);
  return random.pick<WriteOperation<Thing>>([
    { insertOne: { document: { _id: random.pick(ids), ...fieldsOf(random) } } },
    {
      updateOne: {
        filter,
        update: { $inc: { count: 1 }, $unset: { flag: true }, $set: { name: random.pick(names) } },
        upsert,
      },
    },
    { replaceOne: { filter, replacement: { name: random.pick(names), at: random.pick(dates) }, upsert } },
    { deleteOne: { filter: oneFilterOf(random) } },
    ...(random.below(6) === 0 ? [{ deleteMany: { filter: filterOf(random) } }] : []),
  ]);
}

function stepOf(random: Random, clock: ManualClock): Step {
  const on = (description: unknown, run: (collection: Collection<Thing>) => Promise<unknown>): Step => ({
    description,
    run: (database) => run(database.collection(things)),
  });
  const onLeases = (description: unknown, run: (collection: Collection<Lease>) => Promise<unknown>): Step => ({
    description,
    run: (database) => run(database.collection(leases)),
  });
  const filter = filterOf(random);
  switch (random.below(12)) {
    case 0:
    case 1: {
      const document = { _id: random.pick(ids), ...fieldsOf(random) };
      return on({ insertOne: document }, async (collection) => void (await collection.insertOne(document)));
    }
    case 2: {
      const sort = random.pick([{ name: 1 }, { count: -1 }, { at: 1, name: -1 }, { flag: 1 }, { _id: -1 }] as const);
      const options = { sort, skip: random.below(3), limit: random.below(4) };
      return on({ find: filter, options }, (collection) => collection.find(filter, options).toArray());
    }
    case 3:
      return on({ count: filter }, (collection) => collection.countDocuments(filter));
    case 4: {
      const one = oneFilterOf(random);
      return on({ findOne: one }, (collection) => collection.findOne(one));
    }
    case 5:
    case 6: {
      const upsert = random.boolean();
      const one = upsert ? { _id: random.pick(ids) } : oneFilterOf(random);
      const update = updateOf(random);
      const returnDocument = random.pick(['before', 'after'] as const);
      return on({ findOneAndUpdate: one, update, upsert, returnDocument }, (collection) =>
        collection.findOneAndUpdate(one, update, { upsert, returnDocument }),
      );
    }
    case 7: {
      const one = oneFilterOf(random);
      const update = updateOf(random);
      return on({ updateOne: one, update }, async (collection) => counts(await collection.updateOne(one, update)));
    }
    case 8: {
      const one = { _id: random.pick(ids) };
      const replacement = fieldsOf(random);
      return on({ replaceOne: one, replacement }, async (collection) =>
        counts(await collection.replaceOne(one, replacement, { upsert: true })),
      );
    }
    case 9: {
      const operations = Array.from({ length: 1 + random.below(4) }, () => writeOf(random));
      return on({ bulkWrite: operations }, async (collection) => {
        const { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount } =
          await collection.bulkWrite(operations);
        return { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount };
      });
    }
    case 10: {
      if (random.below(4) !== 0) {
        return on(
          { deleteOne: filter },
          async (collection) => (await collection.deleteOne({ ...filter, _id: 'a' })).deletedCount,
        );
      }
      return on({ deleteMany: filter }, async (collection) => (await collection.deleteMany(filter)).deletedCount);
    }
    default: {
      const _id = random.pick(ids);
      if (random.below(3) === 0) {
        clock.advance(5);
      }
      const expiresAt = later(clock, random.pick([5, 10, 20]));
      return random.pick([
        onLeases(
          { lease: _id, expiresAt },
          async (collection) => void (await collection.insertOne({ _id, holder: 'x', expiresAt })),
        ),
        onLeases({ raise: _id, expiresAt }, async (collection) =>
          collection.findOneAndUpdate(
            { _id },
            { $inc: { count: 1 }, $set: { expiresAt }, $setOnInsert: { holder: 'y' } },
            { upsert: true, returnDocument: 'after' },
          ),
        ),
        onLeases({ living: true }, (collection) => collection.find({}, { sort: { _id: 1 } }).toArray()),
        onLeases({ end: _id }, async (collection) => (await collection.deleteOne({ _id })).deletedCount),
      ]);
    }
  }
}

function counts({
  matchedCount,
  modifiedCount,
  upsertedCount,
}: {
  readonly matchedCount: number;
  readonly modifiedCount: number;
  readonly upsertedCount: number;
}): object {
  return { matchedCount, modifiedCount, upsertedCount };
}

async function outcome(step: Step, database: Database): Promise<unknown> {
  try {
    return { value: await step.run(database) };
  } catch (error) {
    return { failed: error instanceof Error ? error.name : 'unknown' };
  }
}

describe('storage parity: SQLite and MongoDB', () => {
  const steps = 1500;
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  let mongodb: TestDatabase;
  let clock: ManualClock;
  let databases: Database[];

  before(async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    mongodb = fresh;
    clock = manualClock();
    databases = await Promise.all(
      [`sqlite:${join(directory, 'parity.db')}`, mongodb.url].map((url) => openDatabase({ url, clock })),
    );
    await Promise.all(databases.map((database) => database.prepare(definitions)));
    return undefined;
  });

  after(async () => {
    await Promise.all((databases ?? []).map((database) => database.close()));
    await mongodb?.drop();
    rmSync(directory, { recursive: true });
  });

  it(`return the same results for ${steps} random operations`, async function () {
    this.timeout(60_000);
    const seed = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));
    const random = createRandom(seed);
    const done: unknown[] = [];
    for (let at = 0; at < steps; at += 1) {
      const step = stepOf(random, clock);
      done.push(step.description);
      const [sqlite, mongo] = await Promise.all(databases.map((database) => outcome(step, database)));
      const context = `TEST_SEED=${seed}, step ${at}: ${JSON.stringify(done.slice(-3))}`;
      expect(sqlite, context).to.deep.equal(mongo);
      if (at % 20 === 0) {
        const [left, right] = await Promise.all(
          databases.map((database) =>
            database
              .collection(things)
              .find({}, { sort: { _id: 1 } })
              .toArray(),
          ),
        );
        expect(left, context).to.deep.equal(right);
      }
    }
  });
});

/**
 * Two sample migrations: small steps that can be repeated without harm. When this file is run as a program with a
 * database URL, it runs them on that database and sends its parent process the numbers of those that it has run.
 */
import { systemClock } from '../../src/clock.ts';
import { runMigrations, type Migration } from '../../src/storage/migrations.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { things } from './contract/things.ts';

export const sampleMigrations: readonly Migration[] = [
  {
    number: 1,
    title: 'give every thing an owner, its name in small letters',
    phase: 'expand',
    async run(database) {
      const collection = database.collection(things);
      for (const thing of await collection.find({ owner: { $exists: false } }, { sort: { _id: 1 } }).toArray()) {
        await collection.updateOne(
          { _id: thing._id, owner: { $exists: false } },
          { $set: { owner: thing.name.toLowerCase() } },
        );
      }
    },
  },
  {
    number: 2,
    title: 'count how often each was migrated',
    phase: 'expand',
    async run(database) {
      const collection = database.collection(things);
      for (const thing of await collection.find({ count: { $exists: false } }, { sort: { _id: 1 } }).toArray()) {
        await collection.updateOne({ _id: thing._id }, { $inc: { count: 1 } });
      }
    },
  },
];

const [, program, url] = process.argv;
if (program === import.meta.filename && url !== undefined) {
  const database = await openDatabase({ url, clock: systemClock });
  await database.ping();
  const carriedOut = await runMigrations(database, { clock: systemClock, migrations: sampleMigrations, pollMs: 20 });
  await database.close();
  process.send?.({ carriedOut });
  process.disconnect();
}

/**
 * Two migrations as they are meant to be written: small steps, each harmless when it is begun again. Run as a program
 * with a URL, it carries them out on that database and tells its parent which ones it did.
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

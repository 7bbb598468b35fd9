/**
 * A process that writes until it is killed, and prints each id when its write is acknowledged. Arguments: database URL,
 * prefix of the ids. The test expects every printed id in the database.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { definitions, things } from './contract/things.ts';

const [, , url = '', prefix = ''] = process.argv;
const database = await openDatabase({ url, clock: systemClock });
await database.prepare(definitions);
const collection = database.collection(things);

async function writeUntilKilled(writer: number): Promise<never> {
  for (let at = 0; ; at += 1) {
    const _id = `${prefix}-${writer}-${at}`;
    await collection.insertOne({ _id, name: 'x'.repeat(500) });
    await collection.findOneAndUpdate(
      { _id, takenBy: { $exists: false } },
      { $set: { takenBy: 'me' } },
      { returnDocument: 'after' },
    );
    writeSync(1, `${_id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => writeUntilKilled(writer)));

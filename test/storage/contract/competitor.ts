/**
 * A process that competes with another for guarded updates. Arguments: database URL, its name, number of callers. For
 * each document id that it receives, all callers try the update; it answers with the callers that succeeded.
 */
import { systemClock } from '../../../src/clock.ts';
import { openDatabase } from '../../../src/storage/open.ts';
import { things } from './things.ts';

const [, , url = '', name = '', callers = '1'] = process.argv;
const database = await openDatabase({ url, clock: systemClock });
const collection = database.collection(things);
await database.ping();

process.on('message', (id: string) => {
  const attempts = Array.from({ length: Number(callers) }, (_, caller) =>
    collection.findOneAndUpdate(
      { _id: id, takenBy: { $exists: false } },
      { $set: { takenBy: `${name}-${caller}` } },
      { returnDocument: 'after' },
    ),
  );
  void Promise.all(attempts).then(
    (results) => process.send?.({ won: results.filter((result) => result !== null).map((result) => result.takenBy) }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => void database.close());
process.send?.({ ready: true });

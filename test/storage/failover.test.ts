/** Behaviour that only a real replica set can show. */
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { freshMongodb } from '../support/mongodb.ts';
import { definitions, things } from './contract/things.ts';

describe('storage on a MongoDB replica set', () => {
  it('loses no acknowledged write and applies none twice when the primary steps down, and recovers by itself', async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb({ replicaSet: true });
    if (fresh === null) {
      return this.skip();
    }
    const database = await openDatabase({ url: fresh.url, clock: systemClock });
    await database.prepare(definitions);
    expect(await database.warnings()).to.deep.equal([]);
    const collection = database.collection(things);
    const acknowledged: string[] = [];
    let steppedDown = false;
    let writesAfterStepDown = 0;
    const write = async (writer: number): Promise<void> => {
      for (let at = 0; writesAfterStepDown < 40; at += 1) {
        const _id = `${writer}-${at}`;
        try {
          await collection.insertOne({ _id, name: 'x' });
          await collection.updateOne({ _id }, { $inc: { count: 1 } });
          acknowledged.push(_id);
          if (steppedDown) {
            writesAfterStepDown += 1;
          }
        } catch (error) {
          expect(error).to.be.instanceOf(StorageUnavailableError);
        }
      }
    };
    const stepDown = async (): Promise<void> => {
      const client = new MongoClient(fresh.url);
      // The only member of a set elects itself again.
      await client.db('admin').command({ replSetStepDown: 3, secondaryCatchUpPeriodSecs: 1, force: true });
      await client.close();
      steppedDown = true;
    };
    await Promise.all([stepDown(), ...[0, 1, 2, 3].map(write)]);
    const present = new Map((await collection.find({}).toArray()).map((thing) => [thing._id, thing.count]));
    await database.close();
    await fresh.drop();
    expect(acknowledged.filter((id) => present.get(id) !== 1)).to.deep.equal([]);
    return undefined;
  });
});

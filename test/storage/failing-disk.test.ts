import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { startFailingDisk, type FailingDisk } from '../support/failing-disk.ts';
import { failure } from './contract/suite.ts';
import { definitions, things, type Thing } from './contract/things.ts';

describe('SQLite on a disk that fails', () => {
  let directory: string;
  let path: string;
  let disk: FailingDisk;
  let unusable: Error[];
  const opened: Database[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
    path = join(directory, 'gatehouse.db');
    disk = await startFailingDisk(path);
    unusable = [];
  });
  afterEach(async () => {
    disk.stop();
    await Promise.all(opened.splice(0).map((database) => database.close()));
    rmSync(directory, { recursive: true });
  });

  async function openAt(file: string): Promise<{ database: Database; collection: Collection<Thing> }> {
    const database = await openDatabase({
      url: `sqlite:${file}`,
      clock: systemClock,
      onUnusable: (error) => unusable.push(error),
    });
    opened.push(database);
    await database.prepare(definitions);
    return { database, collection: database.collection(things) };
  }

  /** Writes a document, and records its id when the write is acknowledged. @returns the error, if any */
  async function write(collection: Collection<Thing>, id: string, acknowledged: string[]): Promise<unknown> {
    try {
      await collection.insertOne({ _id: id, name: 'x'.repeat(3000) });
      acknowledged.push(id);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async function idsAfterPowerCut(): Promise<string[]> {
    const folder = join(directory, 'after the power cut');
    mkdirSync(folder);
    const { collection } = await openAt(disk.cutPower(folder));
    return (await collection.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id }) => _id);
  }

  it('acknowledges nothing after a failed sync, because its pages are lost', async () => {
    const { database, collection } = await openAt(path);
    const acknowledged: string[] = [];
    await write(collection, 'a', acknowledged);
    disk.failNextSync();
    const failed = await Promise.all([write(collection, 'b', acknowledged), write(collection, 'c', acknowledged)]);
    const later = await write(collection, 'd', acknowledged);
    for (const error of [...failed, later, await failure(database.ping())]) {
      expect(error).to.be.instanceOf(StorageUnavailableError);
    }
    expect(unusable).to.have.length(1);
    expect(acknowledged).to.deep.equal(['a']);
    expect(await idsAfterPowerCut()).to.include.members(acknowledged);
  });

  it('acknowledges nothing that was committed during the failing sync', async () => {
    const { collection } = await openAt(path);
    const acknowledged: string[] = [];
    disk.failNextSync();
    await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        await new Promise((resolve) => {
          setTimeout(resolve, at);
        });
        return write(collection, `w${String(at).padStart(2, '0')}`, acknowledged);
      }),
    );
    expect(await idsAfterPowerCut()).to.include.members(acknowledged);
  });

  it('keeps what the next process acknowledges, although the failed one left a gap in the log', async () => {
    const first = await openAt(path);
    const acknowledged: string[] = [];
    await write(first.collection, 'a', acknowledged);
    disk.failNextSync();
    await write(first.collection, 'b', acknowledged);
    const second = await openAt(path);
    expect(await write(second.collection, 'c', acknowledged)).to.equal(undefined);
    expect(acknowledged).to.deep.equal(['a', 'c']);
    expect(await idsAfterPowerCut()).to.include.members(acknowledged);
  });

  for (const code of ['EIO', 'ENOSPC'] as const) {
    it(`fails with StorageUnavailableError on ${code}, also during prepare`, async () => {
      const { database, collection } = await openAt(path);
      disk.failNextSync(code);
      expect(await failure(collection.insertOne({ _id: 'a', name: 'x' }))).to.be.instanceOf(StorageUnavailableError);
      expect(await failure(database.prepare(definitions))).to.be.instanceOf(StorageUnavailableError);
    });
  }
});

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createSharedReads } from '../../src/storage/sqlite-reads.ts';
import { definitions, things } from './contract/things.ts';

describe('shared reads', () => {
  function setUp() {
    const done: string[] = [];
    let open = false;
    const reads = createSharedReads({
      begin: () => {
        done.push('begin');
        open = true;
      },
      end: () => {
        done.push('end');
        open = false;
      },
      isOpen: () => open,
    });
    const read = (name: string): void => reads.read(() => void done.push(name));
    return { reads, read, done, rollBack: () => (open = false) };
  }

  it('of one turn of the event loop share a transaction, which ends with the turn', async () => {
    const { read, done } = setUp();
    read('a');
    await Promise.resolve();
    read('b');
    process.nextTick(read, 'c');
    await nextTurn();
    expect(done).to.deep.equal(['begin', 'a', 'b', 'c', 'end']);
    read('d');
    await nextTurn();
    expect(done.slice(5)).to.deep.equal(['begin', 'd', 'end']);
  });

  it('begin a new transaction after an end, and end none that the database has ended', async () => {
    const { reads, read, done, rollBack } = setUp();
    read('a');
    reads.end();
    reads.end();
    read('b');
    rollBack();
    reads.end();
    await nextTurn();
    expect(done).to.deep.equal(['begin', 'a', 'end', 'begin', 'b']);
  });

  it('leave an error at the end of a turn to the next read, and do not end the process', async () => {
    let open = false;
    const reads = createSharedReads({
      begin: () => {
        if (open) {
          throw new Error('a transaction is open');
        }
        open = true;
      },
      end: () => {
        throw new Error('disk I/O error');
      },
      isOpen: () => open,
    });
    reads.read(() => 1);
    await nextTurn();
    expect(() => reads.read(() => 1)).to.throw('a transaction is open');
  });

  it('try again to begin after a failure', () => {
    let busy = true;
    const reads = createSharedReads({
      begin: () => {
        if (busy) {
          throw new Error('busy');
        }
      },
      end: () => {},
      isOpen: () => true,
    });
    expect(() => reads.read(() => 1)).to.throw('busy');
    busy = false;
    expect(reads.read(() => 1)).to.equal(1);
  });
});

describe('shared reads of a file that another connection writes', () => {
  let folder: string;
  let database: Database;
  let other: DatabaseSync;
  let close: (() => void) | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    database = await openDatabase({ url: `sqlite:${join(folder, 'g.db')}`, clock: systemClock });
    await database.prepare(definitions);
    await database.collection(things).insertOne({ _id: 'a', name: 'first' });
    other = new DatabaseSync(join(folder, 'g.db'));
  });
  afterEach(async () => {
    close?.();
    close = undefined;
    other.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const name = async (): Promise<string | undefined> => (await database.collection(things).findOne({ _id: 'a' }))?.name;
  const rename = (to: string): void => other.exec(`UPDATE things SET doc = json_set(doc, '$.name', '${to}')`);

  it('see what it had written before an event, in whatever phase of the turn they read before', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const sender = connect(typeof address === 'object' ? Number(address?.port) : 0, '127.0.0.1');
    const [receiver] = (await once(server, 'connection')) as [Socket];
    const observe = async () => ({ name: await name(), state: database.dataVersion?.() });
    // Immediates run after the events of their turn, and timers after them: the next events come before both.
    for (const [index, phase] of [setImmediate, (run: () => void) => setTimeout(run, 1)].entries()) {
      const received = once(receiver, 'data').then(observe);
      await new Promise<void>((resolve) => {
        phase(resolve);
      });
      const before = await observe();
      rename(`renamed ${index}`);
      sender.write('x');
      const after = await received;
      expect(before.name).to.equal(index === 0 ? 'first' : `renamed ${index - 1}`);
      expect(after.name).to.equal(`renamed ${index}`);
      expect(after.state).not.to.equal(before.state);
    }
  });

  it('see own writes that are acknowledged, and let own writes begin', async () => {
    const collection = database.collection(things);
    for (const to of ['second', 'third']) {
      await name();
      const written = collection.updateOne({ _id: 'a' }, { $set: { name: to } });
      await name();
      await written;
      expect(await name()).to.equal(to);
    }
    await name();
    await database.prepare(definitions);
  });

  it('do not keep the write-ahead log from being copied after their turn', async () => {
    await name();
    rename('second');
    await nextTurn();
    expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).to.include({ busy: 0 });
  });

  it('leave nothing behind when the database is closed in their turn', async () => {
    await name();
    await database.close();
    await nextTurn();
    expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).to.include({ busy: 0 });
  });
});

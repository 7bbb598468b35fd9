/**
 * Which server is used, with which write and read concerns, and what happens when it rejects commands or disappears.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Document } from 'mongodb';
import { monotonicMilliseconds, systemClock } from '../../src/clock.ts';
import { ConfigurationError, StorageRejectedError, StorageUnavailableError } from '../../src/errors.ts';
import type { Database, DatabaseOptions } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { memberHello, startMongodbFake, type MongodbFake } from '../support/mongodb-fake.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { failure } from './contract/suite.ts';
import { definitions, things } from './contract/things.ts';

describe('MongoDB servers', function () {
  this.timeout(30_000);
  let fake: MongodbFake;
  const opened: Database[] = [];

  beforeEach(async () => {
    fake = await startMongodbFake();
  });
  afterEach(async () => {
    fake.decide = () => undefined;
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await fake.stop();
  });

  async function open(path = '/test', options: Partial<DatabaseOptions> = {}): Promise<Database> {
    const database = await openDatabase({
      url: `mongodb://127.0.0.1:${fake.port}${path}`,
      clock: systemClock,
      ...options,
    });
    opened.push(database);
    return database;
  }

  /** Makes every command of this name fail, with the error that a server sends. */
  function reject(name: string, code: number, codeName: string, errorLabels: readonly string[] = []): void {
    fake.decide = (command) =>
      command.name === name ? { ok: 0, code, codeName, errmsg: codeName, errorLabels } : undefined;
  }

  async function rejectionOf(preparing: Promise<unknown>): Promise<string> {
    const error = await failure(preparing);
    expect(error).to.be.instanceOf(StorageRejectedError);
    return (error as StorageRejectedError).reason;
  }

  describe('directConnection', () => {
    for (const role of ['primary', 'secondary'] as const) {
      it(`is rejected with a ${role} of a replica set, because reads would continue after a change of role`, async () => {
        fake.hello = memberHello(fake.port, role);
        const database = await open('/test?directConnection=true');
        expect(await rejectionOf(database.prepare(definitions))).to.match(/directConnection=true.*Remove it/);
        expect(await failure(database.ping())).to.be.instanceOf(StorageRejectedError);
        expect(fake.commands.filter(({ name }) => name === 'createIndexes')).to.deep.equal([]);
      });
    }

    it('is accepted with a server that is not a member of a set, and with the proxy of the tests', async () => {
      const standalone = await open('/test?directConnection=true');
      await standalone.prepare(definitions);
      await standalone.ping();
      const member = await startMongodbFake();
      member.hello = memberHello(member.port, 'primary');
      const url = `mongodb://127.0.0.1:${member.port}/test?directConnection=true`;
      const database = await openDatabase({ url, clock: systemClock, allowDirectConnection: true });
      await database.prepare(definitions);
      await database.ping();
      member.hello = memberHello(member.port, 'secondary');
      await eventually(async () => {
        expect(await failure(database.ping()), 'a ping of a secondary').to.be.instanceOf(StorageUnavailableError);
      });
      await database.close();
      await member.stop();
    });
  });

  it('does not answer a ping when the only member has become a secondary', async () => {
    fake.hello = memberHello(fake.port, 'primary');
    const database = await open('/test?replicaSet=rs0');
    await database.prepare(definitions);
    await database.ping();
    fake.hello = memberHello(fake.port, 'secondary');
    reject('ping', 13_435, 'NotPrimaryNoSecondaryOk');
    const error = await failure(runInRequestScope({ deadlineMs: 1000 }, () => database.ping()));
    expect(error).to.be.instanceOf(StorageUnavailableError).and.not.instanceOf(StorageRejectedError);
  });

  it('follows the primary: a write that a former primary rejects is sent to the new one', async () => {
    const other = await startMongodbFake();
    const hosts = [fake, other].map(({ port }) => `127.0.0.1:${port}`);
    fake.hello = { ...memberHello(fake.port, 'primary'), hosts };
    other.hello = { ...memberHello(other.port, 'secondary'), hosts };
    const database = await open('/test?replicaSet=rs0');
    await database.prepare(definitions);
    const collection = database.collection(things);
    await collection.insertOne({ _id: 'a', name: 'x' });
    reject('insert', 10_107, 'NotWritablePrimary', ['RetryableWriteError']);
    fake.hello = { ...memberHello(fake.port, 'secondary'), hosts };
    other.hello = { ...memberHello(other.port, 'primary'), hosts, setVersion: 2 };
    await collection.insertOne({ _id: 'b', name: 'y' });
    expect([...other.documents('things').keys()]).to.deep.equal(['b']);
    await database.close();
    await other.stop();
  });

  for (const query of [
    '',
    '?w=majority',
    '?journal=true',
    '?retryWrites=true&w=majority',
    '?w=majority&journal=true',
  ]) {
    it(`writes with w: majority and journal, and reads with readConcern local, with a URL that ends with "${query}"`, async () => {
      const database = await open(`/test${query}`);
      await database.prepare([]);
      const collection = database.collection(things);
      await collection.insertOne({ _id: 'a', name: 'x' });
      await collection.updateOne({ _id: 'a' }, { $set: { name: 'y' } });
      await collection.findOneAndUpdate({ _id: 'a' }, { $set: { name: 'z' } }, { returnDocument: 'after' });
      await collection.bulkWrite([{ deleteOne: { filter: { _id: 'a' } } }]);
      await collection.find({}).toArray();
      const sent = (names: readonly string[]): Document[] =>
        fake.commands.filter(({ name }) => names.includes(name)).map(({ document }) => document);
      const writes = sent(['insert', 'update', 'findAndModify', 'delete']);
      expect(writes).to.have.length(4);
      for (const write of writes) {
        expect(write['writeConcern']).to.deep.equal({ w: 'majority', j: true });
      }
      expect(sent(['find']).map((read) => read['readConcern'] as unknown)).to.deep.equal([{ level: 'local' }]);
    });
  }

  it('stores its data in "gatehouse" when the URL names no database, with or without a slash before the options', async () => {
    for (const path of ['', '/', '?retryWrites=false', '/?retryWrites=false']) {
      const database = await open(path);
      await database.collection(things).insertOne({ _id: randomUUID(), name: 'x' });
    }
    const databases = fake.commands
      .filter(({ name }) => name === 'insert')
      .map(({ document }) => String(document['$db']));
    expect(databases).to.deep.equal(['gatehouse', 'gatehouse', 'gatehouse', 'gatehouse']);
  });

  describe('a permanent error is reported immediately, with its reason', () => {
    const rejections: readonly (readonly [string, number, string, RegExp])[] = [
      ['ping', 18, 'AuthenticationFailed', /user name and password, or authSource/],
      ['ping', 8000, 'AtlasError', /user name and password/],
      ['createIndexes', 13, 'Unauthorized', /role readWrite/],
      ['createIndexes', 85, 'IndexOptionsConflict', /Drop it/],
      ['createIndexes', 86, 'IndexKeySpecsConflict', /Drop it/],
      ['createIndexes', 73, 'InvalidNamespace', /name of a database/],
      ['createIndexes', 11_000, 'DuplicateKey', /unique index/],
    ];
    for (const [name, code, codeName, reason] of rejections) {
      it(`${name} that fails with ${codeName} (${code})`, async () => {
        reject(name, code, codeName);
        expect(await rejectionOf((await open()).prepare(definitions))).to.match(reason);
      });
    }

    it('a write that fails because the MongoDB user lacks a right, which is still 503 for a request', async () => {
      reject('insert', 13, 'Unauthorized');
      const database = await open();
      const error = await failure(database.collection(things).insertOne({ _id: 'a', name: 'x' }));
      expect(error).to.be.instanceOf(StorageRejectedError).with.property('status', 503);
      expect((error as Error).message).not.to.match(/readWrite/);
    });

    it('a replica set with another name, and a server that is not in a replica set', async () => {
      expect(await rejectionOf((await open('/test?replicaSet=rs0')).prepare(definitions))).to.match(
        /rs0.*correct replicaSet/,
      );
      fake.hello = memberHello(fake.port, 'primary', 'rs1');
      expect(await rejectionOf((await open('/test?replicaSet=rs0')).prepare(definitions))).to.match(
        /rs0.*correct replicaSet/,
      );
    });

    it('a missing file in tlsCAFile', async () => {
      const database = await open('/test?tls=true&tlsCAFile=/no/such/file.pem');
      expect(await rejectionOf(database.prepare(definitions))).to.match(/tlsCAFile.*ENOENT/);
    });

    it('a server older than MongoDB 4.4', async () => {
      fake.hello = { maxWireVersion: 8 };
      expect(await rejectionOf((await open()).prepare(definitions))).to.match(/too old.*4\.4/);
    });

    it('a database name that MongoDB does not accept', async () => {
      const error = await failure(openDatabase({ url: 'mongodb://127.0.0.1:1/na%20me', clock: systemClock }));
      expect(error)
        .to.be.instanceOf(ConfigurationError)
        .with.property('message')
        .that.matches(/DATABASE_URL.*space/);
    });
  });

  it('treats a missing server, and a set without a primary, as temporarily unavailable', async () => {
    fake.hello = memberHello(fake.port, 'secondary');
    const withoutPrimary = await failure((await open('/test?replicaSet=rs0')).prepare(definitions));
    expect(withoutPrimary).to.be.instanceOf(StorageUnavailableError).and.not.instanceOf(StorageRejectedError);
    const url = 'mongodb://127.0.0.1:1/test';
    const database = await openDatabase({ url, clock: systemClock });
    const withoutServer = await failure(database.prepare(definitions));
    expect(withoutServer).to.be.instanceOf(StorageUnavailableError).and.not.instanceOf(StorageRejectedError);
    await database.close();
  });

  describe('a server without topologyVersion that closed all connections at the same time', () => {
    it('is reached again with a new client, although the driver does not recover', async () => {
      let replaced = 0;
      const proxy = await startTcpProxy({ host: '127.0.0.1', port: fake.port });
      const database = await openDatabase({
        url: `mongodb://127.0.0.1:${proxy.port}/test`,
        clock: systemClock,
        replaceClientAfterMs: 4000,
        onClientReplaced: () => {
          replaced += 1;
        },
      });
      const collection = database.collection(things);
      await collection.insertOne({ _id: 'a', name: 'x' });
      await Promise.all(Array.from({ length: 30 }, () => collection.find({}).toArray()));
      await sleep(500);
      const reads = Array.from({ length: 30 }, () => collection.find({}).toArray());
      fake.closeConnections();
      await Promise.allSettled(reads);
      await eventually(() => runInRequestScope({ deadlineMs: 1000 }, () => database.ping()));
      expect(await collection.findOne({ _id: 'a' })).to.include({ name: 'x' });
      expect(replaced).to.equal(1);
      await database.close();
      await proxy.stop();
    });

    it('keeps the same client while a server answers, and while no server answers', async () => {
      let replaced = 0;
      const database = await open('/test', {
        replaceClientAfterMs: 500,
        onClientReplaced: () => {
          replaced += 1;
        },
      });
      await database.ping();
      fake.decide = ({ name }) => (name === 'ping' || name === 'find' ? 'silence' : undefined);
      const collection = database.collection(things);
      for (let round = 0; round < 4; round += 1) {
        await failure(runInRequestScope({ deadlineMs: 300 }, () => collection.findOne({ _id: 'a' })));
      }
      await sleep(1000);
      expect(replaced, 'a new client would get no answer either').to.equal(0);
    });
  });

  /** Repeats the attempt until it succeeds, for at most twenty seconds. */
  async function eventually(attempt: () => Promise<unknown>): Promise<void> {
    const deadline = monotonicMilliseconds() + 20_000;
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (monotonicMilliseconds() > deadline) {
          throw error;
        }
        await sleep(100);
      }
    }
  }
});

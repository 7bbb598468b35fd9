/** Indexes on MongoDB, across versions of Gatehouse; and the check for retryable writes by `storage check`. */
import { expect } from 'chai';
import { MongoClient, type Document } from 'mongodb';
import { systemClock } from '../../src/clock.ts';
import { allCollections, auditEvents, installation, oidcPayloads } from '../../src/storage/collections.ts';
import { runMigrations } from '../../src/storage/migrations.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { freshMongodb } from '../support/mongodb.ts';
import { memberHello, startMongodbFake, type MongodbFake } from '../support/mongodb-fake.ts';

/** The indexes of the previous version: sparse compound indexes. */
const previousIndexes = [
  ['oidc_payloads', { accountId: 1, model: 1 }],
  ['oidc_payloads', { clientId: 1, model: 1 }],
  ['audit_events', { accountId: 1, at: 1, _id: 1 }],
  ['audit_events', { clientId: 1, at: 1, _id: 1 }],
] as const;

describe('indexes on MongoDB', () => {
  let fake: MongodbFake;
  beforeEach(async () => {
    fake = await startMongodbFake();
  });
  afterEach(() => fake.stop());

  async function createdIndexes(): Promise<readonly Document[]> {
    const database = await openDatabase({ url: `mongodb://127.0.0.1:${fake.port}/test`, clock: systemClock });
    await database.prepare([oidcPayloads, auditEvents, installation]);
    await database.close();
    return fake.commands.filter(({ name }) => name === 'createIndexes').map(({ document }) => document);
  }

  it('creates an optional compound index as a partial index of the documents that have its first field', async () => {
    const indexes = (await createdIndexes()).flatMap((command) => command['indexes'] as Document[]);
    const compound = indexes.filter(({ key }) => Object.keys(key as Document).length > 1);
    expect(
      compound.map(({ key, partialFilterExpression, sparse }) => ({ key, partialFilterExpression, sparse })),
    ).to.deep.include.members([
      {
        key: { accountId: 1, model: -1 },
        partialFilterExpression: { accountId: { $exists: true } },
        sparse: undefined,
      },
      {
        key: { clientId: 1, at: -1, _id: -1 },
        partialFilterExpression: { clientId: { $exists: true } },
        sparse: undefined,
      },
      { key: { at: 1, _id: 1 }, partialFilterExpression: undefined, sparse: undefined },
    ]);
    expect(indexes.filter(({ key }) => JSON.stringify(key) === '{"grantId":1}')).to.deep.equal([
      { key: { grantId: 1 }, name: 'grantId_1', sparse: true },
    ]);
  });

  it('waits until a majority of a replica set has built them, so that a member that is down does not block', async () => {
    fake.hello = memberHello(fake.port, 'primary');
    const quorums = (await createdIndexes()).map((command) => command['commitQuorum'] as unknown);
    expect(quorums).to.deep.equal(['majority', 'majority']);
  });

  it('does not send a commit quorum to a single server', async () => {
    expect((await createdIndexes()).map((command) => command['commitQuorum'] as unknown)).to.deep.equal([
      undefined,
      undefined,
    ]);
  });

  it('replaces the indexes of the previous version, even when that version starts again meanwhile', async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    const client = new MongoClient(fresh.url);
    const startPreviousVersion = async (): Promise<void> => {
      for (const [collection, key] of previousIndexes) {
        await client.db().collection(collection).createIndex(key, { sparse: true });
      }
    };
    const present = async (): Promise<readonly string[]> => {
      const lists = await Promise.all(
        ['oidc_payloads', 'audit_events'].map((name) => client.db().collection(name).indexes()),
      );
      return lists.flat().flatMap(({ name }) => name ?? []);
    };
    await startPreviousVersion();
    const before = await present();
    const replaced = ['accountId_1_model_1', 'clientId_1_model_1', 'accountId_1_at_1__id_1', 'clientId_1_at_1__id_1'];
    expect(before).to.include.members(replaced);
    const database = await openDatabase({ url: fresh.url, clock: systemClock });
    await database.prepare(allCollections);
    await startPreviousVersion();
    expect(await runMigrations(database, { clock: systemClock })).to.deep.equal([1, 2]);
    const partial = [
      'accountId_1_model_-1',
      'clientId_1_model_-1',
      'accountId_1_at_-1__id_-1',
      'clientId_1_at_-1__id_-1',
    ];
    const after = await present();
    expect(after).to.include.members(partial);
    expect(after.filter((name) => replaced.includes(name))).to.deep.equal([]);
    await startPreviousVersion();
    await database.prepare(allCollections);
    expect(await runMigrations(database, { clock: systemClock })).to.deep.equal([]);
    await database.close();
    await client.close();
    await fresh.drop();
    return undefined;
  });
});

describe('retryable writes', () => {
  let fake: MongodbFake;
  beforeEach(async () => {
    fake = await startMongodbFake();
  });
  afterEach(() => fake.stop());

  async function warnings(options = ''): Promise<string> {
    const database = await openDatabase({ url: `mongodb://127.0.0.1:${fake.port}/test${options}`, clock: systemClock });
    const found = await database.warnings();
    await database.close();
    return found.join('\n');
  }

  it('are tested with one insert that is sent twice with the same transaction number', async () => {
    fake.hello = memberHello(fake.port, 'primary');
    expect(await warnings()).to.equal('');
    const inserts = fake.commands.filter(({ name }) => name === 'insert').map(({ document }) => document);
    expect(inserts).to.have.length(2);
    expect(inserts[0]).to.deep.include({
      txnNumber: inserts[1]?.['txnNumber'] as unknown,
      lsid: inserts[1]?.['lsid'] as unknown,
    });
    expect(fake.documents('installation').size, 'the test document is removed').to.equal(0);
  });

  it('cause a warning when the server does not recognize the repetition', async () => {
    fake.hello = memberHello(fake.port, 'primary');
    fake.recognizesRetries = false;
    expect(await warnings()).to.match(/retryWrites=false/);
    expect(fake.documents('installation').size, 'the test document is removed').to.equal(0);
  });

  it('are not tested where the driver does not retry writes', async () => {
    fake.hello = memberHello(fake.port, 'primary');
    fake.recognizesRetries = false;
    expect(await warnings('?retryWrites=false')).to.equal('');
    fake.hello = { ...memberHello(fake.port, 'primary'), logicalSessionTimeoutMinutes: null };
    expect(await warnings()).to.equal('');
    fake.hello = {};
    expect(await warnings()).to.match(/single server/);
    expect(fake.commands.filter(({ name }) => name === 'insert')).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../src/clock.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { allCollections } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { freshMongodb, throughProxy, withDatabase } from '../support/mongodb.ts';
import { failure } from './contract/suite.ts';
import { definitions } from './contract/things.ts';

describe('MongoDB', () => {
  const rejected: readonly (readonly [string, RegExp])[] = [
    ['readPreference=secondaryPreferred', /DATABASE_URL: expected no readPreference/],
    ['readConcernLevel=majority', /readConcernLevel/],
    ['w=1', /write concern/],
    ['journal=false&w=majority', /journal/],
    ['tls=true&tlsAllowInvalidCertificates=true', /tlsCAFile/],
    ['loadBalanced=true', /loadBalanced/],
    ['noSuchOption=1', /DATABASE_URL: .*nosuchoption/i],
  ];
  for (const [option, message] of rejected) {
    it(`rejects a URL with ${option}, and shows no password`, async () => {
      const error = await failure(
        openDatabase({ url: `mongodb://gatehouse:s3cret@127.0.0.1:1/gatehouse?${option}`, clock: systemClock }),
      );
      expect(error)
        .to.be.instanceOf(ConfigurationError)
        .with.property('message')
        .that.matches(message)
        .and.does.not.include('s3cret');
    });
  }

  it('opens while the server is down, and accepts the required options when they are given explicitly', async () => {
    const database = await openDatabase({
      url: 'mongodb://127.0.0.1:1/?w=majority&readPreference=primary&journal=true',
      clock: systemClock,
    });
    await database.close();
  });

  it('can be tested on a replica set: changed test addresses keep their hosts and options', () => {
    const address = 'mongodb://user:p%2Fw@db1:27017,db2:27017,[::1]:27018/accounts?replicaSet=rs0';
    expect(withDatabase(address, 'other')).to.equal(
      'mongodb://user:p%2Fw@db1:27017,db2:27017,[::1]:27018/other?replicaSet=rs0&authSource=accounts',
    );
    expect(throughProxy(address, 4000)).to.equal('mongodb://user:p%2Fw@127.0.0.1:4000/accounts?directConnection=true');
  });

  it('creates the declared indexes, and a TTL index that removes documents a minute after they expire', async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    const database = await openDatabase({ url: fresh.url, clock: systemClock });
    await database.prepare(definitions);
    await database.prepare(allCollections);
    const client = new MongoClient(fresh.url);
    const indexes = await client.db().collection('leases').indexes();
    const described = indexes.map(({ key, unique, sparse, expireAfterSeconds }) => ({
      key,
      unique: unique === true,
      sparse: sparse === true,
      expireAfterSeconds,
    }));
    await client.close();
    await database.close();
    await fresh.drop();
    expect(described).to.deep.include({
      key: { handle: 1 },
      unique: true,
      sparse: true,
      expireAfterSeconds: undefined,
    });
    expect(described).to.deep.include({ key: { expiresAt: 1 }, unique: false, sparse: false, expireAfterSeconds: 60 });
    return undefined;
  });

  it('stores its data in the database "gatehouse" unless the URL names another', async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    const database = await openDatabase({ url: withDatabase(fresh.url, ''), clock: systemClock });
    const marker = { name: `marker_${Date.now()}`, indexes: [], expires: false };
    await database.prepare([]);
    await database.collection(marker).insertOne({ _id: 'a' });
    const client = new MongoClient(fresh.url);
    expect(await client.db('gatehouse').collection(marker.name).countDocuments({})).to.equal(1);
    await client.db('gatehouse').collection(marker.name).drop();
    await client.close();
    await database.close();
    return undefined;
  });

  it('warns about a single server, and gives no warning on a replica set', async function () {
    this.timeout(120_000);
    const fresh = await freshMongodb();
    if (fresh === null) {
      return this.skip();
    }
    const database = await openDatabase({ url: fresh.url, clock: systemClock });
    const warnings = await database.warnings();
    await database.close();
    const client = new MongoClient(fresh.url);
    const setName = await client
      .db('admin')
      .command({ hello: 1 })
      .then(
        (answer) => answer['setName'] as unknown,
        () => undefined,
      );
    await client.close();
    if (typeof setName === 'string') {
      expect(warnings).to.deep.equal([]);
    } else {
      expect(warnings.join()).to.match(/single server/);
    }
    return undefined;
  });
});

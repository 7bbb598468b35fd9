import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { StorageRejectedError } from '../../src/errors.ts';
import { startMongodbFake, type MongodbFake } from '../support/mongodb-fake.ts';
import { startTestServer } from '../support/server.ts';
import { onEachDatabase } from './installation.ts';
import { run } from './terminal.ts';

onEachDatabase('gatehouse storage check', (installation) => {
  it('reports the database, its migrations and its warnings', async () => {
    const { environment, gatehouse, json } = installation();
    const { exitCode, document } = await json(['storage', 'check']);
    expect(exitCode).to.equal(0);
    const isSqlite = environment['DATABASE_URL']?.startsWith('sqlite:') === true;
    expect(document).to.include({ reachable: true, kind: isSqlite ? 'sqlite' : 'mongodb' });
    expect(document['database']).to.be.a('string');
    expect(document['migrations']).to.be.an('array');
    expect(document['warnings']).to.be.an('array');
    expect((await gatehouse(['storage', 'check'])).stdout)
      .to.match(new RegExp(`^Database: +${isSqlite ? 'SQLite' : 'MongoDB'}, answers\n`))
      .and.include('Warnings:');
  });
});

describe('gatehouse storage check', () => {
  const environment = {
    NODE_ENV: 'test',
    SECRET: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'mongodb://app:c4n4ry@127.0.0.1:1/gatehouse',
  };

  it('exits with 69 when the database does not answer, and shows no credentials', async () => {
    const { exitCode, stdout, stderr } = await run(['storage', 'check'], { environment });
    expect(exitCode).to.equal(69);
    expect(stdout).to.equal('');
    expect(stderr).to.include('cannot reach its database').and.not.include('c4n4ry');
  });

  it('reports it as JSON with --json', async () => {
    const { exitCode, stdout } = await run(['storage', 'check', '--json'], { environment });
    expect(exitCode).to.equal(69);
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'storage_unavailable');
    expect(stdout).not.to.include('c4n4ry');
  });

  it('exits with 69 like every other command', async () => {
    expect((await run(['client', 'list'], { environment })).exitCode).to.equal(69);
  });

  describe('on a MongoDB that rejects commands', () => {
    let fake: MongodbFake;
    let rejecting: Readonly<Record<string, string>>;
    beforeEach(async () => {
      fake = await startMongodbFake();
      fake.decide = ({ name }) =>
        ['createIndexes', 'find', 'insert'].includes(name)
          ? { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on gatehouse' }
          : undefined;
      rejecting = { ...environment, DATABASE_URL: `mongodb://127.0.0.1:${fake.port}/gatehouse` };
    });
    afterEach(() => fake.stop());

    it('exits with 78 and the reason, like every other command', async () => {
      for (const command of [
        ['storage', 'check'],
        ['client', 'list'],
      ]) {
        const { exitCode, stderr } = await run(command, { environment: rejecting });
        expect(exitCode, command.join(' ')).to.equal(78);
        expect(stderr).to.match(/DATABASE_URL: this user has no permission.*readWrite/);
      }
    });

    it('reports the reason as JSON with --json', async () => {
      const { exitCode, stdout } = await run(['storage', 'check', '--json'], { environment: rejecting });
      expect(exitCode).to.equal(78);
      expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'storage_rejected');
      expect(JSON.parse(stdout))
        .to.have.nested.property('error.problems[0]')
        .that.matches(/readWrite/);
    });

    it('makes the start of a server fail, which waits only for an unavailable database', async () => {
      const error = await startTestServer({ databaseUrl: rejecting['DATABASE_URL'] ?? '' }).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(StorageRejectedError);
    });
  });
});

import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';
import { run } from './terminal.ts';

onEachDatabase('gatehouse storage check', (installation) => {
  it('says which database answers, what is pending and what to know', async () => {
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

  it('ends with 69 when the database does not answer, and shows no credentials', async () => {
    const { exitCode, stdout, stderr } = await run(['storage', 'check'], { environment });
    expect(exitCode).to.equal(69);
    expect(stdout).to.equal('');
    expect(stderr).to.include('cannot reach its database').and.not.include('c4n4ry');
  });

  it('says so to programs', async () => {
    const { exitCode, stdout } = await run(['storage', 'check', '--json'], { environment });
    expect(exitCode).to.equal(69);
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'storage_unavailable');
    expect(stdout).not.to.include('c4n4ry');
  });

  it('as does every other command', async () => {
    expect((await run(['client', 'list'], { environment })).exitCode).to.equal(69);
  });
});

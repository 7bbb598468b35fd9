import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';
import { run } from './terminal.ts';

onEachDatabase('gatehouse key', (installation) => {
  it('creates the first key when the server has created none yet, and it signs immediately', async () => {
    const { gatehouse, json } = installation();
    expect((await json(['key', 'list'])).document).to.deep.equal({ keys: [] });
    expect((await gatehouse(['key', 'list'])).stdout).to.equal(
      'There is no key yet: the server creates the first ones when it starts.\n',
    );
    const { exitCode, document } = await json(['key', 'rotate']);
    expect(exitCode).to.equal(0);
    expect(document)
      .to.have.all.keys('kid', 'alg', 'state', 'created_at', 'signs_from')
      .and.include({ alg: 'ES256', state: 'signing' });
  });

  it('publishes the next key now, to sign later', async () => {
    const { json } = installation();
    const { document } = await json(['key', 'rotate']);
    expect(document).to.include({ alg: 'ES256', state: 'published' });
    expect(Number(document['signs_from'])).to.be.greaterThan(Number(document['created_at']));
    const { keys } = (await json(['key', 'list'])).document;
    expect(keys).to.have.length(2);
    expect(keys).to.have.nested.property('[0].kid', document['kid']);
    expect(keys).to.have.nested.property('[1].state', 'signing');
    expect(keys).to.have.nested.property('[1].retires_at').that.is.greaterThan(Number(document['signs_from']));
  });

  it('reports the published key when another rotation is requested before it signs', async () => {
    const { gatehouse, json } = installation();
    const { keys } = (await json(['key', 'list'])).document;
    const { exitCode, stdout } = await gatehouse(['key', 'rotate', '--alg', 'ES256']);
    expect(exitCode).to.equal(0);
    expect(stdout)
      .to.include('is already published and does not sign yet; no other key was created')
      .and.match(/It signs from \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect((await json(['key', 'list'])).document).to.deep.equal({ keys });
  });

  it('creates RS256 keys, too (RFC 7518 §3.3), and no others', async () => {
    const { json } = installation();
    expect((await json(['key', 'rotate', '--alg', 'RS256'])).document).to.include({ alg: 'RS256' });
    expect((await json(['key', 'rotate', '--alg', 'none'])).document).to.have.nested.property('error.code', 'usage');
  });

  it('lists keys in columns, without private keys', async () => {
    const { gatehouse, json } = installation();
    expect((await gatehouse(['key', 'list'])).stdout).to.match(/^KEY +ALG +STATE +SIGNS FROM +RETIRES\n/);
    const { keys } = (await json(['key', 'list'])).document;
    for (const key of keys as readonly object[]) {
      expect(
        Object.keys(key).filter(
          (name) => !['kid', 'alg', 'state', 'created_at', 'signs_from', 'retires_at'].includes(name),
        ),
      ).to.deep.equal([]);
    }
  });

  it('makes every command exit with 78 when SECRET is not the one that sealed the database', async () => {
    const { environment } = installation();
    const other = { ...environment, SECRET: randomBytes(32).toString('base64url') };
    for (const argv of [['key', 'rotate'], ['client', 'list'], ['setup-link']]) {
      const { exitCode, stderr } = await run(argv, { environment: other });
      expect(exitCode).to.equal(78);
      expect(stderr).to.include('SECRET: is not the one');
    }
  });
});

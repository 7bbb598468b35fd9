import { expect } from 'chai';
import { openWorkloadIssuer, type WorkloadIssuer } from '../support/workload-issuer.ts';
import { onEachDatabase } from './installation.ts';

const cluster = 'https://cluster.example';
const subject = 'system:serviceaccount:jobs:*';
const create = ['issuer', 'create', '--for', 'backup', '--issuer', cluster, '--subject', subject];

onEachDatabase('gatehouse issuer', (installation) => {
  beforeEach(() =>
    installation().gatehouse('client create --id backup --name Backup --type machine --auth-method none'.split(' ')),
  );
  afterEach(() => installation().gatehouse(['client', 'delete', 'backup']));

  async function listed(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { document } = await installation().json(['issuer', 'list']);
    return document['issuers'] as readonly Readonly<Record<string, unknown>>[];
  }

  it('create lets workloads of an issuer act as a client, and list shows it', async () => {
    const { exitCode, document } = await installation().json(create);
    expect(exitCode).to.equal(0);
    expect(document).to.include({ issuer: cluster, client_id: 'backup', single_use: false });
    expect(document['subjects']).to.deep.equal([subject]);
    expect(await listed()).to.have.length(1);
    const { stdout } = await installation().gatehouse(['issuer', 'list']);
    expect(stdout).to.contain('backup').and.to.contain(cluster).and.to.contain(subject);
    const { document: audit } = await installation().json(['audit', 'list', '--type', 'issuer.created']);
    const [event] = audit['events'] as readonly Readonly<Record<string, unknown>>[];
    expect(event?.['detail']).to.deep.equal({ issuer: cluster, subjects: subject });
  });

  it('update replaces the subjects and the rest, and an empty value returns to the default', async () => {
    await installation().gatehouse([...create, '--audience', 'sts', '--single-use']);
    const update = ['issuer', 'update', 'backup', cluster];
    const { document } = await installation().json([...update, '--subject', 'a:b', '--subject', 'a:c', '--reusable']);
    expect(document).to.deep.include({ subjects: ['a:b', 'a:c'], audience: 'sts', single_use: false });
    expect((await installation().json([...update, '--audience', ''])).document).not.to.have.property('audience');
    expect((await installation().gatehouse(update)).exitCode).to.equal(2);
    expect((await installation().gatehouse([...update, '--single-use', '--reusable'])).exitCode).to.equal(2);
    expect(
      (await installation().gatehouse(['issuer', 'update', 'backup', 'https://x.example', '--reusable'])).exitCode,
    ).to.equal(3);
  });

  it('delete ends the trust, and so does the deletion of the client', async () => {
    await installation().gatehouse(create);
    const { stdout } = await installation().gatehouse(['issuer', 'delete', 'backup', cluster]);
    expect(stdout).to.contain('cannot act as the client backup any more');
    expect(await listed()).to.deep.equal([]);
    expect((await installation().gatehouse(['issuer', 'delete', 'backup', cluster])).exitCode).to.equal(3);
    await installation().gatehouse(create);
    await installation().gatehouse(['client', 'delete', 'backup']);
    expect(await listed()).to.deep.equal([]);
  });

  it('create is rejected for a wrong issuer, subject, key or client, with the option that is wrong', async () => {
    await installation().gatehouse(['client', 'create', '--id', 'secret-one', '--name', 'S', '--type', 'machine']);
    const jwks = await installation().file('jwks.json', '{"keys":[]}');
    const using = (option: string, value: string): readonly string[] => {
      const at = create.indexOf(option);
      return create.map((word, index) => (index === at + 1 ? value : word));
    };
    for (const [argv, exitCode, message] of [
      [using('--issuer', 'http://cluster.example'), 2, '--issuer'],
      [using('--issuer', 'cluster'), 2, '--issuer'],
      [using('--issuer', installation().issuer), 2, 'address of this server'],
      [using('--subject', 'repo:**'), 2, '--subject'],
      [using('--subject', 'repo:*/*:**'), 2, 'Begin with two fixed parts'],
      [using('--for', 'unknown'), 3, 'No client'],
      [using('--for', 'secret-one'), 2, 'gatehouse client update secret-one --jwt-bearer'],
      [[...create, '--jwks', jwks], 2, '--jwks'],
    ] as const) {
      const result = await installation().gatehouse(argv);
      expect({ exitCode: result.exitCode, argv }, result.stderr).to.deep.equal({ exitCode, argv });
      expect(result.stderr).to.contain(message);
    }
    await installation().gatehouse(create);
    expect((await installation().gatehouse(create)).stderr).to.contain('already');
    const allowed = await installation().json(['client', 'update', 'secret-one', '--jwt-bearer']);
    expect(allowed.document['grant_types']).to.include('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect((await installation().gatehouse(using('--for', 'secret-one'))).exitCode).to.equal(0);
    await installation().gatehouse(['client', 'delete', 'secret-one']);
  });

  it('a client without a secret prints none, and is not called public', async () => {
    const { stdout } = await installation().gatehouse(['client', 'show', 'backup']);
    expect(stdout).to.contain('assertions alone').and.not.to.contain('public client');
    const { document } = await installation().json(['client', 'show', 'backup']);
    expect(document['grant_types']).to.deep.equal(['urn:ietf:params:oauth:grant-type:jwt-bearer']);
    for (const type of ['web', 'browser']) {
      const argv = ['client', 'create', '--type', type, '--name', 'A', '--redirect-uri', 'https://a.example/cb'];
      expect((await installation().gatehouse([...argv, '--jwt-bearer'])).stderr).to.contain('--jwt-bearer');
    }
  });

  describe('check', () => {
    let issuer: WorkloadIssuer;
    before(async () => {
      issuer = await openWorkloadIssuer();
    });
    after(() => issuer.close());

    it('shows the keys that the server fetches, or why it cannot', async () => {
      await installation().gatehouse([...create.slice(0, 4), '--issuer', issuer.issuer, '--subject', subject]);
      const argv = ['issuer', 'check', 'backup', issuer.issuer];
      const { document } = await installation().json(argv);
      expect(document).to.deep.equal({
        issuer: issuer.issuer,
        jwks_uri: `${issuer.issuer}/keys`,
        keys: [{ kid: 'key-1', kty: 'EC', alg: 'ES256' }],
      });
      issuer.answerWith(404);
      const { exitCode, stderr } = await installation().gatehouse(argv);
      expect(exitCode).to.equal(2);
      expect(stderr).to.contain('status is 404');
    });
  });
});

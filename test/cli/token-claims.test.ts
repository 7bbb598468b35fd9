import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

const identifier = 'https://photos.example/api';
const email = 'https://photos.example/email=email';
const identity = ['--identifier', identifier, '--name', 'Photos'];
const api = ['api', 'create', ...identity, '--token-format', 'jwt', '--scope', 'photos:read=See'];

onEachDatabase('claims in access tokens, by commands', (installation) => {
  it('of an API are set, shown, replaced and removed', async () => {
    const created = await installation().json([...api, '--claim', email, '--claim', 'groups=groups']);
    expect(created.document['claims']).to.deep.equal([
      { name: 'https://photos.example/email', field: 'email' },
      { name: 'groups', field: 'groups' },
    ]);
    const update = ['api', 'update', identifier];
    const { stdout } = await installation().gatehouse([...update, '--claim', 'urn:photos:name=name']);
    expect(stdout).to.match(/Claims: +urn:photos:name: name\n/);
    const kept = await installation().json([...update, '--name', 'Pictures']);
    expect(kept.document['claims']).to.deep.equal([{ name: 'urn:photos:name', field: 'name' }]);
    const removed = await installation().json([...update, '--claim', '']);
    expect(removed.document['claims']).to.deep.equal([]);
  });

  it('of a machine are set, shown, recorded in the audit, and removed', async () => {
    const words = ['client', 'create', '--id', 'nightly', '--name', 'Nightly', '--type', 'machine'];
    const { document } = await installation().json([...words, '--claim', 'urn:photos:tenant=acme=1']);
    expect(document['claims']).to.deep.equal([{ name: 'urn:photos:tenant', value: 'acme=1' }]);
    const { stdout } = await installation().gatehouse(['client', 'show', 'nightly']);
    expect(stdout).to.match(/Claims: +urn:photos:tenant: acme=1\n/);
    const audit = await installation().json(['audit', 'list', '--type', 'client.created']);
    const [event] = audit.document['events'] as readonly Readonly<Record<string, unknown>>[];
    expect(event?.['detail']).to.include({ claims: 'urn:photos:tenant=acme=1' });
    const removed = await installation().json(['client', 'update', 'nightly', '--claim', '']);
    expect(removed.document['claims']).to.deep.equal([]);
  });

  it('that are not possible are errors that name the option', async () => {
    const app = ['client', 'create', '--name', 'App', '--type', 'web', '--redirect-uri', 'https://app.example/cb'];
    for (const [command, message] of [
      [
        [...api, '--claim', 'email'],
        'Expected NAME=FIELD, such as \'https://photos.example/email=email\', not "email"',
      ],
      [[...api, '--claim', 'email=email'], '"email" is not possible as the name of a claim'],
      [[...api, '--claim', 'urn:key=password'], '"password" is not a claim about the user'],
      [['client', 'update', 'nightly', '--claim', '=acme'], 'Expected NAME=VALUE'],
      [[...app, '--claim', 'urn:tenant=acme'], 'Only a machine client has claims of its own'],
    ] as const) {
      const { exitCode, stderr } = await installation().gatehouse(command);
      expect(stderr).to.include(message).and.include('--claim');
      expect(exitCode, message).to.equal(2);
    }
  });
});

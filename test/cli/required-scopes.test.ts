import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

onEachDatabase('required scopes, by commands', (installation) => {
  const words = ['client', 'create', '--name', 'Prints', '--type', 'web', '--redirect-uri', 'https://app.example/cb'];

  it('are set, shown, replaced and removed', async () => {
    const { json, gatehouse } = installation();
    const { document } = await json([...words, '--required-scope', 'email', '--required-scope', 'profile']);
    expect(document['required_scopes']).to.deep.equal(['email', 'profile']);
    const id = String(document['client_id']);
    expect((await gatehouse(['client', 'show', id])).stdout).to.match(/Required scopes: +email\n +profile/);
    const replaced = await json(['client', 'update', id, '--required-scope', 'phone', '--required-scope', 'phone']);
    expect(replaced.document['required_scopes']).to.deep.equal(['phone']);
    expect((await json(['client', 'update', id, '--name', 'Pictures'])).document['required_scopes']).to.deep.equal([
      'phone',
    ]);
    expect((await json(['client', 'update', id, '--required-scope', ''])).document['required_scopes']).to.deep.equal(
      [],
    );
  });

  it('are scopes about the user, or of an API of the client', async () => {
    const { json, gatehouse } = installation();
    const api = 'https://required.example/api';
    const create = ['api', 'create', '--identifier', api, '--name', 'Photos', '--token-format', 'jwt'];
    await json([...create, '--scope', 'required:read=See your photos']);
    const refused = await gatehouse([...words, '--required-scope', 'required:read']);
    expect(refused.exitCode).to.equal(2);
    expect(refused.stderr).to.include(`"required:read" is neither a scope about the user nor a scope of one of`);
    const { document } = await json([...words, '--api', api, '--required-scope', 'required:read']);
    expect(document['required_scopes']).to.deep.equal(['required:read']);
    const machine = ['client', 'create', '--name', 'Nightly', '--type', 'machine', '--required-scope', 'email'];
    expect((await gatehouse(machine)).stderr).to.include('A machine client signs nobody in');
  });
});

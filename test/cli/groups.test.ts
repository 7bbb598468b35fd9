import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

onEachDatabase('groups, by commands', (installation) => {
  it('restrict who may sign in to an app, are shown, and are removed', async () => {
    const { json, gatehouse } = installation();
    const words = ['client', 'create', '--name', 'Prints', '--type', 'web', '--redirect-uri', 'https://app.example/cb'];
    const { document } = await json([...words, '--groups', 'staff, editors']);
    expect(document['groups']).to.deep.equal(['staff', 'editors']);
    const id = String(document['client_id']);
    expect((await gatehouse(['client', 'show', id])).stdout).to.match(/Groups: +staff\n +editors/);
    const { stdout } = await gatehouse(['audit', 'list', '--json']);
    expect(stdout).to.include('staff, editors');
    expect((await gatehouse(['client', 'update', id, '--groups', 'staff,staff'])).exitCode).to.equal(2);
    expect((await json(['client', 'update', id, '--groups', ''])).document['groups']).to.deep.equal([]);
  });

  it('are not for machines, which sign nobody in', async () => {
    const words = ['client', 'create', '--name', 'Nightly', '--type', 'machine', '--groups', 'staff'];
    const { exitCode, stderr } = await installation().gatehouse(words);
    expect(exitCode).to.equal(2);
    expect(stderr).to.include('A machine client signs nobody in, so it has no groups.');
  });

  it('restrict who can grant a scope, are shown, and are removed', async () => {
    const { json, gatehouse } = installation();
    const own = 'https://groups.example/api';
    const create = [
      'api',
      'create',
      '--identifier',
      own,
      '--name',
      'Photos',
      '--token-format',
      'jwt',
      '--scope',
      'photos:read=See your photos',
    ];
    const { document, exitCode } = await json([...create, '--scope-groups', 'photos:read=editors, staff']);
    expect(exitCode).to.equal(0);
    expect(document['scope_groups']).to.deep.equal([{ scope: 'photos:read', groups: ['editors', 'staff'] }]);
    const renamed = await gatehouse(['api', 'update', own, '--name', 'Pictures']);
    expect(renamed.stdout).to.match(/Only for groups: +photos:read: editors, staff/);
    const replaced = await json(['api', 'update', own, '--scope', 'photos:list=List']);
    expect(replaced.document['scope_groups'], 'with its scope').to.deep.equal([]);
    for (const wrong of ['photos:list', 'photos:list=', 'photos:delete=staff', 'photos:list=staff,staff']) {
      expect((await gatehouse(['api', 'update', own, '--scope-groups', wrong])).exitCode, wrong).to.equal(2);
    }
    await json(['api', 'update', own, '--scope-groups', 'photos:list=staff']);
    expect((await json(['api', 'update', own, '--scope-groups', ''])).document['scope_groups']).to.deep.equal([]);
  });
});

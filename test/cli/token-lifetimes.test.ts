import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

const identifier = 'https://photos.example/api';

onEachDatabase('the lifetimes of tokens, by commands', (installation) => {
  it('of an API are set, shown and removed', async () => {
    const words = [
      '--identifier',
      identifier,
      '--name',
      'Photos',
      '--token-format',
      'opaque',
      '--scope',
      'photos:read=See',
    ];
    const created = await installation().json(['api', 'create', ...words, '--refresh-idle', '12h']);
    expect(created.document).to.include({ refresh_idle: 43_200 }).and.not.have.property('refresh_absolute');
    const { stdout } = await installation().gatehouse(['api', 'update', identifier, '--refresh-absolute', '30d']);
    expect(stdout).to.match(/Refresh tokens in total: +at most 2592000 seconds/);
    const removed = await installation().json(['api', 'update', identifier, '--refresh-idle', '']);
    expect(removed.document).to.include({ refresh_absolute: 2_592_000 }).and.not.have.property('refresh_idle');
  });

  it('of access tokens for an API are set and removed, also to change the format', async () => {
    const archive = 'https://archive.example/api';
    const words = ['api', 'create', '--identifier', archive, '--name', 'Archive', '--token-format', 'opaque'];
    const created = await installation().json([...words, '--scope', 'archive:read=Read', '--token-lifetime', '2h']);
    expect(created.document).to.include({ token_lifetime: 7200 });
    const change = ['api', 'update', archive, '--token-format', 'jwt', '--token-lifetime', ''];
    const changed = await installation().json(change);
    expect(changed.document, JSON.stringify(changed.document)).to.include({ token_format: 'jwt' });
    expect(changed.document).to.not.have.property('token_lifetime');
  });

  it('of a client are set, shown and removed', async () => {
    const words = ['client', 'create', '--name', 'Prints', '--type', 'web', '--redirect-uri', 'https://app.example/cb'];
    const limits = ['--access-token-lifetime', '2m', '--refresh-idle', '12h', '--refresh-absolute', '30d'];
    const { document } = await installation().json([...words, ...limits]);
    expect(document).to.include({ access_token_lifetime: 120, refresh_idle: 43_200, refresh_absolute: 2_592_000 });
    const id = String(document['client_id']);
    const { stdout } = await installation().gatehouse(['client', 'show', id]);
    expect(stdout).to.match(/Access tokens: +at most 120 seconds/);
    const removed = await installation().json(['client', 'update', id, '--access-token-lifetime', '']);
    expect(removed.document).to.include({ refresh_idle: 43_200 }).and.not.have.property('access_token_lifetime');
  });
});

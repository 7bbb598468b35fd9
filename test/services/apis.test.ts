import { expect } from 'chai';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const identifier = 'https://photos.example/api';
const photos = {
  identifier,
  name: 'Photos',
  tokenFormat: 'opaque',
  scopes: [{ value: 'photos:read', description: 'See your photos' }],
};

onEachDatabase('an API that is deleted', (start) => {
  let server: TestServer;

  before(async () => {
    server = await start();
  });

  it('is taken from its clients, so that another under its identifier is not theirs', async () => {
    const { apis, clients } = server.services;
    await apis.create(photos, by);
    const { client } = await clients.create({ name: 'Nightly', type: 'machine', apis: [identifier] }, by);
    await apis.remove(identifier, by);
    await apis.create(photos, by);
    expect((await clients.get(client._id)).apis).to.deep.equal([]);
  });
});

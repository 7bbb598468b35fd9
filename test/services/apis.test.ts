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

  it('is removed from its clients, so that they cannot use a new API with the same identifier', async () => {
    const { apis, clients } = server.services;
    await apis.create(photos, by);
    const { client } = await clients.create({ name: 'Nightly', type: 'machine', apis: [identifier] }, by);
    await apis.remove(identifier, by);
    await apis.create(photos, by);
    expect((await clients.get(client._id)).apis).to.deep.equal([]);
  });

  it('changes each of its clients with a new revision and an audit event, as every change does', async () => {
    const { apis, clients, audit } = server.services;
    const other = { ...photos, identifier: 'https://other.example/api' };
    await apis.create(other, by);
    const { client } = await clients.create({ name: 'Nightly', type: 'machine', apis: [other.identifier] }, by);
    await apis.remove(other.identifier, by);
    const changed = await clients.get(client._id);
    expect(changed.revision).not.to.equal(client.revision);
    expect(changed.updatedAt.getTime()).to.be.greaterThan(client.updatedAt.getTime());
    const [event] = await audit.list({ limit: 1, clientId: client._id });
    expect(event).to.deep.include({ type: 'client.updated', detail: { fields: 'apis' } });
  });
});

/** Personal access tokens at an API with the guard, with the real server. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { guard } from '../../src/guard/index.ts';
import { archive, createUser, photos, registerApp, seedApis } from '../support/app.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

onEachDatabase('personal access tokens, at an API with the guard', (start) => {
  let server: TestServer;
  let accountId: string;
  let statusOf: (authorization: string, path?: string) => Promise<number>;
  let close: (() => void) | undefined;

  before(async () => {
    server = await start();
    await seedApis(server);
    await server.services.apis.update(photos, { personalTokens: true }, by);
    accountId = await createUser(server);
    const api = await registerApp(server, { type: 'machine', name: 'Photos API', apis: [photos] });
    const photosGuard = guard({
      issuer: server.issuer,
      audience: photos,
      // Longer than the test: only the feed can end an answer.
      introspection: { clientId: api.clientId, clientSecret: api.secret ?? '', cacheFor: 600 },
    }).fetch();
    await photosGuard.ready();
    const read = photosGuard.require('photos:read')(() => new Response());
    const write = photosGuard.require('photos:write')(() => new Response());
    statusOf = async (authorization, path = '/') => {
      const headers = authorization === '' ? {} : { authorization };
      const request = new Request(`http://localhost${path}`, { headers });
      return (await (path === '/write' ? write : read)(request)).status;
    };
    close = () => photosGuard.close();
  });
  after(() => close?.());

  const create = (...more: readonly { readonly api: string; readonly scopes: readonly string[] }[]) =>
    server.services.personalAccessTokens.create(
      accountId,
      { name: 'CI', access: [{ api: photos, scopes: ['photos:read'] }, ...more], expiresIn: 3600 },
      by,
    );

  async function expectRefusedWithinASecond(value: string): Promise<void> {
    const endedAt = machineMilliseconds();
    while ((await statusOf(`Bearer ${value}`)) !== 401) {
      await wait(10);
    }
    expect(machineMilliseconds() - endedAt).to.be.lessThan(1000);
  }

  it('are accepted as Bearer and as Token, for their scopes only, and not in a query', async () => {
    const { value } = await create();
    expect(await statusOf(`Bearer ${value}`)).to.equal(200);
    expect(await statusOf(`Token ${value}`)).to.equal(200);
    expect(await statusOf(`Bearer ${value}`, '/write')).to.equal(403);
    expect(await statusOf('', `/?access_token=${value}`)).to.equal(401);
    expect(await statusOf(`Basic ${Buffer.from(`${value}:`).toString('base64')}`)).to.equal(401);
    const last = value.slice(-1);
    expect(await statusOf(`Bearer ${value.slice(0, -1)}${last === 'x' ? 'y' : 'x'}`)).to.equal(401);
  });

  it('are refused within a second when the API accepts none any more, although they are valid at another one', async () => {
    await server.services.apis.update(archive, { personalTokens: true }, by);
    const { token, value } = await create({ api: archive, scopes: ['archive:read'] });
    expect(await statusOf(`Bearer ${value}`)).to.equal(200);
    await server.services.apis.update(photos, { personalTokens: false }, by);
    await expectRefusedWithinASecond(value);
    const [left] = await server.services.personalAccessTokens.listByUser(accountId);
    expect(left).to.deep.include({ id: token.id, access: [{ api: archive, scopes: ['archive:read'] }] });
    await server.services.apis.update(photos, { personalTokens: true }, by);
    expect(await statusOf(`Bearer ${value}`)).to.equal(401);
  });

  for (const [what, end] of [
    ['is revoked', (id: string) => server.services.personalAccessTokens.revoke(id, by)],
    [
      'is reported as leaked',
      (_id: string, token: string) =>
        fetch(`${server.issuer}/leaked-tokens`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify([{ token }]),
        }),
    ],
    ['ends with its user', () => server.services.users.disable(accountId, by)],
  ] as const) {
    it(`are refused within a second when one ${what}, although the answer about it is remembered`, async () => {
      const { token, value } = await create();
      expect(await statusOf(`Bearer ${value}`)).to.equal(200);
      await end(token.id, value);
      await expectRefusedWithinASecond(value);
    });
  }
});

import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  callAs,
  createUser,
  introspect,
  photos,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { freePort, onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const hour = 3600;

onEachDatabase('checks of personal access tokens by APIs', (start) => {
  let server: TestServer;
  /** Another instance on the same database. */
  let second: TestServer;
  let clock: ManualClock;
  let accountId: string;
  let photosApi: AppClient;
  let archiveApi: AppClient;
  let both: AppClient;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    second = await start({ clock, databaseUrl, port: await freePort(), environment: { SECRET } });
    await seedApis(server);
    for (const api of [photos, archive]) {
      await server.services.apis.update(api, { personalTokens: true }, by);
    }
    accountId = await createUser(server);
    const machine = (name: string, apis: readonly string[]) => registerApp(server, { type: 'machine', name, apis });
    photosApi = await machine('Photos API', [photos]);
    archiveApi = await machine('Archive API', [archive]);
    both = await machine('Gateway', [photos, archive]);
  });

  const create = (access = [{ api: photos, scopes: ['photos:read'] }], owner = accountId) =>
    server.services.personalAccessTokens.create(owner, { name: 'nightly backup', access, expiresIn: 24 * hour }, by);

  const ask = async (app: AppClient, value: string, more: Readonly<Record<string, string>> = {}, at = server) =>
    (await callAs(at, app, '/introspect', { token: value, ...more })).body;

  const listed = async (id: string) =>
    (await server.services.personalAccessTokens.listByUser(accountId)).find((token) => token.id === id);

  it('answer an API as about a token of a user', async () => {
    const { token, value } = await create();
    expect(await ask(photosApi, value)).to.deep.equal({
      active: true,
      iss: server.issuer,
      sub: accountId,
      username: 'ada@example.com',
      aud: photos,
      scope: 'photos:read',
      iat: Math.floor(token.createdAt.getTime() / 1000),
      exp: Math.floor(token.expiresAt.getTime() / 1000),
      jti: token.id,
      token_type: 'Bearer',
    });
  });

  it('answer only a machine client that has the API', async () => {
    const { value } = await create();
    const web = await registerApp(server, { apis: [photos, archive] });
    const browserApp = await registerApp(server, { type: 'browser', apis: [photos] });
    for (const app of [archiveApi, web, browserApp]) {
      expect((await introspect(server, app, value)).body['active'], app.clientId).to.not.equal(true);
    }
  });

  it('give each API its own scopes, and a client of several APIs a shared scope only if it is valid at each', async () => {
    const shared = { value: 'read', description: 'Read' };
    for (const api of [photos, archive]) {
      const { scopes } = await server.services.apis.get(api);
      await server.services.apis.update(api, { scopes: [...scopes, shared] }, by);
    }
    const { value } = await create([
      { api: photos, scopes: ['photos:read', 'read'] },
      { api: archive, scopes: ['archive:read'] },
    ]);
    expect(await ask(photosApi, value)).to.include({ aud: photos, scope: 'photos:read read' });
    expect(await ask(archiveApi, value)).to.include({ aud: archive, scope: 'archive:read' });
    const answer = await ask(both, value);
    expect(answer['aud']).to.have.members([photos, archive]);
    expect(answer['scope']).to.equal('photos:read archive:read');
  });

  it('do not name the email address to an API that must not know it', async () => {
    const { value } = await create();
    await server.services.apis.update(photos, { hideUsername: true }, by);
    expect(await ask(photosApi, value))
      .to.include({ active: true })
      .and.not.have.property('username');
    await server.services.apis.update(photos, { hideUsername: false }, by);
  });

  for (const [ending, end] of [
    ['it is revoked', (id: string) => server.services.personalAccessTokens.revoke(id, by)],
    ['its user is disabled', (_id: string, owner: string) => server.services.users.disable(owner, by)],
    ['its user is deleted', (_id: string, owner: string) => server.services.users.remove(owner, by)],
    [
      'its user gets another password',
      (_id: string, owner: string) => server.services.users.setPassword(owner, 'another battery staple', by),
    ],
  ] as const) {
    it(`are negative on every instance as soon as ${ending}`, async () => {
      const owner = await createUser(server, `${ending.replaceAll(' ', '.')}@example.com`);
      const { token, value } = await create(undefined, owner);
      for (const at of [server, second]) {
        expect(await ask(photosApi, value, {}, at)).to.include({ active: true });
      }
      await end(token.id, owner);
      for (const at of [server, second]) {
        expect(await ask(photosApi, value, {}, at)).to.deep.equal({ active: false });
      }
      if (ending.includes('disabled')) {
        await server.services.users.enable(owner, by);
        expect(await ask(photosApi, value), 'enabled again').to.deep.equal({ active: false });
      }
    });
  }

  it('are negative when it expires', async () => {
    const { value } = await create();
    clock.advance(24 * hour - 1);
    expect(await ask(photosApi, value)).to.include({ active: true });
    clock.advance(1);
    expect(await ask(photosApi, value)).to.deep.equal({ active: false });
  });

  it('are negative for a scope and an API that were removed, also when they come back', async () => {
    const { value } = await create([
      { api: photos, scopes: ['photos:read', 'photos:write'] },
      { api: archive, scopes: ['archive:read'] },
    ]);
    const { scopes } = await server.services.apis.get(photos);
    await server.services.apis.update(photos, { scopes: scopes.filter((one) => one.value !== 'photos:write') }, by);
    expect(await ask(photosApi, value)).to.include({ scope: 'photos:read' });
    await server.services.apis.update(photos, { scopes }, by);
    expect(await ask(photosApi, value)).to.include({ scope: 'photos:read' });
    await server.services.apis.update(photos, { personalTokens: false }, by);
    await server.services.apis.update(photos, { personalTokens: true }, by);
    expect(await ask(photosApi, value)).to.deep.equal({ active: false });
    expect(await ask(archiveApi, value), 'the other API').to.include({ active: true, scope: 'archive:read' });
  });

  it('cannot end it: no client revokes a personal access token, and the answer is the same (RFC 7009 §2.2)', async () => {
    const { value } = await create();
    for (const app of [photosApi, both, await registerApp(server)]) {
      const { status, body } = await callAs(server, app, '/revoke', { token: value });
      expect(status).to.equal(200);
      expect(body).to.deep.equal({});
    }
    expect(await ask(photosApi, value)).to.include({ active: true });
  });

  it('record the last use: when and by which API, at most once a minute', async () => {
    const { token, value } = await create();
    expect(await listed(token.id)).to.not.have.property('lastUsedAt');
    await ask(photosApi, value);
    const first = clock.now();
    expect(await listed(token.id)).to.deep.include({ lastUsedAt: first, lastUsedApi: photos });
    clock.advance(59);
    await ask(photosApi, value);
    expect((await listed(token.id))?.lastUsedAt).to.deep.equal(first);
    clock.advance(1);
    await ask(photosApi, value);
    expect((await listed(token.id))?.lastUsedAt).to.deep.equal(clock.now());
    clock.advance(120);
    await ask(archiveApi, value);
    expect((await listed(token.id))?.lastUsedAt, 'a negative answer is no use').to.not.deep.equal(clock.now());
  });

  it('record the address block that the API reports, and ignore text that is no address', async () => {
    const { token, value } = await create();
    for (const text of ['unknown', '1.2.3.4:80', '999.1.1.1', 'a'.repeat(5000), '']) {
      expect(await ask(photosApi, value, { client_ip: text })).to.include({ active: true });
    }
    expect(await listed(token.id)).to.not.have.property('lastUsedFrom');
    for (const [address, block] of [
      ['198.51.100.7', '198.51.100.7'],
      ['::ffff:198.51.100.8', '198.51.100.8'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ] as const) {
      await ask(photosApi, value, { client_ip: address });
      expect((await listed(token.id))?.lastUsedFrom).to.equal(block);
    }
    clock.advance(61);
    await ask(photosApi, value);
    expect(await listed(token.id), 'a use without an address').to.not.have.property('lastUsedFrom');
  });

  it('audit each new address block, and mail all but the first, once a day', async () => {
    const { token, value } = await create();
    const mails = async (): Promise<number> => (await server.services.outbox.list({ limit: 100, kind: 'mail' })).length;
    const blocks = async () =>
      (await server.services.audit.list({ limit: 200, accountId })).flatMap(({ type, detail, address, clientId }) =>
        type === 'personal_access_token.new_address' && detail?.['id'] === token.id
          ? [[detail['block'], detail['first'], address, clientId]]
          : [],
      );
    const before = await mails();
    await ask(photosApi, value, { client_ip: '203.0.113.1' });
    await ask(photosApi, value, { client_ip: '203.0.113.1' });
    expect(await blocks()).to.deep.equal([['203.0.113.1', true, '203.0.113.1', photosApi.clientId]]);
    expect(await mails(), 'the first use is expected').to.equal(before);
    // The same new address at two instances at the same moment.
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        ask(photosApi, value, { client_ip: '203.0.113.2' }, index % 2 === 0 ? server : second),
      ),
    );
    expect(await blocks()).to.have.length(2);
    expect(await mails()).to.equal(before + 1);
    await ask(photosApi, value, { client_ip: '203.0.113.3' });
    expect(await blocks()).to.have.length(3);
    expect(await mails(), 'at most one a day').to.equal(before + 1);
    const [newest] = await server.services.outbox.list({ limit: 1, kind: 'mail' });
    const mail = (await server.services.outbox.show(newest?.id ?? ''))?.content;
    expect(mail).to.include({ to: 'ada@example.com' });
    expect(JSON.stringify(mail)).to.include('nightly backup').and.include('203.0.113.2').and.not.include('gth_pat_');
  });

  it('stop recording new address blocks after fifty', async function manyBlocks() {
    this.timeout(20_000);
    const { token, value } = await create();
    for (let block = 0; block < 55; block += 1) {
      await ask(photosApi, value, { client_ip: `192.0.2.${block}` });
    }
    const events = await server.services.audit.list({ limit: 500, accountId });
    expect(
      events.filter(({ type, detail }) => type === 'personal_access_token.new_address' && detail?.['id'] === token.id),
    ).to.have.length(50);
  });
});

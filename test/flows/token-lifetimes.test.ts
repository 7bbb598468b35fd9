/** The lifetimes that an operator gives to one client or one API: the shortest one decides. */
import { expect } from 'chai';
import { epochSeconds, manualClock, type ManualClock } from '../../src/clock.ts';
import { oidcPayloads } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  authorizationUrl,
  callAs,
  createUser,
  introspect,
  obtain,
  password,
  photos,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { failureOf } from '../support/user-services.ts';

const by = { actor: 'system' } as const;
const hour = 3600;
const offline = { scope: 'openid offline_access archive:read', resource: archive } as const;

onEachDatabase('the lifetimes of tokens', (start) => {
  let server: TestServer;
  let clock: ManualClock;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
  });

  async function refreshed(app: AppClient, token: unknown): Promise<unknown> {
    const { status, body } = await refresh(server, app, token);
    return status === 200 ? body['refresh_token'] : body['error'];
  }

  it('of access tokens are the shorter one of client and API, for each format and for userinfo', async () => {
    const app = await registerApp(server, { accessTokenLifetime: 120 });
    for (const request of [
      { scope: 'openid photos:read', resource: photos },
      { scope: 'openid archive:read', resource: archive },
      { scope: 'openid' },
    ]) {
      expect((await obtain(server, app, request))['expires_in']).to.equal(120);
    }
    const machine = await registerApp(server, { type: 'machine', accessTokenLifetime: 7200 });
    const grant = { grant_type: 'client_credentials', resource: photos, scope: 'photos:read' };
    expect((await callAs(server, machine, '/token', grant)).body['expires_in'], 'the lifetime of the API').to.equal(
      300,
    );
  });

  it('of refresh tokens without use are those of the client: each use begins a new one (RFC 9700 §4.14.2)', async () => {
    const app = await registerApp(server, { refreshIdle: hour });
    const first = (await obtain(server, app, offline))['refresh_token'];
    clock.advance(hour - 60);
    const second = await refreshed(app, first);
    clock.advance(hour - 60);
    const third = await refreshed(app, second);
    expect((await introspect(server, app, third)).body['active']).to.equal(true);
    clock.advance(hour + 60);
    expect((await introspect(server, app, third)).body['active']).to.equal(false);
    expect(await refreshed(app, third)).to.equal('invalid_grant');
  });

  it('of refresh tokens in total end a chain, however often it is used', async () => {
    const app = await registerApp(server, { refreshIdle: hour, refreshAbsolute: 2 * hour });
    const first = (await obtain(server, app, offline))['refresh_token'];
    clock.advance(hour - 60);
    const second = await refreshed(app, first);
    clock.advance(hour - 60);
    const third = await refreshed(app, second);
    clock.advance(180);
    expect(await refreshed(app, third)).to.equal('invalid_grant');
  });

  it('of a chain of refresh tokens is as long, however late in its login session it begins', async function lateChain() {
    this.timeout(20_000);
    const app = await registerApp(server, { firstParty: true });
    const browser = openBrowser();
    const day = 24 * hour;
    const chain = async (days: number): Promise<void> => {
      const begun = clock.now().getTime();
      let tokens = await obtain(server, app, offline, browser);
      while (clock.now().getTime() + 13 * day * 1000 < begun + days * day * 1000) {
        clock.advance(13 * day);
        const { status, body } = await refresh(server, app, tokens['refresh_token']);
        const age = `after ${(clock.now().getTime() - begun) / 1000 / day} days`;
        expect(status, age).to.equal(200);
        expect((await introspect(server, app, body['access_token'])).body['active'], age).to.equal(true);
        tokens = body;
      }
    };
    const confirm = { ...offline, parameters: { prompt: 'login' } };
    const page = await browser.visit(authorizationUrl(server, app, confirm).url);
    await browser.submit(page, '/login', { email: 'ada@example.com', password, remember: 'yes' });
    // The user confirms the password again and again, so the session and its grant go on.
    for (let times = 0; times < 4; times += 1) {
      clock.advance(25 * day);
      await signIn(browser, await browser.visit(authorizationUrl(server, app, confirm).url));
    }
    await chain(90);
  });

  it('of a grant is checked in its copy: a refresh token whose grant has expired is refused', async () => {
    const app = await registerApp(server);
    const token = String((await obtain(server, app, offline))['refresh_token']);
    const _id = documentId(token);
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock });
    try {
      const payloads = database.collection(oidcPayloads);
      const payload = JSON.parse((await payloads.findOne({ _id }))?.payload ?? '') as { readonly grant: object };
      const grant = { ...payload.grant, exp: epochSeconds(clock) };
      await payloads.updateOne({ _id }, { $set: { payload: JSON.stringify({ ...payload, grant }) } });
    } finally {
      await database.close();
    }
    expect(await refreshed(app, token)).to.equal('invalid_grant');
  });

  it('of refresh tokens for an API are those of the API, also for tokens from before they were set', async () => {
    const identifier = 'https://vault.example/api';
    const scopes = [{ value: 'vault:read', description: 'Read' }];
    await server.services.apis.create({ identifier, name: 'Vault', tokenFormat: 'opaque', scopes }, by);
    const app = await registerApp(server, { apis: [identifier, archive] });
    const request = { scope: 'openid offline_access vault:read', resource: identifier };
    const token = (await obtain(server, app, request))['refresh_token'];
    const other = (await obtain(server, app, offline))['refresh_token'];
    await server.services.apis.update(identifier, { refreshIdle: hour }, by);
    clock.advance(hour + 60);
    expect(await refreshed(app, token)).to.equal('invalid_grant');
    expect(await refreshed(app, other), 'a token for another API').not.to.equal('invalid_grant');
  });

  it('can be removed again, and are then those of the settings', async () => {
    const app = await registerApp(server, { refreshIdle: hour, accessTokenLifetime: 60 });
    await server.services.clients.update(app.clientId, { refreshIdle: null, accessTokenLifetime: null }, by);
    const tokens = await obtain(server, app, offline);
    expect(tokens['expires_in']).to.equal(hour);
    clock.advance(2 * hour);
    expect(await refreshed(app, tokens['refresh_token'])).not.to.equal('invalid_grant');
  });

  it('have limits, and the error says which', async () => {
    const { clients, apis } = server.services;
    const app = await registerApp(server);
    const machine = await registerApp(server, { type: 'machine' });
    for (const [change, message] of [
      [() => clients.update(app.clientId, { accessTokenLifetime: 9 }, by), /10 to 86400 seconds/],
      [() => clients.update(app.clientId, { refreshIdle: 59 }, by), /60 to 31536000 seconds/],
      [() => clients.update(app.clientId, { refreshAbsolute: 1.5 }, by), /60 to 31536000 seconds/],
      [
        () => clients.update(app.clientId, { refreshIdle: 7200, refreshAbsolute: hour }, by),
        /cannot live 7200 seconds without use, but 3600 seconds in total/,
      ],
      [() => clients.update(machine.clientId, { refreshIdle: hour }, by), /no refresh tokens/],
      [() => apis.update(archive, { refreshAbsolute: 1 }, by), /60 to 31536000 seconds/],
      [() => apis.update(archive, { refreshIdle: 7200, refreshAbsolute: hour }, by), /cannot live 7200 seconds/],
    ] as const) {
      expect(String(await failureOf(change()))).to.match(message);
    }
  });
});

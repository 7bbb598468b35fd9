/** The address of an API, which clients spell in several ways (RFC 3986 §6.2). */
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { systemClock } from '../../src/clock.ts';
import { apis } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  asks,
  authorizationUrl,
  authorize,
  begin,
  callAs,
  createUser,
  introspect,
  obtain,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const mcp = 'https://mcp.example.com';
const opaque = 'https://files.example.com/API/~v1';
const urn = 'urn:example:reports';

const input = (identifier: string, scope: string, tokenFormat: 'jwt' | 'opaque' = 'jwt') => ({
  identifier,
  name: `API ${scope}`,
  tokenFormat,
  scopes: [{ value: scope, description: scope }],
});

onEachDatabase('the address of an API', (start) => {
  let server: TestServer;

  before(async () => {
    server = await start();
    await createUser(server);
    await server.services.apis.create(input(mcp, 'mcp:use'), by);
    await server.services.apis.create(input(opaque, 'files:read', 'opaque'), by);
    await server.services.apis.create(input(urn, 'reports:read'), by);
  });

  const register = (more: Parameters<typeof registerApp>[1] = {}): Promise<AppClient> =>
    registerApp(server, { apis: [mcp, opaque, urn], ...more });

  const audienceOf = (body: Readonly<Record<string, unknown>>): unknown => decodeJwt(String(body['access_token'])).aud;

  async function rejection(promise: Promise<unknown>): Promise<{ readonly code?: string; readonly message?: string }> {
    try {
      await promise;
    } catch (error) {
      return error as Error;
    }
    return {};
  }

  for (const spelling of [
    `${mcp}/`,
    `${mcp}:443`,
    'HTTPS://MCP.Example.com',
    `${mcp}/a/../`,
    'https://mcp.%65xample.com',
  ]) {
    it(`may be spelled ${spelling}; the token has the registered one (RFC 3986 §6.2, RFC 8707 §2)`, async () => {
      const app = await register();
      const browser = openBrowser();
      const request = { scope: 'openid mcp:use', resource: spelling };
      const first = await redeem(server, app, await authorize(server, app, request, browser), { resource: spelling });
      expect(first.status, JSON.stringify(first.body)).to.equal(200);
      expect(audienceOf(first.body)).to.equal(mcp);
      const second = await refresh(server, app, first.body['refresh_token'], { resource: `${mcp}/` });
      expect(audienceOf(second.body)).to.equal(mcp);
      const third = await refresh(server, app, second.body['refresh_token'], { resource: mcp });
      expect(audienceOf(third.body)).to.equal(mcp);
      const job = await register({ type: 'machine' });
      const machine = await callAs(server, job, '/token', {
        grant_type: 'client_credentials',
        resource: spelling,
        scope: 'mcp:use',
      });
      expect(audienceOf(machine.body)).to.equal(mcp);
      // The consent is for the API, not for a spelling of its address.
      expect(asks((await begin(server, app, { ...request, resource: mcp }, browser)).page)).to.equal('nothing');
    });
  }

  it('may be spelled differently in a pushed request, and is introspected as registered (RFC 9126 §2, RFC 7662 §2.2)', async () => {
    const app = await register();
    const spelling = 'https://FILES.example.com:443/API/%7Ev1';
    const tokens = await obtain(server, app, { scope: 'openid files:read', resource: spelling });
    expect((await introspect(server, app, tokens['access_token'])).body).to.include({ active: true, aud: opaque });
    const api = await registerApp(server, { type: 'machine', name: 'Files', apis: [opaque] });
    expect((await introspect(server, api, tokens['access_token'])).body).to.include({ active: true, aud: opaque });
    const { url } = authorizationUrl(server, app, { scope: 'openid files:read', resource: spelling });
    expect((await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams))).status).to.equal(201);
  });

  it('is named once if two spellings are sent (RFC 8707 §2)', async () => {
    const app = await register();
    const request = { scope: 'openid mcp:use', resource: [mcp, `${mcp}/`] };
    const { body } = await redeem(server, app, await authorize(server, app, request));
    expect(audienceOf(body)).to.equal(mcp);
  });

  it('is another one with another path, port, scheme or case of the path: invalid_target (RFC 3986 §6.2)', async () => {
    const app = await register();
    for (const resource of [
      `${mcp}/api`,
      `${mcp}:8443`,
      mcp.replace('https', 'http'),
      'https://files.example.com/api/~v1',
      `${opaque}/`,
      'urn:example:Reports',
      `${mcp}#x`,
      mcp.slice('https://'.length),
      'https://mcp.example.com\\',
    ]) {
      const { url } = authorizationUrl(server, app, { scope: 'openid mcp:use', resource });
      const error = redirectedTo(await openBrowser().get(url), app).searchParams;
      expect(error.get('error'), resource).to.equal('invalid_target');
    }
  });

  it('is named by the error if it differs only by a slash at the end', async () => {
    const app = await register();
    for (const [resource, hint] of [
      [`${opaque}/`, ` (a slash at the end counts: the client has ${opaque})`],
      [`${mcp}/api`, ''],
    ] as const) {
      const { url } = authorizationUrl(server, app, { scope: 'openid files:read', resource });
      const error = redirectedTo(await openBrowser().get(url), app).searchParams;
      expect(error.get('error_description')).to.equal(
        `resource is not an API that this client may ask for: ${resource}${hint}`,
      );
    }
  });

  it('may be a URN (RFC 8141)', async () => {
    const app = await register();
    expect(audienceOf(await obtain(server, app, { scope: 'openid reports:read', resource: urn }))).to.equal(urn);
  });

  it('cannot be registered twice, whatever its spelling (RFC 3986 §6.2)', async () => {
    for (const identifier of [`${mcp}/`, 'https://MCP.example.com', 'https://files.example.com/API/%7Ev1', mcp]) {
      const error = await rejection(server.services.apis.create(input(identifier, 'x'), by));
      expect(error.code, identifier).to.equal('conflict');
    }
    const { message } = await rejection(server.services.apis.create(input(`${mcp}/`, 'x'), by));
    expect(message).to.include(`"${mcp}"`).and.include(`"${mcp}/"`);
  });

  it('cannot be registered twice by two processes at the same moment, and is free again after a deletion', async () => {
    const second = await startTestServer({
      databaseUrl: server.environment['DATABASE_URL'] ?? '',
      environment: { SECRET: server.environment['SECRET'] ?? '' },
    });
    try {
      const spellings = [
        'https://race.example',
        'https://race.example/',
        'https://race.example:443',
        'HTTPS://race.example',
      ];
      const results = await Promise.all(
        spellings.map((identifier, at) =>
          rejection((at % 2 === 0 ? server : second).services.apis.create(input(identifier, 'race:run'), by)),
        ),
      );
      expect(results.filter(({ code }) => code === 'conflict')).to.have.length(3);
      expect(results.filter(({ code }) => code === undefined)).to.have.length(1);
      const [registered] = (await server.services.apis.list()).filter(({ _id }) => /race\.example/i.test(_id));
      await server.services.apis.remove(registered?._id ?? '', by);
      expect(
        await rejection(server.services.apis.create(input('https://race.example/', 'race:run'), by)),
      ).to.deep.equal({});
    } finally {
      await second.stop();
    }
  });

  it('of a client may be given by any spelling, and is stored as registered', async () => {
    const { client } = await server.services.clients.create(
      { name: 'Spelled', type: 'machine', apis: [`${mcp}/`, mcp, urn], defaultApi: 'https://MCP.example.com' },
      by,
    );
    expect([client.apis, client.defaultApi]).to.deep.equal([[mcp, urn], mcp]);
    const changed = await server.services.clients.update(client._id, { defaultApi: `${mcp}:443/` }, by);
    expect(changed.defaultApi).to.equal(mcp);
    const error = await rejection(server.services.clients.update(client._id, { apis: [`${mcp}/x`] }, by));
    expect(error.message).to.include(`"${mcp}/x"`);
  });
});

onEachDatabase('two APIs of an earlier version with one address', (start) => {
  it('do not keep the server from starting, and each is found by its exact text (RFC 3986 §6.2)', async () => {
    const first = await start();
    await createUser(first);
    const [one, two] = ['https://old.example', 'https://old.example/'] as const;
    const database = await openDatabase({ url: first.environment['DATABASE_URL'] ?? '', clock: systemClock });
    for (const [identifier, scope] of [
      [one, 'one:use'],
      [two, 'two:use'],
    ] as const) {
      const { identifier: _id, ...fields } = input(identifier, scope);
      const now = new Date();
      await database.collection(apis).insertOne({ ...fields, _id, createdAt: now, updatedAt: now });
    }
    await database.close();
    const server = await startTestServer({
      databaseUrl: first.environment['DATABASE_URL'] ?? '',
      environment: { SECRET: first.environment['SECRET'] ?? '' },
    });
    try {
      const app = await registerApp(server, { apis: [one, two] });
      for (const [resource, scope] of [
        [one, 'one:use'],
        [two, 'two:use'],
      ] as const) {
        const tokens = await obtain(server, app, { scope: `openid ${scope}`, resource });
        expect([decodeJwt(String(tokens['access_token'])).aud, tokens['scope']]).to.deep.equal([resource, scope]);
      }
      // They can be changed, and no third one can be registered.
      await server.services.apis.update(two, { name: 'Renamed' }, by);
      expect((await server.services.apis.get(two)).name).to.equal('Renamed');
      let code: unknown;
      await server.services.apis.create(input('https://OLD.example', 'x'), by).catch((error: unknown) => {
        ({ code } = error as { code?: unknown });
      });
      expect(code).to.equal('conflict');
    } finally {
      await server.stop();
    }
  });
});

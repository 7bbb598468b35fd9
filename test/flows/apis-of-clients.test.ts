/** An API that is taken from a client: its tokens, refresh tokens, codes and consents. */
import { expect } from 'chai';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  begin,
  callAs,
  createUser,
  isActive,
  obtain,
  photos,
  redeem,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { systemClock } from '../../src/clock.ts';
import { createCacheCoherence } from '../../src/services/foundation/cache-coherence.ts';
import { createChangeFeed } from '../../src/services/foundation/change-feed.ts';
import { clients } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createChangeRepository } from '../../src/storage/repositories/changes.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

onEachDatabase('an API that is taken from a client', (start) => {
  let server: TestServer;
  let app: AppClient;
  let machine: AppClient;
  let api: AppClient;
  let browser: Browser;

  const request = { scope: 'openid offline_access archive:read', resource: archive } as const;

  beforeEach(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    machine = await registerApp(server, { type: 'machine', apis: [archive, photos] });
    api = await registerApp(server, { type: 'machine', apis: [archive], name: 'The archive itself' });
    browser = openBrowser();
  });
  afterEach(() => server.stop());

  const setApis = async ({ clientId }: AppClient, apis: readonly string[]): Promise<void> => {
    await server.services.clients.update(clientId, { apis }, by);
  };

  async function machineToken(): Promise<unknown> {
    const { status, body } = await callAs(server, machine, '/token', {
      grant_type: 'client_credentials',
      scope: 'archive:read',
      resource: archive,
    });
    expect(status).to.equal(200);
    return body['access_token'];
  }

  it('has no active token of this client, also after the client has it again (RFC 7662 §2.2)', async () => {
    const ofUser = (await obtain(server, app, request, browser))['access_token'];
    const ofMachine = await machineToken();
    for (const [client, token] of [
      [app, ofUser],
      [machine, ofMachine],
    ] as const) {
      expect(await isActive(server, client, token)).to.equal(true);
      expect(await isActive(server, api, token)).to.equal(true);
      await setApis(client, [photos]);
      expect(await isActive(server, client, token), 'to the client').to.equal(false);
      expect(await isActive(server, api, token), 'to the API').to.equal(false);
      await setApis(client, [photos, archive]);
      expect(await isActive(server, client, token), 'to the client, later').to.equal(false);
      expect(await isActive(server, api, token), 'to the API, later').to.equal(false);
    }
  });

  it('has no active token that was issued while it was taken away, or while the client was deleted', async () => {
    const ofUser = (await obtain(server, app, request, browser))['access_token'];
    const ofMachine = await machineToken();
    // As if the tokens had been stored after everything for the API was removed.
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    const coherence = createCacheCoherence({
      dataVersion: database.dataVersion,
      feed: createChangeFeed({
        changes: createChangeRepository(database),
        clock: systemClock,
        log: { warn: () => {} },
      }),
      clock: systemClock,
    });
    const stored = database.collection(clients);
    async function announce(...changed: readonly AppClient[]): Promise<void> {
      for (const { clientId } of changed) {
        await coherence.announce('client', clientId);
      }
      await coherence.settled();
    }
    for (const { clientId } of [app, machine]) {
      await stored.updateOne({ _id: clientId }, { $set: { apis: [photos], revision: 'changed' } });
    }
    await announce(app, machine);
    for (const [client, token] of [
      [app, ofUser],
      [machine, ofMachine],
    ] as const) {
      expect(await isActive(server, client, token), 'to the client').to.equal(false);
      expect(await isActive(server, api, token), 'to the API').to.equal(false);
    }
    await setApis(app, [photos, archive]);
    await setApis(machine, [photos, archive]);
    expect(await isActive(server, api, ofUser), 'of the user, later').to.equal(false);
    expect(await isActive(server, api, ofMachine), 'of the machine, later').to.equal(false);
    const ofDeleted = await machineToken();
    expect(await isActive(server, api, ofDeleted)).to.equal(true);
    await stored.deleteOne({ _id: machine.clientId });
    await announce(machine);
    await database.close();
    expect(await isActive(server, api, ofDeleted), 'of a deleted client').to.equal(false);
  });

  it('keeps the tokens of other clients, and what users allowed this client for other APIs', async () => {
    const other = await registerApp(server, { name: 'Other', redirectUris: ['http://127.0.0.1:9/other'] });
    const ofOther = await obtain(server, other, request, browser);
    const forPhotos = await obtain(server, app, { scope: 'openid photos:read', resource: photos }, browser);
    await obtain(server, app, { scope: 'openid archive:read', resource: archive }, browser);
    await setApis(app, [photos]);
    expect(await isActive(server, api, ofOther['access_token'])).to.equal(true);
    expect((await refresh(server, other, ofOther['refresh_token'])).status).to.equal(200);
    const refreshed = await refresh(server, app, forPhotos['refresh_token']);
    expect([refreshed.status, refreshed.body['scope']]).to.deep.equal([200, 'photos:read']);
    const { url } = authorizationUrl(server, app, { scope: 'openid photos:read', resource: photos });
    expect(asks(await browser.visit(url))).to.equal('nothing');
  });

  it('is refused at a refresh and at a code exchange, with the reason (RFC 8707 §2.2)', async () => {
    const tokens = await obtain(server, app, request, browser);
    const authorization = await authorize(server, app, request, browser);
    await setApis(app, [photos]);
    for (const more of [{}, { resource: archive }, { scope: 'archive:read' }]) {
      const { status, body } = await refresh(server, app, tokens['refresh_token'], more);
      expect([status, body['error'], body['error_description']]).to.deep.equal([
        400,
        'invalid_target',
        `resource is not an API that this client may ask for: ${archive}`,
      ]);
    }
    const { status, body } = await redeem(server, app, authorization);
    expect([status, body['error']]).to.deep.equal([400, 'invalid_target']);
  });

  it('is asked for again when the client has it again', async () => {
    const tokens = await obtain(server, app, { ...request, scope: 'openid archive:read' }, browser);
    await setApis(app, [photos]);
    await setApis(app, [photos, archive]);
    const refreshed = await refresh(server, app, tokens['refresh_token']);
    expect(refreshed.body['scope']).to.equal('');
    const { page } = await begin(server, app, { scope: 'openid archive:read', resource: archive }, browser);
    expect(asks(page)).to.equal('consent');
  });
});

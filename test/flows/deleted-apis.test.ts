/** Tokens and consents for a deleted API, or for a deleted scope, become invalid and stay so. */
import { expect } from 'chai';
import {
  asks,
  authorizationUrl,
  begin,
  callAs,
  createUser,
  isActive,
  obtain,
  refresh,
  registerApp,
  seedApis,
  archive,
  photos,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { hashOf, verifyFeed } from '../support/feed-reader.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const scopes = [
  { value: 'archive:read', description: 'See the archive' },
  { value: 'archive:write', description: 'Change the archive' },
];

onEachDatabase('a deleted API', (start) => {
  let server: TestServer;
  let app: AppClient;
  let machine: AppClient;
  let api: AppClient;
  let browser: Browser;
  let tokens: Readonly<Record<string, unknown>>;
  let machineToken: unknown;

  const onBothApis = { scope: 'openid archive:read archive:write photos:read', resource: [archive, photos] } as const;

  beforeEach(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    machine = await registerApp(server, { type: 'machine', apis: [archive] });
    api = await registerApp(server, { type: 'machine', apis: [archive], name: 'Archive API' });
    browser = openBrowser();
    tokens = await obtain(server, app, { scope: 'openid archive:read archive:write', resource: archive }, browser);
    machineToken = (
      await callAs(server, machine, '/token', { grant_type: 'client_credentials', scope: 'archive:read' })
    ).body['access_token'];
    expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
    expect(await isActive(server, api, machineToken)).to.equal(true);
  });
  afterEach(() => server.stop());

  /** Deletes the archive API. */
  const deleteApi = (): Promise<void> => server.services.apis.remove(archive, by);

  /** Creates the archive API again, and allows the same clients to use it. */
  async function createApiAgain(): Promise<void> {
    await server.services.apis.create({ identifier: archive, name: 'Archive', tokenFormat: 'opaque', scopes }, by);
    await server.services.clients.update(app.clientId, { apis: [photos, archive] }, by);
    for (const { clientId } of [machine, api]) {
      await server.services.clients.update(clientId, { apis: [archive] }, by);
    }
  }

  /** The digests of what has ended. */
  async function publishedEnds(): Promise<readonly string[]> {
    const document = await (await fetch(`${server.issuer}/revocations`)).text();
    return (await verifyFeed(server.issuer, document)).revocations.map(({ hash }) => hash);
  }

  it('has no active token, for any client (RFC 7662 §2.2)', async () => {
    await deleteApi();
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    expect(await isActive(server, machine, machineToken)).to.equal(false);
    expect(await isActive(server, api, machineToken)).to.equal(false);
    expect(await isActive(server, app, tokens['refresh_token'])).to.equal(false);
  });

  for (const tokenFormat of ['jwt', 'opaque']) {
    it(`ends the ${tokenFormat} tokens of other APIs for which its own were exchanged, also when it is created again`, async () => {
      const ledger = 'https://ledger.example/api';
      const scope = { value: 'ledger:read', description: 'See the ledger' };
      await server.services.apis.create({ identifier: ledger, name: 'Ledger', tokenFormat, scopes: [scope] }, by);
      const fromPhotos = { apis: [photos], mayExchange: [{ from: photos, to: archive, scopes: ['archive:read'] }] };
      const fromArchive = { apis: [archive], mayExchange: [{ from: archive, to: ledger, scopes: ['ledger:read'] }] };
      const [photosApi, archiveApi, ledgerApi] = [
        await registerApp(server, { type: 'machine', name: 'Photos API', ...fromPhotos }),
        await registerApp(server, { type: 'machine', name: 'Archive API', ...fromArchive }),
        await registerApp(server, { type: 'machine', name: 'Ledger API', apis: [ledger] }),
      ];
      const exchange = async (client: AppClient, token: unknown): Promise<unknown> =>
        (
          await callAs(server, client, '/token', {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            subject_token: String(token),
            subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          })
        ).body['access_token'];
      // Its grant does not allow the archive, so it does not end with that.
      const prints = await registerApp(server, { apis: [photos] });
      const { access_token: first } = await obtain(server, prints, { scope: 'photos:read', resource: photos });
      const last = await exchange(archiveApi, await exchange(photosApi, first));
      expect(await isActive(server, ledgerApi, last)).to.equal(true);
      await deleteApi();
      expect(await isActive(server, ledgerApi, last), 'deleted').to.equal(false);
      expect(await publishedEnds(), 'for APIs that listen').to.include(
        hashOf(`client-api:${archiveApi.clientId} ${ledger}`),
      );
      await createApiAgain();
      await server.services.clients.update(archiveApi.clientId, fromArchive, by);
      expect(await isActive(server, ledgerApi, last), 'created again').to.equal(false);
      expect(await isActive(server, prints, first), 'what was not exchanged').to.equal(true);
    });
  }

  it('gets no new tokens by a refresh', async () => {
    await deleteApi();
    for (const parameters of [{}, { resource: archive }, { scope: 'archive:read' }]) {
      expect((await refresh(server, app, tokens['refresh_token'], parameters)).status).to.equal(400);
    }
  });

  it('has no valid token and no consent after it is created again', async () => {
    await deleteApi();
    await createApiAgain();
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    expect(await isActive(server, api, machineToken)).to.equal(false);
    expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(400);
    const { page } = await begin(server, app, { scope: 'openid archive:read', resource: archive }, browser);
    expect(asks(page)).to.equal('consent');
    await browser.submit(page, '/consent', { decision: 'allow' });
    expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(400);
    const renewed = await obtain(server, app, { scope: 'openid archive:read', resource: archive }, browser);
    expect(await isActive(server, app, renewed['access_token'])).to.equal(true);
  });

  it('invalidates tokens that were being issued at that moment, when it is created again', async () => {
    const { page, verifier } = await begin(server, app, onBothApis, browser);
    const end = asks(page) === 'consent' ? await browser.submit(page, '/consent', { decision: 'allow' }) : page;
    await deleteApi();
    await createApiAgain();
    const { status } = await callAs(server, app, '/token', {
      grant_type: 'authorization_code',
      code: new URL(end.location ?? '').searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: app.redirectUri,
      resource: archive,
    });
    expect(status).to.equal(400);
  });

  it('does not end consents for other APIs, or tokens of other apps', async () => {
    const other = await registerApp(server, {
      name: 'Other',
      apis: [photos],
      redirectUris: ['http://127.0.0.1:9/other'],
    });
    const ofOther = await obtain(server, other, { scope: 'openid photos:read', resource: photos }, browser);
    await obtain(server, app, { scope: 'openid photos:read', resource: photos }, browser);
    await deleteApi();
    expect((await refresh(server, other, ofOther['refresh_token'])).status).to.equal(200);
    const { url } = authorizationUrl(server, app, { scope: 'openid photos:read', resource: photos });
    expect(asks(await browser.visit(url))).to.equal('nothing');
  });

  it('or a deleted scope: tokens with that scope are invalid, and consent to it is asked again', async () => {
    await server.services.apis.update(archive, { scopes: scopes.slice(0, 1) }, by);
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    expect(await isActive(server, api, machineToken)).to.equal(true);
    const refreshed = await refresh(server, app, tokens['refresh_token']);
    expect([refreshed.status, refreshed.body['scope']]).to.deep.equal([200, 'archive:read']);

    await server.services.apis.update(archive, { scopes }, by);
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    const again = await refresh(server, app, refreshed.body['refresh_token']);
    expect([again.status, again.body['scope']]).to.deep.equal([200, 'archive:read']);
    const { page } = await begin(server, app, { scope: 'openid archive:write', resource: archive }, browser);
    expect(asks(page)).to.equal('consent');
  });
});

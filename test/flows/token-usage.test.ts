/** What the server records of the use of tokens, over real HTTP. */
import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  audited,
  authorize,
  basic,
  callAs,
  createUser,
  photos,
  postForm,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const onPhotos = { scope: 'openid photos:read', resource: photos };
const home = '192.0.2.7';
const office = '198.51.100.9';

onEachDatabase('the use of tokens', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let accountId: string;
  let app: AppClient;
  let job: AppClient;

  beforeEach(async () => {
    clock = manualClock();
    server = await start({ clock, environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    await seedApis(server);
    accountId = await createUser(server);
    app = await registerApp(server);
    job = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
  });
  afterEach(() => server.stop());

  function requestFrom(address: string, client: AppClient, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return postForm(`${server.issuer}/token`, fields, { ...basic(client), 'x-forwarded-for': address });
  }

  async function redeemFrom(address: string, browser = openBrowser()): Promise<string> {
    const { code, verifier } = await authorize(server, app, onPhotos, browser);
    const { body } = await requestFrom(address, app, {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: app.redirectUri,
    });
    return String(body['refresh_token']);
  }

  async function refreshFrom(address: string, token: string): Promise<string> {
    const { body } = await requestFrom(address, app, { grant_type: 'refresh_token', refresh_token: token });
    return String(body['refresh_token']);
  }

  const requestAsMachine = (address: string): Promise<Answer> =>
    requestFrom(address, job, { grant_type: 'client_credentials', scope: 'photos:read' });

  it('is recorded for each grant and each client: the exchange of a code, refreshes, client credentials', async () => {
    const token = await redeemFrom(home);
    await refreshFrom(home, token);
    await requestAsMachine(office);
    await server.services.tokenUsage.flush();
    const [grant, ...others] = await server.services.tokenUsage.listByUser(accountId);
    expect(others).to.deep.equal([]);
    expect(grant).to.deep.include({ clientId: app.clientId, count: 2, lastUsedFrom: home, addressBlocks: [home] });
    expect(await server.services.tokenUsage.findByClient(app.clientId)).to.deep.include({
      count: 2,
      addressBlocks: [],
    });
    expect(await server.services.tokenUsage.findByClient(job.clientId)).to.deep.include({
      count: 1,
      lastUsedFrom: office,
      addressBlocks: [office],
    });
  });

  it('from a new network within minutes is recorded in the audit and counted, and is not blocked', async () => {
    const token = await redeemFrom(home);
    clock.advance(20);
    expect(await refreshFrom(office, token)).not.to.equal('undefined');
    await server.services.tokenUsage.flush();
    const [event] = await server.services.audit.list({ limit: 1, type: 'usage.unusual' });
    expect(event).to.deep.include({ accountId, clientId: app.clientId, address: office, outcome: 'success' });
    const [grant] = await server.services.tokenUsage.listByUser(accountId);
    expect(event?.detail).to.deep.equal({
      rule: 'new_network',
      grant: grant?.grantId,
      from: office,
      before: home,
      seconds: 20,
    });
    const metrics = await (await fetch(`${server.issuer}/metrics`)).text();
    expect(metrics).to.include('gatehouse_unusual_uses_total{rule="new_network"} 1');
  });

  it('is not that of an API that exchanges a token of the grant from its own address (RFC 8693)', async () => {
    const mayExchange = [{ from: photos, to: archive, scopes: ['archive:read'] }];
    const api = await registerApp(server, { type: 'machine', name: 'Photos', apis: [photos], mayExchange });
    const { code, verifier } = await authorize(server, app, onPhotos);
    const { body: tokens } = await requestFrom(home, app, {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: app.redirectUri,
    });
    await server.services.tokenUsage.flush();
    const before = await server.services.tokenUsage.listByUser(accountId);
    expect(before).to.have.length(1);
    clock.advance(20);
    const { status } = await requestFrom(office, api, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: String(tokens['access_token']),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    expect(status).to.equal(200);
    await server.services.tokenUsage.flush();
    expect(await server.services.tokenUsage.listByUser(accountId)).to.deep.equal(before);
    expect(await server.services.audit.list({ limit: 1, type: 'usage.unusual' })).to.deep.equal([]);
    expect(await server.services.tokenUsage.findByClient(api.clientId)).to.deep.include({
      count: 1,
      lastUsedFrom: office,
    });
  });

  it('of a machine from a new address block after a day is recorded in the audit, and is not blocked', async () => {
    await requestAsMachine(home);
    await server.services.tokenUsage.flush();
    clock.advance(25 * 3600);
    expect((await requestAsMachine(office)).status).to.equal(200);
    await server.services.tokenUsage.flush();
    const [event] = await server.services.audit.list({ limit: 1, clientId: job.clientId });
    expect(event?.detail).to.deep.equal({ rule: 'new_address_block', from: office, known: 1 });
  });

  it('that is refused a hundred times is recorded in the audit', async () => {
    for (let count = 0; count < 100; count += 1) {
      const { status } = await requestFrom(home, app, { grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) });
      expect(status).to.equal(400);
    }
    await server.services.tokenUsage.flush();
    expect(await audited(server, { clientId: app.clientId })).to.include('usage.unusual');
  });

  it('is shown on the account page: when and from where an app was used last', async () => {
    const browser = openBrowser();
    await redeemFrom(home, browser);
    await server.services.tokenUsage.flush();
    let page = await browser.visit(`${server.issuer}/account/apps`);
    while (page.location !== undefined) {
      page = await browser.visit(new URL(page.location, server.issuer).href);
    }
    expect(page.html).to.match(/Last used .{1,200} from 192\.0\.2\.7/);
  });

  it('is forgotten together with the user and with the client', async () => {
    await redeemFrom(home);
    await requestAsMachine(home);
    await server.services.tokenUsage.flush();
    await server.services.clients.remove(job.clientId, by);
    expect(await server.services.tokenUsage.findByClient(job.clientId)).to.equal(null);
    await server.services.users.remove(accountId, by);
    expect(await server.services.tokenUsage.listByUser(accountId)).to.deep.equal([]);
  });

  it('is stored when a server stops', async () => {
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const other = await start({ clock, databaseUrl, environment: { SECRET } });
    const { status } = await callAs(other, job, '/token', { grant_type: 'client_credentials', scope: 'photos:read' });
    expect(status).to.equal(200);
    await other.stop();
    expect((await server.services.tokenUsage.findByClient(job.clientId))?.count).to.equal(1);
  });
});

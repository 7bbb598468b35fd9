/**
 * Plain token requests go to their grant in one step, all others take the steps of the engine (decision 47). Both must
 * give the same answers.
 */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import {
  archive,
  authorize,
  basic,
  callAs,
  createUser,
  photos,
  redeem,
  registerApp,
  seedApis,
} from '../support/app.ts';
import type { AppClient } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { alternate, createTwoWays, type RequestHeaders } from '../support/two-ways.ts';

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

type Fields = Readonly<Record<string, string>>;

function encoded(fields: Fields): string {
  return new URLSearchParams(fields).toString();
}

describe('token requests, the short way and the engine', () => {
  const { logger, observe } = createTwoWays();
  const browser = openBrowser();
  let server: TestServer;
  let machine: AppClient;
  let app: AppClient;
  let publicApp: AppClient;
  let gateway: AppClient;

  before(async () => {
    server = await startTestServer({
      clock: manualClock(),
      logger,
      environment: { THROTTLE_ADDRESS_FREE: '100000' },
    });
    await seedApis(server);
    await createUser(server);
    machine = await registerApp(server, { type: 'machine' });
    app = await registerApp(server, { type: 'web' });
    publicApp = await registerApp(server, { type: 'native' });
    gateway = await registerApp(server, {
      type: 'machine',
      mayExchange: [{ from: archive, to: archive, scopes: ['archive:read'] }],
    });
  });
  after(() => server.stop());

  const machineToken: Fields = { grant_type: 'client_credentials', resource: archive, scope: 'archive:read' };

  async function codeFields(client: AppClient, more: Fields = {}): Promise<Fields> {
    const scope = 'openid profile offline_access archive:read';
    const { code, verifier } = await authorize(server, client, { scope, resource: archive }, browser);
    const { redirectUri } = client;
    return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri, ...more };
  }

  async function tokensOf(client: AppClient): Promise<Readonly<Record<string, unknown>>> {
    const scope = 'openid offline_access archive:read archive:write';
    const answer = await redeem(server, client, await authorize(server, client, { scope, resource: archive }, browser));
    expect(answer.status).to.equal(200);
    return answer.body;
  }

  async function refreshFields(client: AppClient, more: Fields = {}): Promise<Fields> {
    const { refresh_token: refreshToken } = await tokensOf(client);
    return { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...more };
  }

  async function exchangeFields(more: Fields = {}): Promise<Fields> {
    const { access_token: token } = await tokensOf(app);
    const subject = { subject_token: String(token), subject_token_type: accessToken };
    return { grant_type: tokenExchange, ...subject, resource: archive, ...more };
  }

  const secretInBody = ({ clientId, secret = '' }: AppClient): Fields => ({
    client_id: clientId,
    client_secret: secret,
  });

  type Prepared = readonly [RequestHeaders, string];
  const requests: Readonly<Record<string, () => Prepared | Promise<Prepared>>> = {
    'a token of a machine, opaque': () => [basic(machine), encoded(machineToken)],
    'a token of a machine, a JWT': () => [
      basic(machine),
      encoded({ grant_type: 'client_credentials', resource: photos, scope: 'photos:read' }),
    ],
    'the secret in the body': () => [{}, encoded({ ...machineToken, ...secretInBody(machine) })],
    'the id in the header and in the body': () => [
      basic(machine),
      encoded({ ...machineToken, client_id: machine.clientId }),
    ],
    'audience in place of resource': () => [
      basic(machine),
      encoded({ grant_type: 'client_credentials', audience: archive }),
    ],
    'parameters that nobody knows, and those of another grant': () => [
      basic(machine),
      encoded({ ...machineToken, other: '1', code: 'x', redirect_uri: 'x', authorization_details: '[]' }),
    ],
    'empty parameters': () => [basic(machine), encoded({ ...machineToken, audience: '', scope: '' })],
    'an API that does not exist': () => [basic(machine), encoded({ ...machineToken, resource: 'https://x.example' })],
    'a scope that does not exist': () => [basic(machine), encoded({ ...machineToken, scope: 'archive:burn' })],
    'a scope with characters that are not allowed': () => [
      basic(machine),
      encoded({ ...machineToken, scope: 'archive:read "x"' }),
    ],
    'a scope that is too long': () => [basic(machine), encoded({ ...machineToken, scope: 'x'.repeat(5000) })],
    'a wrong secret': () => [basic(machine, 'wrong'), encoded(machineToken)],
    'a wrong secret in the body': () => [
      {},
      encoded({ ...machineToken, client_id: machine.clientId, client_secret: 'wrong' }),
    ],
    'an unknown client': () => [basic({ ...machine, clientId: 'nobody' }), encoded(machineToken)],
    'secrets in the header and in the body': () => [
      basic(machine),
      encoded({ ...machineToken, ...secretInBody(machine) }),
    ],
    'no client': () => [{}, encoded(machineToken)],
    'two scopes parameters': () => [basic(machine), `${encoded(machineToken)}&scope=archive:write`],
    'two resources': () => [basic(machine), `${encoded(machineToken)}&resource=${encodeURIComponent(photos)}`],
    'two grant types': () => [basic(machine), `${encoded(machineToken)}&grant_type=refresh_token`],
    'no grant type': () => [basic(machine), encoded({ resource: archive })],
    'an empty grant type': () => [basic(machine), encoded({ ...machineToken, grant_type: '' })],
    'an unknown grant type': () => [basic(machine), encoded({ ...machineToken, grant_type: 'password' })],
    'a grant type that the client may not use': () => [basic(app), encoded(machineToken)],
    'the implicit grant': () => [basic(machine), encoded({ ...machineToken, grant_type: 'implicit' })],
    'a property of every object as grant type': () => [
      basic(machine),
      encoded({ ...machineToken, grant_type: 'constructor' }),
    ],
    'a property of every object as parameter': () => [basic(machine), `${encoded(machineToken)}&__proto__=x`],
    'an assertion beside the secret': () => [basic(machine), encoded({ ...machineToken, client_assertion: 'x.y.z' })],
    'a browser that prefers pages': () => [
      { ...basic(machine), accept: 'text/html' },
      encoded({ ...machineToken, scope: 'archive:burn' }),
    ],
    'an origin': () => [{ ...basic(machine), origin: 'https://other.example' }, encoded(machineToken)],
    'a body that is too long': () => [basic(machine), encoded({ ...machineToken, x: 'x'.repeat(57 * 1024) })],
    'an empty body': () => [basic(machine), ''],
    'a code': async () => [basic(app), encoded(await codeFields(app))],
    'a code of a public client': async () => [
      {},
      encoded(await codeFields(publicApp, { client_id: publicApp.clientId })),
    ],
    'a code of another client': async () => [basic(app), encoded(await codeFields(publicApp))],
    'an unknown code': async () => [basic(app), encoded(await codeFields(app, { code: 'unknown' }))],
    'no code': async () => [basic(app), encoded(await codeFields(app, { code: '' }))],
    'a wrong code verifier': async () => [
      basic(app),
      encoded(await codeFields(app, { code_verifier: 'x'.repeat(43) })),
    ],
    'another redirect URI': async () => [
      basic(app),
      encoded(await codeFields(app, { redirect_uri: 'http://127.0.0.1:9/other' })),
    ],
    'a code that was used': async () => {
      const fields = await codeFields(app);
      await callAs(server, app, '/token', fields);
      return [basic(app), encoded(fields)];
    },
    'a refresh token': async () => [basic(app), encoded(await refreshFields(app))],
    'a refresh token, for fewer scopes': async () => [
      basic(app),
      encoded(await refreshFields(app, { scope: 'archive:read', resource: archive })),
    ],
    'a refresh token, for a scope that was not granted': async () => [
      basic(app),
      encoded(await refreshFields(app, { scope: 'photos:read' })),
    ],
    'a refresh token of another client': async () => [basic(app), encoded(await refreshFields(publicApp))],
    'a refresh token that was used': async () => {
      const fields = await refreshFields(app);
      await callAs(server, app, '/token', fields);
      return [basic(app), encoded(fields)];
    },
    'a token that is exchanged': async () => [basic(gateway), encoded(await exchangeFields())],
    'an unknown token that is exchanged': async () => [
      basic(gateway),
      encoded(await exchangeFields({ subject_token: 'unknown' })),
    ],
  };

  for (const [title, request] of Object.entries(requests)) {
    it(`are equal in answer, log and audit for ${title}`, async () => {
      const direct = await observe(server, '/token', 'short', ...(await request()));
      const ofEngine = await observe(server, '/token', 'engine', ...(await request()));
      expect(direct).to.deep.equal(ofEngine);
    });
  }

  it('count for the same limit of requests of a client', async () => {
    const limited = await startTestServer({ environment: { LIMIT_ENDPOINTS_PER_CLIENT: '4' } });
    try {
      await seedApis(limited);
      const client = await registerApp(limited, { type: 'machine' });
      const statuses = await alternate(limited, '/token', basic(client), encoded(machineToken));
      expect(statuses).to.deep.equal([200, 200, 200, 200, 429, 429]);
    } finally {
      await limited.stop();
    }
  });
});

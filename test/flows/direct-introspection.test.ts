/** Introspection has a short way beside the engine (decision 47). Both must give the same answers. */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { archive, basic, callAs, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { alternate, createTwoWays, type RequestHeaders } from '../support/two-ways.ts';

const by = { actor: 'system' } as const;

function basicOf(text: string): RequestHeaders {
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

describe('introspection, the short way and the engine', () => {
  const clock = manualClock();
  const { logger, observe } = createTwoWays();
  let server: TestServer;
  let api: AppClient;
  let rotated: AppClient;
  let oldSecret: string;
  let expiredSecret: string;
  let publicApp: AppClient;
  let keyClient: AppClient;
  let token: string;

  before(async () => {
    server = await startTestServer({
      clock,
      logger,
      environment: { THROTTLE_ADDRESS_FREE: '100000' },
    });
    await seedApis(server);
    api = await registerApp(server, { type: 'machine', name: 'Archive' });
    rotated = await registerApp(server, { type: 'machine', name: 'Rotated' });
    publicApp = await registerApp(server, { type: 'browser', name: 'Public' });
    keyClient = await registerApp(server, {
      type: 'machine',
      name: 'Keys',
      authMethod: 'private_key_jwt',
      jwks: JSON.stringify({
        keys: [
          {
            kty: 'EC',
            crv: 'P-256',
            x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
            y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
          },
        ],
      }),
    });
    expiredSecret = rotated.secret ?? '';
    const first = await server.services.clients.rotateSecret(rotated.clientId, { keepOldFor: 60 }, by);
    clock.advance(61);
    oldSecret = first.secret;
    const second = await server.services.clients.rotateSecret(rotated.clientId, { keepOldFor: 3600 }, by);
    rotated = { ...rotated, secret: second.secret };
    const { body } = await callAs(server, api, '/token', { grant_type: 'client_credentials', resource: archive });
    token = String(body['access_token']);
  });
  after(() => server.stop());

  const encoded = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
  const credentials = ({ clientId, secret = '' }: AppClient): Readonly<Record<string, string>> => ({
    client_id: clientId,
    client_secret: secret,
  });

  const requests: Readonly<Record<string, () => readonly [RequestHeaders, string]>> = {
    'the secret in the header': () => [basic(api), encoded({ token })],
    'the secret in the body': () => [{}, encoded({ token, ...credentials(api) })],
    'an unknown token': () => [basic(api), encoded({ token: 'unknown' })],
    'a hint, and a parameter that nobody knows': () => [
      basic(api),
      encoded({ token, token_type_hint: 'access_token', other: '1' }),
    ],
    'the id in the header and in the body': () => [basic(api), encoded({ token, client_id: api.clientId })],
    'the address of the caller': () => [basic(api), encoded({ token, client_ip: '203.0.113.7' })],
    'the newest of several secrets': () => [basic(rotated), encoded({ token })],
    'an older secret that is still valid': () => [basic(rotated, oldSecret), encoded({ token })],
    'a secret that has expired': () => [basic(rotated, expiredSecret), encoded({ token })],
    'an expired secret in the body': () => [
      {},
      encoded({ token, client_id: rotated.clientId, client_secret: expiredSecret }),
    ],
    'a wrong secret in the header': () => [basic(api, 'wrong'), encoded({ token })],
    'a wrong secret in the body': () => [{}, encoded({ token, client_id: api.clientId, client_secret: 'wrong' })],
    'an empty secret in the header': () => [basic(api, ''), encoded({ token })],
    'an empty secret in the body': () => [{}, encoded({ token, client_id: api.clientId, client_secret: '' })],
    'an unknown client': () => [basicOf('nobody:secret'), encoded({ token })],
    'a public client': () => [{}, encoded({ token, client_id: publicApp.clientId })],
    'a public client with an empty password': () => [basicOf(`${publicApp.clientId}:`), encoded({ token })],
    'a public client with a secret': () => [basicOf(`${publicApp.clientId}:secret`), encoded({ token })],
    'a client with keys that sends a secret': () => [basicOf(`${keyClient.clientId}:secret`), encoded({ token })],
    'no client': () => [{}, encoded({ token })],
    'an id without a secret': () => [{}, encoded({ token, client_id: api.clientId })],
    'a secret without an id': () => [{}, encoded({ token, client_secret: String(api.secret) })],
    'secrets in the header and in the body': () => [basic(api), encoded({ token, ...credentials(api) })],
    'the header, and an empty secret in the body': () => [basic(api), encoded({ token, client_secret: '' })],
    'the header, and another id in the body': () => [basic(api), encoded({ token, client_id: rotated.clientId })],
    'the header, and an empty id in the body': () => [basic(api), encoded({ token, client_id: '' })],
    'the header, and an assertion': () => [basic(api), encoded({ token, client_assertion: 'x.y.z' })],
    'an assertion': () => [
      {},
      encoded({
        token,
        client_assertion: 'x.y.z',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }),
    ],
    'a percent-encoded secret (RFC 6749 §2.3.1)': () => [
      basicOf(`${api.clientId}:${Buffer.from(String(api.secret)).toString('hex').replaceAll(/../g, '%$&')}`),
      encoded({ token }),
    ],
    'a broken percent-encoding': () => [basicOf(`${api.clientId}:%zz`), encoded({ token })],
    'a header that is not UTF-8': () => [
      { authorization: `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64')}` },
      encoded({ token }),
    ],
    'a header without a colon': () => [basicOf(api.clientId), encoded({ token })],
    'a header with a second colon': () => [basicOf(`${api.clientId}:${String(api.secret)}:x`), encoded({ token })],
    'a header that is not base64': () => [{ authorization: 'Basic *' }, encoded({ token })],
    'a header in base64 without padding': () => [
      { authorization: basic(api).authorization.replaceAll('=', '') },
      encoded({ token }),
    ],
    'a header in base64 with too much padding': () => [
      { authorization: `${basic(api).authorization}=` },
      encoded({ token }),
    ],
    'a header with two spaces': () => [
      { authorization: basic(api).authorization.replace(' ', '  ') },
      encoded({ token }),
    ],
    'a scheme in small letters': () => [
      { authorization: basic(api).authorization.replace('Basic', 'basic') },
      encoded({ token }),
    ],
    'another scheme': () => [{ authorization: 'Bearer x' }, encoded({ token })],
    'no token': () => [basic(api), ''],
    'an empty token': () => [basic(api), 'token='],
    'two tokens': () => [basic(api), `token=${token}&token=x`],
    'two hints': () => [basic(api), `token=${token}&token_type_hint=a&token_type_hint=b`],
    'two ids': () => [{}, `token=${token}&${encoded(credentials(api))}&client_id=x`],
    'two unknown parameters': () => [basic(api), `token=${token}&x=1&x=2`],
    'a body that is not UTF-8': () => [basic(api), 'token=%ff%fe'],
    'a body that is too long': () => [basic(api), `token=${'x'.repeat(57 * 1024)}`],
    'an origin that the client has not': () => [{ ...basic(api), origin: 'https://other.example' }, encoded({ token })],
    'an attestation': () => [{ ...basic(api), 'oauth-client-attestation': 'x' }, encoded({ token })],
    'a browser that prefers pages': () => [{ ...basic(api, 'wrong'), accept: 'text/html' }, encoded({ token })],
  };

  for (const [title, request] of Object.entries(requests)) {
    it(`are equal in answer, log and audit for ${title}`, async () => {
      const direct = await observe(server, '/introspect', 'short', ...request());
      const ofEngine = await observe(server, '/introspect', 'engine', ...request());
      expect(direct).to.deep.equal(ofEngine);
    });
  }

  it('are equal for a client that must wait, although its secret is right', async () => {
    const hammered = await startTestServer({ environment: { THROTTLE_ADDRESS_FREE: '5' } });
    try {
      await seedApis(hammered);
      const client = await registerApp(hammered, { type: 'machine' });
      for (let attempt = 0; attempt < 7; attempt += 1) {
        await callAs(hammered, { ...client, secret: 'wrong' }, '/introspect', { token });
      }
      const { status, headers } = await callAs(hammered, client, '/introspect', { token });
      expect(status).to.equal(429);
      expect(headers.get('retry-after')).to.match(/^\d+$/);
    } finally {
      await hammered.stop();
    }
  });

  it('count for the same limit of requests of a client', async () => {
    const limited = await startTestServer({ environment: { LIMIT_ENDPOINTS_PER_CLIENT: '4' } });
    try {
      await seedApis(limited);
      const client = await registerApp(limited, { type: 'machine' });
      const statuses = await alternate(limited, '/introspect', basic(client), 'token=x');
      expect(statuses).to.deep.equal([200, 200, 200, 200, 429, 429]);
    } finally {
      await limited.stop();
    }
  });

  it('stop answering a client at once when its secret is replaced or it is deleted', async () => {
    const before = await registerApp(server, { type: 'machine', name: 'Deleted' });
    expect((await callAs(server, before, '/introspect', { token })).status).to.equal(200);
    const { secret } = await server.services.clients.rotateSecret(before.clientId, { keepOldFor: 0 }, by);
    expect((await callAs(server, before, '/introspect', { token })).status).to.equal(401);
    const client = { ...before, secret };
    expect((await callAs(server, client, '/introspect', { token })).status).to.equal(200);
    await server.services.clients.remove(client.clientId, by);
    expect((await callAs(server, client, '/introspect', { token })).status).to.equal(401);
  });
});

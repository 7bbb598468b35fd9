/** Userinfo has a short way beside the engine (decision 47). Both must give the same answers. */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { createLogger } from '../../src/logging.ts';
import {
  archive,
  basic,
  callAs,
  createUser,
  obtain,
  photos,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

type Line = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

const by = { actor: 'system' } as const;
const origin = 'https://app.example';
const allScopes = 'openid profile email phone groups';
/** The short way leaves each request with this header to the engine, which does not read it. */
const forEngine = { dpop: 'x' };
/** What differs from request to request. */
const variableFields = new Set(['time', 'requestId', 'milliseconds']);
const variableHeaders = new Set(['date', 'x-request-id', 'connection', 'keep-alive']);

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

describe('userinfo, the short way and the engine', () => {
  const clock = manualClock();
  const lines: Line[] = [];
  let server: TestServer;
  let app: AppClient;
  let accountId: string;
  const tokens: Record<string, string> = {};

  before(async () => {
    const destination = { write: (line: string) => lines.push(JSON.parse(line) as Line) };
    server = await startTestServer({
      clock,
      logger: createLogger({ level: 'info', destination }),
      environment: { THROTTLE_ADDRESS_FREE: '100000', ACCESS_TOKEN_OPAQUE_LIFETIME: '3600' },
    });
    await seedApis(server);
    accountId = await createUser(server);
    const profile = { name: 'Ada Lovelace', given_name: 'Ada', phone_number: '+441234567890' };
    await server.services.users.update(accountId, { groups: ['admins', 'Team Größe'], profile }, by);
    app = await registerApp(server, { allowedOrigins: [origin] });
    const machine = await registerApp(server, { type: 'machine', name: 'Machine' });

    const claims = (value: unknown) => ({ scope: 'openid', parameters: { claims: JSON.stringify(value) } });
    const requests: Readonly<Record<string, Parameters<typeof obtain>[2]>> = {
      openid: { scope: 'openid' },
      all: { scope: allScopes },
      claims: claims({ userinfo: { email: null, given_name: { essential: true }, sub: null, unknown: null } }),
      idTokenClaims: claims({ id_token: { email: null } }),
      opaque: { scope: 'openid archive:read', resource: archive },
      jwt: { scope: 'openid photos:read', resource: photos },
    };
    for (const [name, request] of Object.entries(requests)) {
      tokens[name] = String((await obtain(server, app, request))['access_token']);
    }
    const offline = await obtain(server, app, { scope: `${allScopes} offline_access` });
    tokens['refresh'] = String(offline['refresh_token']);
    const narrowed = await refresh(server, app, tokens['refresh'], { scope: 'openid email' });
    tokens['narrowed'] = String(narrowed.body['access_token']);
    const withoutOpenid = await refresh(server, app, narrowed.body['refresh_token'], { scope: 'email' });
    tokens['withoutOpenid'] = String(withoutOpenid.body['access_token']);
    const ofMachine = await callAs(server, machine, '/token', { grant_type: 'client_credentials', resource: archive });
    tokens['machine'] = String(ofMachine.body['access_token']);
    const revoked = String((await obtain(server, app, { scope: 'openid' }))['access_token']);
    await callAs(server, app, '/revoke', { token: revoked });
    tokens['revoked'] = revoked;
  });
  after(() => server.stop());

  const token = (name: string): string => tokens[name] ?? '';

  /** All that an operator or the caller sees of one request, without what differs from request to request. */
  async function observe({ path = '/userinfo', ...init }: RequestInit & { path?: string }): Promise<unknown> {
    lines.splice(0);
    const before = (await server.services.audit.list({ limit: 1000 })).length;
    const response = await fetch(`${server.issuer}${path}`, init);
    const body = await response.text();
    const requestId = response.headers.get('x-request-id');
    const events = await server.services.audit.list({ limit: 1000 });
    return {
      status: response.status,
      headers: [...response.headers].filter(([name]) => !variableHeaders.has(name)),
      body: body.replaceAll(String(requestId), 'the id'),
      lines: lines.map((line) => Object.entries(line).filter(([name]) => !variableFields.has(name))),
      events: events.slice(0, events.length - before).map(({ type, outcome, detail }) => ({ type, outcome, detail })),
    };
  }

  interface Case {
    readonly status: number;
    readonly request: () => Omit<RequestInit, 'headers'> & { readonly path?: string; readonly headers?: Headers };
  }
  const accepted = (name: string, more: Headers = {}): Case => ({
    status: 200,
    request: () => ({ headers: { ...bearer(token(name)), ...more } }),
  });
  const rejected = (status: number, authorization: () => string, more: Headers = {}): Case => ({
    status,
    request: () => ({ headers: { authorization: authorization(), ...more } }),
  });
  const form = 'application/x-www-form-urlencoded';

  const cases: Readonly<Record<string, Case>> = {
    'a token for openid alone': accepted('openid'),
    'a token for all scopes about the user': accepted('all'),
    'claims that were requested individually (OIDC Core §5.5)': accepted('claims'),
    'claims that were requested for the ID token': accepted('idTokenClaims'),
    'a token that was narrowed (RFC 6749 §6)': accepted('narrowed'),
    'a browser that prefers pages': accepted('all', { accept: 'text/html' }),
    'an origin of the app': accepted('all', { origin }),
    'a scheme in small letters': rejected(200, () => `bearer ${token('all')}`),
    'a type without a body': accepted('all', { 'content-type': form }),
    'a query that nobody reads': {
      status: 200,
      request: () => ({ path: '/userinfo?x=1', headers: bearer(token('all')) }),
    },
    'some of the scopes, in the query': {
      status: 200,
      request: () => ({ path: '/userinfo?scope=openid+email', headers: bearer(token('all')) }),
    },
    'a scope that the token has not, in the query': {
      status: 403,
      request: () => ({ path: '/userinfo?scope=openid+email', headers: bearer(token('openid')) }),
    },
    'a POST with the token in the header': {
      status: 200,
      request: () => ({ method: 'POST', headers: bearer(token('all')) }),
    },
    'a POST with the token in the body': {
      status: 200,
      request: () => ({ method: 'POST', headers: { 'content-type': form }, body: `access_token=${token('all')}` }),
    },
    'the token in the header and in the query': {
      status: 400,
      request: () => ({ path: `/userinfo?access_token=${token('all')}`, headers: bearer(token('all')) }),
    },
    'the token in the query': { status: 400, request: () => ({ path: `/userinfo?access_token=${token('all')}` }) },
    'an origin that the app has not': {
      status: 400,
      request: () => ({ headers: { ...bearer(token('all')), origin: 'https://other.example' } }),
    },
    'a request before another one (CORS)': {
      status: 204,
      request: () => ({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } }),
    },
    'another method': { status: 405, request: () => ({ method: 'HEAD', headers: bearer(token('all')) }) },
    'no token': { status: 401, request: () => ({}) },
    'an empty header': rejected(401, () => ''),
    'a scheme without a token': rejected(400, () => 'Bearer'),
    'two spaces': rejected(400, () => `Bearer  ${token('all')}`),
    'text after the token': rejected(400, () => `Bearer ${token('all')} x`),
    'the scheme DPoP (RFC 9449 §7.1)': rejected(400, () => `DPoP ${token('all')}`),
    'the secret of the app': rejected(400, () => basic(app).authorization),
    'an unknown token': rejected(401, () => `Bearer ${'x'.repeat(43)}`),
    'an unknown token, and a browser that prefers pages': rejected(401, () => `Bearer ${'x'.repeat(43)}`, {
      accept: 'text/html',
    }),
    'text that is no token': rejected(401, () => 'Bearer x'),
    'a revoked token': rejected(401, () => `Bearer ${token('revoked')}`),
    'a token without openid': rejected(403, () => `Bearer ${token('withoutOpenid')}`),
    'an opaque token for an API': rejected(403, () => `Bearer ${token('opaque')}`),
    'a JWT for an API': rejected(401, () => `Bearer ${token('jwt')}`),
    'a token of a machine': rejected(401, () => `Bearer ${token('machine')}`),
    'a refresh token': rejected(401, () => `Bearer ${token('refresh')}`),
  };

  for (const [title, { status, request }] of Object.entries(cases)) {
    it(`are equal in answer, log and audit for ${title}`, async () => {
      const { headers, ...init } = request();
      const direct = await observe({ ...init, headers: headers ?? {} });
      const ofEngine = await observe({ ...init, headers: { ...headers, ...forEngine } });
      expect(direct).to.deep.equal(ofEngine);
      expect(direct).to.include({ status });
    });
  }

  it('give a user who has changed the same new claims', async () => {
    await server.services.users.update(accountId, { profile: { name: 'Ada King' } }, by);
    for (const more of [{}, forEngine]) {
      const response = await fetch(`${server.issuer}/userinfo`, { headers: { ...bearer(token('all')), ...more } });
      expect(await response.json()).to.include({ name: 'Ada King' });
    }
  });

  it('count for the same limit of requests of a client', async () => {
    const limited = await startTestServer({ environment: { LIMIT_ENDPOINTS_PER_CLIENT: '5' } });
    try {
      await createUser(limited);
      const client = await registerApp(limited, { apis: [] });
      // The token request is the first one that counts.
      const { access_token: value } = await obtain(limited, client, { scope: 'openid' });
      const statuses: number[] = [];
      for (const more of [{}, forEngine, {}, forEngine, {}, forEngine]) {
        const { status } = await fetch(`${limited.issuer}/userinfo`, {
          headers: { ...bearer(String(value)), ...more },
        });
        statuses.push(status);
      }
      expect(statuses).to.deep.equal([200, 200, 200, 200, 429, 429]);
    } finally {
      await limited.stop();
    }
  });

  it('reject a token from its end on', async () => {
    clock.advance(3600);
    for (const more of [{}, forEngine]) {
      const { status } = await fetch(`${server.issuer}/userinfo`, { headers: { ...bearer(token('all')), ...more } });
      expect(status).to.equal(401);
    }
  });
});

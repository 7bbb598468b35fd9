/** The server as a test double (docs/testing.md). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as sendRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startTestServer, type TestServer, type TestServerOptions } from 'gatehouse/testing';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import * as openid from 'openid-client';

const photos = 'https://photos.example/api';
const archive = 'https://archive.example/api';
const apis = [
  { identifier: photos, scopes: ['photos:read', 'photos:write'] },
  { identifier: archive, scopes: ['archive:read'], tokenFormat: 'opaque' },
] as const;

interface Json {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function json(url: string, init: RequestInit = {}): Promise<Json> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json['body']) };
}

describe('the test double', () => {
  const servers: TestServer[] = [];
  let server: TestServer;

  async function start(options?: TestServerOptions): Promise<TestServer> {
    const started = await startTestServer(options);
    servers.push(started);
    return started;
  }

  /** Asks the server about a token, as its API. */
  async function introspect(of: TestServer, token: string): Promise<Json['body']> {
    const { clientId, clientSecret = '' } = await of.addClient({ type: 'machine' });
    return (
      await json(`${of.issuer}/introspect`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
        body: new URLSearchParams({ token }),
      })
    ).body;
  }

  async function keysOf({ issuer }: TestServer): Promise<JSONWebKeySet> {
    return (await json(`${issuer}/jwks`)).body as unknown as JSONWebKeySet;
  }

  before(async () => {
    server = await start({ apis });
  });
  after(() => Promise.all(servers.map((one) => one.close())));

  describe('starts', () => {
    it('with an ES256 key only, and says so in its metadata', async () => {
      const keys = await keysOf(server);
      expect(keys.keys.map(({ alg }) => alg)).to.deep.equal(['ES256']);
      const { body } = await json(`${server.issuer}/.well-known/openid-configuration`);
      expect(body).to.include({ issuer: server.issuer });
      expect(body['id_token_signing_alg_values_supported']).to.deep.equal(['ES256']);
    });

    it('several times in one process, each with its own data and issuer', async () => {
      const other = await start({ apis });
      expect(other.issuer).to.not.equal(server.issuer);
      const token = await server.token({ sub: 'usr_ada', scope: 'photos:read' });
      expect(decodeJwt(token).iss).to.equal(server.issuer);
      expect(await introspect(other, token)).to.deep.equal({ active: false });
      await other.close();
      expect((await introspect(server, token))['active']).to.equal(true);
    });

    it('on the port that it is given', async () => {
      const first = await startTestServer();
      await first.close();
      const second = await start({ port: first.port });
      expect(second.issuer).to.equal(`http://127.0.0.1:${first.port}`);
    });

    it('not on a port that is in use', async () => {
      const refusal = await startTestServer({ port: server.port }).catch((error: unknown) => error);
      expect(refusal).to.include({ code: 'EADDRINUSE' });
    });

    for (const profile of ['production', 'staging']) {
      it(`not if NODE_ENV is ${profile}, in the process or in the settings`, async () => {
        const before = process.env['NODE_ENV'];
        process.env['NODE_ENV'] = profile;
        try {
          const refusal: unknown = await startTestServer().catch((error: unknown) => error);
          expect(refusal).to.be.instanceOf(Error).and.include({ code: 'configuration_invalid' });
          expect(String(refusal)).to.include('Set NODE_ENV=test');
        } finally {
          if (before === undefined) {
            delete process.env['NODE_ENV'];
          } else {
            process.env['NODE_ENV'] = before;
          }
        }
        const refusal: unknown = await startTestServer({ settings: { NODE_ENV: profile } }).catch(
          (error: unknown) => error,
        );
        expect(String(refusal)).to.include('Set NODE_ENV=test');
      });
    }

    it('with settings, and reports those that are not valid', async () => {
      const other = await start({ apis, settings: { LIFETIME_ACCESS_TOKEN_JWT: '1m' } });
      expect((await other.tokens({ sub: 'usr_ada', scope: 'photos:read' })).expires_in).to.equal(60);
      const refusal: unknown = await startTestServer({ settings: { LIFETIME_ACCESS_TOKEN_JWT: 'soon' } }).catch(
        (error: unknown) => error,
      );
      expect(String(refusal)).to.include('LIFETIME_ACCESS_TOKEN_JWT');
    });

    it('not with a setting that does not exist', async () => {
      const refusal: unknown = await startTestServer({ settings: { LIFETIME_CODES: '30s' } }).then(
        (started) => started.close(),
        (error: unknown) => error,
      );
      expect(String(refusal)).to.include('did you mean LIFETIME_CODE?');
    });

    for (const [name, value, reason] of [
      ['ISSUER', 'https://login.example', 'has an address of its own'],
      ['ISSUER_FILE', '/run/secrets/issuer', 'has an address of its own'],
      ['HOST', '0.0.0.0', 'listens on loopback'],
      ['PORT', '3000', 'the option port'],
      ['DATABASE_URL', 'mongodb://localhost/test', 'in memory'],
      ['DATA_DIR', 'data', 'in memory'],
      ['NODE_ENV', 'development', 'has the profile test'],
    ] as const) {
      it(`not with the setting ${name}, which it decides by itself`, async () => {
        const refusal: unknown = await startTestServer({ settings: { [name]: value } }).then(
          (started) => started.close(),
          (error: unknown) => error,
        );
        expect(refusal).to.include({ code: 'configuration_invalid' });
        expect(String(refusal)).to.include(`${name}: `).and.include(reason);
      });
    }

    it('with settings that are in files, also those that it has a default for', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-server-'));
      try {
        const file = join(folder, 'value');
        writeFileSync(file, '20');
        const other = await start({ settings: { PASSWORD_MINIMUM_LENGTH_FILE: file, NODE_ENV: 'test' } });
        const refusal: unknown = await other
          .addUser({ password: 'of 18 characters..' })
          .catch((error: unknown) => error);
        expect(refusal).to.include({ code: 'invalid_input', field: 'password' });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('and closes once, also by `await using`', async () => {
      let issuer = '';
      {
        await using inner = await startTestServer();
        issuer = inner.issuer;
        await inner.close();
      }
      const error: unknown = await fetch(issuer).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(TypeError);
    });
  });

  describe('issues', () => {
    it('JWTs of users that any library verifies, and makes the users', async () => {
      const token = await server.token({ sub: 'usr_ada', scope: 'photos:read', resource: photos });
      const { payload } = await jwtVerify(token, createLocalJWKSet(await keysOf(server)), {
        issuer: server.issuer,
        audience: photos,
        typ: 'at+jwt',
      });
      expect(payload).to.include({ sub: 'usr_ada', scope: 'photos:read' });
      expect((await server.services.users.find('usr_ada'))?.email).to.equal('usr_ada@example.com');
    });

    it('tokens of users by their email, the same user each time, also at the same time', async () => {
      const tokens = await Promise.all(
        [1, 2, 3].map(() => server.token({ sub: 'grace@example.com', scope: 'photos:read' })),
      );
      const subjects = new Set(tokens.map((token) => decodeJwt(token).sub));
      expect(subjects.size).to.equal(1);
      expect(new Set(tokens.map((token) => decodeJwt(token)['session_id'])).size, 'sessions').to.equal(3);
    });

    it('opaque tokens that its introspection knows', async () => {
      const token = await server.token({ sub: 'usr_ada', scope: 'archive:read' });
      expect(await introspect(server, token)).to.include({
        active: true,
        sub: 'usr_ada',
        scope: 'archive:read',
        aud: archive,
        username: 'usr_ada@example.com',
      });
    });

    it('tokens of machines, which are their own subject', async () => {
      const { client_id: clientId, sub } = decodeJwt(await server.token({ scope: 'photos:write' }));
      expect(sub).to.equal(clientId);
      const { clientId: other } = await server.addClient({ type: 'machine' });
      expect(decodeJwt(await server.token({ scope: 'photos:write', client: other })).sub).to.equal(other);
    });

    it('the whole answer: refresh token, ID token with claims, and a token for userinfo', async () => {
      await server.addUser({ id: 'usr_lin', email: 'lin@example.com', name: 'Lin', groups: ['staff'] });
      const tokens = await server.tokens({ sub: 'usr_lin', scope: 'openid profile email groups' });
      expect(decodeJwt(tokens.id_token ?? '')).to.deep.include({
        sub: 'usr_lin',
        name: 'Lin',
        email: 'lin@example.com',
        groups: ['staff'],
      });
      expect(tokens.refresh_token).to.be.a('string');
      const { body } = await json(`${server.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(body).to.include({ sub: 'usr_lin', name: 'Lin' });
    });

    it('tokens of the clients that a test adds, with consent where it is needed', async () => {
      const client = await server.addClient({ name: 'Prints', redirectUris: ['http://localhost:4000/callback'] });
      const token = await server.token({ sub: 'usr_ada', scope: 'photos:read', client: client.clientId });
      expect(decodeJwt(token)['client_id']).to.equal(client.clientId);
    });

    for (const scope of ['photos:read', 'archive:read']) {
      for (const expiresIn of [-30, 0, 45]) {
        it(`a token for ${scope} that expires in ${expiresIn} seconds, everywhere`, async () => {
          const before = Date.now() / 1000;
          const tokens = await server.tokens({ sub: 'usr_ada', scope, expiresIn });
          const after = Date.now() / 1000;
          expect(tokens.expires_in).to.equal(expiresIn);
          const answer = await introspect(server, tokens.access_token);
          expect(answer['active']).to.equal(expiresIn > 0);
          const { exp } =
            scope === 'photos:read' ? decodeJwt(tokens.access_token) : (answer as { readonly exp?: number });
          if (exp !== undefined) {
            expect(exp).to.be.within(Math.floor(before) + expiresIn, Math.ceil(after) + expiresIn);
          }
        });
      }
    }

    it('no token that is valid for longer than the server allows', async () => {
      const refusal: unknown = await server
        .token({ sub: 'usr_ada', scope: 'photos:read', expiresIn: 3600 })
        .catch((error: unknown) => error);
      expect(String(refusal)).to.include('valid for 300 seconds');
    });

    it('no token with a scope that nobody has, and says what the server answered', async () => {
      for (const sub of ['usr_ada', undefined]) {
        const refusal: unknown = await server
          .token({ scope: 'photos:raed', ...(sub === undefined ? {} : { sub }) })
          .catch((error: unknown) => error);
        expect(String(refusal)).to.match(/scope/);
      }
    });

    it('no token of a disabled user', async () => {
      const { id } = await server.addUser();
      await server.services.users.disable(id, { actor: 'system' });
      const refusal: unknown = await server.token({ sub: id, scope: 'photos:read' }).catch((error: unknown) => error);
      expect(String(refusal)).to.include('could not be signed in');
    });

    it('nothing for a subject that no user can have', async () => {
      const refusal: unknown = await server
        .token({ sub: 'ada', scope: 'photos:read' })
        .catch((error: unknown) => error);
      expect(refusal).to.include({ code: 'invalid_input', field: 'sub' });
    });

    it('personal access tokens, also expired ones', async () => {
      const cabin = 'https://cabin.example/api';
      await server.addApi({ identifier: cabin, scopes: ['cabin:open'], personalTokens: true });
      const request = { sub: 'usr_ada', scope: 'cabin:open', resource: cabin };
      const token = await server.personalToken(request);
      expect(token).to.match(/^gth_pat_/);
      expect(await introspect(server, token)).to.include({ active: true, sub: 'usr_ada', scope: 'cabin:open' });
      const expired = await server.personalToken({ ...request, expiresIn: -10 });
      expect(await introspect(server, expired)).to.deep.equal({ active: false });
      const refusal: unknown = await server
        .personalToken({ ...request, resource: photos })
        .catch((error: unknown) => error);
      expect(refusal).to.include({ code: 'invalid_input' });
    });

    it('no tokens with a signature that it has no key for', async () => {
      const api = { identifier: 'https://other.example/api', scopes: ['other:read'], tokenAlg: 'HS256' as 'ES256' };
      expect(await server.addApi(api).catch((error: unknown) => String(error))).to.include('ES256');
    });

    it('RS256 signatures to a client or an API that asks for them', async () => {
      const other = await start({ apis: [{ identifier: photos, scopes: ['photos:read'], tokenAlg: 'RS256' }] });
      const token = await other.token({ sub: 'usr_ada', scope: 'photos:read' });
      const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keysOf(other)));
      expect(protectedHeader.alg).to.equal('RS256');
    });
  });

  describe('revokes', () => {
    for (const [kind, request] of [
      ['a JWT of a user', { sub: 'usr_ada', scope: 'photos:read' }],
      ['an opaque token of a user', { sub: 'usr_ada', scope: 'archive:read' }],
      ['a JWT of a machine', { scope: 'photos:read' }],
      ['an opaque token of a machine', { scope: 'archive:read' }],
    ] as const) {
      it(`${kind}, and no other`, async () => {
        const token = await server.token(request);
        const other = await server.token(request);
        expect((await introspect(server, token))['active']).to.equal(true);
        await server.revoke(token);
        expect(await introspect(server, token)).to.deep.equal({ active: false });
        expect((await introspect(server, other))['active']).to.equal(true);
      });
    }

    it('a personal access token, and no other', async () => {
      const boat = 'https://boat.example/api';
      await server.addApi({ identifier: boat, scopes: ['boat:row'], personalTokens: true });
      const request = { sub: 'usr_ada', scope: 'boat:row', resource: boat };
      const [token, other] = [await server.personalToken(request), await server.personalToken(request)];
      await server.revoke(token);
      expect(await introspect(server, token)).to.deep.equal({ active: false });
      expect((await introspect(server, other))['active']).to.equal(true);
      await server.revoke(token);
    });

    it('a refresh token, with its access token', async () => {
      const { access_token: token, refresh_token: refresh = '' } = await server.tokens({
        sub: 'usr_ada',
        scope: 'archive:read',
      });
      await server.revoke(refresh);
      expect(await introspect(server, token)).to.deep.equal({ active: false });
    });
  });

  describe('signs in', () => {
    it('a user at the authorization request of an app, without a browser', async () => {
      const { clientId, clientSecret } = await server.addClient({ redirectUris: ['http://localhost:4000/callback'] });
      const app = await openid.discovery(new URL(server.issuer), clientId, clientSecret, undefined, {
        execute: [openid.allowInsecureRequests],
      });
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const expectedState = openid.randomState();
      const callback = await server.login(
        openid.buildAuthorizationUrl(app, {
          redirect_uri: 'http://localhost:4000/callback',
          scope: 'openid photos:read',
          state: expectedState,
          code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: 'S256',
        }),
        'usr_ada',
      );
      const tokens = await openid.authorizationCodeGrant(app, new URL(callback), { pkceCodeVerifier, expectedState });
      expect(tokens.claims()?.sub).to.equal('usr_ada');
    });

    it('nobody at a request that the server refuses, and says what its page says', async () => {
      const refusal: unknown = await server
        .login(`${server.issuer}/authorize?client_id=nobody`)
        .catch((error: unknown) => error);
      expect(String(refusal)).to.include('answered 400');
    });
  });

  describe('moves its clock', () => {
    it('so that tokens expire, and new ones are of the new time', async () => {
      const other = await start({ apis });
      const jwt = await other.token({ sub: 'usr_ada', scope: 'photos:read' });
      const opaque = await other.token({ sub: 'usr_ada', scope: 'archive:read' });
      // Far from the end while active: the real time that passes moves the clock too.
      other.advance(240);
      expect((await introspect(other, jwt))['active']).to.equal(true);
      other.advance(60);
      expect((await introspect(other, jwt))['active']).to.equal(false);
      expect((await introspect(other, opaque))['active']).to.equal(true);
      other.advance(3300);
      expect((await introspect(other, opaque))['active']).to.equal(false);
      const earliest = Date.now() + 3_600_000;
      const moved = other.now().getTime();
      const later = await other.token({ sub: 'usr_ada', scope: 'photos:read' });
      expect((await introspect(other, later))['active']).to.equal(true);
      const latest = Date.now() + 3_600_000;
      expect(moved).to.be.within(earliest, latest);
      expect(decodeJwt(later).iat).to.be.within(Math.floor(earliest / 1000), Math.floor(latest / 1000));
    });

    it('and not the time of the process or of another server', async () => {
      const other = await start({ apis });
      const before = Date.now();
      other.advance(1_000_000);
      await other.token({ sub: 'usr_ada', scope: 'photos:read' });
      expect(Date.now() - before).to.be.below(60_000);
      const { iat = 0 } = decodeJwt(await server.token({ sub: 'usr_ada', scope: 'photos:read' }));
      expect(iat - before / 1000).to.be.below(60);
    });

    it('so that refresh tokens end when they were not used', async () => {
      const other = await start({ settings: { LIFETIME_REFRESH_IDLE: '1d' } });
      const { clientId, clientSecret = '' } = await other.addClient();
      const refresh = async (token: string): Promise<Json> =>
        json(`${other.issuer}/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
          body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
        });
      const request = { sub: 'usr_ada', scope: 'openid offline_access', client: clientId };
      const first = (await other.tokens(request)).refresh_token ?? '';
      other.advance(80_000);
      const { status, body } = await refresh(first);
      expect(status).to.equal(200);
      other.advance(90_000);
      expect((await refresh(String(body['refresh_token']))).body['error']).to.equal('invalid_grant');
    });

    it('forward only', () => {
      expect(() => server.advance(-1)).to.throw(RangeError);
      expect(() => server.advance(Number.NaN)).to.throw(RangeError);
      expect(() => server.advance(1e300)).to.throw(RangeError);
      expect(server.now()).to.be.greaterThan(new Date(0));
    });
  });

  describe('fails on request', () => {
    const keys = (): Promise<Json> => json(`${server.issuer}/jwks`);

    it('once, with the status, by the name of the endpoint', async () => {
      server.failNext('jwks', 503);
      expect(await keys()).to.deep.include({ status: 503 });
      expect((await keys()).status).to.equal(200);
    });

    it('several times, with an answer of the test, by path', async () => {
      server.failNext('/jwks', 200, { times: 2, body: { keys: [] }, headers: { 'x-test': 'yes' } });
      expect(await keys()).to.deep.equal({ status: 200, body: { keys: [] } });
      expect((await fetch(`${server.issuer}/jwks`)).headers.get('x-test')).to.equal('yes');
      expect((await keysOf(server)).keys).to.have.length(1);
    });

    it('before the request has any effect', async () => {
      const { clientId, clientSecret = '' } = await server.addClient();
      const { refresh_token: refresh = '' } = await server.tokens({
        sub: 'usr_ada',
        scope: 'openid',
        client: clientId,
      });
      const send = (): Promise<Json> =>
        json(`${server.issuer}/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
          body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh }),
        });
      server.failNext('token');
      expect(await send()).to.deep.equal({
        status: 503,
        body: { error: 'temporarily_unavailable', error_description: 'A test asked for this answer.' },
      });
      expect((await send()).status).to.equal(200);
    });

    it('by losing the response of a request that was handled', async () => {
      server.dropResponse('token');
      const { clientId, clientSecret = '' } = await server.addClient({ type: 'machine' });
      const issued = (): Promise<number> =>
        fetch(`${server.issuer}/metrics`)
          .then((response) => response.text())
          .then((text) =>
            Number(/^gatehouse_tokens_issued_total\{grant="client_credentials"\} (\d+)$/m.exec(text)?.[1]),
          );
      const before = await issued();
      const error = await new Promise<unknown>((resolve) => {
        const sent = sendRequest(
          `${server.issuer}/token`,
          {
            method: 'POST',
            headers: {
              authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
              'content-type': 'application/x-www-form-urlencoded',
            },
          },
          resolve,
        );
        sent.once('error', resolve);
        sent.end('grant_type=client_credentials&scope=photos:read');
      });
      expect(error).to.include({ code: 'ECONNRESET' });
      expect(await issued()).to.equal(before + 1);
    });

    it('at endpoints with a parameter in their path, and not at others', async () => {
      server.failNext('resume', 502);
      expect((await fetch(`${server.issuer}/authorize/abc/def`)).status).to.equal(404);
      expect((await fetch(`${server.issuer}/authorize/abc`)).status).to.equal(502);
    });

    it('not for a name that no endpoint has', () => {
      // @ts-expect-error the compiler knows the names
      expect(() => server.failNext('tokens')).to.throw('"tokens"');
      expect(() => server.failNext('token', 99)).to.throw('99');
      expect(() => server.dropResponse('token', { times: 0 })).to.throw('0');
    });
  });

  describe('explains to JavaScript, which has no types, what is wrong with', () => {
    // As a test in JavaScript sees the functions.
    const calls = (): Readonly<Record<string, (...input: unknown[]) => unknown>> =>
      server as unknown as Readonly<Record<string, (...input: unknown[]) => unknown>>;
    const identifier = 'https://typed.example/api';

    for (const [name, input, explanation] of [
      ['token', ['usr_ada'], 'expected object, received string'],
      ['token', [null], 'expected object, received null'],
      ['token', [{ sub: 5 }], 'The member "sub": Invalid input: expected string'],
      ['token', [{ scopes: 'openid' }], 'Expected only the members sub, scope, resource, expiresIn, client'],
      ['tokens', [{ expiresIn: '60' }], 'The member "expiresIn": Invalid input: expected number'],
      [
        'tokens',
        [{ sub: 'usr_ada', scope: 'openid', client: 5 }],
        'The member "client": Invalid input: expected string',
      ],
      ['personalToken', [], 'expected object, received undefined'],
      ['personalToken', [{ sub: 'usr_ada', scope: 'a' }], 'The member "resource": Invalid input: expected string'],
      ['revoke', [], 'The member "token": Invalid input: expected string'],
      ['login', [], 'The member "url": Expected the address of an authorization request'],
      ['login', [null], 'The member "url": Expected the address of an authorization request'],
      ['login', ['/authorize'], 'The member "url": Expected the address of an authorization request'],
      ['login', ['http://localhost:1/authorize', 5], 'The member "user": Invalid input: expected string'],
      ['addUser', ['usr_ada'], 'expected object, received string'],
      ['addUser', [{ groups: 'staff' }], 'The member "groups": Invalid input: expected array'],
      ['addUser', [{ mail: 'a@example.com' }], 'Expected only the members id, email, password'],
      ['addUser', [{ email: 'nowhere' }], 'The member "email": '],
      ['addClient', [null], 'expected object, received null'],
      ['addClient', [{ type: 'spa' }], 'The member "type": Invalid option: expected one of "web"'],
      [
        'addClient',
        [{ redirectUris: 'https://a.example' }],
        'The member "redirectUris": Invalid input: expected array',
      ],
      ['addClient', [{ redirectUri: 'https://a.example' }], 'redirectUri'],
      ['addApi', [], 'The member "identifier": Invalid input: expected string'],
      ['addApi', [{}], 'The member "identifier": Invalid input: expected string'],
      ['addApi', [{ identifier }], 'The member "scopes": Invalid input: expected array'],
      ['addApi', [{ identifier, scopes: [5] }], 'The member "scopes.0": Invalid input: expected string'],
      ['addApi', [{ identifier, scopes: ['a'], tokenLifetime: '5m' }], 'The member "tokenLifetime": '],
      ['advance', ['5'], 'Expected a number of seconds'],
      ['advance', [null], 'Expected a number of seconds'],
      ['failNext', [], 'The member "endpoint": Invalid input: expected string'],
      ['failNext', ['token', '503'], 'The member "status": Invalid input: expected number'],
      ['failNext', ['token', 503, null], 'expected object, received null'],
      ['failNext', ['token', 503, { time: 2 }], 'Expected only the members times, body, headers, not "time"'],
      ['failNext', ['token', 503, { headers: 'none' }], 'The member "headers": '],
      ['dropResponse', [], 'The member "endpoint": Invalid input: expected string'],
      ['dropResponse', ['token', 2], 'expected object, received number'],
    ] as const) {
      it(`${name}(${input.map((one) => JSON.stringify(one)).join(', ')})`, async () => {
        const refusal: unknown = await Promise.resolve()
          .then(() => calls()[name]?.(...input))
          .catch((error: unknown) => error);
        expect(refusal).to.be.instanceOf(Error).and.not.instanceOf(TypeError);
        expect(String(refusal)).to.include(explanation);
      });
    }

    for (const [options, explanation] of [
      [null, 'expected object, received null'],
      [{ api: [] }, 'Expected only the members port, apis, clients, users, settings, logLevel, not "api"'],
      [{ apis: {} }, 'The member "apis": Invalid input: expected array'],
      [{ apis: [{}] }, 'The member "identifier": Invalid input: expected string'],
      [{ users: ['usr_ada'] }, 'expected object, received string'],
      [{ port: '3000' }, 'The member "port": Invalid input: expected number'],
      [{ port: 70_000 }, 'The member "port": Too big'],
      [{ settings: { LIFETIME_CODE: 30 } }, 'The member "settings.LIFETIME_CODE": Invalid input: expected string'],
      [{ logLevel: 'verbose' }, 'The member "logLevel": Invalid option'],
    ] as const) {
      it(`startTestServer(${JSON.stringify(options)})`, async () => {
        const refusal: unknown = await startTestServer(options as TestServerOptions).then(
          (started) => started.close(),
          (error: unknown) => error,
        );
        expect(refusal).to.include({ code: 'invalid_input' });
        expect(String(refusal)).to.include(explanation);
      });
    }
  });
});

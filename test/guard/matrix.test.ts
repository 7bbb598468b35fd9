/** Every kind of token of the real server, with every defect, at the guard of every framework. */
import { createHmac, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import {
  archive,
  authorize,
  callAs,
  createUser,
  obtain,
  photos,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { call, challengeOf, frameworks, startApp, type RunningApp } from './apps.ts';
import { grantedTokens, type GrantedToken } from './grants.ts';

interface Credentials {
  readonly userId: string;
  readonly app: AppClient;
  readonly job: AppClient;
  readonly api: AppClient;
}

interface Tokens {
  readonly userJwt: string;
  readonly machineJwt: string;
  readonly userOpaque: string;
  readonly machineOpaque: string;
  readonly forUserinfo: string;
  readonly idToken: string;
  readonly refreshToken: string;
  readonly logoutToken: string;
  readonly code: string;
}

const by = { actor: 'system' } as const;

async function register(server: TestServer): Promise<Credentials> {
  await seedApis(server);
  for (const api of [photos, archive]) {
    await server.services.apis.update(api, { personalTokens: true }, by);
  }
  return {
    userId: await createUser(server),
    app: await registerApp(server),
    job: await registerApp(server, { type: 'machine', name: 'Nightly' }),
    api: await registerApp(server, { type: 'machine', name: 'API' }),
  };
}

async function signingKey(server: TestServer): Promise<{ readonly kid: string; readonly key: CryptoKey }> {
  const [jwk] = await server.services.signingKeys.current();
  return { kid: jwk?.kid ?? '', key: (await importJWK({ ...jwk }, 'ES256')) as CryptoKey };
}

async function issue(server: TestServer, { app, job, userId }: Credentials): Promise<Tokens> {
  const ofUser = (scope: string, resource?: string) =>
    obtain(server, app, { scope: `openid ${scope}`, ...(resource === undefined ? {} : { resource }) });
  const ofMachine = async (scope: string): Promise<string> => {
    const { body } = await callAs(server, job, '/token', { grant_type: 'client_credentials', scope });
    return String(body['access_token']);
  };
  const jwt = await ofUser('photos:read offline_access', photos);
  const { kid, key } = await signingKey(server);
  const now = Math.floor(Date.now() / 1000);
  return {
    userJwt: String(jwt['access_token']),
    idToken: String(jwt['id_token']),
    refreshToken: String(jwt['refresh_token']),
    userOpaque: String((await ofUser('archive:read', archive))['access_token']),
    forUserinfo: String((await ofUser('email'))['access_token']),
    machineJwt: await ofMachine('photos:read'),
    machineOpaque: await ofMachine('archive:read'),
    code: (await authorize(server, app, { scope: 'openid photos:read', resource: photos })).code,
    logoutToken: await new SignJWT({
      iss: server.issuer,
      aud: app.clientId,
      sub: userId,
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt', kid })
      .sign(key),
  };
}

onEachDatabase('the guard in every framework', (start) => {
  let server: TestServer;
  let credentials: Credentials;
  let tokens: Tokens;
  let granted: Readonly<Record<string, GrantedToken>>;
  let key: CryptoKey;
  let kid: string;

  before(async function issueTokens() {
    this.timeout(60_000);
    server = await start();
    credentials = await register(server);
    tokens = await issue(server, credentials);
    granted = await grantedTokens(server, {
      userId: credentials.userId,
      jwt: tokens.userJwt,
      opaque: tokens.userOpaque,
    });
    ({ kid, key } = await signingKey(server));
  });

  /** A token as the server signs them, with changes. A claim that is undefined is left out. */
  function forge(
    changes: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    signer: CryptoKey = key,
  ): Promise<string> {
    return new SignJWT(claims(changes))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
      .sign(signer);
  }

  function claims(changes: Record<string, unknown>): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: server.issuer,
      aud: photos,
      sub: credentials.userId,
      client_id: credentials.app.clientId,
      scope: 'photos:read',
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      ...changes,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** The attack on verifiers that take the algorithm from the token: the public key as the secret of an HMAC. */
  async function signedWithPublicKey(): Promise<string> {
    const [jwk] = await server.services.signingKeys.current();
    const { d: _private, ...publicJwk } = { ...jwk } as Record<string, unknown>;
    const pem = await exportSPKI((await importJWK(publicJwk, 'ES256')) as CryptoKey);
    const parts = [{ alg: 'HS256', typ: 'at+jwt', kid }, claims({})];
    const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
  }

  async function tampered(): Promise<string> {
    const [header, , signature] = (await forge()).split('.');
    const payload = Buffer.from(JSON.stringify(claims({ scope: 'photos:read photos:write' }))).toString('base64url');
    return `${header}.${payload}.${signature}`;
  }

  const past = Math.floor(Date.now() / 1000) - 3600;
  const defects: Readonly<Record<string, () => Promise<string> | string>> = {
    'of another issuer': () => forge({ iss: 'https://other.example' }),
    'of an issuer that only begins the same': () => forge({ iss: `${server.issuer}/` }),
    'for another API': () => forge({ aud: archive }),
    'for an API that only begins the same': () => forge({ aud: `${photos}/` }),
    'without an audience': () => forge({ aud: undefined }),
    'that has expired': () => forge({ iat: past, exp: past + 60 }),
    'without an expiry': () => forge({ exp: undefined }),
    'that is not valid yet': () => forge({ nbf: Math.floor(Date.now() / 1000) + 60 }),
    'without a client': () => forge({ client_id: undefined }),
    'without a subject': () => forge({ sub: undefined }),
    'with a subject that is no text': () => forge({ sub: 7 }),
    'with a scope that is a list': () => forge({ scope: ['photos:read'] }),
    'of the type JWT': () => forge({}, { typ: 'JWT' }),
    'without a type': () => forge({}, { typ: undefined }),
    'with a critical header that is unknown (RFC 7515 §4.1.11)': () =>
      new SignJWT(claims({}))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, crit: ['policy'], policy: 'strict' })
        .sign(key, { crit: { policy: true } }),
    'with alg none': () => new UnsecuredJWT(claims({})).encode(),
    'with HS256 and the public key as secret': signedWithPublicKey,
    'of an unknown key': () => forge({}, { kid: 'unknown' }),
    'signed by another key': async () => forge({}, {}, (await generateKeyPair('ES256')).privateKey),
    'that was tampered with': tampered,
    'with a wrong confirmation': () => forge({ cnf: { jkt: 7 } }),
    'bound to a certificate': () => forge({ cnf: { 'x5t#S256': 'x'.repeat(43) } }),
    'bound to a key, without a proof': () => forge({ cnf: { jkt: 'x'.repeat(43) } }),
  };

  for (const framework of frameworks) {
    describe(framework, () => {
      let photosApi: RunningApp;
      let archiveApi: RunningApp;

      before(async () => {
        const { clientId, secret = '' } = credentials.api;
        const introspection = { clientId, clientSecret: secret, cacheFor: 0, sendAddress: true };
        const { issuer } = server;
        photosApi = await startApp(
          framework,
          { issuer, audience: photos, introspection },
          { '/photos': ['photos:read'], '/add': ['photos:read', 'photos:write'] },
        );
        archiveApi = await startApp(
          framework,
          { issuer, audience: archive, introspection, realm: 'Archive' },
          { '/archive': ['archive:read'] },
        );
      });
      after(async () => {
        await photosApi.close();
        await archiveApi.close();
      });

      const atPhotos = (token?: string): Promise<Response> => call(photosApi, '/photos', token);
      const atArchive = (token?: string): Promise<Response> => call(archiveApi, '/archive', token);

      async function expectInvalid(response: Response): Promise<void> {
        expect(response.status, await response.text()).to.equal(401);
        expect(challengeOf(response)).to.match(/error="invalid_token"/);
      }

      it('knows the user of a JWT and of an opaque token', async () => {
        const caller = { sub: credentials.userId, client_id: credentials.app.clientId, isMachine: false };
        for (const response of [await atPhotos(tokens.userJwt), await atArchive(tokens.userOpaque)]) {
          expect(response.status).to.equal(200);
          expect(await response.json()).to.deep.equal(caller);
        }
      });

      it('knows the machine of a JWT and of an opaque token', async () => {
        const { clientId } = credentials.job;
        for (const response of [await atPhotos(tokens.machineJwt), await atArchive(tokens.machineOpaque)]) {
          expect(response.status).to.equal(200);
          expect(await response.json()).to.deep.equal({ sub: clientId, client_id: clientId, isMachine: true });
        }
      });

      it('knows the caller of a token by every other grant, at the API of the token and at no other', async () => {
        expect(Object.keys(granted)).to.have.length(5);
        for (const [what, { token, audience, caller }] of Object.entries(granted)) {
          const [own, other] = audience === photos ? [atPhotos, atArchive] : [atArchive, atPhotos];
          const response = await own(token);
          expect(response.status, what).to.equal(200);
          expect(await response.json(), what).to.deep.equal(caller);
          await expectInvalid(await other(token));
        }
      });

      it('answers 401 without an error code to a request without a token (RFC 6750 §3.1)', async () => {
        const response = await atArchive();
        expect(response.status).to.equal(401);
        expect(challengeOf(response)).to.equal(
          'Bearer realm="Archive", resource_metadata="https://archive.example/.well-known/oauth-protected-resource/api"',
        );
      });

      it('rejects everything that is no access token of this API', async () => {
        const { idToken, refreshToken, logoutToken, code, forUserinfo, userJwt, userOpaque } = tokens;
        const others = { idToken, refreshToken, logoutToken, code, forUserinfo, garbage: 'garbage', jwt: 'a.b.c' };
        for (const token of Object.values({ ...others, userOpaque })) {
          await expectInvalid(await atPhotos(token));
        }
        for (const token of Object.values({ ...others, userJwt })) {
          await expectInvalid(await atArchive(token));
        }
      });

      for (const [defect, make] of Object.entries(defects)) {
        it(`rejects a JWT ${defect}`, async () => {
          await expectInvalid(await atPhotos(await make()));
        });
      }

      it('names the scopes that a request needs, and the one that is missing (RFC 6750 §3.1)', async () => {
        const response = await call(photosApi, '/add', tokens.userJwt);
        expect(response.status).to.equal(403);
        expect(challengeOf(response))
          .to.include('error="insufficient_scope"')
          .and.include('error_description="The access token lacks the scope photos:write."')
          .and.include('scope="photos:read photos:write"');
      });

      it('rejects an opaque token that was revoked', async () => {
        const { body } = await callAs(server, credentials.job, '/token', {
          grant_type: 'client_credentials',
          scope: 'archive:read',
        });
        const token = String(body['access_token']);
        expect((await atArchive(token)).status).to.equal(200);
        await callAs(server, credentials.job, '/revoke', { token });
        await expectInvalid(await atArchive(token));
      });

      describe('with a personal access token', () => {
        const create = (scope: string, api = photos) =>
          server.services.personalAccessTokens.create(
            credentials.userId,
            { name: framework, access: [{ api, scopes: [scope] }], expiresIn: 3600 },
            by,
          );

        it('knows the user, and no app, with the schemes Bearer and Token', async () => {
          const { value } = await create('photos:read');
          for (const scheme of ['Bearer', 'Token']) {
            const response = await call(photosApi, '/photos', undefined, { authorization: `${scheme} ${value}` });
            expect(response.status, await response.clone().text()).to.equal(200);
            expect(await response.json()).to.deep.equal({ sub: credentials.userId, isMachine: false });
          }
        });

        it('reports from where it was used, so that its user sees it', async () => {
          const { token, value } = await create('photos:read');
          await call(photosApi, '/photos', value, { 'x-forwarded-for': '203.0.113.7' });
          const used = await server.services.personalAccessTokens.listByUser(credentials.userId);
          expect(used.find(({ id }) => id === token.id)?.lastUsedFrom).to.equal('203.0.113.7');
        });

        it('rejects it at another API, without the scope, changed, and when it was revoked', async () => {
          const { token, value } = await create('photos:read');
          await expectInvalid(await atArchive(value));
          expect((await call(photosApi, '/add', value)).status).to.equal(403);
          await expectInvalid(await atPhotos(`${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`));
          await server.services.personalAccessTokens.revoke(token.id, by);
          await expectInvalid(await atPhotos(value));
        });
      });

      it('publishes its metadata (RFC 9728 §3)', async () => {
        for (const path of ['/.well-known/oauth-protected-resource/api', '/.well-known/oauth-protected-resource']) {
          const response = await call(photosApi, path);
          expect(response.status).to.equal(200);
          expect(response.headers.get('content-type')).to.match(/^application\/json/);
          expect(await response.json()).to.deep.equal({
            resource: photos,
            authorization_servers: [server.issuer],
            scopes_supported: ['photos:read', 'photos:write'],
            bearer_methods_supported: ['header'],
            dpop_signing_alg_values_supported: ['ES256', 'PS256', 'RS256'],
          });
        }
        expect((await call(photosApi, '/elsewhere')).status).to.equal(404);
      });
    });
  }
});

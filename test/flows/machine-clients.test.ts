import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import {
  createRemoteJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { manualClock } from '../../src/clock.ts';
import {
  archive,
  authorize,
  basic,
  callAs,
  createUser,
  introspect,
  isActive,
  photos,
  postForm,
  registerApp,
  seedApis,
  userinfo,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const bearerAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

async function publicJwk(pair: KeyPair, members: JWK = {}): Promise<JWK> {
  return { ...(await exportJWK(pair.publicKey)), ...members };
}

onEachDatabase('machine clients', (start) => {
  let server: TestServer;
  let job: AppClient;
  let web: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    job = await registerApp(server, { type: 'machine', name: 'Nightly job' });
    web = await registerApp(server, { name: 'Prints' });
  });

  function requestToken(app: AppClient, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return callAs(server, app, '/token', { grant_type: 'client_credentials', ...fields });
  }

  /** The request is rejected with this error, and nothing is issued. */
  function expectError({ status, body }: Answer, error: string): void {
    expect({ status, error: body['error'], token: body['access_token'] }).to.deep.equal({
      status: error === 'invalid_client' ? 401 : 400,
      error,
      token: undefined,
    });
  }

  describe('get', () => {
    it('a JWT for an API with the token format JWT: at+jwt, ES256, for that API, for 5 minutes (RFC 9068 §2)', async () => {
      const { status, body, headers } = await requestToken(job, { resource: photos, scope: 'photos:read' });
      expect(status).to.equal(200);
      expect(body).to.include({ token_type: 'Bearer', expires_in: 300, scope: 'photos:read' });
      expect(body).to.not.have.any.keys('refresh_token', 'id_token');
      expect(headers.get('cache-control')).to.equal('no-store');
      const { payload, protectedHeader } = await jwtVerify(
        String(body['access_token']),
        createRemoteJWKSet(new URL(`${server.issuer}/jwks`)),
        {
          issuer: server.issuer,
          audience: photos,
          typ: 'at+jwt',
        },
      );
      expect(protectedHeader.alg).to.equal('ES256');
      expect(payload).to.include({ sub: job.clientId, client_id: job.clientId, scope: 'photos:read' });
      expect(payload.jti).to.be.a('string');
    });

    it('an opaque token for an API with the token format opaque, which the API can introspect (RFC 7662 §2.2)', async () => {
      const { body } = await requestToken(job, { resource: archive, scope: 'archive:read archive:write' });
      expect(body).to.include({ token_type: 'Bearer', expires_in: 3600, scope: 'archive:read archive:write' });
      expect(body['access_token']).to.match(/^[\w-]{43}$/);
      const api = await registerApp(server, { type: 'machine', name: 'Archive API', apis: [archive] });
      const described = (await introspect(server, api, body['access_token'])).body;
      expect(described).to.include({
        active: true,
        aud: archive,
        client_id: job.clientId,
        scope: 'archive:read archive:write',
        iss: server.issuer,
      });
      expect(described).to.include({ sub: job.clientId });
    });

    it('a token for their only API if the request names no API (RFC 8707 §2)', async () => {
      const one = await registerApp(server, { type: 'machine', apis: [photos] });
      const { body } = await requestToken(one, { scope: 'photos:read' });
      expect(decodeJwt(String(body['access_token']))).to.include({ aud: photos, scope: 'photos:read' });
    });

    it('a token with the lifetime that the API defines (decision 3)', async () => {
      const quick = 'https://quick.example/api';
      await server.services.apis.create(
        {
          identifier: quick,
          name: 'Quick',
          tokenFormat: 'jwt',
          tokenLifetime: 60,
          scopes: [{ value: 'quick:do', description: 'Do' }],
        },
        by,
      );
      const app = await registerApp(server, { type: 'machine', apis: [quick] });
      const { body } = await requestToken(app, { scope: 'quick:do' });
      const { exp, iat } = decodeJwt(String(body['access_token']));
      expect(Number(exp) - Number(iat)).to.equal(60);
    });
  });

  describe('do not get', () => {
    it('a token for an API that they may not use, or that does not exist: invalid_target (RFC 8707 §2, B32)', async () => {
      const one = await registerApp(server, { type: 'machine', apis: [photos] });
      for (const resource of [archive, 'https://nowhere.example/api', 'photos', `${photos}#x`, `${photos}/`]) {
        expectError(await requestToken(one, { resource, scope: 'photos:read' }), 'invalid_target');
      }
    });

    it('a scope that the API does not have, and scopes of OpenID Connect (RFC 6749 §5.2, B32)', async () => {
      for (const scope of [
        'photos:admin',
        'photos:read photos:admin',
        'archive:read',
        'openid',
        'offline_access',
        'photos:read openid',
      ]) {
        expectError(await requestToken(job, { resource: photos, scope }), 'invalid_scope');
      }
    });

    it('a scope of an API that they do not have (RFC 6749 §5.2, B32)', async () => {
      const withoutApis = await registerApp(server, { type: 'machine', apis: [] });
      expectError(await requestToken(withoutApis, { scope: 'photos:read' }), 'invalid_scope');
    });

    it('a token for two APIs (RFC 8707 §2.2)', async () => {
      const fields = new URLSearchParams({ grant_type: 'client_credentials', scope: 'photos:read' });
      fields.append('resource', photos);
      fields.append('resource', archive);
      const { status, body } = await postForm(`${server.issuer}/token`, fields, basic(job));
      expect(status).to.equal(400);
      expect(body).to.not.have.property('access_token');
    });

    it('tokens by any other grant, and other clients get none by this grant (RFC 6749 §5.2, B32)', async () => {
      const forWeb = await callAs(server, web, '/token', {
        grant_type: 'client_credentials',
        resource: photos,
        scope: 'photos:read',
      });
      const browserApp = await registerApp(server, { type: 'browser' });
      const forPublic = await callAs(server, browserApp, '/token', {
        grant_type: 'client_credentials',
        resource: photos,
        scope: 'photos:read',
      });
      const others = await Promise.all(
        [
          'authorization_code',
          'refresh_token',
          'password',
          'implicit',
          'urn:ietf:params:oauth:grant-type:device_code',
          'constructor',
        ].map((grant) =>
          callAs(server, job, '/token', {
            grant_type: grant,
            code: 'x',
            refresh_token: 'x',
            username: 'ada@example.com',
            password: 'x',
          }),
        ),
      );
      for (const { status, body } of [forWeb, forPublic, ...others]) {
        expect(status).to.equal(400);
        expect(body['error']).to.be.oneOf(['invalid_request', 'unsupported_grant_type', 'unauthorized_client']);
        expect(body).to.not.have.property('access_token');
      }
    });

    it('claims from userinfo, because their tokens belong to no user (OIDC Core §5.3, B23)', async () => {
      for (const [resource, scope] of [
        [photos, 'photos:read'],
        [archive, 'archive:read'],
      ] as const) {
        const { body } = await requestToken(job, { resource, scope });
        expect((await userinfo(server, body['access_token'])).status).to.equal(401);
      }
    });
  });

  describe('with a secret', () => {
    it('authenticate by client_secret_basic and by client_secret_post (RFC 6749 §2.3.1)', async () => {
      const poster = await registerApp(server, { type: 'machine', apis: [archive], authMethod: 'client_secret_post' });
      expect(
        (
          await postForm(`${server.issuer}/token`, {
            grant_type: 'client_credentials',
            scope: 'archive:read',
            client_id: poster.clientId,
            client_secret: poster.secret ?? '',
          })
        ).status,
      ).to.equal(200);
      expect((await requestToken(job, { resource: archive, scope: 'archive:read' })).status).to.equal(200);
    });

    it('that is wrong, empty or missing get invalid_client, like unknown clients (RFC 6749 §5.2)', async () => {
      const answers = await Promise.all([
        requestToken({ ...job, secret: 'wrong' }, { resource: archive }),
        requestToken({ ...job, secret: undefined }, { resource: archive }),
        requestToken({ ...job, clientId: 'nobody' }, { resource: archive }),
        requestToken({ ...job, secret: `${job.secret ?? ''}x` }, { resource: archive }),
        requestToken({ ...job, secret: 'only-digests-are-stored' }, { resource: archive }),
      ]);
      for (const answer of answers) {
        expectError(answer, 'invalid_client');
      }
      const [wrong, , unknown] = answers;
      expect(wrong?.body['error_description']).to.equal(unknown?.body['error_description']);
      expect(wrong?.headers.get('www-authenticate')).to.match(/^Basic /);
    });

    it('have no valid token or secret after they are deleted (RFC 7592 §2.3)', async () => {
      const app = await registerApp(server, { type: 'machine', apis: [archive] });
      const api = await registerApp(server, { type: 'machine', name: 'Archive API', apis: [archive] });
      const { body } = await requestToken(app, { scope: 'archive:read' });
      expect(await isActive(server, api, body['access_token'])).to.equal(true);
      await server.services.clients.remove(app.clientId, by);
      expect(await isActive(server, api, body['access_token'])).to.equal(false);
      expectError(await requestToken(app, { scope: 'archive:read' }), 'invalid_client');
    });

    it('cannot use the secret of another client, or two methods at the same time (RFC 6749 §2.3, B18)', async () => {
      const fields = { grant_type: 'client_credentials', resource: archive, scope: 'archive:read' };
      const asOther = await postForm(`${server.issuer}/token`, { ...fields, client_id: web.clientId }, basic(job));
      const twice = await postForm(
        `${server.issuer}/token`,
        { ...fields, client_id: job.clientId, client_secret: job.secret ?? '' },
        basic(job),
      );
      for (const answer of [asOther, twice]) {
        expectError(answer, 'invalid_request');
      }
      const { code, verifier } = await authorize(server, web, { scope: 'openid' });
      const thief = await registerApp(server, { name: 'Thief' });
      const stolen = await callAs(server, thief, '/token', {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: web.redirectUri,
      });
      expectError(stolen, 'invalid_grant');
      expect(
        (
          await callAs(server, web, '/token', {
            grant_type: 'authorization_code',
            code,
            code_verifier: verifier,
            redirect_uri: web.redirectUri,
          })
        ).status,
      ).to.equal(200);
    });
  });

  describe('by private_key_jwt', () => {
    let ec: KeyPair;
    let rsa: KeyPair;
    let stranger: KeyPair;
    let signer: AppClient;

    before(async () => {
      [ec, rsa, stranger] = await Promise.all([
        generateKeyPair('ES256', { extractable: true }),
        generateKeyPair('RS256', { extractable: true }),
        generateKeyPair('ES256', { extractable: true }),
      ]);
      const jwks = {
        keys: [await publicJwk(ec, { kid: 'ec', alg: 'ES256' }), await publicJwk(rsa, { kid: 'rsa', alg: 'RS256' })],
      };
      signer = await registerApp(server, {
        type: 'machine',
        name: 'Signer',
        apis: [photos, archive],
        authMethod: 'private_key_jwt',
        jwks: JSON.stringify(jwks),
      });
    });

    const now = (): number => Math.floor(Date.now() / 1000);

    function sign(
      claims: JWTPayload = {},
      header: Partial<JWTHeaderParameters> = {},
      key: KeyPair = header.alg === 'RS256' ? rsa : ec,
    ): Promise<string> {
      return new SignJWT({
        iss: signer.clientId,
        sub: signer.clientId,
        aud: server.issuer,
        jti: randomUUID(),
        iat: now(),
        exp: now() + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', ...header })
        .sign(key.privateKey);
    }

    function present(
      assertion: string,
      parameters: Readonly<Record<string, string>> = {},
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Answer> {
      return postForm(
        `${server.issuer}/token`,
        {
          grant_type: 'client_credentials',
          resource: archive,
          scope: 'archive:read',
          client_assertion_type: bearerAssertion,
          client_assertion: assertion,
          ...parameters,
        },
        headers,
      );
    }

    it('get a token for an assertion that is signed with ES256 or RS256 (RFC 7523 §2.2)', async () => {
      expect((await present(await sign())).status).to.equal(200);
      expect((await present(await sign({}, { alg: 'RS256', kid: 'rsa' }))).status).to.equal(200);
      expect(
        (await present(await sign({}, { kid: 'ec', typ: 'client-authentication+jwt' }), { client_id: signer.clientId }))
          .status,
      ).to.equal(200);
    });

    it('must name the issuer, as a string, as audience: not the token endpoint, not a list (FAPI 2.0 Security Profile §5.3.2.1)', async () => {
      for (const aud of [
        `${server.issuer}/token`,
        [server.issuer],
        [server.issuer, 'https://other.example'],
        `${server.issuer}/`,
        'https://other.example',
        undefined,
      ]) {
        expectError(await present(await sign({ aud } as JWTPayload)), 'invalid_client');
      }
    });

    it('must use an assertion with a short lifetime: without an expiry, or expired, or for later, it is rejected (RFC 7523 §3)', async () => {
      for (const claims of [
        { exp: undefined },
        { exp: now() + 3600 },
        { exp: now() - 60 },
        { nbf: now() + 120 },
        { iat: now() + 120 },
        { exp: `${now() + 60}` },
      ]) {
        expectError(await present(await sign(claims as unknown as JWTPayload)), 'invalid_client');
      }
    });

    it('must use an assertion once: one use succeeds, also of many at the same time or at another endpoint (RFC 7523 §3, decision 11)', async () => {
      const assertion = await sign();
      expect((await present(assertion)).status).to.equal(200);
      expectError(await present(assertion), 'invalid_client');
      const elsewhere = await postForm(`${server.issuer}/introspect`, {
        token: 'x',
        client_assertion_type: bearerAssertion,
        client_assertion: assertion,
      });
      expectError(elsewhere, 'invalid_client');
      const parallel = await sign();
      const answers = await Promise.all(Array.from({ length: 8 }, () => present(parallel)));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      expect((await present(await sign({ jti: undefined } as unknown as JWTPayload))).status).to.equal(401);
    });

    it('cannot authenticate as another client (RFC 7521 §4.2, B18)', async () => {
      const assertion = await sign();
      expect((await present(assertion, { client_id: job.clientId })).body).to.include({ error: 'invalid_request' });
      expectError(await present(await sign({ sub: job.clientId })), 'invalid_client');
      expectError(await present(await sign({ iss: job.clientId })), 'invalid_client');
      expect((await present(await sign(), {}, basic(job))).body).to.include({ error: 'invalid_request' });
      expect((await present(await sign(), { client_secret: 'x' })).body).to.include({ error: 'invalid_request' });
    });

    it('cannot use an assertion without a signature, with another key or with another algorithm (RFC 8725 §3.1, B21)', async () => {
      const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = {
        iss: signer.clientId,
        sub: signer.clientId,
        aud: server.issuer,
        jti: randomUUID(),
        exp: now() + 60,
      };
      const signed = await sign();
      const publicPem = Buffer.from(JSON.stringify(await publicJwk(ec)));
      const forged = [
        `${encode({ alg: 'none' })}.${encode(claims)}.`,
        `${encode({ alg: 'None' })}.${encode(claims)}.`,
        await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(publicPem),
        await sign(
          {},
          { alg: 'PS256', kid: 'rsa' },
          {
            ...rsa,
            privateKey: await crypto.subtle.importKey(
              'pkcs8',
              await crypto.subtle.exportKey('pkcs8', rsa.privateKey),
              { name: 'RSA-PSS', hash: 'SHA-256' },
              false,
              ['sign'],
            ),
          },
        ),
        await sign({}, {}, stranger),
        `${signed.split('.').slice(0, 2).join('.')}.`,
        `${signed.split('.').slice(0, 2).join('.')}.${Buffer.alloc(64).toString('base64url')}`,
        `${signed.split('.').slice(0, 2).join('.')}.${Buffer.alloc(8, 1).toString('base64url')}`,
        `${encode({ alg: 'ES256', crit: ['exp2'], exp2: 1 })}.${signed.split('.').slice(1).join('.')}`,
      ];
      for (const assertion of forged) {
        const { status, body } = await present(assertion);
        expect(status, assertion.slice(0, 60)).to.be.oneOf([400, 401]);
        expect(body['error']).to.be.oneOf(['invalid_client', 'invalid_request']);
      }
    });

    it('cannot choose the key by a header of the assertion, and nothing is fetched (RFC 8725 §3.10, B22)', async () => {
      let hits = 0;
      const canary: Server = createServer((_request, response) => {
        hits += 1;
        response.end('{}');
      });
      canary.listen(0, '127.0.0.1');
      await once(canary, 'listening');
      const address = canary.address();
      const uri = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/jwks`;
      try {
        for (const header of [
          { jku: uri },
          { x5u: uri },
          { jwk: await publicJwk(stranger) },
          { kid: '../../etc/passwd' },
          { kid: '__proto__' },
          { kid: "' OR 1=1" },
        ]) {
          expectError(await present(await sign({}, header, stranger)), 'invalid_client');
        }
        expect(hits).to.equal(0);
      } finally {
        canary.close();
        await once(canary, 'close');
      }
    });

    it('cannot use a secret, and a client with a secret cannot use an assertion (RFC 6749 §2.3)', async () => {
      expectError(
        await requestToken({ ...signer, secret: 'only-digests-are-stored' }, { resource: archive }),
        'invalid_client',
      );
      expectError(await present(await sign({ iss: job.clientId, sub: job.clientId })), 'invalid_client');
    });
  });
});

onEachDatabase('the secrets of a machine client', (start) => {
  it('can be several at the same time, each until it expires (RFC 6749 §2.3.1)', async () => {
    const clock = manualClock();
    const server = await start({ clock });
    await seedApis(server);
    const first = await registerApp(server, { type: 'machine', apis: [archive] });
    const rotate = async (keepOldFor: number): Promise<AppClient> => ({
      ...first,
      secret: (await server.services.clients.rotateSecret(first.clientId, { keepOldFor }, by)).secret,
    });
    const works = async (app: AppClient): Promise<boolean> =>
      (await callAs(server, app, '/token', { grant_type: 'client_credentials', scope: 'archive:read' })).status === 200;
    const second = await rotate(3600);
    expect([await works(first), await works(second)]).to.deep.equal([true, true]);
    clock.advance(3601);
    expect([await works(first), await works(second)]).to.deep.equal([false, true]);
    const third = await rotate(0);
    expect([await works(second), await works(third)]).to.deep.equal([false, true]);
  });
});

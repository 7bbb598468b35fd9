/** JWT access tokens and other JWTs at the introspection and revocation endpoints. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt, generateKeyPair, importJWK, SignJWT, type JWTPayload } from 'jose';
import { epochSeconds, manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  audited,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  password,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const onPhotos = { scope: 'openid photos:read', resource: photos };
const onBoth = { scope: 'openid photos:read archive:read', resource: [photos, archive] };

onEachDatabase('JWT access tokens', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let other: AppClient;
  let api: AppClient;
  let job: AppClient;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    other = await registerApp(server, { name: 'Other' });
    api = await registerApp(server, { type: 'machine', name: 'Photos', apis: [photos] });
    job = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
  });

  async function jwtOf(client: AppClient, request = onPhotos): Promise<string> {
    return String((await obtain(server, client, request))['access_token']);
  }

  /** A JWT with a valid signature of this server. */
  async function sign(claims: JWTPayload, typ = 'at+jwt'): Promise<string> {
    const [key] = await server.services.signingKeys.current();
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ, ...(key?.kid === undefined ? {} : { kid: key.kid }) })
      .sign(await importJWK({ ...key }, 'ES256'));
  }

  /** Tokens for Photos of this user. */
  async function obtainAs(client: AppClient, email: string): Promise<Record<string, unknown>> {
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, client, onPhotos);
    const page = await signIn(browser, await browser.visit(url), email);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), client);
    return (await redeem(server, client, { code: redirected.searchParams.get('code') ?? '', verifier })).body;
  }

  function revoke(client: AppClient, token: unknown): Promise<Answer> {
    return callAs(server, client, '/revoke', { token: String(token) });
  }

  describe('at introspection', () => {
    it('are described to their API and to their app, with the claims that they have (RFC 7662 §2.2)', async () => {
      const token = await jwtOf(app);
      const claims = decodeJwt(token);
      for (const caller of [api, app]) {
        const { status, body } = await introspect(server, caller, token);
        expect(status).to.equal(200);
        expect(body).to.include({
          active: true,
          client_id: app.clientId,
          sub: claims.sub,
          aud: photos,
          scope: 'photos:read',
          iss: server.issuer,
          jti: claims.jti,
          iat: claims.iat,
          exp: claims.exp,
          token_type: 'Bearer',
        });
      }
    });

    it('are described whatever token_type_hint says', async () => {
      const token = await jwtOf(app);
      for (const hint of ['access_token', 'refresh_token', 'jwt', 'x'.repeat(1000), '\u0000ü']) {
        const { status, body } = await callAs(server, api, '/introspect', { token, token_type_hint: hint });
        expect({ status, active: body['active'] }, hint).to.deep.equal({ status: 200, active: true });
      }
    });

    it('of a machine have the client as subject (RFC 9068 §2.2)', async () => {
      const { body } = await callAs(server, job, '/token', { grant_type: 'client_credentials', scope: 'photos:read' });
      const described = (await introspect(server, api, body['access_token'])).body;
      expect(described).to.include({ active: true, sub: job.clientId, client_id: job.clientId, aud: photos });
      expect(described).not.to.have.property('username');
    });

    it('are inactive for other apps and APIs, and for public clients (RFC 7662 §4)', async () => {
      const token = await jwtOf(app);
      const archiveApi = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive] });
      for (const stranger of [other, archiveApi]) {
        expect((await introspect(server, stranger, token)).body).to.deep.equal({ active: false });
      }
      const spa = await registerApp(server, { type: 'browser' });
      expect((await introspect(server, spa, await jwtOf(spa))).body).to.deep.equal({ active: false });
    });

    it('become inactive when they expire', async () => {
      const token = await sign({ ...decodeJwt(await jwtOf(app)), exp: epochSeconds(clock) + 10 });
      clock.advance(9);
      expect(await isActive(server, api, token)).to.equal(true);
      clock.advance(1);
      expect(await isActive(server, api, token)).to.equal(false);
    });

    it('are inactive with another signature or content, also after the right one was accepted', async () => {
      const token = await jwtOf(app);
      const { privateKey } = await generateKeyPair('ES256');
      const forge = (claims: JWTPayload): Promise<string> =>
        new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(privateKey);
      const [header = '', payload = '', signature = ''] = token.split('.');
      const [, , foreign = ''] = (await forge(decodeJwt(token))).split('.');
      const [, longer = ''] = (await forge({ ...decodeJwt(token), exp: epochSeconds(clock) + 3600 })).split('.');
      for (let turn = 1; turn <= 2; turn += 1) {
        expect(await isActive(server, api, token), `turn ${turn}`).to.equal(true);
        for (const changed of [
          `${header}.${payload}.${foreign}`,
          `${header}.${longer}.${signature}`,
          `${header}.${payload}.`,
          `${token}.`,
        ]) {
          expect((await introspect(server, api, changed)).body, changed).to.deep.equal({ active: false });
        }
      }
    });

    const ends: readonly (readonly [string, (token: string, client: AppClient) => Promise<unknown>])[] = [
      ['its client is deleted', (_token, client) => server.services.clients.remove(client.clientId, by)],
      [
        'its API is taken from the client',
        (_token, client) => server.services.clients.update(client.clientId, { apis: [archive] }, by),
      ],
      [
        'its user signs out everywhere',
        async (token) => server.services.sessions.endAll(String(decodeJwt(token).sub), {}, by),
      ],
      ['its user is disabled', async (token) => server.services.users.disable(String(decodeJwt(token).sub), by)],
      [
        'its user has a new password',
        async (token) => server.services.users.setPassword(String(decodeJwt(token).sub), `${password} and more`, by),
      ],
      ['its user is deleted', async (token) => server.services.users.remove(String(decodeJwt(token).sub), by)],
      [
        'its user withdraws the consent',
        async (token, client) => server.services.revocation.endConsent(String(decodeJwt(token).sub), client.clientId),
      ],
      ['its app revokes the refresh token', async (_token, client) => revoke(client, refreshToken)],
    ];
    let refreshToken: unknown;
    let turn = 0;
    for (const [what, end] of ends) {
      it(`are inactive at once when ${what}`, async () => {
        turn += 1;
        const email = `ends${turn}@example.com`;
        await createUser(server, email);
        const client = await registerApp(server, { name: 'Ends' });
        const tokens = await obtainAs(client, email);
        const token = String(tokens['access_token']);
        refreshToken = tokens['refresh_token'];
        expect(await isActive(server, api, token)).to.equal(true);
        await end(token, client);
        expect((await introspect(server, api, token)).body).to.deep.equal({ active: false });
      });
    }

    it('are inactive after the sign-out, unless they belong to offline access of the same app', async () => {
      const client = await registerApp(server, { name: 'Both' });
      const browser = openBrowser();
      const [bound, offline] = [
        String((await obtain(server, client, onPhotos, browser))['access_token']),
        String(
          (await obtain(server, client, { ...onPhotos, scope: `${onPhotos.scope} offline_access` }, browser))[
            'access_token'
          ],
        ),
      ];
      expect(decodeJwt(bound)['grant_id'], 'both have one grant').to.equal(decodeJwt(offline)['grant_id']);
      expect([await isActive(server, api, bound), await isActive(server, api, offline)]).to.deep.equal([true, true]);
      await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm', { logout: 'yes' });
      expect([await isActive(server, api, bound), await isActive(server, api, offline)]).to.deep.equal([false, true]);
    });

    it('are inactive when a claim is not what this server would sign, although the signature is right', async () => {
      const token = await jwtOf(app);
      const { grant_id: grantId, ...claims } = decodeJwt(token);
      expect(grantId).to.be.a('string');
      expect(claims['session_id']).to.be.a('string');
      expect(await isActive(server, api, await sign({ ...claims, grant_id: grantId })), 'the control').to.equal(true);
      const someoneElse = await createUser(server, `${randomUUID()}@example.com`);
      for (const change of [
        { grant_id: undefined },
        { grant_id: 'unknown' },
        { grant_id: 1 },
        { session_id: 'unknown' },
        { iss: 'https://evil.example' },
        { aud: [photos] },
        { aud: archive },
        { aud: undefined },
        { sub: someoneElse },
        { sub: undefined },
        { client_id: other.clientId },
        { client_id: undefined },
        { exp: undefined },
        { exp: epochSeconds(clock) },
        { jti: undefined },
        { scope: 'photos:read unknown' },
      ]) {
        const changed = await sign({ ...claims, grant_id: grantId, ...change } as JWTPayload);
        expect((await introspect(server, api, changed)).body, JSON.stringify(change)).to.deep.equal({ active: false });
      }
      expect(await isActive(server, api, await sign({ ...claims, grant_id: grantId }, 'JWT'))).to.equal(false);
    });

    it('and tokens of every other kind and form get 200 and active: false (RFC 7662 §2.2)', async () => {
      const { privateKey } = await generateKeyPair('ES256');
      const { access_token: own, id_token: idToken } = await obtain(server, app, onPhotos);
      const foreign = await new SignJWT(decodeJwt(String(own)))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
        .sign(privateKey);
      const [header = '', payload = '', signature = ''] = String(own).split('.');
      const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const unsigned = `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`;
      const encrypted = `${encode({ alg: 'dir', enc: 'A128GCM' })}..aaaa.aaaa.aaaa`;
      for (const token of [
        String(idToken),
        foreign,
        unsigned,
        encrypted,
        `${header}.${payload}.`,
        `${header}..${signature}`,
        `.${payload}.${signature}`,
        `${header}.${payload}`,
        `${header}.${encode('text')}.${signature}`,
        `${String(own)}.`,
        `${String(own).slice(0, -2)}AA`,
        `${encode({ alg: 'ES256', crit: ['b64'], b64: false })}.${payload}.${signature}`,
        `${encode({ alg: 'ES256', kid: '\u0000', jku: 'https://evil.example' })}.${payload}.${signature}`,
        `${encode(null)}.${payload}.${signature}`,
        '.',
        '..',
        '...',
        '....',
        '\u0000',
        'a\u0000b',
        'ünïcödé.ünïcödé.ünïcödé',
        '𝕏',
        ' ',
        '{}',
        'x'.repeat(8192),
        `${'x'.repeat(2731)}.${'x'.repeat(2730)}.${'x'.repeat(2730)}`,
        '.'.repeat(8192),
      ]) {
        for (const hint of [undefined, 'access_token', 'refresh_token', 'unknown']) {
          const { status, body } = await callAs(server, api, '/introspect', {
            token,
            ...(hint === undefined ? {} : { token_type_hint: hint }),
          });
          expect({ status, body }, `${token.slice(0, 60)} ${hint ?? ''}`).to.deep.equal({
            status: 200,
            body: { active: false },
          });
        }
      }
      for (const fields of [{}, { token: '' }] as Record<string, string>[]) {
        const { status, body } = await callAs(server, api, '/introspect', fields);
        expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_request' });
      }
    });
  });

  describe('at revocation', () => {
    it('end every token of their grant: the app has lost its access on that device, and keeps it on others (RFC 7009 §2.1)', async () => {
      const client = await registerApp(server, { name: 'Two devices' });
      const onDevice = async () => {
        const authorization = await authorize(server, client, onBoth);
        const { body: first } = await redeem(server, client, authorization, { resource: photos });
        const { body: second } = await refresh(server, client, first['refresh_token'], { resource: archive });
        return { jwt: first['access_token'], opaque: second['access_token'], refreshToken: second['refresh_token'] };
      };
      const [here, elsewhere] = [await onDevice(), await onDevice()];
      const { status, body } = await revoke(client, here.jwt);
      expect({ status, body }).to.deep.equal({ status: 200, body: {} });
      expect(await isActive(server, client, here.jwt)).to.equal(false);
      expect(await isActive(server, client, here.opaque)).to.equal(false);
      expect((await refresh(server, client, here.refreshToken)).body['error']).to.equal('invalid_grant');
      for (const token of [elsewhere.jwt, elsewhere.opaque, elsewhere.refreshToken]) {
        expect(await isActive(server, client, token)).to.equal(true);
      }
      expect(await audited(server, { clientId: client.clientId })).to.include('grant.revoked');
      expect((await revoke(client, here.jwt)).status, 'again').to.equal(200);
    });

    it('end the access of a public client that names itself', async () => {
      const spa = await registerApp(server, { type: 'browser', name: 'Calendar' });
      const tokens = await obtain(server, spa, onPhotos);
      expect((await revoke(spa, tokens['access_token'])).status).to.equal(200);
      expect((await refresh(server, spa, tokens['refresh_token'])).body['error']).to.equal('invalid_grant');
    });

    it('of a machine end alone (RFC 7009 §2.1)', async () => {
      const request = () => callAs(server, job, '/token', { grant_type: 'client_credentials', scope: 'photos:read' });
      const [one, two] = [(await request()).body['access_token'], (await request()).body['access_token']];
      expect((await revoke(job, one)).status).to.equal(200);
      expect([await isActive(server, api, one), await isActive(server, api, two)]).to.deep.equal([false, true]);
    });

    it('change nothing when another client sends them, after they expired, or when they are forged (RFC 7009 §2.1, §2.2)', async () => {
      const tokens = await obtain(server, app, onPhotos);
      const claims = decodeJwt(String(tokens['access_token']));
      const { privateKey } = await generateKeyPair('ES256');
      const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(privateKey);
      for (const [client, token] of [
        [other, tokens['access_token']],
        [api, tokens['access_token']],
        [app, forged],
        [app, await sign({ ...claims, exp: epochSeconds(clock) })],
        [app, await sign({ ...claims, aud: archive, iss: 'https://evil.example' })],
        [app, tokens['id_token']],
        [app, '..'],
        [app, 'x'.repeat(8192)],
        [app, '\u0000'],
      ] as const) {
        const { status, body } = await revoke(client, token);
        expect({ status, body }, String(token).slice(0, 40)).to.deep.equal({ status: 200, body: {} });
      }
      expect(await isActive(server, app, tokens['refresh_token'])).to.equal(true);
    });

    it('get an empty answer, like every other token: without a content type (RFC 7009 §2.2)', async () => {
      for (const token of [await jwtOf(app), 'x', String((await obtain(server, app))['access_token'])]) {
        const { status, headers } = await revoke(app, token);
        expect({ status, type: headers.get('content-type'), length: headers.get('content-length') }).to.deep.equal({
          status: 200,
          type: null,
          length: '0',
        });
      }
      expect((await callAs(server, app, '/revoke', {})).headers.get('content-type')).to.match(/^application\/json/);
    });
  });

  it('are not accepted by userinfo (OIDC Core §5.3)', async () => {
    expect((await userinfo(server, await jwtOf(app))).status).to.equal(401);
  });
});

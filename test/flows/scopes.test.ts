/** Which API a scope means, and what happens to scopes that cannot be granted. */
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { createLogger } from '../../src/logging.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  basic,
  begin,
  callAs,
  createUser,
  introspect,
  obtain,
  photos,
  postForm,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  userinfo,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const backup = 'https://backup.example/api';
const other = 'https://other.example/api';

onEachDatabase('the scopes of a request', (start) => {
  let server: TestServer;
  const lines: string[] = [];

  before(async () => {
    server = await start({
      logger: createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } }),
    });
    await seedApis(server);
    await createUser(server);
    // Backup has one scope that Archive has, too. No client of these tests has Other, unless it says so.
    for (const [identifier, values] of [
      [backup, ['archive:read', 'backup:run']],
      [other, ['other:read']],
    ] as const) {
      await server.services.apis.create(
        {
          identifier,
          name: identifier,
          tokenFormat: 'jwt',
          scopes: values.map((value) => ({ value, description: value })),
        },
        by,
      );
    }
  });

  const all = [photos, archive, backup];

  /** The answer to an authorization request of somebody who is not signed in. */
  async function errorOf(app: AppClient, request: AuthorizationRequest): Promise<URLSearchParams> {
    return redirectedTo(await openBrowser().get(authorizationUrl(server, app, request).url), app).searchParams;
  }

  function audienceOf(body: Readonly<Record<string, unknown>>): unknown {
    return decodeJwt(String(body['access_token'])).aud;
  }

  function warningsOf({ clientId }: AppClient): readonly string[] {
    return lines
      .map((line) => JSON.parse(line) as { readonly clientId?: string; readonly msg: string })
      .filter((line) => line.clientId === clientId)
      .map(({ msg }) => msg);
  }

  describe('without resource', () => {
    it('mean the only API of the client that has them, for people (RFC 8707 §2)', async () => {
      const app = await registerApp(server, { apis: all });
      const { page } = await begin(server, app, { scope: 'openid photos:read' }, openBrowser());
      expect(page.html).to.include('See your photos');
      const body = await obtain(server, app, { scope: 'openid photos:read' });
      expect(audienceOf(body)).to.equal(photos);
      expect(body['scope']).to.equal('photos:read');
      const refreshed = await refresh(server, app, body['refresh_token']);
      expect(audienceOf(refreshed.body)).to.equal(photos);
    });

    it('mean it in a pushed request, too (RFC 9126 §2)', async () => {
      const app = await registerApp(server, { apis: all });
      const { url, verifier } = authorizationUrl(server, app, { scope: 'openid photos:read' });
      const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
      expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
      const browser = openBrowser();
      await authorize(server, app, { scope: 'openid photos:read' }, browser);
      const query = new URLSearchParams({ client_id: app.clientId, request_uri: String(pushed.body['request_uri']) });
      const code = redirectedTo(await browser.get(`${server.issuer}/authorize?${query.toString()}`), app);
      const { body } = await redeem(server, app, { code: code.searchParams.get('code') ?? '', verifier });
      expect(audienceOf(body)).to.equal(photos);
    });

    it('mean it for machines (RFC 8707 §2)', async () => {
      const job = await registerApp(server, { type: 'machine', apis: all });
      const { body } = await callAs(server, job, '/token', { grant_type: 'client_credentials', scope: 'photos:read' });
      expect(audienceOf(body)).to.equal(photos);
    });

    it('that several APIs have are an error that names resource, before anybody signs in (RFC 8707 §2)', async () => {
      const app = await registerApp(server, { apis: all });
      const error = await errorOf(app, { scope: 'openid archive:read' });
      expect(error.get('error')).to.equal('invalid_target');
      expect(error.get('error_description'))
        .to.include('archive:read')
        .and.include('resource')
        .and.include(archive)
        .and.include(backup);
      expect([error.get('state'), error.get('iss')]).to.deep.equal(['the-state', server.issuer]);
      const { url } = authorizationUrl(server, app, { scope: 'openid archive:read' });
      const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
      expect([pushed.status, pushed.body['error']]).to.deep.equal([400, 'invalid_target']);
      const job = await registerApp(server, { type: 'machine', apis: all });
      const machine = await callAs(server, job, '/token', { grant_type: 'client_credentials', scope: 'archive:read' });
      expect([machine.status, machine.body['error']]).to.deep.equal([400, 'invalid_target']);
      expect(machine.body['error_description']).to.include('resource').and.include(backup);
    });

    it("that several APIs have mean the client's default API", async () => {
      const app = await registerApp(server, { apis: all, defaultApi: backup });
      expect(audienceOf(await obtain(server, app, { scope: 'openid archive:read' }))).to.equal(backup);
      const job = await registerApp(server, { type: 'machine', apis: all, defaultApi: backup });
      for (const scope of [{ scope: 'archive:read' }, {}] as const) {
        const { body } = await callAs(server, job, '/token', { grant_type: 'client_credentials', ...scope });
        expect(audienceOf(body)).to.equal(backup);
      }
      // A default is for what is not clear: this scope belongs to one API.
      expect(audienceOf(await obtain(server, app, { scope: 'openid photos:read' }))).to.equal(photos);
      // And where it has none of the scopes, it does not decide.
      const wrong = await registerApp(server, { apis: all, defaultApi: photos });
      expect((await errorOf(wrong, { scope: 'archive:read' })).get('error')).to.equal('invalid_target');
    });

    it('of OpenID Connect alone give a token for userinfo, whatever the default API is (OIDC Core §5.3)', async () => {
      const app = await registerApp(server, { apis: all, defaultApi: photos });
      const body = await obtain(server, app, { scope: 'openid email' });
      expect((await userinfo(server, body['access_token'])).body).to.include({ email: 'ada@example.com' });
    });

    it('of several APIs are all granted, and the token request chooses one by resource (RFC 8707 §2.2)', async () => {
      const app = await registerApp(server, { apis: all });
      const request = { scope: 'openid photos:read backup:run' };
      const { page } = await begin(server, app, request, openBrowser());
      expect(page.html).to.include('photos:read').and.include('backup:run');
      const first = await redeem(server, app, await authorize(server, app, request), { resource: backup });
      expect([audienceOf(first.body), first.body['scope']]).to.deep.equal([backup, 'backup:run']);
      const second = await refresh(server, app, first.body['refresh_token'], { scope: 'photos:read' });
      expect([audienceOf(second.body), second.body['scope']]).to.deep.equal([photos, 'photos:read']);
      const unclear = await refresh(server, app, second.body['refresh_token']);
      expect([unclear.status, unclear.body['error']]).to.deep.equal([400, 'invalid_target']);
      expect(unclear.body['error_description']).to.include('resource').and.include(photos).and.include(backup);
      // The token is still valid: everything is checked before it is used.
      expect(
        audienceOf((await refresh(server, app, second.body['refresh_token'], { resource: photos })).body),
      ).to.equal(photos);
      const withDefault = await registerApp(server, { apis: all, defaultApi: photos });
      expect(audienceOf(await obtain(server, withDefault, request))).to.equal(photos);
    });

    it('of several APIs are an error for a machine, whose token is for one API (RFC 8707 §2.2)', async () => {
      const job = await registerApp(server, { type: 'machine', apis: all });
      const { status, body } = await callAs(server, job, '/token', {
        grant_type: 'client_credentials',
        scope: 'photos:read backup:run',
      });
      expect([status, body['error']]).to.deep.equal([400, 'invalid_target']);
      expect(body['error_description']).to.include('resource');
    });
  });

  describe('that the client may not have', () => {
    it('are invalid_scope, before anybody signs in: with or without resource, pushed or not (RFC 6749 §4.1.2.1)', async () => {
      const app = await registerApp(server, { apis: [photos] });
      for (const request of [
        { scope: 'openid other:read' },
        { scope: 'openid photos:read other:read' },
        { scope: 'openid photos:read other:read', resource: photos },
      ]) {
        const error = await errorOf(app, request);
        expect(error.get('error')).to.equal('invalid_scope');
        expect(error.get('error_description')).to.include('other:read').and.not.include(other);
        const { url } = authorizationUrl(server, app, request);
        const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
        expect([pushed.status, pushed.body['error']]).to.deep.equal([400, 'invalid_scope']);
      }
      const job = await registerApp(server, { type: 'machine', apis: [photos] });
      for (const more of [{}, { resource: photos }]) {
        const { body } = await callAs(server, job, '/token', {
          grant_type: 'client_credentials',
          scope: 'other:read',
          ...more,
        });
        expect(body).to.include({ error: 'invalid_scope' });
      }
    });
  });

  describe('that are unknown', () => {
    it('are ignored, with one line in the log (OIDC Core §3.1.2.1)', async () => {
      const app = await registerApp(server, { apis: [photos] });
      const request = { scope: 'openid groups:all photos:read Admin' };
      const { page } = await begin(server, app, request, openBrowser());
      expect(asks(page)).to.equal('consent');
      expect(page.html).to.not.include('groups:all').and.not.include('Admin');
      expect((await obtain(server, app, request))['scope']).to.equal('photos:read');
      expect(warningsOf(app)).to.have.length(1);
      expect(warningsOf(app)[0]).to.include('groups:all').and.include('Admin').and.include('nothing has this scope');
    });

    it('cannot fill the log (D9)', async () => {
      const app = await registerApp(server, { apis: [photos] });
      for (let count = 0; count < 30; count += 1) {
        await openBrowser().get(authorizationUrl(server, app, { scope: `openid x${count} ${'y'.repeat(900)}` }).url);
      }
      const warnings = warningsOf(app);
      expect(warnings).to.have.length(20);
      expect(Math.max(...warnings.map(({ length }) => length))).to.be.below(500);
    });

    it('and nothing else are invalid_scope, with the reason (RFC 6749 §4.1.2.1)', async () => {
      const app = await registerApp(server, { apis: [photos] });
      const error = await errorOf(app, { scope: 'admin' });
      expect(error.get('error')).to.equal('invalid_scope');
      expect(error.get('error_description')).to.include('admin (nothing has this scope)');
    });

    it('are ignored also if another API than the named one has them, and the log says so (RFC 8707 §2)', async () => {
      const app = await registerApp(server, { apis: all });
      const body = await obtain(server, app, { scope: 'openid photos:read backup:run', resource: photos });
      expect(body['scope']).to.equal('photos:read');
      expect(warningsOf(app)).to.have.length(1);
      expect(warningsOf(app)[0]).to.include('backup:run').and.include('resource');
    });
  });

  it('may have surplus spaces (RFC 6749 §3.3)', async () => {
    const app = await registerApp(server, { apis: [photos] });
    const body = await obtain(server, app, { scope: '  openid   photos:read ' });
    expect(body['scope']).to.equal('photos:read');
    const refreshed = await refresh(server, app, body['refresh_token'], { scope: ' photos:read  ' });
    expect([refreshed.status, refreshed.body['scope']]).to.deep.equal([200, 'photos:read']);
    const job = await registerApp(server, { type: 'machine', apis: [photos] });
    const { body: ofMachine } = await callAs(server, job, '/token', {
      grant_type: 'client_credentials',
      scope: ' photos:read   photos:write ',
    });
    expect(ofMachine['scope']).to.equal('photos:read photos:write');
    const { url } = authorizationUrl(server, app, { scope: ' openid  photos:read ' });
    expect((await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams))).status).to.equal(201);
    for (const scope of ['openid\tphotos:read', 'openid "x"', 'openid \n', 'openid é']) {
      expect((await errorOf(app, { scope })).get('error'), scope).to.equal('invalid_scope');
    }
  });

  describe('with audience', () => {
    it('are for the API that it names: at all three endpoints (RFC 8707 §2)', async () => {
      const app = await registerApp(server, { apis: all });
      const request = { scope: 'openid archive:read', parameters: { audience: archive } };
      const body = await obtain(server, app, request);
      expect((await introspect(server, app, body['access_token'])).body).to.include({ active: true, aud: archive });
      const { url } = authorizationUrl(server, app, request);
      expect((await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams))).status).to.equal(201);
      const job = await registerApp(server, { type: 'machine', apis: all });
      const machine = await callAs(server, job, '/token', {
        grant_type: 'client_credentials',
        scope: 'archive:read',
        audience: backup,
      });
      expect(audienceOf(machine.body)).to.equal(backup);
      const authorization = await authorize(server, app, { scope: 'openid photos:read backup:run' });
      const tokens = await redeem(server, app, authorization, { audience: backup });
      expect(audienceOf(tokens.body)).to.equal(backup);
      const refreshed = await refresh(server, app, tokens.body['refresh_token'], { audience: photos });
      expect(audienceOf(refreshed.body)).to.equal(photos);
    });

    it('and resource are an error if they differ, and harmless if they do not', async () => {
      const app = await registerApp(server, { apis: all });
      const job = await registerApp(server, { type: 'machine', apis: all });
      const machine = (audience: string): Promise<{ readonly body: Record<string, unknown> }> =>
        callAs(server, job, '/token', {
          grant_type: 'client_credentials',
          scope: 'photos:read',
          resource: photos,
          audience,
        });
      const scope = 'openid photos:read';
      const differ = await errorOf(app, { scope, resource: photos, parameters: { audience: archive } });
      expect(differ.get('error')).to.equal('invalid_request');
      expect(differ.get('error_description')).to.include('resource').and.include('audience');
      expect((await machine(archive)).body).to.include({ error: 'invalid_request' });
      const same = photos.replace('photos.example', 'PHOTOS.example:443');
      expect(audienceOf((await machine(same)).body)).to.equal(photos);
      const body = await obtain(server, app, { scope, resource: photos, parameters: { audience: same } });
      expect(audienceOf(body)).to.equal(photos);
    });

    it('that is too long, repeated or unknown are an error (A2, A14)', async () => {
      const app = await registerApp(server, { apis: all });
      const long = await errorOf(app, { scope: 'openid', parameters: { audience: `https://a/${'x'.repeat(4100)}` } });
      expect(long.get('error')).to.equal('invalid_request');
      expect(long.get('error_description')).to.include('audience');
      const { url } = authorizationUrl(server, app, { scope: 'openid', parameters: { audience: photos } });
      const twice = redirectedTo(await openBrowser().get(`${url}&audience=${encodeURIComponent(photos)}`), app);
      expect(twice.searchParams.get('error')).to.equal('invalid_request');
      const unknown = await errorOf(app, { scope: 'openid', parameters: { audience: 'https://nowhere.example' } });
      expect(unknown.get('error')).to.equal('invalid_target');
    });
  });

  describe('of OpenID Connect and of an API', () => {
    const request = { scope: 'openid email photos:read', resource: photos };

    it('give a token for userinfo, too: the token request names the issuer as resource (RFC 8707 §2.2, OIDC Core §5.3)', async () => {
      const app = await registerApp(server, { apis: all });
      const first = await redeem(server, app, await authorize(server, app, request), { resource: server.issuer });
      expect(first.status, JSON.stringify(first.body)).to.equal(200);
      expect(first.body['access_token']).to.match(/^[\w-]{43}$/);
      expect(first.body['scope']).to.equal('openid email');
      expect((await userinfo(server, first.body['access_token'])).body).to.include({ email: 'ada@example.com' });
      const ofApi = await refresh(server, app, first.body['refresh_token']);
      expect(audienceOf(ofApi.body)).to.equal(photos);
      for (const more of [{ resource: `${server.issuer}/` }, { audience: server.issuer }]) {
        const { refresh_token: token } = await obtain(server, app, request);
        const again = await refresh(server, app, token, more);
        expect(again.body['scope']).to.equal('openid email');
        expect((await userinfo(server, again.body['access_token'])).status).to.equal(200);
      }
    });

    it('give none without openid, together with an API, to a machine, or at the authorization endpoint', async () => {
      const app = await registerApp(server, { apis: all });
      const { refresh_token: withoutOpenid } = await obtain(server, app, { ...request, scope: 'photos:read' });
      const { refresh_token: narrowed } = await obtain(server, app, request);
      for (const [token, more] of [
        [withoutOpenid, { resource: server.issuer }],
        [narrowed, { resource: server.issuer, scope: 'photos:read' }],
      ] as const) {
        const { status, body } = await refresh(server, app, token, more);
        expect([status, body['error']]).to.deep.equal([400, 'invalid_target']);
        expect(body['error_description']).to.include('openid');
        expect((await refresh(server, app, token)).status, 'the token is still valid').to.equal(200);
      }
      const both = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: String(narrowed) });
      both.append('resource', photos);
      both.append('resource', server.issuer);
      expect((await postForm(`${server.issuer}/token`, both, basic(app))).body).to.include({ error: 'invalid_target' });
      const job = await registerApp(server, { type: 'machine', apis: all });
      const machine = await callAs(server, job, '/token', {
        grant_type: 'client_credentials',
        resource: server.issuer,
      });
      expect(machine.body).to.include({ error: 'invalid_target' });
      const early = await errorOf(app, { scope: 'openid', resource: server.issuer });
      expect(early.get('error')).to.equal('invalid_target');
      expect(early.get('error_description')).to.include('openid');
    });
  });
});

/**
 * What modules of the OpenID conformance suite check and no other test of ours does, sent over HTTP as they send it: in
 * titles, the names of the modules. See docs/conformance.md.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  asks,
  callAs,
  createUser,
  postForm,
  redirectedTo,
  refresh,
  registerApp,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { startLogoutReceiver } from '../support/logout-receiver.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

type Json = Readonly<Record<string, unknown>>;

onEachDatabase('modules of the OpenID conformance suite', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let second: AppClient;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await createUser(server);
    app = await registerSuiteClient('First');
    second = await registerSuiteClient('Second');
  });

  /** As registration.ts registers them. */
  function registerSuiteClient(name: string, more: Parameters<typeof registerApp>[1] = {}): Promise<AppClient> {
    return registerApp(server, { name, apis: [], pkce: 'optional', idTokenAlg: 'RS256', ...more });
  }

  /** An authorization request as most modules send it: no challenge, and a nonce only where it is given. */
  function urlOf(client: AppClient, parameters: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 'the-state',
      ...parameters,
    });
    return `${server.issuer}/authorize?${query.toString()}`;
  }

  async function finish(page: Page, client: AppClient, browser: Browser): Promise<URL> {
    let current = asks(page) === 'sign-in' ? await signIn(browser, page) : page;
    current = asks(current) === 'consent' ? await browser.submit(current, '/consent', { decision: 'allow' }) : current;
    return redirectedTo(current, client);
  }

  function redeem(client: AppClient, code: string | null): ReturnType<typeof callAs> {
    return callAs(server, client, '/token', {
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: client.redirectUri,
    });
  }

  async function tokensFor(
    parameters: Readonly<Record<string, string>> = {},
    { client = app, browser = openBrowser() }: { readonly client?: AppClient; readonly browser?: Browser } = {},
  ): Promise<{ readonly body: Json; readonly claims: JWTPayload; readonly code: string }> {
    const redirected = await finish(await browser.visit(urlOf(client, parameters)), client, browser);
    const code = redirected.searchParams.get('code') ?? '';
    const { status, body } = await redeem(client, code);
    expect(status, JSON.stringify(body)).to.equal(200);
    return { body, claims: decodeJwt(String(body['id_token'])), code };
  }

  async function document(path: string): Promise<Json> {
    return (await (await fetch(`${server.issuer}${path}`)).json()) as Json;
  }

  describe('of the config plan', () => {
    it('find a discovery document with what they require, and one name of our own (oidcc-discovery-endpoint-verification)', async () => {
      const metadata = await document('/.well-known/openid-configuration');
      expect(metadata).to.include({
        issuer: server.issuer,
        claims_parameter_supported: true,
        request_parameter_supported: true,
        request_uri_parameter_supported: false,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
      });
      for (const [name, value] of Object.entries(metadata)) {
        if (name.endsWith('_endpoint') || name === 'jwks_uri') {
          expect(String(value).startsWith(`${server.issuer}/`), name).to.equal(true);
        }
      }
      expect(metadata['scopes_supported']).to.include.members(['openid', 'profile', 'email', 'address', 'phone']);
      expect(metadata['id_token_signing_alg_values_supported']).to.include('RS256').and.not.include('none');
      expect(metadata['request_object_signing_alg_values_supported']).to.include('RS256').and.not.include('none');
      expect(metadata['claims_supported']).to.include.members(['sub', 'name', 'email', 'phone_number', 'address']);
      expect(metadata['subject_types_supported']).to.deep.equal(['public']);
      // Names of the IANA registry "OAuth Authorization Server Metadata", and of OpenID Connect Discovery §3.
      const registered =
        /^(?:issuer|jwks_uri|claims_supported|(?:\w+_endpoint)|(?:\w+_values_supported)|(?:\w+_methods_supported)|claim_types_supported|(?:(?:scopes|response_types|response_modes|grant_types|subject_types|ui_locales|acr_values|claims_parameter|request_parameter|request_uri_parameter|backchannel_logout|backchannel_logout_session|authorization_response_iss_parameter)_supported))$/;
      // Others are allowed (RFC 8414 §2): readers ignore what they do not know.
      expect(Object.keys(metadata).filter((name) => !registered.test(name))).to.deep.equal(['revocation_feed']);
    });

    it('find public keys alone, each with its own kid (ValidateServerJWKs, RFC 7517 §4.5, RFC 7518 §6.3.2)', async () => {
      const { keys } = (await document('/jwks')) as { readonly keys: readonly Json[] };
      expect(keys.map(({ kty }) => kty)).to.include.members(['EC', 'RSA']);
      expect(new Set(keys.map(({ kid }) => kid)).size).to.equal(keys.length);
      for (const key of keys) {
        expect(key['kid']).to.be.a('string').and.not.equal('');
        expect(key).not.to.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k');
        for (const member of ['n', 'e', 'x', 'y'].filter((name) => name in key)) {
          expect(String(key[member])).to.match(/^[A-Za-z0-9_-]+$/);
        }
      }
    });
  });

  describe('of the basic plan', () => {
    it('get an ID token of a published key, whose hash is that of the access token (oidcc-server)', async () => {
      const { body, claims } = await tokensFor({ nonce: 'n-0S6_WzA2Mj' });
      const { keys } = (await document('/jwks')) as { readonly keys: readonly Json[] };
      const header = decodeProtectedHeader(String(body['id_token']));
      expect(header.alg).to.equal('RS256');
      expect(keys.filter(({ kid }) => kid === header.kid).map(({ kty }) => kty)).to.deep.equal(['RSA']);
      expect(claims).to.include({ iss: server.issuer, aud: app.clientId, nonce: 'n-0S6_WzA2Mj' });
      expect(claims).not.to.have.any.keys('name', 'email', 'c_hash');
      if (claims['at_hash'] !== undefined) {
        const hash = createHash('sha256').update(String(body['access_token'])).digest();
        expect(claims['at_hash']).to.equal(hash.subarray(0, 16).toString('base64url'));
      }
      expect(body).to.include({ token_type: 'Bearer' });
    });

    it('need no nonce, and then get none (oidcc-ensure-request-without-nonce-succeeds-for-code-flow)', async () => {
      expect((await tokensFor()).claims).not.to.have.property('nonce');
    });

    const harmless: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'oidcc-ensure-other-scope-order-succeeds': { scope: 'email openid' },
      'oidcc-display-page': { display: 'page' },
      'oidcc-display-popup': { display: 'popup' },
      'oidcc-ensure-request-with-unknown-parameter-succeeds': { extra: 'foobar' },
      'oidcc-login-hint': { login_hint: 'buffy@example.com' },
      'oidcc-ui-locales': { ui_locales: 'se' },
      'oidcc-claims-locales': { claims_locales: 'se' },
      'oidcc-scope-all': { scope: 'openid profile email address phone' },
    };
    for (const [module, parameters] of Object.entries(harmless)) {
      it(`succeed with ${JSON.stringify(parameters)} (${module})`, async () => {
        const { body } = await tokensFor(parameters);
        expect((await userinfo(server, body['access_token'])).status).to.equal(200);
      });
    }

    it('get one of the published authentication contexts that they ask for (oidcc-ensure-request-with-acr-values-succeeds)', async () => {
      const { acr_values_supported: published } = await document('/.well-known/openid-configuration');
      const { claims } = await tokensFor({ acr_values: (published as readonly string[]).join(' ') });
      expect(published).to.include(claims['acr']);
      expect((await tokensFor({ acr_values: '1 2' })).claims.sub, 'unknown ones are no error').to.be.a('string');
    });

    it('may send the request by POST (oidcc-ensure-post-request-succeeds)', async () => {
      const browser = openBrowser();
      const { search } = new URL(urlOf(app));
      const page = await browser.post(`${server.issuer}/authorize`, Object.fromEntries(new URLSearchParams(search)));
      const login = page.location === undefined ? page : await browser.visit(page.location);
      expect((await finish(login, app, browser)).searchParams.get('state')).to.equal('the-state');
    });

    it('get an error at the app if response_type is missing (oidcc-response-type-missing)', async () => {
      const url = new URL(urlOf(app));
      url.searchParams.delete('response_type');
      const { searchParams } = redirectedTo(await openBrowser().get(url.href), app);
      expect(searchParams.get('error')).to.be.oneOf(['invalid_request', 'unsupported_response_type']);
      expect(searchParams.get('state')).to.equal('the-state');
    });

    it('get an essential claim from userinfo, and not in the ID token (oidcc-claims-essential, OIDC Core §5.5)', async () => {
      const { body, claims } = await tokensFor({ claims: JSON.stringify({ userinfo: { name: { essential: true } } }) });
      expect((await userinfo(server, body['access_token'])).body['name']).to.equal('Ada Lovelace');
      expect(claims).not.to.have.property('name');
    });

    it('find the time of the sign-in unchanged where nobody signed in again (oidcc-id-token-hint, oidcc-max-age-10000)', async () => {
      const browser = openBrowser();
      const first = await tokensFor({ max_age: '15000' }, { browser });
      clock.advance(2);
      const hint = String(first.body['id_token']);
      for (const parameters of [{ prompt: 'none', id_token_hint: hint }, { max_age: '10000' }, { prompt: 'none' }]) {
        const again = await browser.visit(urlOf(app, parameters));
        expect(asks(again), JSON.stringify(parameters)).not.to.equal('sign-in');
        const { body } = await redeem(app, redirectedTo(again, app).searchParams.get('code'));
        const claims = decodeJwt(String(body['id_token']));
        expect(claims.sub).to.equal(first.claims.sub);
        expect(claims['auth_time'] ?? first.claims['auth_time']).to.equal(first.claims['auth_time']);
      }
    });

    it('make the user sign in again after max_age, and find the later time (oidcc-max-age-1)', async () => {
      const browser = openBrowser();
      const first = await tokensFor({ max_age: '15000' }, { browser });
      clock.advance(2);
      // The engine compares the time of the sign-in, which is by the clock of the test, with the real time.
      const isPast = (Number(first.claims['auth_time']) + 3) * 1000;
      await wait(Math.max(0, isPast - Date.now()));
      const page = await browser.visit(urlOf(app, { max_age: '1' }));
      expect(asks(page)).to.equal('sign-in');
      const { body } = await redeem(app, (await finish(page, app, browser)).searchParams.get('code'));
      expect(Number(decodeJwt(String(body['id_token']))['auth_time'])).to.be.greaterThan(
        Number(first.claims['auth_time']),
      );
    });

    it('cannot use a code again 30 seconds later, and its access token has ended (oidcc-codereuse-30seconds)', async () => {
      const { body, code } = await tokensFor();
      clock.advance(30);
      expect((await userinfo(server, body['access_token'])).status).to.equal(200);
      expect((await redeem(app, code)).body['error']).to.equal('invalid_grant');
      expect((await userinfo(server, body['access_token'])).status).to.equal(401);
    });

    it('authenticate by client_secret_post (oidcc-server-client-secret-post)', async () => {
      const client = await registerSuiteClient('Post', { authMethod: 'client_secret_post' });
      const browser = openBrowser();
      const redirected = await finish(await browser.visit(urlOf(client)), client, browser);
      const { status, body } = await postForm(`${server.issuer}/token`, {
        grant_type: 'authorization_code',
        code: redirected.searchParams.get('code') ?? '',
        redirect_uri: client.redirectUri,
        client_id: client.clientId,
        client_secret: client.secret ?? '',
      });
      expect(status, JSON.stringify(body)).to.equal(200);
    });

    it('get a second ID token by a refresh token, which is bound to its client (oidcc-refresh-token, OIDC Core §12.2)', async () => {
      const { body, claims } = await tokensFor({ nonce: 'n' });
      await wait(1100); // The engine writes the real time into tokens.
      const {
        status,
        headers,
        body: refreshed,
      } = await refresh(server, app, body['refresh_token'], {
        scope: 'openid',
      });
      expect(status).to.equal(200);
      expect(headers.get('cache-control')).to.include('no-store');
      const again = decodeJwt(String(refreshed['id_token']));
      expect([again.iss, again.sub, again.aud]).to.deep.equal([claims.iss, claims.sub, claims.aud]);
      expect(again['auth_time']).to.equal(claims['auth_time']);
      expect(again.iat).to.be.greaterThan(Number(claims.iat));
      expect([claims['nonce'], again['nonce']]).to.deep.equal(['n', undefined]);
      const other = await tokensFor({}, { client: second });
      const stolen = await refresh(server, app, other.body['refresh_token']);
      expect([stolen.status, stolen.body['error']]).to.deep.equal([400, 'invalid_grant']);
    });
  });

  it('of the back-channel plan get a logout token like the ID token, without a nonce (Back-Channel Logout §2.4)', async () => {
    const notified = await startLogoutReceiver();
    after(() => notified.close());
    const client = await registerSuiteClient('Notified', {
      backchannelLogoutUri: notified.uri,
      postLogoutRedirectUris: ['http://127.0.0.1:9/bye'],
    });
    const browser = openBrowser();
    const { body, claims } = await tokensFor({ nonce: 'n' }, { client, browser });
    const query = new URLSearchParams({
      id_token_hint: String(body['id_token']),
      post_logout_redirect_uri: 'http://127.0.0.1:9/bye',
      state: 's'.repeat(128),
    });
    const received = notified.next();
    const done = await browser.submit(
      await browser.visit(`${server.issuer}/logout?${query.toString()}`),
      '/logout/confirm',
    );
    expect(done.location).to.equal(`http://127.0.0.1:9/bye?state=${'s'.repeat(128)}`);
    const token = await received;
    expect(decodeProtectedHeader(token)).to.include({ alg: 'RS256', typ: 'logout+jwt' });
    const logout = decodeJwt(token);
    expect(logout).to.include({ iss: server.issuer, aud: client.clientId, sub: claims.sub, sid: claims['sid'] });
    expect(logout['events']).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect(logout.jti).to.be.a('string');
    expect(Number(logout.exp) - Number(logout.iat)).to.be.within(1, 120);
    expect(logout).not.to.have.property('nonce');
  });
});

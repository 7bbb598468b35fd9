import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  basic,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  photos,
  postForm,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';
import { send } from './requests.ts';

const by = { actor: 'system' } as const;

/** Every page has the form with which its language is chosen. */
function formsBesidesLanguage({ forms }: Page): Page['forms'] {
  return forms.filter(({ action }) => !action.endsWith('/language'));
}

const onArchive = { scope: 'openid archive:read', resource: archive } as const;

onEachDatabase('attacks on codes and tokens', (start) => {
  let server: TestServer;
  let app: AppClient;
  let other: AppClient;
  let clock: ManualClock;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    other = await registerApp(server, { name: 'Other', redirectUris: ['http://127.0.0.1:9/other'] });
  });

  it('rejects a used code, and revokes its tokens (B10, RFC 6749 §4.1.2)', async () => {
    const authorization = await authorize(server, app, { scope: 'openid archive:read', resource: archive });
    const { body: first } = await redeem(server, app, authorization);
    expect(await isActive(server, app, first['access_token'])).to.equal(true);
    const second = await redeem(server, app, authorization);
    expect(second.status).to.equal(400);
    expect(second.body).to.include({ error: 'invalid_grant' });
    expect(await isActive(server, app, first['access_token'])).to.equal(false);
    expect((await refresh(server, app, first['refresh_token'])).body).to.include({ error: 'invalid_grant' });
  });

  it('revokes a token for userinfo, too, when its code is presented again (B10)', async () => {
    const authorization = await authorize(server, app, { scope: 'openid profile' });
    const { body } = await redeem(server, app, authorization);
    expect((await userinfo(server, body['access_token'])).status).to.equal(200);
    await redeem(server, app, authorization);
    expect((await userinfo(server, body['access_token'])).status).to.equal(401);
  });

  it('refuses a code of another client, and its own client can still use it (B11, B17)', async () => {
    const authorization = await authorize(server, app);
    for (const thief of [other, await registerApp(server, { type: 'browser', name: 'Thief' })]) {
      expect((await redeem(server, thief, authorization, { redirect_uri: app.redirectUri })).body).to.include({
        error: 'invalid_grant',
      });
    }
    expect((await redeem(server, app, authorization)).status).to.equal(200);
  });

  it('refuses a code with another redirect_uri or without one (B11, RFC 6749 §4.1.3)', async () => {
    const second = await registerApp(server, {
      name: 'Two',
      redirectUris: ['http://127.0.0.1:9/one', 'http://127.0.0.1:9/two'],
    });
    for (const redirect of ['http://127.0.0.1:9/two', 'http://127.0.0.1:9/one/', '']) {
      const answer = await redeem(server, second, await authorize(server, second), { redirect_uri: redirect });
      expect(answer.status, redirect).to.equal(400);
      expect(answer.body['error'], redirect).to.be.oneOf(['invalid_grant', 'invalid_request']);
    }
  });

  it('refuses a code with a wrong, missing, empty or repeated verifier (B8, RFC 7636 §4.6)', async () => {
    for (const verifier of ['a'.repeat(43), 'b'.repeat(42), 'c'.repeat(129), '', undefined]) {
      const { code } = await authorize(server, app);
      const answer = await callAs(server, app, '/token', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: app.redirectUri,
        ...(verifier === undefined ? {} : { code_verifier: verifier }),
      });
      expect(answer.status, String(verifier)).to.equal(400);
      expect(answer.body['error'], String(verifier)).to.be.oneOf(['invalid_grant', 'invalid_request']);
    }
    const { code, verifier } = await authorize(server, app);
    const body = new URLSearchParams([
      ['grant_type', 'authorization_code'],
      ['code', code],
      ['redirect_uri', app.redirectUri],
      ['code_verifier', verifier],
      ['code_verifier', verifier],
    ]);
    expect((await postForm(`${server.issuer}/token`, body, basic(app))).body).to.include({ error: 'invalid_request' });
  });

  it('refuses a code after 60 seconds (B11)', async () => {
    const authorization = await authorize(server, app);
    clock.advance(70);
    try {
      expect((await redeem(server, app, authorization)).body).to.include({ error: 'invalid_grant' });
    } finally {
      clock.advance(-70);
    }
  });

  it('revokes the whole family when an old refresh token is used again (B13, RFC 9700 §4.14.2)', async () => {
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    const third = (await refresh(server, app, second['refresh_token'])).body;
    expect((await refresh(server, app, first['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect((await refresh(server, app, third['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect(await isActive(server, app, third['access_token'])).to.equal(false);
    expect(await isActive(server, app, third['refresh_token'])).to.equal(false);
  });

  it("refuses a refresh token of another client or without its client's secret, and it stays valid (B17)", async () => {
    const { refresh_token: token } = await obtain(server, app, onArchive);
    expect((await refresh(server, other, token)).body).to.include({ error: 'invalid_grant' });
    const stranger = await registerApp(server, { type: 'browser', name: 'Stranger' });
    expect((await refresh(server, stranger, token)).body).to.include({ error: 'invalid_grant' });
    const fields = { grant_type: 'refresh_token', refresh_token: String(token) };
    expect((await postForm(`${server.issuer}/token`, { ...fields, client_id: app.clientId })).body).to.include({
      error: 'invalid_client',
    });
    expect((await postForm(`${server.issuer}/token`, fields, basic(app, 'wrong'))).body).to.include({
      error: 'invalid_client',
    });
    expect((await refresh(server, app, token)).status).to.equal(200);
  });

  it("lets no client revoke or see another client's token, and answers 200 for a value that is not a token (B31, RFC 7009 §2.2)", async () => {
    const { access_token: token } = await obtain(server, app, onArchive);
    const foreign = await callAs(server, other, '/revoke', { token: String(token) });
    expect(foreign.status).to.be.oneOf([200, 400]);
    expect(await isActive(server, other, token)).to.equal(false);
    expect(await isActive(server, app, token)).to.equal(true);
    for (const nothing of ['x', 'a'.repeat(43), '../..', '{"$gt":""}', '__proto__', 'é']) {
      expect((await callAs(server, app, '/revoke', { token: nothing })).status, nothing).to.equal(200);
      expect((await introspect(server, app, nothing)).body, nothing).to.deep.equal({ active: false });
    }
  });

  it('revokes the access tokens of a refresh token together with it (B31)', async () => {
    const tokens = await obtain(server, app, onArchive);
    expect((await callAs(server, app, '/revoke', { token: String(tokens['refresh_token']) })).status).to.equal(200);
    expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
  });

  it('accepts a pushed request once, from its own client, and ignores other parameters beside it (B27, RFC 9126 §2, §4)', async () => {
    const { url, verifier } = authorizationUrl(server, app);
    const pushed = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
    expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
    expect(pushed.body['expires_in']).to.be.within(1, 60);
    const requestUri = String(pushed.body['request_uri']);
    const front = (client: AppClient, more: Record<string, string> = {}): string =>
      `${server.issuer}/authorize?${new URLSearchParams({ client_id: client.clientId, request_uri: requestUri, ...more }).toString()}`;

    const stolen = await openBrowser().visit(front(other));
    expect(stolen.status).to.equal(400);

    const browser = openBrowser();
    const page = await browser.visit(
      front(app, { redirect_uri: 'https://evil.example/', scope: 'openid archive:write', state: 'evil' }),
    );
    let next = await signIn(browser, page);
    expect(next.html).not.to.include('archive:write');
    if (next.forms.some(({ action }) => action.endsWith('/consent'))) {
      next = await browser.submit(next, '/consent', { decision: 'allow' });
    }
    const redirected = redirectedTo(next, app);
    expect(redirected.searchParams.get('state')).to.equal('the-state');
    expect((await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier })).status).to.equal(
      200,
    );

    const again = await openBrowser().visit(front(app));
    expect(
      again.location?.startsWith(app.redirectUri) === true
        ? new URL(again.location).searchParams.get('error')
        : again.status,
    ).to.be.oneOf([400, 'invalid_request_uri']);

    expect((await postForm(`${server.issuer}/par`, Object.fromEntries(new URL(url).searchParams))).body).to.include({
      error: 'invalid_client',
    });
  });

  it('redirects with 303 after a password was posted, so that no browser posts it again (B36, RFC 9700 §4.12)', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const login = page.forms.find(({ action }) => action.endsWith('/login'));
    const posted = await browser.post(new URL(login?.action ?? '', page.url).href, {
      ...login?.fields,
      email: 'ada@example.com',
      password: 'correct horse battery staple',
    });
    expect(posted.status).to.equal(303);
    const resumed = await browser.get(posted.location ?? '');
    expect(resumed.status).to.equal(303);
  });

  it('gives a browser a new session cookie at sign-in; a planted one is not valid (C12)', async () => {
    const attacker = openBrowser();
    await attacker.visit(authorizationUrl(server, app).url);
    await authorize(server, app, {}, attacker);
    const planted = attacker.cookies.get('gatehouse_session');
    expect(planted).to.be.a('string');
    const page = await attacker.visit(authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url);
    const done = await signIn(attacker, page);
    expect(done.status).to.be.oneOf([200, 303]);
    expect(attacker.cookies.get('gatehouse_session')).to.be.a('string').and.not.equal(planted);
    const cookie = `gatehouse_session=${planted ?? ''}; gatehouse_session.sig=${attacker.cookies.get('gatehouse_session.sig') ?? ''}`;
    expect((await send(server, '/account', { headers: { cookie } })).headers.location).to.include('/authorize?');
  });
});

describe('attacks on the authorization endpoint', () => {
  let server: TestServer;
  let app: AppClient;
  before(async () => {
    server = await startTestServer();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server, { redirectUris: ['http://127.0.0.1:9/callback'] });
  });
  after(() => server.stop());

  const variants = [
    '/callback/',
    '/Callback',
    '/callback?x=1',
    '/callback?',
    '/callback#',
    '/callback#x',
    '/callback/../callback',
    '/./callback',
    '/%63allback',
    '/callback%20',
    '/callback%00',
    '/%2563allback',
    '//callback',
    '/callback;x',
    '',
  ]
    .map((path) => `http://127.0.0.1:9${path}`)
    .concat([
      'http://127.0.0.1:9@evil.example/callback',
      'http://127.0.0.1:80@evil.example/callback',
      'http://127.0.0.1.evil.example:9/callback',
      'http://127.0.0.1:10/callback',
      'http://127.0.0.1/callback',
      'https://127.0.0.1:9/callback',
      'HTTP://127.0.0.1:9/callback',
      'http://localhost:9/callback',
      'http://[::1]:9/callback',
      'http://2130706433:9/callback',
      'http://127.1:9/callback',
      'http:\\\\127.0.0.1:9\\callback',
      'http://evil.example\\@127.0.0.1:9/callback',
      'http://evil.example/http://127.0.0.1:9/callback',
      ' http://127.0.0.1:9/callback',
      'http://127.0.0.1:9/callback ',
      'http://127.0.0.1:9/call\tback',
      'http://127.0.0.1:9/callback\r\nX-Evil: 1',
      'javascript:alert(1)//http://127.0.0.1:9/callback',
      'data:text/html,x',
      '//127.0.0.1:9/callback',
      '/callback',
      'callback',
      '*',
      'http://*',
      'null',
    ]);

  for (const mode of [undefined, 'query', 'fragment', 'form_post', 'web_message', 'jwt']) {
    it(`shows an error page and does not redirect to an unregistered redirect_uri, response_mode ${mode ?? 'absent'} (B1, RFC 9700 §4.1.3)`, async () => {
      for (const variant of variants) {
        for (const bad of [{}, { response_type: 'token' }, { prompt: 'none' }]) {
          const { url } = authorizationUrl(server, app, {
            parameters: { redirect_uri: variant, ...(mode === undefined ? {} : { response_mode: mode }), ...bad },
          });
          const page = await openBrowser().get(url);
          expect(page.status, variant).to.equal(400);
          expect(page.location, variant).to.equal(undefined);
          expect(formsBesidesLanguage(page), variant).to.deep.equal([]);
          expect(page.headers.get('x-evil')).to.equal(null);
        }
      }
    });
  }

  it('shows an error page with escaped values for an unknown client or a wrong redirect_uri (B4)', async () => {
    for (const parameters of [
      { client_id: '<script>alert(1)</script>' },
      { client_id: '"><img src=x onerror=alert(1)>' },
      { redirect_uri: '"><script>alert(1)</script>' },
      { redirect_uri: '' },
      { client_id: '' },
    ]) {
      const page = await openBrowser().get(authorizationUrl(server, app, { parameters }).url);
      expect(page.status, JSON.stringify(parameters)).to.equal(400);
      expect(page.location).to.equal(undefined);
      expect(page.html).not.to.match(/<script>alert|<img src=x/);
    }
  });

  it('supports no response type but code (B6)', async () => {
    for (const type of [
      'token',
      'id_token',
      'code id_token',
      'code token',
      'id_token token',
      'code id_token token',
      'none',
      'CODE',
      'code ',
      '',
    ]) {
      const page = await openBrowser().get(
        authorizationUrl(server, app, { parameters: { response_type: type, nonce: 'n' } }).url,
      );
      expect(page.status, type).to.be.oneOf([303, 400]);
      if (page.location !== undefined) {
        const location = new URL(page.location);
        const answer = new URLSearchParams(`${location.search.slice(1)}&${location.hash.slice(1)}`);
        expect(answer.get('error'), type).to.be.oneOf([
          'unsupported_response_type',
          'unauthorized_client',
          'invalid_request',
        ]);
        expect(answer.get('access_token') ?? answer.get('id_token') ?? answer.get('code')).to.equal(null);
      }
    }
  });

  it('refuses the password grant, the implicit grant and unknown grants (B6, B32)', async () => {
    for (const type of [
      'password',
      'implicit',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:openid:params:grant-type:ciba',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      '__proto__',
      'constructor',
      'toString',
      '',
    ]) {
      const answer = await callAs(server, app, '/token', {
        grant_type: type,
        username: 'ada@example.com',
        password: 'correct horse battery staple',
      });
      expect(answer.status, type).to.equal(400);
      expect(answer.body['error'], type).to.be.oneOf([
        'unsupported_grant_type',
        'invalid_request',
        'unauthorized_client',
      ]);
    }
    expect((await callAs(server, app, '/token', { grant_type: 'client_credentials' })).body['error']).to.be.oneOf([
      'unauthorized_client',
      'invalid_request',
    ]);
  });

  it('lists in its metadata only the response type code and S256, no implicit grant, and iss (RFC 8414 §2, RFC 9207 §3)', async () => {
    const metadata = JSON.parse((await send(server, '/.well-known/openid-configuration')).text) as Record<
      string,
      unknown
    >;
    expect(metadata['response_types_supported']).to.deep.equal(['code']);
    expect(metadata['grant_types_supported']).to.have.members([
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ]);
    expect(metadata['code_challenge_methods_supported']).to.deep.equal(['S256']);
    expect(metadata['authorization_response_iss_parameter_supported']).to.equal(true);
    expect(metadata['id_token_signing_alg_values_supported']).to.have.members(['ES256', 'RS256']);
    expect(metadata['token_endpoint_auth_methods_supported']).to.have.members([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ]);
    expect(metadata['token_endpoint_auth_signing_alg_values_supported']).to.satisfy((algorithms: string[]) =>
      algorithms.every((one) => !/^HS|none/i.test(one)),
    );
    expect(metadata['request_parameter_supported']).to.equal(true);
    // Neither unsigned ones nor those that are signed with a secret (RFC 9101 §10.2).
    expect(metadata['request_object_signing_alg_values_supported']).to.have.members([
      'ES256',
      'RS256',
      'PS256',
      'EdDSA',
      'Ed25519',
    ]);
    expect(metadata['request_uri_parameter_supported'] ?? false).to.equal(false);
    expect(metadata['response_modes_supported']).to.satisfy((modes: string[]) =>
      modes.every((mode) => ['query', 'form_post', 'fragment'].includes(mode)),
    );
    expect(metadata).not.to.have.property('registration_endpoint');
  });

  it('refuses an authorization request without PKCE, with plain, with a challenge of the wrong length, for every type of client (B7, RFC 9700 §2.1.1)', async () => {
    const publicApp = await registerApp(server, { type: 'browser', name: 'Calendar' });
    const cases = [
      { code_challenge: '', code_challenge_method: '' },
      { code_challenge_method: 'plain' },
      { code_challenge_method: '' },
      { code_challenge_method: 's256' },
      { code_challenge: '' },
      { code_challenge: 'a'.repeat(42) },
      { code_challenge: 'a'.repeat(129) },
      { code_challenge: 'a'.repeat(42) + '=' },
      { code_challenge: 'a'.repeat(42) + '+' },
    ];
    for (const client of [app, publicApp]) {
      for (const parameters of cases) {
        const page = await openBrowser().get(authorizationUrl(server, client, { parameters }).url);
        expect(page.status, JSON.stringify(parameters)).to.equal(303);
        const location = redirectedTo(page, client);
        expect(location.searchParams.get('error'), JSON.stringify(parameters)).to.equal('invalid_request');
        expect(location.searchParams.get('iss')).to.equal(server.issuer);
        expect(location.searchParams.get('state')).to.equal('the-state');
      }
    }
  });

  it('returns its issuer in iss with every answer, also with errors and form_post, whatever the headers claim (B29, RFC 9207)', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example;proto=https',
      'x-forwarded-proto': 'https',
    };
    const browser = openBrowser(headers);
    const { redirected } = await authorize(server, app, {}, browser);
    expect(redirected.searchParams.getAll('iss')).to.deep.equal([server.issuer]);
    const posted = await browser.visit(
      authorizationUrl(server, app, { parameters: { response_mode: 'form_post' } }).url,
    );
    expect(posted.forms[0]?.action).to.equal(app.redirectUri);
    expect(posted.forms[0]?.fields).to.include({ iss: server.issuer, state: 'the-state' });
    const failed = await openBrowser(headers).visit(
      authorizationUrl(server, app, { parameters: { response_mode: 'form_post', prompt: 'none' } }).url,
    );
    expect(failed.forms[0]?.fields).to.include({ iss: server.issuer, error: 'login_required' });
  });

  it('refuses request_uri and registration, and fetches nothing (B28, B22)', async () => {
    const { url: canary, requestCount, close } = await openCanary();
    try {
      for (const [parameters, allowed] of [
        [{ request_uri: `${canary}/request` }, ['request_uri_not_supported', 'invalid_request', 'invalid_request_uri']],
        [{ request_uri: 'urn:ietf:params:oauth:request_uri:nothing' }, ['invalid_request_uri', 'invalid_request']],
        [{ registration: '{}' }, ['registration_not_supported', 'invalid_request']],
        [
          { request_uri: 'file:///etc/passwd' },
          ['request_uri_not_supported', 'invalid_request', 'invalid_request_uri'],
        ],
      ] as const) {
        const page = await openBrowser().get(authorizationUrl(server, app, { parameters }).url);
        const error =
          page.location?.startsWith('http://127.0.0.1:9/') === true
            ? new URL(page.location).searchParams.get('error')
            : undefined;
        expect(
          page.status === 400 || (allowed as readonly (string | null | undefined)[]).includes(error),
          `${JSON.stringify(parameters).slice(0, 60)}: ${page.status} ${page.location ?? ''}`,
        ).to.equal(true);
      }
      expect(requestCount()).to.equal(0);
    } finally {
      await close();
    }
  });

  it('answers prompt=none with an error, not a page, when the user must sign in or consent (B35, OIDC Core §3.1.2.1)', async () => {
    const nobody = await openBrowser().get(authorizationUrl(server, app, { parameters: { prompt: 'none' } }).url);
    expect(redirectedTo(nobody, app).searchParams.get('error')).to.equal('login_required');
    const browser = openBrowser();
    await authorize(server, app, {}, browser);
    const more = await browser.get(
      authorizationUrl(server, app, {
        scope: 'openid archive:write',
        resource: archive,
        parameters: { prompt: 'none' },
      }).url,
    );
    expect(redirectedTo(more, app).searchParams.get('error')).to.be.oneOf(['consent_required', 'interaction_required']);
  });

  for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
    it(`asks for the password again on ${JSON.stringify(parameters)}, and does not accept a wrong one (B35)`, async () => {
      const browser = openBrowser();
      await authorize(server, app, {}, browser);
      const page = await browser.visit(authorizationUrl(server, app, { parameters }).url);
      expect(page.forms.some(({ action }) => action.endsWith('/login'))).to.equal(true);
      const wrong = await signIn(browser, page, 'ada@example.com', 'not the password at all');
      expect(wrong.status).to.equal(401);
      const uid = /\/interaction\/([^/]+)/.exec(page.forms[0]?.action ?? '')?.[1] ?? '';
      const skipped = await browser.get(`${server.issuer}/authorize/${uid}`);
      expect(
        skipped.location?.startsWith(app.redirectUri) === true && new URL(skipped.location).searchParams.has('code'),
      ).to.equal(false);
    });
  }

  it('answers a hint for another user with login_required (B35, OIDC Core §3.1.2.2)', async () => {
    await createUser(server, 'bob@example.com');
    const bob = openBrowser();
    let page = await signIn(bob, await bob.visit(authorizationUrl(server, app).url), 'bob@example.com');
    if (page.forms.some(({ action }) => action.endsWith('/consent'))) {
      page = await bob.submit(page, '/consent', { decision: 'allow' });
    }
    const ada = await obtain(server, app, { scope: 'openid' });
    const hinted = await bob.get(
      authorizationUrl(server, app, { parameters: { prompt: 'none', id_token_hint: String(ada['id_token']) } }).url,
    );
    expect(redirectedTo(hinted, app).searchParams.get('error')).to.equal('login_required');
  });

  it('shows an interaction only to the browser that started it', async () => {
    const victim = openBrowser();
    const page = await victim.visit(authorizationUrl(server, app).url);
    const attacker = openBrowser();
    await attacker.visit(authorizationUrl(server, app).url);
    const stolen = await attacker.get(page.url);
    expect(stolen.status).to.equal(400);
    expect(formsBesidesLanguage(stolen)).to.deep.equal([]);
    const posted = await attacker.post(`${page.url}/login`, {
      ...page.forms[0]?.fields,
      email: 'ada@example.com',
      password: 'correct horse battery staple',
    });
    expect(posted.status).to.equal(400);
  });
});

interface Canary {
  readonly url: string;
  requestCount(): number;
  close(): Promise<void>;
}

async function openCanary(): Promise<Canary> {
  let count = 0;
  const server: Server = createServer((_request, response) => {
    count += 1;
    response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requestCount: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

onEachDatabase('request objects are refused (B28, RFC 9101 §10)', (start) => {
  let server: TestServer;
  let key: CryptoKey;
  let signer: AppClient;
  let publicKey: JWK;

  before(async () => {
    server = await start();
    const pair = await generateKeyPair('ES256');
    key = pair.privateKey;
    publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one' };
    signer = await registerApp(server, { name: 'Signer', apis: [], jwks: JSON.stringify({ keys: [publicKey] }) });
  });

  function claims(more: JWTPayload = {}): JWTPayload {
    const { url } = authorizationUrl(server, signer);
    const now = Math.floor(Date.now() / 1000);
    return {
      ...Object.fromEntries(new URL(url).searchParams),
      iss: signer.clientId,
      aud: server.issuer,
      exp: now + 300,
      ...more,
    };
  }

  function sign(
    payload: JWTPayload,
    header: Readonly<Record<string, unknown>> = {},
    signingKey: CryptoKey | Uint8Array = key,
  ): Promise<string> {
    return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(signingKey);
  }

  /** Both at the authorization endpoint, with and without a valid request around it, and pushed. */
  async function expectRefusal(request: string, error = 'invalid_request_object'): Promise<void> {
    const alone = new URLSearchParams({ client_id: signer.clientId, request }).toString();
    const page = await openBrowser().get(`${server.issuer}/authorize?${alone}`);
    expect(page.status, page.location).to.equal(400);
    expect(page.html).to.include(error);
    const around = await openBrowser().get(authorizationUrl(server, signer, { parameters: { request } }).url);
    expect(redirectedTo(around, signer).searchParams.get('error')).to.equal(error);
    const pushed = await callAs(server, signer, '/par', { request });
    expect(pushed.status, JSON.stringify(pushed.body)).to.equal(400);
    expect(pushed.body['error']).to.equal(error);
  }

  it('with alg none, also if it is called otherwise (RFC 9101 §10.2)', async () => {
    const unsigned = new UnsecuredJWT(claims()).encode();
    await expectRefusal(unsigned);
    const [, payload = ''] = unsigned.split('.');
    for (const alg of ['None', 'NONE', '', 'null']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      await expectRefusal(`${header}.${payload}.`);
    }
    const signed = await sign(claims());
    await expectRefusal(signed.slice(0, signed.lastIndexOf('.') + 1));
  });

  it('with HMAC, by the public key or by the secret, of which only a digest is stored', async () => {
    for (const secret of [
      JSON.stringify(publicKey),
      String(publicKey.x),
      signer.secret ?? '',
      'only-digests-are-stored',
    ]) {
      await expectRefusal(await sign(claims(), { alg: 'HS256' }, new TextEncoder().encode(secret.padEnd(32, '0'))));
    }
  });

  it('with a key of the sender, whether or not the header names it by jwk, jku, x5u or kid, and fetches nothing (B22)', async () => {
    const { url: canary, requestCount, close } = await openCanary();
    try {
      const stranger = await generateKeyPair('ES256');
      const jwk = await exportJWK(stranger.publicKey);
      for (const header of [
        {},
        { jwk },
        { jku: `${canary}/keys` },
        { x5u: `${canary}/certificate` },
        { kid: '../../../dev/null' },
        { kid: undefined, jwk },
      ]) {
        await expectRefusal(await sign(claims(), header, stranger.privateKey));
      }
      expect(requestCount()).to.equal(0);
    } finally {
      await close();
    }
  });

  it("with another client's key, and another client's object", async () => {
    const pair = await generateKeyPair('ES256');
    const other = await registerApp(server, {
      name: 'Other signer',
      apis: [],
      jwks: JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one' }] }),
    });
    await expectRefusal(await sign(claims(), {}, pair.privateKey));
    await expectRefusal(await sign(claims({ iss: other.clientId, client_id: other.clientId }), {}, pair.privateKey));
    await expectRefusal(await sign(claims({ client_id: other.clientId })));
  });

  it('that were changed, or have an unknown critical header', async () => {
    const [header = '', , signature = ''] = (await sign(claims())).split('.');
    const evil = Buffer.from(JSON.stringify(claims({ scope: 'openid archive:write' }))).toString('base64url');
    await expectRefusal(`${header}.${evil}.${signature}`);
    const critical = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'one', crit: ['x'], x: 1 })).toString('base64url');
    await expectRefusal(`${critical}.${evil}.${signature}`);
  });

  it('that have expired, are for another server, contain another, or are something else', async () => {
    const now = Math.floor(Date.now() / 1000);
    await expectRefusal(await sign(claims({ exp: now - 60 })));
    await expectRefusal(await sign(claims({ aud: 'https://evil.example' })));
    await expectRefusal(await sign(claims({ request: await sign(claims()) })));
    await expectRefusal(await sign(claims({ request_uri: 'https://evil.example/request' })));
    await expectRefusal(await sign({ iss: signer.clientId, sub: signer.clientId, aud: server.issuer, exp: now + 60 }));
    for (const text of ['x', '..', 'a.b.c', 'a.b.c.d.e', '{}']) {
      await expectRefusal(text);
    }
  });

  it('that lead elsewhere: a redirect URI in a signed object must be registered, too', async () => {
    const request = await sign(claims({ redirect_uri: 'https://evil.example/' }));
    const query = new URLSearchParams({ client_id: signer.clientId, request }).toString();
    const page = await openBrowser().get(`${server.issuer}/authorize?${query}`);
    expect(page.status).to.equal(400);
    expect(page.location).to.equal(undefined);
    expect((await callAs(server, signer, '/par', { request })).status).to.equal(400);
  });
});

describe('attacks on client authentication', () => {
  let server: TestServer;
  let machine: AppClient;
  let keyed: AppClient;
  let privateKey: CryptoKey;
  let publicJwk: Record<string, unknown>;

  before(async () => {
    server = await startTestServer({ environment: { THROTTLE_ADDRESS_FREE: '100000', THROTTLE_PAIR_FREE: '100' } });
    await seedApis(server);
    await createUser(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
    const pair = await generateKeyPair('ES256', { extractable: true });
    privateKey = pair.privateKey;
    publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    keyed = await registerApp(server, {
      type: 'machine',
      name: 'Keyed',
      apis: [photos],
      authMethod: 'private_key_jwt',
      jwks: JSON.stringify({ keys: [publicJwk] }),
    });
  });
  after(() => server.stop());

  const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const withAssertion = (assertion: string, more: Record<string, string> = {}) =>
    postForm(`${server.issuer}/token`, {
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: assertion,
      ...more,
    });

  let counter = 0;
  function claims(more: JWTPayload = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    counter += 1;
    return {
      iss: keyed.clientId,
      sub: keyed.clientId,
      aud: server.issuer,
      iat: now,
      exp: now + 60,
      jti: `jti-${counter}`,
      ...more,
    };
  }
  const signed = (
    payload: JWTPayload,
    header: Record<string, unknown> = {},
    key: CryptoKey | Uint8Array = privateKey,
  ): Promise<string> => new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);

  it('accepts a valid assertion once (RFC 7523 §3)', async () => {
    const assertion = await signed(claims());
    expect((await withAssertion(assertion)).status).to.equal(200);
    expect((await withAssertion(assertion)).body).to.include({ error: 'invalid_client' });
  });

  it('refuses assertions for another audience, of another client, expired, valid too long, not valid yet, or without a required claim (RFC 7523 §3)', async () => {
    const now = Math.floor(Date.now() / 1000);
    const bad: JWTPayload[] = [
      { aud: `${server.issuer}/token` },
      { aud: [server.issuer] },
      { aud: [server.issuer, 'https://evil.example'] },
      { aud: `${server.issuer}/` },
      { aud: 'https://evil.example' },
      { iss: machine.clientId },
      { sub: machine.clientId },
      { exp: now + 3600 },
      { exp: now + 315_360_000 },
      { exp: now - 60 },
      { iat: now + 3600 },
      { nbf: now + 3600 },
    ];
    for (const more of bad) {
      expect((await withAssertion(await signed(claims(more)))).body['error'], JSON.stringify(more)).to.equal(
        'invalid_client',
      );
    }
    for (const missing of ['aud', 'exp', 'jti', 'iss', 'sub']) {
      const payload = claims();
      Reflect.deleteProperty(payload, missing);
      expect((await withAssertion(await signed(payload))).body['error'], missing).to.equal('invalid_client');
    }
  });

  it('refuses assertions without a signature, with another algorithm or key, or with an unknown crit (B21)', async () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = await signed(claims());
    const [header = '', payload = '', signature = ''] = good.split('.');
    const stranger = await generateKeyPair('ES256');
    const forged = [
      new UnsecuredJWT(claims()).encode(),
      ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => [
        `${encode({ alg })}.${encode(claims())}.`,
        `${encode({ alg, kid: 'one' })}.${encode(claims())}.${signature}`,
      ]),
      await signed(claims(), { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(publicJwk))),
      await signed(claims(), { alg: 'HS256' }, new TextEncoder().encode('only-digests-are-stored')),
      `${header}.${payload}.`,
      `${header}.${payload}.${'A'.repeat(86)}`,
      `${header}.${payload}.${signature.slice(0, 20)}`,
      `${header}.${encode(claims())}.${signature}`,
      `${encode({ alg: 'ES256', kid: 'one', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      `${encode({ alg: 'RS256', kid: 'one' })}.${payload}.${signature}`,
      `${encode({ alg: 'ES256', kid: 'one', b64: false, crit: ['b64'] })}.${payload}.${signature}`,
      await signed(claims(), {}, stranger.privateKey),
      await signed(claims(), { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
      '..',
      '.',
      '',
      'a.b.c',
      `${good}.x`,
      `${header}.${payload}`,
      'x'.repeat(5000),
    ];
    for (const assertion of forged) {
      const answer = await withAssertion(assertion);
      expect(answer.body['error'], assertion.slice(0, 120)).to.be.oneOf(['invalid_client', 'invalid_request']);
      expect(answer.body).not.to.have.property('access_token');
    }
    expect((await withAssertion(good)).status).to.equal(200);
  });

  it("uses only the client's own keys: kid is only a name, and jku and x5u are not fetched (B22)", async () => {
    const canary = await openCanary();
    try {
      const stranger = await generateKeyPair('ES256');
      for (const header of [
        { kid: '../../../../dev/null' },
        { kid: "' OR 1=1 --" },
        { kid: '__proto__' },
        { kid: 'constructor' },
        { kid: { $gt: '' } },
        { kid: `${canary.url}/k` },
        { jku: `${canary.url}/jwks` },
        { x5u: `${canary.url}/x5u` },
        { x5c: ['MIIB'] },
        { jwk: await exportJWK(stranger.publicKey) },
      ]) {
        const answer = await withAssertion(await signed(claims(), header, stranger.privateKey));
        expect(answer.body['error'], JSON.stringify(header)).to.equal('invalid_client');
      }
      expect(canary.requestCount()).to.equal(0);
    } finally {
      await canary.close();
    }
  });

  it('rejects two authentication methods together, and a body that names another client (B18, RFC 6749 §2.3)', async () => {
    const other = await registerApp(server, {
      type: 'machine',
      name: 'Other',
      apis: [photos],
      authMethod: 'client_secret_post',
    });
    const token = { grant_type: 'client_credentials' };
    const answers = await Promise.all([
      postForm(`${server.issuer}/token`, { ...token, client_id: other.clientId }, basic(machine)),
      postForm(
        `${server.issuer}/token`,
        { ...token, client_id: machine.clientId, client_secret: machine.secret ?? '' },
        basic(machine),
      ),
      postForm(
        `${server.issuer}/token`,
        { ...token, client_id: other.clientId, client_secret: other.secret ?? '' },
        basic(machine),
      ),
      withAssertion(await signed(claims()), { client_id: other.clientId }),
      withAssertion(await signed(claims()), { client_id: other.clientId, client_secret: other.secret ?? '' }),
      withAssertion(await signed(claims()), {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      }),
    ]);
    for (const [index, answer] of answers.entries()) {
      expect(answer.body['error'], `case ${index}`).to.be.oneOf(['invalid_request', 'invalid_client']);
      expect(answer.body, `case ${index}`).not.to.have.property('access_token');
    }
  });

  it('accepts no digest, no placeholder and no empty or missing value as a client secret', async () => {
    const { digest } = await import('../../src/crypto/secrets.ts');
    for (const [fields, headers] of [
      [{ client_id: machine.clientId }, {}],
      [{ client_id: machine.clientId, client_secret: '' }, {}],
      [{}, basic(machine, '')],
      [{}, basic(machine, digest(machine.secret ?? ''))],
      [{}, basic(machine, 'only-digests-are-stored')],
      [{}, basic(keyed, 'only-digests-are-stored')],
      [{ client_id: keyed.clientId }, {}],
      [{}, basic({ ...machine, clientId: 'nobody' })],
    ] as const) {
      const answer = await postForm(`${server.issuer}/token`, { grant_type: 'client_credentials', ...fields }, headers);
      expect(answer.body['error'], JSON.stringify(fields)).to.be.oneOf(['invalid_client', 'invalid_request']);
      expect(answer.status).to.be.oneOf([400, 401]);
    }
  });

  it('gives a client no scope and no API that it is not allowed to use (B32)', async () => {
    for (const more of [
      { scope: 'archive:read' },
      { scope: 'photos:read archive:read' },
      { resource: archive },
      { resource: 'https://evil.example' },
      { resource: 'x' },
      { scope: 'openid' },
      { scope: 'admin' },
      { resource: `${photos}#x` },
    ]) {
      const answer = await callAs(server, machine, '/token', { grant_type: 'client_credentials', ...more });
      expect(answer.status, JSON.stringify(more)).to.equal(400);
      expect(answer.body['error'], JSON.stringify(more)).to.be.oneOf(['invalid_scope', 'invalid_target']);
      expect(answer.body).not.to.have.property('access_token');
    }
  });

  it('does not extend a refresh token: other scopes and APIs are refused, and it stays valid (B32, RFC 6749 §6)', async () => {
    const app = await registerApp(server);
    const tokens = await obtain(server, app, onArchive);
    for (const more of [
      { scope: 'openid archive:read archive:write' },
      { scope: 'photos:read' },
      { resource: photos },
      { resource: 'https://evil.example' },
    ]) {
      const answer = await refresh(server, app, tokens['refresh_token'], more);
      expect(answer.status, JSON.stringify(more)).to.equal(400);
    }
    expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(200);
  });

  it('accepts at userinfo only access tokens for userinfo (B23)', async () => {
    const app = await registerApp(server);
    const tokens = await obtain(server, app, onArchive);
    const { body: cc } = await callAs(server, machine, '/token', { grant_type: 'client_credentials' });
    const jwt = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    for (const [what, token] of Object.entries({
      'ID token': tokens['id_token'],
      'refresh token': tokens['refresh_token'],
      'token of an API': tokens['access_token'],
      'JWT of an API': jwt['access_token'],
      'client credentials': cc['access_token'],
      nothing: '',
      unsigned: new UnsecuredJWT({ sub: 'x' }).encode(),
      odd: '../../x',
    })) {
      const answer = await userinfo(server, token);
      expect(answer.status, what).to.be.oneOf([400, 401, 403]);
      expect(answer.body, what).not.to.have.property('sub');
      if (answer.status === 401) {
        expect(answer.headers.get('www-authenticate'), what).to.include('Bearer');
      }
    }
    expect(
      (await postForm(`${server.issuer}/userinfo?access_token=${String(tokens['access_token'])}`, {})).status,
    ).to.be.oneOf([400, 401]);
  });

  it("creates no client whose id could be a user's subject (B24, RFC 9700 §4.15)", async () => {
    const sub = await createUser(server, 'eve@example.com');
    for (const id of [sub, sub.toUpperCase(), 'usr_x', 'gatehouse-account', 'a', '../x', '__proto__', 'x y']) {
      let code: unknown = 'accepted';
      try {
        await server.services.clients.create({ id, name: 'Evil', type: 'machine' }, by);
      } catch (error) {
        code = error instanceof Error && 'code' in error ? error.code : error;
      }
      expect(code, id).to.be.oneOf(['invalid_input', 'conflict']);
    }
  });

  it('creates no client whose id is a property of every object: the sessions of all users would share its part (A4)', async () => {
    for (const id of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      let code: unknown = 'accepted';
      try {
        await server.services.clients.create({ id, name: 'Builders', type: 'machine' }, by);
      } catch (error) {
        code = error instanceof Error && 'code' in error ? error.code : error;
      }
      expect(code, id).to.equal('invalid_input');
    }
  });

  it('limits logout to registered targets and to the user of the hint (B34, RP-Initiated Logout §2, §3)', async () => {
    const app = await registerApp(server, { name: 'Leaver', postLogoutRedirectUris: ['http://127.0.0.1:9/bye'] });
    const browser = openBrowser();
    const { body } = await redeem(server, app, await authorize(server, app, {}, browser));
    const hint = String(body['id_token']);
    const logout = (more: Record<string, string>) =>
      browser.get(`${server.issuer}/logout?${new URLSearchParams(more).toString()}`);
    for (const uri of [
      'http://127.0.0.1:9/bye/',
      'http://127.0.0.1:9/bye?x',
      'https://evil.example/',
      '//evil.example',
      'javascript:alert(1)',
      'http://127.0.0.1:9/callback',
    ]) {
      const page = await logout({ id_token_hint: hint, post_logout_redirect_uri: uri });
      expect(page.status, uri).to.equal(400);
      expect(page.location, uri).to.equal(undefined);
    }
    const unnamed = await logout({ post_logout_redirect_uri: 'http://127.0.0.1:9/bye' });
    expect(unnamed.location).to.equal(undefined);
    expect(unnamed.html).not.to.include('127.0.0.1:9');
    // A hint that cannot be verified is ignored: the user must confirm, as without one.
    for (const unverified of ['x.y.z', `${hint.slice(0, -8)}AAAAAAAA`]) {
      const page = await logout({ id_token_hint: unverified, post_logout_redirect_uri: 'http://127.0.0.1:9/bye' });
      expect(page.location, unverified).to.equal(undefined);
      expect(page.html, unverified).to.include('/logout/confirm').and.not.include('data-auto-submit');
    }
    const confirmation = await logout({});
    expect(confirmation.status).to.equal(200);
    expect(confirmation.html).not.to.include('data-auto-submit');
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
    const other = openBrowser();
    await createUser(server, 'carl@example.com');
    await signIn(other, await other.visit(`${server.issuer}/account`), 'carl@example.com');
    const foreign = await other.get(`${server.issuer}/logout?id_token_hint=${hint}`);
    expect(foreign.html).not.to.include('data-auto-submit');
    expect((await other.get(`${server.issuer}/account`)).status).to.equal(200);
    const forged = await browser.post(
      `${server.issuer}/logout/confirm`,
      { xsrf: 'x', logout: 'yes' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(forged.status).to.be.oneOf([400, 403]);
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
    const confirm = await logout({
      id_token_hint: hint,
      post_logout_redirect_uri: 'http://127.0.0.1:9/bye',
      state: 's',
    });
    const form = confirm.forms[0];
    const done = await browser.post(new URL(form?.action ?? '', server.issuer).href, { ...form?.fields });
    expect(done.location).to.match(/^http:\/\/127\.0\.0\.1:9\/bye\?state=s/);
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(303);
  });
});

import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock } from '../../src/clock.ts';
import {
  archive,
  asks,
  audited,
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
  type Authorization,
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const onArchive = { scope: 'openid archive:read', resource: archive };
const offline = { scope: 'openid offline_access archive:read', resource: archive, parameters: { prompt: 'consent' } };

onEachDatabase('tokens', (start) => {
  let server: TestServer;
  let app: AppClient;
  let other: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    other = await registerApp(server, { name: 'Other', redirectUris: ['http://127.0.0.1:9/other'] });
  });

  function expectError(
    { status, body }: { readonly status: number; readonly body: Record<string, unknown> },
    error: string,
  ): void {
    expect({ status, error: body['error'], token: body['access_token'] }).to.deep.equal({
      status: 400,
      error,
      token: undefined,
    });
  }

  describe('an authorization code', () => {
    it('gives nothing at a second use, which revokes the tokens of the first use and is audited (RFC 6749 §4.1.2, B10)', async () => {
      const victim = await registerApp(server);
      const authorization = await authorize(server, victim, { scope: 'openid archive:read', resource: archive });
      const { body } = await redeem(server, victim, authorization);
      expect(await isActive(server, victim, body['access_token'])).to.equal(true);
      expectError(await redeem(server, victim, authorization), 'invalid_grant');
      expect(await isActive(server, victim, body['access_token'])).to.equal(false);
      expect(await isActive(server, victim, body['refresh_token'])).to.equal(false);
      expectError(await refresh(server, victim, body['refresh_token']), 'invalid_grant');
      expect(await audited(server, { clientId: victim.clientId })).to.include('token.replayed');
    });

    it('gives tokens once when it is used many times at the same time (RFC 6749 §4.1.2)', async () => {
      const authorization = await authorize(server, app, onArchive);
      const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(server, app, authorization)));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      answers.filter(({ status }) => status !== 200).forEach((answer) => expectError(answer, 'invalid_grant'));
    });

    const wrongUses: readonly (readonly [
      string,
      (authorization: Authorization) => Promise<Awaited<ReturnType<typeof redeem>>>,
      string,
    ])[] = [
      [
        'of another client',
        (authorization) => redeem(server, { ...other, redirectUri: app.redirectUri }, authorization),
        'invalid_grant',
      ],
      [
        'with another redirect_uri',
        (authorization) => redeem(server, { ...app, redirectUri: `${app.redirectUri}/` }, authorization),
        'invalid_grant',
      ],
      [
        'without redirect_uri',
        ({ code, verifier }) =>
          callAs(server, app, '/token', { grant_type: 'authorization_code', code, code_verifier: verifier }),
        'invalid_request',
      ],
      ['with another verifier', ({ code }) => redeem(server, app, { code, verifier: 'a'.repeat(43) }), 'invalid_grant'],
      ['with an empty verifier', ({ code }) => redeem(server, app, { code, verifier: '' }), 'invalid_grant'],
      [
        'with a verifier that is too short',
        ({ code }) => redeem(server, app, { code, verifier: 'a'.repeat(42) }),
        'invalid_request',
      ],
      [
        'for an API that was not requested',
        (authorization) => redeem(server, app, authorization, { resource: photos }),
        'invalid_target',
      ],
    ];
    for (const [what, use, error] of wrongUses) {
      it(`${what} gives nothing (RFC 6749 §4.1.3, RFC 7636 §4.6, B8, B11)`, async () => {
        const answer = await use(await authorize(server, app, onArchive));
        expect(answer.body).to.not.have.property('access_token');
        expect(answer.status).to.equal(400);
        expect(answer.body['error']).to.be.oneOf([error, 'invalid_grant']);
      });
    }

    it('that another client tried to redeem stays valid for its own client (B17)', async () => {
      const authorization = await authorize(server, app, onArchive);
      await redeem(server, { ...other, redirectUri: app.redirectUri }, authorization);
      expect((await redeem(server, app, authorization)).status).to.equal(200);
    });

    it('is not given without PKCE, with the method plain, or for a malformed challenge (decision 4, B7)', async () => {
      const { url } = authorizationUrl(server, app);
      for (const change of [
        { code_challenge: '', code_challenge_method: '' },
        { code_challenge_method: 'plain' },
        { code_challenge: 'a'.repeat(42) },
        { code_challenge: 'a'.repeat(129) },
      ]) {
        const changed = new URL(url);
        Object.entries(change).forEach(([name, value]) =>
          value === '' ? changed.searchParams.delete(name) : changed.searchParams.set(name, value),
        );
        const redirected = redirectedTo(await openBrowser().visit(changed.href), app);
        expect(Object.fromEntries(redirected.searchParams)).to.include({
          error: 'invalid_request',
          state: 'the-state',
          iss: server.issuer,
        });
      }
    });

    it('is the only response type: there is no implicit or hybrid flow, and no password grant (decision 4, B6)', async () => {
      for (const type of ['token', 'id_token', 'code token', 'code id_token', 'id_token token', 'none', '']) {
        const url = new URL(authorizationUrl(server, app, { parameters: { nonce: 'n' } }).url);
        url.searchParams.set('response_type', type);
        const page = await openBrowser().visit(url.href);
        expect(page.location ?? '', type).to.not.match(/access_token|id_token=|code=/);
        expect(page.location ?? page.html).to.match(/unsupported_response_type|invalid_request|unauthorized_client/);
      }
      const metadata = (await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()) as Record<
        string,
        unknown
      >;
      expect(metadata['response_types_supported']).to.deep.equal(['code']);
      expect(metadata['grant_types_supported']).to.have.members([
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ]);
      expect(metadata['code_challenge_methods_supported']).to.deep.equal(['S256']);
      expect(metadata['authorization_response_iss_parameter_supported']).to.equal(true);
    });
  });

  describe('introspection', () => {
    it('describes a token to the client that it was issued to (RFC 7662 §2.2)', async () => {
      const tokens = await obtain(server, app, onArchive);
      const { body, headers } = await introspect(server, app, tokens['access_token']);
      expect(body).to.include({
        active: true,
        client_id: app.clientId,
        aud: archive,
        scope: 'archive:read',
        token_type: 'Bearer',
        iss: server.issuer,
      });
      expect(body['sub']).to.equal(decodeJwt(String(tokens['id_token'])).sub);
      expect(Number(body['exp']) - Number(body['iat'])).to.equal(3600);
      expect(headers.get('cache-control')).to.equal('no-store');
      const ofRefresh = (await introspect(server, app, tokens['refresh_token'])).body;
      expect(ofRefresh).to.include({ active: true, client_id: app.clientId }).and.not.have.property('token_type');
    });

    it('describes a token to its API, and to no other API or client (RFC 7662 §4)', async () => {
      const tokens = await obtain(server, app, onArchive);
      const api = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive] });
      const otherApi = await registerApp(server, { type: 'machine', name: 'Photos', apis: [photos] });
      const browserApp = await registerApp(server, { type: 'browser', apis: [archive] });
      expect((await introspect(server, api, tokens['access_token'])).body).to.include({ active: true, aud: archive });
      for (const stranger of [otherApi, other]) {
        expect((await introspect(server, stranger, tokens['access_token'])).body).to.deep.equal({ active: false });
      }
      expect((await introspect(server, api, tokens['refresh_token'])).body).to.deep.equal({ active: false });
      expect((await introspect(server, browserApp, tokens['access_token'])).body['active']).to.not.equal(true);
    });

    it('describes a token without an API to its client only (RFC 7662 §4)', async () => {
      const tokens = await obtain(server, app, { scope: 'openid email' });
      const api = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive, photos] });
      expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
      expect((await introspect(server, api, tokens['access_token'])).body).to.deep.equal({ active: false });
    });

    it('returns only that it is inactive for anything that is not a valid token (RFC 7662 §2.2)', async () => {
      const authorization = await authorize(server, app, onArchive);
      for (const token of ['x', 'a'.repeat(43), authorization.code, '..', '{"$gt":""}', '\u0000']) {
        expect((await introspect(server, app, token)).body).to.deep.equal({ active: false });
      }
      for (const hint of ['refresh_token', 'access_token', 'nonsense']) {
        const { access_token: token } = await obtain(server, app, onArchive);
        expect(
          (await callAs(server, app, '/introspect', { token: String(token), token_type_hint: hint })).body,
        ).to.include({ active: true });
      }
    });

    it('needs an authenticated client (RFC 7662 §2.1)', async () => {
      const { access_token: token } = await obtain(server, app, onArchive);
      for (const [fields, headers] of [
        [{}, {}],
        [{ client_id: app.clientId }, {}],
        [{}, basic(app, 'wrong')],
      ] as const) {
        const { status, body } = await postForm(
          `${server.issuer}/introspect`,
          { token: String(token), ...fields },
          headers,
        );
        expect(status).to.be.oneOf([400, 401]);
        expect(body).to.not.have.property('active');
      }
    });
  });

  describe('revocation', () => {
    it('of an access token revokes the refresh token of the same grant (RFC 7009 §2.1, B31)', async () => {
      const tokens = await obtain(server, app, offline);
      const { status, body } = await callAs(server, app, '/revoke', { token: String(tokens['access_token']) });
      expect({ status, body }).to.deep.equal({ status: 200, body: {} });
      expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
      expectError(await refresh(server, app, tokens['refresh_token']), 'invalid_grant');
    });

    it('of a refresh token ends its access tokens (RFC 7009 §2.1, B31)', async () => {
      const tokens = await obtain(server, app, onArchive);
      await callAs(server, app, '/revoke', { token: String(tokens['refresh_token']), token_type_hint: 'access_token' });
      expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
      expectError(await refresh(server, app, tokens['refresh_token']), 'invalid_grant');
    });

    it("of another client's token changes nothing (RFC 7009 §2.1, B31)", async () => {
      const tokens = await obtain(server, app, onArchive);
      const api = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive] });
      for (const stranger of [other, api]) {
        for (const token of [tokens['access_token'], tokens['refresh_token']]) {
          await callAs(server, stranger, '/revoke', { token: String(token) });
        }
      }
      expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
      expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(200);
    });

    it('of an invalid token succeeds (RFC 7009 §2.2)', async () => {
      for (const token of ['x', 'a'.repeat(43), '{"$gt":""}']) {
        expect((await callAs(server, app, '/revoke', { token })).status).to.equal(200);
      }
      expectError(await callAs(server, app, '/revoke', {}), 'invalid_request');
    });

    it('needs an authenticated client, or the client_id of a public client (RFC 7009 §2.1)', async () => {
      const tokens = await obtain(server, app, onArchive);
      expect(
        (await postForm(`${server.issuer}/revoke`, { token: String(tokens['access_token']) }, basic(app, 'wrong')))
          .status,
      ).to.equal(401);
      expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
      const browserApp = await registerApp(server, { type: 'browser', name: 'Calendar' });
      const own = await obtain(server, browserApp, onArchive);
      expect((await callAs(server, browserApp, '/revoke', { token: String(own['refresh_token']) })).status).to.equal(
        200,
      );
      expectError(await refresh(server, browserApp, own['refresh_token']), 'invalid_grant');
    });

    it("of a machine client's token ends it (RFC 7009 §2.1)", async () => {
      const job = await registerApp(server, { type: 'machine', apis: [archive] });
      const { body } = await callAs(server, job, '/token', { grant_type: 'client_credentials', scope: 'archive:read' });
      await callAs(server, job, '/revoke', { token: String(body['access_token']) });
      expect(await isActive(server, job, body['access_token'])).to.equal(false);
    });
  });

  describe('userinfo', () => {
    it('returns the claims that scope and consent allow, by GET and by POST (OIDC Core §5.3)', async () => {
      const { access_token: token, id_token: idToken } = await obtain(server, app, { scope: 'openid email' });
      const { status, body, headers } = await userinfo(server, token);
      expect({ status, body }).to.deep.equal({
        status: 200,
        body: { sub: decodeJwt(String(idToken)).sub, email: 'ada@example.com', email_verified: true },
      });
      expect(headers.get('cache-control')).to.equal('no-store');
      expect((await postForm(`${server.issuer}/userinfo`, { access_token: String(token) })).body).to.deep.equal(body);
    });

    it("rejects anything but a user's access token without an API: 401 with the reason (RFC 6750 §3, B23)", async () => {
      const forApi = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
      const plain = await obtain(server, app, { scope: 'openid' });
      const { code } = await authorize(server, app, { scope: 'openid' });
      for (const token of [forApi['access_token'], plain['id_token'], plain['refresh_token'], code, 'x', '']) {
        const { status, headers } = await userinfo(server, token);
        expect(status).to.be.oneOf([400, 401]);
        expect(headers.get('www-authenticate')).to.match(/^Bearer /);
      }
    });

    it('does not accept a token in the URL (RFC 6750 §2.3, RFC 9700 §4.3.2)', async () => {
      const { access_token: token } = await obtain(server, app, { scope: 'openid' });
      const response = await fetch(`${server.issuer}/userinfo?access_token=${String(token)}`);
      expect(response.status).to.be.oneOf([400, 401]);
    });

    it('rejects the token after the login session has ended (decision 6)', async () => {
      const browser = openBrowser();
      const { access_token: token } = await obtain(server, app, { scope: 'openid' }, browser);
      expect((await userinfo(server, token)).status).to.equal(200);
      await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
      expect((await userinfo(server, token)).status).to.equal(401);
    });
  });

  describe('a pushed authorization request', () => {
    async function push(
      client: AppClient,
      parameters: Readonly<Record<string, string>> = {},
    ): Promise<{ readonly requestUri: string; readonly verifier: string }> {
      const { url, verifier } = authorizationUrl(server, client);
      const fields = Object.fromEntries(new URL(url).searchParams);
      const { status, body } = await callAs(server, client, '/par', { ...fields, ...parameters });
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body['expires_in']).to.equal(60);
      return { requestUri: String(body['request_uri']), verifier };
    }

    const authorizeUrl = (
      client: AppClient,
      requestUri: string,
      parameters: Readonly<Record<string, string>> = {},
    ): string =>
      `${server.issuer}/authorize?${new URLSearchParams({ client_id: client.clientId, request_uri: requestUri, ...parameters }).toString()}`;

    async function finishFlow(url: string): Promise<Page> {
      const browser = openBrowser();
      let page = await browser.visit(url);
      page = asks(page) === 'sign-in' ? await signIn(browser, page) : page;
      return asks(page) === 'consent' ? browser.submit(page, '/consent', { decision: 'allow' }) : page;
    }

    it('leads to a code (RFC 9126 §4)', async () => {
      const { requestUri, verifier } = await push(app);
      const redirected = redirectedTo(await finishFlow(authorizeUrl(app, requestUri)), app);
      expect(Object.fromEntries(redirected.searchParams)).to.include({ state: 'the-state', iss: server.issuer });
      expect(
        (await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier })).status,
      ).to.equal(200);
    });

    it('can be used once (RFC 9126 §7.3, B27)', async () => {
      const { requestUri } = await push(app);
      redirectedTo(await finishFlow(authorizeUrl(app, requestUri)), app);
      const again = await finishFlow(authorizeUrl(app, requestUri));
      expect(again.location ?? '').to.not.include('code=');
      expect(again.location ?? again.html).to.include('invalid_request_uri');
    });

    it('can be used only by the client that pushed it (RFC 9126 §2.2, B27)', async () => {
      const { requestUri } = await push(app);
      const page = await finishFlow(authorizeUrl(other, requestUri));
      expect(page.location ?? '').to.not.include('code=');
      redirectedTo(await finishFlow(authorizeUrl(app, requestUri)), app);
    });

    it('cannot be changed by parameters of the authorization request (RFC 9126 §4, B27)', async () => {
      const { requestUri } = await push(app);
      const redirected = redirectedTo(
        await finishFlow(
          authorizeUrl(app, requestUri, {
            scope: 'openid email',
            state: 'evil',
            redirect_uri: 'http://127.0.0.1:9/other',
          }),
        ),
        app,
      );
      expect(redirected.searchParams.get('state')).to.equal('the-state');
    });

    it('is validated when it is pushed, and needs an authenticated client (RFC 9126 §2.1, §2.3)', async () => {
      const fields = Object.fromEntries(new URL(authorizationUrl(server, app).url).searchParams);
      expect((await callAs(server, app, '/par', { ...fields, redirect_uri: 'https://evil.example/' })).status).to.equal(
        400,
      );
      expect((await callAs(server, app, '/par', { ...fields, request_uri: 'urn:x' })).status).to.equal(400);
      expect((await callAs(server, { ...app, secret: 'wrong' }, '/par', fields)).status).to.equal(401);
      expect((await callAs(server, { ...app, secret: undefined }, '/par', fields)).status).to.equal(401);
    });

    it('is rejected if it was not pushed, and nothing is fetched (RFC 9101 §10.4.1, B28)', async () => {
      for (const uri of [
        'urn:ietf:params:oauth:request_uri:nonsense',
        'http://127.0.0.1:9/request',
        'https://evil.example/request.jwt',
      ]) {
        const page = await openBrowser().visit(authorizeUrl(app, uri));
        expect(page.location ?? '').to.not.include('code=');
        expect(page.location ?? page.html).to.match(/invalid_request_uri|request_uri_not_supported|invalid_request/);
      }
    });
  });

  describe('the authorization response', () => {
    const respond = (
      mode: string,
      browser = openBrowser(),
      parameters: Readonly<Record<string, string>> = {},
    ): Promise<Page> =>
      browser.visit(
        authorizationUrl(server, app, { parameters: { response_mode: mode, prompt: 'none', ...parameters } }).url,
      );

    /** The fields that a page posts to the app. */
    function posted({ forms }: Page): Readonly<Record<string, string>> {
      const form = forms.find(({ action }) => action === app.redirectUri);
      expect(form?.method).to.equal('post');
      return form?.fields ?? {};
    }

    it('contains state and iss in every response mode, with an error and with a code (RFC 9207 §2, B29)', async () => {
      const browser = openBrowser();
      const error = { error: 'login_required', state: 'the-state', iss: server.issuer };
      expect(posted(await respond('form_post', browser))).to.include(error);
      expect(
        Object.fromEntries(new URLSearchParams(redirectedTo(await respond('fragment', browser), app).hash.slice(1))),
      ).to.include(error);
      expect(Object.fromEntries(redirectedTo(await respond('query', browser), app).searchParams)).to.include(error);
      await authorize(server, app, {}, browser);
      const success = { state: 'the-state', iss: server.issuer };
      const byPost = posted(await respond('form_post', browser));
      expect(byPost)
        .to.include(success)
        .and.have.property('code')
        .that.matches(/^[\w-]{43}$/);
      const fragment = new URLSearchParams(redirectedTo(await respond('fragment', browser), app).hash.slice(1));
      expect(Object.fromEntries(fragment)).to.include(success).and.have.property('code');
    });

    it('is an error for an unknown response mode (OAuth 2.0 Multiple Response Types §2.1)', async () => {
      for (const mode of ['web_message', 'jwt', 'nonsense']) {
        const page = await respond(mode);
        expect(page.location ?? page.html).to.include('response_mode');
        expect(page.location ?? '').to.not.include('code=');
      }
    });

    it('by form_post is a page of the server, in the language of the request, with a button and no inline script (D2)', async () => {
      const plain = await openBrowser().get(`${server.issuer}/`);
      const { headers, html, forms } = await respond('form_post');
      expect(headers.get('content-security-policy')).to.equal(plain.headers.get('content-security-policy'));
      expect(html).not.to.match(/<script(?![^>]*\ssrc=)/);
      expect(html)
        .to.include('data-auto-submit')
        .and.include('<html lang="en"')
        .and.match(/<button[^>]*type="submit"/);
      expect(forms[0]?.action).to.equal(app.redirectUri);
    });
  });
});

onEachDatabase('tokens over time', (start) => {
  async function prepare() {
    const clock = manualClock();
    const server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    return { clock, server, app: await registerApp(server) };
  }

  it('an authorization code expires after 60 seconds (decision 7, B11)', async () => {
    const { clock, server, app } = await prepare();
    const authorization = await authorize(server, app);
    clock.advance(66);
    expect((await redeem(server, app, authorization)).body).to.include({ error: 'invalid_grant' });
  });

  it('an opaque access token expires after an hour (decision 3)', async () => {
    const { clock, server, app } = await prepare();
    const tokens = await obtain(server, app, offline);
    expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
    clock.advance(3606);
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(200);
  });

  it('a pushed request expires after a minute, and an interaction after 15 minutes (decision 7, B27)', async () => {
    const { clock, server, app } = await prepare();
    const { url } = authorizationUrl(server, app);
    const { body } = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
    clock.advance(66);
    const late = await openBrowser().visit(
      `${server.issuer}/authorize?${new URLSearchParams({ client_id: app.clientId, request_uri: String(body['request_uri']) }).toString()}`,
    );
    expect(late.location ?? late.html).to.include('invalid_request_uri');
    const browser = openBrowser();
    const login = await browser.visit(url);
    clock.advance(15 * 60 + 6);
    const page = await signIn(browser, login);
    expect(page.status).to.equal(400);
    expect(page.html).to.include('This page has expired');
    expect(page.location).to.equal(undefined);
  });

  it('a flow that was finished in another tab, or started in another browser, shows a page that explains this', async () => {
    const { server, app } = await prepare();
    const browser = openBrowser();
    const login = await browser.visit(authorizationUrl(server, app).url);
    const consent = await signIn(browser, login);
    redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), app);
    for (const page of [
      await browser.get(login.url),
      await browser.get(consent.url),
      await browser.submit(consent, '/consent', { decision: 'allow' }),
    ]) {
      expect([page.status, page.html.includes('You are already signed in')]).to.deep.equal([400, true]);
    }
    const stranger = await openBrowser().get(login.url);
    expect([stranger.status, stranger.html.includes('This page has expired')]).to.deep.equal([400, true]);
    const elsewhere = await openBrowser().get(`${server.issuer}/authorize/${login.url.split('/').at(-1) ?? ''}`);
    expect({ status: elsewhere.status, expired: elsewhere.html.includes('This page has expired') }).to.deep.equal({
      status: 400,
      expired: true,
    });
  });
});

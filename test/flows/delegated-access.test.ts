import { expect } from 'chai';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  archive,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  introspect,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('delegated access', (start) => {
  let server: TestServer;
  let app: AppClient;
  let accountId: string;

  before(async () => {
    server = await start();
    await seedApis(server);
    accountId = await createUser(server);
    app = await registerApp(server);
  });

  it('leads through sign-in and consent to a code with state and iss (RFC 6749 §4.1, RFC 9207 §2)', async () => {
    const browser = openBrowser();
    const { url } = authorizationUrl(server, app, { scope: 'openid photos:read', resource: photos });
    const login = await browser.visit(url);
    expect(login.status).to.equal(200);
    const consent = await signIn(browser, login);
    expect(consent.html).to.include('See your photos').and.include('Photos').and.include('Prints');
    const redirected = redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), app);
    expect(redirected.searchParams.get('state')).to.equal('the-state');
    expect(redirected.searchParams.get('iss')).to.equal(server.issuer);
    expect(redirected.searchParams.get('code')).to.be.a('string');
  });

  it('gives a JWT access token that an API can validate itself (RFC 9068 §2)', async () => {
    const { body, status } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid photos:read', resource: photos }),
    );
    expect(status).to.equal(200);
    const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(String(body['access_token']), keys, {
      issuer: server.issuer,
      audience: photos,
      typ: 'at+jwt',
    });
    expect(protectedHeader.alg).to.equal('ES256');
    expect(payload).to.include({ scope: 'photos:read', client_id: app.clientId });
    expect(Number(payload.exp) - Number(payload.iat)).to.equal(300);
  });

  it('gives an opaque access token that introspection describes (RFC 7662 §2.2)', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid archive:read', resource: archive }),
    );
    const described = await introspect(server, app, body['access_token']);
    expect(described.body).to.include({ active: true, scope: 'archive:read', aud: archive, client_id: app.clientId });
  });

  it('gives a refresh token that rotates, and an ID token (RFC 9700 §4.14.2, OIDC Core §12)', async () => {
    const first = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid archive:read', resource: archive }),
    );
    expect(first.body['refresh_token']).to.be.a('string');
    const second = await refresh(server, app, first.body['refresh_token']);
    expect(second.status, JSON.stringify(second.body)).to.equal(200);
    expect(second.body['refresh_token']).to.be.a('string').and.not.equal(first.body['refresh_token']);
    expect(second.body['id_token']).to.be.a('string');
    expect((await introspect(server, app, second.body['access_token'])).body).to.include({ active: true });
  });

  it("returns the user's claims (OIDC Core §5.3)", async () => {
    const { body } = await redeem(server, app, await authorize(server, app, { scope: 'openid profile email' }));
    const info = await userinfo(server, body['access_token']);
    expect(info.body).to.include({ email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' });
  });

  it('revokes an opaque token (RFC 7009 §2)', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid archive:read', resource: archive }),
    );
    expect((await callAs(server, app, '/revoke', { token: String(body['access_token']) })).status).to.equal(200);
    expect((await introspect(server, app, body['access_token'])).body).to.deep.equal({ active: false });
  });

  it('binds the ID token to the request: nonce, client and issuer (OIDC Core §3.1.3.7)', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid', parameters: { nonce: 'the nonce' } }),
    );
    const { payload } = await jwtVerify(
      String(body['id_token']),
      createRemoteJWKSet(new URL(`${server.issuer}/jwks`)),
      { issuer: server.issuer, audience: app.clientId },
    );
    expect(payload).to.include({ nonce: 'the nonce', sub: accountId });
    expect(payload).to.not.have.any.keys('email', 'name');
  });

  it('is OAuth without OpenID Connect if openid is not requested: no ID token, no userinfo (OIDC Core §3.1.2.1)', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'archive:read', resource: archive }),
    );
    expect(body).to.not.have.property('id_token');
    expect(body['refresh_token']).to.be.a('string');
    expect((await userinfo(server, body['access_token'])).status).to.be.oneOf([401, 403]);
    expect((await refresh(server, app, body['refresh_token'])).body).to.not.have.property('id_token');
  });

  it('can be requested by POST (OIDC Core §3.1.2.1)', async () => {
    const { url, verifier } = authorizationUrl(server, app, { scope: 'openid archive:read', resource: archive });
    const browser = openBrowser();
    const { searchParams, origin, pathname } = new URL(url);
    const posted = await browser.post(`${origin}${pathname}`, Object.fromEntries(searchParams), {
      'sec-fetch-site': 'cross-site',
    });
    expect(posted.status).to.equal(303);
    const page = await signIn(browser, await browser.visit(posted.location ?? ''));
    const redirected = redirectedTo(
      page.location === undefined ? await browser.submit(page, '/consent', { decision: 'allow' }) : page,
      app,
    );
    expect((await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier })).status).to.equal(
      200,
    );
    expect((await browser.post(`${origin}${pathname}`, { state: 'x'.repeat(9000) })).status).to.be.oneOf([400, 413]);
  });

  it('returns an error to the app if no scope is requested (RFC 6749 §3.3)', async () => {
    const url = new URL(authorizationUrl(server, app).url);
    url.searchParams.delete('scope');
    const browser = openBrowser();
    const page = await browser.visit(url.href);
    const redirected = redirectedTo(page.location === undefined ? await signIn(browser, page) : page, app);
    expect(redirected.searchParams.get('error')).to.be.oneOf(['invalid_scope', 'invalid_request', 'access_denied']);
  });

  it('redirects to a native app by its own scheme, or to any loopback port (RFC 8252 §7.1, §7.3)', async () => {
    const native = await registerApp(server, {
      name: 'Pocket Prints',
      type: 'native',
      redirectUris: ['com.example.prints:/callback', 'http://127.0.0.1/callback'],
    });
    const own = { ...native, redirectUri: 'com.example.prints:/callback' };
    const browser = openBrowser();
    const consent = await signIn(browser, await browser.visit(authorizationUrl(server, own).url));
    expect(consent.html).to.include('com.example.prints');
    expect(
      redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), own).searchParams.has('code'),
    ).to.equal(true);
    const loopback = { ...native, redirectUri: 'http://127.0.0.1:51234/callback' };
    expect((await redeem(server, loopback, await authorize(server, loopback))).status).to.equal(200);
    for (const redirectUri of [
      'http://127.0.0.1:51234/other',
      'http://localhost:51234/callback',
      'com.example.prints:/other',
      'com.example.evil:/callback',
    ]) {
      const page = await browser.visit(authorizationUrl(server, { ...native, redirectUri }).url);
      expect({ status: page.status, location: page.location }).to.deep.equal({ status: 400, location: undefined });
    }
  });

  it('gives a token with the requested scope, for one API only (RFC 6750 §3.1)', async () => {
    const { body } = await redeem(
      server,
      app,
      await authorize(server, app, { scope: 'openid photos:read', resource: photos }),
    );
    const { payload } = await jwtVerify(
      String(body['access_token']),
      createRemoteJWKSet(new URL(`${server.issuer}/jwks`)),
      { issuer: server.issuer, audience: photos },
    );
    expect(String(payload['scope']).split(' ')).to.deep.equal(['photos:read']);
    await jwtVerify(String(body['access_token']), createRemoteJWKSet(new URL(`${server.issuer}/jwks`)), {
      audience: archive,
    }).then(
      () => expect.fail('another API accepted the token'),
      (error: unknown) => expect(error).to.have.property('code', 'ERR_JWT_CLAIM_VALIDATION_FAILED'),
    );
  });
});

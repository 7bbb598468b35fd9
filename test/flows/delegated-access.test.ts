import { expect } from 'chai';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  archive, authorizationUrl, authorize, callAs, createPerson, introspect, photos, redeem, redirectedTo, refresh, registerApp, seedApis, signIn, userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('delegated access', (start) => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createPerson(server);
    app = await registerApp(server);
  });

  it('goes from sign-in over consent to a code with state and iss (RFC 6749 §4.1, RFC 9207 §2)', async () => {
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

  it('gives a JWT access token that an API can check by itself (RFC 9068 §2)', async () => {
    const { body, status } = await redeem(server, app, await authorize(server, app, { scope: 'openid photos:read', resource: photos }));
    expect(status).to.equal(200);
    const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(String(body['access_token']), keys, { issuer: server.issuer, audience: photos, typ: 'at+jwt' });
    expect(protectedHeader.alg).to.equal('ES256');
    expect(payload).to.include({ scope: 'photos:read', client_id: app.clientId });
    expect(Number(payload.exp) - Number(payload.iat)).to.equal(300);
  });

  it('gives an opaque access token that introspection describes (RFC 7662 §2.2)', async () => {
    const { body } = await redeem(server, app, await authorize(server, app, { scope: 'openid archive:read', resource: archive }));
    const described = await introspect(server, app, body['access_token']);
    expect(described.body).to.include({ active: true, scope: 'archive:read', aud: archive, client_id: app.clientId });
  });

  it('gives a refresh token that rotates, and an ID token (RFC 9700 §4.14.2, OIDC Core §12)', async () => {
    const first = await redeem(server, app, await authorize(server, app, { scope: 'openid archive:read', resource: archive }));
    expect(first.body['refresh_token']).to.be.a('string');
    const second = await refresh(server, app, first.body['refresh_token']);
    expect(second.status, JSON.stringify(second.body)).to.equal(200);
    expect(second.body['refresh_token']).to.be.a('string').and.not.equal(first.body['refresh_token']);
    expect(second.body['id_token']).to.be.a('string');
    expect((await introspect(server, app, second.body['access_token'])).body).to.include({ active: true });
  });

  it('tells who the person is (OIDC Core §5.3)', async () => {
    const { body } = await redeem(server, app, await authorize(server, app, { scope: 'openid profile email' }));
    const info = await userinfo(server, body['access_token']);
    expect(info.body).to.include({ email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' });
  });

  it('revokes an opaque token (RFC 7009 §2)', async () => {
    const { body } = await redeem(server, app, await authorize(server, app, { scope: 'openid archive:read', resource: archive }));
    expect((await callAs(server, app, '/revoke', { token: String(body['access_token']) })).status).to.equal(200);
    expect((await introspect(server, app, body['access_token'])).body).to.deep.equal({ active: false });
  });
});

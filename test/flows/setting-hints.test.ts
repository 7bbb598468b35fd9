/** A developer whose app makes a mistake reads which setting of its library fixes it. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createLogger } from '../../src/logging.ts';
import { clientLibraries } from '../../src/oidc/client-libraries.ts';
import { recognizeLibrary, type RequestTraits } from '../../src/oidc/setting-hints.ts';
import {
  authorizationUrl,
  basic,
  callAs,
  photos,
  postForm,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';

function parameters(given: Readonly<Record<string, string>>): RequestTraits {
  return { parameters: given, userAgent: 'Mozilla/5.0' };
}

function returnsTo(path: string): RequestTraits {
  return parameters({ redirect_uri: `https://app.example${path}`, state: 'x' });
}

function sentBy(userAgent: string): RequestTraits {
  return { parameters: { grant_type: 'authorization_code' }, userAgent };
}

const uuid = 'd46ef476ac22495b9cb7dd294854d75b';

/** What each library sends by its defaults: values of `state` and `nonce` that the library itself made. */
const requests: Readonly<Record<string, readonly RequestTraits[]>> = {
  'Auth.js, next-auth or Better Auth': [
    returnsTo('/api/auth/callback/gatehouse'),
    returnsTo('/auth/callback/gatehouse'),
    returnsTo('/api/auth/oauth2/callback/gatehouse'),
  ],
  'express-openid-connect': [
    parameters({
      redirect_uri: 'https://app.example/callback',
      response_type: 'id_token',
      response_mode: 'form_post',
      nonce: 'n',
    }),
    sentBy('express-openid-connect/3.4.0'),
  ],
  'ASP.NET Core': [
    returnsTo('/signin-oidc'),
    parameters({ 'x-client-SKU': 'ID_NET8_0', redirect_uri: 'https://app.example/' }),
    sentBy('Microsoft ASP.NET Core OpenIdConnect handler'),
  ],
  'Spring Security': [returnsTo('/login/oauth2/code/gatehouse'), sentBy('Java/21.0.8')],
  'oauth2-proxy': [returnsTo('/oauth2/callback')],
  'mozilla-django-oidc': [returnsTo('/oidc/callback/')],
  'django-allauth': [returnsTo('/accounts/oidc/gatehouse/login/callback/')],
  'python-social-auth': [returnsTo('/complete/oidc/'), sentBy('social-auth-7.0.0')],
  omniauth_openid_connect: [
    returnsTo('/auth/openid_connect/callback'),
    returnsTo('/users/auth/openid_connect/callback'),
  ],
  mod_auth_openidc: [returnsTo('/protected/redirect_uri')],
  'Swagger UI': [returnsTo('/oauth2-redirect.html'), returnsTo('/docs/oauth2-redirect')],
  'angular-oauth2-oidc': [parameters({ response_type: 'id_token token', state: 'abc', nonce: 'abc' })],
  MSAL: [parameters({ client_info: '1' }), parameters({ 'x-client-SKU': 'msal.js.browser' })],
  Grafana: [returnsTo('/login/generic_oauth')],
  'oidc-client-ts or react-oidc-context': [parameters({ state: uuid }), parameters({ state: `${uuid};/orders` })],
  Authlib: [
    parameters({ state: 'Jvbjpy6LqvFnynD511cKiRgBwI7EDy', nonce: 'zZfuWTj8EeqBoxFw8G8J' }),
    sentBy('Authlib/1.9.10 (+https://authlib.org/)'),
  ],
  'requests-oauthlib or Authlib': [
    parameters({ state: 'DtE0qXPZsuIkPwdiD7XRDqKy6t5PTg' }),
    sentBy('python-requests/2.32.5'),
  ],
  'passport-openidconnect': [parameters({ state: 'gnmoNKt/FUanQdmna8rtl6nL' }), sentBy('Node-oauth')],
  'openid-client': [
    sentBy('openid-client/v6.9.0'),
    sentBy('openid-client/5.7.1 (https://example.com)'),
    sentBy('oauth4webapi/v3.8.8'),
  ],
  'golang.org/x/oauth2': [sentBy('Go-http-client/1.1'), sentBy('Go-http-client/2.0')],
};

describe('the table of client libraries', () => {
  for (const library of clientLibraries) {
    it(`recognizes ${library.name} by what it sends by its defaults`, () => {
      const samples = requests[library.name] ?? [];
      expect(samples).not.to.deep.equal([]);
      expect(samples.map((sample) => recognizeLibrary(sample)?.name)).to.deep.equal(samples.map(() => library.name));
    });
  }

  it('recognizes nothing in a request without such signs', () => {
    for (const sample of [returnsTo('/callback'), sentBy('curl/8.5.0'), sentBy(''), parameters({})]) {
      expect(recognizeLibrary(sample)).to.equal(undefined);
    }
  });

  it('has only characters that error_description may have (RFC 6749 §4.1.2.1), and presets that exist', () => {
    for (const { name, settings, presets } of clientLibraries) {
      for (const text of [name, ...Object.values(settings)]) {
        expect(text).to.match(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/);
      }
      for (const preset of presets) {
        expect(existsSync(new URL(`../../config/presets/${preset}.yaml`, import.meta.url)), preset).to.equal(true);
      }
    }
  });
});

const development = { NODE_ENV: 'development' };
const nextAuth = 'http://127.0.0.1:9/api/auth/callback/gatehouse';

/** An authorization request without a challenge and without a nonce. */
function withoutPkce(server: TestServer, app: AppClient, more: Readonly<Record<string, string>> = {}): string {
  const url = new URL(authorizationUrl(server, app, { parameters: more }).url);
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  return url.href;
}

onEachDatabase('the setting that fixes the mistake of an app', (start) => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    server = await start({ environment: development });
    await seedApis(server);
    app = await registerApp(server, { redirectUris: [nextAuth] });
  });

  async function redirectOf(address: string): Promise<URL> {
    return new URL((await openBrowser().get(address)).location ?? 'about:blank');
  }

  it('is in the description that the app receives if PKCE is missing, with all other parameters as they were', async () => {
    const { origin, pathname, searchParams } = await redirectOf(withoutPkce(server, app));
    expect(origin + pathname).to.equal(nextAuth);
    expect(searchParams.get('error_description'))
      .to.match(/^code_challenge is missing/)
      .and.include("checks: ['pkce', 'state']");
    searchParams.delete('error_description');
    expect(Object.fromEntries(searchParams)).to.deep.equal({
      error: 'invalid_request',
      state: 'the-state',
      iss: server.issuer,
    });
  });

  it('is a nonce only for a client that may send one instead', async () => {
    const springUri = 'http://127.0.0.1:9/login/oauth2/code/gatehouse';
    for (const [pkce, expected] of [
      ['or-nonce', /withPkce\(\)\. Or add openid/],
      ['required', /withPkce\(\)\.\)$/],
    ] as const) {
      const spring = await registerApp(server, { redirectUris: [springUri], pkce });
      const { searchParams } = await redirectOf(withoutPkce(server, spring));
      expect(searchParams.get('error_description'), pkce).to.match(expected);
    }
  });

  it('is in the fragment if the app asked for the implicit flow (OAuth 2.0 Multiple Response Types §5)', async () => {
    const swagger = await registerApp(server, { redirectUris: ['http://127.0.0.1:9/oauth2-redirect.html'] });
    const { hash, search } = await redirectOf(withoutPkce(server, swagger, { response_type: 'token' }));
    expect(search).to.equal('');
    const fragment = new URLSearchParams(hash.slice(1));
    expect(fragment.get('error')).to.equal('unsupported_response_type');
    expect(fragment.get('error_description')).to.include('authorizationCode');
    expect(fragment.get('state')).to.equal('the-state');
  });

  it('is in a response by POST (OAuth 2.0 Form Post Response Mode §2)', async () => {
    const express = await registerApp(server, { redirectUris: ['http://127.0.0.1:9/callback'] });
    const page = await openBrowser().get(
      withoutPkce(server, express, { response_type: 'id_token', response_mode: 'form_post', nonce: 'n' }),
    );

    expect(page.html).to.include('unsupported response_type').and.include('response_type: &#39;code&#39;');
  });

  it('is in the answer of the token endpoint for an app that sent no secret, or one that does not exist', async () => {
    const request = { grant_type: 'authorization_code', code: 'x', redirect_uri: nextAuth };
    const none = await postForm(`${server.issuer}/token`, { ...request, client_id: app.clientId });
    expect(none.body).to.include({ error: 'invalid_client' });
    expect(none.body['error_description']).to.include(`npx gatehouse client rotate-secret ${app.clientId}`);
    const page = await registerApp(server, { type: 'browser', redirectUris: ['http://127.0.0.1:9/app'] });
    const one = await postForm(`${server.issuer}/token`, {
      ...request,
      client_id: page.clientId,
      client_secret: 'x'.repeat(43),
    });
    expect(one.body['error_description']).to.include('This client is public');
  });

  it('is in the answer to an assertion for another audience than the issuer, or for a list of audiences', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const signer = await registerApp(server, {
      type: 'machine',
      apis: [photos],
      authMethod: 'private_key_jwt',
      jwks: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] }),
    });
    for (const audience of [`${server.issuer}/token`, [server.issuer]]) {
      const assertion = await new SignJWT({ iss: signer.clientId, sub: signer.clientId, jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const { body } = await postForm(`${server.issuer}/token`, {
        grant_type: 'client_credentials',
        scope: 'photos:read',
        client_id: signer.clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      expect(body['error']).to.equal('invalid_client');
      expect(body['error_description'])
        .to.include('the issuer as its audience, as a string')
        .and.include(`npx gatehouse client update ${signer.clientId} --assertion-audience token-endpoint`);
    }
  });

  it('is in the answer to a pushed request (RFC 9126 §2.3)', async () => {
    const request = Object.fromEntries(new URL(withoutPkce(server, app)).searchParams);
    const { status, body } = await callAs(server, app, '/par', request);
    expect([status, body['error']]).to.deep.equal([400, 'invalid_request']);
    expect(body['error_description']).to.include("checks: ['pkce', 'state']");
  });

  it('is not guessed for a machine from its HTTP client', async () => {
    const machine = await registerApp(server, { type: 'machine' });
    const answer = await fetch(`${server.issuer}/token`, {
      method: 'POST',
      headers: { ...basic(machine), 'user-agent': 'python-requests/2.32.5' },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'nothing' }),
    });
    const body = (await answer.json()) as { readonly error: string; readonly error_description: string };
    expect(body.error).to.equal('invalid_scope');
    expect(body.error_description).not.to.match(/looks like/);
  });

  it('is not guessed for a wrong secret', async () => {
    const answer = await postForm(
      `${server.issuer}/token`,
      { grant_type: 'authorization_code', code: 'x', redirect_uri: nextAuth },
      basic(app, 'x'.repeat(43)),
    );
    expect(answer.body).to.deep.equal({
      error: 'invalid_client',
      error_description: 'client authentication failed',
    });
  });

  it('is on the error page for an unregistered redirect URI, with the command that prints the configuration', async () => {
    const { html } = await openBrowser().get(withoutPkce(server, app, { redirect_uri: `${nextAuth}-2` }));

    expect(html).to.include('NEXTAUTH_URL').and.include('npx gatehouse client presets next-auth');
  });

  it('is neither on the page nor in the answer for a caller from elsewhere, nor in production', async () => {
    const production = await start({ environment: { NODE_ENV: 'test' } });
    const registered = await registerApp(production, { apis: [], redirectUris: [nextAuth] });
    const { searchParams } = await redirectOf(withoutPkce(production, registered));
    expect(searchParams.get('error_description')).to.equal(
      'code_challenge is missing: turn on PKCE (S256) in the client, or send a nonce with the scope openid',
    );
    const elsewhere = await fetch(withoutPkce(server, app), {
      redirect: 'manual',
      headers: { 'x-forwarded-for': '203.0.113.1' },
    });
    expect(elsewhere.headers.get('location')).to.include('code_challenge').and.not.include('checks');
    const page = await openBrowser().get(withoutPkce(production, registered, { redirect_uri: `${nextAuth}-2` }));
    expect(page.html).not.to.match(/NEXTAUTH_URL|npx/);
  });
});

describe('the log line of a mistake', () => {
  it('names the library and the setting', async () => {
    const lines: Readonly<Record<string, unknown>>[] = [];
    const logger = createLogger({
      level: 'info',
      destination: { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) },
    });
    const server = await startTestServer({ logger });
    const app = await registerApp(server, { apis: [], redirectUris: [nextAuth] });
    await openBrowser().get(withoutPkce(server, app));
    await server.stop();
    const line = lines.find(({ msg }) => msg === 'authorization.error');
    expect(line).to.include({ clientId: app.clientId, library: 'Auth.js, next-auth or Better Auth' });
    expect(String(line?.['setting'])).to.include('checks');
  });
});

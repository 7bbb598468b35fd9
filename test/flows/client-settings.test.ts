/** What an operator may set for one client: when PKCE is needed, where users return, and what is signed how. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { decodeProtectedHeader, exportJWK, importJWK, jwtVerify, SignJWT, createRemoteJWKSet } from 'jose';
import {
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  photos,
  postForm,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

/** An authorization request without a PKCE challenge. */
function withoutChallenge(server: TestServer, app: AppClient, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(authorizationUrl(server, app, { parameters }).url);
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  return url.href;
}

onEachDatabase('the settings of a client', (start) => {
  let server: TestServer;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
  });

  /** The outcome of a request without a challenge: the error at the app, or its code. */
  async function askWithoutChallenge(
    app: AppClient,
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ readonly error: string | null; readonly description: string | null; readonly code: string | null }> {
    const browser = openBrowser();
    const first = await browser.visit(withoutChallenge(server, app, parameters));
    let page = first.location === undefined ? await signIn(browser, first) : first;
    if (page.forms.some(({ action }) => action.endsWith('/consent'))) {
      page = await browser.submit(page, '/consent', { decision: 'allow' });
    }
    const { searchParams } = redirectedTo(page, app);
    return {
      error: searchParams.get('error'),
      description: searchParams.get('error_description'),
      code: searchParams.get('code'),
    };
  }

  function redeemWithout(app: AppClient, code: string | null, more: Readonly<Record<string, string>> = {}) {
    return callAs(server, app, '/token', {
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: app.redirectUri,
      ...more,
    });
  }

  describe('PKCE (OAuth 2.1 §7.5.1)', () => {
    it('may be left out by a web client whose OpenID request has a nonce, which the ID token repeats', async () => {
      const app = await registerApp(server);
      const { code } = await askWithoutChallenge(app, { nonce: 'n-0S6_WzA2Mj' });
      const { status, body } = await redeemWithout(app, code);
      expect(status).to.equal(200);
      const payload = JSON.parse(Buffer.from(String(body['id_token']).split('.')[1] ?? '', 'base64url').toString());
      expect(payload).to.include({ nonce: 'n-0S6_WzA2Mj' });
    });

    it('is required of a web client without a nonce, and without openid; the error says what to send', async () => {
      const app = await registerApp(server);
      for (const parameters of [{ scope: 'openid' }, { scope: 'photos:read', resource: photos }, { nonce: '' }]) {
        const { error, description } = await askWithoutChallenge(app, parameters);
        expect(error, JSON.stringify(parameters)).to.equal('invalid_request');
        expect(description).to.include('PKCE').and.to.include('nonce');
      }
    });

    it('is required of public clients, and of web clients that are set so, with or without a nonce', async () => {
      const apps = [
        await registerApp(server, { type: 'browser' }),
        await registerApp(server, { type: 'native' }),
        await registerApp(server, { pkce: 'required' }),
      ];
      for (const app of apps) {
        const { error, description } = await askWithoutChallenge(app, { nonce: 'n' });
        expect(error).to.equal('invalid_request');
        expect(description).to.equal('code_challenge is missing: turn on PKCE (S256) in the client');
      }
    });

    it('may be left out without a nonce by a web client for which the operator made it optional', async () => {
      const app = await registerApp(server, { pkce: 'optional' });
      const { code } = await askWithoutChallenge(app, {});
      expect((await redeemWithout(app, code)).status).to.equal(200);
    });

    it('is enforced where a challenge was sent, whatever the setting (RFC 7636 §4.6)', async () => {
      for (const pkce of ['required', 'or-nonce', 'optional']) {
        const app = await registerApp(server, { pkce });
        for (const more of [{}, { code_verifier: 'a'.repeat(43) }]) {
          const { code } = await authorize(server, app, { parameters: { nonce: 'n' } });
          const { status, body } = await redeemWithout(app, code, more);
          expect(status, `${pkce} ${JSON.stringify(more)}`).to.equal(400);
          expect(body['error']).to.equal('invalid_grant');
        }
      }
    });

    it('is enforced where a verifier was sent without a challenge: somebody removed it (RFC 9700 §2.1.1)', async () => {
      for (const pkce of ['or-nonce', 'optional']) {
        const app = await registerApp(server, { pkce });
        const { code } = await askWithoutChallenge(app, { nonce: 'n' });
        const { status, body } = await redeemWithout(app, code, { code_verifier: 'a'.repeat(43) });
        expect(status).to.equal(400);
        expect(body['error']).to.equal('invalid_grant');
      }
    });

    it('follows the same rules in a pushed request (RFC 9126 §2.1)', async () => {
      const push = (app: AppClient, more: Readonly<Record<string, string>>) =>
        callAs(server, app, '/par', {
          client_id: app.clientId,
          response_type: 'code',
          redirect_uri: app.redirectUri,
          scope: 'openid',
          ...more,
        });
      const app = await registerApp(server);
      expect((await push(app, { nonce: 'n' })).status).to.equal(201);
      const refused = await push(app, {});
      expect(refused.status).to.equal(400);
      expect(refused.body['error_description']).to.include('PKCE');
      expect((await push(await registerApp(server, { pkce: 'optional' }), {})).status).to.equal(201);
    });
  });

  describe('HTTP Basic with an empty password', () => {
    const emptyPassword = (app: AppClient) => ({
      authorization: `Basic ${Buffer.from(`${encodeURIComponent(app.clientId)}:`).toString('base64')}`,
    });

    it('means a public client: at the token, revocation and PAR endpoints (RFC 6749 §2.3.1)', async () => {
      const app = await registerApp(server, { type: 'browser' });
      const { code, verifier } = await authorize(server, app, { scope: 'openid offline_access' });
      const post = (path: string, fields: Readonly<Record<string, string>>) =>
        postForm(`${server.issuer}${path}`, fields, emptyPassword(app));
      const { status, body } = await post('/token', {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: app.redirectUri,
      });
      expect(status, JSON.stringify(body)).to.equal(200);
      const again = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      const refreshed = await post('/token', { ...again, client_id: app.clientId });
      expect(refreshed.status, 'with the id in the body, too').to.equal(200);
      expect((await post('/revoke', { token: String(refreshed.body['refresh_token']) })).status).to.equal(200);
      const { url } = authorizationUrl(server, app);
      const pushed = await post('/par', Object.fromEntries(new URL(url).searchParams));
      expect(pushed.status).to.equal(201);
    });

    it('is no authentication of a confidential client, nor with a password or the id of another client', async () => {
      const [web, browser] = [await registerApp(server), await registerApp(server, { type: 'browser' })];
      const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
      const post = (headers: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) =>
        postForm(`${server.issuer}/token`, { ...fields, ...more }, headers);
      const withPassword = `Basic ${Buffer.from(`${browser.clientId}:guess`).toString('base64')}`;
      for (const { status, body } of [
        await post(emptyPassword(web)),
        await post({ authorization: withPassword }),
        await post(emptyPassword(browser), { client_id: web.clientId }),
        await post(emptyPassword({ ...web, clientId: 'unknown' })),
      ]) {
        expect(status).to.be.oneOf([400, 401]);
        expect(body['error']).to.be.oneOf(['invalid_client', 'invalid_request']);
      }
    });
  });

  describe('redirect URIs', () => {
    it('of a native app may name localhost: any port, and exactly this host (RFC 8252 §7.3, §8.3)', async () => {
      const app = await registerApp(server, { type: 'native', redirectUris: ['http://localhost/callback'] });
      const listening = { ...app, redirectUri: 'http://localhost:51234/callback' };
      expect((await redeem(server, listening, await authorize(server, listening))).status).to.equal(200);
      for (const redirectUri of [
        'http://127.0.0.1:51234/callback',
        'http://[::1]:51234/callback',
        'http://app.localhost:51234/callback',
        'http://localhost:51234/other',
      ]) {
        const page = await openBrowser().visit(authorizationUrl(server, { ...app, redirectUri }).url);
        expect(page.status, redirectUri).to.equal(400);
        expect(page.location).to.equal(undefined);
      }
    });

    it('of a web client may lead to its site and to its app on a device', async () => {
      const app = await registerApp(server, {
        redirectUris: ['https://photos.example/auth/login', 'app.photos:/callback'],
      });
      const onDevice = { ...app, redirectUri: 'app.photos:/callback' };
      expect((await redeem(server, onDevice, await authorize(server, onDevice))).status).to.equal(200);
    });

    it('of a web client give a code without a page at its site, never at its app on a device (RFC 8252 §8.6)', async () => {
      const site = await registerApp(server, {
        redirectUris: ['https://photos.example/auth/silent', 'app.photos.silent:/callback'],
      });
      const onDevice = { ...site, redirectUri: 'app.photos.silent:/callback' };
      const browser = openBrowser();
      await authorize(server, site, {}, browser);
      const silently = async (app: AppClient): Promise<URLSearchParams> => {
        const { url } = authorizationUrl(server, app, { parameters: { prompt: 'none' } });
        return redirectedTo(await browser.visit(url), app).searchParams;
      };
      expect(Object.fromEntries(await silently(site))).to.include.keys('code');
      expect((await silently(onDevice)).get('error')).to.equal('interaction_required');
    });

    it('of a web client are compared exactly, ports included, also where it has an app on a device', async () => {
      const app = await registerApp(server, {
        redirectUris: ['http://127.0.0.1:9/callback', 'app.photos:/callback'],
        postLogoutRedirectUris: ['http://127.0.0.1:9/bye'],
      });
      for (const redirectUri of ['http://127.0.0.1:51234/callback', 'http://127.0.0.1/callback']) {
        const page = await openBrowser().visit(authorizationUrl(server, { ...app, redirectUri }).url);
        expect(page.status, redirectUri).to.equal(400);
      }
      const url = new URL(`${server.issuer}/logout`);
      url.search = new URLSearchParams({
        client_id: app.clientId,
        post_logout_redirect_uri: 'http://127.0.0.1:51234/bye',
      }).toString();
      const page = await openBrowser().visit(url.href);
      expect(page.location ?? page.html).not.to.include('51234');
    });

    it('have private schemes without a dot only where the operator allowed that', async () => {
      const uris = { redirectUris: ['https://books.example/callback', 'audiobookshelf://oauth'] };
      const app = await registerApp(server, { ...uris, allowPrivateScheme: true });
      const onDevice = { ...app, redirectUri: 'audiobookshelf://oauth' };
      expect((await redeem(server, onDevice, await authorize(server, onDevice))).status).to.equal(200);
    });
  });

  describe('signatures', () => {
    it('of JWT access tokens are ES256, or RS256 where the API is set so; both are in the key set (RFC 9068 §2.1)', async () => {
      const legacy = 'https://legacy.example/api';
      await server.services.apis.create(
        {
          identifier: legacy,
          name: 'Legacy',
          tokenFormat: 'jwt',
          tokenAlg: 'RS256',
          scopes: [{ value: 'legacy:read', description: 'Read' }],
        },
        by,
      );
      const machine = await registerApp(server, { type: 'machine', apis: [photos, legacy] });
      const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
      for (const [resource, alg] of [
        [photos, 'ES256'],
        [legacy, 'RS256'],
      ] as const) {
        const { body } = await callAs(server, machine, '/token', { grant_type: 'client_credentials', resource });
        const token = String(body['access_token']);
        expect(decodeProtectedHeader(token)).to.include({ alg, typ: 'at+jwt' });
        await jwtVerify(token, keys, { issuer: server.issuer, audience: resource });
      }
    });
  });

  describe('assertions of private_key_jwt (RFC 7523 §3)', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

    async function present(app: AppClient, claims: Readonly<Record<string, unknown>>) {
      const now = Math.floor(Date.now() / 1000);
      const assertion = await new SignJWT({
        iss: app.clientId,
        sub: app.clientId,
        aud: server.issuer,
        jti: randomUUID(),
        iat: now,
        exp: now + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'first' })
        .sign(await importJWK(await exportJWK(pair.privateKey), 'ES256'));
      return postForm(`${server.issuer}/token`, {
        grant_type: 'client_credentials',
        resource: photos,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
    }

    async function register(more: { readonly assertionAudience?: string } = {}): Promise<AppClient> {
      const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'first', alg: 'ES256' }] });
      return registerApp(server, { type: 'machine', apis: [photos], authMethod: 'private_key_jwt', jwks, ...more });
    }

    it('may name the token endpoint as audience only for a client that is marked so', async () => {
      const aud = `${server.issuer}/token`;
      const refused = await present(await register(), { aud });
      expect(refused.status).to.equal(401);
      const marked = await register({ assertionAudience: 'token-endpoint' });
      expect((await present(marked, { aud })).status).to.equal(200);
      expect((await present(marked, { aud: server.issuer })).status).to.equal(200);
    });

    it('may name nothing else, for a marked client, either', async () => {
      const marked = await register({ assertionAudience: 'token-endpoint' });
      for (const aud of [
        `${server.issuer}/`,
        `${server.issuer}/introspect`,
        `${server.issuer}/par`,
        [`${server.issuer}/token`, 'https://evil.example'],
        'https://evil.example/token',
      ]) {
        expect((await present(marked, { aud })).status, String(aud)).to.equal(401);
      }
    });

    it('may come from a clock that is up to ten seconds ahead, not a minute (FAPI 2.0 §5.3.2.1)', async () => {
      const app = await register();
      const now = Math.floor(Date.now() / 1000);
      for (const name of ['iat', 'nbf']) {
        expect((await present(app, { [name]: now + 8 })).status, `${name} 8 s ahead`).to.equal(200);
        expect((await present(app, { [name]: now + 60 })).status, `${name} 60 s ahead`).to.equal(401);
      }
    });
  });

  describe('what is refused at registration', () => {
    const cases: readonly (readonly [string, Parameters<TestServer['services']['clients']['create']>[0], string])[] = [
      [
        'a public client without PKCE',
        { name: 'X', type: 'browser', redirectUris: ['https://x.example/cb'], pkce: 'or-nonce' },
        'is public and always uses PKCE',
      ],
      ['PKCE of a machine', { name: 'X', type: 'machine', pkce: 'required' }, 'signs nobody in'],
      [
        'a private scheme without a dot, for a web client',
        { name: 'X', type: 'web', redirectUris: ['https://x.example/cb', 'books://oauth'] },
        'reversed domain name',
      ],
      [
        'a scheme of browsers, even where private schemes are allowed',
        { name: 'X', type: 'native', redirectUris: ['javascript:alert(1)'], allowPrivateScheme: true },
        'belongs to browsers',
      ],
      [
        'https on a loopback host, which no native app can claim',
        { name: 'X', type: 'native', redirectUris: ['https://localhost/cb'] },
        'on a loopback host must use http',
      ],
      [
        'a loopback address other than 127.0.0.1 and [::1] of a native app',
        { name: 'X', type: 'native', redirectUris: ['http://127.0.0.2/cb'] },
        'a native app listens on',
      ],
      [
        'https on a loopback host beside a private scheme',
        { name: 'X', type: 'web', redirectUris: ['https://localhost/cb', 'com.example.books:/cb'] },
        'beside a private scheme',
      ],
      [
        'http on another loopback name beside a private scheme',
        {
          name: 'X',
          type: 'web',
          development: true,
          redirectUris: ['com.example.books:/cb'],
          postLogoutRedirectUris: ['http://shop.localhost/'],
        },
        'beside a private scheme',
      ],
      [
        'plain http on another host, even for a developer',
        { name: 'X', type: 'web', redirectUris: ['http://x.example/cb'], development: true },
        'must use https',
      ],
      [
        'the token endpoint as audience without assertions',
        { name: 'X', type: 'machine', assertionAudience: 'token-endpoint' },
        'only private_key_jwt has assertions',
      ],
      [
        'a default API that it does not have',
        { name: 'X', type: 'machine', defaultApi: photos },
        "not one of the client's APIs",
      ],
    ];
    for (const [what, input, message] of cases) {
      it(what, async () => {
        let refusal: unknown;
        try {
          await server.services.clients.create(input, by);
        } catch (error) {
          refusal = error;
        }
        expect(refusal).to.be.instanceOf(Error);
        expect(refusal).to.include({ code: 'invalid_input' });
        expect((refusal as Error).message).to.include(message);
      });
    }
  });
});

onEachDatabase('the settings of a client in production', (start) => {
  let server: TestServer;

  before(async () => {
    server = await start({
      environment: {
        NODE_ENV: 'production',
        ISSUER: 'https://login.example',
        TRUSTED_PROXIES: '127.0.0.1',
        PASSWORD_HASH_MEMORY_KIB: '19456',
        PASSWORD_HASH_PASSES: '2',
      },
    });
  });

  function create(input: Partial<Parameters<TestServer['services']['clients']['create']>[0]>) {
    return server.services.clients.create(
      { name: 'X', type: 'web', redirectUris: ['http://localhost:3000/cb'], ...input },
      by,
    );
  }

  async function refusalOf(attempt: Promise<unknown>): Promise<string> {
    try {
      await attempt;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return 'accepted';
  }

  it("lets a developer's client return to a loopback address by plain http, and no other client", async () => {
    expect(await refusalOf(create({}))).to.include('in development');
    expect(await refusalOf(create({ type: 'browser' }))).to.include('in development');
    const { client } = await create({
      development: true,
      redirectUris: ['http://localhost:3000/cb', 'http://shop.localhost:3000/cb', 'http://127.0.0.1:3000/cb'],
      postLogoutRedirectUris: ['http://localhost:3000/'],
    });
    expect(client.redirectUris).to.have.length(3);
  });

  it('does not take the mark from a client that has such addresses; they go first, or at the same time', async () => {
    const { client } = await create({ development: true });
    const { clients } = server.services;
    expect(await refusalOf(clients.update(client._id, { development: false }, by))).to.include('in development');
    expect((await clients.get(client._id)).development).to.equal(true);
    await clients.update(client._id, { development: false, redirectUris: ['https://x.example/cb'] }, by);
    expect(await refusalOf(clients.update(client._id, { redirectUris: ['http://localhost:1/cb'] }, by))).to.include(
      'in development',
    );
  });

  for (const field of ['backchannelLogoutUri', 'clientUri', 'policyUri', 'tosUri', 'initiateLoginUri'] as const) {
    it(`does not take the mark from a client whose ${field} is such an address, either`, async () => {
      const { clients } = server.services;
      const { client } = await create({
        development: true,
        redirectUris: ['https://x.example/cb'],
        [field]: 'http://localhost:3000/x',
      });
      expect(await refusalOf(clients.update(client._id, { development: false }, by))).to.include('in development');
      expect((await clients.get(client._id)).development).to.equal(true);
      const changed = await clients.update(client._id, { development: false, [field]: null }, by);
      expect(changed).to.include({ development: false }).and.not.have.property(field);
    });
  }

  it('records each leniency of a client with the change in the audit log', async () => {
    const { client } = await create({ development: true, pkce: 'optional' });
    await server.services.clients.update(client._id, { pkce: 'required' }, by);
    const events = await server.services.audit.list({ limit: 5, clientId: client._id });
    expect(events.map(({ type, detail }) => [type, detail?.['leniencies']])).to.deep.equal([
      ['client.updated', 'development'],
      ['client.created', 'pkce-optional development'],
    ]);
  });
});

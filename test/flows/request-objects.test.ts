/** Authorization requests as a signed JWT (RFC 9101): by value at the authorization endpoint, and pushed. */
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { epochSeconds, manualClock, type ManualClock } from '../../src/clock.ts';
import {
  asks,
  authorizationUrl,
  callAs,
  createUser,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const keyId = 'first';

onEachDatabase('request objects', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let key: CryptoKey;
  let jwks: string;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    const pair = await generateKeyPair('ES256');
    key = pair.privateKey;
    jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: keyId }] });
    app = await registerApp(server, { jwks });
  });

  /** The claims of a valid request object, and the verifier of its challenge. */
  function request(
    client = app,
    parameters: Readonly<Record<string, string>> = {},
  ): { readonly claims: JWTPayload; readonly verifier: string } {
    const { url, verifier } = authorizationUrl(server, client, { parameters });
    const now = epochSeconds(clock);
    return {
      claims: {
        ...Object.fromEntries(new URL(url).searchParams),
        iss: client.clientId,
        aud: server.issuer,
        iat: now,
        exp: now + 300,
      },
      verifier,
    };
  }

  function sign(claims: JWTPayload, header: Readonly<Record<string, unknown>> = {}, signer = key): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: keyId, ...header }).sign(signer);
  }

  function urlOf(parameters: Readonly<Record<string, string>>): string {
    return `${server.issuer}/authorize?${new URLSearchParams({ client_id: app.clientId, ...parameters }).toString()}`;
  }

  async function finish(page: Page, browser: Browser): Promise<URL> {
    let current = asks(page) === 'sign-in' ? await signIn(browser, page) : page;
    current = asks(current) === 'consent' ? await browser.submit(current, '/consent', { decision: 'allow' }) : current;
    return redirectedTo(current, app);
  }

  it('sign a user in with nothing outside but the client id (RFC 9101 §5)', async () => {
    const { claims, verifier } = request();
    const browser = openBrowser();
    const url = urlOf({ request: await sign(claims, { typ: 'oauth-authz-req+jwt' }) });
    const { searchParams } = await finish(await browser.visit(url), browser);
    expect(Object.fromEntries(searchParams)).to.include({ state: 'the-state', iss: server.issuer });
    expect((await redeem(server, app, { code: searchParams.get('code') ?? '', verifier })).status).to.equal(200);
  });

  it('can be pushed by a client that authenticates with its secret (RFC 9126 §3)', async () => {
    const { claims, verifier } = request();
    const pushed = await callAs(server, app, '/par', { request: await sign(claims) });
    expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
    const browser = openBrowser();
    const page = await browser.visit(urlOf({ request_uri: String(pushed.body['request_uri']) }));
    const { searchParams } = await finish(page, browser);
    expect(searchParams.get('state')).to.equal('the-state');
    expect((await redeem(server, app, { code: searchParams.get('code') ?? '', verifier })).status).to.equal(200);
  });

  it('end with their own exp when they are pushed, and are not accepted when they have ended', async () => {
    const { claims } = request();
    const short = { ...claims, exp: epochSeconds(clock) + 5 };
    expect((await callAs(server, app, '/par', { request: await sign(short) })).body['expires_in']).to.be.within(1, 5);
    const ended = { ...claims, exp: epochSeconds(clock) };
    expect((await callAs(server, app, '/par', { request: await sign(ended) })).body).to.include({
      error: 'invalid_request_object',
      error_description: 'request has expired (exp)',
    });
  });

  it('decide alone: parameters beside them are ignored (RFC 9101 §5)', async () => {
    const { claims } = request();
    const browser = openBrowser();
    const outside = {
      redirect_uri: 'http://127.0.0.1:9/callback',
      scope: 'openid email',
      state: 'evil',
      nonce: 'evil',
    };
    const login = await browser.visit(urlOf({ ...outside, request: await sign(claims) }));
    const redirected = await finish(login, browser);
    expect(redirected.searchParams.get('state')).to.equal('the-state');
    const elsewhere = await browser.visit(
      urlOf({ redirect_uri: 'https://evil.example/', request: await sign(claims) }),
    );
    expect((await finish(elsewhere, browser)).searchParams.has('code')).to.equal(true);
  });

  it('do not lend PKCE from outside: a challenge beside a request object is none (OAuth 2.1 §7.5.1)', async () => {
    const { claims } = request();
    const { code_challenge: challenge, code_challenge_method: _method, ...withoutChallenge } = claims;
    const url = urlOf({
      code_challenge: String(challenge),
      code_challenge_method: 'S256',
      nonce: 'outside',
      request: await sign(withoutChallenge),
    });
    const { searchParams } = redirectedTo(await openBrowser().get(url), app);
    expect(searchParams.get('error')).to.equal('invalid_request');
    expect(searchParams.get('error_description')).to.match(/code_challenge is missing/);
  });

  it('may have claims that have a JSON type: a number of seconds, an array of APIs', async () => {
    const { claims } = request();
    const browser = openBrowser();
    const typed = { ...claims, max_age: 3600, resource: ['https://photos.example/api'], scope: 'openid photos:read' };
    expect(
      (await finish(await browser.visit(urlOf({ request: await sign(typed) })), browser)).searchParams.has('code'),
    ).to.equal(true);
  });

  it('can be used again, as any authorization request: each use is a flow of its own', async () => {
    const url = urlOf({ request: await sign(request().claims) });
    const first = openBrowser();
    const second = openBrowser();
    const codes = [await finish(await first.visit(url), first), await finish(await second.visit(url), second)].map(
      ({ searchParams }) => searchParams.get('code'),
    );
    expect(new Set(codes).size).to.equal(2);
  });

  describe('are rejected, with the reason,', () => {
    type Mistake = readonly [
      change: (claims: JWTPayload) => JWTPayload,
      description: RegExp,
      header?: Readonly<Record<string, unknown>>,
    ];
    const changed =
      (more: JWTPayload): ((claims: JWTPayload) => JWTPayload) =>
      (claims) => ({ ...claims, ...more });
    const without =
      (name: string): ((claims: JWTPayload) => JWTPayload) =>
      (claims) =>
        Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name));
    const mistakes: Readonly<Record<string, Mistake>> = {
      'without exp': [without('exp'), /exp of at most 3600 seconds/],
      'valid for longer than an hour': [(claims) => ({ ...claims, exp: Number(claims.iat) + 3601 }), /exp of at most/],
      expired: [(claims) => ({ ...claims, exp: Number(claims.iat) - 1 }), /request has expired/],
      'not valid yet': [(claims) => ({ ...claims, nbf: Number(claims.iat) + 60 }), /not valid yet/],
      'from the future': [(claims) => ({ ...claims, iat: Number(claims.iat) + 60 }), /not valid yet/],
      'without aud': [without('aud'), /aud of request must be the issuer/],
      'for another server': [changed({ aud: 'https://other.example' }), /aud of request must be the issuer/],
      'without iss': [without('iss'), /iss and client_id of request must both be the client id/],
      'without client_id': [without('client_id'), /iss and client_id of request must both be/],
      'of another issuer': [changed({ iss: 'another' }), /iss and client_id of request must both be/],
      'for another client': [changed({ client_id: 'another' }), /iss and client_id of request must both be/],
      'with the client as sub, as a client assertion has it': [
        (claims) => ({ ...claims, sub: String(claims.iss) }),
        /sub of request must not be the client id/,
      ],
      'with another type': [changed({}), /has another typ/, { typ: 'at+jwt' }],
      'with a type that is a number': [changed({}), /has another typ/, { typ: 7 }],
      'with a type that is null': [changed({}), /has another typ/, { typ: null }],
      'with a key id that is not registered': [
        changed({}),
        /kid of request is not that of a registered key/,
        { kid: 'x' },
      ],
      'with a scope that is a list': [changed({ scope: ['openid'] }), /scope of request must be a string/],
      'with an object as state': [changed({ state: { a: 1 } }), /state of request must be a string/],
      'with a broken max_age': [changed({ max_age: {} }), /max_age of request must be a number/],
      'with a broken resource': [changed({ resource: [{}] }), /resource of request must be a string or an array/],
      'with a state that is too long': [changed({ state: 'x'.repeat(4097) }), /state has 4097 characters/],
      'with a request object inside': [changed({ request: 'x' }), /must not contain request or request_uri/],
      'with a request_uri inside': [changed({ request_uri: 'urn:x' }), /must not contain request or request_uri/],
      'without response_type': [without('response_type'), /response_type/],
    };
    for (const [what, [change, description, header]] of Object.entries(mistakes)) {
      it(`${what}: on an error page and when they are pushed (RFC 9101 §6.3, §7)`, async () => {
        const claims: JWTPayload = change(request().claims);
        const signed = await sign(claims, header);
        const page = await openBrowser().get(urlOf({ request: signed }));
        const shown = page.location === undefined ? page.html : decodeURIComponent(page.location.replaceAll('+', ' '));
        expect(shown).to.match(/invalid_request/);
        expect(shown).to.match(description);
        expect(shown).not.to.match(/[?&]code=/);
        const pushed = await callAs(server, app, '/par', { request: signed });
        expect(pushed.status).to.equal(400);
        expect(String(pushed.body['error_description'])).to.match(description);
      });
    }

    it('of a client without registered keys', async () => {
      const keyless = await registerApp(server, { name: 'Keyless' });
      const signed = await sign(request(keyless).claims);
      for (const answer of [
        (await openBrowser().get(urlOf({ client_id: keyless.clientId, request: signed }))).html,
        String((await callAs(server, keyless, '/par', { request: signed })).body['error_description']),
      ]) {
        expect(answer).to.include('this client has no registered public keys');
      }
    });

    it('with the error at the app, if a registered redirect URI is beside them (RFC 9101 §7)', async () => {
      const { claims } = request();
      const signed = await sign({ ...claims, aud: 'https://other.example' });
      const page = await openBrowser().get(urlOf({ redirect_uri: app.redirectUri, state: 'outside', request: signed }));
      const { searchParams } = redirectedTo(page, app);
      expect(searchParams.get('error')).to.equal('invalid_request_object');
      expect(searchParams.get('iss')).to.equal(server.issuer);
    });

    it('from the moment on which the key is removed', async () => {
      const client = await registerApp(server, { name: 'Rotated', jwks });
      const signed = await sign(request(client).claims);
      expect((await callAs(server, client, '/par', { request: signed })).status).to.equal(201);
      await server.services.clients.update(client.clientId, { jwks: null }, by);
      expect((await callAs(server, client, '/par', { request: signed })).body['error']).to.equal(
        'invalid_request_object',
      );
    });
  });
});

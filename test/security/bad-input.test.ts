import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import {
  authorizationUrl,
  authorize,
  basic,
  createUser,
  password,
  photos,
  postForm,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { exchange, form, html, send } from './requests.ts';

describe('bad input', () => {
  let server: TestServer;
  let app: AppClient;
  let machine: AppClient;
  let ada: string;

  before(async () => {
    server = await startTestServer();
    await seedApis(server);
    ada = await createUser(server);
    app = await registerApp(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
  });
  after(() => server.stop());

  async function openLogin(
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{ browser: Browser; page: Page; action: string; csrf: string }> {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app, { parameters }).url);
    const login = page.forms.find(({ action }) => action.endsWith('/login'));
    if (login === undefined) {
      throw new Error(`no sign-in page: ${page.status}`);
    }
    return { browser, page, action: `${server.issuer}${login.action}`, csrf: login.fields['csrf'] ?? '' };
  }

  async function expectAlive(): Promise<void> {
    expect((await send(server, '/healthz')).status).to.equal(200);
    expect(
      (await postForm(`${server.issuer}/token`, { grant_type: 'client_credentials' }, basic(machine))).status,
    ).to.equal(200);
  }

  describe('forms of our pages', () => {
    for (const fields of [
      { 'email[$ne]': 'x', 'password[$ne]': 'x' },
      { email: '{"$gt":""}', password: '{"$gt":""}' },
      { 'email[]': 'ada@example.com', 'password[]': password },
    ]) {
      it(`treats ${Object.keys(fields).join(', ')} as text (A1)`, async () => {
        const { browser, action, csrf } = await openLogin();
        const answer = await browser.post(action, { csrf, ...fields });
        expect(answer.status).to.be.oneOf([400, 401]);
        expect(answer.location).to.equal(undefined);
      });
    }

    it('accepts no JSON, plain text or multipart body (A1, ASVS 3.5.3)', async () => {
      const { browser, action, csrf } = await openLogin();
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      for (const type of [
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded+json',
      ]) {
        const answer = await send(server, new URL(action).pathname, {
          method: 'POST',
          headers: { cookie, 'content-type': type, 'sec-fetch-site': 'same-origin' },
          body: JSON.stringify({ csrf, email: 'ada@example.com', password }),
        });
        expect(answer.status, type).to.equal(415);
      }
    });

    it('refuses a repeated field (A2)', async () => {
      const { browser, action, csrf } = await openLogin();
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      for (const name of ['csrf', 'email', 'password', 'remember']) {
        const body = new URLSearchParams({ csrf, email: 'ada@example.com', password, remember: 'yes' });
        body.append(name, 'again');
        const answer = await send(server, new URL(action).pathname, {
          method: 'POST',
          headers: { cookie, ...form, 'sec-fetch-site': 'same-origin' },
          body: body.toString(),
        });
        expect(answer.status, name).to.equal(400);
        expect(answer.headers.location, name).to.equal(undefined);
      }
    });

    it('survives lone surrogates, NUL, a byte order mark, invalid UTF-8 and invalid percent-encoding (A6)', async () => {
      const { browser, action, csrf } = await openLogin();
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const bodies: (string | Buffer)[] = [
        `csrf=${csrf}&email=%00&password=x`,
        `csrf=${csrf}&email=%ED%A0%80&password=%ED%A0%80`,
        `csrf=${csrf}&email=%EF%BB%BFada%40example.com&password=x`,
        `csrf=${csrf}&email=%&password=%zz`,
        `\uFEFFcsrf=${csrf}&email=a&password=b`,
        Buffer.concat([
          Buffer.from(`csrf=${csrf}&email=`),
          Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
          Buffer.from('&password=x'),
        ]),
        '&&&===;;;',
        '',
      ];
      for (const body of bodies) {
        const answer = await send(server, new URL(action).pathname, {
          method: 'POST',
          headers: { cookie, ...form, ...html, 'sec-fetch-site': 'same-origin' },
          body,
        });
        expect(answer.status, String(body)).to.be.within(400, 429);
        expect(answer.text).not.to.match(/at .*\.(?:ts|js):\d+/);
      }
      await expectAlive();
    });

    it('changes no object when fields are named like members of Object.prototype (A4)', async () => {
      const { browser, action, csrf } = await openLogin();
      await browser.post(action, {
        csrf,
        '__proto__[role]': 'admin',
        __proto__: '{"role":"admin"}',
        'constructor.prototype.role': 'admin',
        email: 'x@example.com',
        password: 'x',
      });
      expect(({} as Record<string, unknown>)['role']).to.equal(undefined);
      const user = await server.services.users.create({ email: 'next@example.com', password }, { actor: 'system' });
      expect(user.role).to.equal('user');
    });

    it('limits the body: 413 above 64 KiB, 415 for a compressed one (A5)', async () => {
      const { browser, action } = await openLogin();
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const path = new URL(action).pathname;
      const large = await send(server, path, {
        method: 'POST',
        headers: { cookie, ...form, 'sec-fetch-site': 'same-origin' },
        body: `email=${'a'.repeat(70_000)}`,
      });
      expect(large.status).to.equal(413);
      expect(large.text).to.include('64 KiB');
      const bomb = await send(server, path, {
        method: 'POST',
        headers: { cookie, ...form, 'sec-fetch-site': 'same-origin', 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.alloc(10_000_000, 'a')),
      });
      expect(bomb.status).to.equal(415);
    });
  });

  describe("the engine's endpoints", () => {
    for (const [path, limit] of [
      ['/token', 56],
      ['/introspect', 56],
      ['/revoke', 56],
      ['/par', 56],
      ['/authorize-challenge', 56],
      ['/userinfo', 56],
      ['/logout/confirm', 56],
      ['/authorize', 8],
      ['/logout', 8],
      ['/leaked-tokens', 256],
    ] as const) {
      it(`answers a body of more than ${limit} KiB at ${path} with 413 and the limit, also a chunked one (A5)`, async () => {
        const type = path === '/leaked-tokens' ? { 'content-type': 'application/json' } : form;
        const body = `token=${'a'.repeat(limit * 1024)}`;
        for (const framing of [{}, { 'transfer-encoding': 'chunked' }]) {
          const answer = await send(server, path, {
            method: 'POST',
            headers: { ...type, ...basic(machine), ...framing },
            body,
          });
          expect(answer.status).to.equal(413);
          const { error, error_description: description } = JSON.parse(answer.text) as Record<string, unknown>;
          expect(error).to.equal('invalid_request');
          expect(description).to.include('too large').and.include(`${limit} KiB`);
        }
        await expectAlive();
      });
    }

    it('keeps no more of an endless body than its limit (A5)', async () => {
      const chunk = `${(64 * 1024).toString(16)}\r\n${'a'.repeat(64 * 1024)}\r\n`;
      const before = process.memoryUsage().rss;
      const { text } = await exchange(
        server,
        `POST /token HTTP/1.1\r\nHost: ${new URL(server.issuer).host}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(160)}0\r\n\r\n`,
        /^HTTP\/1\.1 \d{3}/,
      );
      expect(text).to.match(/^HTTP\/1\.1 413/);
      expect(process.memoryUsage().rss - before).to.be.below(60_000_000);
      await expectAlive();
    });

    it('does not decompress a body (A5)', async () => {
      for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'identity, gzip']) {
        const answer = await send(server, '/token', {
          method: 'POST',
          headers: { ...form, ...basic(machine), 'content-encoding': encoding },
          body: gzipSync('grant_type=client_credentials'),
        });
        expect(answer.status, encoding).to.be.oneOf([400, 415]);
        expect(answer.text, encoding).not.to.include('access_token');
      }
    });

    it('refuses a JSON body at the token endpoint (RFC 6749 §4.4.2)', async () => {
      const answer = await send(server, '/token', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...basic(machine) },
        body: JSON.stringify({ grant_type: 'client_credentials' }),
      });
      expect(answer.status).to.equal(400);
      expect(JSON.parse(answer.text)).to.include({ error: 'invalid_request' });
    });

    it('refuses repeated parameters (RFC 6749 §3.2)', async () => {
      for (const [path, name] of [
        ['/token', 'grant_type'],
        ['/token', 'scope'],
        ['/introspect', 'token'],
        ['/revoke', 'token'],
        ['/par', 'client_id'],
      ] as const) {
        const body = new URLSearchParams([
          ['grant_type', 'client_credentials'],
          ['token', 'x'],
          ['scope', 'photos:read'],
          ['client_id', machine.clientId],
          [name, 'again'],
        ]);
        const answer = await send(server, path, {
          method: 'POST',
          headers: { ...form, ...basic(machine) },
          body: body.toString(),
        });
        expect(answer.status, `${path} ${name}`).to.equal(400);
        expect(JSON.parse(answer.text), `${path} ${name}`).to.include({ error: 'invalid_request' });
      }
    });

    it('refuses repeated parameters of the authorization request, without a redirect if client_id or redirect_uri is repeated (RFC 6749 §3.1)', async () => {
      for (const name of [
        'client_id',
        'redirect_uri',
        'response_type',
        'scope',
        'state',
        'nonce',
        'ui_locales',
        'prompt',
        'login_hint',
      ]) {
        const url = new URL(
          authorizationUrl(server, app, {
            parameters: { ui_locales: 'de', prompt: 'login', login_hint: 'x', nonce: 'n' },
          }).url,
        );
        url.searchParams.append(name, 'again');
        const answer = await send(server, `${url.pathname}${url.search}`, { headers: html });
        expect(answer.status, name).to.be.oneOf([303, 400]);
        if (answer.headers.location !== undefined) {
          expect(new URL(answer.headers.location, server.issuer).searchParams.get('error'), name).to.equal(
            'invalid_request',
          );
          expect(name).not.to.be.oneOf(['client_id', 'redirect_uri']);
        }
      }
    });

    it('survives invalid encodings, NUL and names of Object.prototype in parameters (A4, A6)', async () => {
      for (const body of [
        '%',
        'grant_type=%zz',
        'grant_type=%00',
        'grant_type=%ED%A0%80',
        '__proto__=x&grant_type=client_credentials&constructor=y',
        'a[b][c]=d',
        '\u{FEFF}grant_type=client_credentials',
        '',
      ]) {
        const answer = await send(server, '/token', { method: 'POST', headers: { ...form, ...basic(machine) }, body });
        expect(answer.status, body).to.be.oneOf(body.startsWith('__proto__') ? [200, 400] : [400]);
      }
      const badUtf8 = await send(server, '/token', {
        method: 'POST',
        headers: { ...form, ...basic(machine) },
        body: Buffer.from([0x67, 0xff, 0xc0, 0x80, 0x3d, 0xfe]),
      });
      expect(badUtf8.status).to.equal(400);
      expect(({} as Record<string, unknown>)['grant_type']).to.equal(undefined);
      await expectAlive();
    });

    it('answers every malformed Authorization header with 400, 401 or 429 (A2)', async () => {
      const values = [
        'Basic',
        'Basic ',
        'Basic !!!',
        'Basic Og==',
        `Basic ${Buffer.from('no-colon').toString('base64')}`,
        `Basic ${Buffer.from('%zz:%').toString('base64')}`,
        `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`,
        `Basic ${'A'.repeat(9000)}`,
        'Bearer',
        'Bearer ',
        'Bearer a b c',
        'Digest x',
        'Negotiate',
        'DPoP x',
        '%%%',
        'Basic a:b',
      ];
      for (const authorization of values) {
        for (const path of ['/token', '/introspect', '/revoke', '/par', '/userinfo']) {
          const answer = await send(server, path, {
            method: 'POST',
            headers: { ...form, authorization },
            body: 'grant_type=client_credentials&token=x',
          });
          expect(answer.status, `${path} ${authorization.slice(0, 40)}`).to.be.oneOf([400, 401, 429]);
        }
      }
    });
  });

  it('limits every field of the authorization request (A14)', async () => {
    const cases: Readonly<Record<string, string>>[] = [
      { state: 's'.repeat(8000) },
      { nonce: 'n'.repeat(8000) },
      { scope: `openid ${'photos:read '.repeat(1000)}`.trim() },
      { scope: 'x'.repeat(12_000) },
      { login_hint: 'h'.repeat(8000) },
      { ui_locales: 'de '.repeat(2000).trim() },
      { acr_values: 'a'.repeat(8000) },
      { claims: '{'.repeat(4000) },
      { max_age: '9'.repeat(300) },
      { max_age: '-1' },
      { max_age: '1e9' },
      { display: 'x'.repeat(5000) },
      { prompt: 'none login' },
      { prompt: 'x'.repeat(5000) },
      { id_token_hint: 'e'.repeat(8000) },
      { redirect_uri: `http://127.0.0.1:9/${'r'.repeat(4000)}` },
      { client_id: 'c'.repeat(8000) },
    ];
    for (const parameters of cases) {
      const url = new URL(authorizationUrl(server, app, { parameters }).url);
      const answer = await send(server, `${url.pathname}${url.search}`, { headers: html });
      expect(answer.status, `${Object.keys(parameters).join()}: ${answer.text.slice(0, 200)}`).to.be.oneOf([303, 400]);
    }
    await expectAlive();
  });

  it('limits the fields of a client (A14)', async () => {
    const by = { actor: 'system' } as const;
    const create = (more: object): Promise<unknown> =>
      server.services.clients.create({ name: 'X', type: 'web', redirectUris: ['https://x.example/cb'], ...more }, by);
    for (const more of [
      { name: 'x'.repeat(10_000) },
      { name: '\u202Eevil' },
      { name: 'a\u200Bb' },
      { name: '' },
      { name: 'a\r\nb' },
      { redirectUris: [`https://x.example/${'r'.repeat(4000)}`] },
      { redirectUris: Array.from({ length: 1000 }, (_, index) => `https://x.example/${index}`) },
      { redirectUris: ['https://x.example/*'] },
      { redirectUris: ['https://u:p@x.example/'] },
      { redirectUris: ['https://x.example/\n'] },
      { redirectUris: ['javascript:alert(1)'] },
      { redirectUris: ['data:text/html,x'] },
      { redirectUris: ['http://x.example/cb'] },
      { redirectUris: ['https://x.example/#f'] },
      { type: 'native', redirectUris: ['myapp:/cb'] },
      { type: 'native', redirectUris: ['http://localhost.evil.example:1/cb'] },
      { type: 'native', redirectUris: ['http://192.168.1.1:1/cb'] },
      { redirectUris: ['https://x.example/cb', 'myapp:/cb'] },
      { logo: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') },
    ]) {
      let code: unknown = 'accepted';
      try {
        await create(more);
      } catch (error) {
        code = error instanceof Error && 'code' in error ? error.code : error;
      }
      expect(code, JSON.stringify(more).slice(0, 100)).to.equal('invalid_input');
    }
  });

  describe('paths', () => {
    it('answers unusual ids in paths with 303 or 4xx, never with 500 (A16)', async () => {
      const ids = [
        '..%2f..%2fetc',
        '%7B%22%24gt%22%3A%22%22%7D',
        'x'.repeat(1000),
        '%00',
        '__proto__',
        'constructor',
        '%F0%9F%92%A9',
        '.',
        '%2e%2e',
        '%252e%252e',
        '*',
        '%0d%0aX-Evil:1',
      ];
      for (const id of ids) {
        for (const path of [
          `/interaction/${id}`,
          `/authorize/${id}`,
          `/password/${id}`,
          `/setup/${id}`,
          `/assets/${id}`,
          `/account/sessions/${id}/end`,
          `/${id}`,
          `/.well-known/${id}`,
        ]) {
          for (const method of ['GET', 'POST']) {
            const answer = await send(server, path, { method, headers: html });
            expect(answer.status, `${method} ${path.slice(0, 80)}`).to.be.oneOf([
              303, 400, 403, 404, 405, 410, 415, 429,
            ]);
            expect(answer.headers['x-evil']).to.equal(undefined);
          }
        }
      }
    });

    it('answers a path with invalid percent-encoding with 303 or 4xx, never with 500', async () => {
      for (const path of [
        '/interaction/%',
        '/interaction/%zz',
        '/password/%E0%A4%A',
        '/setup/%',
        '/authorize/%c0%80',
        '/account/sessions/%ff/end',
        '/account/apps/%/withdraw',
        '/%',
        '/assets/%',
        '/development/outbox/%',
      ]) {
        for (const method of ['GET', 'POST']) {
          const answer = await send(server, path, { method, headers: html });
          expect(answer.status, `${method} ${path}`).to.be.oneOf([303, 400, 404, 405, 410, 415]);
        }
      }
    });

    it('never redirects to a host that an unusual request target names, and serves no metadata for it', async () => {
      const { host } = new URL(server.issuer);
      for (const target of [
        '*',
        `http://evil.example/.well-known/openid-configuration`,
        'http://evil.example/account',
        'http://user:pass@evil.example/account',
        '//evil.example/account',
        `http://evil.example/healthz`,
        'http://[::1',
        '/\\evil',
        '/?%',
        '/?a[b]=c&a=d&__proto__=1',
        '/account?%zz=%',
        '/;a=b',
        '/%2f%2fevil.example',
      ]) {
        const { text } = await exchange(
          server,
          `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
        );
        expect(text, target).to.match(/^HTTP\/1\.1 (?:200|303|400|404|421)/);
        expect(text, target).not.to.match(/^location: .*evil/im);
        expect(text, target).not.to.match(/"issuer"/);
      }
      await expectAlive();
    });
  });

  describe('methods', () => {
    const pages = ['/', '/account', '/authorize', '/logout', '/interaction/x', '/password/x', '/setup/x'];
    const endpoints = [
      '/token',
      '/introspect',
      '/revoke',
      '/userinfo',
      '/par',
      '/jwks',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
    ];

    it('answers methods that a route does not have with 404 or 405 and Allow (A17, RFC 9110 §15.5.6)', async () => {
      for (const path of [...pages, ...endpoints, '/healthz', '/readyz', '/metrics', '/assets/x', '/nothing']) {
        for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'PURGE', 'QUERY']) {
          const answer = await send(server, path, { method });
          expect(answer.status, `${method} ${path}`).to.be.oneOf([404, 405]);
          if (answer.status === 405) {
            expect(answer.headers.allow, `${method} ${path}`).to.be.a('string');
          }
        }
      }
    });

    it('lists the methods of a protocol endpoint: 405 with Allow', async () => {
      for (const [path, allow] of [
        ['/token', 'POST, OPTIONS'],
        ['/introspect', 'POST'],
        ['/revoke', 'POST, OPTIONS'],
        ['/par', 'POST'],
        ['/jwks', 'GET, HEAD, OPTIONS'],
      ] as const) {
        const answer = await send(server, path, { method: path === '/jwks' ? 'POST' : 'GET' });
        expect(answer.status, path).to.equal(405);
        expect(answer.headers.allow, path).to.equal(allow);
      }
    });

    it('ignores X-HTTP-Method-Override and _method (A17)', async () => {
      for (const headers of [
        { 'x-http-method-override': 'POST' },
        { 'x-method-override': 'POST' },
        { 'x-http-method': 'POST' },
      ]) {
        const answer = await send(server, '/token?_method=POST&grant_type=client_credentials', {
          headers: { ...headers, ...basic(machine) },
        });
        expect(answer.status).to.equal(405);
      }
    });

    it('ignores headers that would replace the path (X-Original-URL, X-Rewrite-URL, X-Forwarded-Prefix)', async () => {
      const answer = await send(server, '/nothing', {
        headers: { 'x-original-url': '/healthz', 'x-rewrite-url': '/healthz', 'x-forwarded-prefix': '/evil', ...html },
      });
      expect(answer.status).to.equal(404);
      expect(answer.text).not.to.include('/evil');
    });

    it('closes the connection on CONNECT', async () => {
      const { text } = await exchange(
        server,
        'CONNECT internal.example:443 HTTP/1.1\r\nHost: internal.example:443\r\n\r\n',
      );
      expect(text).to.match(/^(?:$|HTTP\/1\.1 4)/);
      await expectAlive();
    });

    it('changes nothing on HEAD, and answers it without a body (A17)', async () => {
      const browser = openBrowser();
      await authorize(server, app, {}, browser);
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const before = await server.services.sessions.listByUser(ada);
      for (const path of [
        '/',
        '/account',
        '/logout',
        '/account/sign-out',
        '/account/sessions/end-others',
        ...endpoints,
      ]) {
        const answer = await send(server, path, { method: 'HEAD', headers: { cookie } });
        expect(answer.text, path).to.equal('');
        expect(answer.status, path).to.be.below(500);
      }
      expect((await server.services.sessions.listByUser(ada)).length).to.equal(before.length);
    });

    it('answers HEAD with 200 where GET has 200', async () => {
      for (const path of ['/', '/jwks', '/.well-known/openid-configuration', '/healthz', '/readyz', '/metrics']) {
        expect((await send(server, path, { method: 'HEAD' })).status, path).to.equal(200);
      }
    });
  });

  describe('HTTP messages', () => {
    it('refuses headers above 16 KiB with 431, and answers the next request (A9)', async () => {
      for (const headers of [
        { cookie: `a=${'x'.repeat(15_900)}; b=${'y'.repeat(600)}` },
        { 'x-long': 'x'.repeat(17_000) },
      ]) {
        const answer = await send(server, '/', { headers });
        expect(answer.status).to.equal(431);
      }
      await expectAlive();
    });

    it('handles 15 kB of cookies, 3,000 headers and malformed cookies (A9)', async () => {
      const long = await send(server, '/account', { headers: { cookie: `gatehouse_session=${'x'.repeat(15_000)}` } });
      expect(long.status).to.be.oneOf([303, 400]);
      const many = await exchange(
        server,
        `GET / HTTP/1.1\r\nHost: ${new URL(server.issuer).host}\r\n${'A: b\r\n'.repeat(2900)}Connection: close\r\n\r\n`,
      );
      expect(many.text).to.match(/^HTTP\/1\.1 (?:200|400|431)/);
      for (const cookie of [
        '=',
        ';;;',
        'gatehouse_session',
        'gatehouse_session=%zz; gatehouse_session.sig=x',
        'gatehouse_session="a',
        '__proto__=x',
        'gatehouse_interaction=../../x; gatehouse_interaction.sig=y',
        `${'a=b; '.repeat(1500)}c=d`,
      ]) {
        for (const path of ['/', '/account', '/authorize/x', '/interaction/x', '/logout']) {
          const answer = await send(server, path, { headers: { cookie, ...html } });
          expect(answer.status, `${path} ${cookie.slice(0, 30)}`).to.be.oneOf([200, 303, 400]);
        }
      }
      await expectAlive();
    });

    for (const [what, head] of [
      [
        'Content-Length and Transfer-Encoding together',
        'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /account HTTP/1.1\r\nHost: x\r\n\r\n',
      ],
      ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\na=bcd'],
      ['a length that is not a number', 'Content-Length: 4x\r\n\r\na=bc'],
      ['a folded header', 'X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
      ['a bare line feed', 'X-Bare: a\nContent-Length: 0\r\n\r\n'],
      ['a space before the colon', 'Content-Length : 4\r\n\r\na=bc'],
      ['a NUL in a header', 'X-Nul: a\0b\r\n\r\n'],
      ['Transfer-Encoding: xchunked', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ] as const) {
      it(`closes the connection on ${what} (A10)`, async () => {
        const { text, closed } = await exchange(
          server,
          `POST /token HTTP/1.1\r\nHost: ${new URL(server.issuer).host}\r\nContent-Type: application/x-www-form-urlencoded\r\n${head}`,
        );
        expect(closed).to.equal(true);
        expect(text)
          .to.match(/^(?:HTTP\/1\.1 400)?/)
          .and.not.match(/HTTP\/1\.1 [235]/);
        expect(text.match(/HTTP\/1\.1/g)?.length ?? 0).to.be.at.most(1);
      });
    }

    it('refuses requests with two Host headers or without a host (RFC 9112 §3.2)', async () => {
      const { host } = new URL(server.issuer);
      for (const head of [`Host: ${host}\r\nHost: evil.example`, 'X-No: host', 'Host: ']) {
        const { text } = await exchange(server, `GET /account HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`);
        expect(text, head).to.match(/^HTTP\/1\.1 4/);
      }
    });

    it('reads only as much of a body as Content-Length announces', async () => {
      const { text } = await exchange(
        server,
        `POST /token HTTP/1.1\r\nHost: ${new URL(server.issuer).host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\ngrant_type=client_credentials`,
      );
      expect(text).to.match(/^HTTP\/1\.1 400/);
      await expectAlive();
    });
  });

  it('treats all spellings of an email address as one user, and refuses lists and line breaks (A12)', async () => {
    const by = { actor: 'system' } as const;
    await server.services.users.create({ email: 'jörg@example.com'.replace('ö', 'o'), password }, by);
    await server.services.users.create({ email: 'eva@bücher.example', password }, by);
    for (const [email, code] of [
      ['eva@xn--bcher-kva.example', 'conflict'],
      ['EVA@BÜCHER.EXAMPLE', 'conflict'],
      ['user＠x.com', 'invalid_input'],
      ['a@b.example,c@d.example', 'invalid_input'],
      ['a@b.example\r\nBcc: c@d.example', 'invalid_input'],
      ['a@b.example\nBcc:x', 'invalid_input'],
      [`${'a'.repeat(320)}@b.example`, 'invalid_input'],
      ['"a b"@c.example', 'invalid_input'],
      ['a@b@c.example', 'invalid_input'],
      ['a@[127.0.0.1]', 'invalid_input'],
      ['<a@b.example>', 'invalid_input'],
      ['a@b', 'invalid_input'],
      ['', 'invalid_input'],
      ['a@b.example\0', 'invalid_input'],
    ] as const) {
      let received: unknown = 'accepted';
      try {
        await server.services.users.create({ email, password }, by);
      } catch (error) {
        received = error instanceof Error && 'code' in error ? error.code : error;
      }
      expect(received, email).to.equal(code);
    }
  });

  it('signs in with any spelling of the same address (A12)', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const next = await signIn(browser, page, ' Eva@XN--BCHER-KVA.example ');
    expect(
      next.forms.some(({ action }) => action.endsWith('/consent')),
      `${next.status}`,
    ).to.equal(true);
  });
});

import { expect } from 'chai';
import { loadConfig } from '../../src/config/load.ts';
import { createLogger, type Logger } from '../../src/logging.ts';
import {
  authorizationUrl,
  authorize,
  basic,
  callAs,
  createUser,
  photos,
  postForm,
  redeem,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { exchange, form, html, send } from './requests.ts';

interface CapturedLog {
  readonly logger: Logger;
  readonly lines: string[];
}

function captureLog(): CapturedLog {
  const lines: string[] = [];
  return { lines, logger: createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } }) };
}

describe('request limits', () => {
  const servers: TestServer[] = [];
  after(() => Promise.all(servers.map((server) => server.stop())));

  async function start(environment: Record<string, string>): Promise<TestServer> {
    const server = await startTestServer({ environment });
    servers.push(server);
    return server;
  }

  it('answer 429 with Retry-After; pages and endpoints are counted separately for each address', async () => {
    const server = await start({
      LIMIT_PAGES_PER_ADDRESS: '3',
      LIMIT_ENDPOINTS_PER_ADDRESS: '4',
      TRUSTED_PROXIES: '127.0.0.1',
    });
    const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
    for (let count = 0; count < 3; count += 1) {
      expect((await send(server, '/', { headers: from('203.0.113.1') })).status).to.equal(200);
    }
    const page = await send(server, '/', { headers: { ...from('203.0.113.1'), ...html } });
    expect(page.status).to.equal(429);
    expect(Number(page.headers['retry-after'])).to.be.within(1, 60);
    expect(page.headers['content-type']).to.include('text/html');
    for (let count = 0; count < 4; count += 1) {
      expect((await send(server, '/jwks', { headers: from('203.0.113.1') })).status).to.equal(200);
    }
    const endpoint = await send(server, '/token', {
      method: 'POST',
      headers: { ...from('203.0.113.1'), ...form },
      body: 'x=y',
    });
    expect(endpoint.status).to.equal(429);
    expect(JSON.parse(endpoint.text)).to.have.property('error');
    expect(Number(endpoint.headers['retry-after'])).to.be.within(1, 60);
    expect((await send(server, '/', { headers: from('203.0.113.2') })).status).to.equal(200);
    expect((await send(server, '/healthz', { headers: from('203.0.113.1') })).status).to.equal(200);
  });

  it('can be read by an app in a browser where its answers can be: what is wrong, and when to try again', async () => {
    const server = await start({ LIMIT_ENDPOINTS_PER_ADDRESS: '1' });
    const origin = { origin: 'https://app.example' };
    expect((await send(server, '/jwks', { headers: origin })).status).to.equal(200);
    for (const [method, path] of [
      ['POST', '/token'],
      ['POST', '/revoke'],
      ['GET', '/userinfo'],
      ['GET', '/jwks'],
    ] as const) {
      const { status, headers } = await send(server, path, { method, headers: origin });
      expect(status, path).to.equal(429);
      expect(headers['access-control-allow-origin'], path).to.equal('*');
      expect(headers['access-control-expose-headers'], path).to.equal('Retry-After');
      expect(headers, path).not.to.have.property('access-control-allow-credentials');
    }
    const { status, headers } = await send(server, '/introspect', { method: 'POST', headers: origin });
    expect(status).to.equal(429);
    expect(headers).not.to.have.property('access-control-allow-origin');
    expect(headers).not.to.have.property('access-control-expose-headers');
  });

  it('count an IPv6 /64 as one address, and ignore a forged X-Forwarded-For (C9)', async () => {
    const trusting = await start({ LIMIT_PAGES_PER_ADDRESS: '2', TRUSTED_PROXIES: '127.0.0.1' });
    for (const last of ['1', '2']) {
      expect((await send(trusting, '/', { headers: { 'x-forwarded-for': `2001:db8:1:2::${last}` } })).status).to.equal(
        200,
      );
    }
    expect((await send(trusting, '/', { headers: { 'x-forwarded-for': '2001:db8:1:2:ffff::9' } })).status).to.equal(
      429,
    );
    expect((await send(trusting, '/', { headers: { 'x-forwarded-for': '2001:db8:1:3::1' } })).status).to.equal(200);

    const untrusting = await start({ LIMIT_PAGES_PER_ADDRESS: '12' });
    const forged = [
      '1.1.1.1',
      '2.2.2.2, 3.3.3.3',
      'garbage',
      '',
      ' ',
      ','.repeat(5000),
      '::1',
      '%00',
      '1.1.1.1:80',
      '[::1]:80',
      '127.0.0.1',
      '999.1.1.1',
    ];
    for (const value of forged) {
      const answer = await send(untrusting, '/', {
        headers: {
          'x-forwarded-for': value,
          forwarded: `for=${value.slice(0, 20).replaceAll(/[^\w.]/g, '')}`,
          'x-real-ip': value.trim(),
        },
      });
      expect(answer.status, value.slice(0, 20)).to.equal(200);
    }
    expect(
      (
        await send(untrusting, '/', {
          headers: { 'x-forwarded-for': '9.9.9.9', 'x-real-ip': '9.9.9.9', forwarded: 'for=9.9.9.9' },
        })
      ).status,
    ).to.equal(429);
  });

  it('use the right-most address that is not a trusted proxy, also when a header is malformed (C9)', async () => {
    const { lines, logger } = captureLog();
    const server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' }, logger });
    servers.push(server);
    for (const [value, address] of [
      ['203.0.113.5', '203.0.113.5'],
      ['6.6.6.6, 203.0.113.5', '203.0.113.5'],
      ['6.6.6.6, 203.0.113.5, 10.1.2.3', '203.0.113.5'],
      ['garbage', '127.0.0.1'],
      ['6.6.6.6, garbage', '127.0.0.1'],
      ['6.6.6.6, garbage, 10.1.2.3', '10.1.2.3'],
      ['::ffff:203.0.113.5', '203.0.113.5'],
      [`${'6.6.6.6, '.repeat(600)}203.0.113.5`, '203.0.113.5'],
      ['203.0.113.5:1234', '127.0.0.1'],
    ] as const) {
      const answer = await send(server, '/', { headers: { 'x-forwarded-for': value } });
      expect(answer.status).to.equal(200);
      const line = lines.find((one) => one.includes(String(answer.headers['x-request-id'])));
      expect((JSON.parse(line ?? '{}') as Record<string, unknown>)['address'], value.slice(0, 60)).to.equal(address);
    }
  });

  it('count an authenticated client over all its addresses', async () => {
    const server = await start({
      LIMIT_ENDPOINTS_PER_CLIENT: '3',
      TRUSTED_PROXIES: '127.0.0.1',
      THROTTLE_PAIR_FREE: '100',
    });
    await seedApis(server);
    const busy = await registerApp(server, { type: 'machine', name: 'Busy', apis: [photos] });
    const calm = await registerApp(server, { type: 'machine', name: 'Calm', apis: [photos] });
    const ask = (client: AppClient, address: string, secret = client.secret ?? '') =>
      postForm(
        `${server.issuer}/token`,
        { grant_type: 'client_credentials' },
        { ...basic(client, secret), 'x-forwarded-for': address },
      );
    for (let count = 0; count < 5; count += 1) {
      expect((await ask(busy, `198.51.100.${count}`, 'wrong')).status).to.equal(401);
    }
    for (let count = 0; count < 3; count += 1) {
      expect((await ask(busy, `203.0.113.${count}`)).status).to.equal(200);
    }
    const refused = await ask(busy, '203.0.113.99');
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
    expect(refused.body).not.to.have.property('access_token');
    expect((await ask(calm, '203.0.113.99')).status).to.equal(200);
  });

  it('count a client at the endpoints for programs, also at userinfo, and do not block users on its pages', async () => {
    const server = await start({ LIMIT_ENDPOINTS_PER_CLIENT: '2' });
    await seedApis(server);
    await createUser(server);
    const app = await registerApp(server);
    const browser = openBrowser();
    const { body } = await redeem(server, app, await authorize(server, app, { scope: 'openid profile' }, browser));
    expect((await userinfo(server, body['access_token'])).status).to.equal(200);
    const refused = await userinfo(server, body['access_token']);
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
    expect((await callAs(server, app, '/introspect', { token: 'x' })).status).to.equal(429);
    await authorize(server, app, { parameters: { prompt: 'login' } }, openBrowser());
  });

  it('count the revocations of a client, which could otherwise fill the list of what has ended, and nothing else', async () => {
    const server = await start({ LIMIT_REVOCATIONS_PER_CLIENT: '2' });
    await seedApis(server);
    const busy = await registerApp(server, { type: 'machine', name: 'Busy', apis: [photos] });
    const calm = await registerApp(server, { type: 'machine', name: 'Calm', apis: [photos] });
    const obtainToken = async (): Promise<string> => {
      const { status, body } = await callAs(server, busy, '/token', { grant_type: 'client_credentials' });
      expect(status).to.equal(200);
      return String(body['access_token']);
    };
    for (let count = 0; count < 2; count += 1) {
      expect((await callAs(server, busy, '/revoke', { token: await obtainToken() })).status).to.equal(200);
    }
    const refused = await callAs(server, busy, '/revoke', { token: await obtainToken() });
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
    expect((await callAs(server, busy, '/introspect', { token: 'x' })).status).to.equal(200);
    expect((await callAs(server, calm, '/revoke', { token: 'x' })).status).to.equal(200);
  });

  it('are off with 0', async () => {
    const server = await start({
      LIMIT_PAGES_PER_ADDRESS: '0',
      LIMIT_ENDPOINTS_PER_ADDRESS: '0',
      LIMIT_ENDPOINTS_PER_CLIENT: '0',
    });
    const statuses = new Set<number>();
    for (let count = 0; count < 300; count += 1) {
      statuses.add((await send(server, count % 2 === 0 ? '/jwks' : '/')).status);
    }
    expect([...statuses]).to.deep.equal([200]);
  });
});

describe('/metrics', () => {
  it('answers only loopback callers without METRICS_TOKEN; a forwarded request is not from loopback', async () => {
    const server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    try {
      const direct = await send(server, '/metrics');
      expect(direct.status).to.equal(200);
      expect(direct.headers['content-type']).to.include('text/plain');
      expect(direct.text).to.include('gatehouse_http_requests_total');
      for (const headers of [
        { 'x-forwarded-for': '203.0.113.1' },
        { 'x-forwarded-for': '127.0.0.1' },
        { forwarded: 'for=127.0.0.1' },
        { 'x-forwarded-for': '' },
        { 'x-forwarded-host': 'login.example' },
        { 'x-forwarded-proto': 'https' },
        { 'x-real-ip': '203.0.113.1' },
        { via: '1.1 proxy' },
      ]) {
        const answer = await send(server, '/metrics', { headers });
        expect(answer.status, JSON.stringify(headers)).to.equal(403);
        expect(answer.text).not.to.include('gatehouse_http');
      }
    } finally {
      await server.stop();
    }
  });

  it('cannot be reached by sending so many headers that those of the proxy are dropped: they are refused (A9)', async () => {
    const server = await startTestServer({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    try {
      for (const count of [95, 98, 100, 150, 1000]) {
        const filler = Array.from({ length: count }, (_, index) => `X-F${index}: a\r\n`).join('');
        const { text } = await exchange(
          server,
          `GET /metrics HTTP/1.1\r\nHost: localhost\r\n${filler}X-Forwarded-For: 203.0.113.1\r\nConnection: close\r\n\r\n`,
        );
        expect(text, String(count))
          .to.match(/^HTTP\/1\.1 4(?:03|31)/)
          .and.not.include('gatehouse_http');
      }
      expect((await send(server, '/metrics')).status).to.equal(200);
    } finally {
      await server.stop();
    }
  });

  it('answers only callers with METRICS_TOKEN, loopback or not', async () => {
    const token = 'a-metrics-token-of-some-length';
    const server = await startTestServer({ environment: { METRICS_TOKEN: token } });
    try {
      expect(
        (
          await send(server, '/metrics', {
            headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.1' },
          })
        ).status,
      ).to.equal(200);
      for (const authorization of [
        '',
        'Bearer',
        'Bearer x',
        `Bearer ${token}x`,
        `Basic ${token}`,
        `Bearer ${token.toUpperCase()}`,
      ]) {
        const refused = await send(server, '/metrics', { headers: authorization === '' ? {} : { authorization } });
        expect(refused.status, authorization).to.equal(401);
        expect(refused.headers['www-authenticate'], authorization).to.match(/^Bearer/);
      }
      expect((await send(server, `/metrics?token=${token}&access_token=${token}`)).status).to.equal(401);
    } finally {
      await server.stop();
    }
  });

  it("creates no time series from a caller's input", async () => {
    const server = await startTestServer({ environment: { LIMIT_PAGES_PER_ADDRESS: '0' } });
    try {
      for (let count = 0; count < 30; count += 1) {
        for (const path of [
          `/canary${count}`,
          `/interaction/canary${count}`,
          `/interaction/x/canary${count}`,
          `/authorize/canary${count}`,
          `/password/canary${count}`,
          `/setup/canary${count}`,
          `/account/canary${count}`,
          `/.well-known/canary${count}`,
          `/development/canary${count}`,
          `/logos/canary${count}`,
        ]) {
          await send(server, path);
          await send(server, path, { method: 'POST', headers: form, body: 'a=b' });
        }
        await send(server, '/', { headers: { host: `canary${count}.example` } });
        await send(server, `/canary-other-${count}`, { headers: { host: `canary${count}.example` } });
      }
      expect((await send(server, '/metrics')).text).not.to.match(/canary/i);
    } finally {
      await server.stop();
    }
  });
});

describe('error pages', () => {
  it('have the same reference in page, log and X-Request-Id, which a caller cannot choose', async () => {
    const { lines, logger } = captureLog();
    const server = await startTestServer({ logger });
    try {
      for (const [path, method] of [
        ['/nothing', 'GET'],
        ['/authorize?client_id=x', 'GET'],
        ['/interaction/x', 'GET'],
        ['/password/x', 'GET'],
        ['/logout?state=twice&state=twice', 'GET'],
      ] as const) {
        const answer = await send(server, path, { method, headers: { ...html, 'x-request-id': 'chosen' } });
        const reference = String(answer.headers['x-request-id']);
        expect(reference, path).to.match(/^[0-9a-f-]{36}$/);
        expect(answer.text, path).to.include(reference);
        expect(lines.filter((line) => line.includes(reference)).length, path).to.be.above(0);
      }
      expect(lines.join('')).not.to.include('chosen');
    } finally {
      await server.stop();
    }
  });

  it('write one log line for each event, whatever a caller puts into names and headers (A15)', async () => {
    const { lines, logger } = captureLog();
    const server = await startTestServer({ logger });
    try {
      await seedApis(server);
      await createUser(server);
      const app = await registerApp(server);
      const browser = openBrowser({ 'user-agent': 'x {"level":"fatal"}' });
      const page = await browser.visit(authorizationUrl(server, app).url);
      await signIn(browser, page, 'ada@example.com\r\n{"level":"fatal","msg":"forged"}', 'wrong');
      await postForm(
        `${server.issuer}/token`,
        { grant_type: 'client_credentials', client_id: 'x\r\n{"level":"fatal"}' },
        basic({ ...app, clientId: 'y\n{"msg":"forged"}' }),
      );
      for (const line of lines) {
        expect(line.trimEnd()).not.to.match(/[\r\n]/);
        expect((JSON.parse(line) as Record<string, unknown>)['level']).not.to.equal('fatal');
      }
    } finally {
      await server.stop();
    }
  });

  it('keep passwords, codes, tokens, secrets and cookies out of the log', async () => {
    const { lines, logger } = captureLog();
    const server = await startTestServer({ logger });
    try {
      await seedApis(server);
      await createUser(server);
      const app = await registerApp(server);
      const browser = openBrowser();
      const { password, refresh } = await import('../support/app.ts');
      const authorization = await authorize(server, app, {}, browser);
      const { body } = await redeem(server, app, authorization);
      const { body: second } = await refresh(server, app, body['refresh_token']);
      await redeem(server, app, authorization);
      await send(server, `/logout?id_token_hint=${String(body['id_token'])}`, { headers: html });
      await signIn(
        browser,
        await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url),
        'ada@example.com',
        'a-wrong-password-canary',
      );
      const log = lines.join('');
      for (const [name, value] of Object.entries({
        password,
        wrong: 'a-wrong-password-canary',
        code: authorization.code,
        verifier: authorization.verifier,
        secret: app.secret,
        access: body['access_token'],
        refresh: body['refresh_token'],
        id: body['id_token'],
        access2: second['access_token'],
        refresh2: second['refresh_token'],
        session: browser.cookies.get('gatehouse_session'),
        device: browser.cookies.get('gatehouse_device'),
      })) {
        expect(value, name).to.be.a('string');
        expect(log.includes(String(value)), name).to.equal(false);
      }
    } finally {
      await server.stop();
    }
  });

  it('show the received value next to the registered ones in development only, with the difference marked', async () => {
    const development = await startTestServer({ environment: { NODE_ENV: 'development' } });
    const production = await startTestServer({
      environment: {
        NODE_ENV: 'production',
        ISSUER: 'https://login.example.test',
        PASSWORD_HASH_MEMORY_KIB: '19456',
        PASSWORD_HASH_PASSES: '2',
      },
    });
    try {
      const page = async (server: TestServer): Promise<string> => {
        await seedApisOnce(server);
        const app = await registerApp(server, { redirectUris: ['https://app.example/callback'] });
        const { pathname, search } = new URL(
          authorizationUrl(server, app, { parameters: { redirect_uri: 'https://app.example/callback/extra' } }).url,
        );
        const answer = await send(server, `${pathname}${search}`, { headers: html });
        expect(answer.status).to.equal(400);
        return answer.text;
      };
      const detailed = await page(development);
      expect(detailed)
        .to.include('https://app.example/callback')
        .and.match(/<mark>\/extra<\/mark>/);
      const plain = await page(production);
      expect(plain).not.to.include('app.example/callback').and.not.include('<mark>');
    } finally {
      await development.stop();
      await production.stop();
    }
  });
});

async function seedApisOnce(server: TestServer): Promise<void> {
  if ((await server.services.apis.find(photos)) === null) {
    await seedApis(server);
  }
}

describe('production', () => {
  it('starts safely: it prints no card, seeds nothing and has no development pages', async () => {
    const { lines, logger } = captureLog();
    const server = await startTestServer({
      logger,
      environment: {
        NODE_ENV: 'production',
        ISSUER: 'https://login.example.test',
        PASSWORD_HASH_MEMORY_KIB: '19456',
        PASSWORD_HASH_PASSES: '2',
      },
    });
    try {
      const host = { host: 'login.example.test', ...html };
      expect((await server.services.clients.list()).length).to.equal(0);
      expect((await server.services.apis.list()).length).to.equal(0);
      for (const path of ['/development/outbox', '/development/outbox/x']) {
        expect((await send(server, path, { headers: host })).status, path).to.equal(404);
      }
      const front = await send(server, '/', { headers: host });
      expect(front.status).to.equal(200);
      expect(front.text).not.to.match(/\/setup\/|development|demo/i);
      expect(lines.join('')).not.to.match(/\/setup\/|setup-link|setupLink/);
      expect((await send(server, '/readyz', { headers: host })).status).to.equal(200);
    } finally {
      await server.stop();
    }
  });

  it('rejects unsafe settings before anything is opened', () => {
    const environment = {
      NODE_ENV: 'production',
      ISSUER: 'http://localhost:3000',
      PASSWORD_MINIMUM_LENGTH: '8',
      PASSWORD_HASH_MEMORY_KIB: '1024',
      SESSION_IDLE: '2h',
      SESSION_ABSOLUTE: '30d',
      TRUSTED_PROXIES: '0.0.0.0/0',
      OUTBOUND_PRIVATE_NETWORKS: 'true',
      REQUEST_DEADLINE: '30s',
    };
    expect(() => loadConfig({ environment, workingDirectory: '/nonexistent' }))
      .to.throw()
      .with.property('problems')
      .that.satisfies((problems: string[]) =>
        [
          'ISSUER',
          'DATABASE_URL',
          'SECRET',
          'PASSWORD_MINIMUM_LENGTH',
          'PASSWORD_HASH_MEMORY_KIB',
          'SESSION_IDLE',
          'SESSION_ABSOLUTE',
          'TRUSTED_PROXIES',
          'OUTBOUND_PRIVATE_NETWORKS',
          'REQUEST_DEADLINE',
        ].every((name) => problems.some((problem) => problem.startsWith(name))),
      );
  });
});

/** Failed client authentication costs bounded memory and audit events, and does not affect other clients. */
import type { IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { Context } from 'koa';
import { ThrottledError } from '../../src/errors.ts';
import { createClientAuthThrottle } from '../../src/http/middleware/client-auth-throttle.ts';
import { endpoints } from '../../src/oidc/endpoints.ts';
import { setRequestContext } from '../../src/oidc/request-context.ts';
import { createThrottleKeys } from '../../src/services/foundation/throttle-keys.ts';
import { loginAttempts } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { systemClock } from '../../src/clock.ts';
import {
  archive,
  basic,
  createUser,
  obtain,
  photos,
  postForm,
  refresh,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const free = 6;

onEachDatabase('failed client authentication', (start) => {
  let server: TestServer;
  let inBody: AppClient;
  let other: AppClient;
  let turn = 0;
  before(async () => {
    server = await start({ environment: { THROTTLE_ADDRESS_FREE: String(free), TRUSTED_PROXIES: '127.0.0.1' } });
    await seedApis(server);
    inBody = await registerApp(server, {
      type: 'machine',
      name: 'Posting',
      apis: [photos],
      authMethod: 'client_secret_post',
    });
    other = await registerApp(server, { type: 'machine', name: 'Neighbour', apis: [photos] });
  });

  /** An address that was not used before. */
  function freshAddress(): string {
    turn += 1;
    return `203.0.113.${turn}`;
  }

  function byBody(path: string, from: string, secret = inBody.secret ?? ''): Promise<Answer> {
    return postForm(
      `${server.issuer}${path}`,
      { grant_type: 'client_credentials', token: 'x', client_id: inBody.clientId, client_secret: secret },
      { 'x-forwarded-for': from },
    );
  }

  function byHeader(from: string, header = basic(other), path = '/token'): Promise<Answer> {
    return postForm(
      `${server.issuer}${path}`,
      { grant_type: 'client_credentials', token: 'x' },
      { ...header, 'x-forwarded-for': from },
    );
  }

  async function events(type: string): Promise<number> {
    return (await server.services.audit.list({ limit: 500 })).filter((event) => event.type === type).length;
  }

  it('throttles credentials in the body like those in the header: during the wait correct ones are rejected, too', async () => {
    const from = freshAddress();
    for (let attempt = 0; attempt < free; attempt += 1) {
      expect((await byBody('/token', from, `wrong${attempt}`)).status).to.equal(401);
    }
    expect((await byBody('/token', from, 'wrong')).status).to.equal(429);
    for (const path of ['/token', '/introspect', '/revoke', '/par']) {
      const { status, headers, body } = await byBody(path, from);
      expect(status, path).to.equal(429);
      expect(Number(headers.get('retry-after')), path).to.be.within(1, 30);
      expect(body['error'], path).to.equal('temporarily_unavailable');
    }
    expect((await byBody('/token', freshAddress())).status, 'the client does not wait at another address').to.equal(
      200,
    );
  });

  it('is counted and recorded whatever type of answer the caller accepts', async () => {
    for (const path of ['/token', '/introspect', '/revoke', '/par', '/authorize-challenge']) {
      const from = freshAddress();
      const before = await events('client.authentication_failed');
      const wrong = { ...basic(other, 'wrong'), accept: 'text/html, */*;q=0.2' };
      for (let attempt = 0; attempt < free; attempt += 1) {
        expect((await byHeader(from, wrong, path)).status, path).to.equal(401);
      }
      expect((await byHeader(from, wrong, path)).status, path).to.equal(429);
      expect(await events('client.authentication_failed'), path).to.equal(before + free);
    }
  });

  it('records no secret that was sent as the id, as by a caller that has confused the two (decision 9)', async () => {
    const secret = String(other.secret);
    const grant = { grant_type: 'client_credentials' };
    const confused = { ...other, clientId: secret, secret: other.clientId };
    for (const [fields, headers] of [
      [grant, basic(confused)],
      [{ ...grant, client_id: secret, client_secret: other.clientId }, {}],
    ] as const) {
      const answer = await postForm(`${server.issuer}/token`, fields, {
        ...headers,
        'x-forwarded-for': freshAddress(),
      });
      expect(answer.status).to.equal(401);
      const [event] = await server.services.audit.list({ limit: 1, type: 'client.authentication_failed' });
      expect(event?.detail).to.include({ clientId: 'a client secret' });
      expect(JSON.stringify(event)).not.to.include(secret);
    }
  });

  it('records no token that was sent as the id, as by a caller that knows no other user name (decision 9)', async () => {
    const app = await registerApp(server);
    await createUser(server);
    const stored = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    const refreshed = await refresh(server, app, stored['refresh_token']);
    const jwt = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    const tokens = [
      stored['access_token'],
      stored['refresh_token'],
      refreshed.body['refresh_token'],
      jwt['access_token'],
    ].map(String);
    for (const token of tokens) {
      const header = basic({ ...other, clientId: token, secret: 'x-oauth-basic' });
      expect((await byHeader(freshAddress(), header, '/introspect')).status).to.equal(401);
      const [event] = await server.services.audit.list({ limit: 1, type: 'client.authentication_failed' });
      expect(event?.detail).to.include({ clientId: 'a token' });
      expect(JSON.stringify(event)).not.to.include(token.slice(0, 43));
    }
  });

  it('counts all spellings of a client id in the header as one client', async () => {
    const from = freshAddress();
    const spelled = (letters: number): { readonly authorization: string } => {
      const id = other.clientId
        .split('')
        .map((letter, index) => (index < letters ? `%${letter.charCodeAt(0).toString(16)}` : letter))
        .join('');
      return { authorization: `Basic ${Buffer.from(`${id}:wrong`).toString('base64')}` };
    };
    for (let attempt = 0; attempt < free; attempt += 1) {
      expect((await byHeader(from, spelled(attempt))).status).to.equal(401);
    }
    expect((await byHeader(from, spelled(free))).status).to.equal(429);
    expect((await byHeader(from)).status).to.equal(429);
  });

  it('of unknown clients is recorded until the address must wait, and then once for each burst', async () => {
    const from = freshAddress();
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    try {
      const stored = (): Promise<number> => database.collection(loginAttempts).countDocuments({});
      const before = [await events('client.authentication_failed'), await events('client.throttled'), await stored()];
      const statuses: number[] = [];
      for (let request = 0; request < 60; request += 1) {
        const clientId = randomUUID();
        const answer =
          request % 2 === 0
            ? await byHeader(from, { authorization: `Basic ${Buffer.from(`${clientId}:x`).toString('base64')}` })
            : await postForm(
                `${server.issuer}/introspect`,
                { token: 'x', client_id: `${clientId}${'x'.repeat(1000)}`, client_secret: 'x' },
                { 'x-forwarded-for': from },
              );
        statuses.push(answer.status);
      }
      expect(statuses.slice(0, free)).to.deep.equal(Array(free).fill(401));
      expect(new Set(statuses.slice(free))).to.deep.equal(new Set([429]));
      expect(await events('client.authentication_failed')).to.equal((before[0] ?? 0) + free);
      expect(await events('client.throttled')).to.equal((before[1] ?? 0) + 1);
      // The address and each id that was counted, and the one that was rejected because the address must wait.
      expect(await stored()).to.be.at.most((before[2] ?? 0) + free + 2);
      expect(
        (await byHeader(from)).status,
        'a client that authenticates correctly at the same address does not wait',
      ).to.equal(200);
      expect((await byBody('/token', from)).status).to.equal(200);
    } finally {
      await database.close();
    }
  });

  it('of a parallel burst is recorded once, too', async () => {
    const from = freshAddress();
    const before = await events('client.throttled');
    const answers = await Promise.all(Array.from({ length: 40 }, () => byBody('/token', from, 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).to.have.length(free);
    expect(answers.filter(({ status }) => status === 429)).to.have.length(40 - free);
    // Once for the pair and once for the address.
    expect((await events('client.throttled')) - before).to.be.within(1, 2);
  });
});

describe('the list of waits for client authentication', () => {
  function contextOf(address: string, clientId: string): Context {
    const req = { headers: {} } as unknown as IncomingMessage;
    setRequestContext(req, {
      requestId: 'a',
      address,
      locale: 'en',
      developer: false,
      endpoint: endpoints.token,
      page: '/token',
      languageToken: '',
      preferLocales: () => {},
      preferLocaleOfAccount: () => {},
    });
    return {
      req,
      status: 401,
      body: { error: 'invalid_client' },
      oidc: { params: { client_id: clientId } },
    } as unknown as Context;
  }

  it('needs bounded memory for any number of claimed client ids and addresses', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const settings = {
      accountFree: 5,
      pairFree: 5,
      addressFree: 5,
      firstWait: 30,
      longestWait: 3600,
      accountLimit: 100,
    };
    const { middleware } = createClientAuthThrottle({
      throttle: {
        begin: () => Promise.reject(new ThrottledError(3600)),
        reset: () => Promise.resolve(),
      },
      keys: createThrottleKeys(settings),
      audit: { record: () => Promise.resolve(), list: () => Promise.resolve([]) },
    });
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let request = 0; request < 4000; request += 1) {
      const address = `2001:db8:${(request >> 8).toString(16)}:${(request & 255).toString(16)}::1`;
      const clientId = Buffer.alloc(25_000, String(request)).toString('latin1');
      await middleware(contextOf(address, clientId), () => Promise.resolve()).catch(() => {});
    }
    collect();
    // The claimed ids have 100 MB in total.
    expect(process.memoryUsage().heapUsed - before).to.be.below(20_000_000);
  });
});

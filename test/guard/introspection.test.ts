import { inspect } from 'node:util';
import { expect } from 'chai';
import type { IntrospectionOptions } from '../../src/guard/index.ts';
import { call, challengeOf, frameworks, startApp } from './apps.ts';
import { handlerFor, movableTime, type Handler } from './handler.ts';
import { audience, startIssuer, type Issuer } from './issuer.ts';

const credentials = { clientId: 'photos api', clientSecret: 's:3' };

describe('the guard and introspection', () => {
  const opened: { close(): unknown }[] = [];
  let issuer: Issuer;

  beforeEach(async () => {
    issuer = await startIssuer();
    opened.push(issuer);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  function open(
    introspection: Partial<IntrospectionOptions> = {},
    options: Parameters<typeof handlerFor>[1] = {},
  ): Handler {
    const handler = handlerFor(issuer, {
      feed: 'off',
      introspection: { ...credentials, ...introspection },
      ...options,
    });
    opened.push(handler);
    return handler;
  }

  /** @returns the token */
  function active(token: string, changes: Record<string, unknown> = {}): string {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const description = { active: true, sub: 'ada', client_id: 'prints', scope: 'photos:read', aud: audience, exp };
    issuer.describe(token, { ...description, ...changes });
    return token;
  }

  it('authenticates with the credentials of the API, encoded (RFC 6749 §2.3.1), and sends the token in the body', async () => {
    expect(await open().status(active('opaque'))).to.equal(200);
    const [request] = issuer.introspected;
    expect(request?.headers.authorization).to.equal(`Basic ${Buffer.from('photos%20api:s%3A3').toString('base64')}`);
    expect(Object.fromEntries(request?.body ?? [])).to.deep.equal({ token: 'opaque', token_type_hint: 'access_token' });
  });

  it('sends the address of the caller where that is configured', async () => {
    expect(await open({ sendAddress: true }, { address: '203.0.113.7' }).status(active('opaque'))).to.equal(200);
    expect(issuer.introspected[0]?.body.get('client_ip')).to.equal('203.0.113.7');
  });

  it('asks once in 10 seconds about a token, and shares an answer between requests at the same moment', async () => {
    const time = movableTime();
    const handler = open({}, { now: time.now });
    const token = active('opaque');
    await Promise.all(Array.from({ length: 20 }, () => handler.status(token)));
    expect(issuer.introspected).to.have.length(1);
    time.advance(9.9);
    await handler.status(token);
    expect(issuer.introspected).to.have.length(1);
    time.advance(0.1);
    expect(await handler.status(token)).to.equal(200);
    expect(issuer.introspected).to.have.length(2);
  });

  it('asks again when the clock was set back, since it does not know how old the answer is (F14)', async () => {
    const time = movableTime();
    const handler = open({}, { now: time.now });
    const token = active('opaque');
    expect(await handler.status(token)).to.equal(200);
    issuer.describe(token, undefined);
    time.advance(-3600);
    expect(await handler.status(token)).to.equal(401);
  });

  it('asks for each request where nothing may be remembered', async () => {
    const handler = open({ cacheFor: 0 });
    const token = active('opaque');
    expect([await handler.status(token), await handler.status(token)]).to.deep.equal([200, 200]);
    issuer.describe(token, undefined);
    expect(await handler.status(token)).to.equal(401);
  });

  it('does not use an answer beyond the expiry of the token', async () => {
    const time = movableTime();
    const handler = open({ cacheFor: 600 }, { now: time.now });
    const token = active('opaque', { exp: Math.floor(time.now() / 1000) + 30 });
    expect(await handler.status(token)).to.equal(200);
    time.advance(31);
    expect(await handler.status(token)).to.equal(401);
  });

  it('remembers for 2 seconds that a token is not active', async () => {
    const time = movableTime();
    const handler = open({}, { now: time.now });
    expect([await handler.status('opaque'), await handler.status('opaque')]).to.deep.equal([401, 401]);
    expect(issuer.introspected).to.have.length(1);
    active('opaque');
    time.advance(2);
    expect(await handler.status('opaque')).to.equal(200);
  });

  it('remembers a limited number of answers', async () => {
    const handler = open({ maxCached: 2 });
    for (const token of ['first', 'second', 'third']) {
      expect(await handler.status(active(token))).to.equal(200);
    }
    await handler.status('third');
    expect(issuer.introspected).to.have.length(3);
    await handler.status('first');
    expect(issuer.introspected).to.have.length(4);
  });

  const invalid: Readonly<Record<string, Record<string, unknown>>> = {
    'is not active': { active: false },
    'is for another API': { aud: 'https://archive.example/api' },
    'is for no API': { aud: undefined },
    'has expired': { exp: Math.floor(Date.now() / 1000) - 1 },
    'is not valid yet': { nbf: Math.floor(Date.now() / 1000) + 86_400 },
    'is of another issuer': { iss: 'https://other.example' },
    'has a scope that is a list': { scope: ['photos:read'] },
  };
  for (const [what, changes] of Object.entries(invalid)) {
    for (const framework of frameworks) {
      it(`rejects a token that ${what}, with ${framework}`, async () => {
        const app = await startApp(
          framework,
          { issuer: issuer.issuer, audience, feed: 'off', introspection: credentials },
          { '/photos': ['photos:read'] },
        );
        opened.push(app);
        expect((await call(app, '/photos', active('valid'))).status).to.equal(200);
        const response = await call(app, '/photos', active('opaque', changes));
        expect(response.status).to.equal(401);
        expect(challengeOf(response)).to.include('error="invalid_token"');
      });
    }
  }

  it('accepts a token for several APIs', async () => {
    expect(await open().status(active('opaque', { aud: ['https://archive.example/api', audience] }))).to.equal(200);
  });

  it('answers 403 if the token lacks the scope', async () => {
    expect(await open().status(active('opaque', { scope: 'photos:write' }))).to.equal(403);
    expect(await open().status(active('another', { scope: undefined }))).to.equal(403);
  });

  it('answers 503, never 401, while there is no answer that can be understood, and remembers none of these', async () => {
    const handler = open();
    issuer.describe('opaque', { active: 'true' });
    expect(await handler.status('opaque')).to.equal(503);
    issuer.fail('/introspect');
    expect(await handler.status('opaque')).to.equal(503);
    issuer.fail();
    expect(await handler.status(active('opaque'))).to.equal(200);
  });

  it('answers 401 to an opaque token where introspection is not configured', async () => {
    const handler = handlerFor(issuer, { feed: 'off' });
    expect(await handler.status(active('opaque'))).to.equal(401);
    expect(issuer.introspected).to.have.length(0);
  });

  it('accepts personal access tokens with the scheme Token, as Django REST framework sends them, and no others', async () => {
    const handler = open();
    const personal = active(`gth_pat_${'x'.repeat(36)}`);
    expect((await handler.call(`Token ${personal}`)).status).to.equal(200);
    expect((await handler.call(`Bearer ${personal}`)).status).to.equal(200);
    expect((await handler.call(`token ${active('opaque')}`)).status).to.equal(401);
    expect((await handler.call(`Token ${await issuer.token()}`)).status).to.equal(401);
  });

  it('reports what fails, without a token or a secret', async () => {
    const handler = open();
    issuer.fail('/introspect');
    await handler.status('secret-token');
    expect(handler.troubles.map(([what]) => what)).to.deep.equal(['introspection']);
    expect(inspect(handler.troubles, { depth: 10 }))
      .to.include('503')
      .and.not.match(/secret-token|s%3A3/);
  });
});

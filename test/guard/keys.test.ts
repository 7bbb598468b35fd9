import { expect } from 'chai';
import { handlerFor, movableTime, type Handler } from './handler.ts';
import { startIssuer, type Issuer, type IssuerOptions } from './issuer.ts';

const minute = 60;
const hour = 60 * minute;

describe('the guard and the keys of the issuer', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  async function start(options: IssuerOptions = {}): Promise<Issuer> {
    const issuer = await startIssuer(options);
    opened.push(issuer);
    return issuer;
  }

  function open(issuer: Pick<Issuer, 'issuer'>, options: Parameters<typeof handlerFor>[1] = {}): Handler {
    const handler = handlerFor(issuer, { feed: 'off', ...options });
    opened.push(handler);
    return handler;
  }

  it('loads metadata and keys once for many requests at the same moment', async () => {
    const issuer = await start();
    const handler = open(issuer);
    const token = await issuer.token();
    const statuses = await Promise.all(Array.from({ length: 50 }, () => handler.status(token)));
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
    expect(issuer.count('/jwks')).to.equal(1);
    expect(issuer.count('/.well-known/openid-configuration')).to.equal(1);
  });

  it('loads nothing for a request without a token', async () => {
    const issuer = await start();
    expect((await open(issuer).call()).status).to.equal(401);
    expect(issuer.count('/.well-known/openid-configuration')).to.equal(0);
  });

  it('accepts a token of a key that was published later', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { now: time.now });
    expect(await handler.status(await issuer.token())).to.equal(200);
    const key = await issuer.addKey('second');
    time.advance(31);
    expect(await handler.status(await issuer.token({}, { kid: 'second' }, key))).to.equal(200);
    expect(issuer.count('/jwks')).to.equal(2);
  });

  it('accepts RS256, and no algorithm that is not configured', async () => {
    const issuer = await start();
    const rsa = await issuer.addKey('rsa', 'RS256');
    const token = await issuer.token({}, { alg: 'RS256', kid: 'rsa' }, rsa);
    expect(await open(issuer).status(token)).to.equal(200);
    expect(await open(issuer, { algorithms: ['ES256'] }).status(token)).to.equal(401);
  });

  it('tolerates 5 seconds between the clocks, or what is configured (RFC 7519 §4.1.4)', async () => {
    const issuer = await start();
    const time = movableTime();
    const now = Math.floor(time.now() / 1000);
    const [ended, early] = [await issuer.token({ exp: now - 3 }), await issuer.token({ nbf: now + 3 })];
    const tolerant = open(issuer, { now: time.now });
    expect([await tolerant.status(ended), await tolerant.status(early)]).to.deep.equal([200, 200]);
    const strict = open(issuer, { now: time.now, clockTolerance: 0 });
    expect([await strict.status(ended), await strict.status(early)]).to.deep.equal([401, 401]);
    expect(await tolerant.status(await issuer.token({ exp: now - 10 }))).to.equal(401);
    expect(await tolerant.status(await issuer.token({ nbf: now + 10 }))).to.equal(401);
  });

  it('fetches the keys at most once in 30 seconds, however many unknown keys tokens name', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { now: time.now });
    const storm = async (): Promise<readonly number[]> => {
      const tokens = await Promise.all(
        Array.from({ length: 100 }, (_, index) => issuer.token({}, { kid: `unknown-${index}` })),
      );
      return Promise.all(tokens.map((token) => handler.status(token)));
    };
    for (const fetches of [1, 2, 3]) {
      expect(new Set([...(await storm()), ...(await storm())])).to.deep.equal(new Set([401]));
      expect(issuer.count('/jwks')).to.equal(fetches);
      time.advance(30);
    }
  });

  it('uses the last known keys while the issuer does not answer, for a day', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { now: time.now });
    expect(await handler.status(await issuer.token())).to.equal(200);
    issuer.fail('/');
    for (const later of [6 * minute, hour, 22 * hour]) {
      time.advance(later);
      const seconds = Math.floor(time.now() / 1000);
      expect(await handler.status(await issuer.token({ iat: seconds, exp: seconds + 60 }))).to.equal(200);
    }
    time.advance(2 * hour);
    const seconds = Math.floor(time.now() / 1000);
    const token = await issuer.token({ iat: seconds, exp: seconds + 60 });
    expect(await handler.status(token)).to.equal(503);
    issuer.fail();
    time.advance(2);
    expect(await handler.status(token)).to.equal(200);
  });

  it('answers 503, not 401, to a token of an unknown key while the keys cannot be fetched', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { now: time.now });
    expect(await handler.status(await issuer.token())).to.equal(200);
    const key = await issuer.addKey('second');
    const token = await issuer.token({}, { kid: 'second' }, key);
    issuer.fail('/jwks');
    time.advance(31);
    const response = await handler.call(`Bearer ${token}`);
    expect(response.status).to.equal(503);
    expect(response.headers.get('retry-after')).to.equal('2');
    expect(response.headers.get('www-authenticate')).to.equal(null);
    expect(handler.troubles.map(([what]) => what)).to.deep.equal(['keys']);
    issuer.fail();
    time.advance(2);
    expect(await handler.status(token)).to.equal(200);
  });

  it('asks an issuer that fails at most once a second', async () => {
    const issuer = await start();
    const handler = open(issuer, { now: movableTime().now });
    issuer.fail('/');
    const token = await issuer.token();
    for (let request = 0; request < 20; request += 1) {
      expect(await handler.status(token)).to.equal(503);
    }
    expect(issuer.count('/.well-known/openid-configuration')).to.equal(1);
  });

  for (const jwks of [{}, { keys: 'x' }, { keys: ['x'] }]) {
    it(`answers 503, not 401, while the key set is ${JSON.stringify(jwks)}`, async () => {
      const issuer = await start({ jwks });
      const handler = open(issuer);
      expect(await handler.status(await issuer.token())).to.equal(503);
      const [[what, error] = []] = handler.troubles;
      expect(what).to.equal('keys');
      expect(error).to.have.property('message', `${issuer.issuer}/jwks did not answer with a key set`);
      expect(error).to.have.nested.property('cause.code', 'ERR_JWKS_INVALID');
    });
  }

  it('does not use keys that are no key set', async () => {
    const issuer = await start({ published: { jwks_uri: undefined } });
    expect(await open(issuer).status(await issuer.token())).to.equal(503);
  });

  const callbacks: Readonly<Record<string, () => unknown>> = {
    throws: () => {
      throw new Error('the log is full');
    },
    rejects: () => Promise.reject(new Error('the log is full')),
  };
  for (const [what, onTrouble] of Object.entries(callbacks)) {
    it(`answers the same if onTrouble ${what}`, async () => {
      const issuer = await start();
      const time = movableTime();
      const handler = open(issuer, { feed: 'stream', now: time.now, onTrouble });
      issuer.fail('/');
      expect(await handler.status(await issuer.token())).to.equal(503);
      issuer.fail();
      time.advance(2);
      expect(await handler.status(await issuer.token())).to.equal(200);
      await handler.ready();
    });
  }

  it('waits until the issuer answers, if the API asks for that', async () => {
    const issuer = await start();
    const handler = open(issuer);
    issuer.fail('/');
    let isReady = false;
    const waiting = handler.ready().then(() => {
      isReady = true;
      return isReady;
    });
    expect(await handler.status(await issuer.token())).to.equal(503);
    expect(isReady).to.equal(false);
    issuer.fail();
    expect(await waiting).to.equal(true);
    expect(await handler.status(await issuer.token())).to.equal(200);
  });

  it('stops waiting with the signal', async () => {
    const issuer = await start();
    issuer.fail('/');
    const error = await open(issuer)
      .ready(AbortSignal.timeout(100))
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });

  it('stops waiting when the guard is closed', async () => {
    const issuer = await start();
    issuer.fail('/');
    const handler = open(issuer);
    const waiting = handler.ready().catch((thrown: unknown) => thrown);
    handler.close();
    expect(await waiting).to.have.property('message', 'The guard is closed.');
  });

  describe('discovers the issuer', () => {
    it('at the address of OpenID Connect, also with a path (Discovery §4.1)', async () => {
      const issuer = await start({ path: '/tenant', metadata: 'openid' });
      expect(await open(issuer).status(await issuer.token())).to.equal(200);
    });

    it('at that of OAuth, also with a path (RFC 8414 §3.1)', async () => {
      const issuer = await start({ path: '/tenant', metadata: 'oauth' });
      expect(await open(issuer).status(await issuer.token())).to.equal(200);
    });

    it('by its exact name (RFC 8414 §3.3)', async () => {
      const issuer = await start();
      const handler = open({ issuer: `${issuer.issuer}/` });
      expect(await handler.status(await issuer.token())).to.equal(503);
      expect(handler.troubles.map(([what]) => what)).to.include('discovery');
    });
  });
});

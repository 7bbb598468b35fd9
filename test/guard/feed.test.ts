/** The revocation feed of the issuer: what it ends, and what happens while it is silent. */
import { expect } from 'chai';
import { generateKeyPair } from 'jose';
import { setTimeout as wait } from 'node:timers/promises';
import type { GuardOptions } from '../../src/guard/index.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { handlerFor, movableTime, type Handler } from './handler.ts';
import { audience, startIssuer, type Issuer, type IssuerOptions } from './issuer.ts';

const introspection = { clientId: 'api', clientSecret: 'secret' };

/** Repeats the question until the answer is the expected one. @throws after a second, or as many as are given */
async function becomes<T>(expected: T, ask: () => Promise<T> | T, seconds = 1): Promise<void> {
  const deadline = machineMilliseconds() + seconds * 1000;
  let answer = await ask();
  while (answer !== expected && machineMilliseconds() < deadline) {
    await wait(10);
    answer = await ask();
  }
  expect(answer).to.equal(expected);
}

describe('the guard and the revocation feed', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  async function start(options: IssuerOptions = {}): Promise<Issuer> {
    const issuer = await startIssuer(options);
    opened.unshift(issuer);
    return issuer;
  }

  function open(issuer: Issuer, options: Partial<GuardOptions> = {}): Handler {
    const handler = handlerFor(issuer, options);
    opened.unshift(handler);
    return handler;
  }

  for (const feed of ['stream', 'poll'] as const) {
    describe(feed === 'stream' ? 'as a stream' : 'by polling', () => {
      const options = { feed, pollInterval: 0.1 } as const;

      it('ends a JWT within a second', async () => {
        const issuer = await start();
        const handler = open(issuer, options);
        const token = await issuer.token({ grant_id: 'g1' });
        expect(await handler.status(token)).to.equal(200);
        await issuer.revoke('grant:g1');
        await becomes(401, () => handler.status(token));
        const response = await handler.call(`Bearer ${token}`);
        expect(response.headers.get('www-authenticate')).to.include('error="invalid_token"');
        expect(await handler.status(await issuer.token({ grant_id: 'g2' }))).to.equal(200);
      });

      it('ends a JWT that was revoked before the API started, with the first request', async () => {
        const issuer = await start();
        await issuer.revoke('session:s1');
        expect(await open(issuer, options).status(await issuer.token({ session_id: 's1' }))).to.equal(401);
      });

      it('ends the remembered answer about an opaque token', async () => {
        const issuer = await start();
        const handler = open(issuer, { ...options, introspection: { ...introspection, cacheFor: 600 } });
        issuer.describe('opaque', { active: true, sub: 'ada', scope: 'photos:read', aud: audience, jti: 'j1' });
        expect(await handler.status('opaque')).to.equal(200);
        await issuer.revoke('token:j1');
        await becomes(401, () => handler.status('opaque'));
        expect(issuer.introspected).to.have.length(1);
      });

      it('leaves a revoked opaque token ended, also after the entry has left the feed', async () => {
        const issuer = await start();
        const time = movableTime();
        const cached = { ...introspection, cacheFor: 600 };
        // What is remembered has to end by itself here, and not because of silence.
        const handler = open(issuer, { ...options, now: time.now, maxStaleness: 3600, introspection: cached });
        const [revoked, valid] = ['j1', 'j2'].map((jti) => ({ active: true, sub: 'ada', aud: audience, jti }));
        issuer.describe('revoked', { ...revoked, scope: 'photos:read' });
        issuer.describe('valid', { ...valid, scope: 'photos:read' });
        expect([await handler.status('revoked'), await handler.status('valid')]).to.deep.equal([200, 200]);
        issuer.describe('revoked', undefined);
        await issuer.revoke('token:j1');
        await becomes(401, () => handler.status('revoked'));
        time.advance(661);
        // The next entry makes the guard remove those that have expired.
        await issuer.revoke('token:j2');
        await becomes(401, () => handler.status('valid'));
        expect(await handler.status('revoked')).to.equal(401);
      });

      it('makes the guard ask again about an opaque token that may have lost something', async () => {
        const issuer = await start();
        const handler = open(issuer, { ...options, introspection: { ...introspection, cacheFor: 600 } });
        const seconds = Math.floor(Date.now() / 1000);
        const description = { active: true, sub: 'ada', aud: audience, jti: 'j1', iat: seconds };
        issuer.describe('opaque', { ...description, scope: 'photos:read photos:write' });
        expect(await handler.status('opaque')).to.equal(200);
        issuer.describe('opaque', { ...description, scope: 'photos:write' });
        await issuer.revoke(`scope:${audience} photos:read`);
        await becomes(403, () => handler.status('opaque'));
        // Of a token for several APIs, the server may have left what this API needs: then its answer counts.
        issuer.describe('another', { ...description, scope: 'photos:read', jti: 'j2' });
        expect([await handler.status('another'), await handler.status('another')]).to.deep.equal([200, 200]);
      });

      it('is read again after a failure', async () => {
        const issuer = await start();
        const handler = open(issuer, options);
        await handler.ready();
        issuer.fail('/revocations');
        issuer.disconnect();
        await becomes(true, () => handler.troubles.some(([what]) => what === 'feed'));
        await issuer.revoke('grant:g1');
        const token = await issuer.token({ grant_id: 'g1' });
        expect(await handler.status(token)).to.equal(200);
        issuer.fail();
        // The guard waits longer after each failure.
        await becomes(401, () => handler.status(token), 10);
      });

      it('is not needed: an issuer without one is used without one', async () => {
        const issuer = await start({ feed: false });
        const handler = open(issuer, { ...options, onSilence: 'refuse' });
        await handler.ready();
        expect(await handler.status(await issuer.token())).to.equal(200);
        expect(issuer.count('/revocations')).to.equal(0);
      });

      it('is not opened by a guard that is closed meanwhile', async () => {
        const issuer = await start();
        const handler = open(issuer, options);
        const answer = handler.status(await issuer.token());
        handler.close();
        expect(await answer).to.equal(200);
        await wait(100);
        expect(issuer.count('/revocations')).to.equal(0);
      });

      it('is left with the guard', async () => {
        const issuer = await start();
        const handler = open(issuer, options);
        await handler.ready();
        handler.close();
        await becomes(0, () => issuer.listeners.size);
        const asked = issuer.count('/revocations');
        await wait(300);
        expect(issuer.count('/revocations')).to.equal(asked);
      });
    });
  }

  it('is one connection for any number of requests', async () => {
    const issuer = await start();
    const handler = open(issuer);
    const token = await issuer.token();
    await Promise.all(Array.from({ length: 50 }, () => handler.status(token)));
    expect(issuer.count('/revocations')).to.equal(1);
  });

  it('is polled with the ETag: what did not change is not sent again (RFC 9110 §13.1.2)', async () => {
    const issuer = await start();
    const handler = open(issuer, { feed: 'poll', pollInterval: 0.05 });
    await handler.ready();
    await becomes(true, () => issuer.countNotModified() >= 3);
    expect(issuer.count('/revocations')).to.equal(issuer.countNotModified() + 1);
    expect(handler.troubles).to.deep.equal([]);
  });

  it('is polled without the ETag when the last signed message is older than half of maxStaleness', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { feed: 'poll', pollInterval: 0.05, now: time.now });
    await handler.ready();
    await becomes(true, () => issuer.countNotModified() >= 1);
    expect(issuer.count('/revocations') - issuer.countNotModified()).to.equal(1);
    time.advance(32);
    await becomes(true, () => issuer.count('/revocations') - issuer.countNotModified() >= 2);
    expect(handler.troubles).to.deep.equal([]);
  });

  it('becomes silent if all that is polled is 304, which is not signed', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { feed: 'poll', pollInterval: 0.05, now: time.now, onSilence: 'refuse' });
    await handler.ready();
    issuer.claimNotModified();
    await becomes(true, () => issuer.countNotModified() >= 1);
    time.advance(32);
    await becomes(true, () => handler.troubles.some(([what]) => what === 'feed'));
    time.advance(32);
    const seconds = Math.floor(time.now() / 1000);
    const token = await issuer.token({ iat: seconds, exp: seconds + 300 });
    expect(await handler.status(token)).to.equal(503);
    await becomes(true, () => handler.troubles.length >= 2);
    expect(await handler.status(token)).to.equal(503);
  });

  it('is known until the moment when a poll was sent, however late its answer 304 comes', async () => {
    const issuer = await start();
    const time = movableTime();
    const handler = open(issuer, { feed: 'poll', pollInterval: 0.05, now: time.now, onSilence: 'refuse' });
    await handler.ready();
    issuer.claimNotModified(() => time.advance(issuer.countNotModified() === 1 ? 61 : 0));
    await becomes(true, () => handler.troubles.some(([what]) => what === 'feed'));
    const seconds = Math.floor(time.now() / 1000);
    expect(await handler.status(await issuer.token({ iat: seconds, exp: seconds + 300 }))).to.equal(503);
  });

  it('ends a JWT that was issued before its client lost the API, and none that was issued after that', async () => {
    const issuer = await start();
    const handler = open(issuer);
    const now = Math.floor(Date.now() / 1000);
    const before = await issuer.token({ iat: now - 10 });
    expect(await handler.status(before)).to.equal(200);
    await issuer.revoke(`client-api:prints ${audience}`, now - 10);
    await becomes(401, () => handler.status(before));
    expect(await handler.status(await issuer.token({ iat: now - 9 }))).to.equal(200);
  });

  it('is not known before a message that has everything', async () => {
    const issuer = await start({ complete: false });
    const handler = open(issuer, { onSilence: 'refuse' });
    expect(await handler.status(await issuer.token())).to.equal(503);
    expect(handler.troubles.map(([what]) => what)).to.include('feed');
  });

  it('may not contain what the issuer did not sign, and ends nothing then', async () => {
    const issuer = await start();
    const { privateKey } = await generateKeyPair('ES256');
    const revocations = [{ hash: 'x', at: 1, exp: 2 }];
    const payload = { iss: issuer.issuer, iat: Math.floor(Date.now() / 1000), complete: true, revocations };
    const messages = [
      await issuer.sign(payload, { typ: 'revocations+jwt' }, privateKey),
      await issuer.sign(payload, { typ: 'at+jwt' }),
      await issuer.message([], true, { iss: 'https://other.example' }),
      await issuer.message([], true, { revocations: 'none' }),
      await issuer.message([], true, { revocations: [{ hash: 'x' }] }),
      'nothing',
    ];
    for (const message of messages) {
      const handler = open(issuer);
      await handler.ready();
      await issuer.send(message);
      await becomes(true, () => handler.troubles.some(([what]) => what === 'feed'));
      handler.close();
      await becomes(0, () => issuer.listeners.size);
    }
  });

  describe('while it is silent', () => {
    const cases: readonly {
      readonly onSilence?: GuardOptions['onSilence'];
      readonly introspection?: 'active' | 'inactive' | 'down';
      readonly status: number;
    }[] = [
      { status: 200 },
      { introspection: 'active', status: 200 },
      { introspection: 'inactive', status: 401 },
      { introspection: 'down', status: 200 },
      { onSilence: 'introspect', introspection: 'active', status: 200 },
      { onSilence: 'introspect', introspection: 'inactive', status: 401 },
      { onSilence: 'introspect', introspection: 'down', status: 503 },
      { onSilence: 'refuse', status: 503 },
      { onSilence: 'refuse', introspection: 'active', status: 503 },
      { onSilence: 'accept', status: 200 },
      { onSilence: 'accept', introspection: 'inactive', status: 200 },
    ];
    for (const { onSilence, introspection: state, status } of cases) {
      const title = `${onSilence ?? 'by default'}, ${state === undefined ? 'without introspection' : `introspection ${state}`}`;
      it(`answers ${status} to a JWT: ${title}`, async () => {
        const issuer = await start();
        const time = movableTime();
        const handler = open(issuer, {
          now: time.now,
          ...(onSilence === undefined ? {} : { onSilence }),
          ...(state === undefined ? {} : { introspection }),
        });
        const seconds = Math.floor(time.now() / 1000);
        const token = await issuer.token({ exp: seconds + 600, iat: seconds });
        expect(await handler.status(token)).to.equal(200);
        expect(issuer.introspected).to.have.length(0);
        issuer.fallSilent();
        if (state === 'active') {
          issuer.describe(token, { active: true, aud: audience, sub: 'ada', scope: 'photos:read' });
        }
        issuer.fail(state === 'down' ? '/introspect' : '/nothing');
        time.advance(59);
        expect(await handler.status(token)).to.equal(200);
        time.advance(3);
        expect(await handler.status(token)).to.equal(status);
      });
    }

    it('the guard does not use a remembered answer about an opaque token', async () => {
      const issuer = await start();
      const time = movableTime();
      const handler = open(issuer, { now: time.now, introspection: { ...introspection, cacheFor: 600 } });
      issuer.describe('opaque', { active: true, sub: 'ada', scope: 'photos:read', aud: audience, jti: 'j1' });
      expect(await handler.status('opaque')).to.equal(200);
      issuer.fallSilent();
      issuer.describe('opaque', undefined);
      time.advance(59);
      expect(await handler.status('opaque')).to.equal(200);
      time.advance(3);
      expect(await handler.status('opaque')).to.equal(401);
    });

    it('still ends what is known to have ended', async () => {
      const issuer = await start();
      const time = movableTime();
      const handler = open(issuer, { now: time.now });
      await issuer.revoke('grant:g1');
      const seconds = Math.floor(time.now() / 1000);
      const token = await issuer.token({ exp: seconds + 600, grant_id: 'g1' });
      issuer.fallSilent();
      time.advance(120);
      expect(await handler.status(token)).to.equal(401);
    });

    it('still ends a JWT that introspection called not active, when that does not answer any more', async () => {
      const issuer = await start();
      const time = movableTime();
      const handler = open(issuer, { now: time.now, introspection });
      const seconds = Math.floor(time.now() / 1000);
      const token = await issuer.token({ exp: seconds + 600 });
      expect(await handler.status(token)).to.equal(200);
      issuer.fallSilent();
      time.advance(62);
      expect(await handler.status(token)).to.equal(401);
      issuer.fail('/introspect');
      time.advance(3);
      expect(await handler.status(token)).to.equal(401);
      expect(await handler.status(await issuer.token({ exp: seconds + 600 }))).to.equal(200);
    });

    describe('and introspection hangs', () => {
      let issuer: Issuer;
      let time: ReturnType<typeof movableTime>;

      async function openHanging(options: Partial<GuardOptions> = {}): Promise<Handler> {
        issuer = await start();
        time = movableTime();
        const handler = open(issuer, { now: time.now, introspection, ...options });
        expect(await handler.status(await newToken())).to.equal(200);
        issuer.fallSilent();
        issuer.hang('/introspect');
        time.advance(62);
        return handler;
      }

      const newToken = (): Promise<string> => {
        const seconds = Math.floor(time.now() / 1000);
        return issuer.token({ exp: seconds + 600, iat: seconds });
      };

      /** The statuses of a JWT and an opaque token, when the questions about them have failed. */
      async function failingQuestions(handler: Handler): Promise<readonly number[]> {
        const asking = [handler.status(await newToken()), handler.status('opaque')];
        await becomes(asking.length, () => issuer.count('/introspect'));
        time.advance(5);
        return Promise.all(asking);
      }

      for (const [onSilence, expected] of [
        ['introspect-or-accept', 200],
        ['introspect', 503],
      ] as const) {
        it(`asks once a second, and no other request waits: ${onSilence}`, async function () {
          this.timeout(30_000);
          const handler = await openHanging({ onSilence });
          expect(await failingQuestions(handler)).to.deep.equal([expected, 503]);
          const asking: Promise<number>[] = [];
          for (const asked of [3, 4, 5]) {
            asking.push(handler.status(await newToken()));
            await becomes(asked, () => issuer.count('/introspect'));
            const others = await Promise.all(Array.from({ length: 20 }, newToken));
            expect(new Set(await Promise.all(others.map((token) => handler.status(token))))).to.deep.equal(
              new Set([expected]),
            );
            expect(await handler.status('opaque')).to.equal(503);
            expect(issuer.count('/introspect')).to.equal(asked);
            time.advance(1);
          }
          expect(await Promise.all(asking)).to.deep.equal([expected, expected, expected]);
        });
      }

      it('asks about each token again as soon as one was answered', async function () {
        this.timeout(30_000);
        const handler = await openHanging();
        await failingQuestions(handler);
        issuer.hang();
        const [first, second] = [await newToken(), await newToken()];
        time.advance(1);
        expect(await handler.status(first), 'not active').to.equal(401);
        expect(await handler.status(second), 'not active').to.equal(401);
      });

      it('asks about each token if others were answered meanwhile', async function () {
        this.timeout(30_000);
        const handler = await openHanging();
        const lost = handler.status(await newToken());
        await becomes(1, () => issuer.count('/introspect'));
        issuer.hang();
        expect(await handler.status(await newToken()), 'not active').to.equal(401);
        time.advance(5);
        expect(await lost).to.equal(200);
        expect(await handler.status(await newToken()), 'not active').to.equal(401);
      });
    });

    it('it is silent also when the clock was set back, and not any more with the next message (F14)', async () => {
      const issuer = await start();
      const time = movableTime();
      const handler = open(issuer, { now: time.now, onSilence: 'refuse' });
      const seconds = Math.floor(time.now() / 1000);
      const token = await issuer.token({ exp: seconds + 600, iat: seconds - 7200 });
      expect(await handler.status(token)).to.equal(200);
      time.advance(-3600);
      expect(await handler.status(token)).to.equal(503);
      await issuer.revoke('grant:g1');
      await becomes(200, () => handler.status(token));
    });

    it('is silent from the start, if it never answered', async () => {
      const issuer = await start();
      issuer.fail('/revocations');
      expect(await open(issuer, { onSilence: 'refuse' }).status(await issuer.token())).to.equal(503);
      expect(await open(issuer).status(await issuer.token())).to.equal(200);
    });
  });
});

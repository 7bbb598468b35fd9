/** What the operator of an API learns about the authorization server, without `onTrouble`. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { guard, type GuardOptions } from '../../src/guard/index.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { movableTime } from './handler.ts';
import { audience, startIssuer, type Issuer } from './issuer.ts';

describe('the guard without onTrouble', () => {
  const { warn } = console;
  const opened: { close(): unknown }[] = [];
  let warnings: string[];
  let issuer: Issuer;
  let time: ReturnType<typeof movableTime>;

  beforeEach(async () => {
    warnings = [];
    Reflect.set(console, 'warn', (text: string) => void warnings.push(text));
    issuer = await startIssuer();
    opened.push(issuer);
    time = movableTime();
  });
  afterEach(async () => {
    Reflect.set(console, 'warn', warn);
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  function open(options: Partial<GuardOptions> = {}): (token: string) => Promise<number> {
    const used = guard({ issuer: issuer.issuer, audience, now: time.now, ...options }).fetch();
    opened.unshift(used);
    const handle = used.require('photos:read')(() => new Response());
    return async (token) => {
      const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } });
      return (await handle(request)).status;
    };
  }

  /** @throws after 5 seconds */
  async function become(expected: readonly string[]): Promise<void> {
    const deadline = machineMilliseconds() + 5000;
    while (warnings.length < expected.length && machineMilliseconds() < deadline) {
      await wait(10);
    }
    expect(warnings).to.deep.equal(expected.map((text) => `gatehouse-guard: ${text}`));
  }

  it('warns once that the server cannot be reached, and says when it can be again', async () => {
    issuer.fail('/');
    const status = open();
    const token = await issuer.token();
    const failures = [
      `the metadata of ${issuer.issuer} cannot be used: ${issuer.issuer}/.well-known/openid-configuration answered 503`,
    ];
    for (let request = 0; request < 5; request += 1) {
      expect(await status(token)).to.equal(503);
      time.advance(2);
    }
    await become(failures);
    issuer.fail();
    expect(await status(token)).to.equal(200);
    await become([...failures, `the metadata of ${issuer.issuer} can be used again`]);
  });

  it('names the reason of a connection that fails', async () => {
    const token = await issuer.token();
    await issuer.close();
    opened.splice(opened.indexOf(issuer), 1);
    expect(await open()(token)).to.equal(503);
    await become([`the metadata of ${issuer.issuer} cannot be used: fetch failed (ECONNREFUSED)`]);
  });

  it('warns about keys that cannot be fetched, also while the last known ones are used', async () => {
    const status = open({ feed: 'off' });
    expect(await status(await issuer.token())).to.equal(200);
    issuer.fail('/jwks');
    time.advance(299);
    const token = await issuer.token({ exp: Math.floor(time.now() / 1000) + 300 });
    for (let request = 0; request < 3; request += 1) {
      time.advance(2);
      expect(await status(token)).to.equal(200);
    }
    await become([`the key set of ${issuer.issuer} cannot be used: ${issuer.issuer}/jwks answered 503`]);
  });

  it('warns about a feed that cannot be read, once for all attempts', async () => {
    issuer.fail('/revocations');
    const status = open();
    const failure = `the revocation feed of ${issuer.issuer} cannot be used: ${issuer.issuer}/revocations answered 503`;
    expect(await status(await issuer.token())).to.equal(200);
    const deadline = machineMilliseconds() + 10_000;
    while (issuer.count('/revocations') < 4 && machineMilliseconds() < deadline) {
      await wait(10);
    }
    await become([failure]);
    issuer.fail();
    await become([failure, `the revocation feed of ${issuer.issuer} can be used again`]);
  });

  it('warns about introspection that is refused, once for all requests, and again after it has worked', async () => {
    const status = open({ feed: 'off', introspection: { clientId: 'api', clientSecret: 'wrong' } });
    const failure = `introspection of ${issuer.issuer} cannot be used: ${issuer.issuer}/introspect answered 503`;
    issuer.fail('/introspect');
    expect([await status('a'), await status('b')]).to.deep.equal([503, 503]);
    await become([failure]);
    issuer.fail();
    expect(await status('c')).to.equal(401);
    issuer.fail('/introspect');
    expect(await status('d')).to.equal(503);
    await become([failure, `introspection of ${issuer.issuer} can be used again`, failure]);
  });

  it('writes nothing while all is well, or if the API is told by onTrouble', async () => {
    expect(await open()(await issuer.token())).to.equal(200);
    issuer.fail('/');
    const troubles: string[] = [];
    expect(await open({ onTrouble: (what) => void troubles.push(what) })(await issuer.token())).to.equal(503);
    expect(troubles).to.include.members(['discovery', 'keys']);
    expect(warnings).to.deep.equal([]);
  });
});

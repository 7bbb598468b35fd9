import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { createIssuerKeys, IssuerUnreachableError, type IssuerKeys } from '../../src/oidc/issuer-keys.ts';
import { createOutboundFetch } from '../../src/oidc/outbound-calls.ts';
import { createOutboundRule } from '../../src/services/values/outbound-addresses.ts';
import { openWorkloadIssuer, type WorkloadIssuer } from '../support/workload-issuer.ts';

describe('the keys of an issuer', () => {
  let issuer: WorkloadIssuer;
  let clock: ManualClock;
  let keys: IssuerKeys;

  function open(privateNetworks = true): IssuerKeys {
    return createIssuerKeys({
      fetch: createOutboundFetch({ rule: createOutboundRule({ privateNetworks, allow: [] }) }),
      isAllowed: (uri) => uri.startsWith('http://127.0.0.1:') || uri.startsWith('https:'),
      clock,
      log: { warn: () => {} },
    });
  }

  beforeEach(async () => {
    issuer = await openWorkloadIssuer();
    clock = manualClock();
    keys = open();
  });
  afterEach(() => issuer.close());

  async function kids(kid?: string): Promise<readonly unknown[]> {
    return (await keys.find(issuer.issuer, kid)).map((key) => key.kid);
  }

  async function problem(): Promise<string> {
    try {
      await open().find(issuer.issuer, 'key-1');
      return 'none';
    } catch (error) {
      expect(error).to.be.instanceOf(IssuerUnreachableError);
      return error instanceof Error ? error.message : '';
    }
  }

  it('are found by discovery, and kept while they are fresh (OpenID Connect Discovery §4)', async () => {
    expect(await kids('key-1')).to.deep.equal(['key-1']);
    clock.advance(599);
    expect(await kids('key-1')).to.deep.equal(['key-1']);
    expect(issuer.fetches()).to.equal(1);
    clock.advance(1);
    await kids('key-1');
    expect(issuer.fetches()).to.equal(2);
  });

  it('are kept as long as Cache-Control says, between a minute and an hour', async () => {
    for (const [cacheControl, seconds] of [
      ['max-age=300', 300],
      ['no-store, max-age=0', 60],
      ['public, max-age=999999', 3600],
      ['max-age=x', 600],
    ] as const) {
      issuer.change({ cacheControl });
      keys = open();
      const before = issuer.fetches();
      await kids();
      clock.advance(seconds - 1);
      await kids();
      expect(issuer.fetches() - before, cacheControl).to.equal(1);
      clock.advance(1);
      await kids();
      expect(issuer.fetches() - before, cacheControl).to.equal(2);
    }
  });

  it('are fetched again for a new kid, and once for many requests at the same time', async () => {
    await kids('key-1');
    await issuer.rotate();
    clock.advance(30);
    const found = await Promise.all(Array.from({ length: 20 }, () => kids('key-2')));
    expect(found).to.deep.equal(Array.from({ length: 20 }, () => ['key-2']));
    expect(issuer.fetches()).to.equal(2);
  });

  it('are fetched again when the clock was set back, since nobody knows how old they are (F14)', async () => {
    await kids('key-1');
    await issuer.rotate();
    clock.advance(-3600);
    expect(await kids('key-2')).to.deep.equal(['key-2']);
    await issuer.rotate();
    clock.advance(-3600);
    expect(await kids()).to.deep.equal(['key-3']);
  });

  it('are not fetched more often than every 30 seconds, whatever kids strangers send', async () => {
    for (let second = 0; second < 90; second += 1) {
      await Promise.all(['a', 'b', 'c'].map((name) => kids(`${name}${second}`)));
      clock.advance(1);
    }
    expect(issuer.fetches()).to.equal(3);
  });

  it('are used for a day while the issuer does not answer, and no longer', async () => {
    await kids('key-1');
    issuer.answerWith(500);
    clock.advance(24 * 3600 - 1);
    expect(await kids('key-1')).to.deep.equal(['key-1']);
    clock.advance(1);
    expect(await kids('key-1').catch((error: unknown) => error)).to.be.instanceOf(IssuerUnreachableError);
    issuer.answerWith(200);
    clock.advance(30);
    expect(await kids('key-1')).to.deep.equal(['key-1']);
  });

  it('are not asked for again at once by each request while the issuer does not answer', async () => {
    await kids('key-1');
    issuer.answerWith(200);
    issuer.change({ keySet: 'not JSON' });
    clock.advance(3600);
    const before = issuer.fetches();
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await kids('key-1')).to.deep.equal(['key-1']);
    }
    expect(issuer.fetches() - before).to.equal(1);
  });

  it('say nothing about a new kid while the issuer does not answer', async () => {
    await kids('key-1');
    await issuer.rotate();
    issuer.answerWith(500);
    clock.advance(30);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await kids('key-2').catch((error: unknown) => error)).to.be.instanceOf(IssuerUnreachableError);
      expect(await kids('key-1')).to.deep.equal(['key-1']);
      clock.advance(1);
    }
    issuer.answerWith(200);
    clock.advance(30);
    expect(await kids('key-2')).to.deep.equal(['key-2']);
  });

  it('are refused from an answer that is not what discovery describes, with the reason', async () => {
    for (const [change, reason] of [
      [{ metadata: { issuer: 'https://other.example' } }, 'another issuer'],
      [{ metadata: { jwks_uri: 'http://192.0.2.1/keys' } }, 'must use https'],
      [{ metadata: { jwks_uri: 'file:///etc/passwd' } }, 'must use https'],
      [{ metadata: { jwks_uri: undefined } }, 'not metadata'],
      [{ keySet: 'x' }, 'not a JWK Set'],
      [{ keySet: '{"keys":{}}' }, 'not a JWK Set'],
      [{ keySet: JSON.stringify({ keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) }) }, 'not a JWK Set'],
      [{ keySet: JSON.stringify({ keys: [], padding: 'x'.repeat(300_000) }) }, 'bytes'],
    ] as const) {
      issuer.change(change);
      expect(await problem(), JSON.stringify(change).slice(0, 100)).to.contain(reason);
    }
    issuer.change({ location: 'https://example.com' });
    issuer.answerWith(302);
    expect(await problem()).to.contain('status is 302');
  });

  it('never contain symmetric keys, and keys for encryption', async () => {
    issuer.change({
      keySet: JSON.stringify({
        keys: [
          { kty: 'oct', k: 'c2VjcmV0', kid: 'symmetric' },
          { kty: 'EC', kid: 'encryption', use: 'enc' },
          { kty: 'EC', kid: 'signature', use: 'sig' },
        ],
      }),
    });
    expect(await kids()).to.deep.equal(['signature']);
  });

  it('are not fetched from addresses that the outbound rule does not allow', async () => {
    keys = open(false);
    const error: unknown = await keys.find(issuer.issuer, 'key-1').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(IssuerUnreachableError);
    expect(String(error)).to.contain('not a public address');
    expect(issuer.fetches()).to.equal(0);
    const { problem: reason } = await keys.check(issuer.issuer);
    expect(reason).to.contain('not a public address');
  });
});

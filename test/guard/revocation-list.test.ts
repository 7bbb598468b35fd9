import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Claims } from '../../src/guard/claims.ts';
import { createRevocationList, type Revocation } from '../../src/guard/revocation-list.ts';
import { movableTime } from './handler.ts';

const audience = 'https://photos.example/api';
const claims = {
  sub: 'ada',
  client_id: 'prints',
  isMachine: false,
  scopes: new Set(['photos:read', 'photos:write']),
  aud: [audience],
  iat: 1000,
  jti: 'j1',
  grant_id: 'g1',
  session_id: 's1',
  sid: 'a1',
  pat_id: 'p1',
  code_id: 'c1',
  grant_client_id: 'shop',
} satisfies Claims & Record<string, unknown>;

function entry(subject: string, at = 1000, exp = 1600): Revocation {
  return { hash: createHash('sha256').update(subject).digest('base64url'), at, exp };
}

describe('what the authorization server ended', () => {
  function isRevokedBy(...entries: readonly Revocation[]): boolean {
    const list = createRevocationList({ audience, now: movableTime(1_000_000).now });
    list.add(entries, 1000);
    return list.hasEnded(claims) || list.isOutdated(claims);
  }

  for (const subject of ['grant:g1', 'session:s1', 'session:a1', 'code:c1', 'token:j1', 'token:p1']) {
    it(`ends a token with ${subject}, whenever it was issued`, () => {
      expect(isRevokedBy(entry(subject, 10))).to.equal(true);
    });
  }

  for (const subject of [
    'client:prints',
    'client:shop',
    `api:${audience}`,
    `client-api:prints ${audience}`,
    `scope:${audience} photos:write`,
    `scope-groups:${audience} photos:write`,
    `user-scope:ada ${audience} photos:write`,
  ]) {
    it(`ends a token with ${subject}, if it was issued until then`, () => {
      expect(isRevokedBy(entry(subject, 1000))).to.equal(true);
      expect(isRevokedBy(entry(subject, 999))).to.equal(false);
    });
  }

  it('ends a token without a client with personal-access, if it was issued until then', () => {
    const isOutdated = (of: Claims, at: number): boolean => {
      const list = createRevocationList({ audience, now: movableTime(1_000_000).now });
      list.add([entry(`personal-access:${audience}`, at)], at);
      return list.isOutdated(of);
    };
    const { client_id: _app, ...personal } = claims;
    expect([isOutdated(personal, 1000), isOutdated(personal, 999)]).to.deep.equal([true, false]);
    expect(isOutdated(claims, 1000), 'of an app').to.equal(false);
  });

  it('is not more than that', () => {
    const others = [
      'grant:g2',
      'session:g1',
      'token:g1',
      'client:other',
      'api:https://archive.example/api',
      `client-api:other ${audience}`,
      `scope:${audience} photos:delete`,
      'scope:https://archive.example/api photos:read',
    ];
    expect(isRevokedBy(...others.map((subject) => entry(subject)))).to.equal(false);
  });

  it('separates what ended for good from what a token may have lost a part of', () => {
    const list = createRevocationList({ audience, now: movableTime(1_000_000).now });
    list.add([entry(`scope:${audience} photos:write`)], 1000);
    expect([list.hasEnded(claims), list.isOutdated(claims)]).to.deep.equal([false, true]);
    list.add([entry('grant:g1')], 1000);
    expect(list.hasEnded(claims)).to.equal(true);
  });

  it('counts the later moment, if something ended twice', () => {
    expect(isRevokedBy(entry('client:prints', 1000), entry('client:prints', 500))).to.equal(true);
  });

  it('is forgotten when no token can be affected any more', () => {
    const time = movableTime(1_000_000);
    const list = createRevocationList({ audience, now: time.now, maxEntries: 2 });
    list.add([entry('grant:g1', 1000, 1060), entry('grant:g2', 1000, 1060)], 1000);
    time.advance(60);
    list.add([entry('grant:g3', 1060, 1200)], 1060);
    expect(list.isComplete()).to.equal(true);
    expect(list.hasEnded(claims)).to.equal(false);
    expect(list.hasEnded({ ...claims, grant_id: 'g3' } as Claims)).to.equal(true);
  });

  it('is not forgotten while our clock is ahead: the token is valid again when that is corrected (F14)', () => {
    const time = movableTime(1_000_000);
    const list = createRevocationList({ audience, now: time.now });
    list.add([entry('grant:g1')], 1000);
    time.advance(3600);
    list.add([], 1060);
    time.advance(-3600);
    expect(list.hasEnded(claims)).to.equal(true);
  });

  it('is not complete while it is more than can be kept', () => {
    const time = movableTime(1_000_000);
    const list = createRevocationList({ audience, now: time.now, maxEntries: 2 });
    list.add([entry('grant:g1'), entry('grant:g2')], 1000);
    expect(list.isComplete()).to.equal(true);
    list.add([entry('grant:g3', 1000, 1300)], 1000);
    expect(list.isComplete()).to.equal(false);
    expect(list.hasEnded(claims)).to.equal(true);
    time.advance(300);
    expect(list.isComplete()).to.equal(true);
  });
});

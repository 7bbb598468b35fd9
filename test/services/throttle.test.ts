import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { OverloadedError, ThrottledError } from '../../src/errors.ts';
import { createThrottleKeys, type ThrottleKey } from '../../src/services/throttle-keys.ts';
import { createThrottleService, type Attempt, type ThrottleService } from '../../src/services/throttle.ts';
import { loginAttempts } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { createLoginAttemptRepository } from '../../src/storage/repositories/login-attempts.ts';
import {
  describeOnEachDatabase,
  failureOf,
  secretKey,
  throttleSettings,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const rule = { free: 5, firstWait: 30, longestWait: 3600, limit: 100, forgetAfter: 365 * 86_400 };
const key: ThrottleKey = { kind: 'account', value: 'ada@example.com', rule, concerns: 'user' };

/** An attempt that fails at once. @returns the failures by the kind of key */
async function fail(
  throttle: ThrottleService,
  keys: readonly ThrottleKey[] = [key],
): Promise<Readonly<Record<string, number>>> {
  return (await throttle.begin(keys)).failed();
}

async function waitOf(throttle: ThrottleService, keys: readonly ThrottleKey[] = [key]): Promise<number> {
  const error = await failureOf(fail(throttle, keys));
  if (error === undefined) {
    return 0;
  }
  expect(error).to.be.instanceOf(ThrottledError);
  return error instanceof ThrottledError ? (error.retryAfter ?? -1) : -1;
}

describeOnEachDatabase('services/throttle', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let clock: ManualClock;
  let throttle: ThrottleService;

  function throttleOver(database: Database): ThrottleService {
    return createThrottleService({
      attempts: createLoginAttemptRepository(database),
      secrets: createSecrets([secretKey]),
      clock,
    });
  }

  beforeEach(async () => {
    clock = manualClock(new Date('2030-01-01T12:00:00Z'));
    temporary = await openTemporaryDatabase(clock);
    throttle = throttleOver(temporary.database);
  });
  afterEach(() => temporary.close());

  it('lets the free attempts through, then makes each wait twice as long, up to an hour (C6, SP 800-63B-4 §3.2.2)', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await waitOf(throttle)).to.equal(0);
    }
    const waits: number[] = [];
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const wait = await waitOf(throttle);
      waits.push(wait);
      clock.advance(wait - 1);
      expect(await waitOf(throttle)).to.equal(1);
      clock.advance(1);
      expect(await waitOf(throttle)).to.equal(0);
    }
    expect(waits).to.deep.equal([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  });

  it('looks at a hundred attempts in a row and at no more, until it is reset (C6)', async () => {
    let looked = 0;
    for (let attempt = 0; attempt < 150; attempt += 1) {
      looked += (await waitOf(throttle)) === 0 ? 1 : 0;
      clock.advance(3600);
    }
    expect(looked).to.equal(100);
    clock.advance(30 * 86_400);
    expect(await waitOf(throttle)).to.equal(3600);
    await throttle.reset([key]);
    expect(await waitOf(throttle)).to.equal(0);
  });

  it('changes nothing by refusing, so that nobody is kept waiting by refused attempts', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await fail(throttle);
    }
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await waitOf(throttle)).to.be.greaterThan(0);
    }
    clock.advance(30);
    expect(await waitOf(throttle)).to.equal(0);
  });

  it('lets no number of parallel attempts exceed the quota, in two processes (C11)', async () => {
    const other = throttleOver(await temporary.openAnother());
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, index) => failureOf(fail(index % 2 ? throttle : other))),
    );
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(5);
    expect(outcomes.filter((outcome) => outcome instanceof ThrottledError)).to.have.length(55);
    clock.advance(30);
    const later = await Promise.all(
      Array.from({ length: 20 }, (_, index) => failureOf(fail(index % 2 ? throttle : other))),
    );
    expect(later.filter((outcome) => outcome === undefined)).to.have.length(1);
  });

  it('counts under all keys or under none', async () => {
    const tired: ThrottleKey = { kind: 'pair', value: 'x', rule: { ...rule, free: 1 }, concerns: 'user' };
    await fail(throttle, [tired]);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(await waitOf(throttle, [key, tired])).to.equal(30);
    }
    expect(await fail(throttle)).to.deep.equal({ account: 1 });

    // In a race, too: of 20 that are counted under `key` at first, the ones that lose under `narrow` are taken back.
    const narrow: ThrottleKey = { kind: 'address', value: 'y', rule: { ...rule, free: 1 }, concerns: 'user' };
    const wide: ThrottleKey = { kind: 'wide', value: 'z', rule: { ...rule, free: 1000 }, concerns: 'user' };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => failureOf(fail(throttle, [wide, narrow]))));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
    expect(await fail(throttle, [wide])).to.deep.equal({ wide: 2 });
  });

  it('counts an attempt nowhere that could not be looked at', async () => {
    for (let attempt = 0; attempt < 30; attempt += 1) {
      await (await throttle.begin([key])).abandoned();
    }
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await fail(throttle);
    }
    await (await throttle.begin([key])).abandoned();
    expect(await fail(throttle)).to.deep.equal({ account: 5 });
    expect(await waitOf(throttle)).to.equal(30);
  });

  it('takes no attempt under way for a failure: those beyond the free ones wait until it is known, in two processes', async () => {
    const other = throttleOver(await temporary.openAnother());
    const underWay: Attempt[] = [];
    for (let attempt = 0; attempt < rule.free; attempt += 1) {
      underWay.push(await (attempt % 2 ? throttle : other).begin([key]));
    }
    let begun = 0;
    const later = [throttle, other, throttle].map(async (one) => {
      const attempt = await one.begin([key]);
      begun += 1;
      await attempt.succeeded([key]);
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    expect(begun).to.equal(0);
    await underWay[0]?.succeeded([key]);
    await Promise.all(later);
    for (const attempt of underWay.slice(1)) {
      await attempt.succeeded([key]);
    }
    expect(await fail(throttle)).to.deep.equal({ account: 1 });
  });

  it('makes those that wait for a place wait longer once too many have failed', async () => {
    const underWay = await Promise.all(Array.from({ length: rule.free }, () => throttle.begin([key])));
    const later = Promise.all(Array.from({ length: 8 }, () => failureOf(throttle.begin([key]))));
    await Promise.all(underWay.map((attempt) => attempt.failed()));
    for (const error of await later) {
      expect(error).to.be.instanceOf(ThrottledError);
      expect(error instanceof ThrottledError && error.concerns).to.equal('user');
    }
  });

  it('lets one attempt at a time through after a wait', async () => {
    for (let attempt = 0; attempt < rule.free; attempt += 1) {
      await fail(throttle);
    }
    clock.advance(30);
    const first = await throttle.begin([key]);
    const second = throttle.begin([key]);
    await first.succeeded([key]);
    await (await second).succeeded([key]);
  });

  it('says that it is busy, not that somebody failed, where no place becomes free in time', async () => {
    const impatient = createThrottleService({
      attempts: createLoginAttemptRepository(temporary.database),
      secrets: createSecrets([secretKey]),
      clock,
      maxQueueSeconds: 0.2,
    });
    await Promise.all(Array.from({ length: rule.free }, () => impatient.begin([key])));
    expect(await failureOf(impatient.begin([key]))).to.be.instanceOf(OverloadedError);
  });

  it('frees the places of a process that died, and gives no verdict to an attempt that took longer than that', async () => {
    const lost = await Promise.all(Array.from({ length: rule.free }, () => throttle.begin([key])));
    clock.advance(120);
    const anew = await Promise.all(Array.from({ length: rule.free }, () => throttle.begin([key])));
    expect(await failureOf(lost[0]?.succeeded([key]) ?? Promise.resolve())).to.be.instanceOf(OverloadedError);
    expect(await failureOf(lost[1]?.failed() ?? Promise.resolve())).to.be.instanceOf(OverloadedError);
    for (const attempt of anew) {
      await attempt.failed();
    }
    expect(await waitOf(throttle), 'the late failure counts, too').to.equal(60);
  });

  it('goes on from a counter of an earlier version', async () => {
    await fail(throttle);
    const collection = temporary.database.collection(loginAttempts);
    const [stored] = await collection.find({}).toArray();
    await collection.updateOne({ _id: stored?._id ?? '' }, { $unset: { pending: true, pendingUntil: true } });
    expect(await fail(throttle)).to.deep.equal({ account: 2 });
  });

  it('forgets a failure from time to time where the rule says so, whatever comes in between', async () => {
    const shared: ThrottleKey = {
      kind: 'address',
      value: '192.0.2.1',
      rule: { ...rule, free: 10, forgetOneEvery: 600, forgetAfter: 86_400 },
      concerns: 'address',
    };
    // One failure every ten minutes never makes anybody wait, although there is always one more.
    for (let attempt = 0; attempt < 100; attempt += 1) {
      expect(await waitOf(throttle, [shared])).to.equal(0);
      await (await throttle.begin([shared])).abandoned();
      clock.advance(601);
    }
    // Nor do three failures in half an hour, at whatever moments: no part of the time that passed is lost.
    for (let round = 0; round < 60; round += 1) {
      for (let attempt = 0; attempt < 1 + (round % 2); attempt += 1) {
        expect(await waitOf(throttle, [shared])).to.equal(0);
      }
      clock.advance(900);
    }
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await failureOf(fail(throttle, [shared]));
    }
    expect(await waitOf(throttle, [shared])).to.be.greaterThan(0);
  });

  it('remembers across a restart, and stores neither email nor address (C11)', async () => {
    const keys = createThrottleKeys(throttleSettings);
    const pair = keys.accountAndAddress('ada@example.com', '192.0.2.1');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await fail(throttle, [pair]);
    }
    const reopened = throttleOver(await temporary.openAnother());
    expect(await waitOf(reopened, [pair])).to.equal(30);
    expect(await waitOf(reopened, [keys.accountAndAddress('ada@example.com', '192.0.2.2')])).to.equal(0);
    expect(await waitOf(reopened, [keys.accountAndAddress('ada@example.com', '::ffff:192.0.2.1')])).to.equal(30);
  });
});

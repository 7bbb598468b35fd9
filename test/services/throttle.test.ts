import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { OverloadedError, ThrottledError } from '../../src/errors.ts';
import { createThrottleKeys, type ThrottleKey } from '../../src/services/foundation/throttle-keys.ts';
import { createThrottleService, type Attempt, type ThrottleService } from '../../src/services/foundation/throttle.ts';
import { loginAttempts } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { runInRequestScope, sendRecords, sendWrites } from '../../src/storage/request-scope.ts';
import { createLoginAttemptRepository } from '../../src/storage/repositories/login-attempts.ts';
import { eventually } from '../support/eventually.ts';
import {
  describeOnEachDatabase,
  failureOf,
  secretKey,
  throttleSettings,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const rule = { free: 5, firstWait: 30, longestWait: 3600, limit: 100, forgetAfter: 365 * 86_400 };
const key: ThrottleKey = { kind: 'account', value: 'ada@example.com', rule, concerns: 'user' };

/** Makes one attempt that fails. @returns the number of failures by the kind of key */
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

  it('allows the free attempts, then doubles the wait with each failure, up to an hour (C6, SP 800-63B-4 §3.2.2)', async () => {
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

  it('allows a hundred failed attempts in a row and no more, until it is reset (C6)', async () => {
    let allowed = 0;
    for (let attempt = 0; attempt < 150; attempt += 1) {
      allowed += (await waitOf(throttle)) === 0 ? 1 : 0;
      clock.advance(3600);
    }
    expect(allowed).to.equal(100);
    clock.advance(30 * 86_400);
    expect(await waitOf(throttle)).to.equal(3600);
    await throttle.reset([key]);
    expect(await waitOf(throttle)).to.equal(0);
  });

  it('does not count rejected attempts, so that they do not lengthen the wait', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await fail(throttle);
    }
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await waitOf(throttle)).to.be.greaterThan(0);
    }
    clock.advance(30);
    expect(await waitOf(throttle)).to.equal(0);
  });

  it('allows no more parallel attempts than the limit, in two processes (C11)', async () => {
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

  it('counts an attempt under all keys or under none', async () => {
    const exhausted: ThrottleKey = { kind: 'pair', value: 'x', rule: { ...rule, free: 1 }, concerns: 'user' };
    await fail(throttle, [exhausted]);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(await waitOf(throttle, [key, exhausted])).to.equal(30);
    }
    expect(await fail(throttle)).to.deep.equal({ account: 1 });

    // Also in a race: of 20 attempts that `wide` counts at first, those that `narrow` rejects are removed again.
    const narrow: ThrottleKey = { kind: 'address', value: 'y', rule: { ...rule, free: 1 }, concerns: 'user' };
    const wide: ThrottleKey = { kind: 'wide', value: 'z', rule: { ...rule, free: 1000 }, concerns: 'user' };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => failureOf(fail(throttle, [wide, narrow]))));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
    expect(await fail(throttle, [wide])).to.deep.equal({ wide: 2 });
  });

  it('does not count an attempt that could not be checked', async () => {
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

  it('does not count an unfinished attempt as a failure: attempts beyond the free ones wait for it, in two processes', async () => {
    const other = throttleOver(await temporary.openAnother());
    const unfinished: Attempt[] = [];
    for (let attempt = 0; attempt < rule.free; attempt += 1) {
      unfinished.push(await (attempt % 2 ? throttle : other).begin([key]));
    }
    let started = 0;
    const later = [throttle, other, throttle].map(async (service) => {
      const attempt = await service.begin([key]);
      started += 1;
      await attempt.succeeded([key]);
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    expect(started).to.equal(0);
    await unfinished[0]?.succeeded([key]);
    await Promise.all(later);
    for (const attempt of unfinished.slice(1)) {
      await attempt.succeeded([key]);
    }
    expect(await fail(throttle)).to.deep.equal({ account: 1 });
  });

  it('rejects the waiting attempts when too many others have failed', async () => {
    const unfinished = await Promise.all(Array.from({ length: rule.free }, () => throttle.begin([key])));
    const later = Promise.all(Array.from({ length: 8 }, () => failureOf(throttle.begin([key]))));
    await Promise.all(unfinished.map((attempt) => attempt.failed()));
    for (const error of await later) {
      expect(error).to.be.instanceOf(ThrottledError);
      expect(error instanceof ThrottledError && error.concerns).to.equal('user');
    }
  });

  it('allows one attempt at a time after a wait', async () => {
    for (let attempt = 0; attempt < rule.free; attempt += 1) {
      await fail(throttle);
    }
    clock.advance(30);
    const first = await throttle.begin([key]);
    const second = throttle.begin([key]);
    await first.succeeded([key]);
    await (await second).succeeded([key]);
  });

  it('fails with OverloadedError, not with ThrottledError, when no place becomes free in time', async () => {
    const withShortQueue = createThrottleService({
      attempts: createLoginAttemptRepository(temporary.database),
      secrets: createSecrets([secretKey]),
      clock,
      maxQueueSeconds: 0.2,
    });
    await Promise.all(Array.from({ length: rule.free }, () => withShortQueue.begin([key])));
    expect(await failureOf(withShortQueue.begin([key]))).to.be.instanceOf(OverloadedError);
  });

  it('says before it waits how many attempts wait already, once, and may be stopped then without an effect', async () => {
    const seen: number[] = [];
    const unfinished = await Promise.all(
      Array.from({ length: rule.free }, () => throttle.begin([key], (ahead) => seen.push(ahead))),
    );
    expect(seen, 'none of them waits').to.deep.equal([]);
    const first = throttle.begin([key], (ahead) => seen.push(ahead));
    await eventually(async () => expect(seen).to.deep.equal([0]));
    // Longer than the interval at which waiting attempts look again.
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    const second = throttle.begin([key], (ahead) => seen.push(ahead));
    const stopped = throttle.begin([key], () => {
      throw new OverloadedError('no use in waiting');
    });
    expect(await failureOf(stopped)).to.be.instanceOf(OverloadedError);
    for (const attempt of unfinished) {
      await attempt.succeeded([key]);
    }
    for (const attempt of [await first, await second]) {
      await attempt.succeeded([key]);
    }
    expect(seen).to.deep.equal([0, 1]);
    expect(await fail(throttle)).to.deep.equal({ account: 1 });
  });

  it('keeps the places of a success until the writes of its request are sent, also if the request fails', async () => {
    const address: ThrottleKey = { ...key, kind: 'address', value: '203.0.113.1', concerns: 'address' };
    for (const send of [sendWrites, sendRecords]) {
      const unfinished = await Promise.all(Array.from({ length: rule.free - 1 }, () => throttle.begin([key, address])));
      let entered = false;
      const last = await throttle.begin([key, address]);
      const waiting = throttle.begin([key, address]).then((attempt) => {
        entered = true;
        return attempt;
      });
      await runInRequestScope({ deadlineMs: 5000 }, async () => {
        await last.succeeded([key]);
        // Longer than the interval at which waiting attempts look again.
        await new Promise((resolve) => {
          setTimeout(resolve, 250);
        });
        expect(entered).to.equal(false);
        await send();
      });
      for (const attempt of [await waiting, ...unfinished]) {
        await attempt.succeeded([key, address]);
      }
      expect(await temporary.database.collection(loginAttempts).countDocuments({})).to.equal(0);
    }
  });

  it('frees the places of a process that died, and fails an attempt that took longer than that with OverloadedError', async () => {
    const expired = await Promise.all(Array.from({ length: rule.free }, () => throttle.begin([key])));
    clock.advance(120);
    const later = await Promise.all(Array.from({ length: rule.free }, () => throttle.begin([key])));
    expect(await failureOf(expired[0]?.succeeded([key]) ?? Promise.resolve())).to.be.instanceOf(OverloadedError);
    expect(await failureOf(expired[1]?.failed() ?? Promise.resolve())).to.be.instanceOf(OverloadedError);
    for (const attempt of later) {
      await attempt.failed();
    }
    expect(await waitOf(throttle), 'the late failure is counted, too').to.equal(60);
  });

  it('continues with a counter of an earlier version', async () => {
    await fail(throttle);
    const collection = temporary.database.collection(loginAttempts);
    const [stored] = await collection.find({}).toArray();
    await collection.updateOne({ _id: stored?._id ?? '' }, { $unset: { pending: true, pendingUntil: true } });
    expect(await fail(throttle)).to.deep.equal({ account: 2 });
  });

  it('forgets one failure per interval where the rule says so, also while new attempts are made', async () => {
    const shared: ThrottleKey = {
      kind: 'address',
      value: '192.0.2.1',
      rule: { ...rule, free: 10, forgetOneEvery: 600, forgetAfter: 86_400 },
      concerns: 'address',
    };
    // One failure every ten minutes never leads to a wait, even over a long time.
    for (let attempt = 0; attempt < 100; attempt += 1) {
      expect(await waitOf(throttle, [shared])).to.equal(0);
      await (await throttle.begin([shared])).abandoned();
      clock.advance(601);
    }
    // Nor do three failures in half an hour, at any times: the remainder of an interval is not lost.
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

  it('keeps its counters across a restart (C11)', async () => {
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

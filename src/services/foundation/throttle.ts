/**
 * Counts failed attempts and delays further ones, longer with each failure. Before an attempt is checked, it takes a
 * place in each of its counters by a guarded update. It gives the place back when its outcome is known. There are as
 * many places as free failures are left, so parallel attempts on several instances cannot get more checks than the rule
 * allows. An attempt that finds no place waits for those in progress, since they may succeed. A rejected attempt
 * changes nothing, so nobody can delay another user by attempts that are rejected.
 *
 * If a process dies, the places of its attempts stay taken. They become free `placeLifetime` seconds after the last one
 * was taken. An attempt that takes longer than that is not decided.
 *
 * Passwords, clients and links are not known here; throttle-keys.ts defines what is counted. Counters are stored under
 * an HMAC of the key, so that the database does not show whose password was guessed. A new `SECRET` resets all
 * counters.
 */
import { monotonicMilliseconds, type Clock } from '../../clock.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import { OverloadedError, ThrottledError } from '../../errors.ts';
import type { AttemptCounter, LoginAttemptRepository } from '../../storage/repositories/login-attempts.ts';
import { createAttemptQueue } from './attempt-queue.ts';
import type { ThrottleKey, ThrottleRule } from './throttle-keys.ts';

/** An attempt that may be checked. The caller must call exactly one of the three methods, once. */
export interface Attempt {
  /**
   * Counts a failure. Must be called before the failure is shown to anyone.
   * @returns the number of failures in a row, by the kind of key
   * @throws OverloadedError when the attempt took so long that its place may have been given to another
   */
  failed(): Promise<Readonly<Record<string, number>>>;
  /**
   * Resets the counters that belong to the user who succeeded, with the other writes of the request. Its places are
   * kept until then.
   * @param owned may include keys that this attempt was not counted by
   * @throws OverloadedError as above
   */
  succeeded(owned: readonly ThrottleKey[]): Promise<void>;
  /** The attempt could not be checked, or says nothing about a key: it is not counted. */
  abandoned(): Promise<void>;
}

export interface ThrottleService {
  /**
   * Takes a place under every key, or under none. Waits if attempts in progress have taken all places.
   *
   * @param onWait called once before it waits, with the number of attempts that wait already; it may throw
   * @throws ThrottledError when one of the keys has too many failures; `retryAfter` is the longest of the waits
   * @throws OverloadedError when no place became free in time, which is not a failure
   */
  begin(keys: readonly ThrottleKey[], onWait?: (ahead: number) => void): Promise<Attempt>;
  /** Deletes the counters. */
  reset(keys: readonly ThrottleKey[]): Promise<void>;
}

/** Runs the check of an attempt. If it throws, for example in an outage, the attempt is not counted. */
export async function checkWithin<R>(attempt: Attempt, check: () => Promise<R>): Promise<R> {
  try {
    return await check();
  } catch (error) {
    // If this fails too, the place becomes free after `placeLifetime`.
    await attempt.abandoned().catch(() => {});
    throw error;
  }
}

/** Retries of a guarded update. More than the number of parallel attempts that any rule allows. */
const maxRetries = 1000;

/** Seconds after which the process of an attempt counts as dead: longer than any request may take. */
const placeLifetime = 120;

/** The stored time that means no wait: so early that a clock that is set back does not matter. */
const noWait = new Date(0);

function waitAfter(failures: number, rule: ThrottleRule): number {
  const beyond = failures - rule.free;
  return beyond < 0 ? 0 : Math.min(rule.longestWait, rule.firstWait * 2 ** Math.min(beyond, 30));
}

/**
 * The number of attempts that may be in progress. Even if all of them fail, there are no more failures than allowed.
 */
function placesOf(failures: number, rule: ThrottleRule): number {
  return Math.max(1, rule.free - failures);
}

/** Seconds until the next attempt is allowed; 0 if it is allowed now. */
function waitOf(counter: AttemptCounter | undefined, rule: ThrottleRule, now: number): number {
  if (counter === undefined) {
    return 0;
  }
  if (rule.limit !== undefined && counter.failures >= rule.limit) {
    return rule.longestWait;
  }
  return Math.max(0, Math.ceil((counter.nextAllowedAt.getTime() - now) / 1000));
}

/** The current values of a counter: without failures that are forgotten and places that have expired. */
interface CurrentCounts {
  readonly failures: number;
  /** Milliseconds since the epoch from which intervals are counted. Forgetting a failure moves it by one interval. */
  readonly since: number;
  readonly inProgress: number;
}

function currentCounts(counter: AttemptCounter | undefined, rule: ThrottleRule, now: number): CurrentCounts {
  if (counter === undefined) {
    return { failures: 0, since: now, inProgress: 0 };
  }
  const { failures, pending = 0, pendingUntil = noWait, expiresAt } = counter;
  const inProgress = pendingUntil.getTime() > now ? pending : 0;
  if (rule.forgetOneEvery === undefined) {
    return { failures, since: now, inProgress };
  }
  const step = rule.forgetOneEvery * 1000;
  const since = expiresAt.getTime() - rule.forgetAfter * 1000;
  const steps = Math.max(0, Math.floor((now - since) / step));
  return steps >= failures
    ? { failures: 0, since: now, inProgress }
    : { failures: failures - steps, since: since + steps * step, inProgress };
}

interface CounterKey {
  readonly key: ThrottleKey;
  readonly id: string;
}

type Entry = { readonly place: CounterKey } | { readonly wait: number } | { readonly full: string };

/** @param deps.maxQueueSeconds how long an attempt waits for a place */
export function createThrottleService({
  attempts,
  secrets,
  clock,
  maxQueueSeconds = 4,
}: {
  readonly attempts: LoginAttemptRepository;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly maxQueueSeconds?: number;
}): ThrottleService {
  const queue = createAttemptQueue();

  function idOf({ kind, value }: ThrottleKey): string {
    return `${kind}:${secrets.mac('throttle', `${kind}:${value}`)}`;
  }

  async function read(id: string): Promise<AttemptCounter | undefined> {
    const [counter] = await attempts.find([id]);
    return counter;
  }

  function throttled(waits: readonly { readonly key: ThrottleKey; readonly wait: number }[]): ThrottledError {
    const maxWait = waits.reduce((one, other) => (other.wait > one.wait ? other : one));
    return new ThrottledError(maxWait.wait, undefined, maxWait.key.concerns);
  }

  /** Takes a place in one counter. @param known the counter as it was read; read again when that has changed */
  async function enter(counterKey: CounterKey, known: AttemptCounter | undefined): Promise<Entry> {
    const { key, id } = counterKey;
    const { rule } = key;
    let counter = known;
    for (let retry = 0; retry < maxRetries; retry += 1) {
      const time = clock.now();
      const now = time.getTime();
      const wait = waitOf(counter, rule, now);
      if (wait > 0) {
        return { wait };
      }
      const { failures, since, inProgress } = currentCounts(counter, rule, now);
      const places = placesOf(failures, rule);
      if (inProgress >= places) {
        return { full: id };
      }
      const pendingUntil = new Date(now + placeLifetime * 1000);
      const entered =
        inProgress > 0 && counter?.failures === failures
          ? await attempts.raisePending(id, { failures, below: places, now: time, pendingUntil })
          : await attempts.compareAndSet(id, counter, {
              failures,
              nextAllowedAt: counter?.nextAllowedAt ?? noWait,
              pending: inProgress + 1,
              pendingUntil,
              expiresAt: new Date(since + rule.forgetAfter * 1000),
            });
      if (entered) {
        return { place: counterKey };
      }
      counter = await read(id);
    }
    return { full: id };
  }

  async function leave({ id }: CounterKey): Promise<void> {
    await attempts.lowerPending(id);
    queue.wakeOne(id);
  }

  /** @returns the number of failures in a row, including this one */
  async function fail({ key, id }: CounterKey): Promise<number> {
    const { rule } = key;
    for (let retry = 0; retry < maxRetries; retry += 1) {
      const counter = await read(id);
      const now = clock.now().getTime();
      const counts = currentCounts(counter, rule, now);
      const failures = counts.failures + 1;
      const wait = waitAfter(failures, rule);
      const next = {
        failures,
        nextAllowedAt: wait === 0 ? noWait : new Date(now + wait * 1000),
        expiresAt: new Date(counts.since + rule.forgetAfter * 1000),
      };
      const counted =
        counter !== undefined && counts.inProgress > 0
          ? await attempts.settleFailure(id, counter, next)
          : await attempts.compareAndSet(id, counter, { ...next, pending: 0, pendingUntil: noWait });
      if (counted) {
        queue.wakeAll(id);
        return failures;
      }
    }
    throw new OverloadedError('a failure could not be counted');
  }

  /** @param startedAt milliseconds since the epoch, before the first place was taken */
  function attemptOf(places: readonly CounterKey[], startedAt: number): Attempt {
    function assertInTime(): void {
      if (clock.now().getTime() >= startedAt + placeLifetime * 1000) {
        throw new OverloadedError('an attempt took so long that its place was given to another');
      }
    }
    return {
      failed: async () => {
        const counts = await Promise.all(places.map(async (place) => [place.key.kind, await fail(place)] as const));
        assertInTime();
        return Object.fromEntries(counts);
      },
      succeeded: async (owned) => {
        assertInTime();
        const ids = owned.map(idOf);
        const others = places.map(({ id }) => id).filter((id) => !ids.includes(id));
        await attempts.succeedWithRequest({ owned: ids, others }, () => {
          ids.forEach(queue.wakeAll);
          others.forEach(queue.wakeOne);
        });
      },
      abandoned: async () => {
        await Promise.all(places.map(leave));
      },
    };
  }

  /** Tries once to take a place under all keys. @returns the attempt, or the id of a counter that has no free place */
  async function tryToBegin(counterKeys: readonly CounterKey[]): Promise<Attempt | string> {
    const counters = new Map((await attempts.find(counterKeys.map(({ id }) => id))).map((one) => [one._id, one]));
    const now = clock.now().getTime();
    const waits = counterKeys.map(({ key, id }) => ({ key, wait: waitOf(counters.get(id), key.rule, now) }));
    if (waits.some(({ wait }) => wait > 0)) {
      throw throttled(waits);
    }
    const full = counterKeys.find(({ key: { rule }, id }) => {
      const { failures, inProgress } = currentCounts(counters.get(id), rule, now);
      return inProgress >= placesOf(failures, rule);
    });
    if (full !== undefined) {
      return full.id;
    }
    // In parallel, so that the database commits them together.
    const outcomes = await Promise.allSettled(counterKeys.map((one) => enter(one, counters.get(one.id))));
    const entries = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const places = entries.flatMap((entry) => ('place' in entry ? [entry.place] : []));
    if (places.length === counterKeys.length) {
      return attemptOf(places, now);
    }
    await Promise.allSettled(places.map(leave));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) {
      throw failure.reason;
    }
    const rejected = counterKeys.flatMap(({ key }, index) => {
      const entry = entries[index];
      return entry !== undefined && 'wait' in entry ? [{ key, wait: entry.wait }] : [];
    });
    if (rejected.length > 0) {
      throw throttled(rejected);
    }
    return entries.find((entry) => 'full' in entry)?.full ?? '';
  }

  return {
    begin: async (keys, onWait) => {
      const counterKeys = keys.map((key) => ({ key, id: idOf(key) }));
      const giveUpAt = monotonicMilliseconds() + maxQueueSeconds * 1000;
      for (let isFirst = true; ; isFirst = false) {
        const found = await tryToBegin(counterKeys);
        if (typeof found !== 'string') {
          return found;
        }
        if (monotonicMilliseconds() >= giveUpAt) {
          throw new OverloadedError('attempts in progress did not end in time');
        }
        if (isFirst) {
          onWait?.(queue.lengthOf(found));
        }
        await queue.turn(found);
      }
    },
    reset: async (keys) => {
      const ids = keys.map(idOf);
      await attempts.remove(ids);
      for (const id of ids) {
        queue.wakeAll(id);
      }
    },
  };
}

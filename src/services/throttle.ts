/**
 * Counts failures and makes those who fail wait, longer each time. An attempt takes a place before it is looked at, by a
 * guarded update of each of its counters, and gives it back when its outcome is known: as a failure, or as none. There
 * are as many places as failures are still free, so no number of parallel attempts, on any number of instances, gets
 * more looks than the rule gives; and attempts that find no place wait for those under way, since a right password in
 * flight is no failure. What is refused changes nothing: nobody can keep somebody else waiting by being refused.
 *
 * A process that dies with attempts under way leaves their places taken. They become free when `placeLifetime` has
 * passed since the last one was taken, and an attempt that took longer than that gets no verdict.
 *
 * Knows nothing of passwords, clients or links; throttle-keys.ts names what is counted. Counters are stored under an
 * HMAC of that, so that the database does not show who was tried. After a new `SECRET` counting begins anew.
 */
import { monotonicMilliseconds, type Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { OverloadedError, ThrottledError } from '../errors.ts';
import type { AttemptCounter, LoginAttemptRepository } from '../storage/repositories/login-attempts.ts';
import { createAttemptQueue } from './attempt-queue.ts';
import type { ThrottleKey, ThrottleRule } from './throttle-keys.ts';

/** An attempt that may be looked at. One of the three is called once. */
export interface Attempt {
  /**
   * Counts it as a failure, before anybody hears of it.
   * @returns the number of failures in a row, by the kind of key
   * @throws OverloadedError when it took so long that others may have taken its place: then it has no outcome
   */
  failed(): Promise<Readonly<Record<string, number>>>;
  /**
   * Forgets the failures of what the one who succeeded owns.
   * @param owned may name keys that this attempt was not counted by
   * @throws OverloadedError as above
   */
  succeeded(owned: readonly ThrottleKey[]): Promise<void>;
  /** It could not be looked at, or proved nothing about a key: it counts nowhere. */
  abandoned(): Promise<void>;
}

export interface ThrottleService {
  /**
   * Takes a place under every key, or under none; waits for one where attempts under way have taken them.
   *
   * @throws ThrottledError when there were too many failures under one of them; `retryAfter` is the longest of the waits
   * @throws OverloadedError when no place became free in time; it says nothing about failures
   */
  begin(keys: readonly ThrottleKey[]): Promise<Attempt>;
  /** Forgets the counters. */
  reset(keys: readonly ThrottleKey[]): Promise<void>;
}

/** Looks at what an attempt is about. Where that fails, by an outage for example, the attempt counts nowhere. */
export async function lookWithin<R>(attempt: Attempt, look: () => Promise<R>): Promise<R> {
  try {
    return await look();
  } catch (error) {
    // Where this fails too, the place becomes free by itself.
    await attempt.abandoned().catch(() => {});
    throw error;
  }
}

/** Parallel attempts that may overtake one before it gives up: more than any rule gives for free. */
const maxRounds = 1000;

/** Seconds after which an attempt under way is taken for one whose process died: more than any request may take. */
const placeLifetime = 120;

/** Where nobody has to wait: long ago, and so whatever the clock is set back to. */
const noWait = new Date(0);

function waitAfter(failures: number, rule: ThrottleRule): number {
  const beyond = failures - rule.free;
  return beyond < 0 ? 0 : Math.min(rule.longestWait, rule.firstWait * 2 ** Math.min(beyond, 30));
}

/** Attempts that may be under way at once: if all of them fail, the rule is kept. */
function placesOf(failures: number, rule: ThrottleRule): number {
  return Math.max(1, rule.free - failures);
}

/** Seconds until the next attempt is looked at; 0 when it is now. */
function waitOf(counter: AttemptCounter | undefined, rule: ThrottleRule, now: number): number {
  if (counter === undefined) {
    return 0;
  }
  if (rule.limit !== undefined && counter.failures >= rule.limit) {
    return rule.longestWait;
  }
  return Math.max(0, Math.ceil((counter.nextAllowedAt.getTime() - now) / 1000));
}

/** What of a counter still counts now. */
interface Standing {
  readonly failures: number;
  /** Since when: forgetting moves that moment by whole steps, counting does not. */
  readonly since: number;
  readonly underWay: number;
}

function standingOf(counter: AttemptCounter | undefined, rule: ThrottleRule, now: number): Standing {
  if (counter === undefined) {
    return { failures: 0, since: now, underWay: 0 };
  }
  const { failures, pending = 0, pendingUntil = noWait, expiresAt } = counter;
  const underWay = pendingUntil.getTime() > now ? pending : 0;
  if (rule.forgetOneEvery === undefined) {
    return { failures, since: now, underWay };
  }
  const step = rule.forgetOneEvery * 1000;
  const since = expiresAt.getTime() - rule.forgetAfter * 1000;
  const steps = Math.max(0, Math.floor((now - since) / step));
  return steps >= failures
    ? { failures: 0, since: now, underWay }
    : { failures: failures - steps, since: since + steps * step, underWay };
}

interface Wanted {
  readonly key: ThrottleKey;
  readonly id: string;
}

type Entry = { readonly place: Wanted } | { readonly wait: number } | { readonly full: string };

/** @param deps.patience seconds that an attempt waits for a place */
export function createThrottleService({
  attempts,
  secrets,
  clock,
  patience = 4,
}: {
  readonly attempts: LoginAttemptRepository;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly patience?: number;
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
    const longest = waits.reduce((one, other) => (other.wait > one.wait ? other : one));
    return new ThrottledError(longest.wait, undefined, longest.key.concerns);
  }

  async function enter(wanted: Wanted, known: AttemptCounter | undefined): Promise<Entry> {
    const { rule } = wanted.key;
    let counter = known;
    for (let round = 0; round < maxRounds; round += 1) {
      const moment = clock.now();
      const now = moment.getTime();
      const wait = waitOf(counter, rule, now);
      if (wait > 0) {
        return { wait };
      }
      const { failures, since, underWay } = standingOf(counter, rule, now);
      const places = placesOf(failures, rule);
      if (underWay >= places) {
        return { full: wanted.id };
      }
      const pendingUntil = new Date(now + placeLifetime * 1000);
      const entered =
        underWay > 0 && counter?.failures === failures
          ? await attempts.raisePending(wanted.id, { failures, below: places, now: moment, pendingUntil })
          : await attempts.compareAndSet(wanted.id, counter, {
              failures,
              nextAllowedAt: counter?.nextAllowedAt ?? noWait,
              pending: underWay + 1,
              pendingUntil,
              expiresAt: new Date(since + rule.forgetAfter * 1000),
            });
      if (entered) {
        return { place: wanted };
      }
      counter = await read(wanted.id);
    }
    return { full: wanted.id };
  }

  async function leave({ id }: Wanted): Promise<void> {
    await attempts.lowerPending(id);
    queue.wakeOne(id);
  }

  /** @returns the failures in a row, this one included */
  async function fail({ key, id }: Wanted): Promise<number> {
    const { rule } = key;
    for (let round = 0; round < maxRounds; round += 1) {
      const counter = await read(id);
      const now = clock.now().getTime();
      const standing = standingOf(counter, rule, now);
      const failures = standing.failures + 1;
      const wait = waitAfter(failures, rule);
      const next = {
        failures,
        nextAllowedAt: wait === 0 ? noWait : new Date(now + wait * 1000),
        expiresAt: new Date(standing.since + rule.forgetAfter * 1000),
      };
      const counted =
        counter !== undefined && standing.underWay > 0
          ? await attempts.settleFailure(id, counter, next)
          : await attempts.compareAndSet(id, counter, { ...next, pending: 0, pendingUntil: noWait });
      if (counted) {
        queue.wakeAll(id);
        return failures;
      }
    }
    throw new OverloadedError('a failure could not be counted');
  }

  /** @param begunAt milliseconds since the epoch, before the first place was taken */
  function attemptOf(places: readonly Wanted[], begunAt: number): Attempt {
    function assertInTime(): void {
      if (clock.now().getTime() >= begunAt + placeLifetime * 1000) {
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
        await Promise.all([attempts.remove(ids), ...places.filter(({ id }) => !ids.includes(id)).map(leave)]);
        for (const id of ids) {
          queue.wakeAll(id);
        }
      },
      abandoned: async () => {
        await Promise.all(places.map(leave));
      },
    };
  }

  /** One look for places under all keys. @returns the id under which there is none */
  async function tryToBegin(wanted: readonly Wanted[]): Promise<Attempt | string> {
    const counters = new Map((await attempts.find(wanted.map(({ id }) => id))).map((one) => [one._id, one]));
    const now = clock.now().getTime();
    const waits = wanted.map(({ key, id }) => ({ key, wait: waitOf(counters.get(id), key.rule, now) }));
    if (waits.some(({ wait }) => wait > 0)) {
      throw throttled(waits);
    }
    const full = wanted.find(({ key: { rule }, id }) => {
      const { failures, underWay } = standingOf(counters.get(id), rule, now);
      return underWay >= placesOf(failures, rule);
    });
    if (full !== undefined) {
      return full.id;
    }
    // Side by side, so that the database commits them together.
    const outcomes = await Promise.allSettled(wanted.map((one) => enter(one, counters.get(one.id))));
    const entries = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const places = entries.flatMap((entry) => ('place' in entry ? [entry.place] : []));
    if (places.length === wanted.length) {
      return attemptOf(places, now);
    }
    await Promise.allSettled(places.map(leave));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) {
      throw failure.reason;
    }
    const refused = wanted.flatMap(({ key }, index) => {
      const entry = entries[index];
      return entry !== undefined && 'wait' in entry ? [{ key, wait: entry.wait }] : [];
    });
    if (refused.length > 0) {
      throw throttled(refused);
    }
    return entries.find((entry) => 'full' in entry)?.full ?? '';
  }

  return {
    begin: async (keys) => {
      const wanted = keys.map((key) => ({ key, id: idOf(key) }));
      const giveUpAt = monotonicMilliseconds() + patience * 1000;
      for (;;) {
        const found = await tryToBegin(wanted);
        if (typeof found !== 'string') {
          return found;
        }
        if (monotonicMilliseconds() >= giveUpAt) {
          throw new OverloadedError('attempts under way did not end in time');
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

/**
 * Counts attempts and makes their callers wait, longer each time. An attempt is counted *before* it is looked at, by a
 * guarded update of each of its counters, so that no number of parallel attempts, on any number of instances, gets
 * more looks than the rule gives. A refused attempt changes nothing: nobody can keep somebody else waiting by being
 * refused over and over.
 *
 * Knows nothing of passwords, clients or links; the doors name what they count by. Counters are stored under an HMAC
 * of that, so that the database does not tell who was tried. After a new `SECRET` counting begins anew.
 */
import type { Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { ThrottledError } from '../errors.ts';
import type { AttemptCounter, LoginAttemptRepository } from '../storage/repositories/login-attempts.ts';
import { addressBlock } from './address-block.ts';

/** All durations in seconds. */
export interface ThrottleRule {
  /** Failures before the first wait. */
  readonly free: number;
  readonly firstWait: number;
  /** Each failure doubles the wait up to this. */
  readonly longestWait: number;
  /** Failures after which nothing is looked at until {@link ThrottleService.reset}. */
  readonly limit?: number;
  /** One failure is forgotten for each of these that passes: for counters that no success resets. */
  readonly forgetOneEvery?: number;
  /** The counter is forgotten this long after the last attempt. */
  readonly forgetAfter: number;
}

/** What attempts are counted by. */
export interface ThrottleKey {
  /** What kind of thing, such as `account`; keeps equal values of two kinds apart. */
  readonly kind: string;
  readonly value: string;
  readonly rule: ThrottleRule;
}

/** An attempt that was counted and may be looked at. */
export interface Reservation {
  /** The number of attempts in a row, this one included, by the kind of key. */
  readonly counts: Readonly<Record<string, number>>;
  /** Takes the attempt back out of the counters (of these keys, or all): it succeeded, or could not be looked at. */
  giveBack(keys?: readonly ThrottleKey[]): Promise<void>;
}

export interface ThrottleService {
  /**
   * Counts one attempt under every key, or none under any.
   * @throws ThrottledError when one of them has to wait; `retryAfter` is the longest of the waits
   */
  reserve(keys: readonly ThrottleKey[]): Promise<Reservation>;
  /** Forgets the counters: what a success does to those that the one who succeeded owns. */
  reset(keys: readonly ThrottleKey[]): Promise<void>;
}

/** Parallel attempts that may overtake one before it is told to come back: more than any rule gives for free. */
const mostRounds = 1000;

/** Where nobody has to wait: long ago, and so whatever the clock is set back to. */
const noWait = new Date(0);

function waitAfter(failures: number, rule: ThrottleRule): number {
  const beyond = failures - rule.free;
  return beyond < 0 ? 0 : Math.min(rule.longestWait, rule.firstWait * 2 ** Math.min(beyond, 30));
}

export function createThrottleService({
  attempts,
  secrets,
  clock,
}: {
  readonly attempts: LoginAttemptRepository;
  readonly secrets: Secrets;
  readonly clock: Clock;
}): ThrottleService {
  function idOf({ kind, value }: ThrottleKey): string {
    return `${kind}:${secrets.mac('throttle', `${kind}:${value}`)}`;
  }

  /** What of a counter still counts now, and since when; forgetting moves that moment by whole steps, counting does not. */
  function afterForgetting(
    counter: AttemptCounter,
    rule: ThrottleRule,
    now: number,
  ): { readonly failures: number; readonly since: number } {
    if (rule.forgetOneEvery === undefined) {
      return { failures: counter.failures, since: now };
    }
    const step = rule.forgetOneEvery * 1000;
    const since = counter.expiresAt.getTime() - rule.forgetAfter * 1000;
    const steps = Math.max(0, Math.floor((now - since) / step));
    return steps >= counter.failures
      ? { failures: 0, since: now }
      : { failures: counter.failures - steps, since: since + steps * step };
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

  async function read(id: string): Promise<AttemptCounter | undefined> {
    const [counter] = await attempts.find([id]);
    return counter;
  }

  interface Counted {
    readonly key: ThrottleKey;
    readonly id: string;
    readonly failures: number;
    /** The wait that this attempt brings for the next one, and where the counter stood before. */
    readonly wait?: { readonly nextAllowedAt: Date; readonly until: Date };
  }

  /** @returns the seconds to wait, when others were counted in the meantime and it is refused */
  async function count(key: ThrottleKey, id: string, known: AttemptCounter | undefined): Promise<Counted | number> {
    const { rule } = key;
    let before = known;
    for (let round = 0; round < mostRounds; round += 1) {
      const moment = clock.now();
      const now = moment.getTime();
      const wait = waitOf(before, rule, now);
      if (wait > 0) {
        return wait;
      }
      const standing = before === undefined ? { failures: 0, since: now } : afterForgetting(before, rule, now);
      const failures = standing.failures + 1;
      const expiresAt = new Date(standing.since + rule.forgetAfter * 1000);
      if (
        before !== undefined &&
        standing.failures === before.failures &&
        standing.failures > 0 &&
        failures < rule.free
      ) {
        const raised = await attempts.raiseBelow(
          id,
          rule.free,
          moment,
          rule.forgetOneEvery === undefined ? expiresAt : undefined,
        );
        if (raised !== null) {
          return { key, id, failures: raised.failures };
        }
      } else {
        const nextAllowedAt = failures < rule.free ? noWait : new Date(now + waitAfter(failures, rule) * 1000);
        if (await attempts.compareAndSet(id, before, { failures, nextAllowedAt, expiresAt })) {
          return { key, id, failures, ...(failures < rule.free ? {} : { wait: { nextAllowedAt, until: noWait } }) };
        }
      }
      before = await read(id);
    }
    return 1;
  }

  async function takeBack({ id, wait }: Counted): Promise<void> {
    // Where others were counted since, only the number is corrected: the wait that they caused stays.
    if (wait === undefined || !(await attempts.lower(id, wait))) {
      await attempts.lower(id);
    }
  }

  return {
    reserve: async (keys) => {
      const wanted = keys.map((key) => ({ key, id: idOf(key) }));
      const present = new Map(
        (await attempts.find(wanted.map(({ id }) => id))).map((counter) => [counter._id, counter]),
      );
      const now = clock.now().getTime();
      const wait = Math.max(0, ...wanted.map(({ key, id }) => waitOf(present.get(id), key.rule, now)));
      if (wait > 0) {
        throw new ThrottledError(wait);
      }
      // Side by side, so that the database commits them together.
      const outcomes = await Promise.allSettled(wanted.map(({ key, id }) => count(key, id, present.get(id))));
      const counted = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' && typeof outcome.value !== 'number' ? [outcome.value] : [],
      );
      if (counted.length < wanted.length) {
        await Promise.allSettled(counted.map(takeBack));
        const failed = outcomes.find((outcome) => outcome.status === 'rejected');
        if (failed) {
          throw failed.reason;
        }
        throw new ThrottledError(
          Math.max(
            ...outcomes.map((outcome) =>
              outcome.status === 'fulfilled' && typeof outcome.value === 'number' ? outcome.value : 0,
            ),
          ),
        );
      }
      return {
        counts: Object.fromEntries(counted.map(({ key, failures }) => [key.kind, failures])),
        giveBack: async (some = keys) => {
          await Promise.all(counted.filter(({ key }) => some.includes(key)).map(takeBack));
        },
      };
    },
    reset: (keys) => attempts.remove(keys.map(idOf)),
  };
}

/** The settings that rules are made of. */
export interface ThrottleSettings {
  readonly accountFree: number;
  readonly pairFree: number;
  readonly addressFree: number;
  /** Seconds. */
  readonly firstWait: number;
  /** Seconds. */
  readonly longestWait: number;
  readonly accountLimit: number;
}

/** The keys that doors count by. */
export interface ThrottleKeys {
  /** By the email that was typed, whether or not an account has it. */
  user(emailKey: string): ThrottleKey;
  accountAndAddress(emailKey: string, address: string): ThrottleKey;
  /** A browser in which this account was signed in before: apart from what strangers do to the account. */
  device(deviceId: string): ThrottleKey;
  /** By the address alone, whatever is tried from it; `door` keeps, say, sign-in and set-up apart. */
  address(door: string, address: string): ThrottleKey;
  /**
   * A client's authentication from one address. There is no key for a client alone on purpose: it would hand any
   * stranger who knows a `client_id` a switch to turn that client off. Its secrets have 256 bits; there is nothing to
   * guess, only load to bound.
   */
  clientAndAddress(clientId: string, address: string): ThrottleKey;
}

const hour = 3600;
const day = 24 * hour;

/**
 * Makes the keys from the settings. An account's counter lasts a year: were it forgotten sooner, a patient guesser
 * would get {@link ThrottleSettings.accountLimit} guesses anew each time. An address is shared by many people and no
 * success of one of them resets it, so it forgets one failure every ten minutes.
 */
export function createThrottleKeys(settings: ThrottleSettings): ThrottleKeys {
  const { accountFree, pairFree, addressFree, firstWait, longestWait, accountLimit: limit } = settings;
  const waits = { firstWait, longestWait };
  const user = { free: accountFree, ...waits, limit, forgetAfter: 365 * day };
  const pair = { free: pairFree, ...waits, forgetAfter: day + longestWait };
  const device = { free: pairFree, ...waits, limit, forgetAfter: 365 * day };
  const address = { free: addressFree, ...waits, forgetOneEvery: 600, forgetAfter: 600 * addressFree + day };
  const client = { free: addressFree, ...waits, forgetOneEvery: 60, forgetAfter: day };
  return {
    user: (emailKey) => ({ kind: 'account', value: emailKey, rule: user }),
    accountAndAddress: (emailKey, from) => ({ kind: 'pair', value: `${addressBlock(from)} ${emailKey}`, rule: pair }),
    device: (deviceId) => ({ kind: 'device', value: deviceId, rule: device }),
    address: (door, from) => ({ kind: `address-${door}`, value: addressBlock(from), rule: address }),
    clientAndAddress: (clientId, from) => ({
      kind: 'client',
      value: `${addressBlock(from)} ${clientId}`,
      rule: client,
    }),
  };
}

/** What attempts are counted by, and by which rules: made from the settings. */
import { addressBlock } from './address-block.ts';

/** All durations in seconds. */
export interface ThrottleRule {
  /** Failures before the first wait; and so many attempts may be under way at once, less those that failed. */
  readonly free: number;
  readonly firstWait: number;
  /** Each failure doubles the wait up to this. */
  readonly longestWait: number;
  /** Failures after which nothing is looked at until the counter is reset. */
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
  /** Whom a wait concerns: one user, or everybody at this address. */
  readonly concerns: 'user' | 'address';
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

/** The keys that endpoints count by. */
export interface ThrottleKeys {
  /** By the email that was typed, whether or not a user has it. */
  user(emailKey: string): ThrottleKey;
  accountAndAddress(emailKey: string, address: string): ThrottleKey;
  /**
   * All browsers together in which this user was signed in before: apart from what strangers do to the user. Were each
   * browser counted by itself, each stolen cookie would bring guesses of its own.
   */
  devices(accountId: string): ThrottleKey;
  /** By the address alone, whatever is tried from it; `endpoint` keeps, say, sign-in and set-up apart. */
  address(endpoint: string, address: string): ThrottleKey;
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
 * Makes the keys from the settings. A user's counter lasts a year: were it forgotten sooner, a patient guesser would
 * get {@link ThrottleSettings.accountLimit} guesses anew each time. An address is shared by many people and no success
 * of one of them resets it, so it forgets one failure every ten minutes.
 */
export function createThrottleKeys(settings: ThrottleSettings): ThrottleKeys {
  const { accountFree, pairFree, addressFree, firstWait, longestWait, accountLimit: limit } = settings;
  const waits = { firstWait, longestWait };
  const user = { free: accountFree, ...waits, limit, forgetAfter: 365 * day };
  const pair = { free: pairFree, ...waits, forgetAfter: day + longestWait };
  const devices = { free: pairFree, ...waits, limit, forgetAfter: 365 * day };
  const address = { free: addressFree, ...waits, forgetOneEvery: 600, forgetAfter: 600 * addressFree + day };
  const client = { free: addressFree, ...waits, forgetOneEvery: 60, forgetAfter: day };
  return {
    user: (emailKey) => ({ kind: 'account', value: emailKey, rule: user, concerns: 'user' }),
    accountAndAddress: (emailKey, from) => ({
      kind: 'pair',
      value: `${addressBlock(from)} ${emailKey}`,
      rule: pair,
      concerns: 'user',
    }),
    devices: (accountId) => ({ kind: 'device', value: accountId, rule: devices, concerns: 'user' }),
    address: (endpoint, from) => ({
      kind: `address-${endpoint}`,
      value: addressBlock(from),
      rule: address,
      concerns: 'address',
    }),
    clientAndAddress: (clientId, from) => ({
      kind: 'client',
      value: `${addressBlock(from)} ${clientId}`,
      rule: client,
      concerns: 'address',
    }),
  };
}

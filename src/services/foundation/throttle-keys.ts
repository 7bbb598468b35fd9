/** The keys by which attempts are counted, with the rule of each, made from the settings. */
import { addressBlock } from '../values/address-block.ts';

/** All durations in seconds. */
export interface ThrottleRule {
  /** Failures before the first wait. Also the maximum number of failures and attempts in progress together. */
  readonly free: number;
  readonly firstWait: number;
  /** Each failure doubles the wait up to this. */
  readonly longestWait: number;
  /** Failures after which every attempt is rejected until the counter is reset. */
  readonly limit?: number;
  /** One failure is forgotten each time this interval passes: for counters that no success resets. */
  readonly forgetOneEvery?: number;
  /** The counter is forgotten this long after the last attempt. */
  readonly forgetAfter: number;
}

/** The key of one counter. */
export interface ThrottleKey {
  /** The kind of key, such as `account`. Equal values of different kinds have different counters. */
  readonly kind: string;
  readonly value: string;
  readonly rule: ThrottleRule;
  /** Whether a wait affects one user, or everybody at this address. */
  readonly concerns: 'user' | 'address';
}

/** The settings that the rules are made from. */
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
  /** By the email that was entered, whether or not a user has it. */
  user(emailKey: string): ThrottleKey;
  accountAndAddress(emailKey: string, address: string): ThrottleKey;
  /**
   * All browsers with which this user has signed in before, counted separately from failures of unknown browsers. They
   * share one counter, since otherwise each stolen cookie would give an attacker more guesses.
   */
  devices(accountId: string): ThrottleKey;
  /** The code of one link, which ends after {@link maxCodeTries} wrong ones. @param linkId the id of its record */
  code(linkId: string): ThrottleKey;
  /** All codes that are mailed to an email address. They can be guessed, and a new one is made on each request. */
  codesOf(emailKey: string): ThrottleKey;
  /** Mails to one email address that anybody can ask for. Each mail counts as a failure. */
  mailTo(emailKey: string): ThrottleKey;
  /** Mails about new devices of one user. Each mail counts as a failure. */
  newDeviceMails(accountId: string): ThrottleKey;
  /** Mails that anybody can ask for, by the network address of the caller. */
  mailFrom(address: string): ThrottleKey;
  /**
   * Codes of a user's second factor. Separate from {@link user}, because the right password resets that counter: an
   * attacker who knows the password could otherwise guess without end.
   */
  secondFactor(accountId: string): ThrottleKey;
  /** By the address only. Each `endpoint`, such as sign-in and set-up, has its own counter. */
  address(endpoint: string, address: string): ThrottleKey;
  /**
   * A client's authentication from one address. There is no key for a client only, since then anyone who knows a
   * `client_id` could lock that client out. A secret of 256 bits cannot be guessed; this only limits the load.
   */
  clientAndAddress(clientId: string, address: string): ThrottleKey;
}

/** Wrong tries of one code of a mail after which it does not work any more. */
export const maxCodeTries = 10;

const minute = 60;
const hour = 3600;
const day = 24 * hour;

/**
 * Makes the keys from the settings. A user's counter is kept for a year, because an attacker gets another
 * {@link ThrottleSettings.accountLimit} guesses each time it expires. An address is shared by many users and a success
 * does not reset its counter, so it forgets one failure every ten minutes.
 */
export function createThrottleKeys(settings: ThrottleSettings): ThrottleKeys {
  const { accountFree, pairFree, addressFree, firstWait, longestWait, accountLimit: limit } = settings;
  const waits = { firstWait, longestWait };
  const user = { free: accountFree, ...waits, limit, forgetAfter: 365 * day };
  const pair = { free: pairFree, ...waits, forgetAfter: day + longestWait };
  const devices = { free: pairFree, ...waits, limit, forgetAfter: 365 * day };
  const address = { free: addressFree, ...waits, forgetOneEvery: 600, forgetAfter: 600 * addressFree + day };
  const client = { free: addressFree, ...waits, forgetOneEvery: 60, forgetAfter: day };
  // The code itself ends with the last failure, and 10 minutes after it was made in any case.
  const code = { free: maxCodeTries, firstWait: hour, longestWait: hour, limit: maxCodeTries, forgetAfter: hour };
  const mailTo = {
    free: 5,
    firstWait: 5 * minute,
    longestWait: hour,
    forgetOneEvery: 30 * minute,
    forgetAfter: day,
  };
  const mailFrom = { free: addressFree, ...waits, forgetOneEvery: minute, forgetAfter: day };
  return {
    code: (linkId) => ({ kind: 'code', value: linkId, rule: code, concerns: 'user' }),
    codesOf: (emailKey) => ({ kind: 'codes', value: emailKey, rule: user, concerns: 'user' }),
    mailTo: (emailKey) => ({ kind: 'mail-to', value: emailKey, rule: mailTo, concerns: 'user' }),
    newDeviceMails: (accountId) => ({ kind: 'new-device', value: accountId, rule: mailTo, concerns: 'user' }),
    mailFrom: (from) => ({ kind: 'mail-from', value: addressBlock(from), rule: mailFrom, concerns: 'address' }),
    user: (emailKey) => ({ kind: 'account', value: emailKey, rule: user, concerns: 'user' }),
    accountAndAddress: (emailKey, from) => ({
      kind: 'pair',
      value: `${addressBlock(from)} ${emailKey}`,
      rule: pair,
      concerns: 'user',
    }),
    devices: (accountId) => ({ kind: 'device', value: accountId, rule: devices, concerns: 'user' }),
    secondFactor: (accountId) => ({ kind: 'second-factor', value: accountId, rule: user, concerns: 'user' }),
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

/**
 * Signing in with a password. The order is what makes it safe: the attempt is counted, then the account is looked for,
 * then a hash is computed whether or not there is one to compare with, and only then is anything decided. Which page
 * is shown and what a session is, is not known here.
 */
import { after, epochSeconds, type Clock } from '../clock.ts';
import type { Passwords } from '../crypto/passwords.ts';
import { randomToken, type Secrets } from '../crypto/secrets.ts';
import { ThrottledError } from '../errors.ts';
import type { AccountDocument } from '../storage/collections.ts';
import type { AccountRepository } from '../storage/repositories/accounts.ts';
import type { AuditService } from './audit.ts';
import { emailKeyOf } from './email-address.ts';
import type { Reservation, ThrottleKey, ThrottleKeys, ThrottleService } from './throttle.ts';

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Absent on the command line alone. */
  readonly address?: string;
  /** What {@link AuthenticationService.issueDeviceToken} made and the browser kept. */
  readonly device?: string;
  readonly requestId?: string;
}

/** What a sign-in comes to. There is one refusal: which of its reasons it was is for the audit alone. */
export type SignInResult =
  { readonly outcome: 'success'; readonly account: AccountDocument } | { readonly outcome: 'refused' };

export interface DeviceToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface AuthenticationService {
  /**
   * An unknown account, a wrong password, a disabled account and one without a password get the same answer after the
   * same work.
   *
   * @throws ThrottledError when too many attempts failed; nothing was looked at
   * @throws InvalidInputError for a password that cannot be one (a NUL, more than 4096 bytes), whatever the account
   * @throws OverloadedError, StorageUnavailableError; neither counts as a failure
   */
  signIn(attempt: SignIn): Promise<SignInResult>;
  /**
   * For a cookie, after a success: marks the browser as one in which this account was signed in, so that strangers who
   * guess at the account do not keep its owner waiting. It proves nothing else, and is no credential.
   */
  issueDeviceToken(accountId: string): DeviceToken;
}

export interface AuthenticationDependencies {
  readonly accounts: AccountRepository;
  readonly passwords: Pick<Passwords, 'verify'>;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly secrets: Secrets;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** For metrics. */
  readonly onOutcome?: (outcome: 'success' | 'failure' | 'throttled') => void;
}

const deviceLifetimeSeconds = 180 * 24 * 3600;
const deviceIdBytes = 16;
const longestDeviceToken = 300;

interface Device {
  readonly id: string;
  readonly accountId: string;
}

export function createAuthenticationService(dependencies: AuthenticationDependencies): AuthenticationService {
  const { accounts, passwords, throttle, throttleKeys, secrets, audit, clock, onOutcome = () => {} } = dependencies;

  function readDevice(token: string | undefined): Device | undefined {
    if (token === undefined || token.length > longestDeviceToken) {
      return undefined;
    }
    const [accountId, id, expires, mac, ...rest] = token.split('.');
    if (accountId === undefined || id === undefined || expires === undefined || mac === undefined || rest.length > 0) {
      return undefined;
    }
    if (
      !secrets.verifyMac('device', `${accountId}.${id}.${expires}`, mac) ||
      !(Number(expires) > epochSeconds(clock))
    ) {
      return undefined;
    }
    return { id, accountId };
  }

  /** Verified statelessly; whether it belongs to the account that is being tried is seen when that is known. */
  async function knownDevice(token: string | undefined, emailKey: string): Promise<Device | undefined> {
    const device = readDevice(token);
    if (device === undefined) {
      return undefined;
    }
    const account = await accounts.find(device.accountId);
    return account?.emailKey === emailKey ? device : undefined;
  }

  async function reserve(
    keys: readonly ThrottleKey[],
    { address, requestId }: SignIn,
    where: object,
  ): Promise<Reservation> {
    try {
      return await throttle.reserve(keys);
    } catch (error) {
      if (error instanceof ThrottledError) {
        onOutcome('throttled');
        await audit.record({
          ...where,
          type: 'login.throttled',
          outcome: 'failure',
          actor: 'system',
          ...(address === undefined ? {} : { address }),
          ...(requestId === undefined ? {} : { requestId }),
          detail: { retryAfter: error.retryAfter ?? 0 },
        });
      }
      throw error;
    }
  }

  /** Why the account does not open although the work was done; undefined when it does. */
  function refusal(account: AccountDocument | null, matches: boolean, now: AccountDocument | null): string | undefined {
    if (account === null) {
      return 'unknown account';
    }
    if (account.passwordHash === undefined) {
      return 'no password';
    }
    if (!matches) {
      return 'wrong password';
    }
    if (now === null || now.disabled) {
      return 'disabled';
    }
    return now.passwordHash === account.passwordHash ? undefined : 'password changed meanwhile';
  }

  return {
    signIn: async (attempt) => {
      const { email, password, address, requestId } = attempt;
      const emailKey = emailKeyOf(email);
      const device = await knownDevice(attempt.device, emailKey);
      const ofAccount = throttleKeys.account(emailKey);
      const ofPair = address === undefined ? [] : [throttleKeys.accountAndAddress(emailKey, address)];
      const ofAddress = address === undefined ? [] : [throttleKeys.address('sign-in', address)];
      const ofDevice = device === undefined ? [] : [throttleKeys.device(`${device.accountId}.${device.id}`)];
      const reservation = await reserve(
        [...(device === undefined ? [ofAccount, ...ofPair] : ofDevice), ...ofAddress],
        attempt,
        device === undefined ? {} : { accountId: device.accountId },
      );

      let looked;
      try {
        const account = await accounts.findByEmailKey(emailKey);
        const verification = await passwords.verify(account?.passwordHash, password);
        // Read again: hashing takes a while, and a password that was replaced or an account that was closed meanwhile opens nothing.
        const now = account === null || !verification.matches ? null : await accounts.find(account._id);
        looked = { account, verification, now };
      } catch (error) {
        // The attempt was not looked at, so it is none; when this cannot be written either, it stays counted.
        await reservation.giveBack().catch(() => {});
        throw error;
      }

      const { account, verification, now } = looked;
      const reason = refusal(account, verification.matches, now);
      const facts = {
        ...(address === undefined ? {} : { address }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(account === null ? {} : { accountId: account._id }),
      };
      if (reason !== undefined || account === null || now === null) {
        onOutcome('failure');
        const attempts = reservation.counts['account'] ?? reservation.counts['device'] ?? 0;
        await audit.record({
          ...facts,
          type: 'login.failure',
          outcome: 'failure',
          actor: account?._id ?? 'system',
          detail: { reason: reason ?? '', attempts },
        });
        return { outcome: 'refused' };
      }
      await throttle.reset([ofAccount, ...ofPair, ...ofDevice]);
      await reservation.giveBack(ofAddress);
      if (account.passwordHash !== undefined && verification.replacement !== undefined) {
        await accounts.replacePasswordHash(account._id, account.passwordHash, verification.replacement);
      }
      onOutcome('success');
      await audit.record({ ...facts, type: 'login.success', outcome: 'success', actor: account._id });
      return { outcome: 'success', account: now };
    },

    issueDeviceToken: (accountId) => {
      const expiresAt = after(clock, deviceLifetimeSeconds);
      const content = `${accountId}.${randomToken(deviceIdBytes)}.${Math.floor(expiresAt.getTime() / 1000)}`;
      return { token: `${content}.${secrets.mac('device', content)}`, expiresAt };
    },
  };
}

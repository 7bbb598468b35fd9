/**
 * Signing in with a password. The order is what makes it safe: the attempt is counted, then the account is looked for,
 * then a hash is computed whether or not there is one to compare with, and only then is anything decided. Which page
 * is shown and what a session is, is not known here.
 */
import { after, epochSeconds, type Clock } from '../clock.ts';
import type { Passwords } from '../crypto/passwords.ts';
import { randomToken, type Secrets } from '../crypto/secrets.ts';
import { ThrottledError } from '../errors.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { UserRepository } from '../storage/repositories/users.ts';
import type { AuditService } from './audit.ts';
import { emailKeyOf } from './email-address.ts';
import { credentialsVersionOf } from './users.ts';
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
  | {
      readonly outcome: 'success';
      readonly user: UserDocument;
      /** When the password was right: the `auth_time` of the login (OpenID Connect Core §2). */
      readonly at: Date;
      /** Of the credentials that were proved: what the login carries on. */
      readonly credentialsVersion: number;
    }
  | { readonly outcome: 'refused' };

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
  readonly users: UserRepository;
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
  const { users, passwords, throttle, throttleKeys, secrets, audit, clock, onOutcome = () => {} } = dependencies;

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
    const user = await users.find(device.accountId);
    return user?.emailKey === emailKey ? device : undefined;
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
  function refusal(user: UserDocument | null, matches: boolean, now: UserDocument | null): string | undefined {
    if (user === null) {
      return 'unknown account';
    }
    if (user.passwordHash === undefined) {
      return 'no password';
    }
    if (!matches) {
      return 'wrong password';
    }
    if (now === null || now.disabled) {
      return 'disabled';
    }
    return credentialsVersionOf(now) === credentialsVersionOf(user) ? undefined : 'credentials changed meanwhile';
  }

  return {
    signIn: async (attempt) => {
      const { email, password, address, requestId } = attempt;
      const emailKey = emailKeyOf(email);
      const device = await knownDevice(attempt.device, emailKey);
      const ofUser = throttleKeys.user(emailKey);
      const ofPair = address === undefined ? [] : [throttleKeys.accountAndAddress(emailKey, address)];
      const ofAddress = address === undefined ? [] : [throttleKeys.address('sign-in', address)];
      const ofDevice = device === undefined ? [] : [throttleKeys.device(`${device.accountId}.${device.id}`)];
      const reservation = await reserve(
        [...(device === undefined ? [ofUser, ...ofPair] : ofDevice), ...ofAddress],
        attempt,
        device === undefined ? {} : { accountId: device.accountId },
      );

      let looked;
      try {
        const user = await users.findByEmailKey(emailKey);
        const verification = await passwords.verify(user?.passwordHash, password);
        // Read again: hashing takes a while, and a password that was replaced or an account that was closed meanwhile opens nothing.
        const now = user === null || !verification.matches ? null : await users.find(user._id);
        looked = { user, verification, now };
      } catch (error) {
        // The attempt was not looked at, so it is none; when this cannot be written either, it stays counted.
        await reservation.giveBack().catch(() => {});
        throw error;
      }

      const { user, verification, now } = looked;
      const reason = refusal(user, verification.matches, now);
      const facts = {
        ...(address === undefined ? {} : { address }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(user === null ? {} : { accountId: user._id }),
      };
      if (reason !== undefined || user === null || now === null) {
        onOutcome('failure');
        const attempts = reservation.counts['account'] ?? reservation.counts['device'] ?? 0;
        await audit.record({
          ...facts,
          type: 'login.failure',
          outcome: 'failure',
          actor: user?._id ?? 'system',
          detail: { reason: reason ?? '', attempts },
        });
        return { outcome: 'refused' };
      }
      await throttle.reset([ofUser, ...ofPair, ...ofDevice]);
      await reservation.giveBack(ofAddress);
      if (user.passwordHash !== undefined && verification.replacement !== undefined) {
        await users.replacePasswordHash(user._id, user.passwordHash, verification.replacement);
      }
      onOutcome('success');
      await audit.record({ ...facts, type: 'login.success', outcome: 'success', actor: user._id });
      return { outcome: 'success', user: now, at: clock.now(), credentialsVersion: credentialsVersionOf(user) };
    },

    issueDeviceToken: (accountId) => {
      const expiresAt = after(clock, deviceLifetimeSeconds);
      const content = `${accountId}.${randomToken(deviceIdBytes)}.${Math.floor(expiresAt.getTime() / 1000)}`;
      return { token: `${content}.${secrets.mac('device', content)}`, expiresAt };
    },
  };
}

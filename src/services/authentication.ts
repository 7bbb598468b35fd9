/**
 * Signing in with a password. The order is what makes it safe: the attempt takes its place among those under way, then
 * the user is looked for, then a hash is computed whether or not there is one to compare with, then a failure is counted,
 * and only then is anything said. Which page
 * is shown and what a session is, is not known here.
 */
import type { Clock } from '../clock.ts';
import type { Passwords } from '../crypto/passwords.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { ThrottledError } from '../errors.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { UserRepository } from '../storage/repositories/users.ts';
import type { AuditService } from './audit.ts';
import { createDeviceTokens, type DeviceTokens } from './device-tokens.ts';
import { emailKeyOf } from './email-address.ts';
import { credentialsVersionOf } from './user-records.ts';
import type { ThrottleKey, ThrottleKeys } from './throttle-keys.ts';
import { lookWithin, type Attempt, type ThrottleService } from './throttle.ts';

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
  issueDeviceToken: DeviceTokens['issue'];
}

export interface AuthenticationDependencies {
  readonly users: UserRepository;
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly secrets: Secrets;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Milliseconds between a login and the new hash of its password, where one is due. */
  readonly rehashDelay?: number;
  /** For metrics. */
  readonly onOutcome?: (outcome: 'success' | 'failure' | 'throttled') => void;
}

/** Milliseconds: the answer to the login that causes it has left by then. */
const rehashDelayMs = 1000;
/** More are left to their next login. */
const maxRehashing = 32;

export function createAuthenticationService(dependencies: AuthenticationDependencies): AuthenticationService {
  const { users, passwords, throttle, throttleKeys, secrets, audit, clock } = dependencies;
  const { onOutcome = () => {}, rehashDelay = rehashDelayMs } = dependencies;
  const deviceTokens = createDeviceTokens({ secrets, clock });
  /** Users whose password is about to be hashed anew. */
  const rehashing = new Set<string>();

  /** The account id, if this browser is one in which the user who is being tried was signed in with the present credentials. */
  async function knownDevice(token: string | undefined, emailKey: string): Promise<string | undefined> {
    const device = token === undefined ? undefined : deviceTokens.read(token);
    const user = device === undefined ? null : await users.find(device.accountId);
    return user?.emailKey === emailKey && credentialsVersionOf(user) === device?.credentialsVersion
      ? user._id
      : undefined;
  }

  async function begin(
    keys: readonly ThrottleKey[],
    { address, requestId }: SignIn,
    accountId: string | undefined,
  ): Promise<Attempt> {
    try {
      return await throttle.begin(keys);
    } catch (error) {
      if (error instanceof ThrottledError) {
        onOutcome('throttled');
        await audit.record({
          type: 'login.throttled',
          outcome: 'failure',
          actor: 'system',
          ...(accountId === undefined ? {} : { accountId }),
          ...(address === undefined ? {} : { address }),
          ...(requestId === undefined ? {} : { requestId }),
          detail: { retryAfter: error.retryAfter ?? 0, concerns: error.concerns ?? 'user' },
        });
      }
      throw error;
    }
  }

  /**
   * Makes a hash with the parameters of today, some time after the answer, so that the time of a login does not show
   * that its hash was outdated. What fails, or is cut off by a stop, is done at the next login.
   */
  function rehashLater({ _id, passwordHash }: UserDocument, password: string): void {
    if (passwordHash === undefined || rehashing.has(_id) || rehashing.size >= maxRehashing) {
      return;
    }
    rehashing.add(_id);
    const timer = setTimeout(() => {
      passwords
        .hash(password)
        .then((replacement) => users.replacePasswordHash(_id, passwordHash, replacement))
        .catch(() => undefined)
        .finally(() => rehashing.delete(_id));
    }, rehashDelay);
    timer.unref();
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
      const ofDevices = device === undefined ? [] : [throttleKeys.devices(device)];
      const counted = await begin(
        [...(device === undefined ? [ofUser, ...ofPair] : ofDevices), ...ofAddress],
        attempt,
        device,
      );

      const looked = await lookWithin(counted, async () => {
        const user = await users.findByEmailKey(emailKey);
        const verification = await passwords.verify(user?.passwordHash, password);
        // Read again: hashing takes a while, and what was replaced or disabled meanwhile opens nothing.
        const now = user === null || !verification.matches ? null : await users.find(user._id);
        return { user, verification, now };
      });

      const { user, verification, now } = looked;
      const reason = refusal(user, verification.matches, now);
      const facts = {
        ...(address === undefined ? {} : { address }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(user === null ? {} : { accountId: user._id }),
      };
      if (reason !== undefined || user === null || now === null) {
        const failures = await counted.failed();
        onOutcome('failure');
        const attempts = failures['account'] ?? failures['device'] ?? 0;
        await audit.record({
          ...facts,
          type: 'login.failure',
          outcome: 'failure',
          actor: user?._id ?? 'system',
          detail: { reason: reason ?? '', attempts },
        });
        return { outcome: 'refused' };
      }
      await counted.succeeded([ofUser, ...ofPair, throttleKeys.devices(user._id)]);
      if (verification.outdated) {
        rehashLater(user, password);
      }
      onOutcome('success');
      await audit.record({ ...facts, type: 'login.success', outcome: 'success', actor: user._id });
      return { outcome: 'success', user: now, at: clock.now(), credentialsVersion: credentialsVersionOf(user) };
    },

    issueDeviceToken: deviceTokens.issue,
  };
}

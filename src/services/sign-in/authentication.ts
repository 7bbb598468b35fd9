/**
 * Signing in with a password. The order of the steps makes it safe. The attempt takes a place in the throttle; the user
 * is read; a hash is computed whether or not there is one to compare with; a failure is counted; only then is the
 * result returned. Pages and sessions are not handled here.
 */
import type { Clock } from '../../clock.ts';
import type { HashPlace, Passwords } from '../../crypto/passwords.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import { ThrottledError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { originFields, type AuditService, type Origin } from '../foundation/audit.ts';
import { createDeviceTokens, type DeviceTokens } from './device-tokens.ts';
import { emailKeyOf } from '../values/email-address.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';
import type { ThrottleKey, ThrottleKeys } from '../foundation/throttle-keys.ts';
import { checkWithin, type Attempt, type ThrottleService } from '../foundation/throttle.ts';

export interface SignIn extends Origin {
  readonly email: string;
  readonly password: string;
  /** The browser's cookie: a token from {@link AuthenticationService.issueDeviceToken}. */
  readonly device?: string;
}

/** The result of a sign-in. All rejections look the same; only the audit has the reason. */
export type SignInResult =
  | {
      readonly outcome: 'success';
      readonly user: UserDocument;
      /** When the password was verified: the `auth_time` of the login (OpenID Connect Core §2). */
      readonly at: Date;
      /** The version of the credentials that were verified, stored with the login. */
      readonly credentialsVersion: number;
    }
  | { readonly outcome: 'refused' };

export interface AuthenticationService {
  /**
   * Checks whether a password could be compared soon, so that a caller reads nothing for a sign-in that is rejected.
   * @throws OverloadedError
   */
  assertCapacity(): void;
  /**
   * An unknown user, a wrong password, a disabled user and a user without a password get the same answer after the
   * same work.
   *
   * @throws ThrottledError when too many attempts failed; the password was not checked
   * @throws InvalidInputError for a password with a NUL or more than 4096 bytes, for every user
   * @throws OverloadedError, StorageUnavailableError; neither counts as a failure
   */
  signIn(attempt: SignIn): Promise<SignInResult>;
  /**
   * Checks the password of a user who is signed in, before a change that needs it. Counts like a sign-in, so that
   * somebody at an unlocked screen cannot guess it here. Signs nobody in.
   *
   * @throws as {@link AuthenticationService.signIn}
   */
  confirmPassword(attempt: SignIn): Promise<boolean>;
  /**
   * Makes a cookie value after a successful sign-in. It shows that this user has signed in with this browser before, so
   * that other people's failed guesses do not make the user wait. It is not a credential.
   */
  issueDeviceToken: DeviceTokens['issue'];
}

export interface AuthenticationDependencies {
  readonly users: UserRepository;
  readonly passwords: Pick<Passwords, 'assertCapacity' | 'reserve' | 'hash' | 'verify'>;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly secrets: Secrets;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Milliseconds from a login until its password is hashed again, if the stored hash is outdated. */
  readonly rehashDelay?: number;
  /** For metrics. */
  readonly onOutcome?: (outcome: 'success' | 'failure' | 'throttled') => void;
}

/** Milliseconds: the response to the login has been sent by then. */
const rehashDelayMs = 1000;
/** Any more are rehashed at their next login. */
const maxRehashing = 32;

export function createAuthenticationService(dependencies: AuthenticationDependencies): AuthenticationService {
  const { users, passwords, throttle, throttleKeys, secrets, audit, clock } = dependencies;
  const { onOutcome = () => {}, rehashDelay = rehashDelayMs } = dependencies;
  const deviceTokens = createDeviceTokens({ secrets, clock });
  /** Ids of the users whose password is about to be hashed again. */
  const rehashing = new Set<string>();

  /** The user's id, if the user of this email has signed in with this browser with the current credentials. */
  async function knownDevice(token: string | undefined, emailKey: string): Promise<string | undefined> {
    const device = token === undefined ? undefined : deviceTokens.read(token);
    const user = device === undefined ? null : await users.find(device.accountId);
    return user?.emailKey === emailKey && credentialsVersionOf(user) === device?.credentialsVersion
      ? user._id
      : undefined;
  }

  async function begin(
    keys: readonly ThrottleKey[],
    { origin, accountId, place }: { origin: Origin; accountId: string | undefined; place: HashPlace },
  ): Promise<Attempt> {
    try {
      return await throttle.begin(keys, place.giveWay);
    } catch (error) {
      if (error instanceof ThrottledError) {
        onOutcome('throttled');
        await audit.record({
          type: 'login.throttled',
          outcome: 'failure',
          actor: 'system',
          ...(accountId === undefined ? {} : { accountId }),
          ...originFields(origin),
          detail: { retryAfter: error.retryAfter ?? 0, concerns: error.concerns ?? 'user' },
        });
      }
      throw error;
    }
  }

  /**
   * Makes a hash with the current parameters, some time after the response, so that the duration of a login does not
   * show that its hash was outdated. If this fails or the process stops, the next login does it.
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

  /** The reason for rejecting the sign-in, for the audit; undefined when it succeeds. */
  function rejectionReason(user: UserDocument | null, matches: boolean, now: UserDocument | null): string | undefined {
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

  /** @param occasion decides which audit events and metrics there are */
  async function check(attempt: SignIn, occasion: 'sign-in' | 'confirmation'): Promise<SignInResult> {
    // In a storm of logins, those that cannot be hashed must not use the database first.
    const place = passwords.reserve();
    try {
      return await checkWithPlace(attempt, occasion, place);
    } finally {
      place.release();
    }
  }

  async function checkWithPlace(
    attempt: SignIn,
    occasion: 'sign-in' | 'confirmation',
    place: HashPlace,
  ): Promise<SignInResult> {
    const isSignIn = occasion === 'sign-in';
    const { email, password, address } = attempt;
    const emailKey = emailKeyOf(email);
    const device = await knownDevice(attempt.device, emailKey);
    const ofUser = throttleKeys.user(emailKey);
    const ofPair = address === undefined ? [] : [throttleKeys.accountAndAddress(emailKey, address)];
    const ofAddress = address === undefined ? [] : [throttleKeys.address('sign-in', address)];
    const ofDevices = device === undefined ? [] : [throttleKeys.devices(device)];
    const counted = await begin([...(device === undefined ? [ofUser, ...ofPair] : ofDevices), ...ofAddress], {
      origin: attempt,
      accountId: device,
      place,
    });

    const checked = await checkWithin(counted, async () => {
      const user = await users.findByEmailKey(emailKey);
      const verification = await passwords.verify(user?.passwordHash, password, place);
      // Read again, since hashing takes a while: the user may have been disabled or got another password meanwhile.
      const now = user === null || !verification.matches ? null : await users.find(user._id);
      return { user, verification, now };
    });

    const { user, verification, now } = checked;
    const reason = rejectionReason(user, verification.matches, now);
    const event = {
      ...originFields(attempt),
      ...(user === null ? {} : { accountId: user._id }),
    };
    if (reason !== undefined || user === null || now === null) {
      const failures = await counted.failed();
      if (isSignIn) {
        onOutcome('failure');
      }
      const attempts = failures['account'] ?? failures['device'] ?? 0;
      await audit.record({
        ...event,
        type: isSignIn ? 'login.failure' : 'password.confirmation_failed',
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
    if (isSignIn) {
      onOutcome('success');
      await audit.record({ ...event, type: 'login.success', outcome: 'success', actor: user._id });
    }
    return { outcome: 'success', user: now, at: clock.now(), credentialsVersion: credentialsVersionOf(user) };
  }

  return {
    assertCapacity: () => passwords.assertCapacity(),
    signIn: (attempt) => check(attempt, 'sign-in'),
    confirmPassword: async (attempt) => (await check(attempt, 'confirmation')).outcome === 'success',
    issueDeviceToken: deviceTokens.issue,
  };
}

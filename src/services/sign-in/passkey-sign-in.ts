/**
 * Signing in with a passkey instead of a password. The order of the steps is that of a password (authentication.ts):
 * the attempt takes a place in the throttle, the passkey is checked, a failure is counted, only then is the result
 * returned.
 * A passkey cannot be guessed, so failures count for the address only: they share the counter of passwords, and nobody
 * can make a user wait by sending wrong responses.
 */
import type { Clock } from '../../clock.ts';
import { ThrottledError } from '../../errors.ts';
import type { PasskeyDocument, UserDocument } from '../../storage/collections.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { originFields, type AuditService, type Origin } from '../foundation/audit.ts';
import type { PasskeyRequest, PasskeyService } from './passkeys.ts';
import type { ThrottleKeys } from '../foundation/throttle-keys.ts';
import { checkWithin, type Attempt, type ThrottleService } from '../foundation/throttle.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';

/** The result of a sign-in. All rejections look the same; only the audit has the reason. */
export type PasskeySignInResult =
  | {
      readonly outcome: 'success';
      readonly user: UserDocument;
      readonly passkey: PasskeyDocument;
      /** When the passkey was verified: the `auth_time` of the login (OpenID Connect Core §2). */
      readonly at: Date;
      /** The version of the user's credentials, stored with the login. */
      readonly credentialsVersion: number;
    }
  | { readonly outcome: 'refused' };

export interface PasskeySignInService {
  /**
   * Checks the response to `PasskeyService.requestOptions` for the same request.
   *
   * @throws ThrottledError when too many attempts from this address failed; the passkey was not checked
   * @throws InvalidInputError for a response without the form of one; StorageUnavailableError. Neither is counted
   */
  signIn(attempt: PasskeyRequest & Origin & { readonly response: string }): Promise<PasskeySignInResult>;
}

export function createPasskeySignIn(deps: {
  readonly passkeys: Pick<PasskeyService, 'verify'>;
  readonly users: Pick<UserRepository, 'find'>;
  readonly throttle: ThrottleService;
  readonly throttleKeys: Pick<ThrottleKeys, 'address'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** For metrics. */
  readonly onOutcome: (outcome: 'success' | 'failure' | 'throttled') => void;
}): PasskeySignInService {
  const { passkeys, users, throttle, throttleKeys, audit, clock, onOutcome } = deps;
  const method = 'passkey';

  async function begin(origin: Origin): Promise<Attempt> {
    try {
      return await throttle.begin(
        origin.address === undefined ? [] : [throttleKeys.address('sign-in', origin.address)],
      );
    } catch (error) {
      if (error instanceof ThrottledError) {
        onOutcome('throttled');
        await audit.record({
          ...originFields(origin),
          type: 'login.throttled',
          outcome: 'failure',
          actor: 'system',
          detail: { method, retryAfter: error.retryAfter ?? 0, concerns: error.concerns ?? 'address' },
        });
      }
      throw error;
    }
  }

  return {
    signIn: async ({ response, binding, accountId, ...origin }) => {
      const attempt = await begin(origin);
      const { used, user } = await checkWithin(attempt, async () => {
        const checked = await passkeys.verify({ response, binding, accountId }, origin);
        const owner = checked.passkey === undefined ? null : await users.find(checked.passkey.accountId);
        return { used: checked, user: owner };
      });
      const ofUser = user === null ? {} : { accountId: user._id };
      const reason =
        used.outcome === 'refused'
          ? used.reason
          : user === null
            ? 'unknown account'
            : user.disabled
              ? 'disabled'
              : undefined;
      if (used.outcome === 'refused' || user === null || reason !== undefined) {
        await attempt.failed();
        onOutcome('failure');
        await audit.record({
          ...originFields(origin),
          ...ofUser,
          type: 'login.failure',
          outcome: 'failure',
          actor: user?._id ?? 'system',
          detail: { method, reason: reason ?? '' },
        });
        return { outcome: 'refused' };
      }
      await attempt.succeeded([]);
      onOutcome('success');
      await audit.record({
        ...originFields(origin),
        ...ofUser,
        type: 'login.success',
        outcome: 'success',
        actor: user._id,
        detail: { method, passkey: used.passkey._id },
      });
      return {
        outcome: 'success',
        user,
        passkey: used.passkey,
        at: clock.now(),
        credentialsVersion: credentialsVersionOf(user),
      };
    },
  };
}

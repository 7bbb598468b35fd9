/**
 * Second factors of users: apps that show codes (TOTP), and recovery codes for a user who has lost them. Passkeys are a
 * second factor, too; passkeys.ts has them, and they are only counted here.
 *
 * A code is checked in an order that makes it safe, like a password (authentication.ts): the attempt takes a place in
 * the throttle, the code is compared, a failure is counted, and only then is the result returned. A code of an app is
 * used by a guarded update of its time step, a recovery code by its removal: each works once, in whatever process.
 */
import type { Clock } from '../../clock.ts';
import { randomToken, type Secrets } from '../../crypto/secrets.ts';
import { isTotpCode, newTotpSeed, stepOfTotpCode, totpAddress } from '../../crypto/totp.ts';
import { ConflictError, DuplicateKeyError, InvalidInputError, NotFoundError, ThrottledError } from '../../errors.ts';
import type { SecondFactorDocument, UserDocument } from '../../storage/collections.ts';
import type { SecondFactorRepository } from '../../storage/repositories/second-factors.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { addressBlock } from '../values/address-block.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { RecoveryCodeService } from './recovery-codes.ts';
import type { RememberedDeviceService } from './remembered-devices.ts';
import type { SecondFactorPolicy } from './second-factor-policy.ts';
import type { ThrottleKeys } from '../foundation/throttle-keys.ts';
import { checkWithin, type Attempt, type ThrottleService } from '../foundation/throttle.ts';
import type { UserMails } from '../mails/user-mails.ts';
import { findUnchanged } from '../foundation/user-records.ts';
import { displayName, parseInput } from '../values/validation.ts';

/** An app that shows codes. */
export interface AuthenticatorApp {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
}

/** An app that a user is adding. Nothing is stored until the user has entered a code of it. */
export interface NewAuthenticatorApp {
  readonly id: string;
  /** For typing it into the app, in base32. */
  readonly seed: string;
}

/** The result of checking a code. All rejections look the same. */
export type CodeCheck =
  | { readonly outcome: 'success'; readonly at: Date; readonly method: 'app' | 'recovery-code' }
  | { readonly outcome: 'refused' };

export interface SecondFactorService extends SecondFactorPolicy {
  /** Whether the user has something that can be a second factor: an app or a passkey. */
  hasSecondFactor(user: Pick<UserDocument, '_id'>): Promise<boolean>;
  /**
   * Whether a login of this user with a password must prove a second factor, too: the user has an app, or has a passkey
   * and must have a second factor. A passkey alone does not make the password insufficient: it is often on one device
   * only, and a user who added it for convenience would be locked out on every other one.
   */
  needsSecondFactor(user: Pick<UserDocument, '_id' | 'role' | 'groups'>): Promise<boolean>;
  /** In order of creation. */
  listApps(accountId: string): Promise<readonly AuthenticatorApp[]>;
  /** Begins to add an app. Writes nothing. */
  beginApp(user: UserDocument): Promise<NewAuthenticatorApp>;
  /** The address in the QR code, which the app scans. */
  addressOf(app: NewAuthenticatorApp, user: UserDocument): string;
  /**
   * Adds an app after its first code, and notifies the user by mail. Exactly one of several callers with the same app
   * succeeds; and exactly one of several callers that add the first factor of a user.
   *
   * @returns recovery codes to show once, if the user had none
   * @throws InvalidInputError for a wrong code (`code`) or a name that is not valid (`name`)
   * @throws ConflictError when the app was added already, the user has too many, or the user was disabled or got other
   *   credentials meanwhile
   * @throws NotFoundError when the user was deleted meanwhile
   */
  addApp(
    user: UserDocument,
    app: NewAuthenticatorApp & { readonly name: string; readonly code: string },
    actor: Actor,
  ): Promise<{ readonly recoveryCodes?: readonly string[] }>;
  /** @throws NotFoundError, InvalidInputError */
  renameApp(accountId: string, id: string, name: string, actor: Actor): Promise<void>;
  /** Removes an app, and notifies the user by mail. @throws NotFoundError */
  removeApp(user: UserDocument, id: string, actor: Actor): Promise<void>;
  /**
   * Checks a code of one of the user's apps, or a recovery code. Either works once.
   * @throws ThrottledError when too many codes were wrong; the code was not checked
   * @throws OverloadedError, StorageUnavailableError; neither counts as a failure
   */
  check(user: UserDocument, code: string, actor: Actor): Promise<CodeCheck>;
  /**
   * Removes every second factor of a user who has lost them, passkeys and recovery codes too, and everything that was
   * proved with them. Notifies the user by mail. @throws NotFoundError
   */
  reset(user: UserDocument, actor: Actor): Promise<void>;
  /**
   * Called after a factor was removed here or elsewhere (a passkey): if the user has none left, the recovery codes and
   * remembered devices are removed, too.
   */
  afterRemoval(accountId: string, actor: Actor): Promise<void>;
}

export interface SecondFactorDependencies {
  readonly factors: SecondFactorRepository;
  readonly users: Pick<UserRepository, 'find'>;
  readonly recoveryCodes: RecoveryCodeService;
  readonly devices: Pick<RememberedDeviceService, 'forgetAll'>;
  readonly policy: SecondFactorPolicy;
  /** Whether a user has a passkey, which is a second factor, too. */
  readonly hasPasskey: (accountId: string) => Promise<boolean>;
  readonly removePasskeys: (accountId: string) => Promise<void>;
  /** Ends everything that a user has proved until now. */
  readonly endSignIns: (accountId: string) => Promise<void>;
  readonly secrets: Secrets;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly mails: Pick<UserMails, 'send'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** The name that apps show. */
  readonly issuerName: string;
  /** The address of the page about second factors. */
  readonly pageAddress: string;
}

const maxApps = 10;
/** The id of the app that is the first factor of a user, so that two callers cannot both add the first one. */
const firstId = (accountId: string): string => `first_${accountId}`;
const associatedData = (id: string): string => `second factor ${id}`;

function read({ _id, name, createdAt, lastUsedAt }: SecondFactorDocument): AuthenticatorApp {
  return { id: _id, name, createdAt, ...(lastUsedAt === undefined ? {} : { lastUsedAt }) };
}

function parseName(name: string): string {
  try {
    return parseInput(displayName, name);
  } catch (error) {
    throw error instanceof InvalidInputError ? new InvalidInputError(error.message, 'name') : error;
  }
}

export function createSecondFactorService(deps: SecondFactorDependencies): SecondFactorService {
  const { factors, recoveryCodes, policy, secrets, throttle, throttleKeys, mails, audit, clock } = deps;

  async function hasFactor(accountId: string): Promise<boolean> {
    return (await factors.countByUser(accountId)) > 0 || (await deps.hasPasskey(accountId));
  }

  /** Uses a code of an app. @returns whether it is right and was not used before */
  async function useAppCode(accountId: string, code: string): Promise<boolean> {
    const now = clock.now();
    for (const { _id, sealedSeed, lastStep } of await factors.listByUser(accountId)) {
      const seed = secrets.unseal(sealedSeed, associatedData(_id));
      const step = stepOfTotpCode(seed, code, now);
      if (step !== undefined && (await factors.useStep({ _id, lastStep }, step, now))) {
        if (!secrets.isSealedWithNewest(sealedSeed)) {
          await factors.replaceSealedSeed(_id, sealedSeed, secrets.seal(seed, associatedData(_id)));
        }
        return true;
      }
    }
    return false;
  }

  async function begin({ _id }: UserDocument, actor: Actor): Promise<Attempt> {
    const { address } = actor;
    try {
      return await throttle.begin([
        throttleKeys.secondFactor(_id),
        ...(address === undefined ? [] : [throttleKeys.address('sign-in', address)]),
      ]);
    } catch (error) {
      if (error instanceof ThrottledError) {
        await audit.record({
          ...actorFields(actor),
          type: 'second_factor.throttled',
          outcome: 'failure',
          accountId: _id,
          detail: { retryAfter: error.retryAfter ?? 0, concerns: error.concerns ?? 'user' },
        });
      }
      throw error;
    }
  }

  /** What every mail says about the change. */
  function eventOf({ address, userAgent }: Actor) {
    return {
      at: clock.now(),
      account: deps.pageAddress,
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(address === undefined ? {} : { from: addressBlock(address) }),
    };
  }

  async function afterRemoval(accountId: string, actor: Actor): Promise<void> {
    if (!(await hasFactor(accountId))) {
      await recoveryCodes.remove(accountId);
      await deps.devices.forgetAll(accountId, actor);
    }
  }

  return {
    isRequired: policy.isRequired,
    hasSecondFactor: ({ _id }) => hasFactor(_id),
    needsSecondFactor: async (user) =>
      (await factors.countByUser(user._id)) > 0 || (policy.isRequired(user) && (await deps.hasPasskey(user._id))),
    listApps: async (accountId) => (await factors.listByUser(accountId)).map(read),

    beginApp: async ({ _id }) => ({
      id: (await hasFactor(_id)) ? `app_${randomToken(12)}` : firstId(_id),
      seed: newTotpSeed(),
    }),
    addressOf: ({ seed }, { email }) => totpAddress(seed, deps.issuerName, email),

    addApp: async (user, { id, seed, name, code }, actor) => {
      const { _id } = user;
      const parsedName = parseName(name);
      const now = clock.now();
      const step = stepOfTotpCode(seed, code.replaceAll(/\s/g, ''), now);
      if (step === undefined) {
        throw new InvalidInputError('The code is wrong, or too old.', 'code');
      }
      if ((await factors.countByUser(_id)) >= maxApps) {
        throw new ConflictError(`A user can have at most ${maxApps} apps. Remove one first.`);
      }
      try {
        await factors.insert({
          _id: id,
          accountId: _id,
          kind: 'totp',
          name: parsedName,
          sealedSeed: secrets.seal(seed, associatedData(id)),
          lastStep: step,
          createdAt: now,
          lastUsedAt: now,
        });
      } catch (error) {
        throw error instanceof DuplicateKeyError ? new ConflictError('This app was added already.') : error;
      }
      try {
        await findUnchanged(deps.users, user);
      } catch (error) {
        await factors.remove(_id, id);
        throw error;
      }
      await audit.record({
        ...actorFields(actor),
        type: 'second_factor.added',
        outcome: 'success',
        accountId: _id,
        detail: { kind: 'totp', name: parsedName },
      });
      await mails.send(user, 'mail/second-factor-added', { ...eventOf(actor), name: parsedName });
      return (await recoveryCodes.count(_id)) === undefined
        ? { recoveryCodes: await recoveryCodes.create(user, actor) }
        : {};
    },

    renameApp: async (accountId, id, name, actor) => {
      const parsed = parseName(name);
      if (!(await factors.rename(accountId, id, parsed))) {
        throw new NotFoundError('There is no such app.');
      }
      await audit.record({
        ...actorFields(actor),
        type: 'second_factor.renamed',
        outcome: 'success',
        accountId,
        detail: { kind: 'totp', name: parsed },
      });
    },

    removeApp: async (user, id, actor) => {
      const { _id } = user;
      const factor = await factors.find(id);
      if (factor === null || !(await factors.remove(_id, id))) {
        throw new NotFoundError('There is no such app.');
      }
      await afterRemoval(_id, actor);
      await audit.record({
        ...actorFields(actor),
        type: 'second_factor.removed',
        outcome: 'success',
        accountId: _id,
        detail: { kind: 'totp', name: factor.name },
      });
      await mails.send(user, 'mail/second-factor-removed', { ...eventOf(actor), name: factor.name });
    },

    check: async (user, code, actor) => {
      const { _id } = user;
      const attempt = await begin(user, actor);
      const { isAppCode, codesLeft } = await checkWithin(attempt, async () => {
        const typed = code.replaceAll(/\s/g, '');
        return isTotpCode(typed)
          ? { isAppCode: await useAppCode(_id, typed), codesLeft: undefined }
          : { isAppCode: false, codesLeft: await recoveryCodes.use(_id, typed) };
      });
      if (!isAppCode && codesLeft === undefined) {
        const failures = await attempt.failed();
        await audit.record({
          ...actorFields(actor),
          type: 'second_factor.failure',
          outcome: 'failure',
          accountId: _id,
          detail: { attempts: failures['second-factor'] ?? 0 },
        });
        return { outcome: 'refused' };
      }
      await attempt.succeeded([throttleKeys.secondFactor(_id)]);
      const method = isAppCode ? 'app' : 'recovery-code';
      await audit.record({
        ...actorFields(actor),
        type: 'second_factor.success',
        outcome: 'success',
        accountId: _id,
        detail: { method },
      });
      if (codesLeft !== undefined) {
        await mails.send(user, 'mail/recovery-code-used', { ...eventOf(actor), left: codesLeft });
      }
      return { outcome: 'success', at: clock.now(), method };
    },

    reset: async (user, actor) => {
      const { _id } = user;
      await deps.endSignIns(_id);
      await factors.removeByUser(_id);
      await deps.removePasskeys(_id);
      await recoveryCodes.remove(_id);
      // Again, for a login that the removed factors have completed meanwhile.
      await deps.endSignIns(_id);
      await throttle.reset([throttleKeys.secondFactor(_id)]);
      await audit.record({ ...actorFields(actor), type: 'second_factor.reset', outcome: 'success', accountId: _id });
      await mails.send(user, 'mail/second-factors-reset', { account: deps.pageAddress });
    },

    afterRemoval,
  };
}

/**
 * Recovery codes: what a user keeps on paper for the day when every other second factor is lost. Each works once. They
 * are stored as HMACs (they are too short for a plain digest), so a new `SECRET` makes them invalid when the old one is
 * not listed any more.
 */
import type { Clock } from '../../clock.ts';
import { newRecoveryCode, normaliseRecoveryCode } from '../../crypto/recovery-codes.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { RecoveryCodeRepository } from '../../storage/repositories/recovery-codes.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import { findUnchanged } from '../foundation/user-records.ts';

export interface RecoveryCodeService {
  /** The number of codes that were not used yet; undefined if none were made. */
  count(accountId: string): Promise<number | undefined>;
  /**
   * Makes new codes to show once; the old ones stop working.
   * @throws NotFoundError, ConflictError when the user was deleted or disabled, or got other credentials meanwhile
   */
  create(user: UserDocument, actor: Actor): Promise<readonly string[]>;
  /**
   * Uses a code as it was typed. Exactly one of several callers with the same code succeeds.
   * @returns the number of codes that are left; undefined if the code is wrong or was used
   */
  use(accountId: string, typed: string): Promise<number | undefined>;
  remove(accountId: string): Promise<void>;
}

const codesPerUser = 10;
const purpose = 'recovery-code';

export function createRecoveryCodeService(deps: {
  readonly codes: RecoveryCodeRepository;
  readonly users: Pick<UserRepository, 'find'>;
  readonly secrets: Pick<Secrets, 'mac' | 'macs'>;
  readonly audit: AuditService;
  readonly clock: Clock;
}): RecoveryCodeService {
  const { codes, users, secrets, audit, clock } = deps;
  const bound = (accountId: string, code: string): string => `${accountId} ${normaliseRecoveryCode(code) ?? ''}`;

  return {
    count: async (accountId) => (await codes.find(accountId))?.codeDigests.length,

    create: async (user, actor) => {
      const { _id: accountId } = user;
      const created = Array.from({ length: codesPerUser }, newRecoveryCode);
      const digests = created.map((code) => secrets.mac(purpose, bound(accountId, code)));
      await codes.replace(accountId, digests, clock.now());
      try {
        await findUnchanged(users, user);
      } catch (error) {
        await codes.remove(accountId);
        throw error;
      }
      await audit.record({ ...actorFields(actor), type: 'recovery_codes.created', outcome: 'success', accountId });
      return created;
    },

    use: async (accountId, typed) =>
      normaliseRecoveryCode(typed) === undefined
        ? undefined
        : codes.consume(accountId, secrets.macs(purpose, bound(accountId, typed))),

    remove: (accountId) => codes.remove(accountId),
  };
}

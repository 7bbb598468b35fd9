/**
 * Makes sure that an enabled administrator always remains. Whether a user may lose the role depends on other records,
 * and there are no transactions over several records. So each such change is announced first, in one fact of the
 * installation that is replaced by a conditional write. Of two changes at the same moment, in any two processes, one is
 * announced first, and the second then no longer counts that administrator.
 *
 * An announcement has the administrator's id and the time of the record's last change, which guards the announced
 * change. It becomes invalid as soon as the record changes for any reason, so nobody has to delete it. After a crash
 * between announcement and change, the administrator is not counted until the record changes.
 */
import type { Clock } from '../../clock.ts';
import { randomToken } from '../../crypto/secrets.ts';
import { ConflictError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { InstallationRepository } from '../../storage/repositories/installation.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';

/** No enabled administrator would be left. */
export class LastAdministratorError extends ConflictError {
  constructor() {
    super('This is the last administrator. Make another one first.');
  }
}

export interface AdministratorGuard {
  /**
   * Announces that this administrator is about to lose the role, by a write that is guarded by the `updatedAt` given
   * here. Must be called again when that write finds another `updatedAt`.
   *
   * @throws LastAdministratorError
   */
  announceLeaving(user: Pick<UserDocument, '_id' | 'updatedAt'>): Promise<void>;
}

const fact = 'administrators-leaving';
const nonceBytes = 9;
const maxAttempts = 100;

/** @returns whether this user counts as an administrator */
export function isEnabledAdministrator({ role, disabled }: Pick<UserDocument, 'role' | 'disabled'>): boolean {
  return role === 'administrator' && !disabled;
}

function entryOf({ _id, updatedAt }: Pick<UserDocument, '_id' | 'updatedAt'>): string {
  return `${_id}@${updatedAt.getTime()}`;
}

export function createAdministratorGuard({
  users,
  installation,
  clock,
}: {
  readonly users: Pick<UserRepository, 'listEnabledAdministrators'>;
  readonly installation: InstallationRepository;
  readonly clock: Clock;
}): AdministratorGuard {
  return {
    announceLeaving: async (user) => {
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        // Read the fact before the administrators. An announcement that is no longer in it has been carried out, and
        // the list of administrators then shows that.
        const read = await installation.find(fact);
        const present = (await users.listEnabledAdministrators()).map(entryOf);
        const leaving = (read?.value ?? '').split(' ').filter((entry) => present.includes(entry));
        const entry = entryOf(user);
        if (present.every((one) => one === entry || leaving.includes(one))) {
          throw new LastAdministratorError();
        }
        // The nonce makes every value different, so that `replace` cannot mistake a later value for the one read here.
        const value = [randomToken(nonceBytes), ...leaving.filter((one) => one !== entry), entry].join(' ');
        const next = { _id: fact, value, at: clock.now() };
        if (await (read === null ? installation.claim(next) : installation.replace(next, read.value))) {
          return;
        }
      }
      throw new ConflictError('Administrators are being changed by somebody else. Try again.');
    },
  };
}

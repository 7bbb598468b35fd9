/**
 * There is always an enabled administrator. To take the rights of one away is a change of one record that is allowed by
 * the state of others, and there are no transactions over several records. So each such change is announced first, in
 * one fact of the installation that is replaced by a conditional write: of two at the same moment, in any two processes,
 * one is announced first, and the other then counts that administrator as gone.
 *
 * An announcement names the administrator and the moment of their record's last change, which guards the change that is
 * announced. It is void as soon as the record has changed, by whatever it was: nobody has to take it back. After a
 * crash between announcement and change the administrator counts as gone until the record changes.
 */
import type { Clock } from '../clock.ts';
import { randomToken } from '../crypto/secrets.ts';
import { ConflictError } from '../errors.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { UserRepository } from '../storage/repositories/users.ts';

export interface AdministratorGuard {
  /**
   * Announces that this administrator is about to lose their rights, by a change that is guarded by the `updatedAt` given
   * here. Must be called again when that change finds another one.
   *
   * @throws ConflictError when no other enabled administrator would be left
   */
  announceLeaving(user: Pick<UserDocument, '_id' | 'updatedAt'>): Promise<void>;
}

const fact = 'administrators-leaving';
const nonceBytes = 9;
const maxRounds = 100;

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
      for (let round = 0; round < maxRounds; round += 1) {
        // The fact before the administrators: what was announced before it was read and is not in it has been carried out.
        const read = await installation.find(fact);
        const present = (await users.listEnabledAdministrators()).map(entryOf);
        const leaving = (read?.value ?? '').split(' ').filter((entry) => present.includes(entry));
        const entry = entryOf(user);
        if (present.every((one) => one === entry || leaving.includes(one))) {
          throw new ConflictError('This is the last administrator. Make another one first.');
        }
        // A nonce, so that no two values are the same: what was read must not come back.
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

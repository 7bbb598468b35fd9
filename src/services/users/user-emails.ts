/** The changes of a user's email address that the user makes. Mails and links are in email-changes.ts. */
import type { UserDocument } from '../../storage/collections.ts';
import type { UserChanges } from '../../storage/repositories/users.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { EmailAddress } from '../values/email-address.ts';
import type { OneTimeLinks } from '../mails/one-time-links.ts';
import { changedMeanwhile } from '../foundation/user-records.ts';

export interface UserEmails {
  /**
   * Marks the user's email address as verified.
   *
   * @param emailKey the address that was verified; if the user has another one by now, nothing changes
   * @throws NotFoundError; ConflictError when the user has another address by now
   */
  confirmEmail(accountId: string, emailKey: string, actor: Actor): Promise<UserDocument>;
  /**
   * Gives the user another email address, which was verified. Links that were sent to the old one stop working, except
   * those that reverse a change. Sessions and tokens stay.
   *
   * @param from the old address
   * @throws NotFoundError; ConflictError when another user has the new address, or this one has not the old one
   */
  changeEmail(
    accountId: string,
    from: string,
    to: Pick<EmailAddress, 'address' | 'key'>,
    actor: Actor,
  ): Promise<UserDocument>;
}

export function createUserEmails(deps: {
  /** @throws ConflictError when another user has the new email */
  readonly changeUnique: (accountId: string, edit: (user: UserDocument) => UserChanges) => Promise<UserDocument>;
  readonly oneTimeLinks: Pick<OneTimeLinks, 'endWithCredentials'>;
  readonly audit: AuditService;
}): UserEmails {
  const { changeUnique, oneTimeLinks, audit } = deps;

  const changeFrom = (accountId: string, from: string, changes: UserChanges): Promise<UserDocument> =>
    changeUnique(accountId, (before) => {
      if (before.emailKey !== from) {
        throw changedMeanwhile();
      }
      return changes;
    });

  return {
    confirmEmail: async (accountId, emailKey, actor) => {
      const user = await changeFrom(accountId, emailKey, { emailVerified: true });
      await audit.record({ ...actorFields(actor), type: 'email.confirmed', outcome: 'success', accountId });
      return user;
    },

    changeEmail: async (accountId, from, { address, key }, actor) => {
      const user = await changeFrom(accountId, from, { email: address, emailKey: key, emailVerified: true });
      await oneTimeLinks.endWithCredentials(accountId);
      await audit.record({ ...actorFields(actor), type: 'email.changed', outcome: 'success', accountId });
      return user;
    },
  };
}

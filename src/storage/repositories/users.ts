/** Users as stored. The rules are in services/users/users.ts. */
import { users, type UserDocument } from '../collections.ts';
import type { Database } from '../database.ts';

/** Changes of a user's record. The id and the time of creation cannot be changed. */
export type UserChanges = Partial<Omit<UserDocument, '_id' | 'createdAt'>>;

export interface UserRepository {
  /** @throws DuplicateKeyError when the id or the normalised email is taken. Exactly one caller succeeds. */
  insert(user: UserDocument): Promise<void>;
  find(accountId: string): Promise<UserDocument | null>;
  findByEmailKey(emailKey: string): Promise<UserDocument | null>;
  /** In order of creation. @param page.after the last user of the previous page */
  list(page: {
    readonly limit: number;
    readonly after?: { readonly createdAt: Date; readonly id: string };
  }): Promise<UserDocument[]>;
  listEnabledAdministrators(): Promise<UserDocument[]>;
  /** Users whose deletion is due, at most so many. */
  listDueForDeletion(now: Date, limit: number): Promise<UserDocument[]>;
  /**
   * Changes the user only if it has not changed since it was read. False: read it again. A field that is undefined is
   * removed.
   * @param changes.updatedAt later than the user's, so that exactly one of several changes of the same version succeeds
   */
  changeIfUnchanged(user: UserDocument, changes: UserChanges & Pick<UserDocument, 'updatedAt'>): Promise<boolean>;
  /** Replaces the hash only if it is still the one that was read. */
  replacePasswordHash(accountId: string, from: string, to: string): Promise<void>;
  recordFirstSignIn(accountId: string, at: Date): Promise<void>;
  /** Remembers that the user was offered a passkey. */
  closePasskeyOffer(accountId: string, at: Date): Promise<void>;
  /** Removes the user only if it has not changed since it was read. False: read it again. */
  removeIfUnchanged(user: UserDocument): Promise<boolean>;
}

/** The optional fields that a change can remove. */
const removableFields = ['deletionDueAt', 'deletionRequestedAt'] as const;

export function createUserRepository(database: Database): UserRepository {
  const collection = database.collection(users);
  return {
    insert: async (user) => {
      await collection.insertOne(user);
    },
    find: (accountId) => collection.findOne({ _id: accountId }),
    findByEmailKey: (emailKey) => collection.findOne({ emailKey }),
    list: async ({ limit, after }) => {
      if (after === undefined) {
        return collection.find({}, { sort: { createdAt: 1 }, limit }).toArray();
      }
      const sameMoment = await collection
        .find({ createdAt: after.createdAt, _id: { $gt: after.id } }, { sort: { _id: 1 }, limit })
        .toArray();
      const missing = limit - sameMoment.length;
      return missing === 0
        ? sameMoment
        : [
            ...sameMoment,
            ...(await collection
              .find({ createdAt: { $gt: after.createdAt } }, { sort: { createdAt: 1 }, limit: missing })
              .toArray()),
          ];
    },
    listEnabledAdministrators: () => collection.find({ role: 'administrator', disabled: false }).toArray(),
    listDueForDeletion: (now, limit) => collection.find({ deletionDueAt: { $lte: now } }, { limit }).toArray(),
    changeIfUnchanged: async ({ _id, updatedAt }, changes) => {
      const removed = removableFields.filter((name) => name in changes && changes[name] === undefined);
      const { matchedCount } = await collection.updateOne(
        { _id, updatedAt },
        { $set: changes, $unset: Object.fromEntries(removed.map((name) => [name, true] as const)) },
      );
      return matchedCount === 1;
    },
    replacePasswordHash: async (accountId, from, to) => {
      await collection.updateOne({ _id: accountId, passwordHash: from }, { $set: { passwordHash: to } });
    },
    recordFirstSignIn: async (accountId, at) => {
      await collection.updateOne({ _id: accountId }, { $set: { firstSignInAt: at } });
    },
    closePasskeyOffer: async (_id, passkeyOfferedAt) => {
      await collection.updateOne({ _id }, { $set: { passkeyOfferedAt } });
    },
    removeIfUnchanged: async ({ _id, updatedAt }) =>
      (await collection.deleteOne({ _id, updatedAt })).deletedCount === 1,
  };
}

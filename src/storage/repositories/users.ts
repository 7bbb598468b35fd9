/** Users as stored. No rules in here: services/users.ts has them. */
import { users, type UserDocument } from '../collections.ts';
import type { Database } from '../database.ts';

/** What a user's record may be changed to; its id and its moment of creation stay. */
export type UserChanges = Partial<Omit<UserDocument, '_id' | 'createdAt'>>;

export interface UserRepository {
  /** @throws DuplicateKeyError when the id or the normalised email is taken; of any number of callers one gets through */
  insert(user: UserDocument): Promise<void>;
  find(accountId: string): Promise<UserDocument | null>;
  findByEmailKey(emailKey: string): Promise<UserDocument | null>;
  /** In order of creation. @param page.after the last account of the page before */
  list(page: {
    readonly limit: number;
    readonly after?: { readonly createdAt: Date; readonly id: string };
  }): Promise<UserDocument[]>;
  listEnabledAdministrators(): Promise<UserDocument[]>;
  /**
   * Changes the user only if nobody did since it was read; false means: read it again.
   * @param changes.updatedAt later than before, so that of any number of changes of what was read one is made
   */
  changeIfUnchanged(user: UserDocument, changes: UserChanges & Pick<UserDocument, 'updatedAt'>): Promise<boolean>;
  /** Only where the hash is still the one that was read. */
  replacePasswordHash(accountId: string, from: string, to: string): Promise<void>;
  /** Removes the user only if nobody changed it since it was read; false means: read it again. */
  removeIfUnchanged(user: UserDocument): Promise<boolean>;
}

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
    changeIfUnchanged: async ({ _id, updatedAt }, changes) => {
      const { matchedCount } = await collection.updateOne({ _id, updatedAt }, { $set: changes });
      return matchedCount === 1;
    },
    replacePasswordHash: async (accountId, from, to) => {
      await collection.updateOne({ _id: accountId, passwordHash: from }, { $set: { passwordHash: to } });
    },
    removeIfUnchanged: async ({ _id, updatedAt }) =>
      (await collection.deleteOne({ _id, updatedAt })).deletedCount === 1,
  };
}

/** Accounts as stored. No rules in here: services/users.ts has them. */
import { users, type UserDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

/** What an account's record may be changed to; its id and its moment of creation stay. */
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
  countEnabledAdministrators(): Promise<number>;
  /** The account as it is afterwards; null when there is none. */
  change(accountId: string, changes: UserChanges): Promise<UserDocument | null>;
  /** Changes the account only if nobody did since it was read; false means: read it again. */
  changeIfUnchanged(user: UserDocument, changes: UserChanges): Promise<boolean>;
  /** With the request's other writes, and only where the hash is still the one that was read. */
  replacePasswordHash(accountId: string, from: string, to: string): Promise<void>;
  /** False when there was none. */
  remove(accountId: string): Promise<boolean>;
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
    countEnabledAdministrators: () => collection.countDocuments({ role: 'administrator', disabled: false }),
    change: (accountId, changes) =>
      collection.findOneAndUpdate({ _id: accountId }, { $set: changes }, { returnDocument: 'after' }),
    changeIfUnchanged: async ({ _id, updatedAt }, changes) => {
      const { matchedCount } = await collection.updateOne({ _id, updatedAt }, { $set: changes });
      return matchedCount === 1;
    },
    replacePasswordHash: (accountId, from, to) =>
      writeWithRequest(collection, {
        updateOne: { filter: { _id: accountId, passwordHash: from }, update: { $set: { passwordHash: to } } },
      }),
    remove: async (accountId) => (await collection.deleteOne({ _id: accountId })).deletedCount === 1,
  };
}

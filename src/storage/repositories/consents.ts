/** What people have allowed apps, beyond any one login session. */
import { consents, type ConsentDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface ConsentRepository {
  find(id: string): Promise<ConsentDocument | null>;
  /** Inserts or replaces; the last writer's union wins (services/consents.ts reads before it writes). */
  save(consent: ConsentDocument): Promise<void>;
  remove(id: string): Promise<boolean>;
  listByAccount(accountId: string): Promise<ConsentDocument[]>;
  removeByAccount(accountId: string): Promise<void>;
  removeByClient(clientId: string): Promise<void>;
}

export function createConsentRepository(database: Database): ConsentRepository {
  const collection = database.collection(consents);
  return {
    find: (id) => collection.findOne({ _id: id }),
    save: async ({ _id, ...replacement }) => {
      await collection.replaceOne({ _id }, replacement, { upsert: true });
    },
    remove: async (id) => (await collection.deleteOne({ _id: id })).deletedCount === 1,
    listByAccount: (accountId) => collection.find({ accountId }, { sort: { _id: 1 } }).toArray(),
    removeByAccount: async (accountId) => {
      await collection.deleteMany({ accountId });
    },
    removeByClient: async (clientId) => {
      await collection.deleteMany({ clientId });
    },
  };
}

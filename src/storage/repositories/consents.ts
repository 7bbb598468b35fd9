/** What people have allowed apps, beyond any one login session. */
import { consents, type ConsentDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface ConsentRepository {
  find(id: string): Promise<ConsentDocument | null>;
  /** Inserts or replaces; the last writer's union wins (services/consents.ts reads before it writes). */
  save(consent: ConsentDocument): Promise<void>;
  remove(id: string): Promise<boolean>;
  listByUser(accountId: string): Promise<ConsentDocument[]>;
  removeByUser(accountId: string): Promise<void>;
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
    listByUser: (accountId) => collection.find({ accountId }, { sort: { _id: 1 } }).toArray(),
    removeByUser: async (accountId) => {
      await collection.deleteMany({ accountId });
    },
    removeByClient: async (clientId) => {
      await collection.deleteMany({ clientId });
    },
  };
}

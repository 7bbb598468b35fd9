/** APIs (resource servers) as stored; `_id` is the identifier. */
import { apis, type ApiDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface ApiRepository {
  /** @throws DuplicateKeyError when the identifier or its `resourceKey` is taken */
  insert(api: ApiDocument): Promise<void>;
  find(identifier: string): Promise<ApiDocument | null>;
  findMany(identifiers: readonly string[]): Promise<ApiDocument[]>;
  /** Replaces the API only if it has not changed since it was read. False: read it again. */
  replace(api: ApiDocument, readAt: Date): Promise<boolean>;
  remove(identifier: string): Promise<boolean>;
  list(): Promise<ApiDocument[]>;
}

export function createApiRepository(database: Database): ApiRepository {
  const collection = database.collection(apis);
  return {
    insert: async (api) => {
      await collection.insertOne(api);
    },
    find: (identifier) => collection.findOne({ _id: identifier }),
    findMany: (identifiers) => collection.find({ _id: { $in: identifiers } }, { sort: { _id: 1 } }).toArray(),
    replace: async ({ _id, ...replacement }, readAt) => {
      const { matchedCount } = await collection.replaceOne({ _id, updatedAt: readAt }, replacement);
      return matchedCount === 1;
    },
    remove: async (identifier) => (await collection.deleteOne({ _id: identifier })).deletedCount === 1,
    list: () => collection.find({}, { sort: { _id: 1 } }).toArray(),
  };
}

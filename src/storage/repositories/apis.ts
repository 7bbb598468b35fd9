/** APIs (resource servers) as stored; `_id` is the identifier. */
import { apis, type ApiDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { createDocumentCache, type CacheCoherence } from './document-cache.ts';

export interface ApiRepository {
  /** @throws DuplicateKeyError when the identifier or its `resourceKey` is taken */
  insert(api: ApiDocument): Promise<void>;
  find(identifier: string): Promise<ApiDocument | null>;
  /** Sorted by identifier. */
  findMany(identifiers: readonly string[]): Promise<ApiDocument[]>;
  /**
   * Replaces the API only if it has not changed since it was read. False: read it again. When this resolves, no process
   * uses the earlier API.
   */
  replace(api: ApiDocument, readAt: Date): Promise<boolean>;
  /** When this resolves, no process uses the API. */
  remove(identifier: string): Promise<boolean>;
  /** Sorted by identifier. */
  list(): Promise<ApiDocument[]>;
}

/** The order of the database: identifiers are ASCII. */
function byIdentifier(one: ApiDocument, other: ApiDocument): number {
  return one._id < other._id ? -1 : 1;
}

export function createApiRepository(database: Database, coherence: CacheCoherence): ApiRepository {
  const collection = database.collection(apis);
  const cache = createDocumentCache<ApiDocument>('api', coherence);
  return {
    insert: (api) =>
      cache.insert(api._id, async () => {
        await collection.insertOne(api);
      }),
    find: (identifier) => cache.find(identifier, () => collection.findOne({ _id: identifier })),
    findMany: async (identifiers) => {
      const found = await cache.findMany(identifiers, (missing) =>
        collection.find({ _id: { $in: missing } }).toArray(),
      );
      return found.toSorted(byIdentifier);
    },
    replace: ({ _id, ...replacement }, readAt) =>
      cache.change(_id, async () => {
        const { matchedCount } = await collection.replaceOne({ _id, updatedAt: readAt }, replacement);
        return matchedCount === 1;
      }),
    remove: (identifier) =>
      cache.change(identifier, async () => (await collection.deleteOne({ _id: identifier })).deletedCount === 1),
    list: () => cache.list(() => collection.find({}, { sort: { _id: 1 } }).toArray()),
  };
}

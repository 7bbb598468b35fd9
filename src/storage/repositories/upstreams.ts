/** Other identity providers as stored, kept in memory: every sign-in page lists them. */
import { upstreams, type UpstreamDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { createDocumentCache, type CacheCoherence } from './document-cache.ts';

export interface UpstreamRepository {
  /** @throws DuplicateKeyError when the id is taken */
  insert(upstream: UpstreamDocument): Promise<void>;
  find(id: string): Promise<UpstreamDocument | null>;
  /** Replaces it only if it has not changed since it was read. False: read it again. */
  replace(upstream: UpstreamDocument, readAt: Date): Promise<boolean>;
  /** When this resolves, no process uses it. */
  remove(id: string): Promise<boolean>;
  /** All, in the order of their ids. */
  list(): Promise<UpstreamDocument[]>;
}

export function createUpstreamRepository(database: Database, coherence: CacheCoherence): UpstreamRepository {
  const collection = database.collection(upstreams);
  const cache = createDocumentCache<UpstreamDocument>('upstream', coherence);
  return {
    insert: (upstream) =>
      cache.insert(upstream._id, async () => {
        await collection.insertOne(upstream);
      }),
    find: (id) => cache.find(id, () => collection.findOne({ _id: id })),
    replace: ({ _id, ...replacement }, readAt) =>
      cache.change(_id, async () => {
        const { matchedCount } = await collection.replaceOne({ _id, updatedAt: readAt }, replacement);
        return matchedCount === 1;
      }),
    remove: (id) => cache.change(id, async () => (await collection.deleteOne({ _id: id })).deletedCount === 1),
    list: () => cache.list(() => collection.find({}, { sort: { _id: 1 } }).toArray()),
  };
}

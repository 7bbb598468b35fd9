/** Clients as stored. The rules are in services/clients/clients.ts. */
import { clients, type ClientDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { createDocumentCache, type CacheCoherence } from './document-cache.ts';

export interface ClientRepository {
  /** @throws DuplicateKeyError when the id is taken. */
  insert(client: ClientDocument): Promise<void>;
  find(clientId: string): Promise<ClientDocument | null>;
  /**
   * Replaces the client only if it has not changed since it was read. False: read it again. When this resolves, no
   * process uses the earlier client.
   */
  replace(client: ClientDocument, readAt: Date): Promise<boolean>;
  /** When this resolves, no process uses the client. */
  remove(clientId: string): Promise<boolean>;
  list(page: { readonly skip: number; readonly limit: number }): Promise<ClientDocument[]>;
}

export function createClientRepository(database: Database, coherence: CacheCoherence): ClientRepository {
  const collection = database.collection(clients);
  const cache = createDocumentCache<ClientDocument>('client', coherence);
  return {
    insert: async (client) => {
      await collection.insertOne(client);
    },
    find: (clientId) => cache.find(clientId, () => collection.findOne({ _id: clientId })),
    replace: ({ _id, ...replacement }, readAt) =>
      cache.change(_id, async () => {
        const { matchedCount } = await collection.replaceOne({ _id, updatedAt: readAt }, replacement);
        return matchedCount === 1;
      }),
    remove: (clientId) =>
      cache.change(clientId, async () => (await collection.deleteOne({ _id: clientId })).deletedCount === 1),
    list: ({ skip, limit }) => collection.find({}, { sort: { createdAt: 1 }, skip, limit }).toArray(),
  };
}

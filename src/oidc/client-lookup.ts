/**
 * Finds the engine's clients. Each is made from a stored client and kept for as long as that does not change. The
 * stored one is looked up for each request, so a change takes effect immediately on every instance.
 *
 * The engine's own way serializes and hashes the metadata each time, to find the client that it made from them before,
 * and keeps a hundred clients only. It still finds the client of its configuration.
 */
import { LRUCache } from 'lru-cache';
import type { Client, Provider } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { ClientDocument } from '../storage/collections.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import { accountClientId } from './account-client.ts';
import { metadataKey, toEngineMetadata } from './client-metadata.ts';
import { createClient } from './engine-internals.ts';

/** Clients kept. With more, those that were not used for the longest time are made again. */
const maxClients = 1000;

/** Makes the engine find stored clients. */
export function findStoredClients(
  provider: Provider,
  { clients, clock }: { readonly clients: Pick<ClientRepository, 'find'>; readonly clock: Clock },
): void {
  const kept = new LRUCache<string, Client>({ max: maxClients });
  /** For stored clients of which no secret expires: the same document always means the same client. */
  const ofDocument = new WeakMap<ClientDocument, Client>();

  async function findStored(id: string): Promise<Client | undefined> {
    const stored = await clients.find(id);
    if (stored === null) {
      return undefined;
    }
    const known = ofDocument.get(stored);
    if (known !== undefined) {
      return known;
    }
    const now = clock.now();
    const key = metadataKey(stored, now);
    let client = kept.get(key);
    if (client === undefined) {
      client = createClient(provider, toEngineMetadata(stored, now));
      kept.set(key, client);
    }
    if (stored.secrets.every(({ expiresAt }) => expiresAt === undefined)) {
      ofDocument.set(stored, client);
    }
    return client;
  }

  const findConfigured = provider.Client.find.bind(provider.Client);
  provider.Client.find = async (id: unknown) => {
    if (id === accountClientId) {
      return findConfigured(id);
    }
    return typeof id === 'string' && id !== '' ? findStored(id) : undefined;
  };
}

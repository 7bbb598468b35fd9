/**
 * Finds the engine's client of a request without hashing its metadata. The engine keeps the clients that it has made by
 * a hash of their metadata, which it computes for each request. Our adapter returns the same object until the client
 * changes, so the object itself is the key.
 */
import type { Adapter, Client, Provider } from 'oidc-provider';

export function findClientsByMetadata(provider: Provider): void {
  const { Client: model } = provider;
  const find = model.find.bind(model);
  const adapter = Reflect.get(model, 'adapter') as Adapter;
  const known = new WeakMap<object, Client>();
  model.find = async (id) => {
    const metadata = typeof id === 'string' && id !== '' ? await adapter.find(id) : undefined;
    if (!metadata) {
      // The client of the account pages is not stored: the engine has it from its configuration.
      return find(id);
    }
    const made = known.get(metadata);
    if (made !== undefined) {
      return made;
    }
    const client = await find(id);
    // Not if it has changed meanwhile.
    if (client !== undefined && (await adapter.find(id)) === metadata) {
      known.set(metadata, client);
    }
    return client;
  };
}

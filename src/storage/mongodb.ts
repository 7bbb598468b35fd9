/**
 * MongoDB, through the native driver. Writes wait for the journals of a majority. Reads go to the primary with read
 * concern `local`, which returns the primary's newest state, so that a revocation is visible immediately. (Read concern
 * `majority` could return an older state. What a failover can roll back was never acknowledged.)
 *
 * All timeouts are short, because with the driver's defaults a silent network blocks an operation for more than 12 s. A
 * dead socket is closed by its timeout, and then the pool recovers.
 */
import { readMongodbAddress } from '../connection-strings.ts';
import { ConfigurationError, StorageRejectedError, StorageUnavailableError } from '../errors.ts';
import type { Backend } from './backend.ts';
import type { Collection, CollectionDefinition, DatabaseOptions, Document } from './database.ts';
import { createRecoveringClient } from './mongodb-client.ts';
import { mongodbCollection, type CallLimits } from './mongodb-collection.ts';
import { translate } from './mongodb-errors.ts';
import { createIndexes, dropIndex } from './mongodb-indexes.ts';
import { appliesRetriesTwice } from './mongodb-retries.ts';

const defaultDatabaseName = 'gatehouse';

/** Milliseconds that building an index may take at start, on a separate connection. */
const indexBuildTimeoutMs = 15 * 60 * 1000;

/**
 * Creates the backend without connecting, so this succeeds when the server is down. `prepare` (or `ping`) connects; the
 * caller repeats it until it succeeds.
 * @throws ConfigurationError when the URL is not valid, or asks for reads that may be stale or writes that may be lost
 */
export async function openMongodb(options: DatabaseOptions): Promise<Backend> {
  const { url } = options;
  const address = readMongodbAddress(url);
  if ('fault' in address) {
    throw new ConfigurationError([`DATABASE_URL: expected ${address.fault}.`]);
  }
  const client = createRecoveringClient({
    url,
    databaseName: address.database ?? defaultDatabaseName,
    usesDefaultPoolSize: !address.options.has('maxpoolsize'),
    replaceAfterMs: options.replaceClientAfterMs,
    onReplaced: options.onClientReplaced,
  });

  /** Connects, sends a ping, and checks that the server that answers accepts writes. */
  async function connect(limits: Partial<CallLimits> = {}): Promise<void> {
    await client.connect();
    await client.database().command({ ping: 1 }, limits);
    const topology = client.topology();
    const [server] = topology?.servers.values() ?? [];
    if (topology?.type === 'LoadBalanced') {
      throw new StorageRejectedError('DATABASE_URL: loadBalanced=true hides which member is the primary. Remove it.');
    }
    if (topology?.type !== 'Single' || server === undefined) {
      return;
    }
    if (!['Standalone', 'Unknown'].includes(server.type) && options.allowDirectConnection !== true) {
      throw new StorageRejectedError(
        'DATABASE_URL: directConnection=true keeps to one member of a replica set, which may be a secondary. Remove it.',
      );
    }
    if (server.type === 'RSSecondary') {
      throw new StorageUnavailableError('MongoDB: the server is a secondary, which takes no writes');
    }
  }

  function isSingleServer(): boolean {
    return [...(client.topology()?.servers.values() ?? [])].some(({ type }) => type === 'Standalone');
  }

  /** Without sessions the driver does not repeat writes. */
  function hasSessions(): boolean {
    return typeof client.topology()?.logicalSessionTimeoutMinutes === 'number';
  }

  function retriesApplyTwice(): Promise<boolean> {
    return client.run('warnings', (limits) =>
      client.withOwnClient({}, async (own) => {
        await own.client.connect();
        return appliesRetriesTwice(own, client.database(), limits);
      }),
    );
  }

  return {
    groupsCommits: false,

    collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T> {
      return mongodbCollection(definition.name, () => client.database().collection<T>(definition.name), client.run);
    },

    async prepare(definitions) {
      await connect();
      await client.withOwnClient({ socketTimeoutMS: indexBuildTimeoutMs }, (database) =>
        Promise.all(definitions.map((definition) => createIndexes(database, definition, !isSingleServer()))),
      );
    },

    dropIndex: (collection, name) =>
      client.run(`dropIndex on ${collection}`, (limits) => dropIndex(client.database(), collection, name, limits)),

    ping: () => client.run('ping', connect),

    // MongoDB's TTL index removes expired documents.
    sweep: async () => 0,

    dataVersion: undefined,

    async warnings() {
      await client.run('warnings', connect);
      if (isSingleServer()) {
        return [
          'MongoDB runs as a single server, not as a replica set: when it is lost, so are acknowledged writes, and there is no failover.',
        ];
      }
      const mayRetry = address.options.get('retrywrites') !== 'false' && hasSessions();
      return mayRetry && (await retriesApplyTwice())
        ? [
            'The server applies a write twice that the driver sends again: it does not look at txnNumber. Add retryWrites=false to DATABASE_URL.',
          ]
        : [];
    },

    close: () => client.close(),

    translate,
  };
}

/**
 * MongoDB, through the native driver. Writes wait for a majority and its journal, reads go to the primary with read
 * concern `local`: a primary's own newest state, so that a revocation is seen at once. (Read concern `majority` would
 * show an older one, and what a failover can take back was never acknowledged to anybody.)
 *
 * Every wait is short here: with the driver's defaults a silent network hangs an operation for more than 12 s. A dead
 * socket is closed by its timeout, and the pool recovers by itself.
 */
import { MongoBulkWriteError, MongoClient, MongoError, MongoServerError, type MongoClientOptions } from 'mongodb';
import { ConfigurationError, DuplicateKeyError, StorageUnavailableError } from '../errors.ts';
import { sweepGraceSeconds, type Backend, type Failure } from './checked-collection.ts';
import type { Collection, CollectionDefinition, DatabaseOptions, DeclaredCollection, Document } from './database.ts';
import { mongodbCollection, withinDeadline } from './mongodb-collection.ts';

const defaultDatabaseName = 'gatehouse';

/** Milliseconds, each well within the five seconds of a request. */
const timeouts = {
  serverSelectionTimeoutMS: 2500,
  connectTimeoutMS: 2000,
  waitQueueTimeoutMS: 2500,
  socketTimeoutMS: 3500,
};
/** Milliseconds that building an index may take at start: it has a connection of its own. */
const indexBuildTimeoutMs = 15 * 60 * 1000;
/** Connections, unless the URL says `maxPoolSize`. */
const defaultPoolSize = 50;

const duplicateKey = 11000;

/**
 * Makes a client; nothing is connected yet, and a server that is down does not fail this. `prepare` (or `ping`) connects,
 * and is to be called until it succeeds: from then on the driver heals by itself, but a first connection that failed
 * it does not try again on the next operation.
 * @throws ConfigurationError when the URL cannot be read, or asks for reads that may be stale or writes that may be lost.
 */
export async function openMongodb(options: Pick<DatabaseOptions, 'url'>): Promise<Backend> {
  const { url } = options;
  const client = createClient(url, timeouts);
  const problems = unsafeOptions(client, url);
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }

  let standalone = false;
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    standalone = [...newDescription.servers.values()].some((server) => server.type === 'Standalone');
  });
  // Without a name in the URL the driver says "test".
  const name = hasDatabaseName(url) ? client.options.dbName : defaultDatabaseName;
  const database = client.db(name);

  return {
    groupsCommits: false,

    collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T> {
      return mongodbCollection(definition.name, () => database.collection<T>(definition.name));
    },

    async prepare(definitions) {
      await client.connect();
      await database.command({ ping: 1 });
      const builder = createClient(url, { ...timeouts, socketTimeoutMS: indexBuildTimeoutMs });
      try {
        await Promise.all(definitions.map((definition) => createIndexes(builder, name, definition)));
      } finally {
        await builder.close();
      }
    },

    ping: () =>
      withinDeadline('ping', async (limits) => {
        await client.connect();
        await database.command({ ping: 1 }, limits);
      }),

    // The TTL index does it.
    sweep: async () => 0,

    async warnings() {
      await withinDeadline('warnings', async (limits) => {
        await client.connect();
        await database.command({ ping: 1 }, limits);
      });
      if (!standalone) {
        return [];
      }
      return [
        'MongoDB runs as a single server, not as a replica set: when it is lost, so are acknowledged writes, and there is no failover.',
      ];
    },

    close: () => client.close(),

    translate,
  };
}

function createClient(url: string, waits: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(url, {
      ...waits,
      appName: 'gatehouse',
      heartbeatFrequencyMS: 2000,
      ignoreUndefined: true,
      ...(/[?&]maxPoolSize=/i.test(url) ? {} : { maxPoolSize: defaultPoolSize }),
      ...(/[?&](w|journal|wtimeoutMS)=/i.test(url) ? {} : { writeConcern: { w: 'majority', journal: true } }),
    });
  } catch (error) {
    // The driver names the option, not the URL: which may hold a password.
    throw new ConfigurationError([`DATABASE_URL: ${error instanceof Error ? error.message : 'cannot be read'}.`]);
  }
}

function hasDatabaseName(url: string): boolean {
  return /^mongodb(\+srv)?:\/\/[^/]+\/[^?]+/.test(url);
}

/** What the URL asks for that this server must not do. */
function unsafeOptions(client: MongoClient, url: string): string[] {
  const problems: string[] = [];
  const { readPreference, writeConcern } = client.options;
  if (readPreference.mode !== 'primary') {
    problems.push(
      `DATABASE_URL: readPreference=${readPreference.mode} may read a token that was revoked: leave it out (primary).`,
    );
  }
  if (writeConcern?.w !== 'majority') {
    problems.push(
      `DATABASE_URL: w=${String(writeConcern?.w ?? '')} may lose an acknowledged write at a failover: leave it out (majority).`,
    );
  }
  if (writeConcern?.j === false || /[?&]journal=false/i.test(url)) {
    problems.push('DATABASE_URL: journal=false may lose an acknowledged write in a crash: leave it out.');
  }
  return problems;
}

async function createIndexes(client: MongoClient, databaseName: string, definition: DeclaredCollection): Promise<void> {
  const indexes = definition.indexes.map(({ fields, unique, sparse }) => ({
    key: Object.fromEntries(fields.map((field) => [field, 1 as const])),
    ...(unique === true ? { unique } : {}),
    ...(sparse === true ? { sparse } : {}),
  }));
  const expiry = { key: { expiresAt: 1 as const }, expireAfterSeconds: sweepGraceSeconds };
  const declared = definition.expires ? [...indexes, expiry] : indexes;
  if (declared.length > 0) {
    await client.db(databaseName).collection(definition.name).createIndexes(declared);
  }
}

function translate(error: unknown, collection: string): Failure {
  if (error instanceof MongoBulkWriteError && error.code === duplicateKey) {
    const failed = Array.isArray(error.writeErrors) ? error.writeErrors[0] : error.writeErrors;
    const { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount } = error.result;
    return {
      error: new DuplicateKeyError(collection, error),
      ...(failed === undefined
        ? {}
        : {
            completed: {
              count: failed.index,
              result: { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount },
            },
          }),
    };
  }
  if (error instanceof MongoServerError && error.code === duplicateKey) {
    return { error: new DuplicateKeyError(collection, error) };
  }
  if (error instanceof MongoError || isNetworkError(error)) {
    return { error: new StorageUnavailableError(`MongoDB: ${error.name}: ${error.message} (${collection})`, error) };
  }
  return { error };
}

/** A cut connection: the driver lets some of Node's own errors through. */
function isNetworkError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

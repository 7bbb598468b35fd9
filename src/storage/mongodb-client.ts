/**
 * The driver's client, and its replacement by a new one when it does not recover.
 *
 * The driver recovers from nearly every failure. But with servers that send no `topologyVersion`, its monitor may stop
 * permanently when all its connections are closed at the same time (for example by a proxy). Every operation then
 * fails, while a new client works immediately. So when no operation has succeeded for {@link
 * MongodbClientOptions.replaceAfterMs}, a new client is tried, and it replaces the old one if its ping succeeds.
 */
import {
  MongoClient,
  MongoServerError,
  ReadConcern,
  type Db,
  type DbOptions,
  type MongoClientOptions,
  type TopologyDescription,
} from 'mongodb';
import { monotonicMilliseconds } from '../clock.ts';
import { ConfigurationError, StorageUnavailableError } from '../errors.ts';
import { withinDeadline, type CallLimits } from './mongodb-collection.ts';
import { translate } from './mongodb-errors.ts';

/** Milliseconds, each well within the five seconds of a request. */
const timeouts = {
  serverSelectionTimeoutMS: 2500,
  connectTimeoutMS: 2000,
  waitQueueTimeoutMS: 2500,
  socketTimeoutMS: 3500,
};
/** Connections, unless the URL contains `maxPoolSize`. */
const defaultPoolSize = 50;
/** Milliseconds. */
const defaultReplaceAfterMs = 30_000;
/** Milliseconds between two attempts with a new client. */
const replaceEveryMs = 5000;

/** Set here, whatever the URL contains: a URL with only `w=majority` would not wait for the journal. */
const guarantees: DbOptions = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: new ReadConcern('local'),
  readPreference: 'primary',
};

export interface MongodbClientOptions {
  readonly url: string;
  readonly databaseName: string;
  /** Whether the URL does not set the size of the connection pool. */
  readonly usesDefaultPoolSize: boolean;
  /** Milliseconds without a successful operation after which a new client is tried. */
  readonly replaceAfterMs?: number | undefined;
  /** Called after the client was replaced. */
  readonly onReplaced?: (() => void) | undefined;
}

/** A client that is replaced when it does not recover. */
export interface RecoveringClient {
  /** The database, through the current client. */
  database(): Db;
  /** What the current client knows about the servers. */
  topology(): TopologyDescription | undefined;
  /** Connects if not connected. The driver itself does not retry a first connection that failed. */
  connect(): Promise<void>;
  /** Runs an operation within its deadline, and records whether the client still works. */
  run<R>(what: string, call: (limits: CallLimits) => Promise<R>): Promise<R>;
  /** Runs `use` with a separate client and then closes that client. @param more driver options that differ */
  withOwnClient<R>(more: MongoClientOptions, use: (database: Db) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

interface Connected {
  readonly client: MongoClient;
  topology: TopologyDescription | undefined;
}

/** Creates a client that is not connected yet. @throws ConfigurationError for an option that the driver rejects */
export function createRecoveringClient(options: MongodbClientOptions): RecoveringClient {
  const { url, databaseName, usesDefaultPoolSize, replaceAfterMs = defaultReplaceAfterMs, onReplaced } = options;

  function make(more: MongoClientOptions = {}): Connected {
    const client = createClient(url, {
      ...timeouts,
      ...(usesDefaultPoolSize ? { maxPoolSize: defaultPoolSize } : {}),
      ...more,
    });
    const made: Connected = { client, topology: undefined };
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      made.topology = newDescription;
    });
    return made;
  }

  let present = make();
  let closed = false;
  /** Milliseconds on the monotonic clock: when the first failure after the last success happened. */
  let failingSince: number | undefined;
  let nextTryAt = 0;
  let replacing: Promise<void> | undefined;

  async function replace(): Promise<void> {
    const fresh = make();
    try {
      await fresh.client.connect();
      await fresh.client.db(databaseName).command({ ping: 1 });
    } catch {
      await fresh.client.close();
      return;
    }
    // The old client may have recovered meanwhile.
    if (closed || failingSince === undefined) {
      await fresh.client.close();
      return;
    }
    const old = present;
    present = fresh;
    failingSince = undefined;
    onReplaced?.();
    await old.client.close();
  }

  function noteOutage(): void {
    const now = monotonicMilliseconds();
    failingSince ??= now;
    if (replacing !== undefined || closed || now - failingSince < replaceAfterMs || now < nextTryAt) {
      return;
    }
    nextTryAt = now + replaceEveryMs;
    replacing = replace()
      .catch(() => undefined)
      .finally(() => {
        replacing = undefined;
      });
  }

  return {
    database: () => present.client.db(databaseName, guarantees),
    topology: () => present.topology,
    async connect() {
      await present.client.connect();
    },
    async run(what, call) {
      try {
        const result = await withinDeadline(what, call);
        failingSince = undefined;
        return result;
      } catch (error) {
        if (isOutage(error)) {
          noteOutage();
        } else {
          failingSince = undefined;
        }
        throw error;
      }
    },
    async withOwnClient(more, use) {
      const { client } = make(more);
      try {
        return await use(client.db(databaseName, guarantees));
      } finally {
        await client.close();
      }
    },
    async close() {
      closed = true;
      await replacing;
      await present.client.close();
    },
  };
}

/** Whether an operation failed because no server answered it. */
function isOutage(error: unknown): boolean {
  const translated = translate(error, '').error;
  return translated instanceof StorageUnavailableError && !(error instanceof MongoServerError);
}

function createClient(url: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(url, {
      ...options,
      appName: 'gatehouse',
      heartbeatFrequencyMS: 2000,
      ignoreUndefined: true,
    });
  } catch (error) {
    // The driver's message names the option. It does not contain the URL, which may contain a password.
    throw new ConfigurationError([`DATABASE_URL: ${error instanceof Error ? error.message : 'cannot be read'}.`]);
  }
}

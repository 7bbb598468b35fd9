/**
 * The driver's client, and its replacement by a fresh one when it does not recover.
 *
 * The driver recovers by itself from nearly everything. But on servers that send no `topologyVersion` its monitor may
 * stop for good when all its connections are closed at once (by a proxy, say): every operation fails from then on, while
 * a fresh client works at once. So when operations have failed for {@link MongodbClientOptions.replaceAfterMs} without
 * one that succeeded, a fresh client is tried, and takes the place of the other when its ping is answered.
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
/** Connections, unless the URL says `maxPoolSize`. */
const defaultPoolSize = 50;
/** Milliseconds. */
const defaultReplaceAfterMs = 30_000;
/** Milliseconds between two tries of a fresh client. */
const replaceEveryMs = 5000;

/** Whatever the URL says or leaves out: one with `w=majority` alone would drop the journal. */
const guarantees: DbOptions = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: new ReadConcern('local'),
  readPreference: 'primary',
};

export interface MongodbClientOptions {
  readonly url: string;
  readonly databaseName: string;
  /** Whether the URL leaves the size of the pool to us. */
  readonly poolSizeIsOurs: boolean;
  /** Milliseconds without a success after which a fresh client is tried. */
  readonly replaceAfterMs?: number | undefined;
  /** Called after the client was replaced. */
  readonly onReplaced?: (() => void) | undefined;
}

/** A client that is replaced when it does not recover. */
export interface RecoveringClient {
  /** The database, through the present client. */
  database(): Db;
  /** What the present client knows of the servers. */
  topology(): TopologyDescription | undefined;
  /** Connects when it is not connected yet: a first connection that failed is not tried again by the driver itself. */
  connect(): Promise<void>;
  /** Runs an operation within its deadline, and watches whether the client still works. */
  run<R>(what: string, call: (limits: CallLimits) => Promise<R>): Promise<R>;
  /** Runs with a client of its own, which is closed then. @param more options of the driver that differ */
  withOwnClient<R>(more: MongoClientOptions, use: (database: Db) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

interface Connected {
  readonly client: MongoClient;
  topology: TopologyDescription | undefined;
}

/** Makes a client; nothing is connected yet. @throws ConfigurationError for an option that the driver does not take */
export function createRecoveringClient(options: MongodbClientOptions): RecoveringClient {
  const { url, databaseName, poolSizeIsOurs, replaceAfterMs = defaultReplaceAfterMs, onReplaced } = options;

  function make(more: MongoClientOptions = {}): Connected {
    const client = createClient(url, {
      ...timeouts,
      ...(poolSizeIsOurs ? { maxPoolSize: defaultPoolSize } : {}),
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
  /** On the monotonic clock: since when no operation has succeeded. */
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
    // The other may have recovered meanwhile.
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
  const meaning = translate(error, '').error;
  return meaning instanceof StorageUnavailableError && !(error instanceof MongoServerError);
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
    // The driver names the option, not the URL: which may hold a password.
    throw new ConfigurationError([`DATABASE_URL: ${error instanceof Error ? error.message : 'cannot be read'}.`]);
  }
}

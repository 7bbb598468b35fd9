/**
 * A MongoDB for tests: the server that `MONGODB_URL_TEST` names, none where that says `none`; else a real `mongod`,
 * found on the PATH or downloaded, as a replica set of one; else none, which is reported (skipped.ts). Each suite takes
 * a database of its own.
 */
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MongoClient } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import { MongoMemoryReplSet } from 'mongodb-memory-server-core';
import { reportSkipped } from './skipped.ts';

export interface TestDatabase {
  readonly url: string;
  /** Removes the database. */
  readonly drop: () => Promise<void>;
}

/** Milliseconds for a first download. */
const downloadTimeoutMs = 90_000;

let started: Promise<MongoMemoryReplSet | null> | undefined;

/**
 * A fresh, empty database, or null where no MongoDB can be had (then the suite skips itself). The first call may take
 * as long as a download: give the hook two minutes.
 * @param options.replicaSet whether a single server does not do.
 */
export async function freshMongodb(options: { readonly replicaSet?: boolean } = {}): Promise<TestDatabase | null> {
  const named = process.env['MONGODB_URL_TEST'] ?? '';
  if (named !== '' && named !== 'none' && (options.replicaSet !== true || (await isReplicaSet(named)))) {
    return databaseOn(named);
  }
  started ??= named === 'none' ? Promise.resolve(null) : startMongod();
  const server = await started;
  if (server !== null) {
    return databaseOn(server.getUri());
  }
  if (options.replicaSet === true) {
    reportSkipped(
      'what needs a MongoDB replica set',
      'Name one: MONGODB_URL_TEST=mongodb://localhost:27017/?replicaSet=rs0 npm test',
    );
  } else {
    reportSkipped(
      'the storage and flow tests on MongoDB',
      'Name a server: MONGODB_URL_TEST=mongodb://localhost:27017 npm test (or put mongod on the PATH)',
    );
  }
  return null;
}

/** Stops what {@link freshMongodb} started. */
export async function stopMongodb(): Promise<void> {
  const server = await started;
  await server?.stop();
  started = undefined;
}

async function startMongod(): Promise<MongoMemoryReplSet | null> {
  // It writes a failed download to the console with its stack, several times; skipped.ts says it in one line.
  const output = globalThis.console;
  globalThis.console = { ...output, warn: () => undefined, error: () => undefined };
  const systemBinary = mongodOnPath();
  const starting = MongoMemoryReplSet.create({
    replSet: { count: 1 },
    ...(systemBinary === undefined ? {} : { binary: { systemBinary } }),
  });
  starting.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), downloadTimeoutMs);
  });
  try {
    return await Promise.race([starting, tooLong]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    globalThis.console = output;
  }
}

function mongodOnPath(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'mongod'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function isReplicaSet(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 3000 });
  try {
    const answer = await client.db('admin').command({ hello: 1 });
    return typeof answer['setName'] === 'string';
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

/**
 * The same address with another database. An account is looked up in the database that the address named before, unless
 * it says otherwise.
 */
export function withDatabase(address: string, name: string): string {
  const changed = new ConnectionString(address);
  if (changed.username !== '' && !changed.searchParams.has('authSource')) {
    changed.searchParams.set('authSource', decodeURIComponent(changed.pathname.slice(1)) || 'admin');
  }
  changed.pathname = `/${name}`;
  return changed.toString();
}

/**
 * The same address, through a proxy before one server. Members of a replica set would be looked up by their own
 * addresses, past the proxy: open the database with `allowDirectConnection`.
 */
export function throughProxy(address: string, port: number): string {
  const changed = new ConnectionString(address);
  changed.hosts = [`127.0.0.1:${port}`];
  changed.searchParams.delete('replicaSet');
  changed.searchParams.set('directConnection', 'true');
  return changed.toString();
}

/** Where the server is that takes writes: of a replica set the primary, whichever member that is at the moment. */
export async function writableServer(address: string): Promise<{ readonly host: string; readonly port: number }> {
  const client = new MongoClient(address, { serverSelectionTimeoutMS: 5000 });
  const { promise, resolve } = Promise.withResolvers<string>();
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    for (const { type, address: found } of newDescription.servers.values()) {
      if (['RSPrimary', 'Standalone', 'Mongos'].includes(type)) {
        resolve(found);
      }
    }
  });
  try {
    await client.connect();
    const { hostname, port } = new URL(`tcp://${await promise}`);
    return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port) };
  } finally {
    await client.close();
  }
}

function databaseOn(server: string): TestDatabase {
  const name = `gatehouse-test-${randomBytes(6).toString('hex')}`;
  const url = withDatabase(server, name);
  return {
    url,
    async drop() {
      const client = new MongoClient(url, { serverSelectionTimeoutMS: 3000 });
      try {
        await client.db(name).dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}

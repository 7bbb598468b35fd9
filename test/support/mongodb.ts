/**
 * A MongoDB for tests. `MONGODB_URL_TEST` names the server; with the value `none` there is none. Without the variable,
 * a real `mongod` from the PATH or from a download is started as a replica set with one member, once for all processes
 * of a run (root-hooks.ts). Where that fails, too, the tests on MongoDB are skipped, which is reported (skipped.ts).
 * Each suite uses its own database.
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

/** The maximum time for a first download, in milliseconds. */
const downloadTimeoutMs = 90_000;

/** Milliseconds in which a named server must answer, also on a machine that stalls. */
const serverSelectionTimeoutMS = 15_000;

const variable = 'MONGODB_URL_TEST';

let started: MongoMemoryReplSet | null = null;

/** Starts a server if the variable names none, and names it there. */
export async function findMongodb(): Promise<void> {
  if ((process.env[variable] ?? '') === '') {
    started = await startMongod();
    process.env[variable] = started?.getUri() ?? 'none';
  }
}

/** Stops what {@link findMongodb} started. */
export async function stopMongodb(): Promise<void> {
  await started?.stop();
}

/**
 * Creates an empty database.
 * @param options.replicaSet whether the server must be a member of a replica set
 * @returns null where no such MongoDB is available; the suite should then skip itself
 */
export async function freshMongodb(options: { readonly replicaSet?: boolean } = {}): Promise<TestDatabase | null> {
  const named = process.env[variable] ?? 'none';
  if (named !== 'none' && (options.replicaSet !== true || (await isReplicaSet(named)))) {
    return databaseOn(named);
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

async function startMongod(): Promise<MongoMemoryReplSet | null> {
  // A failed download is written to the console several times, with its stack; skipped.ts reports it in one line.
  const output = globalThis.console;
  globalThis.console = { ...output, warn: () => undefined, error: () => undefined };
  const systemBinary = mongodOnPath();
  const starting = MongoMemoryReplSet.create({
    replSet: { count: 1 },
    ...(systemBinary === undefined ? {} : { binary: { systemBinary } }),
  });
  starting.catch(() => undefined);
  const notice = setTimeout(() => {
    process.stdout.write('No MongoDB was found: downloading one for the tests (MONGODB_URL_TEST=none: without).\n');
  }, 3000);
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), downloadTimeoutMs);
  });
  try {
    return await Promise.race([starting, timedOut]);
  } catch {
    return null;
  } finally {
    clearTimeout(notice);
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
  const client = new MongoClient(url, { serverSelectionTimeoutMS });
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
 * The same address with another database. Credentials are still checked in the database that the address named before,
 * unless `authSource` names another.
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
 * The same address, through a proxy in front of one server. With a replica set the driver would connect to the members
 * directly, past the proxy, so open the database with `allowDirectConnection`.
 */
export function throughProxy(address: string, port: number): string {
  const changed = new ConnectionString(address);
  changed.hosts = [`127.0.0.1:${port}`];
  changed.searchParams.delete('replicaSet');
  changed.searchParams.set('directConnection', 'true');
  return changed.toString();
}

/** The address of the server that accepts writes: in a replica set, the current primary. */
export async function writableServer(address: string): Promise<{ readonly host: string; readonly port: number }> {
  const client = new MongoClient(address, { serverSelectionTimeoutMS });
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
      const client = new MongoClient(url, { serverSelectionTimeoutMS });
      try {
        await client.db(name).dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}

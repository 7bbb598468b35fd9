/**
 * The embedded database: one SQLite file, through Node's `node:sqlite`. It is crash-safe, and several processes may use
 * the file at the same time. Reads run directly (sqlite-reads.ts); writes run in groups (group-commit.ts).
 *
 * `synchronous = FULL` would sync the write-ahead log at each commit and block the process meanwhile. So commits use
 * `NORMAL`, which keeps the file consistent, the log is synced without blocking the event loop, and a write is
 * acknowledged only after that sync (sqlite-log.ts).
 */
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { monotonicMilliseconds } from '../clock.ts';
import { ConfigurationError, DuplicateKeyError, StorageUnavailableError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import type { Backend, Failure } from './backend.ts';
import type { DatabaseOptions, DeclaredCollection } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { operationDeadline } from './request-scope.ts';
import { BulkFailure, deleteInBatches, sqliteCollection } from './sqlite-collection.ts';
import { createSqliteLog } from './sqlite-log.ts';
import { createSharedReads } from './sqlite-reads.ts';
import { identifier, schemaOf } from './sqlite-sql.ts';

/**
 * Milliseconds that SQLite itself waits for another process's lock. It is short, because this blocks the event loop;
 * after that the group commit waits on a timer.
 */
const busyTimeoutMs = 20;
/** Milliseconds that opening and preparing wait for other processes that do the same. */
const startTimeoutMs = 5000;
/** Prepared statements kept. The code has fewer forms of filters; this bounds the memory in any case. */
const maxStatements = 500;

/**
 * Pages that the write-ahead log may have before a commit copies them into the database, which blocks the event loop.
 * SQLite's own value is 1000. A page that was written often is copied once, so fewer copies are made in total. With
 * more than about 4000 pages, reading takes longer, because the index of the log has a second part.
 */
const maxLogPages = 4000;

const busy = 5;
const locked = 6;
const cannotOpen = 14;
const readOnly = 8;
const notADatabase = 26;
const primaryKeyTaken = 1555;
const uniqueTaken = 2067;

/** SQLite's extended result code, if SQLite caused the error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') {
    return undefined;
  }
  return error.errcode;
}

function isBusy(error: unknown): boolean {
  const code = (resultCode(error) ?? 0) & 0xff;
  return code === busy || code === locked;
}

/** SQLite's name for a database without a file. It exists as long as this connection, and no other process sees it. */
const memory = ':memory:';

/** The file of a `sqlite:` URL, relative to the working directory; {@link memory} for a database in memory. */
export function sqlitePath(url: string): string {
  const path = url.replace(/^sqlite:(\/\/(?=\/))?/, '');
  return path === memory ? memory : resolve(path);
}

/**
 * Opens the file. Creates it (mode 0600) and its directory if they do not exist. `sqlite::memory:` has no file: nothing
 * is written to the disk, and everything is lost when it is closed.
 * @throws ConfigurationError when the file cannot be written or is not a database
 * @throws StorageUnavailableError when other processes keep it locked
 */
export async function openSqlite(options: Pick<DatabaseOptions, 'url' | 'onCommit' | 'onUnusable'>): Promise<Backend> {
  const path = sqlitePath(options.url);
  const database = openFile(path);
  const log = path === memory ? undefined : createSqliteLog(path, options.onUnusable);
  try {
    // Changing the journal mode needs exclusive access for a moment, and SQLite does not wait for it.
    await untilNotBusy(startDeadline(), () => database.exec('PRAGMA journal_mode = WAL'));
    database.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${maxLogPages}`);
    database.exec('PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY');
  } catch (error) {
    database.close();
    throw startError(error, path);
  }

  const statements = new LRUCache<string, StatementSync>({
    max: maxStatements,
    memoMethod: (sql) => database.prepare(sql),
  });
  function prepared(sql: string): StatementSync {
    return statements.memo(sql);
  }

  const commit = (): void => void prepared('COMMIT').run();
  const isOpen = (): boolean => database.isTransaction;
  /** The state of the database that the present shared transaction sees, once it was asked for. */
  let dataVersion: number | undefined;
  const reads = createSharedReads({
    begin: () => {
      dataVersion = undefined;
      prepared('BEGIN').run();
    },
    end: commit,
    isOpen,
  });
  const commits = createGroupCommit(
    {
      begin: () => {
        reads.end();
        prepared('BEGIN IMMEDIATE').run();
      },
      commit,
      rollback: () => void prepared('ROLLBACK').run(),
      isOpen,
      isBusy,
      sync: log?.sync ?? (() => Promise.resolve()),
    },
    { onSync: options.onCommit },
  );
  // Bounded by the number of collections that the code declares.
  const expiring = new Set<string>();

  return {
    groupsCommits: true,

    collection: (definition) => sqliteCollection(definition, { prepared, commits, reads }),

    async prepare(definitions) {
      const deadline = startDeadline();
      for (const definition of definitions) {
        await untilNotBusy(deadline, () => {
          reads.end();
          createSchema(database, definition);
        });
        if (definition.expires) {
          expiring.add(definition.name);
        }
      }
      if (log !== undefined) {
        // Sync the new tables, and the names of the files in their folder.
        await whileLocked(path, deadline, () => log.rewrite());
        await syncFolder(dirname(path));
      }
    },

    dropIndex: (_collection, name) =>
      untilNotBusy(startDeadline(), () => {
        reads.end();
        database.exec(`DROP INDEX IF EXISTS ${identifier(name)}`);
      }),

    async ping() {
      prepared('SELECT 1').get();
      // Beginning a write takes the file's lock, and fails when the file has become read-only.
      await commits.submit(operationDeadline(), () => undefined);
    },

    async sweep(before) {
      let removed = 0;
      for (const name of expiring) {
        removed += await deleteInBatches(prepared, commits, name, ' WHERE "expiresAt" <= ?', [before.getTime()]);
      }
      return removed;
    },

    dataVersion: () =>
      reads.read(() => (dataVersion ??= Number(prepared('PRAGMA data_version').get()?.['data_version']))),

    warnings: async () => [],

    async close() {
      if (!database.isOpen) {
        return;
      }
      await commits.drain();
      reads.end();
      statements.clear();
      // Closing copies the log into the database. If that is interrupted, a log with a gap cannot repair the database.
      if (log?.hasFailed() !== true) {
        database.close();
      }
      await log?.close();
    },

    translate,
  };
}

function translate(error: unknown, collection: string): Failure {
  if (error instanceof BulkFailure) {
    return {
      error: translate(error.cause, collection).error,
      completed: { count: error.completed, result: error.result },
    };
  }
  const code = resultCode(error);
  if (code === uniqueTaken || code === primaryKeyTaken) {
    return { error: new DuplicateKeyError(collection, error) };
  }
  const closed = error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE';
  if (code !== undefined || closed || isFileError(error)) {
    return {
      error: new StorageUnavailableError(
        `SQLite: ${error instanceof Error ? error.message : ''} (${collection})`,
        error,
      ),
    };
  }
  return { error };
}

function openFile(path: string): DatabaseSync {
  try {
    if (path === memory) {
      return new DatabaseSync(memory);
    }
    makeFolder(dirname(path));
    // SQLite would make the file readable for all users. Its journal files get the mode of the database file.
    closeSync(openSync(path, 'a', 0o600));
    return new DatabaseSync(path, { timeout: busyTimeoutMs });
  } catch (error) {
    throw startError(error, path);
  }
}

/** An error of the file system: of a sync, or of opening a file. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** The disk has failed or is full: a later start may succeed. */
function isDiskError(error: unknown): boolean {
  return isFileError(error) && 'code' in error && ['EIO', 'ENOSPC', 'EDQUOT'].includes(String(error.code));
}

/** What the operator can correct is a configuration error; other failures may end without action. */
function startError(error: unknown, path: string): Error {
  const code = (resultCode(error) ?? 0) & 0xff;
  if (code === notADatabase) {
    return new ConfigurationError([`DATABASE_URL: ${path} is not an SQLite database.`]);
  }
  if ((isFileError(error) && !isDiskError(error)) || code === cannotOpen || code === readOnly) {
    return new ConfigurationError([
      `DATABASE_URL: ${path} cannot be opened for writing: ${error instanceof Error ? error.message : 'unknown error'}.`,
    ]);
  }
  return new StorageUnavailableError(`SQLite: ${path} cannot be opened`, error);
}

/** Syncs the names of new files to the disk. Windows does not need this. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function startDeadline(): number {
  return monotonicMilliseconds() + startTimeoutMs;
}

/** Runs something while no process can write. Uses a separate connection, since the main one may write meanwhile. */
async function whileLocked(path: string, deadline: number, run: () => Promise<void>): Promise<void> {
  const locking = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    await untilNotBusy(deadline, () => locking.exec('BEGIN IMMEDIATE'));
    await run();
  } finally {
    locking.close();
  }
}

/** Repeats `run` while other processes hold the lock. Does not block the event loop between attempts. */
async function untilNotBusy(deadline: number, run: () => void): Promise<void> {
  for (;;) {
    try {
      run();
      return;
    } catch (error) {
      if (!isBusy(error) || monotonicMilliseconds() > deadline) {
        throw error;
      }
      await sleep(5 + Math.random() * 20);
    }
  }
}

function createSchema(database: DatabaseSync, definition: DeclaredCollection): void {
  const schema = schemaOf(definition);
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(schema.table);
    const present = new Set(
      database
        .prepare(`PRAGMA table_xinfo(${identifier(definition.name)})`)
        .all()
        .map((column) => String(column['name'])),
    );
    for (const [name, sql] of schema.columns) {
      if (!present.has(name)) {
        database.exec(sql);
      }
    }
    for (const sql of schema.indexes) {
      database.exec(sql);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}

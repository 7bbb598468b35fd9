/**
 * SQLite's write-ahead log, as a file on a disk that may fail.
 *
 * After a failed fdatasync the operating system treats the affected pages as written and never writes them again. A
 * later sync succeeds, but what it acknowledges follows a gap in the log, and recovery after a power failure stops at
 * the gap. So a failed sync is never retried. Each start writes the whole log to the disk again, because the previous
 * process may have ended for this reason; SQLite has checked the log's checksums before.
 */
import { open, type FileHandle } from 'node:fs/promises';

export interface SqliteLog {
  /**
   * Resolves when everything that was written to the log is on the disk.
   * @throws the system's error. After the first failure every call throws it, and `onFailure` was called once.
   */
  sync(): Promise<void>;
  /** Writes the content of the log again, and syncs it. The caller must hold the database's write lock. */
  rewrite(): Promise<void>;
  /** Whether a sync failed. */
  hasFailed(): boolean;
  close(): Promise<void>;
}

const chunkBytes = 1024 * 1024;

/** @param database path of the database file; the log exists beside it after the first transaction */
export function createSqliteLog(database: string, onFailure: (error: Error) => void = () => {}): SqliteLog {
  let handle: FileHandle | undefined;
  let failure: Error | undefined;

  async function file(): Promise<FileHandle> {
    handle ??= await open(`${database}-wal`, 'r+');
    return handle;
  }

  function fail(error: unknown): Error {
    if (failure === undefined) {
      failure = error instanceof Error ? error : new Error(String(error));
      onFailure(failure);
    }
    return failure;
  }

  async function sync(): Promise<void> {
    if (failure !== undefined) {
      throw failure;
    }
    try {
      await (await file()).datasync();
    } catch (error) {
      throw fail(error);
    }
  }

  return {
    sync,
    rewrite: async () => {
      const log = await file();
      const buffer = Buffer.alloc(chunkBytes);
      for (let position = 0; ;) {
        const { bytesRead } = await log.read(buffer, 0, chunkBytes, position);
        if (bytesRead === 0) {
          break;
        }
        const { bytesWritten } = await log.write(buffer, 0, bytesRead, position);
        position += bytesWritten;
      }
      await sync();
    },
    hasFailed: () => failure !== undefined,
    close: async () => {
      await handle?.close();
      handle = undefined;
    },
  };
}

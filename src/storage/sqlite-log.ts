/**
 * SQLite's write-ahead log, as a file on a disk that may fail.
 *
 * After a failed fdatasync the system takes the pages in question for written and never writes them again: a later sync
 * succeeds, and what it acknowledges stands in the log behind a gap, at which recovery after a power cut stops. So this
 * file never tries again. And whoever opens the log writes all of it to the disk once more, since the process before may
 * have ended for this reason; SQLite has compared its checksums by then.
 */
import { open, type FileHandle } from 'node:fs/promises';

export interface SqliteLog {
  /**
   * Resolves when everything that was written to the log is on the disk.
   * @throws what the system says; then for ever, and `onFailure` was called once
   */
  sync(): Promise<void>;
  /** Writes what is in the log again, and syncs it. The caller holds the database's write lock. */
  rewrite(): Promise<void>;
  /** Whether a sync failed. */
  hasFailed(): boolean;
  close(): Promise<void>;
}

const chunkBytes = 1024 * 1024;

/** @param database path of the database; the log is beside it from the first transaction on */
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

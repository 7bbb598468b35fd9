/**
 * Simulates a disk under one SQLite database: its syncs can fail, and its power can be cut. As on Linux, pages whose
 * sync failed are lost: the system treats them as written, so they reach the disk only when they are written again.
 */
import { copyFileSync, existsSync, fstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

const pageBytes = 4096;

export interface FailingDisk {
  /** Lets the next sync of the write-ahead log fail with this code. */
  failNextSync(code?: 'EIO' | 'ENOSPC'): void;
  /** Copies what is left of the database after a power cut to another folder. @returns the path of the copy */
  cutPower(folder: string): string;
  stop(): void;
}

interface Methods {
  datasync(): Promise<void>;
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<unknown>;
}

/**
 * @param database the path of the database; only its write-ahead log fails, because SQLite syncs the database itself
 */
export async function startFailingDisk(database: string): Promise<FailingDisk> {
  const log = `${database}-wal`;
  const probe = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(probe) as Methods;
  await probe.close();
  const { datasync, write } = prototype;

  let onDisk = Buffer.alloc(0);
  /** The content of the log at its last sync, whether that succeeded or not. */
  let seen = Buffer.alloc(0);
  const dirty = new Set<number>();
  let failing: string | undefined;

  function isLog(handle: FileHandle): boolean {
    return existsSync(log) && fstatSync(handle.fd).ino === statSync(log).ino;
  }

  function page(content: Buffer, at: number): Buffer {
    return content.subarray(at * pageBytes, (at + 1) * pageBytes);
  }

  function findChangedPages(): Buffer {
    const content = readFileSync(log);
    for (let at = 0; at * pageBytes < content.length; at += 1) {
      if (!page(content, at).equals(page(seen, at))) {
        dirty.add(at);
      }
    }
    seen = content;
    return content;
  }

  Object.assign(prototype, {
    async datasync(this: FileHandle) {
      if (isLog(this)) {
        const content = findChangedPages();
        const next = Buffer.alloc(content.length);
        onDisk.copy(next);
        if (failing === undefined) {
          dirty.forEach((at) => page(content, at).copy(next, at * pageBytes));
        }
        onDisk = next;
        dirty.clear();
        if (failing !== undefined) {
          const code = failing;
          failing = undefined;
          throw Object.assign(new Error(`${code}: fdatasync`), { code, errno: -5, syscall: 'fdatasync' });
        }
      }
      return datasync.call(this);
    },
    async write(this: FileHandle, buffer: Buffer, offset: number, length: number, position: number) {
      if (isLog(this)) {
        for (let at = Math.floor(position / pageBytes); at * pageBytes < position + length; at += 1) {
          dirty.add(at);
        }
      }
      return write.call(this, buffer, offset, length, position);
    },
  });

  return {
    failNextSync: (code = 'EIO') => {
      failing = code;
    },
    cutPower: (folder) => {
      const copy = join(folder, basename(database));
      copyFileSync(database, copy);
      writeFileSync(`${copy}-wal`, onDisk);
      return copy;
    },
    stop: () => Object.assign(prototype, { datasync, write }),
  };
}

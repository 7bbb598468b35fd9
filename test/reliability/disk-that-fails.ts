/**
 * Loaded into a server process before the server: file syncs fail with EIO while a file `disk-fails` is in the working
 * folder.
 */
import { existsSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const probe = await open(import.meta.filename);
const prototype = Object.getPrototypeOf(probe) as Pick<FileHandle, 'datasync'>;
await probe.close();
const { datasync } = prototype;

prototype.datasync = async function failOrSync(this: FileHandle) {
  if (existsSync('disk-fails')) {
    throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', errno: -5, syscall: 'fdatasync' });
  }
  return datasync.call(this);
};

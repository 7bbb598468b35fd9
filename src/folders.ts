/** Makes the folders that data is kept in. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, for their owner alone; what is there stays as it is. (Node's own `recursive` never
 * returns where a parent refuses with ENOENT, as /proc does.)
 * @throws the file system's error when it cannot be made
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) {
    return;
  }
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been first.
    if (!existsSync(path)) {
      throw error;
    }
  }
}

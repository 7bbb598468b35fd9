/** Creates the folders for data. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its parents, accessible only to their owner. Existing folders are not changed. (Node's
 * `recursive` option never returns when a parent answers with ENOENT, as /proc does.)
 * @throws the file system's error when the folder cannot be created
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) {
    return;
  }
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it at the same time.
    if (!existsSync(path)) {
      throw error;
    }
  }
}

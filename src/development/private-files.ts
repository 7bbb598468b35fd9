/** Files in `DATA_DIR` that only their owner can read, and that several processes may write and read in parallel. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { makeFolder } from '../folders.ts';

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The content of a file; undefined if it does not exist. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Writes a temporary file in the folder of `path`, synced to disk and readable only by its owner.
 * @returns its path.
 */
async function writeBeside(path: string, content: string): Promise<string> {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    makeFolder(dirname(path));
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ConfigurationError([
      `DATA_DIR: ${dirname(path)} cannot be written: ${error instanceof Error ? error.message : 'unknown error'}.`,
    ]);
  }
  return temporary;
}

/**
 * Creates a file with its complete content, unless it exists. Exactly one of several parallel processes creates it, and
 * all read the same content: making a hard link to the complete temporary file fails if the name exists.
 *
 * @returns the content of the existing or new file.
 * @throws ConfigurationError when the folder cannot be written
 */
export async function createOnce(path: string, content: string): Promise<string> {
  const temporary = await writeBeside(path, content);
  try {
    await link(temporary, path);
    return content;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) {
      throw error;
    }
    return await readFile(path, 'utf8');
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Creates or replaces a file atomically; the last writer wins. @throws ConfigurationError as above */
export async function replaceFile(path: string, content: string): Promise<void> {
  await rename(await writeBeside(path, content), path);
}

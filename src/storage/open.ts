/** Opens the database that a URL names. */
import { ConfigurationError } from '../errors.ts';
import { checkedDatabase } from './checked-database.ts';
import type { Database, DatabaseOptions } from './database.ts';

/**
 * Opens `sqlite:path/to/file` (relative to the working directory), `mongodb://…` or `mongodb+srv://…`; for tests also
 * `sqlite::memory:`, which `DATABASE_URL` cannot name. This succeeds when MongoDB does not answer; each operation then
 * throws StorageUnavailableError. The caller must run `prepare` before anything else, and `sweep` regularly.
 * @throws ConfigurationError for another URL, a URL that asks for unsafe reads or writes, or a file that cannot be used
 * @throws StorageUnavailableError when other processes keep the file locked
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  // Only the backend in use is loaded, because the other one's driver costs start time and memory.
  if (options.url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return checkedDatabase(await openSqlite(options), options);
  }
  if (/^mongodb(\+srv)?:/.test(options.url)) {
    const { openMongodb } = await import('./mongodb.ts');
    return checkedDatabase(await openMongodb(options), options);
  }
  throw new ConfigurationError(['DATABASE_URL: expected sqlite:PATH, mongodb://HOST/NAME or mongodb+srv://HOST/NAME.']);
}

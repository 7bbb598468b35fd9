/** Opens the database that a URL names. */
import { ConfigurationError } from '../errors.ts';
import { checkedDatabase } from './checked-collection.ts';
import type { Database, DatabaseOptions } from './database.ts';

/**
 * Opens `sqlite:path/to/file` (relative to the working directory) or `mongodb://…`, `mongodb+srv://…`. A MongoDB that
 * does not answer does not fail here: each operation, `prepare` first, throws StorageUnavailableError until it does.
 * The caller runs `prepare` before anything else, and `sweep` from time to time.
 * @throws ConfigurationError for a URL that is neither or that asks for unsafe reads or writes; a file that cannot be used.
 * @throws StorageUnavailableError when other processes keep the file locked.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  // Only the backend that is used is loaded: the driver of the other costs start time and memory.
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

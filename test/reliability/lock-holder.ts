/** A process that holds an SQLite file's write lock from `hold` to `release`. Argument: the file. */
import { DatabaseSync } from 'node:sqlite';

const [, , path = ''] = process.argv;
const database = new DatabaseSync(path, { timeout: 2000 });
process.on('message', (command) => {
  database.exec(command === 'hold' ? 'BEGIN IMMEDIATE' : 'ROLLBACK');
  process.send?.(command);
});
process.on('disconnect', () => database.close());

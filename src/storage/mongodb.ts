import type { Backend } from './contract.ts';
import type { DatabaseOptions } from './database.ts';
export async function openMongodb(_options: Pick<DatabaseOptions, 'url' | 'onCommit'>): Promise<Backend> {
  throw new Error('not yet');
}

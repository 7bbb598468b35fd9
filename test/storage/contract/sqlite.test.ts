import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStorageContract } from './suite.ts';

describeStorageContract('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  return { url: `sqlite:${join(directory, 'contract.db')}`, drop: async () => rmSync(directory, { recursive: true }) };
});

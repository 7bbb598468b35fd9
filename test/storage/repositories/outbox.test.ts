import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { outbox } from '../../../src/storage/collections.ts';
import { openDatabase } from '../../../src/storage/open.ts';
import { createFilterTranslator } from '../../../src/storage/sqlite-sql.ts';

describe('due messages of a kind', () => {
  it('are found in order by an index, without reading the waiting messages of other kinds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
    const file = join(folder, 'g.db');
    const database = await openDatabase({ url: `sqlite:${file}`, clock: systemClock });
    await database.prepare([outbox]);
    await database.close();
    const translator = createFilterTranslator(outbox);
    const { sql } = translator.where({ status: 'waiting', kind: 'mail', nextAttemptAt: { $lte: new Date() } });
    const raw = new DatabaseSync(file);
    const plan = JSON.stringify(
      raw
        .prepare(`EXPLAIN QUERY PLAN SELECT doc FROM outbox${sql}${translator.orderBy({ nextAttemptAt: 1 })} LIMIT 4`)
        .all('waiting', 'mail', 0),
    );
    raw.close();
    rmSync(folder, { recursive: true });
    expect(plan).to.include('kind=?').and.to.include('status=?').and.not.include('TEMP B-TREE');
  });
});

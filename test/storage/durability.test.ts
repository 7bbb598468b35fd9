import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { things } from './contract/things.ts';

describe('storage durability: SQLite', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  after(() => rmSync(directory, { recursive: true }));

  it('keeps every acknowledged write when the process is killed (SIGKILL), several times on the same file', async function () {
    this.timeout(40_000);
    const url = `sqlite:${join(directory, 'ledger.db')}`;
    const acknowledged: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'ledger-writer.ts'), url, `round-${round}`],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const lines = createInterface({ input: child.stdout });
      const limit = acknowledged.length + 50 + round * 37;
      lines.on('line', (line) => {
        acknowledged.push(line);
        if (acknowledged.length >= limit) {
          child.kill('SIGKILL');
        }
      });
      await Promise.all([once(child, 'exit'), once(lines, 'close')]);
      expect(child.signalCode).to.equal('SIGKILL');
    }
    const database = await openDatabase({ url, clock: systemClock });
    const present = new Map((await database.collection(things).find({}).toArray()).map((thing) => [thing._id, thing]));
    await database.close();
    expect(acknowledged.length).to.be.greaterThan(300);
    expect(acknowledged.filter((id) => present.get(id)?.takenBy !== 'me')).to.deep.equal([]);
  });
});

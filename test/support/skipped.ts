/**
 * The tests that cannot run on this machine, and how to run them. All processes of a run write them to one file, which
 * is printed at the end (root-hooks.ts).
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Names the file to the processes of a run. */
const variable = 'SKIPPED_TESTS_FILE';

/** Creates the file. Processes that are started after that write to it. */
export function openSkippedTests(): void {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-skipped-')), 'tests');
  writeFileSync(file, '');
  process.env[variable] = file;
}

/**
 * Records that tests were skipped because this machine lacks something that they need.
 * @param what the tests that were skipped, as a noun phrase
 * @param howToRun a sentence that names the command or the variable
 */
export function reportSkipped(what: string, howToRun: string): void {
  const file = process.env[variable];
  if (file !== undefined) {
    appendFileSync(file, `  - ${what}\n    ${howToRun}\0`);
  }
}

/** Everything that was recorded, once each, as text for the console. Removes the file. */
export function takeSkippedTests(): readonly string[] {
  const file = process.env[variable];
  if (file === undefined) {
    return [];
  }
  const entries = readFileSync(file, 'utf8').split('\0');
  rmSync(dirname(file), { recursive: true });
  return [...new Set(entries)].filter((entry) => entry !== '');
}

/**
 * Before and after a whole run, in the process that `npm test` starts: the MongoDB that all processes of the run share,
 * and the report of the tests that were skipped.
 */
import { findMongodb, stopMongodb } from './mongodb.ts';
import { openSkippedTests, takeSkippedTests } from './skipped.ts';

export async function mochaGlobalSetup(): Promise<void> {
  openSkippedTests();
  // At exit, because the summary of the reporter comes first.
  process.once('exit', () => {
    const skipped = takeSkippedTests();
    if (skipped.length > 0) {
      process.stdout.write(`\nNot run on this machine:\n${skipped.join('\n')}\n\n`);
    }
  });
  await findMongodb();
}

export const mochaGlobalTeardown = stopMongodb;

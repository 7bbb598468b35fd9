/** Hooks of the whole run: stop what the suites share, and report the tests that were skipped. */
import { skippedTests } from './skipped.ts';
import { stopMongodb } from './mongodb.ts';

export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(30_000);
    await stopMongodb();
  },
};

// At exit, because the summary of the reporter comes first.
process.once('exit', () => {
  const skipped = skippedTests();
  if (skipped.length === 0) {
    return;
  }
  process.stdout.write('\nNot run on this machine:\n');
  for (const { what, howToRun } of skipped) {
    process.stdout.write(`  - ${what}\n    ${howToRun}\n`);
  }
  process.stdout.write('\n');
});

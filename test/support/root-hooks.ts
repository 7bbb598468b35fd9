/** Around the whole run: stops what the suites share, and names what could not run. */
import { skippedTests } from './skipped.ts';
import { stopMongodb } from './mongodb.ts';

export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(30_000);
    await stopMongodb();
  },
};

// After the reporter's own summary, so that it is the last thing read.
process.once('exit', () => {
  const missing = skippedTests();
  if (missing.length === 0) {
    return;
  }
  process.stdout.write('\nNot run on this machine:\n');
  for (const { what, howToRun } of missing) {
    process.stdout.write(`  - ${what}\n    ${howToRun}\n`);
  }
  process.stdout.write('\n');
});

/** Mocha's own report, and what it came to in the file that CI_RESULTS names: for `.ci/run`. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class CiReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      writeFileSync(process.env['CI_RESULTS'], JSON.stringify({ passed: passes, failed: failures, skipped }));
    });
  }
}

/** For `.ci/run`: Mocha's own report, and the results as JSON in the file that CI_RESULTS names. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class CiReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const [passed, skipped] = [[], []];
    runner.on('pass', (test) => passed.push(test.fullTitle()));
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      writeFileSync(process.env['CI_RESULTS'], JSON.stringify({ passed, failed: this.stats.failures, skipped }));
    });
  }
}

/** A few runs of the random model. More of them: `npm run test:model` (run.ts, which also describes the model). */
import { onEachDatabase } from '../support/server.ts';
import { reportFailure, simulate } from './simulate.ts';

const seeds = [1, 2, 3];
const operations = 25;

onEachDatabase('the random model of the life of tokens', (start) => {
  for (const seed of seeds) {
    it(`agrees with two instances and the guards of three APIs about every token, with seed ${seed}`, async function run() {
      this.timeout(120_000);
      const result = await simulate({ seed, operations, start });
      if (result.failure !== undefined) {
        throw new Error(reportFailure(result), { cause: result.failure });
      }
    });
  }
});

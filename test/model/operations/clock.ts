/** Time passes: codes, tokens and sessions expire (decisions 6 and 7). */
import type { Operation } from '../operation.ts';

const [hour, day] = [3600, 24 * 3600];
/** Seconds, around the lifetimes of what may expire. */
const steps = [1, 5, 20, 40, 70, 200, 320, 900, 2000, hour + 30];
const longSteps = [3 * hour, day + 30, 6 * day, 15 * day];

function operation(name: string, weight: number, choices: readonly number[]): Operation {
  return {
    name,
    weight,
    possible: () => true,
    run: async ({ world, random, log }) => {
      const seconds = random.pick(choices);
      world.clock.advance(seconds);
      log(`${seconds} s`);
    },
  };
}

export const clockOperations: readonly Operation[] = [
  operation('let time pass', 9, steps),
  operation('let days pass', 1.5, longSteps),
];

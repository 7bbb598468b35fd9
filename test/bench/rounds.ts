/** Rounds: every server in turn, again and again, so that what else the machine does at a moment meets them all. */
import { processorSeconds } from './process-usage.ts';
import type { Load, Scenario } from './scenarios.ts';
import type { Target } from './targets.ts';

export interface Measured {
  /** A second; the median of the rounds. */
  readonly rate: number;
  /** Processor time of the server for each, in milliseconds, all threads; the median. */
  readonly processorMs: number;
  /** This server's rate by the first one's of the same round; the median. */
  readonly ratio: number;
}

export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

interface Sample {
  readonly rate: number;
  readonly processorMs: number;
}

async function sample(load: Load, pid: number, seconds: number): Promise<Sample> {
  const before = await processorSeconds(pid);
  const done = await load.run(seconds);
  const used = (await processorSeconds(pid)) - before;
  return { rate: done.count / done.seconds, processorMs: (used * 1000) / done.count };
}

/**
 * @param targets the first is what the others are compared with
 * @returns for each target, in their order
 */
export async function measure(
  scenario: Scenario,
  targets: readonly Target[],
  { rounds, seconds }: RoundOptions,
): Promise<readonly Measured[]> {
  const samples: Sample[][] = targets.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    // Every other round in the other order: who comes first has the machine as the round before left it.
    const order = targets.map((_target, index) => index);
    for (const index of round % 2 === 0 ? order : order.toReversed()) {
      const target = targets[index] as Target;
      const load = await scenario.prepare(target);
      const taken = await sample(load, target.pid, round === 0 ? Math.min(1, seconds) : seconds);
      load.close();
      // The first round warms up.
      if (round > 0) {
        samples[index]?.push(taken);
      }
    }
  }
  return samples.map((taken) => ({
    rate: median(taken.map(({ rate }) => rate)),
    processorMs: median(taken.map(({ processorMs }) => processorMs)),
    ratio: median(taken.map(({ rate }, round) => rate / (samples[0]?.[round]?.rate ?? Number.NaN))),
  }));
}

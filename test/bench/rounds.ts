/** Measures every server in turn, in several rounds, so that other load of the machine affects all of them equally. */
import { processorSeconds } from './process-usage.ts';
import type { Load, Scenario } from './scenarios.ts';
import type { Target } from './targets.ts';

export interface Measured {
  /** Requests or flows per second; the median of the rounds. */
  readonly rate: number;
  /** Processor time of the server and its database for each, in milliseconds, of all threads; the median. */
  readonly processorMs: number;
  /** The rate of this server divided by the rate of the first one in the same round; the median. */
  readonly ratio: number;
  /** The processor time of the first server for each, divided by that of this one in the same round; the median. */
  readonly processorRatio: number;
}

export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Of the first round, which is not counted. */
  readonly warmUpSeconds?: number;
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

async function usedSeconds({ pid, databasePid }: Target): Promise<number> {
  return (await processorSeconds(pid)) + (databasePid === undefined ? 0 : await processorSeconds(databasePid));
}

async function sample(load: Load, target: Target, seconds: number): Promise<Sample> {
  const before = await usedSeconds(target);
  const done = await load.run(seconds);
  const used = (await usedSeconds(target)) - before;
  return { rate: done.count / done.seconds, processorMs: (used * 1000) / done.count };
}

/**
 * @param targets the others are compared with the first
 * @returns one result for each target, in their order
 */
export async function measure(
  scenario: Scenario,
  targets: readonly Target[],
  { rounds, seconds, warmUpSeconds = Math.min(1, seconds) }: RoundOptions,
): Promise<readonly Measured[]> {
  const samples: Sample[][] = targets.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    // Every second round in reverse order, because the previous round affects the first server of the next.
    const order = targets.map((_target, index) => index);
    for (const index of round % 2 === 0 ? order : order.toReversed()) {
      const target = targets[index] as Target;
      const load = await scenario.prepare(target);
      const measured = await sample(load, target, round === 0 ? warmUpSeconds : seconds);
      load.close();
      // The first round warms up.
      if (round > 0) {
        samples[index]?.push(measured);
      }
    }
  }
  return samples.map((ofTarget) => ({
    rate: median(ofTarget.map(({ rate }) => rate)),
    processorMs: median(ofTarget.map(({ processorMs }) => processorMs)),
    ratio: median(ofTarget.map(({ rate }, round) => rate / (samples[0]?.[round]?.rate ?? Number.NaN))),
    processorRatio: median(
      ofTarget.map(({ processorMs }, round) => (samples[0]?.[round]?.processorMs ?? Number.NaN) / processorMs),
    ),
  }));
}

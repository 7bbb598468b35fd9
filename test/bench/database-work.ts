/** The database operations of one request, from the metrics of the server. */
import { openHttpClient } from './http-client.ts';
import type { Scenario } from './scenarios.ts';
import { metricsToken, type Target } from './targets.ts';

export interface DatabaseWork {
  readonly reads: number;
  readonly writes: number;
  /** Waits for the disk: transactions of SQLite, write operations of MongoDB. */
  readonly waits: number;
}

const repetitions = 40;

async function readCounters(target: Target): Promise<DatabaseWork> {
  const client = openHttpClient(target.port);
  const { status, body } = await client.send('/metrics', { authorization: `Bearer ${metricsToken}` });
  client.close();
  if (status !== 200) {
    throw new Error(`no metrics: ${status} ${body.slice(0, 200)}`);
  }
  const sum = (pattern: RegExp): number =>
    body
      .split('\n')
      .filter((line) => pattern.test(line))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  return {
    reads: sum(/^gatehouse_database_operations_total\{.*kind="read"/),
    writes: sum(/^gatehouse_database_operations_total\{.*kind="write"/),
    waits: sum(/^gatehouse_database_commits_total /),
  };
}

/**
 * Repeats a scenario one after the other, so that no two share a transaction. The work of an idle server (polling) in
 * the same time is subtracted.
 */
export async function countDatabaseWork(scenario: Scenario, target: Target): Promise<DatabaseWork> {
  const load = await scenario.prepare(target);
  await load.once();
  const before = await readCounters(target);
  const began = performance.now();
  for (let number = 0; number < repetitions; number += 1) {
    await load.once();
  }
  const after = await readCounters(target);
  const elapsed = performance.now() - began;
  await new Promise((resolve) => {
    setTimeout(resolve, elapsed);
  });
  const idle = await readCounters(target);
  load.close();
  const each = (key: keyof DatabaseWork): number =>
    Math.max(0, after[key] - before[key] - (idle[key] - after[key])) / repetitions;
  return { reads: each('reads'), writes: each('writes'), waits: each('waits') };
}

/** What one request asks of the database, from the server's own metrics. */
import { openHttpClient } from './http-client.ts';
import type { Scenario } from './scenarios.ts';
import { metricsToken, type Target } from './targets.ts';

export interface DatabaseWork {
  readonly reads: number;
  readonly writes: number;
  /** Writes that the disk was waited for: transactions of SQLite, write operations of MongoDB. */
  readonly waits: number;
}

const repetitions = 40;

async function counted(target: Target): Promise<DatabaseWork> {
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
 * One after the other, so that no two share a transaction. What else the server does meanwhile (polling) is taken off.
 */
export async function countDatabaseWork(scenario: Scenario, target: Target): Promise<DatabaseWork> {
  const load = await scenario.prepare(target);
  await load.once();
  const before = await counted(target);
  const began = performance.now();
  for (let number = 0; number < repetitions; number += 1) {
    await load.once();
  }
  const after = await counted(target);
  const took = performance.now() - began;
  await new Promise((resolve) => {
    setTimeout(resolve, took);
  });
  const idle = await counted(target);
  load.close();
  const each = (key: keyof DatabaseWork): number =>
    Math.max(0, after[key] - before[key] - (idle[key] - after[key])) / repetitions;
  return { reads: each('reads'), writes: each('writes'), waits: each('waits') };
}

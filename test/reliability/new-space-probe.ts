/** Loaded before the server. At SIGUSR2, prints the size of V8's new space when idle, and after objects were made. */
import { getHeapSpaceStatistics } from 'node:v8';

function newSpaceMiB(): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return (space?.space_size ?? Number.NaN) / 2 ** 20;
}

function use(): void {
  let living: object[] = [];
  for (let number = 0; number < 3_000_000; number += 1) {
    living.push({ number });
    if (living.length === 300_000) {
      living = [];
    }
  }
}

process.on('SIGUSR2', () => {
  const idle = newSpaceMiB();
  use();
  process.stdout.write(`${JSON.stringify({ idle, used: newSpaceMiB() })}\n`);
});

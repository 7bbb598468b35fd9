/** The thread that notices stalls of the machine, see machine-time.ts. */
import { workerData } from 'node:worker_threads';

const { memory, interval, tolerance } = workerData as {
  readonly memory: SharedArrayBuffer;
  readonly interval: bigint;
  readonly tolerance: bigint;
};
const watched = new BigInt64Array(memory);
Atomics.store(watched, 0, process.hrtime.bigint());
Atomics.notify(watched, 0);

setInterval(
  () => {
    const now = process.hrtime.bigint();
    const late = now - Atomics.load(watched, 0) - interval;
    if (late > tolerance) {
      Atomics.add(watched, 1, late);
    }
    Atomics.store(watched, 0, now);
  },
  Number(interval / 1_000_000n),
);

/**
 * Durations for upper bounds. A test that says "within a second" means the work of the server, and not a machine that
 * runs nothing for a while, as virtual machines do. A thread of its own notices that by looking at the time again and
 * again. It also runs while this process blocks its event loop, so such a block is no stall.
 */
import { Worker } from 'node:worker_threads';

const memory = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
/** The latest look and the sum of all stalls, in nanoseconds. Written by machine-time-watch.ts. */
const watched = new BigInt64Array(memory);
/** Nanoseconds between two looks. */
const interval = 10_000_000n;
/** A look that is later than this many nanoseconds shows a stall. */
const tolerance = 30_000_000n;

const watch = new Worker(new URL('machine-time-watch.ts', import.meta.url), {
  workerData: { memory, interval, tolerance },
});
await Atomics.waitAsync(watched, 0, 0n).value;
watch.unref();

/** Milliseconds on a clock that never jumps, and that stands still while the machine stalls. */
export function machineMilliseconds(): number {
  for (;;) {
    const look = Atomics.load(watched, 0);
    const stalls = Atomics.load(watched, 1);
    const now = process.hrtime.bigint();
    if (Atomics.load(watched, 0) === look) {
      const late = now - look - interval;
      // After a stall, this thread may run before the one that watches.
      return Number(now - stalls - (late > tolerance ? late : 0n)) / 1e6;
    }
  }
}

/**
 * Random bytes from the system's random source, drawn many at once: one draw costs as much as encrypting a document,
 * however few bytes it is for.
 */
import { randomFillSync } from 'node:crypto';

const store = Buffer.alloc(4096);
let used = store.length;

/** Bytes that nobody else gets. The store forgets them. @param count at most 4096 */
export function takeRandomBytes(count: number): Buffer {
  if (count > store.length) {
    throw new RangeError(`at most ${store.length} random bytes are taken at once`);
  }
  if (used + count > store.length) {
    randomFillSync(store);
    used = 0;
  }
  const taken = Buffer.from(store.subarray(used, used + count));
  store.fill(0, used, used + count);
  used += count;
  return taken;
}

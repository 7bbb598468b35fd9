/**
 * Random choices that a seed determines. Only the choices of the model are seeded: the servers make random values of
 * their own, and the order in which parallel requests arrive is that of the machine. So a seed repeats what was done,
 * and nearly always what happened; in a race, it may take several runs.
 */
export interface Random {
  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the list. @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T;
  /** One of the list, where one with the weight 2 is picked twice as often as one with the weight 1. */
  pickWeighted<T extends { readonly weight: number }>(list: readonly T[]): T;
  /** Up to `count` different ones of the list. */
  sample<T>(list: readonly T[], count: number): readonly T[];
}

/** The generator "mulberry32": 32 bits of state are enough for choices that nobody should guess or not guess. */
function createGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param seed an integer; the same one gives the same choices */
export function createRandom(seed: number): Random {
  const next = createGenerator(seed);
  const below = (limit: number): number => Math.floor(next() * limit);

  function pick<T>(list: readonly T[]): T {
    if (list.length === 0) {
      throw new RangeError('there is nothing to pick from');
    }
    return list[below(list.length)] as T;
  }

  return {
    below,
    chance: (probability) => next() < probability,
    pick,
    pickWeighted: (list) => {
      let rest = next() * list.reduce((sum, { weight }) => sum + weight, 0);
      return list.find(({ weight }) => (rest -= weight) < 0) ?? pick(list);
    },
    sample: (list, count) => {
      const left = [...list];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
    },
  };
}

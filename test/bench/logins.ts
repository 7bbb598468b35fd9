/** Sign-ins compared with the hash rate of the machine, and their effect on machine clients. */
import argon2 from 'argon2';
import { median, type RoundOptions } from './rounds.ts';
import { clientCredentialsJwt, hammer, login, type Done } from './scenarios.ts';
import { hashing, password } from './setup.ts';
import type { Target } from './targets.ts';

export interface LoginsMeasured {
  /** Hashes per second, with the concurrency of the servers, while nothing else runs. */
  readonly hashes: number;
  /** For each target, in their order. */
  readonly targets: readonly { readonly rate: number; readonly ratio: number }[];
}

export interface StormMeasured {
  /** Milliseconds. */
  readonly idleP99: number;
  readonly stormP99: number;
}

/** A low, constant load of machine clients that request a JWT. */
const lowLoad = { connections: 4, overallRate: 50 };

const options = {
  type: argon2.argon2id,
  memoryCost: hashing.memoryKib,
  timeCost: hashing.passes,
  parallelism: hashing.parallelism,
} as const;

/** Hashes per second, with as many at the same time as given. */
export async function hashRate(
  seconds: number,
  { hash, concurrency = hashing.concurrency }: { readonly hash?: string; readonly concurrency?: number } = {},
): Promise<number> {
  const known = hash ?? (await argon2.hash(password, options));
  const began = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() - began < seconds * 1000) {
        await argon2.verify(known, password);
        count += 1;
      }
    }),
  );
  return (count * 1000) / (performance.now() - began);
}

export async function measureLogins(
  targets: readonly Target[],
  { rounds, seconds, warmUpSeconds }: Required<RoundOptions>,
): Promise<LoginsMeasured> {
  const hash = await argon2.hash(password, options);
  const signIns = async (target: Target, duration: number): Promise<number> => {
    const load = await login.prepare(target);
    const { count, seconds: elapsed } = await load.run(duration);
    load.close();
    return count / elapsed;
  };
  for (const target of targets) {
    await signIns(target, warmUpSeconds);
  }
  const hashes: number[] = [];
  const rates: number[][] = targets.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    hashes.push(await hashRate(seconds, { hash }));
    for (const [index, target] of targets.entries()) {
      rates[index]?.push(await signIns(target, seconds));
    }
  }
  return {
    hashes: median(hashes),
    targets: rates.map((ofTarget) => ({
      rate: median(ofTarget),
      ratio: median(ofTarget.map((rate, round) => rate / (hashes[round] ?? Number.NaN))),
    })),
  };
}

/** The response time of JWT requests of machine clients, with and without users who sign in as fast as possible. */
export async function measureStorm(target: Target, { rounds, seconds }: RoundOptions): Promise<StormMeasured> {
  const jwt = (): Promise<Done> => hammer(target, clientCredentialsJwt(target), { ...lowLoad, duration: seconds });
  const idle: number[] = [];
  const storm: number[] = [];
  await jwt();
  for (let round = 0; round < rounds; round += 1) {
    idle.push((await jwt()).p99);
    const load = await login.prepare(target);
    const [{ p99 }] = await Promise.all([jwt(), load.run(seconds)]);
    load.close();
    storm.push(p99);
  }
  return { idleP99: median(idle), stormP99: median(storm) };
}

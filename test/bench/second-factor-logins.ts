/** Sign-ins with a password and a code of an authenticator app, compared with those with a password alone. */
import { signIn } from './flows.ts';
import { openHttpClient } from './http-client.ts';
import { median, type RoundOptions } from './rounds.ts';
import { login } from './scenarios.ts';
import type { Target } from './targets.ts';

export interface SecondFactorMeasured {
  /** Sign-ins with both factors per second. */
  readonly rate: number;
  /** The same with the password alone. */
  readonly passwordRate: number;
  readonly ratio: number;
}

/** As many users at the same time as in the scenario with the password alone. */
const workers = 8;

/** Each user signs in once: a code works once. */
async function run(target: Target, from: number, seconds: number): Promise<{ count: number; seconds: number }> {
  const users = target.clients.factorUsers ?? [];
  const began = performance.now();
  let next = from;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const client = openHttpClient(target.port);
      while (performance.now() - began < seconds * 1000) {
        const user = users[next];
        next += 1;
        if (user === undefined) {
          throw new Error('there are too few users with a second factor for this machine: see setup.ts');
        }
        await signIn(client, target, user.email, undefined, user.seed);
      }
      client.close();
    }),
  );
  return { count: next - from, seconds: (performance.now() - began) / 1000 };
}

export async function measureSecondFactor(
  target: Target,
  { rounds, seconds }: RoundOptions,
): Promise<SecondFactorMeasured> {
  const rates: number[] = [];
  const passwordRates: number[] = [];
  let from = 0;
  for (let round = 0; round < rounds; round += 1) {
    const load = await login.prepare(target);
    const alone = await load.run(seconds);
    load.close();
    passwordRates.push(alone.count / alone.seconds);
    const both = await run(target, from, seconds);
    from += both.count;
    rates.push(both.count / both.seconds);
  }
  return {
    rate: median(rates),
    passwordRate: median(passwordRates),
    ratio: median(rates.map((rate, round) => rate / (passwordRates[round] ?? Number.NaN))),
  };
}

/** One run of the model: random operations, and after each of them a check of the tokens. */
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { TestServer, TestServerOptions } from '../support/server.ts';
import { checkTokens } from './checks.ts';
import { openGuards } from './guards.ts';
import { administrationOperations } from './operations/administration.ts';
import { authorizationOperations } from './operations/authorization.ts';
import { clockOperations } from './operations/clock.ts';
import { codeOperations } from './operations/codes.ts';
import { exchangeOperations } from './operations/exchange.ts';
import { personalTokenOperations } from './operations/personal-tokens.ts';
import { refreshOperations } from './operations/refresh.ts';
import { revocationOperations } from './operations/revocation.ts';
import { signOutOperations } from './operations/sign-out.ts';
import { userOperations } from './operations/users.ts';
import { races } from './races.ts';
import { createRandom, type Random } from './random.ts';
import type { Simulation } from './operation.ts';
import { createState } from './state.ts';
import { openWorld, type DatabaseName } from './world.ts';

const operations = [
  ...authorizationOperations,
  ...codeOperations,
  ...refreshOperations,
  ...revocationOperations,
  ...exchangeOperations,
  ...personalTokenOperations,
  ...signOutOperations,
  ...userOperations,
  ...administrationOperations,
  ...clockOperations,
  ...races,
];

export interface Run {
  readonly seed: number;
  readonly database: DatabaseName;
  /** A line for each operation, the last one last. */
  readonly log: readonly string[];
  readonly tokens: number;
  /** Why the last operation, or the check after it, failed. */
  readonly failure?: Error;
}

export interface RunOptions {
  readonly seed: number;
  /** How many operations, unless one fails. */
  readonly operations: number;
  /** Starts one server; without `databaseUrl` on a new database. */
  readonly start: (options: TestServerOptions) => Promise<TestServer>;
}

/**
 * Each operation has choices of its own, so that after a race, which may have several outcomes, the next operations are
 * still nearly the same.
 */
function randomOf(seed: number, number: number): Random {
  return createRandom(Math.imul(seed, 1_000_003) + number);
}

/** Runs the model once, until something fails. @throws if the world cannot be started */
export async function simulate({ seed, operations: count, start }: RunOptions): Promise<Run> {
  const log: string[] = [];
  const world = await openWorld(start);
  const { database } = world;
  const state = await createState(world);
  const guards = await openGuards(world, state);

  async function operate(number: number): Promise<void> {
    const random = randomOf(seed, number);
    const simulation: Simulation = {
      world,
      state,
      random,
      pickInstance: () => {
        const instance = random.pick(world.instances);
        world.routeTo(instance);
        return instance;
      },
      log: (text) => log.push(`${log.pop() ?? ''} ${text};`),
      checkTokens: () => checkTokens({ world, state, guards, random }),
    };
    const operation = random.pickWeighted(operations.filter(({ possible }) => possible(simulation)));
    log.push(`${number}. ${operation.name}:`);
    await operation.run(simulation);
    await simulation.checkTokens();
    expect(world.takeErrors(), 'errors that the servers logged').to.deep.equal([]);
  }

  try {
    for (let number = 1; number <= count; number += 1) {
      await operate(number);
    }
    return { seed, database, log, tokens: state.tokens.length };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { seed, database, log, tokens: state.tokens.length, failure };
  } finally {
    guards.forEach((each) => each.close());
    await world.close();
  }
}

/** How many of the last operations a report shows. */
const shown = 25;

/** What a failed run says, and how to repeat it. */
export function reportFailure({ seed, database, log, failure }: Run): string {
  const command = `npm run test:model -- --seed ${seed} --runs 1 --operations ${log.length} --database ${database}`;
  return [
    `The model and the servers disagree with seed ${seed} after operation ${log.length}:`,
    inspect(failure),
    'The last operations:',
    ...log.slice(-shown),
    `Repeat it: ${command}`,
  ].join('\n');
}

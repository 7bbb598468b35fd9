/** What an operation is, and what it gets. */
import type { Random } from './random.ts';
import type { State } from './state.ts';
import type { Instance, World } from './world.ts';

export interface Simulation {
  readonly world: World;
  readonly state: State;
  readonly random: Random;
  /** One of the two. From now on, the load balancer sends requests there, too. */
  pickInstance(): Instance;
  /** Adds to the line about the current operation. */
  log(text: string): void;
  /** Asks everybody about the tokens, in the middle of an operation. @throws AssertionError */
  checkTokens(): Promise<void>;
}

/** Something that happens in the world. It changes the state as the world should change. */
export interface Operation {
  readonly name: string;
  /** How often it happens, relative to others. */
  readonly weight: number;
  /** Whether there is something to do it with. */
  possible(simulation: Simulation): boolean;
  /** @throws AssertionError when the world answers otherwise than expected */
  run(simulation: Simulation): Promise<void>;
}

/** How often a preferred subject is picked, if there is one. */
const preference = 0.8;

/**
 * An operation on one of several possible subjects.
 * @param parts.candidates the subjects; without any, it is not possible
 * @param parts.isPreferred the subjects with which more happens: they are picked in four of five cases
 */
export function operationOn<Subject>(parts: {
  readonly name: string;
  readonly weight: number;
  readonly candidates: (simulation: Simulation) => readonly Subject[];
  readonly isPreferred?: (simulation: Simulation, subject: Subject) => boolean;
  readonly run: (simulation: Simulation, subject: Subject) => Promise<void>;
}): Operation {
  const { name, weight, candidates, isPreferred = () => false, run } = parts;
  return {
    name,
    weight,
    possible: (simulation) => candidates(simulation).length > 0,
    run: (simulation) => {
      const { random } = simulation;
      const all = candidates(simulation);
      const preferred = all.filter((subject) => isPreferred(simulation, subject));
      return run(simulation, random.pick(preferred.length > 0 && random.chance(preference) ? preferred : all));
    },
  };
}

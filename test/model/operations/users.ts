/** Accounts: consents, passwords, disabling and deletion (decisions 16, 25). */
import { password as firstPassword } from '../../support/app.ts';
import { endEverythingOf, withdraw } from '../ends.ts';
import { operator } from '../registrations.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import { createModelUser, userApps, type User } from '../state.ts';

function enabled({ state }: Simulation): readonly User[] {
  return state.users.filter(({ isDisabled }) => !isDisabled);
}

/** Sets a new password, which ends what was got with the old one. */
export async function changePassword(simulation: Simulation, user: User): Promise<void> {
  const { services } = simulation.pickInstance();
  const changed = `${firstPassword} ${simulation.world.now()}`;
  await services.users.setPassword(user.id, changed, operator);
  user.password = changed;
  endEverythingOf(simulation.state, user, 'new password');
}

export async function disable(simulation: Simulation, user: User): Promise<void> {
  const { services } = simulation.pickInstance();
  await services.users.disable(user.id, operator);
  user.isDisabled = true;
  endEverythingOf(simulation.state, user, 'the user was disabled');
}

async function remove(simulation: Simulation, user: User): Promise<void> {
  const { state, world } = simulation;
  const { services } = simulation.pickInstance();
  await services.users.remove(user.id, operator);
  endEverythingOf(state, user, 'the user was deleted');
  await simulation.checkTokens();
  state.users.splice(state.users.indexOf(user), 1, await createModelUser(world, user.email));
}

export const userOperations: readonly Operation[] = [
  {
    name: 'withdraw a consent',
    weight: 3,
    possible: () => true,
    run: async (simulation) => {
      const { random, state, log } = simulation;
      const [user, app] = [random.pick(state.users), random.pick(userApps(state))];
      const { services } = simulation.pickInstance();
      log(`${user.email}, ${app.registration.id}`);
      await services.consents.withdraw(user.id, app.registration.id, operator);
      withdraw(state, user, app, 'the consent was withdrawn');
    },
  },
  operationOn({
    name: 'change a password',
    weight: 1,
    candidates: ({ state }) => state.users,
    run: async (simulation, user) => {
      simulation.log(user.email);
      await changePassword(simulation, user);
    },
  }),
  operationOn({
    name: 'disable a user',
    weight: 1,
    candidates: (simulation) => (enabled(simulation).length > 1 ? enabled(simulation) : []),
    run: async (simulation, user) => {
      simulation.log(user.email);
      await disable(simulation, user);
    },
  }),
  operationOn({
    name: 'enable a user',
    weight: 3,
    candidates: ({ state }) => state.users.filter(({ isDisabled }) => isDisabled),
    run: async (simulation, user) => {
      simulation.log(user.email);
      // It brings nothing back (decision 25).
      await simulation.pickInstance().services.users.enable(user.id, operator);
      user.isDisabled = false;
    },
  }),
  operationOn({
    name: 'delete a user',
    weight: 0.7,
    candidates: ({ state }) => state.users,
    run: async (simulation, user) => {
      simulation.log(user.email);
      await remove(simulation, user);
    },
  }),
];

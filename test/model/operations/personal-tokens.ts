/** Personal access tokens (decision 25). That they are reported is in revocation.ts. */
import { expectToken } from '../expectations.ts';
import { operator } from '../registrations.ts';
import { addPersonalToken } from '../responses.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import type { Token } from '../state.ts';

/** Seconds. */
const lifetimes = [60, 600, 24 * 3600];

function active({ state, world }: Simulation): readonly Token[] {
  const now = world.now();
  return state.tokens.filter((token) => token.kind === 'personal' && expectToken(token, now).is === 'active');
}

export const personalTokenOperations: readonly Operation[] = [
  operationOn({
    name: 'create a personal token',
    weight: 5,
    candidates: ({ state }) => state.users.filter(({ isDisabled }) => !isDisabled),
    run: async (simulation, user) => {
      const { random, state } = simulation;
      const { services } = simulation.pickInstance();
      const api = random.pick([...state.apis.values()]);
      const { identifier } = api.registration;
      const values = api.registration.scopes.map(({ value }) => value);
      const scopes = random.sample(values, 1 + random.below(values.length));
      const lifetime = random.pick(lifetimes);
      const { token, value } = await services.personalAccessTokens.create(
        user.id,
        { name: 'script', access: [{ api: identifier, scopes }], expiresIn: lifetime },
        operator,
      );
      simulation.log(`${user.email}, ${scopes.join(' ')}`);
      addPersonalToken(simulation, user, api, { value, id: token.id, scopes, lifetime });
    },
  }),
  operationOn({
    name: 'revoke a personal token',
    weight: 2,
    candidates: active,
    run: async (simulation, token) => {
      const { services, name } = simulation.pickInstance();
      simulation.log(`${token.name} at ${name}`);
      await services.personalAccessTokens.revoke(token.personalId ?? '', operator);
      token.endedBy ??= 'revoked';
    },
  }),
];

/**
 * Operators delete clients, APIs and scopes. Each of them is registered again a moment later, so that there is always
 * something to do, and because what had ended must not become valid then (decision 26).
 */
import { endGrantsFor, removeScopes } from '../ends.ts';
import { expectToken } from '../expectations.ts';
import { apiOfScope, giveBackApi, operator, registerClient } from '../registrations.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import { userApps, type Api, type App } from '../state.ts';

/**
 * Seconds after which a new JWT cannot be taken for one from before the deletion: their issue times are compared,
 * and the clocks of instances may differ by five (decision 26).
 */
const distance = 8;

const userAppsOf = ({ state }: Simulation): readonly App[] => userApps(state);
const apisOf = ({ state }: Simulation): readonly Api[] => [...state.apis.values()];
const scopesOf = ({ registration }: Api): string[] => registration.scopes.map(({ value }) => value);

/** Whether a token at another API was exchanged for one of this API, and nothing else ends it with this API. */
function endsExchanged({ state, world }: Simulation, api: Api): boolean {
  const now = world.now();
  const isFor = (scope: string): boolean => apiOfScope(scope) === api.registration.identifier;
  return state.tokens.some(
    (token) =>
      token.exchangedFrom?.api === api &&
      token.api !== api &&
      token.personalToken?.api !== api &&
      ![...(token.grant?.scopes ?? [])].some(isFor) &&
      expectToken(token, now).is === 'active',
  );
}

/** The end of the client's registration and of everything that was issued to it. */
export async function removeClient(simulation: Simulation, app: App): Promise<void> {
  const { id } = app.registration;
  await simulation.pickInstance().services.clients.remove(id, operator);
  app.endedBy = 'the client was deleted';
  simulation.state.users.forEach(({ consents }) => consents.delete(id));
}

export async function registerAgain({ state, world }: Simulation, { registration }: App): Promise<void> {
  const client = await registerClient(world.instances[0].services, registration);
  state.apps.set(registration.id, { registration, client });
  world.clock.advance(distance);
}

async function deleteClient(simulation: Simulation, app: App): Promise<void> {
  simulation.log(app.registration.id);
  await removeClient(simulation, app);
  await registerAgain(simulation, app);
}

/** The app keeps its refresh tokens, which do not give access to this API any more, also if it gets the API again. */
async function takeApiFromClient(simulation: Simulation, app: App): Promise<void> {
  const { random, state, world, log } = simulation;
  const { id, apis } = app.registration;
  const lost = random.pick(apis);
  log(`${lost} from ${id}`);
  await simulation.pickInstance().services.clients.update(id, { apis: apis.filter((api) => api !== lost) }, operator);
  const api = state.apis.get(lost);
  removeScopes(state, { app, scopes: api === undefined ? [] : scopesOf(api) }, 'the client lost the API');
  await simulation.checkTokens();
  await giveBackApi(world.instances[0].services, lost);
  world.clock.advance(distance);
}

async function removeScope(simulation: Simulation, { registration }: Api): Promise<void> {
  const { random, state, world, log } = simulation;
  const { identifier, scopes } = registration;
  const lost = random.pick(scopes);
  log(lost.value);
  const { services } = simulation.pickInstance();
  await services.apis.update(identifier, { scopes: scopes.filter((scope) => scope !== lost) }, operator);
  removeScopes(state, { scopes: [lost.value] }, 'the API lost the scope');
  await simulation.checkTokens();
  await services.apis.update(identifier, { scopes }, operator);
  await giveBackApi(world.instances[0].services, identifier);
  world.clock.advance(distance);
}

async function deleteApi(simulation: Simulation, api: Api): Promise<void> {
  const { state, world, log } = simulation;
  const { registration } = api;
  const { identifier } = registration;
  log(identifier);
  const { services } = simulation.pickInstance();
  await services.apis.remove(identifier, operator);
  endGrantsFor(state, identifier, 'the API was deleted');
  removeScopes(state, { scopes: scopesOf(api) }, 'the API was deleted');
  api.endedBy = 'the API was deleted';
  await simulation.checkTokens();
  await services.apis.create(registration, operator);
  state.apis.set(identifier, { registration });
  await giveBackApi(world.instances[0].services, identifier);
  world.clock.advance(distance);
}

export const administrationOperations: readonly Operation[] = [
  operationOn({ name: 'delete a client', weight: 1, candidates: userAppsOf, run: deleteClient }),
  operationOn({ name: 'take an API from a client', weight: 2, candidates: userAppsOf, run: takeApiFromClient }),
  operationOn({
    name: 'remove a scope',
    weight: 2,
    candidates: (simulation) => apisOf(simulation).filter(({ registration }) => registration.scopes.length > 1),
    run: removeScope,
  }),
  operationOn({
    name: 'delete an API',
    weight: 1.5,
    candidates: apisOf,
    isPreferred: endsExchanged,
    run: deleteApi,
  }),
];

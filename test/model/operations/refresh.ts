/** Refresh tokens rotate; a retry gets what it missed, and a theft ends the grant (decision 2). */
import { expect } from 'chai';
import { refresh } from '../../support/app.ts';
import { expectToken, isRetry, isSuperseded } from '../expectations.ts';
import { apiOfScope } from '../registrations.ts';
import { addRefreshed } from '../responses.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import { userApps, type Api, type ResponseBody, type Family, type RefreshParameters, type Token } from '../state.ts';

/** What an app may send: for one of its APIs, for userinfo, or for fewer scopes (decision 23). */
export function pickParameters({ random, world }: Simulation, { code }: Family): RefreshParameters {
  const { apis, scopes } = code;
  const ofApis = apis.map((resource) => ({ resource }));
  return random.pick<RefreshParameters>([
    ...(apis.length > 1 ? [] : [{}, {}, {}]),
    ...ofApis,
    { resource: world.issuer },
    ...(apis.length === 1 && scopes.includes('archive:write') ? [{ scope: 'archive:read' }] : []),
  ]);
}

/** The API of the access token that these parameters ask for; none for userinfo. */
export function targetOf(
  { state }: Simulation,
  { code }: Family,
  { resource, scope }: RefreshParameters,
): Api | undefined {
  const named = resource ?? (scope === undefined ? code.apis[0] : apiOfScope(scope));
  return state.apis.get(named ?? '');
}

export function currentToken({ tokens }: Family): Token {
  const current = tokens.at(-1);
  if (current === undefined) {
    throw new TypeError('a family has a token from its beginning');
  }
  return current;
}

function isActive({ world }: Simulation, family: Family): boolean {
  return expectToken(currentToken(family), world.now()).is === 'active';
}

/** Families of which the model knows whether they have ended, and what they give. */
export function decidedFamilies({ state, world }: Simulation): readonly Family[] {
  const now = world.now();
  return state.families
    .slice(-30)
    .filter((family) => family.isReduced !== true && expectToken(currentToken(family), now).is !== 'undecided');
}

/** Sends a refresh token of a family, with its app as it is registered now. */
export function sendRefresh(
  { state }: Simulation,
  { code }: Family,
  sent: { readonly token: Token; readonly parameters: RefreshParameters; readonly to: { readonly issuer: string } },
) {
  const app = state.apps.get(code.grant.app.registration.id) ?? code.grant.app;
  return refresh(sent.to, app.client, sent.token.value, sent.parameters);
}

function expectRefusal({ status, body }: { readonly status: number; readonly body: ResponseBody }): void {
  expect([status, body['error']], JSON.stringify(body)).to.deep.equal([400, 'invalid_grant']);
}

async function refreshCurrent(simulation: Simulation, family: Family): Promise<void> {
  const { world, log } = simulation;
  const to = simulation.pickInstance();
  const token = currentToken(family);
  const expected = expectToken(token, world.now());
  const parameters = pickParameters(simulation, family);
  log(`${family.name} with ${token.name} (${expected.is}) ${JSON.stringify(parameters)} at ${to.name}`);
  const answer = await sendRefresh(simulation, family, { token, parameters, to: to.address });
  if (expected.is === 'ended') {
    expectRefusal(answer);
    return;
  }
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  family.lastRefresh = { at: world.now(), parameters, body: answer.body };
  addRefreshed(simulation, family, answer.body, targetOf(simulation, family, parameters));
}

/** The former token again: the answer that was lost, or another one for another API. Later, it is a theft. */
async function repeatRefresh(simulation: Simulation, family: Family): Promise<void> {
  const { world, random, log } = simulation;
  const { lastRefresh, tokens, code } = family;
  const token = tokens.at(-2);
  if (token === undefined || lastRefresh === undefined) {
    return;
  }
  const to = simulation.pickInstance();
  const isSame = random.chance(0.6);
  const parameters = isSame ? lastRefresh.parameters : pickParameters(simulation, family);
  const expected = expectToken(currentToken(family), world.now());
  const mayRepeat = isRetry(lastRefresh.at, world.now()) === true;
  log(`${family.name} (${expected.is}) with ${token.name} again, ${mayRepeat ? 'in time' : 'late'}, at ${to.name}`);
  const answer = await sendRefresh(simulation, family, { token, parameters, to: to.address });
  if (expected.is === 'ended' || !mayRepeat) {
    expectRefusal(answer);
    if (expected.is === 'active') {
      code.grant.endedBy ??= `${token.name} was used again`;
    }
    return;
  }
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  expect(answer.body['refresh_token'], 'the same successor').to.equal(currentToken(family).value);
  if (isSame) {
    expect(answer.body, 'the same response').to.deep.equal(lastRefresh.body);
  }
  addRefreshed(simulation, family, answer.body, targetOf(simulation, family, parameters));
}

/**
 * Those of which the model knows what a theft ends. Where only the session is over, the family may still be stored, and
 * a theft ends what the grant has with offline access.
 */
function stealableFamilies(simulation: Simulation): readonly Family[] {
  return decidedFamilies(simulation).filter(
    (family) => family.code.grant.endedBy !== undefined || isActive(simulation, family),
  );
}

function repeatable(simulation: Simulation): readonly Family[] {
  const now = simulation.world.now();
  return stealableFamilies(simulation).filter(
    ({ lastRefresh }) => lastRefresh !== undefined && isRetry(lastRefresh.at, now) !== undefined,
  );
}

/** A token whose successor was used, too: somebody has a copy. */
async function useOldToken(simulation: Simulation, family: Family): Promise<void> {
  const { world, random, log } = simulation;
  const token = random.pick(family.tokens.slice(0, -2));
  const to = simulation.pickInstance();
  const expected = expectToken(currentToken(family), world.now());
  log(`${family.name} (${expected.is}) with ${token.name} at ${to.name}`);
  expectRefusal(await sendRefresh(simulation, family, { token, parameters: {}, to: to.address }));
  if (expected.is === 'active') {
    family.code.grant.endedBy ??= `${token.name} was used again`;
  }
}

/** With a token that was not used, another client ends nothing; with one that was used, it ends the grant. */
async function refreshByAnother(simulation: Simulation, family: Family): Promise<void> {
  const { world, random, state, log } = simulation;
  const { grant } = family.code;
  const others = userApps(state).filter(({ registration }) => registration.id !== grant.app.registration.id);
  const other = random.pick(others);
  const token = random.pick(family.tokens.slice(-2));
  const to = simulation.pickInstance();
  const expected = expectToken(currentToken(family), world.now());
  log(`${family.name} (${expected.is}) with ${token.name} by ${other.registration.id} at ${to.name}`);
  expectRefusal(await refresh(to.address, other.client, token.value));
  if (isSuperseded(token) && expected.is === 'active') {
    grant.endedBy ??= `${token.name} was used by another client`;
  }
}

/** Several tabs refresh at once, at both instances: all get the same successor. */
async function refreshAtOnce(simulation: Simulation, family: Family): Promise<void> {
  const { world, log } = simulation;
  const token = currentToken(family);
  const requests = [0, 1, 2, 3].map((number) => ({
    parameters: pickParameters(simulation, family),
    to: world.instances[number % 2 === 0 ? 0 : 1].address,
  }));
  log(`${family.name} with ${token.name}: ${requests.map(({ parameters }) => JSON.stringify(parameters)).join(', ')}`);
  const answers = await Promise.all(requests.map((request) => sendRefresh(simulation, family, { token, ...request })));
  expect(
    answers.map(({ status }) => status),
    JSON.stringify(answers),
  ).to.deep.equal([200, 200, 200, 200]);
  expect(new Set(answers.map(({ body }) => body['refresh_token'])).size, 'successors').to.equal(1);
  answers.forEach(({ body }, number) => {
    addRefreshed(simulation, family, body, targetOf(simulation, family, requests[number]?.parameters ?? {}));
  });
  // Which of them was the first one is not known.
  delete family.lastRefresh;
}

/** Families whose current token is valid. */
export function activeFamilies(simulation: Simulation): readonly Family[] {
  return decidedFamilies(simulation).filter((family) => isActive(simulation, family));
}

export const refreshOperations: readonly Operation[] = [
  operationOn({
    name: 'refresh',
    weight: 16,
    candidates: decidedFamilies,
    isPreferred: isActive,
    run: refreshCurrent,
  }),
  operationOn({
    name: 'repeat a refresh',
    weight: 5,
    candidates: repeatable,
    isPreferred: isActive,
    run: repeatRefresh,
  }),
  operationOn({
    name: 'use an old refresh token',
    weight: 1,
    candidates: (simulation) => stealableFamilies(simulation).filter(({ tokens }) => tokens.length > 2),
    run: useOldToken,
  }),
  operationOn({ name: 'refresh by another client', weight: 1, candidates: stealableFamilies, run: refreshByAnother }),
  operationOn({ name: 'refresh at once', weight: 4, candidates: activeFamilies, run: refreshAtOnce }),
];

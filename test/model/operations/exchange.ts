/** Machines get tokens of their own, and clients exchange those of users, also in chains (decision 27). */
import { expect } from 'chai';
import { callAs, type Answer } from '../../support/app.ts';
import { expectToken } from '../expectations.ts';
import { apiOfScope, type Exchange } from '../registrations.ts';
import { addAccessToken } from '../responses.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import type { App, Origin, State, Token } from '../state.ts';
import type { Instance } from '../world.ts';

const maxActors = 4;

/** A token, and a client with a rule by which it may exchange it. */
export interface PossibleExchange {
  readonly token: Token;
  readonly by: App;
  readonly rule: Exchange;
}

/** A machine exchanges what its API was called with, an app what it has itself. */
function mayPresent(app: App, token: Token): boolean {
  return app.registration.type === 'machine' ? token.app !== app : token.app === app;
}

export function possibleExchanges({ state, world }: Simulation): readonly PossibleExchange[] {
  const now = world.now();
  return state.tokens.slice(-50).flatMap((token) => {
    const from = token.api?.registration.identifier;
    if (token.user === undefined || token.kind === 'refresh' || expectToken(token, now).is === 'undecided') {
      return [];
    }
    return [...state.apps.values()].flatMap((by) =>
      (by.registration.mayExchange ?? []).flatMap((rule) =>
        rule.from === from && mayPresent(by, token) ? [{ token, by, rule }] : [],
      ),
    );
  });
}

export function sendExchange({ token, by, rule }: PossibleExchange, to: Instance): Promise<Answer> {
  return callAs(to.address, by.client, '/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token.value,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: rule.to,
  });
}

function personalTokenOf(token: Token): Token | undefined {
  return token.kind === 'personal' ? token : token.personalToken;
}

/** The error with which the exchange is refused; undefined if it succeeds. */
function expectedError({ apis }: State, { token, by, rule }: PossibleExchange, now: number): string | undefined {
  const actors = token.actors ?? [];
  const isPersonal = personalTokenOf(token) !== undefined;
  if (expectToken(token, now).is === 'ended') {
    return 'invalid_request';
  }
  if (isPersonal && apis.get(rule.to)?.registration.tokenFormat !== 'jwt') {
    return 'invalid_target';
  }
  if (by !== token.app && actors.length >= maxActors) {
    return 'invalid_request';
  }
  // An app gets no more than its user has allowed it; an API what its rule says.
  const isAllowed = by !== token.app || rule.scopes.some((scope) => token.grant?.scopes.has(scope));
  return isAllowed ? undefined : 'invalid_scope';
}

/** Where the new token comes from: it hangs on the grant, session and code of the presented one. */
function originOf({ token, by }: PossibleExchange): Origin {
  const { user, grant, isOffline, code, actors = [] } = token;
  const personalToken = personalTokenOf(token);
  return {
    app: by,
    exchangedFrom: token,
    actors: by === token.app ? actors : [...actors, by.registration.id],
    ...(user && { user }),
    ...(grant && { grant }),
    ...(isOffline === undefined ? {} : { isOffline }),
    ...(code && { code }),
    ...(personalToken && { personalToken }),
  };
}

/** Adds the token of a successful answer. */
export function addExchanged(
  simulation: Simulation,
  sent: PossibleExchange,
  body: Answer['body'],
  isFromRace = false,
): Token {
  const target = simulation.state.apis.get(sent.rule.to);
  const added = addAccessToken(simulation, body, originOf(sent), target, isFromRace);
  expect(added.expiresAt, 'expiry, compared with that of the presented token').to.be.at.most(sent.token.expiresAt + 2);
  expect(sent.rule.scopes, 'scopes of the rule').to.include.members([...added.scopes]);
  return added;
}

async function exchange(simulation: Simulation, possible: PossibleExchange): Promise<void> {
  const { world, state, log } = simulation;
  const { token, by, rule } = possible;
  const to = simulation.pickInstance();
  const error = expectedError(state, possible, world.now());
  log(`${token.name} by ${by.registration.id} to ${rule.to} at ${to.name} (${error ?? 'possible'})`);
  const { status, body } = await sendExchange(possible, to);
  expect([status, body['error']], JSON.stringify(body)).to.deep.equal(
    error === undefined ? [200, undefined] : [400, error],
  );
  if (error === undefined) {
    addExchanged(simulation, possible, body);
  }
}

/** A machine's own token belongs to no user and no grant. */
async function requestOwnToken(simulation: Simulation, app: App): Promise<void> {
  const { state, log } = simulation;
  const [identifier = ''] = app.registration.apis;
  const api = state.apis.get(identifier);
  const scope = api?.registration.scopes.find(({ value }) => apiOfScope(value) === identifier)?.value ?? '';
  const to = simulation.pickInstance();
  log(`${app.registration.id} at ${to.name}`);
  const { status, body } = await callAs(to.address, app.client, '/token', { grant_type: 'client_credentials', scope });
  expect(status, JSON.stringify(body)).to.equal(200);
  addAccessToken(simulation, body, { app }, api);
}

export const exchangeOperations: readonly Operation[] = [
  operationOn({
    name: 'exchange',
    weight: 12,
    candidates: possibleExchanges,
    isPreferred: ({ world }, { token }) => expectToken(token, world.now()).is === 'active',
    run: exchange,
  }),
  operationOn({
    name: "request a machine's own token",
    weight: 3,
    candidates: ({ state }) => [...state.apps.values()].filter(({ registration }) => registration.type === 'machine'),
    run: requestOwnToken,
  }),
];

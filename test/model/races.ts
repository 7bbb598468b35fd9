/**
 * Races: an app refreshes, redeems a code and exchanges a token while somebody ends what these depend on. Each request
 * may win or lose. But when all are answered, what they gave is valid only if the end does not concern it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { callAs, type Answer } from '../support/app.ts';
import { endSession, leaveSession, withdraw } from './ends.ts';
import { expectCode, expectToken } from './expectations.ts';
import { registerAgain, removeClient } from './operations/administration.ts';
import { authorizeAgain } from './operations/authorization.ts';
import { sendCode } from './operations/codes.ts';
import { addExchanged, possibleExchanges, sendExchange, type PossibleExchange } from './operations/exchange.ts';
import { activeFamilies, currentToken, pickParameters, sendRefresh, targetOf } from './operations/refresh.ts';
import { endRevoked } from './operations/revocation.ts';
import { openLogout, signedIn } from './operations/sign-out.ts';
import { changePassword, disable } from './operations/users.ts';
import { operator } from './registrations.ts';
import { addRedeemed, addRefreshed } from './responses.ts';
import { operationOn, type Operation, type Simulation } from './operation.ts';
import type { Code, Family } from './state.ts';

/** The longest delay of a request, in milliseconds: so that sometimes one is first and sometimes another. */
const maxDelayMs = 9;

/** One way in which something ends. */
interface RacedEnd {
  readonly name: string;
  /** @returns what is done in the race; undefined if it is not possible now */
  prepare(simulation: Simulation, family: Family): Promise<(() => Promise<void>) | undefined>;
  /** What is done after it. */
  readonly restore?: (simulation: Simulation, family: Family) => Promise<void>;
}

const racedEnds: readonly RacedEnd[] = [
  {
    name: 'a revocation',
    prepare: async (simulation, family) => {
      const token = currentToken(family);
      const { address } = simulation.pickInstance();
      return async () => {
        await callAs(address, family.code.grant.app.client, '/revoke', { token: token.value });
        endRevoked(token);
      };
    },
  },
  {
    name: 'the withdrawal of the consent',
    prepare: async (simulation, { code: { grant } }) => {
      const { services } = simulation.pickInstance();
      return async () => {
        await services.consents.withdraw(grant.user.id, grant.app.registration.id, operator);
        withdraw(simulation.state, grant.user, grant.app, 'the consent was withdrawn in a race');
      };
    },
  },
  {
    name: 'a new password',
    prepare:
      async (simulation, { code }) =>
      () =>
        changePassword(simulation, code.grant.user),
  },
  {
    name: 'disabling the user',
    prepare:
      async (simulation, { code }) =>
      () =>
        disable(simulation, code.grant.user),
  },
  {
    name: 'the end of the session',
    prepare: async (simulation, { code: { grant } }) => {
      const { services } = simulation.pickInstance();
      return async () => {
        await services.sessions.end(grant.user.id, grant.session.uid, operator);
        endSession(grant.session, 'the session was ended in a race');
      };
    },
  },
  {
    name: 'a logout of the app',
    prepare: async (simulation, { code: { grant } }) => {
      const profile = signedIn(simulation).find(({ session }) => session === grant.session);
      if (profile === undefined || grant.idToken === undefined || grant.leftBy !== undefined) {
        return undefined;
      }
      const decide = await openLogout(simulation, profile, grant);
      return async () => {
        await decide('this app');
        leaveSession(grant, 'signed out of the app in a race');
      };
    },
  },
  {
    name: 'the deletion of the client',
    prepare:
      async (simulation, { code }) =>
      () =>
        removeClient(simulation, code.grant.app),
    restore: (simulation, { code }) => registerAgain(simulation, code.grant.app),
  },
];

/** A request that may win or lose against the end. */
interface Contender {
  readonly name: string;
  send(): Promise<Answer>;
  /** Whether the end does not concern it, so that it must succeed. */
  mustSucceed(): boolean;
  /** Takes over what it got. */
  receive(answer: Answer): void;
}

function refreshing(simulation: Simulation, family: Family, instance: 0 | 1): Contender {
  const parameters = pickParameters(simulation, family);
  const token = currentToken(family);
  const { world } = simulation;
  return {
    name: 'refresh',
    send: () => sendRefresh(simulation, family, { token, parameters, to: world.instances[instance].address }),
    mustSucceed: () => expectToken(currentToken(family), world.now()).is === 'active',
    receive: ({ body }) => addRefreshed(simulation, family, body, targetOf(simulation, family, parameters), true),
  };
}

function redeeming(simulation: Simulation, code: Code): Contender {
  const { state, world, random } = simulation;
  const resource = code.apis.length > 1 ? random.pick(code.apis) : undefined;
  const to = random.pick(world.instances);
  return {
    name: 'redeem',
    send: () => sendCode(simulation, code, to, resource === undefined ? {} : { resource }),
    mustSucceed: () => expectCode(code, world.now()).is === 'active',
    receive: ({ body }) => addRedeemed(simulation, code, body, state.apis.get(resource ?? code.apis[0] ?? ''), true),
  };
}

function exchanging(simulation: Simulation, exchange: PossibleExchange): Contender {
  const to = simulation.random.pick(simulation.world.instances);
  return {
    name: 'exchange',
    send: () => sendExchange(exchange, to),
    mustSucceed: () => expectToken(exchange.token, simulation.world.now()).is === 'active',
    receive: ({ body }) => void addExchanged(simulation, exchange, body, true),
  };
}

/** A machine may exchange a token of this grant. */
function exchangeFor(simulation: Simulation, family: Family): PossibleExchange | undefined {
  const now = simulation.world.now();
  return possibleExchanges(simulation).find(
    ({ token, by }) =>
      token.grant === family.code.grant &&
      by !== token.app &&
      (token.actors ?? []).length === 0 &&
      expectToken(token, now).is === 'active',
  );
}

async function race(simulation: Simulation, family: Family): Promise<void> {
  const { random, log } = simulation;
  const { grant } = family.code;
  const code = random.chance(0.6) ? await authorizeAgain(simulation, grant) : undefined;
  const exchange = exchangeFor(simulation, family);
  const raced = random.pick(racedEnds);
  const end = await raced.prepare(simulation, family);
  if (end === undefined || !activeFamilies(simulation).includes(family)) {
    return;
  }
  const contenders = [
    refreshing(simulation, family, 0),
    refreshing(simulation, family, 1),
    ...(code === undefined ? [] : [redeeming(simulation, code)]),
    ...(exchange === undefined ? [] : [exchanging(simulation, exchange)]),
  ];
  log(`${raced.name} against ${family.name} (${grant.app.registration.id}, ${grant.user.email})`);
  const afterDelay = async <T>(work: () => Promise<T>): Promise<T> => {
    await sleep(random.below(maxDelayMs));
    return work();
  };
  const requests = Promise.all(contenders.map(({ send }) => afterDelay(send)));
  const [answers] = await Promise.all([requests, afterDelay(end)]);
  // Which of the two refreshes was the first one is not known.
  delete family.lastRefresh;
  const results = contenders.map((contender, number) => ({ contender, answer: answers[number] }));
  for (const { contender, answer } of results) {
    const { name, mustSucceed } = contender;
    const { status = 0, body = {} } = answer ?? {};
    log(`${name} ${status}`);
    const allowed = mustSucceed() ? [200] : raced.restore === undefined ? [200, 400] : [200, 400, 401];
    expect(status, `${name}: ${JSON.stringify(body)}`).to.be.oneOf(allowed);
  }
  const successors = answers.flatMap(({ body }, number) => (number < 2 ? (body['refresh_token'] ?? []) : []));
  expect(new Set(successors).size, 'different successors of a refresh token').to.be.at.most(1);
  for (const { contender, answer } of results) {
    if (answer?.status === 200) {
      contender.receive(answer);
    }
  }
  await raced.restore?.(simulation, family);
}

export const races: readonly Operation[] = [
  operationOn({ name: 'race', weight: 6, candidates: activeFamilies, run: race }),
];

/** Apps give tokens up (RFC 7009), and strangers report those that they have found (decision 25). */
import { expect } from 'chai';
import { callAs } from '../../support/app.ts';
import { expectToken, isSuperseded } from '../expectations.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import type { Token } from '../state.ts';
import { currentToken } from './refresh.ts';

/** The tokens of clients that are valid, and refresh tokens that have a valid successor. */
function revocable({ state, world }: Simulation): readonly Token[] {
  const now = world.now();
  return state.tokens
    .slice(-60)
    .filter(
      (token) =>
        token.app !== undefined &&
        expectToken(token.family === undefined ? token : currentToken(token.family), now).is === 'active',
    );
}

/** A token of an app ends its grant; what a client got by exchange, and a machine's own token, ends alone. */
export function endRevoked(token: Token): void {
  const { grant, app, name } = token;
  const ending = grant !== undefined && grant.app === app ? grant : token;
  ending.endedBy ??= `${name} was revoked`;
}

/** The answer is the same for every client, but only that of the token ends it (RFC 7009 §2.1). */
async function revoke(simulation: Simulation, token: Token): Promise<void> {
  const { random, state, log } = simulation;
  const to = simulation.pickInstance();
  const isOwner = random.chance(0.75);
  const app = isOwner ? token.app : random.pick([...state.apps.values()].filter((other) => other !== token.app));
  if (app === undefined) {
    return;
  }
  log(`${token.name} (${token.kind} of ${token.app?.registration.id ?? ''}) by ${app.registration.id} at ${to.name}`);
  expect((await callAs(to.address, app.client, '/revoke', { token: token.value })).status).to.equal(200);
  if (isOwner) {
    endRevoked(token);
  }
}

/** Valid, and no refresh token that was used: whether that is noticed is not modelled. */
function reportable({ state, world }: Simulation): readonly Token[] {
  const now = world.now();
  return state.tokens.slice(-60).filter((token) => !isSuperseded(token) && expectToken(token, now).is === 'active');
}

/** An access token ends alone, a refresh token with its grant (decision 25). */
async function report(simulation: Simulation, token: Token): Promise<void> {
  const { address, name } = simulation.pickInstance();
  simulation.log(`${token.name} (${token.kind}) at ${name}`);
  const { status } = await fetch(`${address.issuer}/leaked-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ token: token.value }]),
  });
  expect(status).to.equal(200);
  const ending = token.kind === 'refresh' ? (token.grant ?? token) : token;
  ending.endedBy ??= `${token.name} was reported`;
}

export const revocationOperations: readonly Operation[] = [
  operationOn({ name: 'revoke', weight: 4, candidates: revocable, run: revoke }),
  operationOn({ name: 'report a leaked token', weight: 2, candidates: reportable, run: report }),
];

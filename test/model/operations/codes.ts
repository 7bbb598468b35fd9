/** Authorization codes: used once, by their app, with their verifier (RFC 6749 §4.1.2, RFC 7636, decision 11). */
import { expect } from 'chai';
import { redeem, type Answer } from '../../support/app.ts';
import { expectCode } from '../expectations.ts';
import { addRedeemed } from '../responses.ts';
import { operationOn, type Operation, type Simulation } from '../operation.ts';
import { userApps, type App, type Code } from '../state.ts';
import type { Instance } from '../world.ts';

/** Sends the code with an app of this id as it is registered now. @param resource the API of the access token */
export function sendCode(
  { state }: Simulation,
  code: Code,
  to: Instance,
  more: { readonly resource?: string; readonly verifier?: string; readonly app?: App } = {},
): Promise<Answer> {
  const { grant, value, verifier } = code;
  const registered = state.apps.get(grant.app.registration.id) ?? grant.app;
  const sender = { ...(more.app ?? registered).client, redirectUri: registered.client.redirectUri };
  const sent = { code: value, verifier: more.verifier ?? verifier };
  return redeem(to.address, sender, sent, more.resource === undefined ? {} : { resource: more.resource });
}

/** The API for which the first token is; the issuer for a token for userinfo (decision 23). */
export function pickResource({ random, world }: Simulation, { apis }: Code): string | undefined {
  if (apis.length > 1) {
    return random.pick(apis);
  }
  return random.chance(0.1) ? world.issuer : undefined;
}

/** Redeems a code, valid or not, and expects what follows from that. */
export async function redeemCode(simulation: Simulation, code: Code): Promise<void> {
  const { state, world, log } = simulation;
  const instance = simulation.pickInstance();
  const expected = expectCode(code, world.now());
  const resource = pickResource(simulation, code);
  log(`redeem ${code.name} (${expected.is}) for ${resource ?? 'its API'} at ${instance.name}`);
  const { status, body } = await sendCode(simulation, code, instance, resource === undefined ? {} : { resource });
  if (expected.is === 'active') {
    expect(status, JSON.stringify(body)).to.equal(200);
    addRedeemed(simulation, code, body, state.apis.get(resource ?? code.apis[0] ?? ''));
  } else {
    expect([status, body['error']], JSON.stringify(body)).to.deep.equal([400, 'invalid_grant']);
  }
}

const isUsable = (code: Code): boolean => !code.isUsed && code.isReduced !== true;

function unused({ state, world }: Simulation): readonly Code[] {
  const now = world.now();
  return state.codes.filter((code) => isUsable(code) && expectCode(code, now).is !== 'undecided').slice(-10);
}

/** Used once, and still within the lifetime of a code. */
function usedLately({ state, world }: Simulation): readonly Code[] {
  return state.codes.filter(
    (code) =>
      code.isUsed &&
      code.isReduced !== true &&
      code.reusedBy === undefined &&
      code.grant.app.endedBy === undefined &&
      expectCode({ ...code, isUsed: false }, world.now()).is === 'active',
  );
}

export const codeOperations: readonly Operation[] = [
  operationOn({ name: 'redeem', weight: 4, candidates: unused, run: redeemCode }),
  operationOn({
    name: 'redeem by another app',
    weight: 1,
    candidates: unused,
    run: async (simulation, code) => {
      const { random, state, log } = simulation;
      const app = random.pick(
        userApps(state).filter(({ registration }) => registration.id !== code.grant.app.registration.id),
      );
      log(`${code.name} by ${app.registration.id}`);
      const { status, body } = await sendCode(simulation, code, simulation.pickInstance(), { app });
      expect([status, body['error']], JSON.stringify(body)).to.deep.equal([400, 'invalid_grant']);
    },
  }),
  operationOn({
    name: 'redeem with a wrong verifier',
    weight: 1,
    candidates: unused,
    run: async (simulation, code) => {
      simulation.log(code.name);
      const { status, body } = await sendCode(simulation, code, simulation.pickInstance(), {
        verifier: 'a'.repeat(43),
      });
      expect([status, body['error']], JSON.stringify(body)).to.deep.equal([400, 'invalid_grant']);
    },
  }),
  operationOn({
    name: 'redeem again',
    weight: 3,
    candidates: usedLately,
    run: async (simulation, code) => {
      const instance = simulation.pickInstance();
      simulation.log(`${code.name} at ${instance.name}`);
      const { status, body } = await sendCode(simulation, code, instance);
      expect([status, body['error']], JSON.stringify(body)).to.deep.equal([400, 'invalid_grant']);
      code.reusedBy = 'the code was used twice';
    },
  }),
];

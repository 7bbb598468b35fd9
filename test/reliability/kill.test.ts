/**
 * The server is killed under load and started again, many times. Everything that it acknowledged is still there, and
 * what was revoked stays revoked. A request in progress had its whole effect or none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  archive,
  authorize,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { onEachDeployment, type Deployment, type Instance } from '../support/process.ts';

/** Milliseconds within which a server is ready again after it was killed. */
const maxStartMs = 5000;
const request = { scope: 'openid offline_access archive:read', resource: archive } as const;

interface Chain {
  /** The newest refresh token that was acknowledged. */
  token: unknown;
  /** Whether its use had no answer yet when the server was killed. */
  inFlight: boolean;
}

onEachDeployment('kill -9 under load', function declare(open, kind) {
  const cycles = kind === 'SQLite' ? 15 : 5;
  let deployment: Deployment;
  let app: AppClient;
  let machine: AppClient;
  const chains: Chain[] = [];
  const ledger = {
    users: [] as string[],
    clients: [] as string[],
    disabled: [] as string[],
    consents: [] as string[],
    revoked: [] as unknown[],
    unused: [] as unknown[],
    refreshes: 0,
    lostAnswers: 0,
  };

  before(async function start() {
    this.timeout(30_000);
    deployment = await open({ environment: { THROTTLE_ADDRESS_FREE: '100000', LOG_LEVEL: 'error' } });
    await seedApis(deployment);
    await createUser(deployment);
    app = await registerApp(deployment);
    machine = await registerApp(deployment, { type: 'machine', name: 'Nightly' });
  });

  /** Repeats an action until the server is killed. */
  async function untilKilled(server: { readonly killed: boolean }, act: () => Promise<void>): Promise<void> {
    while (!server.killed) {
      try {
        await act();
      } catch (error) {
        if (!server.killed) {
          throw error;
        }
      }
    }
  }

  async function follow(chain: Chain): Promise<void> {
    if (chain.token === undefined) {
      chain.token = (await obtain(deployment, app, request))['refresh_token'];
      return;
    }
    const interrupted = chain.inFlight;
    chain.inFlight = true;
    const { status, body } = await refresh(deployment, app, chain.token);
    chain.inFlight = false;
    if (status === 200) {
      chain.token = body['refresh_token'];
      ledger.refreshes += 1;
    } else {
      // Only if its use was stored and the answer was lost with the process, a token is refused: with a protocol error.
      expect({ status, error: body['error'], interrupted }).to.deep.equal({
        status: 400,
        error: 'invalid_grant',
        interrupted: true,
      });
      ledger.lostAnswers += 1;
      chain.token = undefined;
    }
    await sleep(Math.random() * 20);
  }

  async function consent(browser: Browser): Promise<void> {
    const fresh = await registerApp(deployment);
    await authorize(deployment, fresh, { scope: 'openid email' }, browser);
    ledger.consents.push(fresh.clientId);
  }

  async function revoke(): Promise<void> {
    const { body } = await callAs(deployment, machine, '/token', {
      grant_type: 'client_credentials',
      scope: 'archive:read',
      resource: archive,
    });
    const { status } = await callAs(deployment, machine, '/revoke', { token: String(body['access_token']) });
    expect(status).to.equal(200);
    ledger.revoked.push(body['access_token']);
  }

  /** Resolves when this instance has acknowledged each kind of change. */
  async function eachAcknowledged({ lines }: Instance): Promise<void> {
    const {
      consents: { length: consents },
      revoked: { length: revoked },
      refreshes,
    } = ledger;
    const acknowledged = (what: string): boolean => lines.some((line) => line.includes(`"${what}"`));
    while (
      ledger.consents.length === consents ||
      ledger.revoked.length === revoked ||
      ledger.refreshes === refreshes ||
      !['user', 'client', 'disabled'].every(acknowledged)
    ) {
      await sleep(10);
    }
  }

  function note({ lines }: Instance): void {
    for (const line of lines) {
      const { user, client, disabled } = JSON.parse(line) as Readonly<Record<string, string | undefined>>;
      if (user !== undefined) {
        ledger.users.push(user);
      }
      if (client !== undefined) {
        ledger.clients.push(client);
      }
      if (disabled !== undefined) {
        ledger.disabled.push(disabled);
      }
    }
  }

  it(`finds every acknowledged write after ${cycles} kills, and is ready within ${maxStartMs / 1000} s each time`, async function run() {
    this.timeout(120_000);
    const browser = openBrowser();
    const script = join(import.meta.dirname, 'ledger-server.ts');
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const began = machineMilliseconds();
      const instance = await deployment.start({ script });
      expect(machineMilliseconds() - began, 'milliseconds until ready').to.be.lessThan(maxStartMs);
      while (chains.length < 4) {
        chains.push({ token: undefined, inFlight: false });
      }
      ledger.unused.push((await obtain(deployment, app, request))['refresh_token']);
      const server = { killed: false };
      const load = Promise.all([
        ...chains.map((chain) => untilKilled(server, () => follow(chain))),
        untilKilled(server, () => consent(browser)),
        untilKilled(server, revoke),
      ]);
      // The kill comes at a random moment after each kind of change was acknowledged. A failure before that fails the
      // test.
      await Promise.race([load, eachAcknowledged(instance).then(() => sleep(Math.random() * 350))]);
      server.killed = true;
      instance.child.kill('SIGKILL');
      const { signal } = await instance.exited;
      expect(signal).to.equal('SIGKILL');
      await load;
      note(instance);
    }

    await deployment.start();
    const { services } = deployment;
    const missing: string[] = [];
    const check = (what: string, isThere: boolean): void => {
      if (!isThere) {
        missing.push(what);
      }
    };
    for (const id of ledger.users) {
      check(`user ${id}`, (await services.users.find(id)) !== null);
    }
    for (const id of ledger.disabled) {
      check(`disabled ${id}`, (await services.users.find(id))?.disabled === true);
    }
    for (const id of ledger.clients) {
      check(`client ${id}`, (await services.clients.find(id)) !== null);
    }
    const ada = await services.users.findByEmail('ada@example.com');
    const consents = new Set((await services.consents.listByUser(ada?._id ?? '')).map(({ clientId }) => clientId));
    for (const id of ledger.consents) {
      check(`consent ${id}`, consents.has(id));
    }
    for (const token of ledger.revoked) {
      check('revocation', (await introspect(deployment, machine, token)).body['active'] === false);
    }
    for (const token of ledger.unused) {
      const { status, body } = await refresh(deployment, app, token);
      check(
        `unused refresh token: ${JSON.stringify(body)}`,
        status === 200 && (await isActive(deployment, app, body['access_token'])),
      );
    }
    for (const chain of chains) {
      if (chain.token !== undefined && !chain.inFlight) {
        check('newest refresh token', (await refresh(deployment, app, chain.token)).status === 200);
      }
    }
    expect(missing).to.deep.equal([]);
    // The server was under load, and acknowledged each kind of change. An answer is not lost in each cycle.
    for (const [what, count] of Object.entries({ ...ledger, lostAnswers: cycles })) {
      expect(typeof count === 'number' ? count : count.length, what).to.be.at.least(cycles);
    }
  });
});

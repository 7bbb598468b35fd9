/** How a server process stops, and how several start at the same time on an empty database. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { installation } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  basic,
  createUser,
  isActive,
  obtain,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { startReverseProxy } from '../support/reverse-proxy.ts';
import { onEachDeployment, type Deployment, type Instance } from '../support/process.ts';
import { freePort } from '../support/server.ts';

/** Long enough for the tests to see it on a machine that stalls. */
const shutdownNotice = '4s';
const tokenRequest = `grant_type=client_credentials&scope=${encodeURIComponent('archive:read')}&resource=${encodeURIComponent(archive)}`;

/** Sends the head of a token request and holds back its body, so that the request is in progress until `finish`. */
async function beginRequest(
  deployment: Deployment,
  client: AppClient,
): Promise<{ readonly socket: Socket; finish(): Promise<string> }> {
  const socket = connect(deployment.issuerPort, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  socket.on('error', () => undefined);
  const { host } = new URL(deployment.issuer);
  const { authorization } = basic(client);
  socket.write(
    `POST /token HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${tokenRequest.length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  // The server has the head when it asks for the body.
  while (!answer.includes('100 Continue')) {
    await once(socket, 'data');
  }
  return {
    socket,
    finish: async () => {
      const closed = once(socket, 'close');
      socket.write(tokenRequest);
      await closed;
      return answer;
    },
  };
}

async function statusOf(url: string): Promise<number | 'refused'> {
  try {
    return (await fetch(url, { headers: { connection: 'close' } })).status;
  } catch {
    return 'refused';
  }
}

async function untilNotReady(instance: Instance): Promise<number | 'refused'> {
  for (;;) {
    const status = await statusOf(`${instance.origin}/readyz`);
    if (status !== 200) {
      return status;
    }
    await sleep(10);
  }
}

onEachDeployment('stopping a server process', (open) => {
  let deployment: Deployment;
  let app: AppClient;
  let machine: AppClient;

  before(async () => {
    deployment = await open({ environment: { SHUTDOWN_NOTICE: shutdownNotice } });
    await seedApis(deployment);
    await createUser(deployment);
    app = await registerApp(deployment);
    machine = await registerApp(deployment, { type: 'machine', name: 'Nightly' });
  });

  it('at SIGTERM it first reports not ready, completes the request in progress, and exits with code 0', async function terminate() {
    this.timeout(30_000);
    const instance = await deployment.start();
    const { finish } = await beginRequest(deployment, machine);
    instance.child.kill('SIGTERM');
    expect(await untilNotReady(instance), 'it reports not ready before it closes its port').to.equal(503);
    // Callers that do not know this yet are still served.
    expect(await statusOf(`${instance.origin}/jwks`)).to.equal(200);
    while ((await statusOf(`${instance.origin}/healthz`)) !== 'refused') {
      await sleep(20);
    }
    expect(instance.child.exitCode, 'still running for the request in progress').to.equal(null);
    const answer = await finish();
    expect(answer).to.include('HTTP/1.1 200').and.include('access_token');
    expect(await instance.exited).to.deep.equal({ code: 0, signal: null });
    const token: unknown = JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? '{}').access_token;
    await deployment.start();
    expect(await isActive(deployment, machine, token), 'what was acknowledged while stopping').to.equal(true);
  });

  for (const by of ['npm', 'npx'] as const) {
    it(`SIGTERM to the ${by} that started it stops it in the same way, and frees its port`, async function started() {
      this.timeout(60_000);
      const other = await open({ environment: { SHUTDOWN_NOTICE: '0s' } });
      await seedApis(other);
      const client = await registerApp(other, { type: 'machine', name: 'Nightly' });
      const instance = await other.start({ by, port: other.issuerPort });
      const { finish } = await beginRequest(other, client);
      // The streams close when the server has ended, too, because it writes to the same ones.
      const closed = once(instance.child, 'close');
      instance.child.kill('SIGTERM');
      while ((await statusOf(`${instance.origin}/healthz`)) !== 'refused') {
        await sleep(20);
      }
      expect(await finish())
        .to.include('HTTP/1.1 200')
        .and.include('access_token');
      // npx ends with its shell, before the server has finished; npm waits for the server and exits with its code.
      const { code, signal } = await instance.exited;
      expect(by === 'npm' ? code : (signal ?? code)).to.be.oneOf(by === 'npm' ? [0] : ['SIGTERM', 143]);
      await closed;
      const next = await other.start({ port: other.issuerPort });
      next.child.kill('SIGTERM');
      expect(await next.exited).to.deep.equal({ code: 0, signal: null });
    });
  }

  it('a second signal ends it immediately', async () => {
    const other = await open({ environment: { SHUTDOWN_NOTICE: '30s' } });
    const instance = await other.start();
    instance.child.kill('SIGTERM');
    expect(await untilNotReady(instance)).to.equal(503);
    instance.child.kill('SIGINT');
    expect(await instance.exited).to.deep.equal({ code: 1, signal: null });
  });

  it('one of two instances stops under load, behind a proxy that checks /readyz: no request fails and no token is lost', async function roll() {
    this.timeout(40_000);
    // The instance at the issuer's address still runs. Another one starts beside it and is stopped.
    const { host } = new URL(deployment.issuer);
    const leaving = await deployment.start({ port: await freePort() });
    const reverseProxy = await startReverseProxy(leaving.port, host);
    const state = { leavingIsReady: true, done: false, answered: 0 };
    const chains: { token: unknown }[] = [];
    for (let count = 0; count < 6; count += 1) {
      chains.push({
        token: (await obtain(deployment, app, { scope: 'openid offline_access archive:read', resource: archive }))[
          'refresh_token'
        ],
      });
    }
    const load = Promise.all(
      chains.map(async (chain) => {
        while (!state.done) {
          const { status, body } = await refresh(
            state.leavingIsReady ? { issuer: reverseProxy.origin } : deployment,
            app,
            chain.token,
          );
          expect(status, JSON.stringify(body)).to.equal(200);
          chain.token = body['refresh_token'];
          state.answered += 1;
        }
      }),
    );
    const untilMoreAnswers = async (): Promise<void> => {
      const before = state.answered;
      while (state.answered < before + 20) {
        await sleep(5);
      }
    };
    const stop = async (): Promise<void> => {
      await untilMoreAnswers();
      leaving.child.kill('SIGTERM');
      expect(await untilNotReady(leaving)).to.equal(503);
      state.leavingIsReady = false;
      expect(await leaving.exited).to.deep.equal({ code: 0, signal: null });
      await untilMoreAnswers();
    };
    await Promise.all([
      load,
      stop().finally(() => {
        state.done = true;
      }),
    ]);
    await reverseProxy.stop();
    for (const { token } of chains) {
      expect((await refresh(deployment, app, token)).status, 'the newest token of each chain').to.equal(200);
    }
  });
});

onEachDeployment('four instances that start at the same time on an empty database', (open) => {
  it('create one schema and one set of keys, and publish the same keys (E18)', async function start() {
    this.timeout(60_000);
    const deployment = await open({ prepare: false });
    const ports = [deployment.issuerPort, await freePort(), await freePort(), await freePort()];
    const instances = await Promise.all(ports.map((port) => deployment.start({ port })));
    const database = await openDatabase({ url: deployment.environment['DATABASE_URL'] ?? '', clock: systemClock });
    // RS256 keys are created in the background after the start, because that is slow.
    while ((await deployment.services.signingKeys.list()).length < 2) {
      await sleep(50);
    }
    const published = async ({ port }: Instance): Promise<unknown> => {
      const reverseProxy = await startReverseProxy(port, new URL(deployment.issuer).host);
      const answer: unknown = await (await fetch(`${reverseProxy.origin}/jwks`)).json();
      await reverseProxy.stop();
      return answer;
    };
    const kids = async (instance: Instance): Promise<string[]> =>
      ((await published(instance)) as { keys: { kid: string }[] }).keys
        .map(({ kid }) => kid)
        .toSorted((one, other) => (one < other ? -1 : 1));
    let sets = await Promise.all(instances.map(kids));
    while (sets.some((set) => set.length < 2)) {
      await sleep(50);
      sets = await Promise.all(instances.map(kids));
    }
    // Only the stored keys count: an instance that created a second key removes it again.
    const stored = await deployment.services.signingKeys.list();
    expect(stored.map(({ alg }) => alg).toSorted((one, other) => (one < other ? -1 : 1))).to.deep.equal([
      'ES256',
      'RS256',
    ]);
    for (const set of sets) {
      expect(set).to.deep.equal(stored.map(({ kid }) => kid).toSorted((one, other) => (one < other ? -1 : 1)));
    }
    const records = await database.collection(installation).find({}).toArray();
    expect(new Set(records.map(({ _id }) => _id)).size).to.equal(records.length);
    await database.close();
  });
});

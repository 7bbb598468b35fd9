/**
 * Two server processes keep clients and APIs in memory, and a third process, a command, changes them. While both answer
 * requests without a pause, so that they keep what they use: when the command has ended, its change is in effect.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { archive, basic, photos, postForm, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { onEachDeployment, type Deployment } from '../support/process.ts';
import { startReverseProxy, type ReverseProxy } from '../support/reverse-proxy.ts';
import { freePort } from '../support/server.ts';

const by = { actor: 'command line' } as const;
/** Milliseconds for which both processes answer requests before and after a change, at least. */
const period = 400;
/** Requests that each process answers in that time, at least. */
const requestsOfEach = 3;
/** Milliseconds between refusals, so that they are not throttled. */
const pauseAfterRefusal = 50;

interface Outcome {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly status: number;
}

onEachDeployment('clients and APIs that two processes keep', (open) => {
  let deployment: Deployment;
  let reverseProxy: ReverseProxy;
  let origins: readonly string[];

  before(async function start() {
    this.timeout(60_000);
    deployment = await open({ environment: { THROTTLE_ADDRESS_FREE: '100000', THROTTLE_PAIR_FREE: '100' } });
    await seedApis(deployment);
    const [first, second] = await Promise.all([deployment.start(), deployment.start({ port: await freePort() })]);
    reverseProxy = await startReverseProxy(second.port, new URL(deployment.issuer).host);
    origins = [first.origin, reverseProxy.origin];
  });
  after(() => reverseProxy?.stop());

  const registerJob = (): Promise<AppClient> => registerApp(deployment, { type: 'machine' });

  async function requestToken(origin: string, app: AppClient, fields: Readonly<Record<string, string>> = {}) {
    return postForm(
      `${origin}/token`,
      { grant_type: 'client_credentials', resource: photos, scope: 'photos:read', ...fields },
      basic(app),
    );
  }

  /**
   * Both processes answer the same request again and again while `change` runs.
   * @returns the statuses of the answers from before the change, and of those to requests that were sent after it had
   *   resolved
   */
  async function changeUnderLoad(
    request: (origin: string) => ReturnType<typeof requestToken>,
    change: () => Promise<unknown>,
  ) {
    const stop = new AbortController();
    const outcomesOf = origins.map((): Outcome[] => []);
    const loads = origins.map(async (origin, at) => {
      while (!stop.signal.aborted) {
        const sentAt = performance.now();
        const { status } = await request(origin);
        outcomesOf[at]?.push({ sentAt, answeredAt: performance.now(), status });
        await sleep(status === 200 ? 0 : pauseAfterRefusal);
      }
    });
    const untilEachAnswered = async (since: number): Promise<void> => {
      const answered = (outcomes: readonly Outcome[]): number => outcomes.filter(({ sentAt }) => sentAt > since).length;
      await sleep(period);
      while (!stop.signal.aborted && outcomesOf.some((outcomes) => answered(outcomes) < requestsOfEach)) {
        await sleep(10);
      }
    };
    const changing = async (): Promise<{ readonly begun: number; readonly ended: number }> => {
      await untilEachAnswered(0);
      const begun = performance.now();
      await change();
      const ended = performance.now();
      await untilEachAnswered(ended);
      stop.abort();
      return { begun, ended };
    };
    const [{ begun, ended }] = await Promise.all([changing(), ...loads]).finally(() => stop.abort());
    const outcomes = outcomesOf.flat();
    const statusesOf = (list: readonly Outcome[]): readonly number[] => [...new Set(list.map(({ status }) => status))];
    return {
      before: statusesOf(outcomes.filter(({ answeredAt }) => answeredAt < begun)),
      after: statusesOf(outcomes.filter(({ sentAt }) => sentAt > ended)),
    };
  }

  it('accept no secret that was removed', async () => {
    const job = await registerJob();
    let replaced: AppClient | undefined;
    const { before: accepted, after: refused } = await changeUnderLoad(
      (origin) => requestToken(origin, job),
      async () => {
        const { secret } = await deployment.services.clients.rotateSecret(job.clientId, { keepOldFor: 0 }, by);
        replaced = { ...job, secret };
      },
    );
    expect({ accepted, refused }).to.deep.equal({ accepted: [200], refused: [401] });
    for (const origin of origins) {
      expect((await requestToken(origin, replaced ?? job)).status).to.equal(200);
    }
  });

  it('know no client that was deleted', async () => {
    const job = await registerJob();
    const { before: accepted, after: refused } = await changeUnderLoad(
      (origin) => requestToken(origin, job),
      () => deployment.services.clients.remove(job.clientId, by),
    );
    expect({ accepted, refused }).to.deep.equal({ accepted: [200], refused: [401] });
  });

  it('issue no token for an API that was taken from the client, and issue one as soon as it is given back', async () => {
    const job = await registerJob();
    const request = (origin: string) => requestToken(origin, job, { resource: archive, scope: 'archive:read' });
    const taken = await changeUnderLoad(request, () =>
      deployment.services.clients.update(job.clientId, { apis: [photos] }, by),
    );
    expect([taken.before, taken.after]).to.deep.equal([[200], [400]]);
    const given = await changeUnderLoad(request, () =>
      deployment.services.clients.update(job.clientId, { apis: [photos, archive] }, by),
    );
    expect([given.before, given.after]).to.deep.equal([[400], [200]]);
  });

  it('issue no token with a scope that was removed from its API, nor for an API that was deleted', async () => {
    const identifier = 'https://notes.example/api';
    const scopes = ['notes:read', 'notes:write'].map((value) => ({ value, description: value }));
    await deployment.services.apis.create({ identifier, name: 'Notes', tokenFormat: 'jwt', scopes }, by);
    const job = await registerApp(deployment, { type: 'machine', apis: [identifier] });
    const request = (scope: string) => (origin: string) => requestToken(origin, job, { resource: identifier, scope });
    const removed = await changeUnderLoad(request('notes:write'), () =>
      deployment.services.apis.update(identifier, { scopes: scopes.slice(0, 1) }, by),
    );
    expect([removed.before, removed.after]).to.deep.equal([[200], [400]]);
    const deleted = await changeUnderLoad(request('notes:read'), () => deployment.services.apis.remove(identifier, by));
    expect([deleted.before, deleted.after]).to.deep.equal([[200], [400]]);
  });

  it('find a client and an API immediately after they were created', async () => {
    const identifier = 'https://new.example/api';
    const scopes = [{ value: 'new:read', description: 'Read' }];
    for (const origin of origins) {
      const unknown = { clientId: 'new-job', secret: 'gth_cs_none', redirectUri: '' };
      expect((await requestToken(origin, unknown)).status).to.equal(401);
    }
    await deployment.services.apis.create({ identifier, name: 'New', tokenFormat: 'jwt', scopes }, by);
    const job = await registerApp(deployment, { id: 'new-job', type: 'machine', apis: [identifier] });
    for (const origin of origins) {
      const { status } = await requestToken(origin, job, { resource: identifier, scope: 'new:read' });
      expect(status).to.equal(200);
    }
  });
});

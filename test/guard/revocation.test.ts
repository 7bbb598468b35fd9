/**
 * How fast the guard of an API refuses what was ended: with two server processes on one database. The guard reads the
 * feed of one of them, and things end at the other one, or by a command.
 */
import { expect } from 'chai';
import { setTimeout as wait } from 'node:timers/promises';
import { guard } from '../../src/guard/index.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  password,
  photos,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { onEachDeployment, type Deployment } from '../support/process.ts';
import { startReverseProxy, type ReverseProxy } from '../support/reverse-proxy.ts';
import { freePort } from '../support/server.ts';
import { call, frameworks, startApp, type RunningApp } from './apps.ts';

const by = { actor: 'system' } as const;

interface Held {
  readonly app: AppClient;
  readonly accountId: string;
  readonly browser: Browser;
  /** An access token for Photos, and one for Archive. */
  readonly jwt: string;
  readonly opaque: string;
}

onEachDeployment('revocation, at an API with the guard', (open) => {
  let deployment: Deployment;
  /** The other instance. */
  let other: ReverseProxy;
  let statusOf: Readonly<Record<'jwt' | 'opaque', (token: string) => Promise<number>>>;
  let close: (() => void) | undefined;
  const apps: RunningApp[] = [];
  let turn = 0;

  before(async function start() {
    this.timeout(60_000);
    deployment = await open();
    await seedApis(deployment);
    await deployment.services.apis.update(archive, { personalTokens: true }, by);
    const [, second] = await Promise.all([deployment.start(), deployment.start({ port: await freePort() })]);
    other = await startReverseProxy(second.port, new URL(deployment.issuer).host);
    const api = await registerApp(deployment, { type: 'machine', name: 'API' });
    const { issuer } = deployment;
    const options = {
      issuer,
      // Longer than the test: only the feed can end an answer.
      introspection: { clientId: api.clientId, clientSecret: api.secret ?? '', cacheFor: 600 },
    };
    const ofPhotos = guard({ ...options, audience: photos, onSilence: 'refuse' }).fetch();
    const ofArchive = guard({ ...options, audience: archive }).fetch();
    await Promise.all([ofPhotos.ready(), ofArchive.ready()]);
    const ask = (used: typeof ofPhotos, scope: string) => {
      const handle = used.require(scope)(() => new Response());
      return async (token: string): Promise<number> => {
        const headers = { authorization: `Bearer ${token}` };
        return (await handle(new Request('http://localhost/', { headers }))).status;
      };
    };
    statusOf = { jwt: ask(ofPhotos, 'photos:read'), opaque: ask(ofArchive, 'archive:read') };
    close = () => {
      ofPhotos.close();
      ofArchive.close();
    };
    for (const framework of frameworks) {
      apps.push(await startApp(framework, { ...options, audience: photos }, { '/photos': ['photos:read'] }));
    }
  });
  after(async () => {
    close?.();
    await Promise.all(apps.map((app) => app.close()));
    await other?.stop();
  });

  /** Tokens of a new user for a new app, from one grant. */
  async function hold(): Promise<Held> {
    turn += 1;
    const email = `holder${turn}@example.com`;
    const accountId = await createUser(deployment, email);
    const app = await registerApp(deployment, { name: `App ${turn}` });
    const browser = openBrowser();
    const scope = 'openid photos:read archive:read';
    const { url, verifier } = authorizationUrl(deployment, app, { scope, resource: [photos, archive] });
    const page = await signIn(browser, await browser.visit(url), email);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), app);
    const code = redirected.searchParams.get('code') ?? '';
    const first = (await redeem(deployment, app, { code, verifier }, { resource: photos })).body;
    const fields = { grant_type: 'refresh_token', refresh_token: String(first['refresh_token']), resource: archive };
    const second = (await callAs(deployment, app, '/token', fields)).body;
    return { app, accountId, browser, jwt: String(first['access_token']), opaque: String(second['access_token']) };
  }

  /** @returns the milliseconds until the answer is 401 */
  async function untilRefused(ask: () => Promise<number>): Promise<number> {
    const endedAt = machineMilliseconds();
    while ((await ask()) !== 401) {
      await wait(10);
    }
    return machineMilliseconds() - endedAt;
  }

  const ends: Readonly<Record<string, (held: Held) => Promise<unknown>>> = {
    'the app revokes it at the other instance': ({ app, jwt }) =>
      callAs({ issuer: other.origin }, app, '/revoke', { token: jwt }),
    'the user signs out': async ({ browser }) =>
      browser.submit(await browser.visit(`${deployment.issuer}/logout`), '/logout/confirm', { logout: 'yes' }),
    'the user signs out of this app alone, which also has offline access': async ({ app, browser }) => {
      // The grant stays, because the app also has offline access.
      await authorize(deployment, app, { scope: 'openid offline_access' }, browser);
      const page = await browser.visit(`${deployment.issuer}/logout?client_id=${app.clientId}`);
      const form = page.forms.find(({ fields }) => fields['xsrf'] !== undefined && fields['logout'] === undefined);
      await browser.post(new URL(form?.action ?? '', page.url).href, form?.fields ?? {});
    },
    'the user withdraws the consent': ({ accountId, app }) =>
      deployment.services.consents.withdraw(accountId, app.clientId, by),
    'the user is disabled': ({ accountId }) => deployment.services.users.disable(accountId, by),
    'the user has a new password': ({ accountId }) =>
      deployment.services.users.setPassword(accountId, `${password} and more`, by),
    'the user is deleted': ({ accountId }) => deployment.services.users.remove(accountId, by),
    'the client is deleted': ({ app }) => deployment.services.clients.remove(app.clientId, by),
    'its API is taken from the client': ({ app }) => deployment.services.clients.update(app.clientId, { apis: [] }, by),
  };

  for (const [what, end] of Object.entries(ends)) {
    it(`refuses a JWT, and an opaque token whose answer is remembered, within a second when ${what}`, async () => {
      const held = await hold();
      expect([await statusOf.jwt(held.jwt), await statusOf.opaque(held.opaque)]).to.deep.equal([200, 200]);
      await end(held);
      const times = await Promise.all([
        untilRefused(() => statusOf.jwt(held.jwt)),
        untilRefused(() => statusOf.opaque(held.opaque)),
      ]);
      expect(Math.max(...times)).to.be.lessThan(1000);
    });
  }

  const endsOfPersonalTokens: Readonly<Record<string, (id: string, accountId: string) => Promise<unknown>>> = {
    'it is revoked': (id) => deployment.services.personalAccessTokens.revoke(id, by),
    'its user is disabled': (_id, accountId) => deployment.services.users.disable(accountId, by),
    'its user has a new password': (_id, accountId) =>
      deployment.services.users.setPassword(accountId, `${password} and more`, by),
  };

  for (const [what, end] of Object.entries(endsOfPersonalTokens)) {
    it(`refuses a personal access token whose answer is remembered, within a second when ${what}`, async () => {
      turn += 1;
      const accountId = await createUser(deployment, `holder${turn}@example.com`);
      const access = [{ api: archive, scopes: ['archive:read'] }];
      const wanted = { name: 'backup', access, expiresIn: 3600 };
      const { token, value } = await deployment.services.personalAccessTokens.create(accountId, wanted, by);
      expect(await statusOf.opaque(value)).to.equal(200);
      await end(token.id, accountId);
      expect(await untilRefused(() => statusOf.opaque(value))).to.be.lessThan(1000);
    });
  }

  it('refuses a JWT in every framework within a second', async () => {
    const { app, jwt } = await hold();
    const ask = async (api: RunningApp): Promise<number> => (await call(api, '/photos', jwt)).status;
    expect(await Promise.all(apps.map(ask))).to.deep.equal(frameworks.map(() => 200));
    await callAs({ issuer: other.origin }, app, '/revoke', { token: jwt });
    const times = await Promise.all(apps.map((api) => untilRefused(() => ask(api))));
    expect(Math.max(...times)).to.be.lessThan(1000);
  });

  it('refuses no other token', async () => {
    const [held, another] = [await hold(), await hold()];
    expect(await statusOf.jwt(another.jwt)).to.equal(200);
    await deployment.services.users.disable(held.accountId, by);
    await untilRefused(() => statusOf.jwt(held.jwt));
    expect([await statusOf.jwt(another.jwt), await statusOf.opaque(another.opaque)]).to.deep.equal([200, 200]);
  });
});

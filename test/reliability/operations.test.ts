/**
 * The exact number of database operations of each request. Writes decide how many requests a server and its disk can
 * handle, so a change that adds one must be visible here. The server's own metrics count the operations; those of work
 * in the background are left out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  authorize,
  authorizationUrl,
  callAs,
  createUser,
  introspect,
  obtain,
  photos,
  redeem,
  refresh,
  registerApp,
  seedApis,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

/** Collections of work in the background (change feed, outbox, signing keys); these requests do not read them. */
const background = new Set(['changes', 'outbox', 'signing_keys', 'installation']);

interface Operations {
  readonly reads: number;
  readonly writes: number;
  /** Waits for the disk: transactions on SQLite, single writes on MongoDB. */
  readonly commits: number;
}

async function counted(server: TestServer): Promise<Operations> {
  const text = await (await fetch(`${server.issuer}/metrics`)).text();
  const total = (kind: string): number =>
    [...text.matchAll(/^gatehouse_database_operations_total\{(?<labels>[^}]*)\} (?<count>\d+)$/gm)]
      .filter(
        ({ groups }) =>
          groups?.['labels']?.includes(`kind="${kind}"`) === true &&
          !background.has(/collection="([^"]*)"/.exec(groups['labels'])?.[1] ?? ''),
      )
      .reduce((sum, { groups }) => sum + Number(groups?.['count']), 0);
  return {
    reads: total('read'),
    writes: total('write'),
    commits: Number(/^gatehouse_database_commits_total (\d+)$/m.exec(text)?.[1]),
  };
}

onEachDatabase('database operations of a request (docs/architecture.md, Storage)', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let machine: AppClient;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly' });
    // The RS256 key is created in the background at the first start.
    await until(async () => (await server.services.signingKeys.list()).length === 2);
    // That work has ended when the counter no longer changes.
    await until(async () => {
      const { commits } = await counted(server);
      await sleep(200);
      return (await counted(server)).commits === commits;
    });
  });

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      await sleep(20);
    }
  }

  /** The operations that `act` causes. */
  async function costOf(act: () => Promise<unknown>): Promise<Operations> {
    const before = await counted(server);
    await act();
    const after = await counted(server);
    return {
      reads: after.reads - before.reads,
      writes: after.writes - before.writes,
      commits: after.commits - before.commits,
    };
  }

  async function ok(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
    const { status, body } = await answer;
    expect(status, JSON.stringify(body)).to.equal(200);
  }

  it('client credentials: one write for an opaque token', async () => {
    const cost = await costOf(() =>
      ok(
        callAs(server, machine, '/token', {
          grant_type: 'client_credentials',
          scope: 'archive:read',
          resource: archive,
        }),
      ),
    );
    expect(cost).to.deep.equal({ reads: 2, writes: 1, commits: 1 });
  });

  it('client credentials: no write for a JWT', async () => {
    const cost = await costOf(() =>
      ok(
        callAs(server, machine, '/token', { grant_type: 'client_credentials', scope: 'photos:read', resource: photos }),
      ),
    );
    expect(cost).to.deep.equal({ reads: 2, writes: 0, commits: 0 });
  });

  it('introspection and userinfo: no write', async () => {
    const { access_token: token } = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    // Client, token, API, user: a token becomes inactive when its API is deleted.
    expect(await costOf(() => ok(introspect(server, app, token)))).to.deep.equal({ reads: 4, writes: 0, commits: 0 });
    // By the API itself: also the client that the token was issued to. The user is known from before.
    const api = await registerApp(server, { type: 'machine', apis: [archive] });
    expect(await costOf(() => ok(introspect(server, api, token)))).to.deep.equal({ reads: 4, writes: 0, commits: 0 });
    await server.services.apis.update(archive, { hideUsername: true }, { actor: 'system' });
    expect(await costOf(() => ok(introspect(server, api, token)))).to.deep.equal({ reads: 4, writes: 0, commits: 0 });
    await server.services.apis.update(archive, { hideUsername: false }, { actor: 'system' });
    const { access_token: own } = await obtain(server, app, { scope: 'openid profile' });
    expect(await costOf(() => ok(userinfo(server, own)))).to.deep.equal({ reads: 3, writes: 0, commits: 0 });
  });

  it('a code exchange: two writes', async () => {
    // With offline access, the tokens do not depend on the login session, which is not read.
    for (const [request, reads] of [
      [{ scope: 'openid archive:read', resource: archive }, 6],
      [{ scope: 'openid offline_access photos:read', resource: photos }, 5],
    ] as const) {
      const authorization = await authorize(server, app, request);
      expect(await costOf(() => ok(redeem(server, app, authorization)))).to.deep.equal({
        reads,
        writes: 2,
        commits: 2,
      });
    }
  });

  it('a refresh: two writes, also when it extends the session, which it does at most once a minute', async () => {
    const { refresh_token: token } = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    let current = token;
    const next = async (): Promise<void> => {
      const { status, body } = await refresh(server, app, current);
      expect(status).to.equal(200);
      current = body['refresh_token'];
    };
    expect(await costOf(next)).to.deep.equal({ reads: 7, writes: 2, commits: 2 });
    clock.advance(59);
    expect(await costOf(next)).to.deep.equal({ reads: 7, writes: 2, commits: 2 });
    clock.advance(2);
    expect(await costOf(next), 'the session is extended').to.deep.equal({ reads: 7, writes: 2, commits: 2 });
    expect(await costOf(next)).to.deep.equal({ reads: 7, writes: 2, commits: 2 });
  });

  it('a refresh for offline access: two writes at any time', async () => {
    const { refresh_token: token } = await obtain(server, app, {
      scope: 'openid offline_access archive:read',
      resource: archive,
    });
    clock.advance(600);
    // The login session is neither read nor extended.
    expect(await costOf(() => ok(refresh(server, app, token)))).to.deep.equal({ reads: 5, writes: 2, commits: 2 });
  });

  it('an authorization request on an existing session: one write', async () => {
    const browser = openBrowser();
    const request = { scope: 'openid archive:read', resource: archive };
    await authorize(server, app, request, browser);
    const again = async (): Promise<void> => {
      const page = await browser.get(authorizationUrl(server, app, request).url);
      expect(page.location).to.include('code=');
    };
    const deadline = async (): Promise<number> => {
      const user = await server.services.users.findByEmail('ada@example.com');
      return Math.max(
        ...(await server.services.sessions.listByUser(user?._id ?? '')).map(({ expiresAt }) => expiresAt.getTime()),
      );
    };
    const atFirst = await deadline();
    expect(await costOf(again)).to.deep.equal({ reads: 5, writes: 1, commits: 1 });
    clock.advance(59);
    expect(await costOf(again)).to.deep.equal({ reads: 5, writes: 1, commits: 1 });
    expect(await deadline()).to.equal(atFirst);
    clock.advance(2);
    expect(await costOf(again), 'the session is extended, with the same write').to.deep.equal({
      reads: 5,
      writes: 1,
      commits: 1,
    });
    expect((await deadline()) - atFirst).to.be.within(60_000, 62_000);
    expect(await costOf(again)).to.deep.equal({ reads: 5, writes: 1, commits: 1 });
  });

  it('an authorization request of another app on an existing session: a second write, for its first grant', async () => {
    const browser = openBrowser();
    const request = { scope: 'openid archive:read', resource: archive };
    await authorize(server, app, request, browser);
    const first = await registerApp(server, { name: 'First party', firstParty: true });
    const costs = await costOf(async () => {
      const page = await browser.get(authorizationUrl(server, first, request).url);
      expect(page.location).to.include('code=');
    });
    expect(costs).to.deep.equal({ reads: 5, writes: 2, commits: 2 });
  });

  it('discovery and keys: no operation', async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      expect(await costOf(() => fetch(`${server.issuer}${path}`)), path).to.deep.equal({
        reads: 0,
        writes: 0,
        commits: 0,
      });
    }
  });
});

/**
 * The exact database work of each request. Reads are round trips to MongoDB, and writes decide how many requests a
 * server and its disk can handle, so a change that adds one must be visible here. The server's own metrics count the
 * operations; those of work in the background are left out.
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
  password,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

/** Reads, writes, and waits for the disk, of a server that knows its clients and APIs. */
const table = {
  'client credentials, JWT': [0, 0, 0],
  'client credentials, opaque': [0, 1, 1],
  "introspection of a machine's token, by its API": [1, 0, 0],
  "introspection of a user's token, by its API": [1, 0, 0],
  "introspection of a user's token, by its app": [1, 0, 0],
  // The user, for the email address and the version of the credentials.
  'introspection, the first in a second of a user': [2, 0, 0],
  // The grant and the login session, because a JWT is not stored.
  "introspection of a user's JWT, by its API": [2, 0, 0],
  // The first of them in a minute also writes the last use.
  'introspection of a personal access token, by its API': [1, 0, 0],
  'introspection of a personal access token, the first in a minute': [1, 1, 1],
  'introspection of an unknown token': [1, 0, 0],
  // The token and the user.
  userinfo: [2, 0, 0],
  // The code, the user, and the session if it was new when the code was issued; the second write records, after the
  // response, that it has left.
  'code exchange': [3, 2, 2],
  'code exchange, offline access, JWT': [2, 2, 2],
  // The family and the user.
  refresh: [2, 1, 1],
  'refresh that looks at the session': [3, 2, 2],
  'refresh, offline access': [2, 1, 1],
  'whole code flow on a session': [5, 3, 3],
  'authorization request on a session': [3, 1, 1],
  'authorization request on a session, of another app': [3, 2, 2],
  'authorization request without a session': [0, 1, 1],
  'sign-in page': [1, 0, 0],
  // Read: the interaction before the hash and at the end; the counters; the user by email, after the hash, and for the
  // steps and the device; the second factors; the counter of mails, or the user of the device cookie. Written: a place
  // in each counter, then everything else together.
  'sign-in with a password, in a new browser': [8, 6, 2],
  'sign-in with a password, in a known browser': [8, 5, 2],
  // The interaction, the user twice, the grant.
  'end of a sign-in': [4, 1, 1],
  'discovery and keys': [0, 0, 0],
} as const satisfies Readonly<Record<string, readonly [reads: number, writes: number, waits: number]>>;

/** Collections of work in the background (change feed, outbox, signing keys); these requests do not read them. */
const background = new Set(['changes', 'outbox', 'signing_keys', 'installation']);
/** Searches in the background for what has ended and must be deleted. These requests read records by their id. */
const searches = /collection="(?:consents|accounts)",name="find",/;

interface Operations {
  readonly reads: number;
  readonly writes: number;
  /** Waits for the disk: transactions on SQLite, single writes on MongoDB. */
  readonly waits: number;
}

/** How often the log of changes was read. */
async function readsOfLog({ issuer }: TestServer): Promise<number> {
  const text = await (await fetch(`${issuer}/metrics`)).text();
  return [...text.matchAll(/^gatehouse_database_operations_total\{.*collection="changes".*kind="read".*\} (\d+)$/gm)]
    .map(([, count]) => Number(count))
    .reduce((sum, count) => sum + count, 0);
}

async function counted(server: TestServer): Promise<Operations> {
  const text = await (await fetch(`${server.issuer}/metrics`)).text();
  const total = (kind: string): number =>
    [...text.matchAll(/^gatehouse_database_operations_total\{(?<labels>[^}]*)\} (?<count>\d+)$/gm)]
      .filter(
        ({ groups }) =>
          groups?.['labels']?.includes(`kind="${kind}"`) === true &&
          !searches.test(groups['labels']) &&
          !background.has(/collection="([^"]*)"/.exec(groups['labels'])?.[1] ?? ''),
      )
      .reduce((sum, { groups }) => sum + Number(groups?.['count']), 0);
  return {
    reads: total('read'),
    writes: total('write'),
    waits: Number(/^gatehouse_database_commits_total (\d+)$/m.exec(text)?.[1]),
  };
}

onEachDatabase('the database work of a request', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let machine: AppClient;

  before(async () => {
    clock = manualClock();
    server = await start({ clock });
    await seedApis(server);
    // Claims in access tokens need no further read.
    for (const api of [photos, archive]) {
      const claims = [
        { name: `${api}/name`, field: 'name' },
        { name: `${api}/email`, field: 'email' },
      ];
      await server.services.apis.update(api, { claims }, { actor: 'system' });
    }
    await createUser(server);
    app = await registerApp(server);
    const claims = [{ name: `${photos}/tenant`, value: 'acme' }];
    machine = await registerApp(server, { type: 'machine', name: 'Nightly', claims });
    // The RS256 key is created in the background at the first start.
    await until(async () => (await server.services.signingKeys.list()).length === 2);
    // That work has ended when the counter no longer changes.
    await until(async () => {
      const { waits } = await counted(server);
      await sleep(200);
      return (await counted(server)).waits === waits;
    });
    await advance(0);
  });

  /**
   * Moves the clock, and lets the server know its clients and APIs again: on MongoDB it does not use what it knew
   * before, until it has read the log of changes.
   */
  async function advance(seconds: number): Promise<void> {
    clock.advance(seconds);
    const before = await readsOfLog(server);
    // The first of two reads may have begun earlier.
    await until(async () => (await readsOfLog(server)) >= before + 2);
    await machineToken(photos, 'photos:read');
    await machineToken(archive, 'archive:read');
    await introspect(server, app, 'a'.repeat(43));
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      await sleep(20);
    }
  }

  /** The counters, when nothing is written any more: a code exchange writes after its response. */
  async function countedWhenQuiet(): Promise<Operations> {
    let last = await counted(server);
    for (;;) {
      await sleep(30);
      const now = await counted(server);
      if (now.writes === last.writes && now.waits === last.waits) {
        return now;
      }
      last = now;
    }
  }

  /** The operations that `act` causes. */
  async function costOf(act: () => Promise<unknown>): Promise<Operations> {
    const before = await countedWhenQuiet();
    await act();
    const after = await countedWhenQuiet();
    return {
      reads: after.reads - before.reads,
      writes: after.writes - before.writes,
      waits: after.waits - before.waits,
    };
  }

  function workOf(request: keyof typeof table): Operations {
    const [reads, writes, waits] = table[request];
    return { reads, writes, waits };
  }

  async function ok(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
    const { status, body } = await answer;
    expect(status, JSON.stringify(body)).to.equal(200);
  }

  /** An access token of the machine client. */
  async function machineToken(resource: string, scope: string): Promise<unknown> {
    const { status, body } = await callAs(server, machine, '/token', {
      grant_type: 'client_credentials',
      scope,
      resource,
    });
    expect(status).to.equal(200);
    return body['access_token'];
  }

  it('client credentials: no write for a JWT, one for an opaque token', async () => {
    expect(await costOf(() => machineToken(photos, 'photos:read'))).to.deep.equal(workOf('client credentials, JWT'));
    expect(await costOf(() => machineToken(archive, 'archive:read'))).to.deep.equal(
      workOf('client credentials, opaque'),
    );
  });

  it('introspection: the token alone', async () => {
    const api = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive] });
    const ask = (caller: AppClient, token: unknown) => costOf(() => ok(introspect(server, caller, token)));
    const ofMachine = await machineToken(archive, 'archive:read');
    await ask(api, ofMachine);
    expect(await ask(api, ofMachine)).to.deep.equal(workOf("introspection of a machine's token, by its API"));
    const firstParty = await registerApp(server, { name: 'First party', firstParty: true });
    for (const [client, scope] of [
      [app, 'openid archive:read'],
      // The consent is remembered.
      [app, 'openid archive:read'],
      [app, 'openid offline_access email archive:read'],
      [firstParty, 'openid archive:read'],
    ] as const) {
      const issued = await obtain(server, client, { scope, resource: archive });
      const refreshed = (await refresh(server, client, issued['refresh_token'])).body;
      for (const { access_token: token } of [issued, refreshed]) {
        await advance(1);
        await introspect(server, api, 'a'.repeat(43));
        await introspect(server, client, 'a'.repeat(43));
        expect(await ask(api, token)).to.deep.equal(workOf('introspection, the first in a second of a user'));
        expect(await ask(api, token)).to.deep.equal(workOf("introspection of a user's token, by its API"));
        expect(await ask(client, token)).to.deep.equal(workOf("introspection of a user's token, by its app"));
      }
    }
    expect(await ask(api, 'a'.repeat(43))).to.deep.equal(workOf('introspection of an unknown token'));
  });

  it('introspection of a personal access token: the token alone, and a write of its last use once a minute', async () => {
    const api = await registerApp(server, { type: 'machine', name: 'Scripts', apis: [archive] });
    const by = { actor: 'system' };
    await server.services.apis.update(archive, { personalTokens: true }, by);
    const user = await server.services.users.findByEmail('ada@example.com');
    const { value } = await server.services.personalAccessTokens.create(
      user?._id ?? '',
      { name: 'CI', access: [{ api: archive, scopes: ['archive:read'] }], expiresIn: 3600 },
      by,
    );
    const ask = (more: Readonly<Record<string, string>>) =>
      costOf(() => ok(callAs(server, api, '/introspect', { token: value, ...more })));
    for (const more of [{}, { client_ip: '203.0.113.1' }]) {
      // The user is known, and so is the address block.
      await ask(more);
      await ask(more);
      expect(await ask(more)).to.deep.equal(workOf('introspection of a personal access token, by its API'));
    }
    await advance(60);
    await introspect(server, api, 'a'.repeat(43));
    await introspect(
      server,
      app,
      (await obtain(server, app, { resource: archive, scope: 'openid archive:read' }))['access_token'],
    );
    expect(await ask({ client_ip: '203.0.113.1' })).to.deep.equal(
      workOf('introspection of a personal access token, the first in a minute'),
    );
  });

  it('introspection of a JWT: its grant and its login session', async () => {
    const api = await registerApp(server, { type: 'machine', name: 'Photos', apis: [photos] });
    const { access_token: token } = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    await introspect(server, api, token);
    expect(await costOf(() => ok(introspect(server, api, token)))).to.deep.equal(
      workOf("introspection of a user's JWT, by its API"),
    );
  });

  it('userinfo: the token and the user', async () => {
    for (const scope of ['openid profile', 'openid profile', 'openid offline_access profile']) {
      const issued = await obtain(server, app, { scope });
      const refreshed = (await refresh(server, app, issued['refresh_token'])).body;
      for (const { access_token: token } of [issued, refreshed]) {
        expect(await costOf(() => ok(userinfo(server, token)))).to.deep.equal(workOf('userinfo'));
      }
    }
  });

  it('a code exchange: one write, and one after the response', async () => {
    // With offline access, the tokens do not depend on the login session, which is not read.
    for (const [request, name] of [
      [{ scope: 'openid archive:read', resource: archive }, 'code exchange'],
      [{ scope: 'openid offline_access photos:read', resource: photos }, 'code exchange, offline access, JWT'],
    ] as const) {
      await obtain(server, app, request);
      // Consent was given, so the request that makes the session also issues the code.
      const authorization = await authorize(server, app, request);
      expect(await costOf(() => ok(redeem(server, app, authorization)))).to.deep.equal(workOf(name));
    }
  });

  it('a refresh: one write; at most once a minute it also reads and extends the session', async () => {
    const { refresh_token: token } = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    let current = token;
    const next = async (): Promise<void> => {
      const { status, body } = await refresh(server, app, current);
      expect(status).to.equal(200);
      current = body['refresh_token'];
    };
    expect(await costOf(next)).to.deep.equal(workOf('refresh'));
    await advance(59);
    expect(await costOf(next)).to.deep.equal(workOf('refresh'));
    await advance(2);
    expect(await costOf(next), 'the session is extended').to.deep.equal(workOf('refresh that looks at the session'));
    expect(await costOf(next)).to.deep.equal(workOf('refresh'));
  });

  it('a refresh for offline access: one write at any time', async () => {
    const { refresh_token: token } = await obtain(server, app, {
      scope: 'openid offline_access archive:read',
      resource: archive,
    });
    await advance(600);
    // The login session is neither read nor extended.
    expect(await costOf(() => ok(refresh(server, app, token)))).to.deep.equal(workOf('refresh, offline access'));
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
    expect(await costOf(again)).to.deep.equal(workOf('authorization request on a session'));
    await advance(59);
    expect(await costOf(again)).to.deep.equal(workOf('authorization request on a session'));
    expect(await deadline()).to.equal(atFirst);
    await advance(2);
    expect(await costOf(again), 'the session is extended, with the same write').to.deep.equal(
      workOf('authorization request on a session'),
    );
    expect((await deadline()) - atFirst).to.be.within(60_000, 62_000);
    expect(await costOf(again)).to.deep.equal(workOf('authorization request on a session'));
  });

  it('a whole code flow on an existing session: five reads and three writes', async () => {
    const browser = openBrowser();
    const request = { scope: 'openid archive:read', resource: archive };
    await authorize(server, app, request, browser);
    const flow = async (): Promise<void> => ok(redeem(server, app, await authorize(server, app, request, browser)));
    expect(await costOf(flow)).to.deep.equal(workOf('whole code flow on a session'));
  });

  it('an authorization request of another app on an existing session: a second write, for its first grant', async () => {
    const browser = openBrowser();
    const request = { scope: 'openid archive:read', resource: archive };
    await authorize(server, app, request, browser);
    const first = await registerApp(server, { name: 'First party', firstParty: true });
    const authorizeFirst = async (from: Browser): Promise<void> => {
      const page = await from.get(authorizationUrl(server, first, request).url);
      expect(page.location).to.include('code=');
    };
    const elsewhere = openBrowser();
    await authorize(server, app, request, elsewhere);
    await authorizeFirst(elsewhere);
    expect(await costOf(() => authorizeFirst(browser))).to.deep.equal(
      workOf('authorization request on a session, of another app'),
    );
  });

  it('a sign-in with a password: a place in the counters before the hash, and one group of writes after it', async function () {
    const title = this.test?.fullTitle() ?? '';
    const email = 'grace@example.com';
    await createUser(server, email);
    const { url } = authorizationUrl(server, await registerApp(server, { firstParty: true }));
    let page = await openBrowser().get(url);
    const open = async (browser: Browser): Promise<void> => {
      page = await browser.get(url);
    };
    const follow = async (browser: Browser): Promise<void> => {
      page = await browser.get(page.location ?? '');
    };
    const submit = async (browser: Browser): Promise<void> => {
      const form = page.forms.find(({ action }) => action.endsWith('/login'));
      const action = new URL(form?.action ?? '', server.issuer).href;
      page = await browser.post(action, { ...form?.fields, email, password });
    };
    const known = openBrowser();
    await signIn(known, await known.visit(url), email);
    // Until no more mails about new browsers are sent to this user.
    for (let count = 0; count < 5; count += 1) {
      const other = openBrowser();
      await signIn(other, await other.visit(url), email);
    }
    for (const [name, device] of [
      ['sign-in with a password, in a new browser', undefined],
      ['sign-in with a password, in a known browser', known],
    ] as const) {
      const browser = openBrowser();
      if (device !== undefined) {
        browser.plant(device, /device/);
      }
      expect(await costOf(() => open(browser))).to.deep.equal(workOf('authorization request without a session'));
      expect(await costOf(() => follow(browser))).to.deep.equal(workOf('sign-in page'));
      const { waits, ...signedIn } = await costOf(() => submit(browser));
      const { waits: together, ...expected } = workOf(name);
      expect(signedIn, name).to.deep.equal(expected);
      // MongoDB has no transaction of several writes here.
      expect(waits, name).to.equal(title.includes('MongoDB') ? signedIn.writes : together);
      expect(await costOf(() => follow(browser))).to.deep.equal(workOf('end of a sign-in'));
      expect(page.location).to.include('code=');
    }
  });

  it('does not count the searches in the background, whenever they come', async () => {
    const search = async (): Promise<void> => {
      await server.services.consents.endDue();
      await server.services.accountDeletion.removeDue();
    };
    expect(await costOf(search)).to.deep.equal({ reads: 0, writes: 0, waits: 0 });
  });

  it('discovery and keys: no operation', async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      expect(await costOf(() => fetch(`${server.issuer}${path}`)), path).to.deep.equal(workOf('discovery and keys'));
    }
  });
});

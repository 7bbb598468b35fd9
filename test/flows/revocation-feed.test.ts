/**
 * The revocation feed over real HTTP, with two server processes on one database: things end at one instance or by a
 * command, and the feed is read at the other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  archive,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  isActive,
  password,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import {
  hashOf,
  openFeed,
  readFeed,
  verifyFeed,
  type FeedStream,
  type RevocationClaims,
} from '../support/feed-reader.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { onEachDeployment, type Deployment, type Instance } from '../support/process.ts';
import { freePort, startTestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const onPhotos = { scope: 'openid photos:read photos:write', resource: photos };

/** What a JWT access token hangs on, by its own claims. */
function hashesOf(jwt: string): readonly string[] {
  const { grant_id: grant, session_id: session, sid, jti, client_id: client, aud, scope } = decodeJwt(jwt);
  const scopes = String(scope).split(' ');
  return [
    `grant:${String(grant)}`,
    `session:${String(session)}`,
    `session:${String(sid)}`,
    `token:${String(jti)}`,
    `client:${String(client)}`,
    `api:${String(aud)}`,
    `client-api:${String(client)} ${String(aud)}`,
    ...scopes.map((one) => `scope:${String(aud)} ${one}`),
  ].map(hashOf);
}

const parse = (jws: string): RevocationClaims => decodeJwt(jws) as unknown as RevocationClaims;

function names(events: readonly string[], jwt: string): boolean {
  const hashes = hashesOf(jwt);
  return events.some((jws) => parse(jws).revocations.some(({ hash }) => hashes.includes(hash)));
}

interface Held {
  readonly app: AppClient;
  readonly accountId: string;
  readonly email: string;
  readonly browser: Browser;
  readonly jwt: string;
  readonly refreshToken: string;
}

onEachDeployment('the revocation feed', (open) => {
  let deployment: Deployment;
  let one: Instance;
  let two: Instance;
  let stream: FeedStream;
  let job: AppClient;
  let turn = 0;
  const secrets: string[] = [];

  const there = (): { readonly port: number; readonly issuer: string } => ({
    port: two.port,
    issuer: deployment.issuer,
  });

  before(async function start() {
    this.timeout(60_000);
    deployment = await open({ environment: { KEYS_PUBLISH_AHEAD: '0s', KEYS_CACHE_MAX_AGE: '0s' } });
    await seedApis(deployment);
    await deployment.services.apis.create(
      {
        identifier: 'https://short.example',
        name: 'Short-lived',
        tokenFormat: 'jwt',
        scopes: [{ value: 'short:read', description: 'Read' }],
      },
      by,
    );
    job = await registerApp(deployment, { type: 'machine', name: 'Nightly', apis: [photos] });
    [one, two] = await Promise.all([deployment.start(), deployment.start({ port: await freePort() })]);
    stream = await openFeed(there());
    await stream.until((events) => events.length > 0);
  });
  after(() => stream?.close());

  /** Tokens of a new user for a new app. */
  async function hold(request = onPhotos): Promise<Held> {
    turn += 1;
    const email = `holder${turn}@example.com`;
    const accountId = await createUser(deployment, email);
    const app = await registerApp(deployment, { name: `App ${turn}`, apis: [request.resource, archive] });
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(deployment, app, request);
    const page = await signIn(browser, await browser.visit(url), email);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), app);
    const { body } = await redeem(deployment, app, { code: redirected.searchParams.get('code') ?? '', verifier });
    const jwt = String(body['access_token']);
    const { grant_id: grant, session_id: session, sid, jti } = decodeJwt(jwt);
    secrets.push(email, accountId, app.clientId, String(grant), String(session), String(sid), String(jti), photos);
    return { app, accountId, email, browser, jwt, refreshToken: String(body['refresh_token']) };
  }

  const ends: readonly (readonly [string, (held: Held) => Promise<unknown>, typeof onPhotos?])[] = [
    [
      'the user signs out at the other instance',
      async ({ browser }) =>
        browser.submit(await browser.visit(`${deployment.issuer}/logout`), '/logout/confirm', { logout: 'yes' }),
    ],
    [
      'the user signs out of this app alone, which also has offline access',
      async ({ app, browser }) => {
        // The grant stays, because the app also has offline access.
        await authorize(deployment, app, { scope: 'openid offline_access' }, browser);
        const page = await browser.visit(`${deployment.issuer}/logout?client_id=${app.clientId}`);
        const form = page.forms.find(({ fields }) => fields['xsrf'] !== undefined && fields['logout'] === undefined);
        await browser.post(new URL(form?.action ?? '', page.url).href, form?.fields ?? {});
      },
    ],
    ['the user ends all other sessions', ({ accountId }) => deployment.services.sessions.endAll(accountId, {}, by)],
    ['the app revokes the access token', ({ app, jwt }) => callAs(deployment, app, '/revoke', { token: jwt })],
    [
      'the app revokes the refresh token',
      ({ app, refreshToken }) => callAs(deployment, app, '/revoke', { token: refreshToken }),
    ],
    [
      'an old refresh token is presented after its successor was used',
      async ({ app, refreshToken }) => {
        const { body } = await refresh(deployment, app, refreshToken);
        await refresh(deployment, app, body['refresh_token']);
        await refresh(deployment, app, refreshToken);
      },
    ],
    [
      'the user withdraws the consent',
      ({ accountId, app }) => deployment.services.consents.withdraw(accountId, app.clientId, by),
    ],
    ['the user is disabled', ({ accountId }) => deployment.services.users.disable(accountId, by)],
    [
      'the user has a new password',
      ({ accountId }) => deployment.services.users.setPassword(accountId, `${password} and more`, by),
    ],
    ['the user is deleted', ({ accountId }) => deployment.services.users.remove(accountId, by)],
    ['the client is deleted', ({ app }) => deployment.services.clients.remove(app.clientId, by)],
    [
      'the API is taken from the client',
      ({ app }) => deployment.services.clients.update(app.clientId, { apis: [archive] }, by),
    ],
    [
      'a scope is removed from the API',
      () =>
        deployment.services.apis.update(
          photos,
          { scopes: [{ value: 'photos:read', description: 'See your photos' }] },
          by,
        ),
    ],
    [
      'the API is deleted',
      () => deployment.services.apis.remove('https://short.example', by),
      { scope: 'openid short:read', resource: 'https://short.example' },
    ],
  ];

  for (const [what, end, request] of ends) {
    it(`names the token by what it carries within a second when ${what}`, async () => {
      const held = await hold(request);
      await stream.until((events) => events.length > 0);
      expect(names(stream.events, held.jwt)).to.equal(false);
      await end(held);
      const endedAt = machineMilliseconds();
      await stream.until((events) => names(events, held.jwt));
      expect(machineMilliseconds() - endedAt).to.be.lessThan(1000);
      expect(await isActive(deployment, job, held.jwt)).to.equal(false);
      const document = await verifyFeed(deployment.issuer, (await readFeed(there())).text);
      expect(document.revocations.some(({ hash }) => hashesOf(held.jwt).includes(hash))).to.equal(true);
    });
  }

  it('names a token of a machine by its id when it is revoked', async () => {
    const { body } = await callAs(deployment, job, '/token', {
      grant_type: 'client_credentials',
      scope: 'photos:read',
    });
    const jwt = String(body['access_token']);
    await callAs(deployment, job, '/revoke', { token: jwt });
    const hash = hashOf(`token:${String(decodeJwt(jwt).jti)}`);
    await stream.until((events) => events.some((jws) => parse(jws).revocations.some((entry) => entry.hash === hash)));
  });

  it('names an end until no JWT from before it can be accepted any more', async () => {
    const held = await hold({ scope: 'openid photos:read', resource: photos });
    await deployment.services.clients.remove(held.app.clientId, by);
    await stream.until((events) => names(events, held.jwt));
    const entry = parse((await readFeed(there())).text).revocations.find(
      ({ hash }) => hash === hashOf(`client:${held.app.clientId}`),
    );
    const { iat } = decodeJwt(held.jwt);
    // 10 minutes is the maximum lifetime; a verifier may accept a minute more.
    expect(entry?.at).to.be.at.least(iat ?? Infinity);
    expect((entry?.exp ?? 0) - (entry?.at ?? 0)).to.equal(660);
  });

  it('sends first everything, and then only what is new; each event is signed and verifies against the JWK Set', async () => {
    const second = await openFeed(there());
    try {
      expect(second.status).to.equal(200);
      expect(second.headers).to.include({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
        vary: 'Accept',
      });
      expect(second.headers['content-encoding']).to.equal(undefined);
      await second.until((events) => events.length === 1);
      const held = await hold({ scope: 'openid photos:read', resource: photos });
      await deployment.services.users.disable(held.accountId, by);
      await second.until((events) => names(events, held.jwt));
      const claims = await Promise.all(second.events.map((jws) => verifyFeed(deployment.issuer, jws)));
      expect(claims.map(({ complete }) => complete)).to.deep.equal([true, ...claims.slice(1).map(() => false)]);
      expect(claims[0]?.revocations.length).to.be.greaterThan(10);
      expect(claims.slice(1).flatMap(({ revocations }) => revocations).length).to.be.lessThan(10);
    } finally {
      second.close();
    }
  });

  it('answers 304 with the same ETag while nothing ends, at every instance, and 200 afterwards (RFC 9110 §13.1.2)', async () => {
    const first = await readFeed(there());
    expect(first.headers).to.include({
      'content-type': 'application/jwt',
      'cache-control': 'no-cache',
      vary: 'Accept',
    });
    const { etag = '' } = first.headers;
    expect(etag).to.match(/^W\/"[\w-]{22}"$/);
    // The other instance may not have read the log since the last end.
    while ((await readFeed({ ...there(), port: one.port })).headers.etag !== etag) {
      await sleep(50);
    }
    const unchanged = await readFeed(there(), { 'if-none-match': etag });
    expect(unchanged).to.include({ status: 304, text: '' });
    const held = await hold({ scope: 'openid photos:read', resource: photos });
    await deployment.services.users.disable(held.accountId, by);
    await stream.until((events) => names(events, held.jwt));
    const changed = await readFeed(there(), { 'if-none-match': etag });
    expect(changed.status).to.equal(200);
    expect(changed.headers.etag).not.to.equal(etag);
  });

  it('answers HEAD with the headers alone, and no other method', async () => {
    const head = await readFeed(there(), {}, 'HEAD');
    expect(head).to.include({ status: 200, text: '' });
    expect(head.headers.etag).to.be.a('string');
    const ofStream = await readFeed(there(), { accept: 'text/event-stream' }, 'HEAD');
    expect(ofStream).to.include({ status: 200, text: '' });
    expect(ofStream.headers['content-type']).to.equal('text/event-stream');
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await readFeed(there(), {}, method);
      expect([status, headers.allow], method).to.deep.equal([405, 'GET, HEAD']);
    }
  });

  it('names no user, client, API, grant, session or token in clear', () => {
    expect(secrets.length).to.be.greaterThan(50);
    const payloads = stream.events.map((jws) => JSON.stringify(parse(jws).revocations));
    for (const secret of secrets) {
      expect(
        payloads.some((payload) => payload.includes(secret)),
        secret,
      ).to.equal(false);
    }
  });

  it('is named by discovery (RFC 8414 §3)', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
      const metadata = (await (await fetch(`${deployment.issuer}${path}`)).json()) as Record<string, unknown>;
      expect(metadata['revocation_feed'], path).to.equal(`${deployment.issuer}/revocations`);
    }
  });

  it('is signed with the new key after a rotation', async () => {
    const before = decodeProtectedHeader((await readFeed(there())).text).kid;
    const { kid } = await deployment.services.signingKeys.rotate({ alg: 'ES256' }, by);
    expect(kid).not.to.equal(before);
    const held = await hold({ scope: 'openid photos:read', resource: photos });
    await deployment.services.users.disable(held.accountId, by);
    await stream.until((events) => names(events, held.jwt));
    const { text } = await readFeed(there());
    expect(decodeProtectedHeader(text).kid).to.equal(kid);
    // The instance that publishes the keys here may learn of the new one a moment later.
    await eventually(() => verifyFeed(deployment.issuer, text));
  });

  it('ends its streams when the server stops, and has everything when it was started again', async () => {
    const hashes = parse((await readFeed(there())).text).revocations.map(({ hash }) => hash);
    const second = await openFeed(there());
    two.child.kill('SIGTERM');
    await second.ended;
    expect(second.message.complete, 'the answer was finished').to.equal(true);
    // The drain lasts 30 seconds if a connection stays open.
    expect(await two.exited).to.deep.equal({ code: 0, signal: null });
    two = await deployment.start({ port: await freePort() });
    const document = await verifyFeed(deployment.issuer, (await readFeed(there())).text);
    expect(document.revocations.map(({ hash }) => hash)).to.include.members(hashes);
  });
});

describe('the limits of the revocation feed', () => {
  it('answer 503 with Retry-After, and give places back', async () => {
    const server = await startTestServer({ environment: { LIMIT_FEED_READERS_PER_ADDRESS: '2' } });
    try {
      const where = { issuer: server.issuer, port: Number(new URL(server.issuer).port) };
      const streams = [await openFeed(where), await openFeed(where)];
      const refused = await openFeed(where);
      expect(refused.status).to.equal(503);
      expect(refused.headers['retry-after']).to.equal('2');
      expect((await readFeed(where)).status, 'the document').to.equal(200);
      streams[0]?.close();
      await streams[0]?.ended;
      let third = await openFeed(where);
      while (third.status === 503) {
        third = await openFeed(where);
      }
      expect(third.status).to.equal(200);
      for (const each of [...streams, third]) {
        each.close();
      }
    } finally {
      await server.stop();
    }
  });

  it('are not those of pages', async () => {
    const server = await startTestServer({ environment: { LIMIT_PAGES_PER_ADDRESS: '1' } });
    try {
      const where = { issuer: server.issuer, port: Number(new URL(server.issuer).port) };
      for (let count = 0; count < 3; count += 1) {
        expect((await readFeed(where)).status).to.equal(200);
      }
    } finally {
      await server.stop();
    }
  });
});

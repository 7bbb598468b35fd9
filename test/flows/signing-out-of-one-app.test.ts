/**
 * An app signs its user out, and the user stays signed in elsewhere (OpenID Connect RP-Initiated Logout §2): what the
 * app has from this login session ends, at once and everywhere. What it has with offline access does not, nor what
 * other apps have.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock, systemClock } from '../../src/clock.ts';
import { guard } from '../../src/guard/index.ts';
import { changes, oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  password,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { startLogoutReceiver } from '../support/logout-receiver.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const onPhotos = { scope: 'openid photos:read', resource: photos };
const onArchive = { scope: 'openid archive:read', resource: archive };
const withOffline = <R extends { readonly scope: string }>(request: R): R => ({
  ...request,
  scope: `${request.scope} offline_access`,
});
const photosToArchive = { from: photos, to: archive, scopes: ['archive:read'] };
const archiveToPhotos = { from: archive, to: photos, scopes: ['photos:read'] };
/** An upper bound for the statements of a request, so that the test ends. */
const maxStatements = 40;
const day = 24 * 3600;

type Tokens = Record<string, unknown>;

/** What an app has of one kind of access. */
interface Access {
  readonly jwt: Tokens;
  readonly opaque: Tokens;
  readonly userinfo: Tokens;
}

/** Confirms on the page of a logout that the app signs the user out, who stays signed in elsewhere. */
function stay(browser: Browser, page: Page): Promise<Page> {
  const form = page.forms.find(({ fields }) => fields['xsrf'] !== undefined && fields['logout'] === undefined);
  return browser.post(new URL(form?.action ?? '', page.url).href, form?.fields ?? {});
}

onEachDatabase('signing out of one app', (start) => {
  let server: TestServer;
  let failing: FailingDatabase;
  let app: AppClient;
  let other: AppClient;
  let api: AppClient;
  let ofPhotos: ReturnType<ReturnType<typeof guard>['fetch']>;
  let ofArchive: typeof ofPhotos;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;

  before(async () => {
    failing = createFailingDatabase();
    server = await start({ wrapDatabase: failing.wrap });
    await seedApis(server);
    await createUser(server);
    api = await registerApp(server, {
      type: 'machine',
      name: 'The APIs',
      mayExchange: [photosToArchive, archiveToPhotos],
    });
    other = await registerApp(server, { name: 'Other', redirectUris: ['http://127.0.0.1:9/other'] });
    const { issuer } = server;
    const introspection = { clientId: api.clientId, clientSecret: api.secret ?? '', cacheFor: 600 };
    // Without credentials, so that it learns of the end of a JWT by the feed alone.
    ofPhotos = guard({ issuer, audience: photos, onSilence: 'refuse' }).fetch();
    ofArchive = guard({ issuer, audience: archive, introspection }).fetch();
    await Promise.all([ofPhotos.ready(), ofArchive.ready()]);
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
  });
  beforeEach(async () => {
    app = await registerApp(server, { mayExchange: [photosToArchive] });
  });
  afterEach(() => failing.restore());
  after(async () => {
    ofPhotos?.close();
    ofArchive?.close();
    await database?.close();
  });

  const value = (tokens: Tokens): string => String(tokens['access_token']);

  /** What an API with the guard answers. Its answers of introspection are kept for longer than a test lasts. */
  async function statusAt(used: typeof ofPhotos, scope: string, token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    return (await used.require(scope)(() => new Response())(new Request('http://localhost/', { headers }))).status;
  }

  const statusOf = {
    jwt: (token: string): Promise<number> => statusAt(ofPhotos, 'photos:read', token),
    opaque: (token: string): Promise<number> => statusAt(ofArchive, 'archive:read', token),
  };

  async function access(client: AppClient, browser: Browser, offline?: 'offline'): Promise<Access> {
    const get = (request: { readonly scope: string; readonly resource?: string }): Promise<Tokens> =>
      obtain(server, client, offline === undefined ? request : withOffline(request), browser);
    return { jwt: await get(onPhotos), opaque: await get(onArchive), userinfo: await get({ scope: 'openid' }) };
  }

  /** Tokens of the app that end with the session, after it got offline access in the same session. */
  async function both(browser: Browser): Promise<{ readonly bound: Access; readonly offline: Access }> {
    const offline = await access(app, browser, 'offline');
    return { offline, bound: await access(app, browser) };
  }

  async function exchange(client: AppClient, token: string, resource: string): Promise<string> {
    const { status, body } = await callAs(server, client, '/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      resource,
    });
    expect(status, JSON.stringify(body)).to.equal(200);
    return String(body['access_token']);
  }

  const logoutPage = (browser: Browser, { id_token: hint }: Tokens): Promise<Page> =>
    browser.visit(`${server.issuer}/logout?id_token_hint=${String(hint)}`);

  async function signOut(browser: Browser, tokens: Tokens): Promise<void> {
    expect((await stay(browser, await logoutPage(browser, tokens))).status).to.equal(303);
  }

  async function expectAccess(
    client: AppClient,
    { jwt, opaque, userinfo: own }: Access,
    context: string,
  ): Promise<void> {
    expect(await statusOf.jwt(value(jwt)), `${context}: JWT at its API`).to.equal(200);
    expect(await statusOf.opaque(value(opaque)), `${context}: opaque token at its API`).to.equal(200);
    expect((await userinfo(server, value(own))).status, `${context}: userinfo`).to.equal(200);
    for (const [name, tokens] of Object.entries({ jwt, opaque, own })) {
      expect(await isActive(server, client, value(tokens)), `${context}: ${name}`).to.equal(true);
      expect(await isActive(server, client, tokens['refresh_token']), `${context}: ${name}, refresh`).to.equal(true);
    }
  }

  /** What this server itself says. */
  async function expectEndedHere(
    client: AppClient,
    { jwt, opaque, userinfo: own }: Access,
    context: string,
  ): Promise<void> {
    expect((await userinfo(server, value(own))).status, `${context}: userinfo`).to.equal(401);
    for (const [name, tokens] of Object.entries({ jwt, opaque, own })) {
      expect(await isActive(server, client, value(tokens)), `${context}: ${name}`).to.equal(false);
      expect(await isActive(server, client, tokens['refresh_token']), `${context}: ${name}, refresh`).to.equal(false);
      const { status, body } = await refresh(server, client, tokens['refresh_token']);
      expect([status, body['error']], `${context}: ${name}, refresh`).to.deep.equal([400, 'invalid_grant']);
    }
  }

  async function untilEndedAtApis({ jwt, opaque }: Access, context: string): Promise<void> {
    await eventually(async () => {
      expect(await statusOf.jwt(value(jwt)), `${context}: JWT at its API`).to.equal(401);
      expect(await statusOf.opaque(value(opaque)), `${context}: opaque token at its API`).to.equal(401);
    });
  }

  it('ends what the app has from the session, and nothing that it has with offline access or that others have', async () => {
    const browser = openBrowser();
    const { bound, offline } = await both(browser);
    const others = await access(other, browser);
    const elsewhere = await access(app, openBrowser());
    const kept = [
      [app, offline, 'offline access'],
      [other, others, 'the other app'],
      [app, elsewhere, 'another session'],
    ] as const;
    await expectAccess(app, bound, 'before');
    for (const [client, tokens, context] of kept) {
      await expectAccess(client, tokens, `before: ${context}`);
    }
    await signOut(browser, bound.jwt);
    await expectEndedHere(app, bound, 'of the session');
    await untilEndedAtApis(bound, 'of the session');
    for (const [client, tokens, context] of kept) {
      await expectAccess(client, tokens, context);
      expect((await refresh(server, client, tokens.jwt['refresh_token'])).status, context).to.equal(200);
    }
  });

  it('ends what the tokens were exchanged for, by the app and by the APIs', async () => {
    const browser = openBrowser();
    const { bound, offline } = await both(browser);
    const exchanges = async ({ jwt, opaque }: Access) => ({
      byApp: await exchange(app, value(jwt), archive),
      byApi: await exchange(api, value(jwt), archive),
      jwt: await exchange(api, value(opaque), photos),
      again: await exchange(api, await exchange(api, value(opaque), photos), archive),
    });
    const statuses = ({ byApp, byApi, jwt, again }: Awaited<ReturnType<typeof exchanges>>): Promise<number[]> =>
      Promise.all([statusOf.opaque(byApp), statusOf.opaque(byApi), statusOf.jwt(jwt), statusOf.opaque(again)]);
    const [ofBound, ofOffline] = [await exchanges(bound), await exchanges(offline)];
    expect(await statuses(ofBound)).to.deep.equal([200, 200, 200, 200]);
    expect(await statuses(ofOffline)).to.deep.equal([200, 200, 200, 200]);
    await signOut(browser, bound.jwt);
    for (const [how, token] of Object.entries(ofBound)) {
      expect(await isActive(server, api, token), how).to.equal(false);
    }
    await eventually(async () => expect(await statuses(ofBound)).to.deep.equal([401, 401, 401, 401]));
    expect(await statuses(ofOffline), 'offline access').to.deep.equal([200, 200, 200, 200]);
    for (const [how, token] of Object.entries(ofOffline)) {
      expect(await isActive(server, api, token), `offline access: ${how}`).to.equal(true);
    }
  });

  it('ends a code that the app has not exchanged, except one for offline access', async () => {
    const browser = openBrowser();
    const { bound } = await both(browser);
    const [code, offline] = [
      await authorize(server, app, onPhotos, browser),
      await authorize(server, app, withOffline(onPhotos), browser),
    ];
    await signOut(browser, bound.jwt);
    expect((await redeem(server, app, code)).body).to.include({ error: 'invalid_grant' });
    expect((await redeem(server, app, offline)).status).to.equal(200);
  });

  it('leaves nothing stored of what has ended', async () => {
    const browser = openBrowser();
    const { bound } = await both(browser);
    await exchange(api, value(bound.jwt), archive);
    await authorize(server, app, onPhotos, browser);
    const sessionUid = String(decodeJwt(value(bound.jwt))['session_id']);
    expect(await payloads.countDocuments({ sessionUid })).to.be.greaterThan(5);
    await signOut(browser, bound.jwt);
    expect(await payloads.countDocuments({ sessionUid })).to.equal(0);
  });

  it('gives the app new access in the same second when the user returns in the same session', async function run() {
    this.timeout(30_000);
    const browser = openBrowser();
    const claims = ({ bound }: { readonly bound: Access }) => decodeJwt(value(bound.jwt));
    let before = await both(browser);
    let again: typeof before;
    do {
      before = await both(browser);
      await signOut(browser, before.bound.jwt);
      again = await both(browser);
    } while (claims(again).iat !== claims(before).iat);
    expect(claims(again)['session_id'], 'the session').to.equal(claims(before)['session_id']);
    await untilEndedAtApis(before.bound, 'from before');
    await expectEndedHere(app, before.bound, 'from before');
    await expectAccess(app, again.bound, 'after the return');
    await expectAccess(app, again.offline, 'after the return, offline');
    expect((await refresh(server, app, again.bound.jwt['refresh_token'])).status).to.equal(200);
    // And it can leave again.
    await signOut(browser, again.bound.jwt);
    await untilEndedAtApis(again.bound, 'the second time');
  });

  it('ends it for an app without offline access, too', async () => {
    const browser = openBrowser();
    const bound = await access(app, browser);
    await signOut(browser, bound.jwt);
    await expectEndedHere(app, bound, 'of the session');
    await untilEndedAtApis(bound, 'of the session');
  });

  for (const [which, input] of Object.entries({ 'of the operator': { firstParty: true }, 'of others': {} })) {
    it(`gives an app ${which} without offline access new access each time the user returns in the same session`, async () => {
      app = await registerApp(server, input);
      const browser = openBrowser();
      const grants = new Set<unknown>();
      for (let time = 1; time <= 3; time += 1) {
        const bound = await access(app, browser);
        await expectAccess(app, bound, `time ${time}`);
        expect((await refresh(server, app, bound.jwt['refresh_token'])).status, `time ${time}`).to.equal(200);
        grants.add(decodeJwt(value(bound.jwt))['grant_id']);
        await signOut(browser, bound.jwt);
        await expectEndedHere(app, bound, `time ${time}, signed out`);
      }
      expect(grants.size, 'grants, none of which is used again after its end').to.equal(3);
    });
  }

  it('by another instance ends it here within a second', async () => {
    const elsewhere = await start({
      databaseUrl: server.environment['DATABASE_URL'] ?? '',
      environment: { SECRET: server.environment['SECRET'] ?? '' },
    });
    const browser = openBrowser();
    const { bound, offline } = await both(browser);
    const sessionUid = String(decodeJwt(value(bound.jwt))['session_id']);
    const sid = String(decodeJwt(value(bound.jwt))['sid']);
    await elsewhere.services.revocation.endAppOfSession(sessionUid, sid);
    await untilEndedAtApis(bound, 'of the session');
    await expectEndedHere(app, bound, 'of the session');
    await expectAccess(app, offline, 'offline access');
  });

  it('names the session of the app as sid in tokens that end with it, and in no others', async () => {
    const receiver = await startLogoutReceiver();
    try {
      const notified = await registerApp(server, { backchannelLogoutUri: receiver.uri });
      for (const client of [app, notified]) {
        const browser = openBrowser();
        const offline = await access(client, browser, 'offline');
        const bound = await access(client, browser);
        const sid = decodeJwt(value(bound.jwt))['sid'];
        expect(sid).to.be.a('string').with.length.greaterThan(15);
        for (const tokens of Object.values(bound) as Tokens[]) {
          for (const name of ['access_token', 'refresh_token']) {
            expect((await introspect(server, client, tokens[name])).body, name).to.include({ active: true, sid });
          }
        }
        expect(decodeJwt(value(offline.jwt))).not.to.have.any.keys('sid', 'session_id');
        for (const tokens of Object.values(offline) as Tokens[]) {
          for (const name of ['access_token', 'refresh_token']) {
            const { body } = await introspect(server, client, tokens[name]);
            expect(body, name).to.include({ active: true }).and.not.to.have.any.keys('sid', 'session_id');
          }
        }
        // Only an app that is notified of logouts needs it in its ID token (Back-Channel Logout §2.1).
        const inIdToken = client === notified ? sid : undefined;
        const renewed = (await refresh(server, client, bound.jwt['refresh_token'])).body;
        for (const tokens of [bound.jwt, offline.jwt, renewed]) {
          expect(decodeJwt(String(tokens['id_token']))['sid']).to.equal(inIdToken);
        }
        expect(decodeJwt(value(renewed))['sid'], 'after a refresh').to.equal(sid);
        const exchanged = await exchange(api, value(bound.opaque), photos);
        expect(decodeJwt(exchanged)['sid'], 'after an exchange').to.equal(sid);
      }
    } finally {
      await receiver.close();
    }
  });

  for (const kind of ['before', 'after'] as const) {
    it(`ends the same when a statement fails ${kind} it is applied and the user tries again`, async function run() {
      this.timeout(120_000);
      let failures = 0;
      for (let statement = 0; statement < maxStatements; statement += 1) {
        const browser = openBrowser();
        app = await registerApp(server);
        const { bound, offline } = await both(browser);
        const others = await obtain(server, other, onPhotos, browser);
        const page = await logoutPage(browser, bound.jwt);
        const context = `statement ${statement} fails ${kind}`;
        const hasHappened = failing.failStatement(statement, kind);
        const { status: first } = await stay(browser, page);
        const isOver = !hasHappened();
        failing.restore();
        expect(first, context).to.be.oneOf([303, 503]);
        if (first === 503) {
          failures += 1;
          // If the first attempt was applied, only its answer was lost: the form is used then.
          expect((await stay(browser, page)).status, context).to.be.oneOf(kind === 'before' ? [303] : [303, 400]);
        }
        await expectEndedHere(app, bound, context);
        await untilEndedAtApis(bound, context);
        await expectAccess(app, offline, context);
        expect(await isActive(server, other, value(others)), context).to.equal(true);
        const sessionUid = String(decodeJwt(value(bound.jwt))['session_id']);
        expect(await payloads.countDocuments({ sessionUid, clientId: app.clientId }), context).to.equal(0);
        await expectAccess(app, await access(app, browser), `${context}, the user returns`);
        if (isOver) {
          expect(failures, 'statements that failed').to.be.greaterThan(2);
          return;
        }
      }
      throw new Error('the request has more statements than expected');
    });

    it(`gives an app without offline access new access after a statement failed ${kind} it was applied and the user tried again`, async function run() {
      this.timeout(120_000);
      for (let statement = 0; statement < maxStatements; statement += 1) {
        const browser = openBrowser();
        app = await registerApp(server);
        const bound = await access(app, browser);
        const page = await logoutPage(browser, bound.jwt);
        const hasHappened = failing.failStatement(statement, kind);
        const { status } = await stay(browser, page);
        const isOver = !hasHappened();
        failing.restore();
        const context = `statement ${statement} fails ${kind}`;
        if (status === 503) {
          await stay(browser, page);
        }
        await expectEndedHere(app, bound, context);
        await expectAccess(app, await access(app, browser), `${context}, the user returns`);
        if (isOver) {
          return;
        }
      }
      throw new Error('the request has more statements than expected');
    });

    it(`that fails ${kind} a statement is applied, and is not tried again, keeps the app usable`, async function run() {
      this.timeout(120_000);
      for (let statement = 0; statement < maxStatements; statement += 1) {
        const browser = openBrowser();
        app = await registerApp(server);
        const { bound } = await both(browser);
        const page = await logoutPage(browser, bound.jwt);
        const hasHappened = failing.failStatement(statement, kind);
        await stay(browser, page);
        const isOver = !hasHappened();
        failing.restore();
        const context = `statement ${statement} fails ${kind}`;
        const again = await access(app, browser);
        await expectAccess(app, again, context);
        expect((await refresh(server, app, again.jwt['refresh_token'])).status, context).to.equal(200);
        if (isOver) {
          return;
        }
      }
      throw new Error('the request has more statements than expected');
    });
  }
});

onEachDatabase('signing out of one app, of which only the announcement was stored', (start) => {
  it('ends a refresh token when it is used, so that it is not valid again after the announcement was forgotten', async () => {
    const server = await start();
    await seedApis(server);
    await createUser(server);
    const app = await registerApp(server);
    const browser = openBrowser();
    const tokens = await obtain(server, app, { scope: 'openid photos:read', resource: photos }, browser);
    const others = await obtain(server, await registerApp(server, { name: 'Other' }), {}, browser);
    const sid = String(decodeJwt(String(tokens['access_token']))['sid']);
    // As another instance would that failed after it.
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    try {
      const now = new Date();
      await database.collection(changes).insertOne({
        _id: 'the-announcement',
        at: now,
        kind: 'revocation',
        subject: `session:${sid}`,
        expiresAt: new Date(now.getTime() + day * 1000),
      });
      // Until it has been applied there.
      await sleep(1100);
      expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
      expect(
        await database.collection(oidcPayloads).countDocuments({ clientId: app.clientId, model: 'RefreshToken' }),
      ).to.equal(0);
      const user = await server.services.users.findByEmail('ada@example.com');
      expect(await server.services.sessions.listByUser(user?._id ?? ''), 'the session').to.have.length(1);
      expect(others).to.have.property('refresh_token');
    } finally {
      await database.close();
    }
  });

  it('refuses a refresh token that was stored after the app had left, also after the announcement was forgotten', async () => {
    const clock = manualClock();
    const server = await start({ clock });
    await createUser(server);
    const app = await registerApp(server, { apis: [], firstParty: true });
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, app, { scope: 'openid' });
    const page = await browser.submit(await browser.visit(url), '/login', {
      email: 'ada@example.com',
      password,
      remember: 'yes',
    });
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    try {
      const payloads = database.collection(oidcPayloads);
      const family = await payloads.findOne({ clientId: app.clientId, model: 'RefreshToken' });
      expect(
        (await stay(browser, await browser.visit(`${server.issuer}/logout?client_id=${app.clientId}`))).status,
      ).to.equal(303);
      // The grant has ended, too, because the app has no offline access: a refresh token has a copy of it.
      await payloads.insertOne({ ...(family as OidcPayloadDocument) });
      clock.advance(2 * day);
      await server.services.revocation.endToken('something else, so that the list forgets what is old');
      expect((await refresh(server, app, body['refresh_token'])).body).to.include({ error: 'invalid_grant' });
      const user = await server.services.users.findByEmail('ada@example.com');
      expect(await server.services.sessions.listByUser(user?._id ?? ''), 'the session').to.have.length(1);
    } finally {
      await database.close();
    }
  });
});

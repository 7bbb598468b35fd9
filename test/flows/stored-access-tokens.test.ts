/**
 * A check of an access token reads its document alone. Here: documents that are stored after what they depend on has
 * ended, documents of earlier versions, and sessions that end or are extended by time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { manualClock, systemClock } from '../../src/clock.ts';
import { digest } from '../../src/crypto/secrets.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  authorizationUrl,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  password,
  photos,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { machineMilliseconds } from '../support/machine-time.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'command line' } as const;
const onArchive = { scope: 'openid email archive:read', resource: archive };
const forUserinfo = { scope: 'openid email' };

/** A second server on the same database. */
function environmentOf(server: TestServer) {
  return {
    databaseUrl: server.environment['DATABASE_URL'] ?? '',
    environment: { SECRET: server.environment['SECRET'] ?? '' },
  };
}

onEachDatabase('a stored access token', (start) => {
  let server: TestServer;
  let elsewhere: TestServer;
  let database: Database | undefined;
  let documents: Collection<OidcPayloadDocument>;
  let app: AppClient;
  let api: AppClient;
  let accountId: string;

  before(async () => {
    server = await start();
    elsewhere = await start(environmentOf(server));
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    documents = database.collection(oidcPayloads);
    await seedApis(server);
    accountId = await createUser(server);
    api = await registerApp(server, { type: 'machine', name: 'The archive', apis: [archive] });
  });
  beforeEach(async () => {
    app = await registerApp(server);
  });
  after(() => database?.close());

  async function documentOf(token: unknown): Promise<OidcPayloadDocument> {
    const document = await documents.findOne({ _id: digest(String(token)) });
    expect(document).not.to.equal(null);
    return document as OidcPayloadDocument;
  }

  async function accepts(token: unknown, at = server): Promise<readonly boolean[]> {
    return [await isActive(at, api, token), await isActive(at, app, token)];
  }

  async function acceptsAtUserinfo(token: unknown, at = server): Promise<boolean> {
    const { status } = await userinfo(at, token);
    expect(status).to.be.oneOf([200, 401]);
    return status === 200;
  }

  const signOut = async (browser: Browser): Promise<void> => {
    await browser.submit(await browser.visit(`${server.issuer}/logout`), '/logout/confirm', { logout: 'yes' });
  };

  const ends: readonly (readonly [string, (token: unknown, browser: Browser) => Promise<unknown>, offline?: true])[] = [
    ['its login session', (_token, browser) => signOut(browser)],
    ['every session of its user', () => server.services.sessions.endAll(accountId, {}, by)],
    ['its grant', async (token) => callAs(server, app, '/revoke', { token: String(token) }), true],
    ['the consent', () => server.services.revocation.endConsent(accountId, app.clientId), true],
    ['the password', () => server.services.users.setPassword(accountId, password, by), true],
    [
      'its user, who is enabled again',
      async () => {
        await server.services.users.disable(accountId, by);
        await server.services.users.enable(accountId, by);
      },
      true,
    ],
  ];
  for (const [what, end, offline] of ends) {
    for (const more of offline === undefined ? [''] : ['', ' offline_access']) {
      it(`is not valid when it is stored after the end of ${what}${more}`, async () => {
        const browser = openBrowser();
        const ofApi = await obtain(server, app, { ...onArchive, scope: `${onArchive.scope}${more}` }, browser);
        const ofUserinfo = await obtain(server, app, { scope: `${forUserinfo.scope}${more}` }, browser);
        const [token, own] = [ofApi['access_token'], ofUserinfo['access_token']];
        const stored = [await documentOf(token), await documentOf(own)];
        expect(await accepts(token)).to.deep.equal([true, true]);
        expect(await acceptsAtUserinfo(own)).to.equal(true);
        await end(token, browser);
        for (const document of stored) {
          expect(await documents.findOne({ _id: document._id }), 'it was removed').to.equal(null);
          await documents.insertOne(document);
        }
        expect(await accepts(token)).to.deep.equal([false, false]);
        expect(await acceptsAtUserinfo(own)).to.equal(false);
        // Another instance knows it from the log within a second.
        const endedAt = machineMilliseconds();
        const acceptsElsewhere = async () => [
          ...(await accepts(token, elsewhere)),
          await acceptsAtUserinfo(own, elsewhere),
        ];
        let askedAt = endedAt;
        while ((await acceptsElsewhere()).includes(true)) {
          await sleep(20);
          askedAt = machineMilliseconds();
        }
        expect(askedAt - endedAt).to.be.lessThan(1000);
      });
    }
  }

  it('is accepted at once on another instance when it was issued after a change of the credentials', async () => {
    for (const change of [
      () => server.services.users.setPassword(accountId, password, by),
      async () => {
        await server.services.users.disable(accountId, by);
        await server.services.users.enable(accountId, by);
      },
    ]) {
      const { access_token: former } = await obtain(server, app, onArchive);
      expect(await accepts(former, elsewhere), 'the user is known there').to.deep.equal([true, true]);
      await change();
      const { access_token: token } = await obtain(server, app, onArchive);
      expect(await accepts(token, elsewhere)).to.deep.equal([true, true]);
      expect(await accepts(former, elsewhere)).to.deep.equal([false, false]);
    }
  });

  it('is refused at once on another instance when what it depends on has ended', async () => {
    for (const end of ends.map(([, act]) => act)) {
      const browser = openBrowser();
      const { access_token: token } = await obtain(server, app, onArchive, browser);
      const { access_token: own } = await obtain(server, app, forUserinfo, browser);
      expect(await accepts(token, elsewhere)).to.deep.equal([true, true]);
      expect(await acceptsAtUserinfo(own, elsewhere)).to.equal(true);
      await end(token, browser);
      expect(await accepts(token, elsewhere)).to.deep.equal([false, false]);
      expect(await acceptsAtUserinfo(own, elsewhere)).to.equal(false);
    }
  });

  it('is refused at once on another instance when its client, its API or one of its scopes has ended', async () => {
    const machineToken = async (client: AppClient): Promise<unknown> =>
      (await callAs(server, client, '/token', { grant_type: 'client_credentials', scope: 'diary:read' })).body[
        'access_token'
      ];
    const eachOf = (clients: AppClient[], act: (clientId: string) => Promise<unknown>) =>
      Promise.all(clients.map(({ clientId }) => act(clientId)));
    for (const [what, end] of [
      ['client', (clients: AppClient[]) => eachOf(clients, (id) => server.services.clients.remove(id, by))],
      [
        'right',
        (clients: AppClient[]) => eachOf(clients, (id) => server.services.clients.update(id, { apis: [photos] }, by)),
      ],
      ['api', (_clients: AppClient[], diary: string) => server.services.apis.remove(diary, by)],
      [
        'scope',
        (_clients: AppClient[], diary: string) =>
          server.services.apis.update(diary, { scopes: [{ value: 'diary:write', description: 'Write' }] }, by),
      ],
    ] as const) {
      const diary = `https://${what}.example/diary`;
      const scopes = [
        { value: 'diary:read', description: 'Read' },
        { value: 'diary:write', description: 'Write' },
      ];
      await server.services.apis.create({ identifier: diary, name: 'Diary', tokenFormat: 'opaque', scopes }, by);
      const client = await registerApp(server, { apis: [photos, diary] });
      const job = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [diary] });
      const diaryApi = await registerApp(server, { type: 'machine', name: 'The diary', apis: [diary] });
      const request = { scope: 'openid offline_access diary:read', resource: diary };
      const ofUser = (await obtain(server, client, request))['access_token'];
      const ofMachine = await machineToken(job);
      for (const token of [ofUser, ofMachine]) {
        expect(await isActive(elsewhere, diaryApi, token), `before the end of the ${what}`).to.equal(true);
      }
      await end([client, job], diary);
      for (const token of [ofUser, ofMachine]) {
        expect(await isActive(elsewhere, diaryApi, token), `after the end of the ${what}`).to.equal(false);
      }
    }
  });

  describe('of an earlier version, which does not say what it depends on,', () => {
    async function obtainEarlier(request: Parameters<typeof obtain>[2], browser = openBrowser()) {
      const { access_token: token } = await obtain(server, app, request, browser);
      const { _id, payload } = await documentOf(token);
      const { basis, ...earlier } = JSON.parse(payload) as Record<string, unknown>;
      expect(basis, 'the present version').to.be.an('object');
      return { token, forget: () => documents.updateOne({ _id }, { $set: { payload: JSON.stringify(earlier) } }) };
    }

    it('is answered in the same way', async () => {
      for (const scope of ['openid archive:read', 'openid email archive:read', 'openid offline_access archive:read']) {
        const { token, forget } = await obtainEarlier({ ...onArchive, scope });
        const before = [(await introspect(server, app, token)).body, (await introspect(server, api, token)).body];
        await forget();
        const after = [(await introspect(server, app, token)).body, (await introspect(server, api, token)).body];
        expect(after).to.deep.equal(before);
      }
      for (const request of [
        { scope: 'openid profile email' },
        { scope: 'openid', parameters: { claims: JSON.stringify({ userinfo: { email: null } }) } },
      ]) {
        const { token, forget } = await obtainEarlier(request);
        const { body } = await userinfo(server, token);
        expect(body).to.include({ email: 'ada@example.com' });
        await forget();
        expect((await userinfo(server, token)).body).to.deep.equal(body);
      }
    });

    it('ends with its login session and with its grant', async () => {
      for (const model of ['Session', 'Grant']) {
        const browser = openBrowser();
        const ofApi = await obtainEarlier(onArchive, browser);
        const ofUserinfo = await obtainEarlier(forUserinfo, browser);
        await ofApi.forget();
        await ofUserinfo.forget();
        expect(await accepts(ofApi.token)).to.deep.equal([true, true]);
        expect(await acceptsAtUserinfo(ofUserinfo.token)).to.equal(true);
        const { grantId = '', sessionUid = '' } = await documentOf(ofApi.token);
        await documents.deleteMany(model === 'Grant' ? { model, grantId } : { _id: `Session:${sessionUid}` });
        expect(await accepts(ofApi.token), model).to.deep.equal([false, false]);
        expect(await acceptsAtUserinfo(ofUserinfo.token), model).to.equal(false);
      }
    });
  });
});

onEachDatabase('an access token that ends with its login session', (start) => {
  it('ends when the session was not used, and not when it was extended meanwhile', async () => {
    const clock = manualClock();
    const server = await start({ clock, environment: { SESSION_IDLE: '10m' } });
    await seedApis(server);
    await createUser(server);
    const app = await registerApp(server);
    const api = await registerApp(server, { type: 'machine', name: 'The archive', apis: [archive] });
    const [used, unused] = [openBrowser(), openBrowser()];
    const tokens = [];
    for (const browser of [used, unused]) {
      tokens.push((await obtain(server, app, onArchive, browser))['access_token']);
      tokens.push((await obtain(server, app, forUserinfo, browser))['access_token']);
    }
    const [token, own, unusedToken, unusedOwn] = tokens;
    const { body } = await refresh(server, app, (await obtain(server, app, onArchive))['refresh_token']);
    clock.advance(9 * 60);
    redirectedTo(await used.visit(authorizationUrl(server, app, { parameters: { prompt: 'none' } }).url), app);
    clock.advance(2 * 60);
    expect(await isActive(server, api, token), 'the session was extended').to.equal(true);
    expect((await userinfo(server, own)).status, 'the session was extended').to.equal(200);
    expect(await isActive(server, api, unusedToken)).to.equal(false);
    expect((await userinfo(server, unusedOwn)).status).to.equal(401);
    expect(await isActive(server, api, body['access_token']), 'by a refresh').to.equal(false);
    clock.advance(10 * 60);
    expect(await isActive(server, api, token)).to.equal(false);
    expect((await userinfo(server, own)).status).to.equal(401);
  });
});

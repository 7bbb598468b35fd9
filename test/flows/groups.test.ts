/** Groups decide which apps a user may sign in to, and which scopes of APIs a user can grant. */
import { expect } from 'chai';
import { digest } from '../../src/crypto/secrets.ts';
import {
  archive,
  asks,
  audited,
  authorizationUrl,
  authorize,
  begin,
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
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { freePort, onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const restricted = { scope: 'photos:write', groups: ['editors', 'staff'] };
const everything = { scope: 'openid photos:read photos:write', resource: photos };
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

onEachDatabase('groups', (start) => {
  let server: TestServer;
  /** Another instance on the same database. */
  let second: TestServer;
  let accountId: string;
  let app: AppClient;
  let photosApi: AppClient;
  let archiveApi: AppClient;

  before(async () => {
    server = await start();
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    second = await start({ databaseUrl, port: await freePort(), environment: { SECRET } });
    await seedApis(server);
    await server.services.apis.update(photos, { scopeGroups: [restricted], personalTokens: true }, by);
    await server.services.apis.update(
      archive,
      { scopeGroups: [{ scope: 'archive:write', groups: ['editors'] }], personalTokens: true },
      by,
    );
    accountId = await createUser(server);
    photosApi = await registerApp(server, {
      type: 'machine',
      name: 'Photos API',
      apis: [photos],
      mayExchange: [{ from: photos, to: archive, scopes: ['archive:read', 'archive:write'] }],
    });
    archiveApi = await registerApp(server, { type: 'machine', name: 'Archive API', apis: [archive] });
  });

  beforeEach(async () => {
    await join('editors');
    app = await registerApp(server);
  });

  const join = (...groups: readonly string[]) => server.services.users.update(accountId, { groups }, by);
  const leave = () => join('guests');
  const revocationsOf = async (at: TestServer): Promise<readonly string[]> => {
    const jws = await (await fetch(`${at.issuer}/revocations`, { headers: { accept: 'application/jwt' } })).text();
    const [, payload = ''] = jws.split('.');
    const { revocations } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      revocations: readonly { hash: string }[];
    };
    return revocations.map(({ hash }) => hash);
  };

  describe('of a scope', () => {
    it('let members grant it', async () => {
      const { scope } = await obtain(server, app, everything);
      expect(scope).to.equal('photos:read photos:write');
    });

    it('leave it out of the consent page and of the tokens of others (RFC 6749 §3.3)', async () => {
      await leave();
      const { page, verifier } = await begin(server, app, everything, openBrowser());
      expect(asks(page)).to.equal('consent');
      expect(page.html).to.include('See your photos').and.not.include('Add photos');
      const browser = openBrowser();
      const allowed = await authorize(server, app, everything, browser);
      const { body } = await redeem(server, app, allowed);
      expect(body['scope'], 'the app is told').to.equal('photos:read');
      expect(verifier).to.be.a('string');
      expect(asks((await begin(server, app, everything, browser)).page), 'not asked again').to.equal('nothing');
    });

    it('leave it out for a first-party app, too', async () => {
      await leave();
      const own = await registerApp(server, { firstParty: true });
      expect((await obtain(server, own, everything))['scope']).to.equal('photos:read');
    });

    it('are asked about again after the user has joined one', async () => {
      await leave();
      const browser = openBrowser();
      await authorize(server, app, everything, browser);
      await join('staff');
      const { page } = await begin(server, app, everything, browser);
      expect(asks(page)).to.equal('consent');
      expect(page.html).to.include('Add photos');
    });

    it('lead to a page that says so where nothing else was requested, and to access_denied', async () => {
      await leave();
      const browser = openBrowser();
      const request = { scope: 'photos:write', resource: photos };
      const { page } = await begin(server, app, request, browser);
      expect(page.status).to.equal(403);
      expect(page.html).to.include('This account cannot give Prints access');
      const back = redirectedTo(await browser.submit(page, '/cancel'), app);
      expect(back.searchParams.get('error')).to.equal('access_denied');
    });

    it('end what a code, a refresh token and an access token give as soon as the user leaves', async () => {
      const code = await authorize(server, app, everything);
      const tokens = await obtain(server, app, everything);
      expect(await isActive(server, photosApi, tokens['access_token'])).to.equal(true);
      await leave();
      expect((await redeem(server, app, code)).body['scope']).to.equal('photos:read');
      const refreshed = await refresh(server, app, tokens['refresh_token']);
      expect(refreshed.body['scope']).to.equal('photos:read');
      expect(await isActive(server, photosApi, refreshed.body['access_token'])).to.equal(true);
      for (const at of [server, second]) {
        await eventually(async () => {
          expect(await isActive(at, photosApi, tokens['access_token'])).to.equal(false);
        });
      }
    });

    it('do not end a refresh token when the user leaves, but introspection names only the scopes that it still gives (RFC 7662 §2.2)', async () => {
      const all = ['openid', 'photos:read', 'photos:write'];
      const { refresh_token: token } = await obtain(server, app, everything);
      const ask = async (at: TestServer, value: unknown) => (await introspect(at, app, value)).body;
      const scopesOf = async (at: TestServer, value: unknown) => String((await ask(at, value))['scope']).split(' ');
      expect(await scopesOf(server, token)).to.have.members(all);
      await leave();
      for (const at of [server, second]) {
        await eventually(async () => {
          expect(await scopesOf(at, token)).to.have.members(['openid', 'photos:read']);
        });
      }
      expect(await ask(server, token)).to.include({ active: true });
      const { body } = await refresh(server, app, token);
      expect(body['scope'], 'what a refresh gives is what introspection says').to.equal('photos:read');
      await join('staff');
      await eventually(async () => {
        expect(await scopesOf(server, body['refresh_token']), 'after joining again').to.have.members(all);
      });
    });

    it('leave no access token without a scope: the request is refused while the user can grant none (RFC 6749 §5.2)', async () => {
      const request = { scope: 'photos:write offline_access', resource: photos };
      const { refresh_token: token } = await obtain(server, app, request);
      await leave();
      const refused = await refresh(server, app, token);
      expect(refused.status).to.equal(400);
      expect(refused.body).to.include({ error: 'invalid_scope', scope: 'photos:write' });
      await join('staff');
      const again = await refresh(server, app, token);
      expect(again.body['scope'], 'the refusal did not use up the token').to.equal('photos:write');
    });

    it('count at once for a token that the user gets after joining one', async () => {
      await leave();
      const narrow = await obtain(server, app, everything);
      expect(await isActive(server, photosApi, narrow['access_token']), 'the user is known now').to.equal(true);
      await join('staff');
      const wide = await obtain(server, app, everything);
      const { body } = await introspect(server, photosApi, wide['access_token']);
      expect(body['scope']).to.equal('photos:read photos:write');
    });

    it('refuse a sign-in without a browser where nothing else was requested, or an app does not work without it', async () => {
      await leave();
      const requests = [
        { needs: {}, scope: 'photos:write' },
        { needs: { requiredScopes: ['photos:write'] }, scope: 'photos:read photos:write' },
      ];
      for (const { needs, scope } of requests) {
        const native = await registerApp(server, {
          type: 'native',
          redirectUris: ['com.example.app:/callback'],
          firstParty: true,
          challengeEndpoint: true,
          ...needs,
        });
        const { status, body } = await callAs(server, native, '/authorize-challenge', {
          scope,
          resource: photos,
          code_challenge: digest('verifier'),
          code_challenge_method: 'S256',
          username: 'ada@example.com',
          password,
        });
        expect({ status, error: body['error'] }, scope).to.deep.equal({ status: 400, error: 'access_denied' });
        expect(await audited(server, { clientId: native.clientId })).to.include('access.refused');
      }
    });

    it('are in the revocation feed when the user leaves, and when the scope is restricted further', async () => {
      await leave();
      expect(await revocationsOf(server)).to.include(digest(`user-scope:${accountId} ${photos} photos:write`));
      expect(await revocationsOf(server)).to.not.include(digest(`user-scope:${accountId} ${photos} photos:read`));
      const read = digest(`scope-groups:${photos} photos:read`);
      expect(await revocationsOf(server)).to.not.include(read);
      const added = { scope: 'photos:read', groups: ['editors'] };
      await server.services.apis.update(photos, { scopeGroups: [restricted, added] }, by);
      expect(await revocationsOf(server)).to.include(read);
      await server.services.apis.update(photos, { scopeGroups: [restricted] }, by);
    });

    it('count for tokens that were issued before the scope was restricted', async () => {
      const { access_token: token } = await obtain(server, app, {
        scope: 'archive:read',
        resource: archive,
      });
      const scopeGroups = [{ scope: 'archive:read', groups: ['nobody'] }];
      await server.services.apis.update(archive, { scopeGroups }, by);
      expect(await isActive(server, archiveApi, token)).to.equal(false);
      await server.services.apis.update(
        archive,
        { scopeGroups: [{ scope: 'archive:write', groups: ['editors'] }] },
        by,
      );
    });

    it('decide about personal access tokens, when they are made and when they are used', async () => {
      const { personalAccessTokens } = server.services;
      const make = (scopes: readonly string[]) =>
        personalAccessTokens.create(accountId, { name: 'x', access: [{ api: photos, scopes }], expiresIn: 3600 }, by);
      const wide = await make(['photos:read', 'photos:write']);
      const narrow = await make(['photos:write']);
      const ask = async (value: string) => (await introspect(server, photosApi, value)).body;
      expect((await ask(wide.value))['scope']).to.equal('photos:read photos:write');
      await leave();
      await eventually(async () => {
        expect((await ask(wide.value))['scope']).to.equal('photos:read');
        expect(await ask(narrow.value)).to.deep.equal({ active: false });
      });
      let message = '';
      try {
        await make(['photos:write']);
      } catch (error) {
        message = String(error);
      }
      expect(message).to.include('Only members of these groups can grant the scope "photos:write": editors, staff');
      expect((await personalAccessTokens.listGrantable({ groups: ['guests'] }))[0]?.scopes).to.have.length(1);
    });

    it('decide about a token exchange (RFC 8693)', async () => {
      const exchange = async () => {
        const { access_token: subject } = await obtain(server, app, { scope: 'photos:read', resource: photos });
        return callAs(server, photosApi, '/token', {
          grant_type: grantType,
          subject_token: String(subject),
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          resource: archive,
        });
      };
      const before = await exchange();
      expect(before.body['scope']).to.equal('archive:read archive:write');
      await leave();
      expect((await exchange()).body['scope']).to.equal('archive:read');
      await eventually(async () => {
        expect(await isActive(server, archiveApi, before.body['access_token'])).to.equal(false);
      });
    });
  });

  describe('of an app', () => {
    let staffOnly: AppClient;

    beforeEach(async () => {
      staffOnly = await registerApp(server, { groups: ['staff', 'editors'] });
    });

    it('let members sign in', async () => {
      expect((await obtain(server, staffOnly))['id_token']).to.be.a('string');
    });

    it('show others a page that says so, and offer another account and the way back', async () => {
      await leave();
      const browser = openBrowser();
      const { page } = await begin(server, staffOnly, {}, browser);
      expect(page.status).to.equal(403);
      expect(page.html).to.include('This account cannot use Prints').and.include('ada@example.com');
      expect(await audited(server, { accountId, clientId: staffOnly.clientId })).to.include('access.refused');
      const back = redirectedTo(await browser.submit(page, '/cancel'), staffOnly);
      expect(back.searchParams.get('error')).to.equal('access_denied');
    });

    it('let another user continue from that page', async () => {
      await leave();
      const email = `grace-${accountId}@example.com`;
      await server.services.users.create({ email, password, groups: ['staff'] }, by);
      const browser = openBrowser();
      const { page } = await begin(server, staffOnly, {}, browser);
      const login = await browser.visit(`${server.issuer}${/href="([^"]*\/login)"/.exec(page.html)?.[1] ?? ''}`);
      const between = await browser.submit(login, '/login', { email, password });
      expect(asks(await browser.submit(between, '/logout/confirm'))).to.equal('consent');
    });

    it('give an app that asks for no page access_denied (OpenID Connect Core §3.1.2.6)', async () => {
      await leave();
      const browser = openBrowser();
      await begin(server, app, {}, browser);
      const { url } = authorizationUrl(server, staffOnly, { parameters: { prompt: 'none' } });
      const back = redirectedTo(await browser.get(url), staffOnly);
      expect(back.searchParams.get('error')).to.equal('access_denied');
    });

    it('give a first-party app no grant of others', async () => {
      await leave();
      const own = await registerApp(server, { firstParty: true, groups: ['staff'] });
      expect((await begin(server, own, {}, openBrowser())).page.status).to.equal(403);
    });

    it('end codes, refresh tokens, access tokens and sessions of the app when the user leaves', async () => {
      const code = await authorize(server, staffOnly);
      const tokens = await obtain(server, staffOnly, { scope: 'openid photos:read', resource: photos });
      await leave();
      expect((await redeem(server, staffOnly, code)).body['error']).to.equal('invalid_grant');
      expect((await refresh(server, staffOnly, tokens['refresh_token'])).body['error']).to.equal('invalid_grant');
      expect(await isActive(server, photosApi, tokens['access_token'])).to.equal(false);
      expect(await isActive(server, app, tokens['refresh_token'])).to.equal(false);
    });

    it('end them when the app is restricted, and leave those of members', async () => {
      const member = `member-${staffOnly.clientId}@example.com`;
      const of = await server.services.users.create({ email: member, password, groups: ['staff'] }, by);
      const open = await registerApp(server);
      const request = { scope: 'openid photos:read', resource: photos };
      const theirs = await obtain(server, open, request);
      const browser = openBrowser();
      const login = await browser.visit(authorizationUrl(server, app).url);
      await browser.submit(login, '/login', { email: member, password });
      const members = await obtain(server, open, request, browser);
      await server.services.clients.update(open.clientId, { groups: ['staff'] }, by);
      expect((await refresh(server, open, theirs['refresh_token'])).body['error']).to.equal('invalid_grant');
      expect(await isActive(server, photosApi, theirs['access_token'])).to.equal(false);
      expect((await refresh(server, open, members['refresh_token'])).status).to.equal(200);
      expect(of.groups).to.deep.equal(['staff']);
      await server.services.clients.update(open.clientId, { groups: [] }, by);
      expect((await server.services.clients.get(open.clientId)).groups).to.equal(undefined);
    });

    it('decide about sign-in without a browser', async () => {
      await leave();
      const native = await registerApp(server, {
        type: 'native',
        redirectUris: ['com.example.app:/callback'],
        firstParty: true,
        challengeEndpoint: true,
        groups: ['staff'],
      });
      const { status, body } = await callAs(server, native, '/authorize-challenge', {
        scope: 'openid',
        code_challenge: digest('verifier'),
        code_challenge_method: 'S256',
        username: 'ada@example.com',
        password,
      });
      expect(status).to.equal(400);
      expect(body['error']).to.equal('access_denied');
      expect(await audited(server, { clientId: native.clientId })).to.include('access.refused');
    });
  });
});

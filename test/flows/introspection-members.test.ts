/** What introspection says about a token, its user and its client (RFC 7662 §2.2). */
import { expect } from 'chai';
import {
  archive,
  authorizationUrl,
  callAs,
  createUser,
  introspect,
  obtain,
  photos,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const onArchive = { scope: 'openid archive:read', resource: archive };
const diary = 'https://diary.example/api';
const onDiary = { scope: 'openid email diary:read', resource: diary };
const email = 'ada@example.com';

onEachDatabase('introspection', (start) => {
  let server: TestServer;
  let app: AppClient;
  let api: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await server.services.apis.create(
      {
        identifier: diary,
        name: 'Diary',
        tokenFormat: 'opaque',
        hideUsername: true,
        scopes: [{ value: 'diary:read', description: 'Read your diary' }],
      },
      by,
    );
    await createUser(server, email);
    const apis = [photos, archive, diary];
    app = await registerApp(server, { apis });
    api = await registerApp(server, { type: 'machine', name: 'The APIs', apis });
  });

  it("tells an API the user's email address as username", async () => {
    const { access_token: token } = await obtain(server, app, onArchive);
    const { body } = await introspect(server, api, token);
    expect(body).to.include({ active: true, username: email });
    expect(body['sub']).to.match(/^usr_/);
    const { access_token: jwt } = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    expect((await introspect(server, api, jwt)).body, 'of a JWT').to.include({ active: true, username: email });
    const { access_token: offline } = await obtain(server, app, {
      ...onArchive,
      scope: `${onArchive.scope} offline_access`,
    });
    expect((await introspect(server, api, offline)).body, 'beyond the session').to.include({ username: email });
  });

  it('tells it nowhere for an API whose operator switched it off, until it is switched on', async () => {
    const { access_token: token, refresh_token: refreshToken } = await obtain(server, app, onDiary);
    for (const [caller, asked] of [
      [api, token],
      [app, token],
      [app, refreshToken],
    ] as const) {
      const { body } = await introspect(server, caller, asked);
      expect(body).to.include({ active: true });
      expect(JSON.stringify(body)).not.to.include(email).and.not.to.include('username');
    }
    await server.services.apis.update(diary, { hideUsername: false }, by);
    expect((await introspect(server, api, token)).body).to.include({ username: email });
    await server.services.apis.update(diary, { hideUsername: true }, by);
    expect((await introspect(server, api, token)).body).not.to.have.property('username');
  });

  it('tells it an app only if the user allowed it the scope email', async () => {
    const plain = await registerApp(server, { name: 'Without email' });
    const { access_token: token } = await obtain(server, plain, onArchive);
    expect((await introspect(server, plain, token)).body)
      .to.include({ active: true })
      .and.not.have.property('username');
    const allowed = await registerApp(server, { name: 'With email' });
    const { access_token: withEmail } = await obtain(server, allowed, {
      ...onArchive,
      scope: 'openid email archive:read',
    });
    expect((await introspect(server, allowed, withEmail)).body).to.include({ active: true, username: email });
  });

  it("has the user's new email address a second after it was changed", async () => {
    const accountId = await createUser(server, 'before@example.com');
    const browser = openBrowser();
    await signIn(browser, await browser.visit(authorizationUrl(server, app, onArchive).url), 'before@example.com');
    const { access_token: token } = await obtain(server, app, onArchive, browser);
    expect((await introspect(server, api, token)).body).to.include({ username: 'before@example.com' });
    await server.services.users.update(accountId, { email: 'after@example.com' }, by);
    await new Promise((resolve) => {
      setTimeout(resolve, 1000);
    });
    expect((await introspect(server, api, token)).body).to.include({ sub: accountId, username: 'after@example.com' });
  });

  it('says that a token without scopes is active (RFC 6749 §3.3)', async () => {
    const { refresh_token: refreshToken } = await obtain(server, app, onArchive);
    await server.services.clients.update(app.clientId, { apis: [photos, diary] }, by);
    await server.services.clients.update(app.clientId, { apis: [photos, archive, diary] }, by);
    // The user is asked again before the app has scopes of this API.
    const { body } = await refresh(server, app, refreshToken);
    expect(body).to.include({ scope: '' });
    const described = (await introspect(server, api, body['access_token'])).body;
    expect(described).to.include({ active: true, client_id: app.clientId }).and.not.have.property('scope');
  });

  it('names the token, its grant, and the login session that it ends with, and never its value', async () => {
    for (const [request, endsWithSession] of [
      [onArchive, true],
      [{ ...onArchive, scope: `${onArchive.scope} offline_access` }, false],
      [{ scope: 'openid photos:read', resource: photos }, true],
      [{ scope: 'openid photos:read offline_access', resource: photos }, false],
    ] as const) {
      const { access_token: token, refresh_token: refreshToken } = await obtain(server, app, request);
      const described = (await introspect(server, api, token)).body;
      expect(described, request.scope).to.include.keys('jti', 'grant_id');
      expect('session_id' in described, request.scope).to.equal(endsWithSession);
      expect('sid' in described, request.scope).to.equal(endsWithSession);
      const ofRefreshToken = (await introspect(server, app, refreshToken)).body;
      const names = [described['jti'], described['grant_id'], described['session_id'], ofRefreshToken['jti']];
      expect(names).not.to.include(token).and.not.to.include(refreshToken);
      expect(ofRefreshToken).to.include({ grant_id: described['grant_id'] });
      expect(ofRefreshToken['jti']).to.be.a('string').and.not.equal(described['jti']);
      expect(ofRefreshToken['session_id']).to.equal(described['session_id']);
      expect(ofRefreshToken['sid']).to.equal(described['sid']);
      expect((await introspect(server, app, token)).body['jti'], 'to the app').to.equal(described['jti']);
    }
    const { body } = await callAs(server, api, '/token', { grant_type: 'client_credentials', scope: 'archive:read' });
    const ofMachine = (await introspect(server, api, body['access_token'])).body;
    expect(ofMachine['jti']).to.be.a('string').and.not.equal(body['access_token']);
    expect(ofMachine).not.to.have.any.keys('grant_id', 'session_id', 'sid');
  });

  it('says that the client is the subject of a token that it requested for itself (RFC 9068 §2.2)', async () => {
    const job = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [archive] });
    const { body } = await callAs(server, job, '/token', { grant_type: 'client_credentials', scope: 'archive:read' });
    for (const caller of [job, api]) {
      const described = (await introspect(server, caller, body['access_token'])).body;
      expect(described).to.include({ active: true, sub: job.clientId, client_id: job.clientId });
      expect(described).not.to.have.property('username');
    }
  });
});

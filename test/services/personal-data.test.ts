import { expect } from 'chai';
import { allCollections } from '../../src/storage/collections.ts';
import { withoutPersonalData } from '../../src/services/users/personal-data.ts';
import { archive, authorize, createUser, obtain, password, registerApp, seedApis, signIn } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

onEachDatabase('the download of everything that is stored about a user', (start) => {
  let server: TestServer;
  let ada: string;

  before(async () => {
    server = await start();
    await seedApis(server);
    ada = await createUser(server);
  });

  it('has a part for each collection, except those that are about nobody, with the reason', () => {
    const { parts } = server.services.personalData;
    expect(
      [...parts.map(({ collection }) => collection), ...Object.keys(withoutPersonalData)].toSorted(),
    ).to.deep.equal(allCollections.map(({ name }) => name).toSorted());
    expect(new Set(parts.map(({ name }) => name)).size).to.equal(parts.length);
  });

  it('needs a fresh sign-in, is one JSON file, and has neither a secret nor a digest of one', async () => {
    await server.services.apis.update(archive, { personalTokens: true }, by);
    const app = await registerApp(server, { name: 'Letters' });
    const browser = openBrowser({ 'user-agent': 'curl/8' });
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const tokens = await obtain(server, app, { scope: 'openid email archive:read', resource: archive }, browser);
    const { code } = await authorize(server, app, { scope: 'openid' }, browser);
    const personal = await server.services.personalAccessTokens.create(
      ada,
      { name: 'nightly', access: [{ api: archive, scopes: ['archive:read'] }], expiresIn: 3600 },
      by,
    );
    const { token: link } = await server.services.users.createPasswordLink(ada, 'set-password', by);

    const page = await browser.visit(`${server.issuer}/account/data`);
    const file = await browser.submit(page, '/account/data/download');
    expect(file.status).to.equal(200);
    expect(file.headers.get('content-type')).to.match(/^application\/json/);
    expect(file.headers.get('content-disposition')).to.match(/^attachment; filename="[\w.]+"$/);
    expect(file.headers.get('cache-control')).to.equal('no-store');
    const data = JSON.parse(file.html) as Record<string, never[]>;
    expect(Object.keys(data)).to.deep.equal([
      'exportedAt',
      ...server.services.personalData.parts.map(({ name }) => name),
    ]);
    expect(data['account']).to.deep.include({ sub: ada, email: 'ada@example.com', hasPassword: true });
    expect(JSON.stringify(data['appsWithAccess'])).to.include(app.clientId).and.include('archive:read');
    expect(JSON.stringify(data['signInsAndTokens'])).to.include('Session').and.include('curl/8');
    expect(JSON.stringify(data['personalAccessTokens'])).to.include('nightly');
    expect(JSON.stringify(data['events'])).to.include('login.success');
    const user = await server.services.users.find(ada);
    const secrets = [
      password,
      user?.passwordHash,
      code,
      tokens['access_token'],
      tokens['refresh_token'],
      personal.value,
      link,
      ...browser.cookies.values(),
    ].map(String);
    for (const secret of secrets.filter((value) => value.length > 8)) {
      expect(file.html, 'a secret').to.not.include(secret);
    }
    // Digests and sealed values are long base64url; ids of users, clients and APIs are known.
    const known = [ada, app.clientId, archive];
    const long = [...file.html.matchAll(/"([\w-]{40,})"/g)].map(([, value]) => value);
    expect(long.filter((value) => !known.includes(value ?? ''))).to.deep.equal([]);
    const [event] = await server.services.audit.list({ limit: 1, accountId: ada, type: 'user.data_downloaded' });
    expect(event?.actor).to.equal(ada);
  });

  it('is not sent to a stranger, nor for a form of another session, nor for a GET', async () => {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    const address = `${server.issuer}/account/data/download`;
    expect((await openBrowser().post(address, {})).location).to.match(/\/authorize\?/);
    expect((await browser.post(address, { csrf: 'x' })).status).to.equal(403);
    expect((await browser.get(address)).location).to.equal(`${server.issuer}/account/data`);
  });
});

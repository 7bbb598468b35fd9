import { expect } from 'chai';
import { audited, createUser, password, redirectedTo, signIn, type AppClient } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import type { Oauth2Provider } from '../support/oauth2-provider.ts';
import type { OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';
import { alertOf, leave, registerOpenid, startWithProviders } from '../support/upstream.ts';

const by = { actor: 'command line' } as const;

onEachDatabase('signing in with another provider', (start) => {
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;
  let hub: Oauth2Provider;

  before(async function startServers() {
    this.timeout(60_000);
    ({ server, app, provider, hub } = await startWithProviders(start, {
      staff: { createUsers: true, authoritativeFor: ['example.com'] },
      hub: { createUsers: true },
    }));
  });
  after(async () => {
    await provider?.close();
    await hub?.close();
  });

  async function accountOf(email: string): Promise<string> {
    return (await server.services.users.findByEmail(email))?._id ?? '';
  }

  it('makes an account for a trusted address where the operator allows it, and finds it again by the subject', async () => {
    provider.person = { sub: 'grace', email: 'grace@example.com', email_verified: true, name: 'Grace Hopper' };
    const browser = openBrowser();
    const back = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    expect(redirectedTo(back, app).searchParams.get('code')).to.be.a('string');
    const user = await server.services.users.findByEmail('grace@example.com');
    expect(user).to.deep.include({ emailVerified: true, profile: { name: 'Grace Hopper' } });
    expect(user).not.to.have.property('passwordHash');
    // Another address there: the account is the same.
    provider.person = { sub: 'grace', email: 'hopper@example.com', email_verified: true };
    const again = openBrowser();
    redirectedTo(await again.visit(await provider.visit(await leave(server, app, again, 'staff'))), app);
    expect(await server.services.users.findByEmail('hopper@example.com')).to.equal(null);
    expect(await audited(server, { accountId: user?._id ?? '' })).to.deep.equal([
      // The second browser.
      'login.new_device',
      'login.success',
      'login.success',
      'upstream.linked',
      'user.created',
    ]);
  });

  it('sends PKCE with S256, state, nonce and the hint of the app, and a redirect URI for this provider alone', async () => {
    const address = new URL(
      await leave(server, app, openBrowser(), 'staff', { parameters: { login_hint: 'ada@example.com' } }),
    );
    const { searchParams: sent } = address;
    expect(sent.get('code_challenge_method')).to.equal('S256');
    expect(sent.get('code_challenge')).to.match(/^[\w-]{43}$/);
    expect(sent.get('state')).to.match(/^[\w-]{43}$/);
    expect(sent.get('nonce')).to.match(/^[\w-]{43}$/);
    expect(sent.get('login_hint')).to.equal('ada@example.com');
    expect(sent.get('redirect_uri')).to.equal(`${server.issuer}/upstream/staff/callback`);
    expect(sent.get('client_id')).to.equal('gatehouse');
  });

  it('signs in by OAuth 2 with userinfo, by the id of the user', async () => {
    hub.user = { id: 4711, login: 'lin', name: 'Lin' };
    hub.emails = [
      { email: 'other@example.com', primary: false, verified: true },
      { email: 'lin@example.com', primary: true, verified: true },
    ];
    await server.services.upstreams.update('hub', { authoritativeFor: ['*'] }, by);
    const browser = openBrowser();
    redirectedTo(await browser.visit(hub.visit(await leave(server, app, browser, 'hub'))), app);
    const user = await server.services.users.findByEmail('lin@example.com');
    expect(user?.profile).to.deep.equal({ name: 'Lin', preferred_username: 'lin' });
    await server.services.upstreams.update('hub', { authoritativeFor: [] }, by);
    const links = await server.services.upstreamLinks.listByUser(user?._id ?? '');
    expect(links.map(({ subject }) => subject)).to.deep.equal(['4711']);
  });

  it('signs in with a second Gatehouse', async () => {
    const other = await startTestServer();
    const { client, secret } = await other.services.clients.create(
      { name: 'Here', type: 'web', redirectUris: [`${server.issuer}/upstream/other/callback`] },
      by,
    );
    await createUser(other, 'ida@example.com');
    await registerOpenid(
      server,
      { issuer: other.issuer, clientId: client._id, secret: secret ?? '' },
      { id: 'other', name: 'Other', createUsers: true, authoritativeFor: ['example.com'] },
    );
    const [here, there] = [openBrowser(), openBrowser()];
    const login = await there.visit(await leave(server, app, here, 'other'));
    const consent = await signIn(there, login, 'ida@example.com');
    const { location = '' } = await there.submit(consent, '/consent', { decision: 'allow' });
    expect(new URL(location).searchParams.get('iss')).to.equal(other.issuer);
    redirectedTo(await here.visit(location), app);
    expect((await server.services.users.findByEmail('ida@example.com'))?.emailVerified).to.equal(true);
    await other.stop();
    await server.services.upstreams.remove('other', by);
  });

  it('links a verified account with its trusted address, and notifies the user by mail', async () => {
    const accountId = await createUser(server, 'ada@example.com');
    provider.person = { sub: 'ada', email: 'Ada@Example.com', email_verified: true };
    const browser = openBrowser();
    redirectedTo(await browser.visit(await provider.visit(await leave(server, app, browser, 'staff'))), app);
    expect(await audited(server, { accountId })).to.include('upstream.linked');
    const mails = await server.services.outbox.list({ limit: 20 });
    expect(mails.some(({ kind }) => kind === 'mail')).to.equal(true);
  });

  const untrusted = [
    ['the provider does not say that it is verified', { email: 'mary@example.com' }],
    ['the provider says that it is not verified', { email: 'mary@example.com', email_verified: false }],
    ['the provider is not authoritative for its domain', { email: 'mary@elsewhere.example', email_verified: true }],
    ['the domain only ends alike', { email: 'mary@evil-example.com', email_verified: true }],
    ['the domain is a subdomain', { email: 'mary@mail.example.com', email_verified: true }],
  ] as const;
  for (const [title, claims] of untrusted) {
    it(`never leads to an account by its address when ${title}`, async () => {
      if ((await server.services.users.findByEmail(claims.email)) === null) {
        await createUser(server, claims.email);
      }
      const accountId = await accountOf(claims.email);
      provider.person = { sub: `attacker ${title.length}`, ...claims };
      const browser = openBrowser();
      const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
      expect(alertOf(page)).to.match(/No account here is linked with your Staff account yet/);
      expect(page.location).to.equal(undefined);
      expect(await server.services.upstreamLinks.listByUser(accountId)).to.deep.equal([]);
      expect(await server.services.sessions.listByUser(accountId)).to.deep.equal([]);
    });
  }

  it('makes no account for an address that is not trusted, also where accounts are made', async () => {
    provider.person = { sub: 'nobody', email: 'nobody@elsewhere.example', email_verified: true };
    const browser = openBrowser();
    const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    expect(alertOf(page)).to.match(/No account here is linked/);
    expect(await server.services.users.findByEmail('nobody@elsewhere.example')).to.equal(null);
  });

  it('does not link an account whose own address was never verified: somebody else may have registered it', async () => {
    const { _id } = await server.services.users.create({ email: 'victim@example.com', password }, by);
    provider.person = { sub: 'victim', email: 'victim@example.com', email_verified: true };
    const browser = openBrowser();
    const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    expect(alertOf(page)).to.match(/No account here is linked/);
    expect(await server.services.upstreamLinks.listByUser(_id)).to.deep.equal([]);
  });

  it('does not link an administrator by an address', async () => {
    await server.services.users.create(
      { email: 'root@example.com', password, emailVerified: true, role: 'administrator' },
      by,
    );
    provider.person = { sub: 'root', email: 'root@example.com', email_verified: true };
    const browser = openBrowser();
    const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    expect(alertOf(page)).to.match(/No account here is linked/);
  });

  it('offers to link the person with the account that the user signs in to instead', async () => {
    const accountId = await createUser(server, 'bea@example.com');
    provider.person = { sub: 'bea', email: 'bea@elsewhere.example', email_verified: true };
    const browser = openBrowser();
    const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    const offer = await signIn(browser, page, 'bea@example.com');
    expect(offer.html)
      .to.contain('Link Staff?')
      .and.to.contain('bea@elsewhere.example')
      .and.to.contain('bea@example.com');
    expect(await server.services.upstreamLinks.listByUser(accountId)).to.deep.equal([]);
    redirectedTo(await browser.submit(offer, '/link-provider', { choice: 'link' }), app);
    expect(await audited(server, { accountId })).to.include('upstream.linked');
    const next = openBrowser();
    redirectedTo(await next.visit(await provider.visit(await leave(server, app, next, 'staff'))), app);
  });

  it('links nothing when the user does not agree', async () => {
    const accountId = await createUser(server, 'cleo@example.com');
    provider.person = { sub: 'cleo', email: 'cleo@elsewhere.example' };
    const browser = openBrowser();
    const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    const offer = await signIn(browser, page, 'cleo@example.com');
    redirectedTo(await browser.submit(offer, '/link-provider', { choice: 'skip' }), app);
    expect(await server.services.upstreamLinks.listByUser(accountId)).to.deep.equal([]);
  });

  it('refuses a disabled user', async () => {
    provider.person = { sub: 'dora', email: 'dora@example.com', email_verified: true };
    const first = openBrowser();
    redirectedTo(await first.visit(await provider.visit(await leave(server, app, first, 'staff'))), app);
    await server.services.users.disable(await accountOf('dora@example.com'), by);
    const browser = openBrowser();
    const page = await browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
    expect(alertOf(page)).to.match(/You cannot sign in with this Staff account here/);
  });

  it('forgets the links of a deleted user: the same person may get a new account', async () => {
    provider.person = { sub: 'eve', email: 'eve@example.com', email_verified: true };
    const first = openBrowser();
    redirectedTo(await first.visit(await provider.visit(await leave(server, app, first, 'staff'))), app);
    const before = await accountOf('eve@example.com');
    await server.services.users.remove(before, by);
    expect(await server.services.upstreamLinks.listByUser(before)).to.deep.equal([]);
    const again = openBrowser();
    redirectedTo(await again.visit(await provider.visit(await leave(server, app, again, 'staff'))), app);
    expect(await accountOf('eve@example.com')).not.to.equal(before);
  });

  it('maps groups, refreshes them at each sign-in, and leaves those that the operator gave', async () => {
    await server.services.upstreams.update(
      'staff',
      {
        claims: [{ name: 'groups', from: 'roles.all' }],
        groups: [
          { from: '/devs', to: 'developers' },
          { from: '/ops', to: 'operators' },
        ],
      },
      by,
    );
    const person = { sub: 'fay', email: 'fay@example.com', email_verified: true };
    async function groupsAfter(roles: unknown): Promise<readonly string[]> {
      provider.person = { ...person, roles: { all: roles } };
      const browser = openBrowser();
      redirectedTo(await browser.visit(await provider.visit(await leave(server, app, browser, 'staff'))), app);
      return (await server.services.users.findByEmail('fay@example.com'))?.groups ?? [];
    }
    expect(await groupsAfter(['/devs', '/admins'])).to.deep.equal(['developers']);
    await server.services.users.update(await accountOf('fay@example.com'), { groups: ['developers', 'friends'] }, by);
    expect(await groupsAfter(['/ops'])).to.deep.equal(['friends', 'operators']);
    await server.services.users.update(
      await accountOf('fay@example.com'),
      { groups: ['operators', 'friends', 'developers'] },
      by,
    );
    expect(await groupsAfter(['/devs', '/ops'])).to.have.members(['operators', 'friends', 'developers']);
    // `developers` was given by the operator, so the provider cannot take it.
    expect(await groupsAfter(undefined)).to.have.members(['friends', 'developers']);
    await server.services.upstreams.update('staff', { claims: [], groups: [] }, by);
  });
});

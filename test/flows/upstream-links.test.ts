/** The page on which users link accounts at other identity providers, and how such a link ends. */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import {
  asks,
  audited,
  createUser,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { startOauth2Provider, type Oauth2Provider } from '../support/oauth2-provider.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { alertOf, leave, registerOauth2, registerOpenid } from '../support/upstream.ts';

const by = { actor: 'command line' } as const;
/** Where the app receives users who signed out. */
const signedOutAt = 'http://127.0.0.1:9/signed-out';

onEachDatabase('links with other providers', (start) => {
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;
  let hub: Oauth2Provider;
  let people = 0;

  before(async function startServers() {
    this.timeout(60_000);
    server = await start();
    await seedApis(server);
    app = await registerApp(server, { firstParty: true, postLogoutRedirectUris: [signedOutAt] });
    provider = await startOpenidProvider({
      redirectUri: `${server.issuer}/upstream/staff/callback`,
      backchannelLogoutUri: `${server.issuer}/upstream/staff/backchannel-logout`,
      postLogoutRedirectUri: `${server.issuer}/`,
    });
    hub = await startOauth2Provider();
    await registerOpenid(server, provider, { createUsers: true, authoritativeFor: ['*'] });
    await registerOauth2(server, hub);
  });
  after(async () => {
    await provider?.close();
    await hub?.close();
  });

  /** A new user, signed in on the page of the links. */
  async function openPage(): Promise<{ readonly accountId: string; readonly browser: Browser; readonly page: Page }> {
    people += 1;
    const email = `user${people}@example.com`;
    const accountId = await createUser(server, email);
    const browser = openBrowser();
    const page = await signIn(browser, await browser.visit(`${server.issuer}/account/providers`), email);
    expect(page.url).to.equal(`${server.issuer}/account/providers`);
    return { accountId, browser, page };
  }

  /** Links the person at the bare provider. */
  async function link(browser: Browser, page: Page, sub: string): Promise<Page> {
    provider.person = { sub, email: `${sub}@elsewhere.example` };
    const { location = '' } = await browser.submit(page, '/staff/link');
    return browser.visit(await provider.visit(location));
  }

  async function signInAs(sub: string, email?: string): Promise<Browser> {
    provider.person = { sub, ...(email === undefined ? {} : { email, email_verified: true }) };
    const browser = openBrowser();
    redirectedTo(await browser.visit(await provider.visit(await leave(server, app, browser, 'staff'))), app);
    return browser;
  }

  it('are made and removed on the account page', async () => {
    const { accountId, browser, page } = await openPage();
    expect(page.html).to.contain('No other account is linked');
    const linked = await link(browser, page, 'linked');
    expect(linked.html).to.contain('Staff is linked with your account').and.to.contain('linked@elsewhere.example');
    await signInAs('linked');
    expect(await server.services.sessions.listByUser(accountId)).to.have.length(2);
    const removed = await browser.submit(linked, '/remove');
    expect(removed.html).to.contain('Staff is no longer linked with your account');
    // The session that was started with it has ended, this one has not.
    expect(await server.services.sessions.listByUser(accountId)).to.have.length(1);
    expect(await audited(server, { accountId })).to.include.members(['upstream.linked', 'upstream.unlinked']);
  });

  it('sign nobody in any more once they are removed, also by a sign-in that was in progress', async () => {
    const { accountId, browser, page } = await openPage();
    await link(browser, page, 'paused');
    const other = openBrowser();
    let next = await provider.visit(await leave(server, app, other, 'staff'));
    while (!new URL(next).pathname.startsWith('/authorize')) {
      next = (await other.get(next)).location ?? '';
    }
    const [made] = await server.services.upstreamLinks.listByUser(accountId);
    const options = { exceptSession: '', provider: 'Staff', hasOtherWay: async () => true };
    await server.services.upstreamLinks.unlink(accountId, made?._id ?? '', options, by);
    expect(asks(await other.visit(next))).to.equal('sign-in');
    expect(await server.services.sessions.listByUser(accountId)).to.have.length(1);
  });

  it('need a fresh confirmation of who the user is', async function confirm() {
    this.timeout(60_000);
    const clock = manualClock();
    const timed = await start({ clock });
    await registerOpenid(timed, provider);
    await createUser(timed, 'late@example.com');
    const browser = openBrowser();
    const page = await signIn(browser, await browser.visit(`${timed.issuer}/account/providers`), 'late@example.com');
    clock.advance(301);
    const asked = await browser.submit(page, '/staff/link');
    expect(asked.html).to.contain('Confirm it is you');
    await timed.stop();
  });

  it('are not made by the answer to another session', async () => {
    const attacker = await openPage();
    provider.person = { sub: 'planted' };
    const { location = '' } = await attacker.browser.submit(attacker.page, '/staff/link');
    const callback = await provider.visit(location);
    const victim = await openPage();
    await victim.browser.visit(callback);
    expect(await server.services.upstreamLinks.listByUser(victim.accountId)).to.deep.equal([]);
    await attacker.browser.visit(callback);
    expect(await server.services.upstreamLinks.listByUser(attacker.accountId)).to.have.length(1);
  });

  it('are made from our own page only', async () => {
    const { browser, page } = await openPage();
    const action = `${server.issuer}/account/providers/staff/link`;
    const csrf = page.forms.find((form) => form.action.endsWith('/staff/link'))?.fields['csrf'] ?? '';
    expect((await browser.post(action, { csrf: 'wrong' })).status).to.equal(403);
    expect((await browser.post(action, { csrf }, { 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    expect((await browser.get(action)).location).to.equal(`${server.issuer}/account/providers`);
  });

  it('are not made with a person who is linked with another account', async () => {
    const one = await openPage();
    await link(one.browser, one.page, 'shared');
    const other = await openPage();
    const page = await link(other.browser, other.page, 'shared');
    expect(alertOf(page)).to.equal('This Staff account is linked with another account here.');
    expect(await server.services.upstreamLinks.listByUser(other.accountId)).to.deep.equal([]);
  });

  it('are not removed when they are the last way to sign in, also by parallel requests', async () => {
    await signInAs('only', 'only@example.com');
    const user = await server.services.users.findByEmail('only@example.com');
    const accountId = user?._id ?? '';
    const staff = await server.services.upstreams.get('staff');
    const person = { subject: 'second', emailVerified: false, profile: {}, amr: [] };
    await server.services.upstreamLinks.link(accountId, staff, person, by);
    const links = await server.services.upstreamLinks.listByUser(accountId);
    expect(links).to.have.length(2);
    const options = { exceptSession: '', provider: 'Staff', hasOtherWay: async () => false };
    await Promise.allSettled(links.map(({ _id }) => server.services.upstreamLinks.unlink(accountId, _id, options, by)));
    expect(await server.services.upstreamLinks.listByUser(accountId)).not.to.deep.equal([]);
  });

  it('show on the page which one cannot be removed', async () => {
    const browser = await signInAs('lone', 'lone@example.com');
    const page = await browser.visit(`${server.issuer}/account/providers`);
    expect(page.html).to.contain('This is your only way to sign in');
    expect(page.forms.some(({ action }) => action.endsWith('/remove'))).to.equal(false);
  });

  it('of a provider that was removed end with their sessions and groups', async () => {
    const other = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/brief/callback` });
    await registerOpenid(server, other, {
      id: 'brief',
      createUsers: true,
      authoritativeFor: ['*'],
      groups: [{ from: 'x', to: 'visitors' }],
    });
    other.person = { sub: 'brief', email: 'brief@example.com', email_verified: true, groups: ['x'] };
    const browser = openBrowser();
    redirectedTo(await browser.visit(await other.visit(await leave(server, app, browser, 'brief'))), app);
    const user = await server.services.users.findByEmail('brief@example.com');
    expect(user?.groups).to.deep.equal(['visitors']);
    const accountId = user?._id ?? '';
    expect(await server.services.sessions.listByUser(accountId)).to.have.length(1);
    await server.services.upstreams.remove('brief', by);
    expect(await server.services.sessions.listByUser(accountId)).to.deep.equal([]);
    expect(await server.services.upstreamLinks.listByUser(accountId)).to.deep.equal([]);
    expect((await server.services.users.find(accountId))?.groups).to.deep.equal([]);
    await other.close();
  });

  it('sign the user out there, too, where the operator configures it (OpenID Connect RP-Initiated Logout)', async () => {
    const before = await signInAs('leaving', 'leaving@example.com');
    const stays = await before.visit(`${server.issuer}/account`);
    expect((await before.submit(stays, '/account/sign-out')).url).to.equal(`${server.issuer}/`);
    await server.services.upstreams.update('staff', { signOut: true }, by);
    const browser = await signInAs('leaving', 'leaving@example.com');
    const page = await browser.visit(`${server.issuer}/account`);
    const { location = '' } = await browser.submit(page, '/account/sign-out');
    const address = new URL(location);
    expect(address.origin).to.equal(provider.issuer);
    expect(address.searchParams.get('post_logout_redirect_uri')).to.equal(`${server.issuer}/`);
    expect(address.searchParams.get('id_token_hint')).to.match(/^ey/);
    await server.services.upstreams.update('staff', { signOut: false }, by);
    // It has ended here, whatever the provider does.
    expect((await browser.get(`${server.issuer}/account`)).location).to.contain('/authorize');
  });

  it('sign the user out there when an app signs the user out here, and then lead back to the app', async () => {
    await server.services.upstreams.update('staff', { signOut: true }, by);
    const browser = await signInAs('leaving', 'leaving@example.com');
    const answer = async (choice: Readonly<Record<string, string>>, parameters = {}): Promise<Page> => {
      const query = new URLSearchParams({ client_id: app.clientId, ...parameters }).toString();
      return browser.submit(await browser.visit(`${server.issuer}/logout?${query}`), '/logout/confirm', choice);
    };
    const back = { post_logout_redirect_uri: signedOutAt, state: 'of the app' };
    // A user who stays signed in here stays signed in there.
    expect((await answer({ logout: '' }, back)).location).to.equal(`${signedOutAt}?state=of+the+app`);
    const address = new URL((await answer({ logout: 'yes' }, back)).location ?? '');
    expect(address.origin).to.equal(provider.issuer);
    expect(address.searchParams.get('post_logout_redirect_uri')).to.equal(`${server.issuer}/`);
    expect(address.searchParams.get('id_token_hint')).to.match(/^ey/);
    expect((await browser.get(`${server.issuer}/account`)).location).to.contain('/authorize');
    expect((await browser.get(`${server.issuer}/`)).location).to.equal(`${signedOutAt}?state=of+the+app`);
    // Once.
    expect((await browser.get(`${server.issuer}/`)).status).to.equal(200);
    await server.services.upstreams.update('staff', { signOut: false }, by);
  });

  it('lead back to the app after a logout there also with an address that is too long for a cookie', async () => {
    await server.services.upstreams.update('staff', { signOut: true }, by);
    const browser = await signInAs('long', 'long@example.com');
    const state = 's'.repeat(4000);
    const query = new URLSearchParams({ client_id: app.clientId, post_logout_redirect_uri: signedOutAt, state });
    const page = await browser.visit(`${server.issuer}/logout?${query.toString()}`);
    const { location = '' } = await browser.submit(page, '/logout/confirm', { logout: 'yes' });
    expect(new URL(location).origin).to.equal(provider.issuer);
    for (const { name, value } of browser.jar.values()) {
      expect(name.length + value.length, name).to.be.lessThan(4096);
    }
    // Not in another browser.
    expect((await openBrowser().get(`${server.issuer}/`)).status).to.equal(200);
    expect((await browser.get(`${server.issuer}/`)).location).to.equal(`${signedOutAt}?state=${state}`);
    expect((await browser.get(`${server.issuer}/`)).status).to.equal(200);
    await server.services.upstreams.update('staff', { signOut: false }, by);
  });

  it('lead to the signed-out page after a logout there without an app to return to', async () => {
    await server.services.upstreams.update('staff', { signOut: true }, by);
    const browser = await signInAs('leaving', 'leaving@example.com');
    const page = await browser.visit(`${server.issuer}/logout?ui_locales=de`);
    const { location = '' } = await browser.submit(page, '/logout/confirm', { logout: 'yes' });
    expect(new URL(location).origin).to.equal(provider.issuer);
    expect((await browser.get(`${server.issuer}/`)).location).to.equal(`${server.issuer}/logout/success?ui_locales=de`);
    await server.services.upstreams.update('staff', { signOut: false }, by);
  });

  it('end a session here when the provider ends its own (OpenID Connect Back-Channel Logout)', async () => {
    const first = await signInAs('logout', 'logout@example.com');
    const accountId = (await server.services.users.findByEmail('logout@example.com'))?._id ?? '';
    expect(await server.services.sessions.listByUser(accountId)).to.have.length(1);
    const withPassword = await openPage();
    await provider.signOut();
    expect(await server.services.sessions.listByUser(accountId)).to.deep.equal([]);
    expect(await server.services.sessions.listByUser(withPassword.accountId)).to.have.length(1);
    expect((await first.get(`${server.issuer}/account/providers`)).location).to.contain('/authorize');
    expect(await audited(server, { accountId })).to.include('session.ended');
  });
});

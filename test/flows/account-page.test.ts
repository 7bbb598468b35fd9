import { expect } from 'chai';
import {
  asks,
  authorizationUrl,
  authorize,
  createUser,
  password,
  registerApp,
  seedApis,
  signIn,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const newPassword = 'a different long passphrase';
const by = { actor: 'system' } as const;

/** The status message of the page. */
function noticeOf(page: Page): string | undefined {
  return /<p class="done" role="status"[^>]*>([^<]*)</.exec(page.html)?.[1];
}

function titleOf(page: Page): string | undefined {
  return /<title>([^<]*)</.exec(page.html)?.[1];
}

onEachDatabase('the account page', (start) => {
  let server: TestServer;
  let email: string;
  let ada: string;
  let count = 0;

  before(async () => {
    server = await start();
    await seedApis(server);
  });

  beforeEach(async () => {
    count += 1;
    email = `ada${count}@example.com`;
    ada = await createUser(server, email);
  });

  async function signedIn(browser = openBrowser()): Promise<Browser> {
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    return browser;
  }

  it('lists an app only if the user allowed it: not while consent is pending, nor if it was denied or withdrawn', async () => {
    const app = await registerApp(server, { name: 'Denied Prints' });
    const browser = await signedIn();
    const both = async (): Promise<string> =>
      (await browser.visit(`${server.issuer}/account/sessions`)).html +
      (await browser.visit(`${server.issuer}/account/apps`)).html;
    const consent = await browser.visit(authorizationUrl(server, app).url);
    expect(asks(consent)).to.equal('consent');
    expect(await both(), 'pending').to.not.include('Denied Prints');
    await browser.submit(consent, '/consent', { decision: 'deny' });
    expect(await both(), 'denied').to.not.include('Denied Prints');
    await authorize(server, app, {}, browser);
    expect((await both()).match(/Apps: .*Denied Prints|<h2><bdi>Denied Prints/g), 'allowed').to.have.length(2);
    await browser.submit(await browser.visit(`${server.issuer}/account/apps`), '/withdraw');
    expect(await both(), 'withdrawn').to.not.include('Denied Prints');
  });

  it('lists first-party apps in the session that uses them', async () => {
    const app = await registerApp(server, { name: 'House Calendar', firstParty: true, apis: [] });
    const browser = await signedIn();
    await browser.visit(authorizationUrl(server, app).url);
    expect((await browser.visit(`${server.issuer}/account/sessions`)).html).to.match(/Apps: .*House Calendar/);
  });

  it('lists first the device on which it is opened', async () => {
    const firefox = openBrowser({
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    });
    const safari = openBrowser({
      'user-agent':
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    });
    await signedIn(firefox);
    await signedIn(safari);
    await signedIn(openBrowser());
    for (const [browser, name] of [
      [firefox, 'Firefox'],
      [safari, 'Safari'],
    ] as const) {
      const { html } = await browser.visit(`${server.issuer}/account/sessions`);
      const devices = [...html.matchAll(/<h2>([^<]*)/g)].map(([, device]) => device ?? '');
      expect(devices).to.have.length(3);
      expect(devices[0]).to.include(name);
      expect(html.indexOf('this device')).to.be.below(html.indexOf('<h2>', html.indexOf('<h2>') + 1));
    }
  });

  it('reports a change once, in its title and in a focused status, after a redirect', async () => {
    const browser = await signedIn();
    await signedIn(openBrowser());
    await signedIn(openBrowser());
    await authorize(server, await registerApp(server), {}, browser);
    for (const [section, action, notice] of [
      ['sessions', '/end', 'That sign-in has ended.'],
      ['sessions', '/sessions/end-others', 'All other sign-ins have ended.'],
      ['apps', '/withdraw', 'The app has no access any more.'],
    ] as const) {
      const address = `${server.issuer}/account/${section}`;
      const page = await browser.submit(await browser.visit(address), action);
      expect(page.url, action).to.equal(address);
      expect(noticeOf(page)).to.equal(notice);
      expect(titleOf(page)).to.match(new RegExp(`^${notice} – `));
      expect(page.html).to.match(/role="status" tabindex="-1" autofocus/);
      expect(noticeOf(await browser.get(page.url)), 'shown once').to.equal(undefined);
    }
  });

  it('shows the latest activity: what, when, on which device and from which address block; repeated failures are one entry', async () => {
    const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0' };
    const browser = await signedIn(openBrowser(firefox));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const guesser = openBrowser({ 'user-agent': 'curl/8' });
      await signIn(guesser, await guesser.visit(`${server.issuer}/account`), email, 'not the password of ada');
    }
    await authorize(server, await registerApp(server, { name: 'Letters' }), {}, browser);
    await server.services.users.update(ada, { groups: ['staff'] }, { actor: 'command line' });
    const security = await browser.visit(`${server.issuer}/account/security`);
    expect(security.html).to.include('href="/account/activity"').and.include('Latest ');
    const { html } = await browser.visit(`${server.issuer}/account/activity`);
    const entries = html.split('<li>').map((entry) => entry.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' '));
    const entry = (words: string): string => entries.find((text) => text.includes(words)) ?? '';
    expect(entry('Signed in')).to.include('Firefox on Linux').and.include('from 127.0.0.1').and.include('UTC');
    expect(entry('Attempt to sign in')).to.include('3 times').and.include('curl').and.include('Failed');
    expect(entry('Access given to an app')).to.include('Letters');
    expect(entry('Account details changed')).to.include('by an operator of this service');
    expect(html.indexOf('Account details changed'), 'newest first').to.be.below(html.indexOf('>Signed in'));
  });

  it('shows the activity of the signed-in user only', async () => {
    const other = await createUser(server, `other${count}@example.com`);
    await server.services.users.update(other, { groups: ['staff'] }, { actor: 'command line' });
    const { html } = await (await signedIn()).visit(`${server.issuer}/account/activity`);
    expect(html).to.include('Signed in').and.not.include('Account details changed');
  });

  it('ignores a notice with a wrong signature', async () => {
    const browser = await signedIn();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await browser.get(`${server.issuer}/account`, {
      cookie: `${cookie}; gatehouse_notice=access-withdrawn`,
    });
    expect(page.status).to.equal(200);
    expect(noticeOf(page)).to.equal(undefined);
  });

  it('redirects after "Sign out" to the start page, which reports the sign-out, also after a second click', async () => {
    const browser = await signedIn();
    const page = await browser.visit(`${server.issuer}/account`);
    for (const click of ['first', 'second']) {
      const home = await browser.submit(page, '/account/sign-out');
      expect(home.url, click).to.equal(`${server.issuer}/`);
      expect(noticeOf(home), click).to.equal('You are signed out.');
    }
    expect(noticeOf(await browser.get(`${server.issuer}/`)), 'shown once').to.equal(undefined);
  });

  it('does not report a sign-out to a user who is still signed in', async () => {
    const browser = await signedIn();
    const forged = await browser.post(`${server.issuer}/account/sign-out`, {}, { cookie: '' });
    expect(forged.status).to.equal(303);
    expect(noticeOf(await browser.get(`${server.issuer}/`))).to.equal(undefined);
  });

  it('redirects to the start page after "Cancel" on its sign-in page', async () => {
    const browser = openBrowser();
    const home = await browser.submit(await browser.visit(`${server.issuer}/account`), '/cancel');
    expect(home.url).to.equal(`${server.issuer}/`);
    expect(home.status).to.equal(200);
    expect(asks(home)).to.equal('other');
  });

  it('redirects a GET of the address of a form to the page of the form, and a POST of a stranger to the sign-in', async () => {
    const browser = await signedIn();
    for (const [path, page] of [
      ['/sessions/x/end', '/sessions'],
      ['/sessions/end-others', '/sessions'],
      ['/apps/prints/withdraw', '/apps'],
      ['/tokens/x/revoke', '/tokens'],
      ['/sign-out', ''],
    ] as const) {
      expect((await browser.get(`${server.issuer}/account${path}`)).location, path).to.equal(
        `${server.issuer}/account${page}`,
      );
      if (page !== '') {
        const stranger = openBrowser();
        const { location } = await stranger.post(`${server.issuer}/account${path}`, {});
        const back = await signIn(stranger, await stranger.visit(location ?? ''), email);
        expect(back.url, path).to.equal(`${server.issuer}/account${page}`);
      }
    }
    expect((await browser.get(`${server.issuer}/account`)).status, 'nothing was changed').to.equal(200);
  });

  it('can be used after a password was set with a link; reload and Back show that it is set, in this browser only', async () => {
    const { token } = await server.services.users.createPasswordLink(ada, 'set-password', by);
    const browser = openBrowser();
    const form = await browser.visit(`${server.issuer}/password/${token}`);
    const posted = await browser.post(form.url, {
      ...form.forms[0]?.fields,
      password: newPassword,
      confirmation: newPassword,
    });
    expect(posted.status).to.equal(303);
    const done = await browser.visit(posted.location ?? '');
    expect(done.html).to.include('Your password is set');
    expect((await browser.get(done.url)).html, 'reload').to.include('Your password is set');
    expect((await browser.visit(form.url)).url, 'Back').to.equal(done.url);
    expect((await openBrowser().get(form.url)).status, 'another browser').to.equal(410);
    expect(asks(await openBrowser().visit(done.url)), 'another browser').to.equal('sign-in');
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email, newPassword);
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
    expect(await server.services.users.find(ada)).to.not.equal(null);
    expect((await browser.get(done.url)).status).to.be.oneOf([200, 303]);
  });

  it('can be used after the setup; reload and Back show that the setup is done, in this browser only', async () => {
    const fresh = await start();
    const token = (await fresh.services.setup.setupLinkToken()) ?? '';
    const browser = openBrowser();
    const form = await browser.visit(`${fresh.issuer}/setup/${token}`);
    const done = await browser.submit(form, token, { email: 'root@example.com', password, confirmation: password });
    expect(done.html).to.include('All set');
    expect((await browser.get(done.url)).html, 'reload').to.include('All set');
    expect((await browser.visit(form.url)).url, 'Back').to.equal(done.url);
    expect((await openBrowser().get(form.url)).status, 'another browser').to.equal(410);
    expect(asks(await openBrowser().visit(done.url)), 'another browser').to.equal('sign-in');
  });
});

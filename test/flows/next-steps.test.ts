import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import {
  asks,
  authorizationUrl,
  createUser,
  password,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const titleOf = ({ html }: Page): string | undefined => /<h1>([^<]*)</.exec(html)?.[1];

/** The button of an error page: its text and its target. */
function nextStepOf({ html, url }: Page): readonly [string, string] | undefined {
  const [, address, text] = /<a class="button primary" href="([^"]*)">([^<]*)</.exec(html) ?? [];
  return address === undefined || text === undefined ? undefined : [text, new URL(address, url).href];
}

onEachDatabase('a page that cannot continue', (start) => {
  const clock = manualClock();
  let server: TestServer;
  let app: AppClient;
  let home: string;

  before(async () => {
    server = await start({ clock });
    home = `${server.issuer}/`;
    await seedApis(server);
    app = await registerApp(server, {
      name: 'Prints',
      redirectUris: ['https://staging.prints.example/callback', 'https://prints.example/callback'],
    });
    app = { ...app, redirectUri: 'https://prints.example/callback' };
  });

  let email = '';
  let userCount = 0;
  beforeEach(async () => {
    userCount += 1;
    email = `ada${userCount}@example.com`;
    await createUser(server, email);
  });

  const begin = (browser: Browser, client = app): Promise<Page> => browser.visit(authorizationUrl(server, client).url);
  const toPrints = ['Go to Prints', 'https://prints.example/'] as const;

  /** Signs in and allows access. @returns the two pages of this flow */
  async function finish(browser: Browser, client = app): Promise<{ login: Page; consent: Page }> {
    const login = await begin(browser, client);
    const consent = await signIn(browser, login, email);
    redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), client);
    return { login, consent };
  }

  it('shows for an old sign-in page that it has expired, and leads to the app', async () => {
    const browser = openBrowser();
    const login = await begin(browser);
    clock.advance(24 * 3600);
    const page = await browser.visit(login.url);
    expect(page.status).to.equal(400);
    expect(titleOf(page)).to.equal('This page has expired');
    expect(nextStepOf(page)).to.deep.equal(toPrints);
    const posted = await signIn(browser, login, email);
    expect([titleOf(posted), nextStepOf(posted)]).to.deep.equal(['This page has expired', toPrints]);
  });

  it('leads to the start page in the flow of another browser, and does not name the app', async () => {
    const login = await begin(openBrowser());
    const page = await openBrowser().visit(login.url);
    expect([titleOf(page), nextStepOf(page)]).to.deep.equal(['This page has expired', ['Go to the start page', home]]);
    expect(page.html).to.not.include('Prints');
  });

  it('shows after a sign-in, when Back is pressed, that the user is signed in, and leads to the app or the account page', async () => {
    const browser = openBrowser();
    const { login, consent } = await finish(browser);
    for (const { url } of [consent, login]) {
      const page = await browser.visit(url);
      expect([titleOf(page), nextStepOf(page)], url).to.deep.equal(['You are already signed in', toPrints]);
      expect(page.html).to.include('<a class="button secondary" href="/account">Your account</a>');
    }
    const posted = await browser.submit(consent, '/consent', { decision: 'deny' });
    expect(posted.status).to.equal(400);
    expect([titleOf(posted), nextStepOf(posted)], 'a second submit').to.deep.equal([
      'You are already signed in',
      toPrints,
    ]);
  });

  it('leads to the app also when Back is pressed after "Do not allow"', async () => {
    const browser = openBrowser();
    const consent = await signIn(browser, await begin(browser), email);
    redirectedTo(await browser.submit(consent, '/consent', { decision: 'deny' }), app);
    const page = await browser.visit(consent.url);
    expect([titleOf(page), nextStepOf(page)]).to.deep.equal(['You are already signed in', toPrints]);
  });

  it('leads to the current page of the flow, if the flow has not ended', async () => {
    const browser = openBrowser();
    const login = await begin(browser);
    const consent = await signIn(browser, login, email);
    expect(asks(consent)).to.equal('consent');
    const back = await browser.get(login.url);
    expect(back.location).to.equal(consent.url);
    // The same form again, from a second tab.
    const posted = await signIn(browser, login, email);
    expect([titleOf(posted), nextStepOf(posted)]).to.deep.equal([
      'You are already signed in',
      ['Continue', consent.url],
    ]);
    expect(asks(await browser.visit(consent.url)), 'the flow can continue').to.equal('consent');
  });

  it("leads to the app's registered site, if it has one (client_uri, RFC 7591 §2)", async () => {
    const withSite = await registerApp(server, { name: 'Letters', clientUri: 'https://letters.example/start' });
    const browser = openBrowser();
    const { consent } = await finish(browser, withSite);
    expect(nextStepOf(await browser.visit(consent.url))).to.deep.equal([
      'Go to Letters',
      'https://letters.example/start',
    ]);
  });

  it("leads to the app's registered sign-in URL, if it has one (OpenID Connect Core §4)", async () => {
    const starting = await registerApp(server, {
      name: 'Ledger',
      clientUri: 'https://ledger.example/',
      initiateLoginUri: 'https://ledger.example/sign-in?from=server',
    });
    const browser = openBrowser();
    const { consent } = await finish(browser, starting);
    const signInUri = `https://ledger.example/sign-in?from=server&amp;iss=${encodeURIComponent(server.issuer)}`;
    expect(nextStepOf(await browser.visit(consent.url))).to.deep.equal(['Go to Ledger', signInUri]);
  });

  it('leads to the account page for a native app without a site (RFC 8252 §7)', async () => {
    const native = await registerApp(server, {
      name: 'Desk',
      type: 'native',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const browser = openBrowser();
    const { consent } = await finish(browser, native);
    expect(nextStepOf(await browser.visit(consent.url))).to.deep.equal(['Your account', `${server.issuer}/account`]);
  });

  it('is shown when a flow is resumed a second time after it has ended', async () => {
    const browser = openBrowser();
    const login = await begin(browser);
    const form = login.forms.find(({ action }) => action.endsWith('/login'));
    const answered = await browser.post(new URL(form?.action ?? '', login.url).href, {
      ...form?.fields,
      email,
      password,
    });
    const resume = answered.location ?? '';
    expect(new URL(resume).pathname).to.match(/^\/authorize\//);
    const consent = await browser.visit(resume);
    expect((await browser.get(resume)).location, 'before the flow has ended').to.equal(consent.url);
    await browser.submit(consent, '/consent', { decision: 'allow' });
    expect(nextStepOf(await browser.visit(resume)), 'after the flow has ended').to.deep.equal(toPrints);
  });

  it('leads from an old sign-in to the account page, or to a new sign-in if nobody is signed in', async () => {
    const browser = openBrowser();
    const login = await browser.visit(`${server.issuer}/account`);
    await signIn(browser, login, email);
    expect((await browser.get(login.url)).location).to.equal(`${server.issuer}/account`);
    await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
    const page = await browser.visit(login.url);
    expect([titleOf(page), nextStepOf(page)]).to.deep.equal([
      'This page has expired',
      ['Sign in', `${server.issuer}/account`],
    ]);
  });

  it('is not shown for a GET of the target of a form, which redirects to the page with the form', async () => {
    const browser = openBrowser();
    const login = await begin(browser);
    for (const target of ['login', 'cancel', 'consent', 'select-account']) {
      expect((await browser.get(`${login.url}/${target}`)).location, target).to.equal(login.url);
    }
    const wrong = await signIn(browser, login, email, 'not the password at all');
    expect(wrong.status).to.equal(401);
    const reloaded = await browser.visit(wrong.url);
    expect([reloaded.url, asks(reloaded)], 'after a wrong password').to.deep.equal([login.url, 'sign-in']);
  });

  it('is not shown after "Use another account": the sign-in page has its own URL, and can be reloaded', async () => {
    const browser = openBrowser();
    await finish(browser);
    const chooser = await browser.visit(
      authorizationUrl(server, app, { parameters: { prompt: 'select_account' } }).url,
    );
    expect(asks(chooser)).to.equal('account');
    const login = await browser.submit(chooser, '/select-account', { choice: 'another' });
    expect(login.url).to.equal(`${chooser.url}/login`);
    const again = await browser.visit(login.url);
    expect([again.url, asks(again)]).to.deep.equal([login.url, 'sign-in']);
    expect(again.html, 'for another user').to.not.include(email);
    expect(asks(await browser.visit(chooser.url)), 'Back').to.equal('account');
    const cancelled = await browser.submit(await browser.visit(chooser.url), '/cancel');
    expect(redirectedTo(cancelled, app).searchParams.get('error')).to.equal('access_denied');
  });

  it('explains that a form is from an earlier session, changes nothing, and offers to load the page again', async () => {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    const old = await browser.visit(`${server.issuer}/account`);
    await browser.submit(old, '/account/sign-out');
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    const page = await browser.submit(old, '/account/sign-out');
    expect([page.status, titleOf(page)]).to.deep.equal([403, 'This page is out of date']);
    expect(nextStepOf(page)).to.deep.equal(['Load it again', `${server.issuer}/account/sign-out`]);
    const loaded = await browser.visit(`${server.issuer}/account/sign-out`);
    expect([loaded.url, loaded.status], 'still signed in').to.deep.equal([`${server.issuer}/account`, 200]);
  });

  it('explains that a form came from another site', async () => {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    const page = await browser.post(`${server.issuer}/account/sign-out`, {}, { 'sec-fetch-site': 'cross-site' });
    expect([page.status, titleOf(page), nextStepOf(page)]).to.deep.equal([
      403,
      'This did not come from here',
      ['Go to the start page', home],
    ]);
  });

  it('handles the logout form: a second submit shows the result, a GET redirects to the form, and an old form can be loaded again', async () => {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    const old = await browser.visit(`${server.issuer}/logout?ui_locales=en`);
    const asked = await browser.visit(`${server.issuer}/logout?ui_locales=en`);
    expect((await browser.get(`${server.issuer}/logout/confirm?ui_locales=en`)).location).to.equal(
      `${server.issuer}/logout?ui_locales=en`,
    );
    const stale = await browser.submit(old, '/logout/confirm');
    expect([titleOf(stale), nextStepOf(stale)?.[0]]).to.deep.equal(['This page is out of date', 'Load it again']);
    expect(titleOf(await browser.visit(nextStepOf(stale)?.[1] ?? ''))).to.equal('Sign out?');
    const renewed = await browser.visit(`${server.issuer}/logout`);
    for (const page of [renewed, renewed, asked]) {
      expect(titleOf(await browser.submit(page, '/logout/confirm'))).to.equal('You are signed out');
    }
  });

  it('is shown for a link that is not valid, and for an unknown address', async () => {
    for (const path of ['/password/used-long-ago', '/setup/not-a-token']) {
      const page = await openBrowser().get(server.issuer + path);
      expect([page.status, titleOf(page), nextStepOf(page)], path).to.deep.equal([
        410,
        'This link no longer works',
        ['Sign in', `${server.issuer}/account`],
      ]);
    }
    for (const path of ['/nothing/here', '//evil.example/account', '/account/signed-in/']) {
      const page = await openBrowser().get(server.issuer + path);
      expect([page.status, nextStepOf(page)], path).to.deep.equal([404, ['Go to the start page', home]]);
    }
  });

  it('leads for an invalid request to the app if it is known, else to the start page', async () => {
    const unregistered = authorizationUrl(server, { ...app, redirectUri: 'https://evil.example/' }).url;
    expect(nextStepOf(await openBrowser().get(unregistered))).to.deep.equal([
      'Go to Prints',
      'https://staging.prints.example/',
    ]);
    const unknown = authorizationUrl(server, { ...app, clientId: 'nobody-knows' }).url;
    expect(nextStepOf(await openBrowser().get(unknown))).to.deep.equal(['Go to the start page', home]);
  });

  it('is shown for a failed sign-in to the account page', async () => {
    const page = await openBrowser().get(`${server.issuer}/account/signed-in?error=server_error`);
    expect([page.status, nextStepOf(page)]).to.deep.equal([400, ['Sign in', `${server.issuer}/account`]]);
  });

  it('stores its data in one signed cookie with a maximum size', async () => {
    const browser = openBrowser();
    const first = await begin(browser);
    for (let flow = 0; flow < 20; flow += 1) {
      await begin(browser);
    }
    const cookie = browser.cookies.get('gatehouse_recent') ?? '';
    expect(cookie.length).to.be.within(300, 3000);
    clock.advance(24 * 3600);
    expect(nextStepOf(await browser.visit(first.url)), 'after a day').to.deep.equal(['Go to the start page', home]);
    const last = await begin(openBrowser());
    const uid = last.url.slice(last.url.lastIndexOf('/') + 1);
    const forged = await openBrowser().get(last.url, { cookie: `gatehouse_recent=${app.clientId}:0:${uid}` });
    expect(nextStepOf(forged), 'not signed').to.deep.equal(['Go to the start page', home]);
  });
});

onEachDatabase('a page that is limited', (start) => {
  it('shows how long to wait, and can be opened again', async () => {
    const server = await start({ environment: { LIMIT_PAGES_PER_ADDRESS: '3' } });
    const browser = openBrowser();
    let page = await browser.get(`${server.issuer}/account?from=here`);
    for (let time = 0; time < 3; time += 1) {
      page = await browser.get(`${server.issuer}/account?from=here`);
    }
    expect([page.status, titleOf(page)]).to.deep.equal([429, 'A little too fast']);
    const wait = Number(page.headers.get('retry-after'));
    expect(wait).to.be.within(1, 60);
    expect(page.html).to.match(new RegExp(`data-wait="${wait}"[^>]*>You can try again in ${wait} second`));
    expect(nextStepOf(page)).to.deep.equal(['Try again', `${server.issuer}/account?from=here`]);
  });
});

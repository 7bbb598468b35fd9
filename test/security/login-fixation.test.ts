/**
 * A site on a sibling subdomain can set cookies for this host (`Domain=`), except those with the prefix `__Host-`
 * (RFC 6265bis §4.1.3.2). Here it plants the cookies of a flow that an attacker started;
 * test/browser/login-fixation.test.ts shows the same in a real browser, where cookies have these prefixes.
 */
import { expect } from 'chai';
import {
  asks,
  authorizationUrl,
  authorize,
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

/** On https the names of these cookies have the prefix `__Secure-`; all others have `__Host-`. */
const plantable = /^gatehouse_(?:interaction|resume)(?:\.sig)?$/;

onEachDatabase('a flow that another browser started', (start) => {
  let server: TestServer;
  let app: AppClient;
  let ada: string;

  before(async () => {
    server = await start({ environment: { THROTTLE_ADDRESS_FREE: '10000', LIMIT_PAGES_PER_ADDRESS: '0' } });
    await seedApis(server);
    ada = await createUser(server);
    await createUser(server, 'mallory@example.com');
    app = await registerApp(server);
  });

  /** The attacker's browser on the login page, and a victim's browser with the attacker's cookies. */
  async function attack(
    parameters: Readonly<Record<string, string>> = {},
    attacker: Browser = openBrowser(),
    victim: Browser = openBrowser(),
  ): Promise<{ readonly attacker: Browser; readonly victim: Browser; readonly page: Page; readonly uid: string }> {
    const page = await attacker.visit(authorizationUrl(server, app, { parameters }).url);
    victim.plant(attacker, plantable);
    return { attacker, victim, page, uid: page.url.split('/').at(-1) ?? '' };
  }

  function fieldsOf(page: Page): Readonly<Record<string, string>> {
    return page.forms[0]?.fields ?? {};
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    return (await browser.get(`${server.issuer}/account`)).status === 200;
  }

  it('accepts no password, so that the attacker cannot continue as the victim', async () => {
    const { attacker, victim, page, uid } = await attack();
    expect((await victim.get(page.url)).status).to.equal(400);
    const posted = await victim.post(`${page.url}/login`, { ...fieldsOf(page), email: 'ada@example.com', password });
    expect([posted.status, posted.location]).to.deep.equal([400, undefined]);
    expect(asks(await attacker.visit(`${server.issuer}/authorize/${uid}`))).to.equal('sign-in');
    expect(await isSignedIn(attacker)).to.equal(false);
    expect(await server.services.sessions.listByUser(ada)).to.deep.equal([]);
  });

  it('is not resumed, so that the victim is not signed in as the attacker', async () => {
    const { attacker, victim, page, uid } = await attack();
    await attacker.post(`${page.url}/login`, { ...fieldsOf(page), email: 'mallory@example.com', password });
    expect((await victim.visit(`${server.issuer}/authorize/${uid}`)).status).to.equal(400);
    expect(await isSignedIn(victim)).to.equal(false);
    expect(asks(await attacker.visit(`${server.issuer}/authorize/${uid}`))).to.equal('consent');
  });

  it("cannot be resumed at the address of the victim's own flow either", async () => {
    const victim = openBrowser();
    const own = await victim.visit(authorizationUrl(server, app).url);
    const ownUid = own.url.split('/').at(-1) ?? '';
    const { attacker, page } = await attack();
    await attacker.post(`${page.url}/login`, { ...fieldsOf(page), email: 'mallory@example.com', password });
    const cookie = [
      ...[...victim.jar.values()].filter(({ name }) => name.includes(ownUid)),
      ...[...attacker.jar.values()].filter(({ name }) => name.startsWith('gatehouse_resume')),
    ]
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const resumed = await openBrowser().get(`${server.issuer}/authorize/${ownUid}`, { cookie });
    expect(resumed.status).to.equal(400);
    expect(resumed.headers.getSetCookie().join()).not.to.include('gatehouse_session=');
  });

  it('cannot be cancelled, consented to or continued by another browser', async () => {
    const mallory = openBrowser();
    await authorize(server, app, {}, mallory);
    const consent = await attack({ prompt: 'consent' }, mallory);
    const chooser = await attack({ prompt: 'select_account' }, mallory);
    for (const [{ victim, page }, path, values] of [
      [consent, 'consent', { decision: 'allow' }],
      [consent, 'cancel', {}],
      [chooser, 'select-account', { choice: 'continue' }],
      [chooser, 'cancel', {}],
    ] as const) {
      const answer = await victim.post(`${page.url}/${path}`, { ...fieldsOf(page), ...values });
      expect([answer.status, answer.location], path).to.deep.equal([400, undefined]);
    }
  });

  it('rejects a flow cookie with a wrong signature', async () => {
    const { attacker, page, uid } = await attack();
    const name = `gatehouse_flow_${uid}`;
    const [value, signature] = [attacker.cookies.get(name), attacker.cookies.get(`${name}.sig`)];
    const others = [...attacker.jar.values()].filter((one) => plantable.test(one.name));
    const planted = others.map((one) => `${one.name}=${one.value}`).join('; ');
    for (const proof of [
      `${name}=${value ?? ''}`,
      `${name}=${value ?? ''}; ${name}.sig=${signature?.slice(0, -2) ?? ''}AA`,
      `${name}=${value ?? ''}1; ${name}.sig=${signature ?? ''}`,
      `${name}=; ${name}.sig=`,
    ]) {
      expect((await openBrowser().get(page.url, { cookie: `${planted}; ${proof}` })).status, proof).to.equal(400);
    }
    const genuine = `${planted}; ${name}=${value ?? ''}; ${name}.sig=${signature ?? ''}`;
    expect((await openBrowser().get(page.url, { cookie: genuine })).status).to.equal(200);
  });

  it('does not stop flows that one browser starts in several tabs at the same time', async () => {
    const browser = openBrowser();
    const apps = await Promise.all([1, 2, 3].map((index) => registerApp(server, { name: `App ${index}` })));
    const pages = await Promise.all(apps.map((one) => browser.visit(authorizationUrl(server, one).url)));
    expect(pages.map(asks)).to.deep.equal(['sign-in', 'sign-in', 'sign-in']);
    for (const [index, page] of pages.entries()) {
      const next = await signIn(browser, page);
      const end = asks(next) === 'consent' ? await browser.submit(next, '/consent', { decision: 'allow' }) : next;
      expect(redirectedTo(end, apps[index] ?? app).searchParams.has('code')).to.equal(true);
    }
  });

  it('leaves no cookie behind when it has ended, by a code or by cancelling', async () => {
    const ofFlows = (browser: Browser): readonly string[] =>
      [...browser.jar.keys()].filter((key) => /^gatehouse_(?:flow|interaction|resume)/.test(key));
    const browser = openBrowser();
    await authorize(server, app, {}, browser);
    expect(ofFlows(browser)).to.deep.equal([]);
    const page = await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url);
    expect(ofFlows(browser)).to.have.length(6);
    redirectedTo(await browser.submit(page, '/cancel'), app);
    expect(ofFlows(browser)).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import {
  asks,
  authorizationUrl,
  createUser,
  password,
  redirectedTo,
  registerApp,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { linkIn, mailsOf } from '../support/mails.ts';
import { addApp, enterCode } from '../support/second-factors.ts';
import { onEachDatabase, type TestServer, type TestServerOptions } from '../support/server.ts';
import { visibleAnswer } from '../support/visible-answer.ts';

const by = { actor: 'system' } as const;
const wrong = 'not the password at all';
const newPassword = 'a different long passphrase';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';

/** The link of the newest mail that has one. */
async function mailedLink(server: TestServer): Promise<string> {
  return (await mailsOf(server)).map((mail) => linkIn(mail, 'password')).find((link) => link !== '') ?? '';
}

onEachDatabase('a forgotten password', (start) => {
  async function prepare(options: TestServerOptions = {}) {
    const clock = manualClock(new Date());
    const server = await start({ ...options, clock });
    const ada = await createUser(server);
    const app = await registerApp(server, { firstParty: true, apis: [] });
    return { clock, server, ada, app };
  }

  /** Opens the page from the sign-in page of an app. */
  async function openForm(server: TestServer, app: AppClient, browser: Browser): Promise<Page> {
    const page = await browser.visit(authorizationUrl(server, app).url);
    const link = /href="([^"]*\/forgot-password)"/.exec(page.html)?.[1] ?? '';
    return browser.visit(new URL(link, page.url).href);
  }

  async function ask(server: TestServer, app: AppClient, browser: Browser, email = 'ada@example.com'): Promise<Page> {
    return browser.submit(await openForm(server, app, browser), '/forgot-password', { email });
  }

  async function choose(browser: Browser, link: string, value = newPassword): Promise<Page> {
    return browser.submit(await browser.visit(link), new URL(link).pathname, {
      password: value,
      confirmation: value,
    });
  }

  it('is replaced by a link in a mail, after which the flow of the app continues with the new password', async () => {
    const { server, app, ada } = await prepare({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    const browser = openBrowser({ 'user-agent': firefox, 'x-forwarded-for': '198.51.100.7' });
    const sent = await ask(server, app, browser);
    expect(sent.html).to.include('Check your inbox');
    const [mail] = await mailsOf(server);
    expect(mail?.to).to.equal('ada@example.com');
    for (const part of [mail?.text, mail?.html]) {
      expect(part).to.include('198.51.100.7').and.include('Firefox').and.include('Linux');
    }
    const link = linkIn(mail, 'password');
    expect(link.startsWith(`${server.issuer}/password/`)).to.equal(true);
    const done = await choose(browser, link);
    expect(done.html).to.include('Your password is set');
    expect(await server.services.sessions.listByUser(ada), 'a reset signs nobody in').to.deep.equal([]);
    const next = /href="([^"]*\/interaction\/[^"]*)"/.exec(done.html)?.[1] ?? '';
    const signInPage = await browser.visit(new URL(next, done.url).href);
    expect(asks(signInPage)).to.equal('sign-in');
    expect((await signIn(browser, signInPage, 'ada@example.com', password)).status).to.equal(401);
    const back = await signIn(browser, await browser.visit(signInPage.url), 'ada@example.com', newPassword);
    expect(redirectedTo(back, app).searchParams.has('code')).to.equal(true);
    expect((await mailsOf(server)).map(({ subject }) => subject)).to.include('Your password for Gatehouse was changed');
  });

  it('of an account with a second factor does not replace that one: it is still asked for', async () => {
    const { server, app, ada, clock } = await prepare();
    const { seed } = await addApp(server, ada, clock);
    const browser = openBrowser();
    await ask(server, app, browser);
    const done = await choose(browser, await mailedLink(server));
    expect(done.html).to.include('Your password is set');
    expect(await server.services.sessions.listByUser(ada), 'a reset signs nobody in').to.deep.equal([]);
    for (const one of [browser, openBrowser()]) {
      clock.advance(60);
      const page = await signIn(
        one,
        await one.visit(authorizationUrl(server, app).url),
        'ada@example.com',
        newPassword,
      );
      expect(page.html).to.match(/<form[^>]* action="[^"]*\/second-factor"/);
      expect(await server.services.sessions.listByUser(ada), 'the password alone signs nobody in').to.have.length(
        one === browser ? 0 : 1,
      );
      const back = await enterCode(one, page, totpCode(seed, clock.now()));
      expect(redirectedTo(back, app).searchParams.has('code')).to.equal(true);
    }
  });

  it('asks for the second factor again on a device that was remembered before the reset', async () => {
    const { server, app, ada, clock } = await prepare();
    const { seed } = await addApp(server, ada, clock);
    const browser = openBrowser();
    const first = await signIn(browser, await browser.visit(authorizationUrl(server, app).url));
    await enterCode(browser, first, totpCode(seed, clock.now()), { remember_device: 'yes' });
    await server.services.sessions.endAll(ada, {}, by);
    const known = await signIn(browser, await browser.visit(authorizationUrl(server, app).url));
    expect(redirectedTo(known, app).searchParams.has('code'), 'the device is remembered').to.equal(true);
    await server.services.sessions.endAll(ada, {}, by);
    await ask(server, app, browser);
    await choose(browser, await mailedLink(server));
    const page = await signIn(
      browser,
      await browser.visit(authorizationUrl(server, app).url),
      'ada@example.com',
      newPassword,
    );
    expect(page.html).to.match(/<form[^>]* action="[^"]*\/second-factor"/);
  });

  it('is replaced on another device, where the page does not offer a flow that it does not have', async () => {
    const { server, app } = await prepare();
    const desk = openBrowser();
    await ask(server, app, desk);
    const link = linkIn((await mailsOf(server))[0], 'password');
    const done = await choose(openBrowser(), link);
    expect(done.html).to.include('on another device').and.not.include('/interaction/');
    const page = await desk.visit(authorizationUrl(server, app).url);
    expect(redirectedTo(await signIn(desk, page, 'ada@example.com', newPassword), app).search).to.include('code=');
  });

  it('is offered on the sign-in page, after a wrong password, and while signing in is paused', async () => {
    const { server } = await prepare();
    const browser = openBrowser();
    let page = await browser.visit(`${server.issuer}/account`);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      statuses.push(page.status);
      expect(page.html, String(page.status)).to.match(/\/forgot-password"[^>]*>Forgot your password\?/);
      page = await signIn(browser, page, 'ada@example.com', wrong);
    }
    expect(statuses).to.deep.equal([200, 401, 401, 401, 401, 401, 429]);
  });

  it('gets the same answer for a known, an unknown, a disabled and a passwordless user, and a mail only if it helps (C3)', async () => {
    const { server, app } = await prepare();
    const disabled = await createUser(server, 'disabled@example.com');
    await server.services.users.disable(disabled, by);
    await server.services.users.create({ email: 'invited@example.com' }, by);
    const emails = [
      'ada@example.com',
      'ADA@Example.com',
      'nobody@example.com',
      'disabled@example.com',
      'invited@example.com',
    ];
    const answers: unknown[] = [];
    for (const email of emails) {
      const browser = openBrowser();
      const form = (await openForm(server, app, browser)).forms.find(({ action }) =>
        action.endsWith('/forgot-password'),
      );
      const answer = await browser.post(new URL(form?.action ?? '', server.issuer).href, { ...form?.fields, email });
      const page = await browser.visit(answer.location ?? '');
      answers.push([visibleAnswer(answer, email), visibleAnswer(page, email)]);
    }
    for (const answer of answers) {
      expect(answer).to.deep.equal(answers[0]);
    }
    expect((await mailsOf(server)).map(({ to }) => to).toSorted()).to.deep.equal([
      'ada@example.com',
      'ada@example.com',
      'invited@example.com',
    ]);
    const events = await server.services.audit.list({ limit: 50 });
    expect(
      events
        .filter(({ type }) => type === 'password.reset_requested')
        .map(({ outcome, detail }) => [outcome, detail?.['reason']]),
    ).to.have.deep.members([
      ['success', undefined],
      ['success', undefined],
      ['success', undefined],
      ['failure', 'unknown account'],
      ['failure', 'disabled'],
    ]);
  });

  it('costs the same database work for every address (C3)', async () => {
    const { server, app } = await prepare();
    const writes = async (email: string): Promise<number> => {
      await ask(server, app, openBrowser(), email);
      return (await server.services.outbox.list({ limit: 100 })).length;
    };
    expect(await writes('ada@example.com')).to.equal(1);
    expect(await writes('nobody@example.com')).to.equal(2);
    const entries = await server.services.outbox.list({ limit: 100 });
    expect(entries.map(({ kind }) => kind)).to.deep.equal(['password_reset', 'password_reset']);
  });

  it('can be replaced while the account is blocked, which lifts the block, from the same network too (C8)', async () => {
    const { server, app, clock } = await prepare({ environment: { THROTTLE_ACCOUNT_LIMIT: '6' } });
    const browser = openBrowser();
    let page = await browser.visit(`${server.issuer}/account`);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      page = await signIn(browser, page, 'ada@example.com', wrong);
    }
    clock.advance(3600);
    page = await signIn(browser, await browser.visit(`${server.issuer}/account`), 'ada@example.com', wrong);
    clock.advance(30 * 24 * 3600);
    page = await signIn(browser, await browser.visit(`${server.issuer}/account`));
    expect(page.status).to.equal(429);
    await ask(server, app, browser);
    await choose(browser, linkIn((await mailsOf(server))[0], 'password'));
    page = await signIn(browser, await browser.visit(`${server.issuer}/account`), 'ada@example.com', newPassword);
    expect(page.status).to.equal(200);
    expect(asks(page)).to.equal('other');
    expect(new URL(page.url).pathname).to.equal('/account');
  });

  it('gets no more mails than the limit for its address, for known and unknown ones alike', async () => {
    const { server, app } = await prepare();
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      const statuses: number[] = [];
      for (let request = 0; request < 6; request += 1) {
        statuses.push((await ask(server, app, openBrowser(), email)).status);
      }
      expect(statuses, email).to.deep.equal([200, 200, 200, 200, 200, 429]);
    }
    const throttled = await ask(server, app, openBrowser());
    expect(throttled.headers.get('retry-after')).to.equal('300');
    expect(throttled.html).to.include('Several mails were sent');
    expect(await mailsOf(server)).to.have.length(5);
  });

  it('is asked for with an address, from its own page, in the browser that opened it', async () => {
    const { server, app } = await prepare();
    const browser = openBrowser();
    const form = await openForm(server, app, browser);
    expect((await browser.submit(form, '/forgot-password', { email: 'not an address' })).status).to.equal(400);
    const { action = '', fields } = form.forms.find((one) => one.action.endsWith('/forgot-password')) ?? {};
    const target = new URL(action, server.issuer).href;
    const email = 'ada@example.com';
    expect((await browser.post(target, { email })).status).to.equal(403);
    expect((await browser.post(target, { ...fields, email }, { 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    expect((await openBrowser().post(target, { ...fields, email })).status).to.equal(400);
    expect((await browser.get(`${target}?sent`)).html, 'nothing was sent').to.not.include('Check your inbox');
    expect(await server.services.outbox.list({ limit: 10 })).to.deep.equal([]);
  });

  it('has links with the configured origin, whatever Host the request names (C19)', async () => {
    const { server, app } = await prepare();
    const browser = openBrowser({ 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' });
    await ask(server, app, browser);
    const [mail] = await mailsOf(server);
    expect(linkIn(mail, 'password').startsWith(`${server.issuer}/password/`)).to.equal(true);
    expect(JSON.stringify(mail)).to.not.include('evil.example');
  });
});

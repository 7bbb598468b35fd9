import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { readMailContent } from '../../src/services/mails/mail.ts';
import {
  archive,
  asks,
  createUser,
  isActive,
  obtain,
  password,
  refresh,
  registerApp,
  seedApis,
  signIn,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer, type TestServerOptions } from '../support/server.ts';

const by = { actor: 'system' } as const;
const wrong = 'not the password at all';
const newPassword = 'a different long passphrase';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';

onEachDatabase('a user who changes the password', (start) => {
  async function prepare(options: TestServerOptions = {}) {
    const clock = manualClock(new Date());
    const server = await start({ ...options, clock });
    const ada = await createUser(server);
    return { clock, server, ada };
  }

  /** Opens the page, after the sign-in or the confirmation that it asks for. */
  async function openForm(server: TestServer, browser: Browser, secret = password): Promise<Page> {
    const page = await browser.visit(`${server.issuer}/account/password`);
    return asks(page) === 'sign-in' ? signIn(browser, page, 'ada@example.com', secret) : page;
  }

  const change = (browser: Browser, form: Page, current = password, value = newPassword): Promise<Page> =>
    browser.submit(form, '/account/password', { current, password: value, confirmation: value });

  const isSignedIn = async (server: TestServer, browser: Browser): Promise<boolean> =>
    asks(await browser.visit(`${server.issuer}/account`)) !== 'sign-in';

  it('stays signed in there, and all other sessions, refresh tokens, personal tokens and links end (C16)', async () => {
    const { server, ada } = await prepare();
    await seedApis(server);
    await server.services.apis.update(archive, { personalTokens: true }, by);
    const app = await registerApp(server, { firstParty: true });
    const here = openBrowser({ 'user-agent': firefox });
    const other = openBrowser();
    const scope = { scope: 'openid offline_access archive:read', resource: archive, parameters: { prompt: 'consent' } };
    const fromHere = await obtain(server, app, { scope: 'openid archive:read', resource: archive }, here);
    const fromOther = await obtain(server, app, scope, other);
    const form = await openForm(server, here);
    const { value: token } = await server.services.personalAccessTokens.create(
      ada,
      { name: 'Backup', access: [{ api: archive, scopes: ['archive:read'] }], expiresIn: 86_400 },
      by,
    );
    const link = await server.services.users.createPasswordLink(ada, 'set-password', by);
    const done = await change(here, form);
    expect(new URL(done.url).pathname).to.equal('/account/security');
    expect(done.html).to.include('Your password is changed');
    expect(await isSignedIn(server, here), 'here').to.equal(true);
    expect(await isSignedIn(server, other), 'the other browser').to.equal(false);
    expect(await server.services.sessions.listByUser(ada)).to.have.length(1);
    for (const tokens of [fromHere, fromOther]) {
      expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
      expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    }
    expect(await server.services.personalAccessTokens.find(token)).to.equal(null);
    expect(await server.services.users.peekPasswordLink(link.token)).to.equal(null);
    const again = await obtain(server, app, { scope: 'openid archive:read', resource: archive }, here);
    expect(await isActive(server, app, again['access_token']), 'the session still signs in to apps').to.equal(true);
    const entries = await server.services.outbox.list({ limit: 10, kind: 'mail' });
    const mails = await Promise.all(
      entries.map(async ({ id }) => readMailContent((await server.services.outbox.show(id))?.content)),
    );
    const [mail, ...others] = mails.filter(({ text }) => !text.includes('/new-device/'));
    expect(others).to.deep.equal([]);
    expect(mail?.to).to.equal('ada@example.com');
    expect(mail?.text).to.include('Firefox').and.include('127.0.0.1').and.include('Forgot your password?');
    const elsewhere = openBrowser();
    expect((await signIn(elsewhere, await elsewhere.visit(`${server.issuer}/account`))).status).to.equal(401);
  });

  it('needs the current password, whose guesses are counted like those of a sign-in (C16)', async () => {
    const { server, ada } = await prepare();
    const browser = openBrowser();
    let page = await openForm(server, browser);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      page = await change(browser, page, attempt === 5 ? password : wrong);
      statuses.push(page.status);
    }
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400, 429]);
    expect(page.headers.get('retry-after')).to.equal('30');
    expect((await change(browser, page, '')).status).to.equal(429);
    const types = (await server.services.audit.list({ limit: 20, accountId: ada })).map(({ type }) => type);
    expect(types.filter((type) => type === 'password.confirmation_failed')).to.have.length(5);
    expect(types).to.not.include('login.failure').and.not.include('password.changed');
  });

  it('gets the rules explained, and changes nothing by a password that is refused', async () => {
    const { server } = await prepare();
    const browser = openBrowser();
    const form = await openForm(server, browser);
    const tooShort = await change(browser, form, password, 'short');
    expect(tooShort.status).to.equal(400);
    expect(tooShort.html).to.include('at least 15 characters');
    const fields = { current: password, password: newPassword, confirmation: `${newPassword}!` };
    expect((await browser.submit(form, '/account/password', fields)).html).to.include('not the same');
    expect(await isSignedIn(server, browser)).to.equal(true);
    expect((await change(browser, await openForm(server, browser))).html).to.include('Your password is changed');
  });

  it('confirms the login first, if it is older than five minutes', async () => {
    const { server, clock } = await prepare();
    const browser = openBrowser();
    await openForm(server, browser);
    clock.advance(299);
    expect(asks(await browser.visit(`${server.issuer}/account/password`))).to.equal('other');
    clock.advance(2);
    const page = await browser.visit(`${server.issuer}/account/password`);
    expect(asks(page)).to.equal('sign-in');
    const form = await signIn(browser, page);
    expect(new URL(form.url).pathname).to.equal('/account/password');
    clock.advance(901);
    expect(asks(await change(browser, form)), 'a form that was left open').to.equal('sign-in');
    expect(await server.services.audit.list({ limit: 1, type: 'password.changed' })).to.deep.equal([]);
  });

  it('sends the form from its page only', async () => {
    const { server } = await prepare();
    const browser = openBrowser();
    const form = await openForm(server, browser);
    const { fields } = form.forms.find(({ action }) => action.endsWith('/account/password')) ?? {};
    const values = { ...fields, current: password, password: newPassword, confirmation: newPassword };
    const target = `${server.issuer}/account/password`;
    expect((await browser.post(target, { ...values, csrf: '' })).status).to.equal(403);
    expect((await browser.post(target, values, { 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    expect(asks(await openBrowser().visit((await openBrowser().post(target, values)).location ?? ''))).to.equal(
      'sign-in',
    );
  });

  it('is found by password managers (W3C, A Well-Known URL for Changing Passwords)', async () => {
    const { server } = await prepare();
    const answer = await openBrowser().get(`${server.issuer}/.well-known/change-password`);
    expect(answer.status).to.equal(303);
    expect(answer.location).to.equal(`${server.issuer}/account/password`);
  });

  it('gets a link by mail if the current password is not known', async () => {
    const { server } = await prepare();
    const browser = openBrowser();
    const form = await openForm(server, browser);
    const sent = await browser.submit(form, '/account/password/link');
    expect(sent.html).to.include('on its way');
    await server.services.outbox.deliverDue();
    const [entry] = await server.services.outbox.list({ limit: 1, kind: 'mail' });
    const mail = readMailContent((await server.services.outbox.show(entry?.id ?? ''))?.content);
    expect(mail.text).to.include(`${server.issuer}/password/`);
  });

  it('does not lose the session when other requests of it run at the same time', async () => {
    const { server } = await prepare();
    await seedApis(server);
    const app = await registerApp(server, { firstParty: true });
    const browser = openBrowser();
    const form = await openForm(server, browser);
    const others = Array.from({ length: 5 }, () => obtain(server, app, {}, browser));
    const [done, signIns] = await Promise.all([change(browser, form), Promise.allSettled(others)]);
    expect(signIns.map(({ status }) => status)).to.include('fulfilled');
    expect(done.status).to.equal(200);
    expect(await isSignedIn(server, browser)).to.equal(true);
  });

  it('succeeds once when the form is sent twenty times at the same time', async () => {
    const { server, ada } = await prepare({ environment: { THROTTLE_ACCOUNT_FREE: '100', THROTTLE_PAIR_FREE: '100' } });
    const browser = openBrowser();
    const form = await openForm(server, browser);
    const { fields } = form.forms.find(({ action }) => action.endsWith('/account/password')) ?? {};
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        browser.copy().post(`${server.issuer}/account/password`, {
          ...fields,
          current: password,
          password: `${newPassword} ${index}`,
          confirmation: `${newPassword} ${index}`,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status >= 500)).to.deep.equal([]);
    const events = await server.services.audit.list({ limit: 100, accountId: ada, type: 'password.changed' });
    expect(events).to.have.length(1);
    expect(answers.filter(({ location }) => location?.endsWith('/account/security'))).to.have.length(1);
  });
});

import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { isPersonalAccessToken } from '../../src/crypto/personal-access-tokens.ts';
import { createLogger } from '../../src/logging.ts';
import { archive, asks, createUser, password, photos, postForm, seedApis, signIn, userinfo } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

onEachDatabase('personal access tokens on the account page', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let accountId: string;
  let log = '';

  before(async () => {
    clock = manualClock();
    const logger = createLogger({
      level: 'trace',
      destination: {
        write: (line) => {
          log += line;
        },
      },
    });
    server = await start({ clock, logger });
    await seedApis(server);
    accountId = await createUser(server);
  });

  const allow = (personalTokens: boolean) => server.services.apis.update(photos, { personalTokens }, by);
  const listed = () => server.services.personalAccessTokens.listByUser(accountId);
  const open = (browser: Browser, path = '/account/tokens/new') => browser.visit(`${server.issuer}${path}`);

  /** A browser in which Ada has just signed in. */
  async function signedIn(): Promise<Browser> {
    const browser = openBrowser();
    await signIn(browser, await open(browser, '/account'));
    return browser;
  }

  /** The field of a scope in the form. */
  function fieldOf(page: Page, scope: string): Readonly<Record<string, string>> {
    const [, name = '', value = ''] = new RegExp(`name="(scope-\\d+)" value="([^"]* ${scope})"`).exec(page.html) ?? [];
    return { [name]: value };
  }

  function send(browser: Browser, page: Page, more: Readonly<Record<string, string>> = {}): Promise<Page> {
    const fields = { name: 'nightly backup', expires_in: '604800', ...fieldOf(page, 'photos:read'), ...more };
    return browser.post(`${server.issuer}/account/tokens/new`, { ...page.forms[0]?.fields, ...fields });
  }

  const valueIn = (page: Page): string | undefined => /gth_pat_\w+/.exec(page.html)?.[0];

  it('are not on the page while no API allows them and the user has none', async () => {
    const browser = await signedIn();
    expect((await open(browser, '/account')).html).to.not.include('/account/tokens');
    await allow(true);
    expect((await open(browser, '/account')).html).to.include('/account/tokens');
    expect((await open(browser)).html)
      .to.include('See your photos')
      .and.not.include('See the archive');
  });

  it('are created, shown exactly once, listed without their value, and revoked', async () => {
    const browser = await signedIn();
    const answer = await send(browser, await open(browser));
    expect(answer.status).to.equal(303);
    expect(answer.location).to.equal(`${server.issuer}/account/tokens/created`);
    const created = await browser.get(answer.location ?? '');
    const value = valueIn(created) ?? '';
    expect(isPersonalAccessToken(value)).to.equal(true);
    expect(created.headers.get('cache-control')).to.equal('no-store');
    const token = await server.services.personalAccessTokens.find(value);
    expect(token).to.deep.include({
      accountId,
      name: 'nightly backup',
      access: [{ api: photos, scopes: ['photos:read'] }],
    });
    expect(Number(token?.expiresAt) - Number(token?.createdAt)).to.equal(604_800_000);

    const reloaded = await browser.visit(created.url);
    expect(reloaded.url, 'reload').to.equal(`${server.issuer}/account/tokens`);
    expect(reloaded.html)
      .to.include('nightly backup')
      .and.include('Photos: See your photos')
      .and.include('Never used')
      .and.not.include('gth_pat_');
    expect(await listed(), 'a reload makes no other token').to.have.length(1);
    expect(log, 'the log').to.not.include(value);

    const revoked = await browser.submit(reloaded, '/revoke');
    expect(revoked.url).to.equal(`${server.issuer}/account/tokens`);
    expect(revoked.html).to.include('The token does not work any more.');
    expect(await server.services.personalAccessTokens.find(value)).to.equal(null);
    const types = (await server.services.audit.list({ limit: 5, accountId })).map(({ type }) => type);
    expect(types).to.include.members(['personal_access_token.created', 'personal_access_token.revoked']);
  });

  it('are shown only to the session that made them', async () => {
    const browser = await signedIn();
    const answer = await send(browser, await open(browser));
    const [cookie] = [...browser.cookies].filter(([name]) => name.startsWith('gatehouse_new_token'));
    expect(cookie?.[1], 'encrypted').to.not.include('gth_pat_');
    const other = await signedIn();
    for (const [name, value] of browser.cookies) {
      if (name.startsWith('gatehouse_new_token')) {
        other.cookies.set(name, value);
      }
    }
    expect((await other.visit(answer.location ?? '')).url).to.equal(`${server.issuer}/account/tokens`);
    expect(valueIn(await browser.get(answer.location ?? ''))).to.not.equal(undefined);
  });

  it('are named on the page that sets another password, because they end with it', async () => {
    const words = 'personal access tokens that you have now will end';
    for (const [email, secret] of [
      ['invited@example.com', undefined],
      ['known@example.com', password],
    ] as const) {
      const user = await server.services.users.create(
        secret === undefined ? { email } : { email, password: secret },
        by,
      );
      const { token } = await server.services.users.createPasswordLink(user._id, 'set-password', by);
      const { html } = await openBrowser().visit(`${server.issuer}/password/${token}`);
      expect(html.includes(words), email).to.equal(secret !== undefined);
    }
  });

  it('need the password again ten minutes after the last time, and then the form is shown', async () => {
    const browser = await signedIn();
    clock.advance(9 * 60);
    expect((await browser.get(`${server.issuer}/account/tokens/new`)).status).to.equal(200);
    clock.advance(2 * 60);
    const again = await open(browser);
    expect(asks(again)).to.equal('sign-in');
    expect(again.html).to.include('Confirm it is you').and.include('readonly');
    const wrong = await signIn(browser, again, 'ada@example.com', 'not the password of ada');
    expect(wrong.status).to.equal(401);
    const form = await signIn(browser, wrong);
    expect(form.url).to.equal(`${server.issuer}/account/tokens/new`);
    expect(form.status).to.equal(200);
    clock.advance(15 * 60);
    expect((await send(browser, form)).location, 'a form that was opened in time').to.match(/\/created$/);
    clock.advance(6 * 60);
    const late = await send(browser, form);
    expect(late.location).to.match(/\/authorize\?.*prompt=login/);
    const count = (await listed()).length;
    expect(asks(await browser.visit(late.location ?? ''))).to.equal('sign-in');
    expect(await listed()).to.have.length(count);
  });

  it('are not made after "Cancel" on the page that asks for the password', async () => {
    const browser = await signedIn();
    clock.advance(11 * 60);
    const page = await browser.submit(await open(browser), '/cancel');
    expect(page.url).to.equal(`${server.issuer}/account`);
  });

  it('share the throttle of the sign-in page when the password is confirmed', async () => {
    const user = await server.services.users.create({ email: 'guessed@example.com', password }, by);
    const browser = openBrowser();
    await signIn(browser, await open(browser, '/account'), user.email);
    clock.advance(11 * 60);
    let page = await open(browser);
    for (let guess = 0; guess < 5; guess += 1) {
      page = await signIn(browser, page, user.email, 'not the password of ada');
    }
    expect((await signIn(browser, page, user.email)).status, 'the right password').to.equal(429);
  });

  it('keep what was filled in, and name what is wrong', async () => {
    const browser = await signedIn();
    const page = await open(browser);
    const before = (await listed()).length;
    const [field = ''] = Object.keys(fieldOf(page, 'photos:read'));
    for (const [more, message] of [
      [{ name: ' ' }, 'Please give it a name'],
      [{ [field]: '' }, 'choose at least one thing'],
      [{ [field]: `${archive} archive:read` }, 'not valid any more'],
      [{ [field]: `${photos} openid` }, 'not valid any more'],
      [{ expires_in: '99999999' }, 'not valid any more'],
      [{ expires_in: 'soon' }, 'not valid any more'],
    ] as const) {
      const hasNoScope = message === 'choose at least one thing';
      const others = hasNoScope ? {} : fieldOf(page, 'photos:write');
      const shown = await send(browser, page, { ...others, [field]: '', ...more });
      expect(shown.status, JSON.stringify(more)).to.equal(400);
      expect(shown.html, JSON.stringify(more)).to.include(message);
      expect(shown.html).to.include(`value="${'expires_in' in more ? 2_592_000 : 604_800}" selected`);
      expect(shown.html.match(/ checked/g)?.length ?? 0).to.equal(hasNoScope ? 0 : 1);
    }
    expect(await listed()).to.have.length(before);
  });

  it('are neither made nor revoked by another site, or with the form of another session', async () => {
    const browser = await signedIn();
    const page = await open(browser);
    await send(browser, page);
    const before = (await listed()).length;
    const foreign = await browser.post(
      `${server.issuer}/account/tokens/new`,
      { ...page.forms[0]?.fields, name: 'x', expires_in: '604800', ...fieldOf(page, 'photos:read') },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(foreign.status).to.equal(403);
    const other = await open(await signedIn());
    expect((await send(browser, page, { csrf: other.forms[0]?.fields['csrf'] ?? '' })).status).to.equal(403);
    const [token] = await listed();
    const revoke = `${server.issuer}/account/tokens/${token?.id ?? ''}/revoke`;
    expect((await browser.post(revoke, { csrf: 'x' })).status).to.equal(403);
    expect((await openBrowser().post(revoke, { csrf: 'x' })).location).to.match(/\/authorize\?/);
    expect((await browser.get(revoke)).location).to.equal(`${server.issuer}/account/tokens`);
    expect(await listed()).to.have.length(before);
  });

  it('of another user cannot be revoked', async () => {
    const other = await server.services.users.create({ email: 'bob@example.com', password }, by);
    const { token, value } = await server.services.personalAccessTokens.create(
      other._id,
      { name: 'of Bob', access: [{ api: photos, scopes: ['photos:read'] }], expiresIn: 3600 },
      by,
    );
    const browser = await signedIn();
    const { fields } = (await open(browser, '/account')).forms[0] ?? {};
    const answer = await browser.post(`${server.issuer}/account/tokens/${token.id}/revoke`, {
      csrf: fields?.['csrf'] ?? '',
    });
    expect(answer.status).to.equal(404);
    expect(await server.services.personalAccessTokens.find(value)).to.not.equal(null);
  });

  it('do not work at the endpoints of this server, in a header, a form or a query', async () => {
    const { value } = await server.services.personalAccessTokens.create(
      accountId,
      { name: 'tried here', access: [{ api: photos, scopes: ['photos:read'] }], expiresIn: 3600 },
      by,
    );
    expect((await userinfo(server, value)).status).to.equal(401);
    for (const [path, init] of [
      [`/userinfo?access_token=${value}`, {}],
      ['/userinfo', { headers: { authorization: `Token ${value}` } }],
      ['/userinfo', { method: 'POST', body: new URLSearchParams({ access_token: value }) }],
    ] as const) {
      expect((await fetch(`${server.issuer}${path}`, init)).status, path).to.be.oneOf([400, 401]);
    }
    const account = await fetch(`${server.issuer}/account`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${value}` },
    });
    expect(account.headers.get('location')).to.match(/\/authorize\?/);
    for (const fields of [
      { grant_type: 'refresh_token', refresh_token: value },
      { grant_type: 'authorization_code', code: value },
      { grant_type: 'client_credentials', client_id: value, client_secret: value },
    ]) {
      expect((await postForm(`${server.issuer}/token`, fields)).status).to.be.oneOf([400, 401]);
    }
    const lines = log.split('\n').filter((line) => line.includes(value));
    expect(lines).to.deep.equal([]);
    expect(JSON.stringify(await server.services.audit.list({ limit: 100 }))).to.not.include(value);
  });
});

import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import { multiFactorContext, passwordContext } from '../../src/oidc/authentication-context.ts';
import {
  asks,
  audited,
  authorizationUrl,
  createUser,
  introspect,
  password,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { addApp, enterCode, setUpApp, shownCodes, shownSeed } from '../support/second-factors.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

/** The kind of page, by the form that it has. */
function step(page: Page): string {
  const forms = ['/second-factor', '/second-factor-setup', '/recovery-codes'];
  return forms.find((end) => page.forms.some(({ action }) => action.endsWith(end)))?.slice(1) ?? asks(page);
}

onEachDatabase('a login with a second factor', (start) => {
  let clock: ManualClock;
  let server: TestServer;
  let app: AppClient;
  let ada: string;
  let users = 0;
  let email = '';

  before(async () => {
    clock = manualClock();
    server = await start({ clock, environment: { THROTTLE_ADDRESS_FREE: '100000' } });
    await seedApis(server);
    app = await registerApp(server);
  });
  beforeEach(async () => {
    users += 1;
    email = `ada${users}@example.com`;
    ada = await createUser(server, email);
    clock.advance(60);
  });

  const code = (seed: string): string => totpCode(seed, clock.now());

  /** An ID token has these claims where the app asks for them (OpenID Connect Core §5.5). */
  const aboutLogin = JSON.stringify({ id_token: { acr: null, amr: null } });

  async function begin(
    parameters: Readonly<Record<string, string>> = {},
    browser: Browser = openBrowser(),
    scope = 'openid',
  ): Promise<{ page: Page; verifier: string; browser: Browser }> {
    const { url, verifier } = authorizationUrl(server, app, {
      scope,
      parameters: { claims: aboutLogin, ...parameters },
    });
    let page = await browser.visit(url);
    if (asks(page) === 'sign-in') {
      page = await signIn(browser, page, email);
    }
    return { page, verifier, browser };
  }

  /** Consents where needed, and redeems the code. */
  async function finish(browser: Browser, page: Page, verifier: string): Promise<Record<string, unknown>> {
    const last = asks(page) === 'consent' ? await browser.submit(page, '/consent', { decision: 'allow' }) : page;
    const { body } = await redeem(server, app, {
      code: redirectedTo(last, app).searchParams.get('code') ?? '',
      verifier,
    });
    return body;
  }
  const claimsOf = (tokens: Record<string, unknown>) => decodeJwt(String(tokens['id_token']));

  it('is complete after the code, and every token says so (OpenID Connect Core §2, RFC 8176)', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, verifier, browser } = await begin({ resource: photos }, undefined, 'openid photos:read');
    expect(step(page)).to.equal('second-factor');
    const tokens = await finish(browser, await enterCode(browser, page, code(seed)), verifier);
    const amr = ['pwd', 'otp', 'mfa'];
    const refreshed = (await refresh(server, app, tokens['refresh_token'])).body;
    for (const { access_token: accessToken, id_token: idToken } of [tokens, refreshed]) {
      for (const token of [accessToken, idToken]) {
        const claims = decodeJwt(String(token));
        expect(claims).to.include({ acr: multiFactorContext, sub: ada });
        expect(claims['amr']).to.deep.equal(amr);
      }
      const { body } = await introspect(server, app, accessToken);
      expect(body).to.include({ active: true, acr: multiFactorContext });
      expect(body['amr']).to.deep.equal(amr);
    }
    expect(await audited(server, { accountId: ada })).to.include('second_factor.success');
  });

  it('does not begin a session before the code, and asks again after a wrong one', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, browser } = await begin();
    expect(step(await browser.visit(`${server.issuer}/account`)), 'nobody is signed in').to.equal('sign-in');
    const again = await enterCode(browser, page, '000000');
    expect([again.status, step(again)]).to.deep.equal([401, 'second-factor']);
    expect(again.html).to.include('role="alert"');
    const old = await enterCode(browser, again, totpCode(seed, new Date(clock.now().getTime() - 90_000)));
    expect(old.status).to.equal(401);
    expect(asks(await enterCode(browser, old, code(seed)))).to.equal('consent');
  });

  it('a code signs in one browser only, also of 20 at once (C20)', async () => {
    const { seed } = await addApp(server, ada, clock);
    const logins = await Promise.all(Array.from({ length: 20 }, () => begin()));
    const current = code(seed);
    const pages = await Promise.all(logins.map(({ browser, page }) => enterCode(browser, page, current)));
    expect(pages.filter((page) => asks(page) === 'consent')).to.have.length(1);
  }).timeout(60_000);

  it('a repeated form of the step neither fails nor repeats it', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, browser } = await begin();
    const first = await enterCode(browser, page, code(seed));
    expect(asks(first)).to.equal('consent');
    const repeated = await enterCode(browser, page, code(seed));
    expect(repeated.status).to.be.lessThan(500);
    expect(await audited(server, { accountId: ada })).to.not.include('second_factor.failure');
  });

  it('is bound to the browser that began it', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page } = await begin();
    const stranger = openBrowser();
    const answer = await enterCode(stranger, page, code(seed));
    expect(answer.status).to.equal(400);
    expect(step(await stranger.visit(`${server.issuer}/account`))).to.equal('sign-in');
  });

  it('ends when the password is changed between the steps', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, browser } = await begin();
    await server.services.users.setPassword(ada, 'another battery horse staple', by);
    const answer = await enterCode(browser, page, code(seed));
    expect(step(answer)).to.not.equal('consent');
    expect(step(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
  });

  it('wrong codes make the user wait, and the right password does not change that', async () => {
    const { seed } = await addApp(server, ada, clock);
    let { page, browser } = await begin();
    for (let time = 0; time < 5; time += 1) {
      page = await enterCode(browser, page, '000000');
    }
    const waiting = await enterCode(browser, page, code(seed));
    expect(waiting.status).to.equal(429);
    expect(waiting.headers.get('retry-after')).to.equal('30');
    ({ page, browser } = await begin());
    expect((await enterCode(browser, page, code(seed))).status).to.equal(429);
    clock.advance(31);
    expect(asks(await enterCode(browser, page, code(seed)))).to.equal('consent');
  });

  it('a recovery code works in its place, once', async () => {
    const {
      recoveryCodes: [recovery = ''],
    } = await addApp(server, ada, clock);
    const first = await begin();
    const tokens = await finish(
      first.browser,
      await enterCode(first.browser, first.page, recovery.toUpperCase()),
      first.verifier,
    );
    expect(claimsOf(tokens)).to.include({ acr: multiFactorContext });
    const second = await begin();
    expect((await enterCode(second.browser, second.page, recovery)).status).to.equal(401);
  });

  it('a device that the user chose is not asked again for 30 days, and the tokens do not claim a second factor', async () => {
    const { seed } = await addApp(server, ada, clock);
    const first = await begin();
    await finish(
      first.browser,
      await enterCode(first.browser, first.page, code(seed), { remember_device: 'yes' }),
      first.verifier,
    );
    clock.advance(29 * 86_400);
    const again = await begin({}, first.browser);
    expect(claimsOf(await finish(again.browser, again.page, again.verifier))).to.include({ acr: passwordContext });

    const other = await begin();
    expect(step(other.page), 'another browser').to.equal('second-factor');
    const user = await server.services.users.find(ada);
    expect(await server.services.rememberedDevices.listByUser(user ?? ({} as never))).to.have.length(1);
    clock.advance(2 * 86_400);
    expect(step((await begin({}, first.browser)).page), 'after 31 days').to.equal('second-factor');
  });

  it('a remembered device is asked when the app demands a fresh login or two factors, and after a new password', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, browser } = await begin();
    await enterCode(browser, page, code(seed), { remember_device: 'yes' });
    expect(step((await begin({ prompt: 'login' }, browser)).page)).to.equal('second-factor');
    clock.advance(90 * 60);
    expect(step((await begin({ acr_values: multiFactorContext }, browser)).page)).to.equal('second-factor');
    const stolen = browser.copy();
    await server.services.users.setPassword(ada, password, by);
    expect(step((await begin({}, stolen)).page)).to.equal('second-factor');
  });

  it('a remembered device is no factor: the login that it completes is offered no passkey', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, browser } = await begin();
    await enterCode(browser, page, code(seed), { remember_device: 'yes' });
    clock.advance(90 * 60);
    const withPasskey = { email, password, can_make_passkey: 'yes' };
    const later = await browser.visit(authorizationUrl(server, app, { scope: 'openid' }).url);
    const next = await browser.submit(later, '/login', withPasskey);
    expect(next.forms.map(({ action }) => action).join(' ')).to.not.include('passkey-offer');
    const elsewhere = openBrowser();
    const begun = await elsewhere.visit(authorizationUrl(server, app, { scope: 'openid' }).url);
    const asked = await elsewhere.submit(begun, '/login', withPasskey);
    clock.advance(60);
    const offered = await enterCode(elsewhere, asked, code(seed));
    expect(offered.forms.map(({ action }) => action).join(' '), 'after both factors').to.include('passkey-offer');
  });

  it('another user of the browser is asked', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { page, browser } = await begin();
    await enterCode(browser, page, code(seed), { remember_device: 'yes' });
    clock.advance(90 * 60);
    email = `bob${users}@example.com`;
    const bob = await createUser(server, email);
    await addApp(server, bob, clock);
    expect(step((await begin({}, browser)).page)).to.equal('second-factor');
  });

  describe('that an app demands', () => {
    const essential = JSON.stringify({ id_token: { acr: { essential: true, values: [multiFactorContext] } } });

    for (const [title, parameters] of [
      ['acr_values', { acr_values: multiFactorContext }],
      ['an essential claim', { claims: essential }],
      ['a claim with one value', { claims: essential.replace(/"values":\[([^\]]+)\]/, '"value":$1') }],
    ] as const) {
      it(`with ${title} is asked for in a session without one (RFC 9470 §5)`, async () => {
        const first = await begin();
        await finish(first.browser, first.page, first.verifier);
        const { seed } = await addApp(server, ada, clock);
        const silent = await begin({ ...parameters, prompt: 'none' }, first.browser);
        expect(redirectedTo(silent.page, app).searchParams.get('error')).to.equal('login_required');
        const stepUp = await begin(parameters, first.browser);
        expect(step(stepUp.page)).to.equal('second-factor');
        const done = await finish(
          stepUp.browser,
          await enterCode(stepUp.browser, stepUp.page, code(seed)),
          stepUp.verifier,
        );
        expect(claimsOf(done)).to.include({ acr: multiFactorContext });
        const later = await begin(parameters, first.browser);
        expect(claimsOf(await finish(later.browser, later.page, later.verifier))).to.include({
          acr: multiFactorContext,
        });
      });
    }

    it('is set up by a user who has none', async () => {
      const { page, verifier, browser } = await begin({ acr_values: multiFactorContext });
      expect(step(page)).to.equal('second-factor-setup');
      const setUp = await setUpApp(browser, page, clock);
      expect(claimsOf(await finish(browser, setUp.page, verifier))).to.include({ acr: multiFactorContext });
    });

    it('is not demanded by a list that a password satisfies', async () => {
      const { page, verifier, browser } = await begin({ acr_values: `${multiFactorContext} ${passwordContext}` });
      expect(claimsOf(await finish(browser, page, verifier))).to.include({ acr: passwordContext });
    });

    it('a stronger login satisfies a weaker class, and the response has the class that was asked for', async () => {
      const { seed } = await addApp(server, ada, clock);
      const claims = JSON.stringify({ id_token: { acr: { essential: true, value: passwordContext } } });
      const { page, verifier, browser } = await begin({ claims });
      const tokens = await finish(browser, await enterCode(browser, page, code(seed)), verifier);
      expect(claimsOf(tokens)).to.include({ acr: passwordContext });
    });
  });

  describe('that the settings demand', () => {
    beforeEach(async () => {
      await server.services.users.update(ada, { role: 'administrator' }, by);
    });

    it('is set up while signing in, and the recovery codes are shown until the user continues', async () => {
      const { page, verifier, browser } = await begin();
      expect(step(page)).to.equal('second-factor-setup');
      expect(page.html).to.match(/<svg class="qr"[^]*<path/);
      const wrong = await browser.submit(page, '/second-factor-setup', { code: '000000' });
      expect([wrong.status, shownSeed(wrong)]).to.deep.equal([400, shownSeed(page)]);
      const codesPage = await browser.submit(wrong, '/second-factor-setup', { code: code(shownSeed(page)) });
      expect(step(codesPage)).to.equal('recovery-codes');
      expect(shownCodes(codesPage)).to.have.length(10);
      expect(shownCodes(await browser.visit(codesPage.url)), 'after a reload').to.deep.equal(shownCodes(codesPage));
      const file = await browser.submit(codesPage, '/recovery-codes', { choice: 'download' });
      expect(file.headers.get('content-disposition')).to.include('attachment');
      for (const one of shownCodes(codesPage)) {
        expect(file.html).to.include(one);
      }
      const done = await browser.submit(codesPage, '/recovery-codes', { choice: 'continue' });
      expect(claimsOf(await finish(browser, done, verifier))).to.include({ acr: multiFactorContext });
      expect(await server.services.recoveryCodes.count(ada)).to.equal(10);
    });

    it('is not begun by the password alone, and another browser cannot add a second app without the first', async () => {
      const [first, second] = [await begin(), await begin()];
      expect(step(await first.browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
      const setUp = await setUpApp(first.browser, first.page, clock);
      expect(asks(setUp.page)).to.equal('consent');
      const late = await second.browser.submit(second.page, '/second-factor-setup', {
        code: code(shownSeed(second.page)),
      });
      expect(step(late)).to.equal('second-factor');
      expect(await server.services.secondFactors.listApps(ada)).to.have.length(1);
    });

    it('a form of another interaction adds nothing', async () => {
      const [first, second] = [await begin(), await begin()];
      const stolen = second.page.forms.find(({ action }) => action.endsWith('/second-factor-setup'))?.fields['app'];
      const answer = await first.browser.submit(first.page, '/second-factor-setup', {
        app: stolen ?? '',
        code: code(shownSeed(second.page)),
      });
      expect(answer.status).to.equal(400);
      expect(await server.services.secondFactors.listApps(ada)).to.deep.equal([]);
    });
  });
});

onEachDatabase('max_age', (start) => {
  it('asks for the second factor again, also on a remembered device (OpenID Connect Core §3.1.2.1)', async () => {
    // The engine compares with the real time: the first login is twenty minutes ago.
    const clock = manualClock(new Date(Date.now() - 20 * 60_000));
    const server = await start({ clock });
    await seedApis(server);
    const app = await registerApp(server);
    const { seed } = await addApp(server, await createUser(server), clock);
    const browser = openBrowser();
    const first = await signIn(browser, await browser.visit(authorizationUrl(server, app).url));
    const asked = await enterCode(browser, first, totpCode(seed, clock.now()), { remember_device: 'yes' });
    await browser.submit(asked, '/consent', { decision: 'allow' });
    const parameters = { max_age: '600' };
    clock.advance(19 * 60);
    const { url } = authorizationUrl(server, app, { parameters });
    const again = await signIn(browser, await browser.visit(url));
    expect(step(again)).to.equal('second-factor');
  });
});

onEachDatabase('a second factor for everybody', (start) => {
  it('is demanded of every user, by groups of their members, and by optional of nobody', async () => {
    for (const [environment, expected] of [
      [{ SECOND_FACTOR: 'all' }, 'second-factor-setup'],
      [{ SECOND_FACTOR: 'groups', SECOND_FACTOR_GROUPS: 'staff' }, 'second-factor-setup'],
      [{ SECOND_FACTOR: 'groups', SECOND_FACTOR_GROUPS: 'others' }, 'consent'],
      [{ SECOND_FACTOR: 'optional' }, 'consent'],
    ] as const) {
      const server = await start({ environment });
      await seedApis(server);
      const app = await registerApp(server);
      const ada = await createUser(server);
      await server.services.users.update(ada, { groups: ['staff'] }, by);
      const browser = openBrowser();
      const page = await signIn(browser, await browser.visit(authorizationUrl(server, app).url));
      expect(step(page), JSON.stringify(environment)).to.equal(expected);
    }
  }).timeout(60_000);
});

/**
 * ID tokens that apps send back as `id_token_hint`. An invalid one is ignored and never stops a sign-in or a logout.
 */
import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  asks,
  authorizationUrl,
  createUser,
  callAs,
  obtain,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const bye = 'http://127.0.0.1:9/bye';

onEachDatabase('an id_token_hint', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let other: AppClient;

  before(async () => {
    clock = manualClock();
    server = await start({
      clock,
      environment: { SESSION_IDLE: '12h', KEYS_PUBLISH_AHEAD: '2s', KEYS_CACHE_MAX_AGE: '1s' },
    });
    await seedApis(server);
    await createUser(server);
    await createUser(server, 'grace@example.com');
    const uris = { firstParty: true, postLogoutRedirectUris: [bye] } as const;
    app = await registerApp(server, uris);
    other = await registerApp(server, { ...uris, name: 'Calendar', redirectUris: ['http://127.0.0.1:9/calendar'] });
  });

  async function signedIn(email = 'ada@example.com'): Promise<{ browser: Browser; hint: string }> {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    return { browser, hint: String((await obtain(server, app, {}, browser))['id_token']) };
  }

  function logout(browser: Browser, query: Readonly<Record<string, string>>): Promise<Page> {
    return browser.visit(`${server.issuer}/logout?${new URLSearchParams(query).toString()}`);
  }

  async function isSignedIn(browser: Browser): Promise<boolean> {
    return (await browser.get(`${server.issuer}/account`)).status === 200;
  }

  /** The error in the answer to `prompt=none` with this hint, or null if a code was returned. */
  async function silentError(browser: Browser, hint: string): Promise<string | null> {
    const { url } = authorizationUrl(server, app, { parameters: { prompt: 'none', id_token_hint: hint } });
    return redirectedTo(await browser.visit(url), app).searchParams.get('error');
  }

  /** Hints that cannot be verified. Each claims to be Ada's ID token for the app. */
  async function unverifiable(hint: string): Promise<Readonly<Record<string, string>>> {
    const { privateKey } = await generateKeyPair('ES256');
    const claims = decodeJwt(hint);
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, payload = '', signature = ''] = hint.split('.');
    return {
      'no JWT': 'x',
      'no signature': `${encode({ alg: 'none' })}.${payload}.`,
      'another signature': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: decodeProtectedHeader(hint).kid ?? '' })
        .sign(privateKey),
      'an unknown key': await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'gone' }).sign(privateKey),
      'another issuer': await new SignJWT({ ...claims, iss: 'https://other.example' })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey),
      'changed claims': `${hint.split('.')[0]}.${encode({ ...claims, sub: 'somebody' })}.${signature}`,
    };
  }

  describe('at logout', () => {
    for (const what of [
      'no JWT',
      'no signature',
      'another signature',
      'an unknown key',
      'another issuer',
      'changed claims',
    ]) {
      it(`that cannot be verified (${what}) is ignored, and the user is asked (RP-Initiated Logout 1.0 §2)`, async () => {
        const { browser, hint } = await signedIn();
        const page = await logout(browser, { id_token_hint: (await unverifiable(hint))[what] ?? '' });
        expect(page.status).to.equal(200);
        expect(page.html).not.to.include('data-auto-submit');
        const done = await browser.submit(page, '/logout/confirm');
        expect(done.html).to.include('You are signed out');
        expect(await isSignedIn(browser)).to.equal(false);
      });
    }

    it('that is for another app than client_id is ignored, and the redirect to the app of client_id still works', async () => {
      const { browser, hint } = await signedIn();
      const page = await logout(browser, {
        id_token_hint: hint,
        client_id: other.clientId,
        post_logout_redirect_uri: bye,
      });
      expect([page.status, page.html.includes('data-auto-submit')]).to.deep.equal([200, false]);
      expect((await browser.submit(page, '/logout/confirm')).location).to.equal(bye);
    });

    it('of a deleted app is ignored, and so is an unknown client_id', async () => {
      const { browser } = await signedIn();
      const deleted = await registerApp(server, { firstParty: true, postLogoutRedirectUris: [bye] });
      const hint = String((await obtain(server, deleted, {}, browser))['id_token']);
      await server.services.clients.remove(deleted.clientId, by);
      for (const query of [{ id_token_hint: hint }, { client_id: deleted.clientId }, { client_id: 'nobody' }]) {
        const page = await logout(browser, query);
        expect([page.status, page.html.includes('data-auto-submit')]).to.deep.equal([200, false]);
        const withAddress = await logout(browser, { ...query, post_logout_redirect_uri: bye });
        expect(withAddress.forms.some(({ action }) => action.includes('/logout/confirm'))).to.equal(true);
      }
    });

    it('must be an ID token: an access token, which is signed by the same keys, is ignored', async () => {
      const { browser } = await signedIn();
      const photos = 'https://photos.example/api';
      const tokens = await obtain(server, app, { scope: 'openid photos:read', resource: photos }, browser);
      const page = await logout(browser, { id_token_hint: String(tokens['access_token']) });
      expect([page.status, page.html.includes('data-auto-submit')]).to.deep.equal([200, false]);
    });

    it('that has expired, of a client that now uses another algorithm, still identifies the app (RP-Initiated Logout 1.0 §2)', async () => {
      const { browser } = await signedIn();
      const changing = await registerApp(server, { firstParty: true, postLogoutRedirectUris: [bye] });
      const hint = String((await obtain(server, changing, {}, browser))['id_token']);
      await server.services.clients.update(changing.clientId, { idTokenAlg: 'RS256' }, by);
      clock.advance(3700);
      const page = await logout(browser, { id_token_hint: hint, post_logout_redirect_uri: bye });
      expect(page.html).to.include('data-auto-submit');
      expect((await browser.submit(page, '/logout/confirm')).location).to.equal(bye);
    });

    for (const uri of [`${bye}/`, `${bye}?x=1`, 'https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
      it(`with the unregistered URI ${uri} asks the user to sign out, and does not redirect (RP-Initiated Logout 1.0 §3)`, async () => {
        const { browser, hint } = await signedIn();
        const page = await logout(browser, { id_token_hint: hint, post_logout_redirect_uri: uri });
        expect([page.status, page.location]).to.deep.equal([400, undefined]);
        expect(page.html).to.include('post_logout_redirect_uri is not registered for this client');
        expect(page.html).not.to.include('data-auto-submit');
        const done = await browser.submit(page, '/logout/confirm');
        expect(new URL(done.location ?? done.url).origin).to.equal(server.issuer);
        expect(await isSignedIn(browser)).to.equal(false);
      });
    }
  });

  describe('of an authorization request', () => {
    it('that cannot be verified, or is for another app, is ignored (OIDC Core §3.1.2.1)', async () => {
      const { browser, hint } = await signedIn();
      const ofOther = String((await obtain(server, other, {}, browser))['id_token']);
      for (const [what, wrong] of Object.entries({ ...(await unverifiable(hint)), 'another app': ofOther })) {
        expect(await silentError(browser, wrong), what).to.equal(null);
      }
      expect(await silentError(openBrowser(), 'x')).to.equal('login_required');
    });

    it('that is pushed and cannot be verified is ignored (RFC 9126 §2.1)', async () => {
      const { url } = authorizationUrl(server, app);
      const pushed = await callAs(server, app, '/par', {
        ...Object.fromEntries(new URL(url).searchParams),
        id_token_hint: 'x',
      });
      expect(pushed.status).to.equal(201);
    });
  });

  it('that was signed by a retired key can be verified during the maximum lifetime of the session', async function retire() {
    this.timeout(30_000);
    const { browser, hint } = await signedIn();
    const hintOfGrace = (await signedIn('grace@example.com')).hint;
    const oldKid = decodeProtectedHeader(hint).kid;
    await server.services.signingKeys.rotate({ alg: 'ES256' }, by);
    clock.advance(3700);
    // Another rotation makes oidc-provider load its keys again.
    await server.services.signingKeys.rotate({ alg: 'RS256' }, by);
    const end = Date.now() + 10_000;
    for (;;) {
      const { keys } = (await (await fetch(`${server.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
      if (!keys.some(({ kid }) => kid === oldKid) || Date.now() > end) {
        expect(keys.map(({ kid }) => kid)).not.to.include(oldKid);
        break;
      }
    }
    expect(await silentError(browser, hint)).to.equal(null);
    expect(await silentError(browser, hintOfGrace)).to.equal('login_required');
    expect(
      asks(await browser.visit(authorizationUrl(server, app, { parameters: { id_token_hint: hintOfGrace } }).url)),
    ).to.equal('sign-in');
    const page = await logout(browser, { id_token_hint: hint, post_logout_redirect_uri: bye });
    expect(page.html).to.include('data-auto-submit');
    expect((await browser.submit(page, '/logout/confirm')).location).to.equal(bye);
    expect(await isSignedIn(browser)).to.equal(false);
  });
});

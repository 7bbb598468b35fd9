import { expect } from 'chai';
import {
  archive,
  asks,
  audited,
  authorizationUrl,
  authorize,
  begin,
  createUser,
  isActive,
  obtain,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

/** The texts of a consent page that are marked as new, and the others. */
function listed(page: Page): { readonly fresh: readonly string[]; readonly known: readonly string[] } {
  const items = [
    ...page.html.matchAll(
      /<li(?: class="choice"><label[^>]*><input[^>]*)?><span>([\s\S]*?)<\/span>(?:<\/label>)?(\s*<span class="badge new">)?/g,
    ),
  ].map(([, text = '', badge]) => ({
    text: text.replaceAll(/<[^>]+>/g, '').trim(),
    fresh: badge !== undefined,
  }));
  return {
    fresh: items.filter(({ fresh }) => fresh).map(({ text }) => text),
    known: items.filter(({ fresh }) => !fresh).map(({ text }) => text),
  };
}

onEachDatabase('consent', (start) => {
  let server: TestServer;
  let accountId: string;
  const onPhotos = { scope: 'openid photos:read', resource: photos };

  before(async () => {
    server = await start();
    await seedApis(server);
    accountId = await createUser(server);
  });

  /** A new app, which has no consent yet. */
  function newApp(input: Parameters<typeof registerApp>[1] = {}): Promise<AppClient> {
    return registerApp(server, input);
  }

  it('shows the app, the API, the descriptions of the scopes, and the host that the user returns to (OIDC Core §3.1.2.4)', async () => {
    const { page } = await begin(
      server,
      await newApp({ name: 'Prints & Co' }),
      { scope: 'openid email photos:read', resource: photos },
      openBrowser(),
    );
    expect(asks(page)).to.equal('consent');
    for (const words of [
      'Prints &amp; Co',
      'Photos',
      photos,
      'See your photos',
      'Your email address',
      'ada@example.com',
      '127.0.0.1:9',
      'The app can use it only while you are signed in.',
    ]) {
      expect(page.html).to.include(words);
    }
    expect(page.html).to.not.include('Add photos');
  });

  it('is remembered beyond the login session (D8)', async () => {
    const app = await newApp();
    await authorize(server, app, onPhotos);
    const { page } = await begin(server, app, onPhotos, openBrowser());
    expect(redirectedTo(page, app).searchParams.has('code')).to.equal(true);
  });

  it('is remembered also for a part of the allowed scopes, and never grants more than was requested (RFC 6749 §3.3)', async () => {
    const app = await newApp();
    await authorize(server, app, { scope: 'openid email photos:read photos:write', resource: photos });
    const browser = openBrowser();
    const { page, verifier } = await begin(server, app, onPhotos, browser);
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    expect(body['scope']).to.equal('photos:read');
  });

  it('is asked again when an app requests more, and only the new scopes are marked (D8)', async () => {
    const app = await newApp();
    await authorize(server, app, onPhotos);
    const { page } = await begin(
      server,
      app,
      { scope: 'openid email photos:read photos:write', resource: photos },
      openBrowser(),
    );
    expect(asks(page)).to.equal('consent');
    const { fresh, known } = listed(page);
    expect(fresh).to.have.members(['Your email address', 'Add photos']);
    expect(known).to.include('See your photos').and.to.include('Know that it is you when you come back');
    expect(page.html).to.include('asks for more access');
  });

  it('is asked again when an app requests another API (RFC 8707 §2)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    await authorize(server, app, onPhotos, browser);
    const { page } = await begin(server, app, { scope: 'openid archive:read', resource: archive }, browser);
    expect(asks(page)).to.equal('consent');
    expect(listed(page).fresh).to.deep.equal(['See the archive']);
  });

  it('adds scopes that are allowed later to those that were allowed before (D8)', async () => {
    const app = await newApp();
    await authorize(server, app, onPhotos);
    await authorize(server, app, { scope: 'openid archive:read', resource: archive });
    const { page } = await begin(
      server,
      app,
      { scope: 'openid photos:read archive:read', resource: [photos, archive] },
      openBrowser(),
    );
    expect(asks(page)).to.equal('nothing');
  });

  it('returns access_denied with state and iss if it is denied, and nothing is remembered (RFC 6749 §4.1.2.1, RFC 9207 §2)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const { page } = await begin(server, app, onPhotos, browser);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'deny' }), app);
    expect(Object.fromEntries(redirected.searchParams)).to.include({
      error: 'access_denied',
      state: 'the-state',
      iss: server.issuer,
    });
    expect(redirected.searchParams.has('code')).to.equal(false);
    expect(asks((await begin(server, app, onPhotos, browser)).page)).to.equal('consent');
    expect(await audited(server, { clientId: app.clientId })).to.include('consent.denied');
  });

  it('is not given without a valid decision (A2)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const { page } = await begin(server, app, onPhotos, browser);
    for (const decision of ['', 'yes', 'ALLOW']) {
      const answer = await browser.submit(page, '/consent', { decision });
      expect(answer.status).to.equal(400);
    }
    expect(asks((await begin(server, app, onPhotos, browser)).page)).to.equal('consent');
  });

  it('is not given by a form with the CSRF token of another interaction, or without one (D5)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const first = await begin(server, app, onPhotos, browser);
    const second = await begin(server, app, { scope: 'openid email' }, browser);
    const { action = '' } = first.page.forms.find((form) => form.action.endsWith('/consent')) ?? {};
    const { fields = {} } = second.page.forms.find((form) => form.action.endsWith('/consent')) ?? {};
    expect((await browser.post(new URL(action, server.issuer).href, { ...fields, decision: 'allow' })).status).to.equal(
      403,
    );
    expect((await browser.post(new URL(action, server.issuer).href, { decision: 'allow' })).status).to.equal(403);
  });

  it('is asked again with prompt=consent (OIDC Core §3.1.2.1)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    await authorize(server, app, onPhotos, browser);
    const { page } = await begin(server, app, { ...onPhotos, parameters: { prompt: 'consent' } }, browser);
    expect(asks(page)).to.equal('consent');
    expect(page.html).to.include('allowed all of this before').and.not.include('more access');
    expect(listed(page).fresh).to.deep.equal([]);
    expect(listed(page).known).to.include('See your photos');
    expect(
      redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), app).searchParams.has('code'),
    ).to.equal(true);
  });

  it('marks offline access only if it is new, in another login too (OIDC Core §11)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const offline = { scope: 'openid offline_access', parameters: { prompt: 'consent' } };
    const words = 'Keep this access while you are not using the app';
    await authorize(server, app, { scope: 'openid' }, browser);
    const { page } = await begin(server, app, offline, browser);
    expect(page.html).to.include('asks for more access');
    expect(listed(page).fresh).to.deep.equal([words]);
    await browser.submit(page, '/consent', { decision: 'allow' });
    for (const next of [browser, openBrowser()]) {
      const again = (await begin(server, app, offline, next)).page;
      expect(asks(again)).to.equal('consent');
      expect(listed(again).fresh).to.deep.equal([]);
      expect(listed(again).known).to.include(words);
      expect(again.html).to.not.include('more access');
    }
  });

  it('that is withdrawn also withdraws offline access', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const offline = { scope: 'openid offline_access', parameters: { prompt: 'consent' } };
    await authorize(server, app, offline, browser);
    await browser.submit(
      await browser.visit(`${server.issuer}/account/apps`),
      `/account/apps/${app.clientId}/withdraw`,
    );
    await authorize(server, app, { scope: 'openid' }, browser);
    expect(listed((await begin(server, app, offline, browser)).page).fresh).to.have.length(1);
  });

  it('shows scope values and API identifiers only on request', async () => {
    const { page } = await begin(server, await newApp(), onPhotos, openBrowser());
    const [shown = '', technical = ''] = page.html.split('<details class="technical">');
    const text = shown.replaceAll(/<[^>]+>/g, '');
    expect(text).to.include('See your photos').and.not.include('photos:read').and.not.include(photos);
    expect(technical).to.include('<code>photos:read</code>').and.include(`<code>${photos}</code>`);
  });

  it("links the app's site, privacy policy and terms, if they are registered (RFC 7591 §2)", async () => {
    const pages = {
      clientUri: 'https://prints.example/?a=1&b=2',
      policyUri: 'https://prints.example/privacy',
      tosUri: 'https://prints.example/terms#top',
    };
    const { page } = await begin(server, await newApp(pages), onPhotos, openBrowser());
    const links = [...page.html.matchAll(/<a href="([^"]+)" target="_blank" rel="noopener noreferrer">/g)];
    expect(links.map(([, address]) => address)).to.deep.equal([
      'https://prints.example/?a=1&amp;b=2',
      'https://prints.example/privacy',
      'https://prints.example/terms#top',
    ]);
    expect((await begin(server, await newApp(), onPhotos, openBrowser())).page.html).to.not.include('target="_blank"');
  });

  it('can be given by another user: the page leads to a sign-in, and then asks that user', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const other = await createUser(server, `grace-${app.clientId}@example.com`.toLowerCase());
    const email = (await server.services.users.find(other))?.email ?? '';
    const { page } = await begin(server, app, onPhotos, browser);
    const address = /Not you\? <a href="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const login = await browser.visit(new URL(address, server.issuer).href);
    expect(asks(login)).to.equal('sign-in');
    expect(login.html).to.not.include('ada@example.com');
    const wrong = await signIn(browser, login, email, 'not the password at all');
    expect([wrong.status, asks(wrong)]).to.deep.equal([401, 'sign-in']);
    const change = await signIn(browser, wrong, email);
    const consent = await browser.submit(change, '/logout/confirm');
    expect(asks(consent)).to.equal('consent');
    expect(consent.html).to.include(email).and.not.include('ada@example.com');
    const code = redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), app);
    expect(code.searchParams.has('code')).to.equal(true);
    expect(await audited(server, { accountId: other, clientId: app.clientId })).to.include('consent.granted');
    expect(await audited(server, { accountId, clientId: app.clientId })).to.not.include('consent.granted');
  });

  it('leads to a sign-in for another user with an empty email field, even if login_hint names the signed-in user', async () => {
    const request = { ...onPhotos, parameters: { login_hint: 'Ada@example.com' } };
    const { page } = await begin(server, await newApp(), request, openBrowser());
    expect(asks(page)).to.equal('consent');
    const browser = openBrowser();
    const hinted = await browser.visit(authorizationUrl(server, await newApp(), request).url);
    expect(hinted.html, 'login_hint is filled in if nobody is signed in').to.include('value="Ada@example.com"');
    const consent = await signIn(browser, hinted);
    const address = /Not you\? <a href="([^"]+)"/.exec(consent.html)?.[1] ?? '';
    const login = await browser.visit(new URL(address, server.issuer).href);
    expect(asks(login)).to.equal('sign-in');
    expect(login.html.toLowerCase()).to.not.include('ada@example.com');
  });

  it('continues if the same user signs in on the sign-in page for another user', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const { page } = await begin(server, app, onPhotos, browser);
    const address = /Not you\? <a href="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const consent = await signIn(browser, await browser.visit(new URL(address, server.issuer).href));
    expect(asks(consent)).to.equal('consent');
  });

  it('for offline_access is asked each time, and shows when the access ends (OIDC Core §11)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const request = { scope: 'openid offline_access', parameters: { prompt: 'consent' } };
    await authorize(server, app, request, browser);
    for (const next of [browser, openBrowser()]) {
      const { page } = await begin(server, app, request, next);
      expect(asks(page)).to.equal('consent');
      expect(page.html)
        .to.include('Keep this access while you are not using the app')
        .and.match(/Without a new sign-in, until <time [^>]+>[A-Z][a-z]+ \d{1,2}, 20\d\d<\/time> at the latest\./);
    }
  });

  it('that was given in another login session is valid in this one, too (D8)', async () => {
    const app = await newApp();
    const [first, second] = [openBrowser(), openBrowser()];
    await authorize(server, app, onPhotos, first);
    await authorize(server, app, { scope: 'openid photos:write', resource: photos }, second);
    const { page } = await begin(server, app, { scope: 'openid photos:read photos:write', resource: photos }, first);
    expect(asks(page)).to.equal('nothing');
  });

  it('that is withdrawn on the account page is asked again, and its tokens are revoked immediately (RFC 7009 §1)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const ofSession = await obtain(server, app, { scope: 'openid archive:read', resource: archive }, browser);
    const offline = await obtain(
      server,
      app,
      { scope: 'openid offline_access archive:read', resource: archive, parameters: { prompt: 'consent' } },
      browser,
    );
    const page = await browser.visit(`${server.issuer}/account/apps`);
    await browser.submit(page, `/account/apps/${app.clientId}/withdraw`);
    for (const tokens of [ofSession, offline]) {
      expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
      expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    }
    expect(
      asks((await begin(server, app, { scope: 'openid archive:read', resource: archive }, browser)).page),
    ).to.equal('consent');
    expect(await audited(server, { accountId, clientId: app.clientId })).to.include('consent.withdrawn');
  });

  it('that is withdrawn ends a code that was not redeemed yet (RFC 6749 §10.5)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const authorization = await authorize(server, app, onPhotos, browser);
    await browser.submit(
      await browser.visit(`${server.issuer}/account/apps`),
      `/account/apps/${app.clientId}/withdraw`,
    );
    expect((await redeem(server, app, authorization)).body).to.include({ error: 'invalid_grant' });
  });

  it('is asked for offline_access only, if the app is first-party (D8, OIDC Core §11)', async () => {
    const app = await newApp({ firstParty: true });
    const browser = openBrowser();
    const { page, verifier } = await begin(
      server,
      app,
      { scope: 'openid email archive:read', resource: archive },
      browser,
    );
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    expect(body['scope']).to.equal('archive:read');
    expect(
      asks(
        (await begin(server, app, { scope: 'openid offline_access', parameters: { prompt: 'consent' } }, browser)).page,
      ),
    ).to.equal('consent');
  });

  it('is asked for a native app each time: any app can claim its redirect URI (RFC 8252 §8.6)', async () => {
    const app = await newApp({ type: 'native', redirectUris: ['http://127.0.0.1/callback'] });
    const browser = openBrowser();
    await authorize(server, app, onPhotos, browser);
    const { page } = await begin(server, app, onPhotos, browser);
    expect(asks(page)).to.equal('consent');
  });

  it('is in the language of ui_locales, else in the language of the browser (OIDC Core §3.1.2.1)', async () => {
    const app = await newApp();
    const byRequest = openBrowser({ 'accept-language': 'en' });
    const { page } = await begin(server, app, { ...onPhotos, parameters: { ui_locales: 'sv de-AT en' } }, byRequest);
    expect(page.html).to.include('bittet um Zugriff').and.include('lang="de"').and.include('Erlauben');
    const byBrowser = openBrowser({ 'accept-language': 'de-CH,de;q=0.9,en;q=0.5' });
    const login = await byBrowser.visit(authorizationUrl(server, app, onPhotos).url);
    expect(login.html).to.include('lang="de"').and.include('Anmelden');
    expect((await signIn(byBrowser, login)).html).to.include('bittet um Zugriff');
    const english = await begin(
      server,
      app,
      { ...onPhotos, parameters: { ui_locales: 'en' } },
      openBrowser({ 'accept-language': 'de' }),
    );
    expect(english.page.html).to.include('asks for access').and.include('lang="en"');
  });

  it('is not asked for an API that does not exist or that the app may not use: invalid_target (RFC 8707 §2)', async () => {
    const app = await newApp({ apis: [photos] });
    for (const resource of ['https://nowhere.example/api', archive]) {
      const page = await openBrowser().visit(
        authorizationUrl(server, app, { scope: 'openid archive:read', resource }).url,
      );
      const redirected = redirectedTo(page, app);
      expect(Object.fromEntries(redirected.searchParams)).to.include({
        error: 'invalid_target',
        state: 'the-state',
        iss: server.issuer,
      });
    }
  });

  it('grants no scope of an API that was not requested, and no unknown scope (RFC 6749 §3.3)', async () => {
    const app = await newApp();
    const browser = openBrowser();
    const { page } = await begin(
      server,
      app,
      { scope: 'openid photos:read archive:read admin', resource: photos },
      browser,
    );
    expect(asks(page)).to.equal('consent');
    expect(page.html).to.include('photos:read').and.not.include('archive:read').and.not.include('admin');
    const tokens = await obtain(
      server,
      app,
      { scope: 'openid photos:read archive:read admin', resource: photos },
      browser,
    );
    expect(tokens['scope']).to.equal('photos:read');
    const other = await refresh(server, app, tokens['refresh_token'], { resource: archive });
    expect(other.body).to.include({ error: 'invalid_target' });
  });

  it('gives an API only the scopes that were allowed for it (RFC 8707 §2.2)', async () => {
    const app = await newApp();
    const authorization = await authorize(server, app, {
      scope: 'openid email photos:read archive:read',
      resource: [photos, archive],
    });
    const { body } = await redeem(server, app, authorization, { resource: archive });
    expect(body['scope']).to.equal('archive:read');
    expect(await isActive(server, app, body['access_token'])).to.equal(true);
    expect((await userinfo(server, body['access_token'])).status).to.equal(403);
  });
});

import { decodeJwt } from 'jose';
import { expect } from 'chai';
import {
  archive,
  asks,
  begin,
  createUser,
  isActive,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  userinfo,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { manualClock } from '../../src/clock.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const day = 86_400;

onEachDatabase('consent with choices', (start) => {
  let server: TestServer;
  let ada: string;
  let app: AppClient;
  const clock = manualClock(new Date('2030-01-01T12:00:00Z'));

  before(async () => {
    server = await start({ clock });
    await seedApis(server);
    ada = await createUser(server);
  });

  beforeEach(async () => {
    app = await registerApp(server);
  });

  const onPhotos: AuthorizationRequest = {
    scope: 'openid email profile photos:read photos:write',
    resource: photos,
  };
  const box = (scope: string): string => `name="allow ${scope}" value="yes" form="decision" checked`;

  /** The ends of the access that the page offers. */
  function endsOffered({
    html,
  }: Page): readonly { readonly value: string; readonly selected: boolean; readonly text: string }[] {
    const [select = ''] = /<select id="ends_in"[\s\S]*?<\/select>/.exec(html) ?? [];
    return [...select.matchAll(/<option value="([^"]*)"( selected)?>([^<]*)</g)].map(
      ([, value = '', selected, text = '']) => ({ value, selected: selected !== undefined, text }),
    );
  }

  /** Answers the consent page like a browser, without these check boxes. */
  function answer(browser: Browser, page: Page, unticked: readonly string[], more = {}): Promise<Page> {
    const form = page.forms.find(({ action }) => action.endsWith('/consent'));
    const refused = new Set(unticked.map((scope) => `allow ${scope}`));
    const ends = endsOffered(page).find(({ selected }) => selected) ?? endsOffered(page)[0];
    const fields = Object.fromEntries(Object.entries(form?.fields ?? {}).filter(([name]) => !refused.has(name)));
    return browser.post(new URL(form?.action ?? '', page.url).href, {
      ...fields,
      ...(ends === undefined ? {} : { ends_in: ends.value }),
      decision: 'allow',
      ...more,
    });
  }

  async function tokensFor(
    browser: Browser,
    request: AuthorizationRequest,
    unticked: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, unknown>> {
    const { page, verifier } = await begin(server, app, request, browser);
    expect(asks(page)).to.equal('consent');
    let answered = await answer(browser, page, unticked, more);
    while (answered.location?.startsWith(server.issuer) === true) {
      answered = await browser.get(answered.location);
    }
    const code = redirectedTo(answered, app).searchParams.get('code') ?? '';
    return (await redeem(server, app, { code, verifier })).body;
  }

  it('lets the user untick optional scopes; openid has no check box', async () => {
    const { page } = await begin(server, app, onPhotos, openBrowser());
    for (const scope of ['email', 'profile', `${photos} photos:read`, `${photos} photos:write`]) {
      expect(page.html).to.include(box(scope));
    }
    expect(page.html).to.not.include('name="allow openid"').and.not.include('name="allow offline_access"');
  });

  it('grants only what is ticked, and says so in the token response (RFC 6749 §3.3)', async () => {
    const browser = openBrowser();
    const body = await tokensFor(browser, onPhotos, ['email', `${photos} photos:write`]);
    const scopes = String(body['scope']).split(' ');
    expect(scopes).to.include('photos:read').and.not.include('photos:write').and.not.include('email');
    expect(decodeJwt(String(body['access_token']))['scope']).to.equal('photos:read');
    const { body: refreshed } = await refresh(server, app, body['refresh_token']);
    expect(decodeJwt(String(refreshed['access_token']))['scope']).to.equal('photos:read');
    const forUser = await refresh(server, app, refreshed['refresh_token'], { resource: server.issuer });
    const claims = (await (
      await fetch(`${server.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${String(forUser.body['access_token'])}` },
      })
    ).json()) as Record<string, unknown>;
    expect(claims).to.have.property('name');
    expect(claims).to.not.have.property('email');
  });

  it('does not give the claims of a refused scope that are requested by name, too (OpenID Connect Core §5.5)', async () => {
    const request: AuthorizationRequest = {
      scope: 'openid email',
      parameters: { claims: JSON.stringify({ id_token: { email: null }, userinfo: { email: { essential: true } } }) },
    };
    const aboutUser = async (body: Record<string, unknown>) => ({
      ...decodeJwt(String(body['id_token'])),
      ...(await userinfo(server, body['access_token'])).body,
    });
    const browser = openBrowser();
    expect(await aboutUser(await tokensFor(browser, request, ['email']))).to.not.have.property('email');
    for (const one of [browser, openBrowser()]) {
      const { page, verifier } = await begin(server, app, request, one);
      const code = redirectedTo(page, app).searchParams.get('code') ?? '';
      const { body } = await redeem(server, app, { code, verifier });
      expect(await aboutUser(body), 'without being asked again').to.not.have.property('email');
    }
    const asked = { ...request, parameters: { ...request.parameters, prompt: 'consent' } };
    const ticked = await tokensFor(browser, asked, [], { 'allow email': 'yes' });
    expect(await aboutUser(ticked)).to.have.property('email', 'ada@example.com');
  });

  it('does not ask again for what was refused, in this session and the next, until the app asks for consent', async () => {
    const browser = openBrowser();
    await tokensFor(browser, onPhotos, ['email', `${photos} photos:write`]);
    for (const one of [browser, openBrowser()]) {
      const { page } = await begin(server, app, onPhotos, one);
      expect(redirectedTo(page, app).searchParams.has('code')).to.equal(true);
    }
    const asked = await begin(server, app, { ...onPhotos, parameters: { prompt: 'consent' } }, browser);
    expect(asked.page.html).to.include('name="allow email"').and.not.include('name="allow profile"');
    const body = await tokensFor(browser, { ...onPhotos, parameters: { prompt: 'consent' } }, [], {
      [`allow ${photos} photos:write`]: 'yes',
    });
    expect(String(body['scope']).split(' ')).to.include.members(['photos:read', 'photos:write']);
  });

  it('does not tick what was refused when the page appears again, and ticks what is new', async () => {
    const browser = openBrowser();
    await tokensFor(browser, { scope: 'openid email photos:read', resource: photos }, [
      'email',
      `${photos} photos:read`,
    ]);
    const { page } = await begin(server, app, onPhotos, browser);
    expect(page.html)
      .to.include(box('profile'))
      .and.include(box(`${photos} photos:write`));
    for (const scope of ['email', `${photos} photos:read`]) {
      expect(page.html).to.include(`name="allow ${scope}"`).and.not.include(box(scope));
    }
    const body = await tokensFor(browser, onPhotos, []);
    expect(decodeJwt(String(body['access_token']))['scope']).to.equal('photos:write');
    expect((await server.services.consents.find(ada, app.clientId))?.scopes).to.have.members(['openid', 'profile']);
  });

  it('cannot be answered without openid, nor with a scope that was not requested', async () => {
    const body = await tokensFor(openBrowser(), { scope: 'openid photos:read', resource: photos }, ['openid'], {
      [`allow ${photos} photos:write`]: 'yes',
      [`allow ${archive} archive:read`]: 'yes',
      'allow email': 'yes',
    });
    expect(body).to.have.property('id_token');
    expect(decodeJwt(String(body['access_token']))['scope']).to.equal('photos:read');
    const consent = await server.services.consents.find(ada, app.clientId);
    expect(consent?.scopes).to.deep.equal(['openid']);
    expect([...(consent?.resources ?? [])]).to.deep.equal([[photos, ['photos:read']]]);
  });

  it('ends the grant, its refresh token and its access tokens at the end that the user chose, not before', async () => {
    const browser = openBrowser();
    const request = {
      scope: 'openid offline_access archive:read',
      resource: archive,
      parameters: { prompt: 'consent' },
    };
    const body = await tokensFor(browser, request, [], { ends_in: String(7 * day) });
    const apps = await browser.visit(`${server.issuer}/account/apps`);
    expect(apps.html).to.match(/Ends <time datetime="20\d\d-/);
    clock.advance(7 * day - 600);
    const late = await refresh(server, app, body['refresh_token']);
    expect(late.status).to.equal(200);
    expect(Number(late.body['expires_in']), 'no access token lives longer').to.be.at.most(600);
    clock.advance(601);
    expect(await isActive(server, app, late.body['access_token'])).to.equal(false);
    expect((await refresh(server, app, late.body['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect(await server.services.consents.find(ada, app.clientId)).to.equal(null);
    expect(await server.services.consents.endDue()).to.equal(1);
    const [event] = await server.services.audit.list({ limit: 1, clientId: app.clientId });
    expect(event).to.include({ type: 'consent.withdrawn', actor: 'system' });
    expect(asks((await begin(server, app, { scope: 'openid' }, openBrowser())).page)).to.equal('consent');
  });

  it('ends what an earlier login got at the end that the user chose later, also if the user allows the app again at once', async () => {
    const request = {
      scope: 'openid offline_access archive:read',
      resource: archive,
      parameters: { prompt: 'consent' },
    };
    const earlier = await tokensFor(openBrowser(), request, [], { ends_in: 'never' });
    const browser = openBrowser();
    const later = await tokensFor(browser, request, [], { ends_in: String(day) });
    clock.advance(day + 1);
    for (const again of [await tokensFor(browser, request, []), await tokensFor(openBrowser(), request, [])]) {
      expect((await refresh(server, app, again['refresh_token'])).status).to.equal(200);
    }
    for (const { refresh_token: token, access_token: access } of [earlier, later]) {
      expect(await isActive(server, app, access)).to.equal(false);
      expect((await refresh(server, app, token)).body).to.include({ error: 'invalid_grant' });
    }
    const events = await server.services.audit.list({ limit: 20, clientId: app.clientId });
    expect(events.filter(({ type }) => type === 'consent.withdrawn')).to.have.length(1);
    expect(await server.services.consents.endDue()).to.equal(0);
  });

  it('limits a JWT access token to the end, and a later sign-in does not extend it', async () => {
    const browser = openBrowser();
    const request = { scope: 'openid photos:read', resource: photos };
    await tokensFor(browser, request, [], { ends_in: String(day) });
    clock.advance(day - 120);
    const fresh = openBrowser();
    const { page, verifier } = await begin(server, app, request, fresh);
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    const { exp = 0, iat = 0 } = decodeJwt(String(body['access_token']));
    expect(exp - iat).to.be.within(1, 120);
    clock.advance(121);
    expect((await refresh(server, app, body['refresh_token'])).body).to.include({ error: 'invalid_grant' });
  });

  describe('that has an end', () => {
    const weekOfPhotos: AuthorizationRequest = { scope: 'openid photos:read', resource: photos };
    const more: AuthorizationRequest = { scope: 'openid photos:read photos:write', resource: photos };
    const endOf = async (): Promise<Date | undefined> =>
      (await server.services.consents.find(ada, app.clientId))?.endsAt;
    let chosen: Date | undefined;

    beforeEach(async () => {
      await tokensFor(openBrowser(), weekOfPhotos, [], { ends_in: String(7 * day) });
      chosen = await endOf();
      expect(chosen?.getTime()).to.equal(clock.now().getTime() + 7 * day * 1000);
    });

    for (const [why, request] of [
      ['an app asks for more', more],
      ['an app asks for offline access', { ...weekOfPhotos, scope: 'openid offline_access photos:read' }],
      ['an app asks for consent', { ...weekOfPhotos, parameters: { prompt: 'consent' } }],
    ] as const) {
      it(`keeps it when ${why}, unless the user chooses another`, async () => {
        clock.advance(7 * day - 3600);
        const browser = openBrowser();
        const { page } = await begin(server, app, request, browser);
        const date = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(chosen);
        const [first, ...others] = endsOffered(page);
        expect(first).to.deep.equal({ value: 'as-before', selected: true, text: `As before: until ${date}` });
        expect(others.filter(({ selected }) => selected)).to.deep.equal([]);
        const body = await tokensFor(browser, request, []);
        expect((await endOf())?.getTime()).to.equal(chosen?.getTime());
        clock.advance(3600 - 60);
        const { body: late } = await refresh(server, app, body['refresh_token']);
        const { exp = 0, iat = 0 } = decodeJwt(String(late['access_token']));
        expect(exp - iat, 'what is issued ends with it').to.be.within(1, 60);
        clock.advance(61);
        expect((await refresh(server, app, late['refresh_token'])).body).to.include({ error: 'invalid_grant' });
      });
    }

    it('lets the user choose another one, or none', async () => {
      await tokensFor(openBrowser(), more, [], { ends_in: String(30 * day) });
      expect((await endOf())?.getTime()).to.equal(clock.now().getTime() + 30 * day * 1000);
      await tokensFor(openBrowser(), { ...more, parameters: { prompt: 'consent' } }, [], { ends_in: 'never' });
      expect(await endOf()).to.equal(undefined);
      const { page } = await begin(server, app, { ...more, parameters: { prompt: 'consent' } }, openBrowser());
      expect(endsOffered(page)[0]).to.deep.equal({ value: 'never', selected: false, text: 'Until I withdraw it' });
    });

    it('keeps it for an answer without a choice, or with one that the page does not offer', async () => {
      for (const ends of ['', '5']) {
        await tokensFor(openBrowser(), { ...more, parameters: { prompt: 'consent' } }, [], { ends_in: ends });
        expect((await endOf())?.getTime(), ends).to.equal(chosen?.getTime());
      }
    });

    it('does not become one without an end when the end comes while the page is open', async () => {
      const browser = openBrowser();
      clock.advance(7 * day - 60);
      const { page } = await begin(server, app, more, browser);
      clock.advance(61);
      const answered = await answer(browser, page, []);
      expect(answered.status).to.equal(400);
      expect(answered.location).to.equal(undefined);
      expect(await server.services.consents.find(ada, app.clientId)).to.equal(null);
    });
  });

  it('ignores an end that the page does not offer', async () => {
    await tokensFor(openBrowser(), { scope: 'openid' }, [], { ends_in: '5' });
    expect((await server.services.consents.find(ada, app.clientId))?.endsAt).to.equal(undefined);
  });

  it('is all or nothing for a page without check boxes', async () => {
    const body = await tokensFor(openBrowser(), onPhotos, [], { choices: '' });
    expect(String(body['scope']).split(' ')).to.include.members(['photos:read', 'photos:write']);
  });
});

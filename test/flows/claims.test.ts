/** Claims about the user: those of scopes, those that are requested individually, groups, and those about the login. */
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { mailContext, multiFactorContext, passwordContext } from '../../src/oidc/authentication-context.ts';
import { systemClock } from '../../src/clock.ts';
import { apis } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  basic,
  begin,
  callAs,
  createUser,
  obtain,
  password,
  photos,
  postForm,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
/** Claims of the protocol, which every ID token has. */
const ofProtocol = ['iss', 'aud', 'exp', 'iat', 'sub', 'sid', 'nonce', 'at_hash'];

/** The claims of an ID token without those of the protocol. */
function claimsIn(tokens: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(decodeJwt(String(tokens['id_token']))).filter(([claim]) => !ofProtocol.includes(claim)),
  );
}

function requesting(claims: unknown, more: AuthorizationRequest = {}): AuthorizationRequest {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  return { scope: 'openid', ...more, parameters: { claims: text, ...more.parameters } };
}

/** The texts that a consent page lists. */
function listed(page: Page): readonly string[] {
  return [...page.html.matchAll(/<li(?: class="choice"><label[^>]*><input[^>]*)?><span>([\s\S]*?)<\/span>/g)].map(
    ([, text = '']) => text.replaceAll(/<[^>]+>/g, '').trim(),
  );
}

const texts = {
  openid: 'Know that it is you when you come back',
  profile: 'Your profile: name, picture and the like',
  email: 'Your email address',
  phone: 'Your phone number',
  groups: 'The groups that you belong to',
};

onEachDatabase('claims', (start) => {
  let server: TestServer;
  let accountId: string;

  before(async () => {
    server = await start();
    await seedApis(server);
    accountId = await createUser(server);
    await server.services.users.update(
      accountId,
      { groups: ['admins', 'Team Größe'], profile: { given_name: 'Ada', phone_number: '+441234567890' } },
      by,
    );
  });

  /** A new app, which has no consent yet. */
  const newApp = (input: Parameters<typeof registerApp>[1] = {}): Promise<AppClient> => registerApp(server, input);

  async function errorOf(app: AppClient, request: AuthorizationRequest, browser: Browser = openBrowser()) {
    const page = await browser.visit(authorizationUrl(server, app, request).url);
    const { searchParams } = redirectedTo(page, app);
    return { error: searchParams.get('error'), description: searchParams.get('error_description') };
  }

  it('are announced in the metadata (OpenID Connect Discovery §3)', async () => {
    const metadata = (await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(metadata['claims_parameter_supported']).to.equal(true);
    expect(metadata['scopes_supported']).to.have.members([
      'openid',
      'profile',
      'email',
      'address',
      'phone',
      'groups',
      'offline_access',
    ]);
    expect(metadata['claims_supported'])
      .to.include.members(['sub', 'name', 'email', 'email_verified', 'groups', 'acr', 'amr', 'auth_time'])
      .and.not.include.members(['roles']);
    expect(metadata['acr_values_supported']).to.deep.equal([mailContext, passwordContext, multiFactorContext]);
  });

  describe('of the granted scopes', () => {
    const expected = { email: 'ada@example.com', email_verified: true, groups: ['admins', 'Team Größe'] };

    it('are in the ID token at sign-in and after a refresh, and in userinfo (OIDC Core §5.4, decision 22)', async () => {
      const app = await newApp();
      const tokens = await obtain(server, app, { scope: 'openid email groups' });
      expect(claimsIn(tokens)).to.deep.equal(expected);
      const { body } = await refresh(server, app, tokens['refresh_token']);
      expect(claimsIn(body)).to.deep.equal(expected);
      for (const token of [tokens['access_token'], body['access_token']]) {
        expect((await userinfo(server, token)).body).to.deep.equal({ sub: accountId, ...expected });
      }
    });

    it('are in the ID token as they are at the time of a refresh', async () => {
      const app = await newApp();
      const tokens = await obtain(server, app, { scope: 'openid groups' });
      await server.services.users.update(accountId, { groups: [] }, by);
      const { body } = await refresh(server, app, tokens['refresh_token']);
      await server.services.users.update(accountId, { groups: expected.groups }, by);
      expect(claimsIn(body)).to.deep.equal({ groups: [] });
    });

    it('are not in the ID token of a refresh that requests fewer scopes (RFC 6749 §6)', async () => {
      const app = await newApp();
      const tokens = await obtain(server, app, { scope: 'openid email groups' });
      const { body } = await refresh(server, app, tokens['refresh_token'], { scope: 'openid groups' });
      expect(claimsIn(body)).to.deep.equal({ groups: expected.groups });
    });

    it('are in the ID token also when the access token is for an API', async () => {
      const tokens = await obtain(server, await newApp(), { scope: 'openid email photos:read', resource: photos });
      expect(claimsIn(tokens)).to.have.keys('email', 'email_verified');
    });

    it('without a scope are none', async () => {
      const tokens = await obtain(server, await newApp(), { scope: 'openid' });
      expect(claimsIn(tokens)).to.deep.equal({});
    });

    it('are an empty array for a user without groups, and no roles', async () => {
      await createUser(server, 'grace@example.com');
      const app = await newApp();
      const browser = openBrowser();
      const request = { scope: 'openid groups' };
      const { url, verifier } = authorizationUrl(server, app, request);
      const consent = await signIn(browser, await browser.visit(url), 'grace@example.com');
      const page = await browser.submit(consent, '/consent', { decision: 'allow' });
      const code = redirectedTo(page, app).searchParams.get('code') ?? '';
      const { body } = await redeem(server, app, { code, verifier });
      expect(claimsIn(body)).to.deep.equal({ groups: [] });
      expect((await userinfo(server, body['access_token'])).body['groups']).to.deep.equal([]);
    });
  });

  describe('that are requested individually (OIDC Core §5.5)', () => {
    it('are in the place for which they were requested, at sign-in and after a refresh, voluntary or essential', async () => {
      const app = await newApp();
      const tokens = await obtain(
        server,
        app,
        requesting({
          id_token: { email: { essential: true }, groups: null },
          userinfo: { name: { essential: true }, phone_number: null },
        }),
      );
      const { body } = await refresh(server, app, tokens['refresh_token']);
      for (const answer of [tokens, body]) {
        expect(claimsIn(answer)).to.deep.equal({ email: 'ada@example.com', groups: ['admins', 'Team Größe'] });
        expect((await userinfo(server, answer['access_token'])).body).to.deep.equal({
          sub: accountId,
          name: 'Ada Lovelace',
          phone_number: '+441234567890',
        });
      }
    });

    it('that the user has not, or that nobody knows, are omitted (OIDC Core §5.5.1)', async () => {
      const request = requesting({
        id_token: { birthdate: { essential: true }, roles: { essential: true }, 'https://app.example/x': null },
        userinfo: { roles: { essential: true } },
        verified_claims: null,
      });
      const tokens = await obtain(server, await newApp(), request);
      expect(claimsIn(tokens)).to.deep.equal({});
      expect((await userinfo(server, tokens['access_token'])).body).to.deep.equal({ sub: accountId });
    });

    it('that nobody knows are not asked of the user', async () => {
      const app = await newApp();
      await authorize(server, app);
      const { page } = await begin(
        server,
        app,
        requesting({ id_token: { roles: { essential: true } } }),
        openBrowser(),
      );
      expect(asks(page)).to.equal('nothing');
    });

    it('are shown on the consent page by the text of their scope, once, and by name among the technical details', async () => {
      const { page } = await begin(
        server,
        await newApp(),
        requesting(
          { id_token: { given_name: null, family_name: null, email: null }, userinfo: { groups: null, sub: null } },
          { scope: 'openid email' },
        ),
        openBrowser(),
      );
      expect(asks(page)).to.equal('consent');
      const { openid, email, profile, groups } = texts;
      const untilSession = 'The app can use it only while you are signed in.';
      expect(listed(page)).to.deep.equal([openid, email, profile, groups, untilSession]);
      const [shown = '', technical = ''] = page.html.split('<details class="technical">');
      expect(shown).to.not.include('given_name');
      expect(technical).to.include('<code>given_name</code>').and.include('<code>groups</code>');
    });

    it('are asked only once, in another login session too (OIDC Core §5.5)', async () => {
      const app = await newApp();
      const request = requesting({ id_token: { email: { essential: true } }, userinfo: { name: null } });
      const browser = openBrowser();
      await authorize(server, app, request, browser);
      for (const next of [browser, openBrowser()]) {
        const { page, verifier } = await begin(server, app, request, next);
        expect(asks(page)).to.equal('nothing');
        const code = redirectedTo(page, app).searchParams.get('code') ?? '';
        const { body } = await redeem(server, app, { code, verifier });
        expect(claimsIn(body)).to.deep.equal({ email: 'ada@example.com' });
      }
    });

    it('are not asked if their scope was allowed, in this session or another', async () => {
      const app = await newApp();
      const request = requesting({ id_token: { email: { essential: true } } });
      const browser = openBrowser();
      await authorize(server, app, { scope: 'openid email' }, browser);
      for (const next of [browser, openBrowser()]) {
        expect(asks((await begin(server, app, request, next)).page)).to.equal('nothing');
      }
      expect(claimsIn(await obtain(server, app, request))).to.deep.equal({ email: 'ada@example.com' });
    });

    it('do not allow their whole scope', async () => {
      const app = await newApp();
      await authorize(server, app, requesting({ userinfo: { given_name: null } }));
      const { page } = await begin(server, app, { scope: 'openid profile' }, openBrowser());
      expect(asks(page)).to.equal('consent');
      expect(listed(page)).to.include(texts.profile);
    });

    it('are asked, alone, when the app requests more than before', async () => {
      const app = await newApp();
      await authorize(server, app, requesting({ id_token: { email: null } }));
      const { page } = await begin(
        server,
        app,
        requesting({ id_token: { email: null, phone_number: { essential: true } } }),
        openBrowser(),
      );
      expect(page.html).to.include('asks for more access');
      const fresh = [...page.html.matchAll(/<span>([^<]*)<\/span>(?:<\/label>)?\s*<span class="badge new">/g)];
      expect(fresh.map(([, text]) => text)).to.deep.equal([texts.phone]);
      expect(page.html).to.include('2 more things that you have allowed before');
    });

    it('are not asked of the users of a first-party app, and delivered to it', async () => {
      const app = await newApp({ firstParty: true });
      const browser = openBrowser();
      const { page, verifier } = await begin(server, app, requesting({ id_token: { email: null } }), browser);
      const code = redirectedTo(page, app).searchParams.get('code') ?? '';
      const { body } = await redeem(server, app, { code, verifier });
      expect(claimsIn(body)).to.deep.equal({ email: 'ada@example.com' });
    });

    it('that the user did not allow are in neither ID token nor userinfo', async () => {
      const app = await newApp();
      const browser = openBrowser();
      const claims = { id_token: { email: { essential: true } }, userinfo: { email: { essential: true } } };
      const { page } = await begin(server, app, requesting(claims), browser);
      // In another tab the user allows a request without them.
      const tab = await begin(server, app, {}, browser);
      const allowed = redirectedTo(await browser.submit(tab.page, '/consent', { decision: 'allow' }), app);
      const denied = redirectedTo(await browser.submit(page, '/consent', { decision: 'deny' }), app);
      expect(denied.searchParams.get('error')).to.equal('access_denied');
      const code = allowed.searchParams.get('code') ?? '';
      const { body } = await redeem(server, app, { code, verifier: tab.verifier });
      expect(claimsIn(body)).to.deep.equal({});
      expect((await userinfo(server, body['access_token'])).body).to.deep.equal({ sub: accountId });
      for (const prompt of ['none', 'login']) {
        const again = await begin(server, app, requesting(claims, { parameters: { prompt } }), browser);
        expect(prompt === 'none' ? redirectedTo(again.page, app).searchParams.get('error') : asks(again.page)).to.equal(
          prompt === 'none' ? 'consent_required' : 'consent',
        );
      }
    });

    it('end with the consent when it is withdrawn on the account page, which names them', async () => {
      const app = await newApp();
      const browser = openBrowser();
      const request = requesting({ id_token: { email: null, groups: null } });
      const tokens = await obtain(server, app, request, browser);
      const account = await browser.visit(`${server.issuer}/account/apps`);
      expect(account.html).to.include(texts.email).and.include(texts.groups);
      await browser.submit(account, `/account/apps/${app.clientId}/withdraw`);
      expect((await refresh(server, app, tokens['refresh_token'])).body['error']).to.equal('invalid_grant');
      expect(asks((await begin(server, app, request, browser)).page)).to.equal('consent');
    });

    it('are recorded in the audit with the consent', async () => {
      const app = await newApp();
      await authorize(server, app, requesting({ id_token: { email: null } }));
      const [event] = await server.services.audit.list({ limit: 1, clientId: app.clientId, type: 'consent.granted' });
      expect(event?.detail).to.include({ scopes: 'openid', claims: 'email' });
    });

    it('may be pushed (RFC 9126)', async () => {
      const app = await newApp();
      const { url, verifier } = authorizationUrl(server, app, requesting({ id_token: { email: null } }));
      const pushed = await postForm(`${server.issuer}/par`, new URL(url).searchParams, basic(app));
      const short = new URL(`${server.issuer}/authorize`);
      short.search = new URLSearchParams({
        client_id: app.clientId,
        request_uri: String(pushed.body['request_uri']),
      }).toString();
      const browser = openBrowser();
      const consent = await signIn(browser, await browser.visit(short.href));
      expect(listed(consent)).to.include(texts.email);
      const page = await browser.submit(consent, '/consent', { decision: 'allow' });
      const code = redirectedTo(page, app).searchParams.get('code') ?? '';
      expect(claimsIn((await redeem(server, app, { code, verifier })).body)).to.have.keys('email');
    });

    const malformed: Readonly<Record<string, readonly [unknown, RegExp]>> = {
      'no JSON': ['{id_token', /^could not parse the claims parameter JSON$/],
      'an array': [[], /^claims parameter should be a JSON object$/],
      'neither place': [{ other: {} }, /^claims parameter should have userinfo or id_token properties$/],
      'a place that is a list': [{ id_token: ['email'] }, /^claims\.id_token should be an object$/],
      'a place that is null': [{ userinfo: null }, /^claims\.userinfo should be an object$/],
      'a claim that is true': [{ id_token: { email: true } }, /^claims\.id_token\.email should be null or an object$/],
      'a claim that is a list': [{ userinfo: { name: [] } }, /^claims\.userinfo\.name should be null or an object$/],
      'essential as text': [
        { id_token: { email: { essential: 'true' } } },
        /^essential of claims\.id_token\.email should be true or false$/,
      ],
      'values as text': [
        { id_token: { acr: { values: 'a' } } },
        /^values of claims\.id_token\.acr should be an array$/,
      ],
      'a name with other characters': [
        { id_token: { 'é"\\\n': 1 } },
        /^a member of claims\.id_token should be null or an object$/,
      ],
    };
    for (const [what, [claims, description]] of Object.entries(malformed)) {
      it(`are rejected with invalid_request if the parameter is malformed: ${what}`, async () => {
        const app = await newApp();
        const request = requesting(claims);
        const answer = await errorOf(app, request);
        expect(answer.error).to.equal('invalid_request');
        expect(answer.description).to.match(description);
        const { url } = authorizationUrl(server, app, request);
        const pushed = await postForm(`${server.issuer}/par`, new URL(url).searchParams, basic(app));
        expect(pushed.body).to.include({ error: 'invalid_request', error_description: answer.description });
      });
    }

    it('change no object of the server by their names (A4)', async () => {
      const names =
        '{"id_token":{"__proto__":{"polluted":{}},"constructor":{"prototype":{"polluted":1}},"email":null}}';
      const tokens = await obtain(server, await newApp(), requesting(names));
      expect(claimsIn(tokens)).to.deep.equal({ email: 'ada@example.com' });
      expect({}).to.not.have.property('polluted');
    });

    it('without openid are rejected', async () => {
      const request = requesting({ userinfo: { email: null } }, { scope: 'archive:read', resource: archive });
      expect((await errorOf(await newApp(), request)).error).to.equal('invalid_request');
    });
  });

  describe('about the login', () => {
    it('are not in the ID token if nobody asks for them', async () => {
      expect(claimsIn(await obtain(server, await newApp()))).to.not.have.any.keys('acr', 'amr', 'auth_time');
    });

    it('are in the ID token if the claims parameter asks for them, without consent and after a refresh', async () => {
      const app = await newApp();
      await authorize(server, app);
      const browser = openBrowser();
      const request = requesting({ id_token: { acr: null, amr: { essential: true }, auth_time: { essential: true } } });
      const { page, verifier } = await begin(server, app, request, browser);
      const code = redirectedTo(page, app).searchParams.get('code') ?? '';
      const { body } = await redeem(server, app, { code, verifier });
      const first = claimsIn(body);
      expect(first).to.include({ acr: passwordContext });
      expect(first['amr']).to.deep.equal(['pwd']);
      expect(first['auth_time']).to.be.closeTo(Date.now() / 1000, 60);
      const again = await refresh(server, app, body['refresh_token']);
      expect(claimsIn(again.body)).to.deep.equal(first);
    });

    it('acr is in the ID token if acr_values asks for it, also for a class that this server lacks (OIDC Core §3.1.2.1)', async () => {
      for (const values of [passwordContext, 'urn:example:gold']) {
        const tokens = await obtain(server, await newApp(), { parameters: { acr_values: values } });
        expect(claimsIn(tokens)).to.deep.equal({ acr: passwordContext });
      }
    });

    it('auth_time is in the ID token if max_age is sent (OIDC Core §3.1.2.1)', async () => {
      const tokens = await obtain(server, await newApp(), { parameters: { max_age: '600' } });
      expect(Object.keys(claimsIn(tokens))).to.deep.equal(['auth_time']);
    });

    it('an essential acr that a login here has is satisfied', async () => {
      for (const request of [{ value: passwordContext }, { values: ['urn:example:gold', passwordContext] }]) {
        const tokens = await obtain(
          server,
          await newApp(),
          requesting({ id_token: { acr: { essential: true, ...request } } }),
        );
        expect(claimsIn(tokens)).to.deep.equal({ acr: passwordContext });
      }
    });

    it('an essential acr that no login here has fails before anybody signs in (OIDC Core §5.5.1.1)', async () => {
      for (const request of [{ value: 'urn:example:gold' }, { values: ['urn:example:gold'] }, { values: [] }]) {
        const answer = await errorOf(
          await newApp(),
          requesting({ id_token: { acr: { essential: true, ...request } } }),
        );
        expect(answer.error).to.equal('unmet_authentication_requirements');
      }
    });

    it('sub of another user than the one who is signed in leads to a sign-in for that user (OIDC Core §5.5.1)', async () => {
      const other = await createUser(server, 'emmy@example.com');
      const app = await newApp();
      const browser = openBrowser();
      await authorize(server, app, {}, browser);
      const login = await browser.visit(
        authorizationUrl(server, app, requesting({ id_token: { sub: { value: other } } })).url,
      );
      expect(asks(login)).to.equal('sign-in');
      expect(login.html).to.not.include('ada@example.com');
      const change = await signIn(browser, login, 'emmy@example.com', password);
      const consent = await browser.submit(change, '/logout/confirm');
      expect(asks(consent)).to.equal('consent');
      expect(consent.html).to.include('emmy@example.com');
    });
  });

  describe('groups', () => {
    it('cannot become the scope of an API', async () => {
      for (const change of [
        () =>
          server.services.apis.create(
            {
              identifier: 'https://other.example/api',
              name: 'Other',
              tokenFormat: 'jwt',
              scopes: [{ value: 'groups', description: 'See groups' }],
            },
            by,
          ),
        () => server.services.apis.update(photos, { scopes: [{ value: 'groups', description: 'See groups' }] }, by),
      ]) {
        const error = await change().catch((thrown: unknown) => thrown);
        expect(error).to.include({ code: 'invalid_input', field: 'scopes' });
        expect(error).to.have.property('message').that.includes('"groups" is a scope about the user');
      }
    });

    describe('of an API that had a scope of this name before it was reserved', () => {
      const teams = 'https://teams.example/api';
      const request = { scope: 'openid groups', resource: teams };

      before(async () => {
        await server.services.apis.create(
          {
            identifier: teams,
            name: 'Teams',
            tokenFormat: 'opaque',
            scopes: [{ value: 'teams:read', description: 'See teams' }],
          },
          by,
        );
        const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
        await database
          .collection(apis)
          .updateOne({ _id: teams }, { $set: { scopes: [{ value: 'groups', description: 'Change teams' }] } });
        await database.close();
      });

      it('remain the scope of that API: the user is asked for it alone, and the groups of the user stay here', async () => {
        const app = await newApp({ apis: [teams] });
        const browser = openBrowser();
        const { page } = await begin(server, app, request, browser);
        expect(listed(page)).to.include('Change teams').and.not.include(texts.groups);
        const tokens = await obtain(server, app, request, browser);
        expect(tokens['scope']).to.equal('groups');
        expect(claimsIn(tokens)).to.deep.equal({});
        const silent = await browser.visit(
          authorizationUrl(server, app, { ...request, parameters: { prompt: 'none' } }).url,
        );
        expect(redirectedTo(silent, app).searchParams.has('code')).to.equal(true);
      });

      it('are asked of the user in a request without the API', async () => {
        const app = await newApp({ apis: [teams] });
        await authorize(server, app, request);
        const { page } = await begin(server, app, { scope: 'openid groups' }, openBrowser());
        expect(asks(page)).to.equal('consent');
        expect(listed(page)).to.include(texts.groups);
      });

      it('are granted to a machine', async () => {
        const machine = await newApp({ type: 'machine', apis: [teams] });
        const fields = { grant_type: 'client_credentials', scope: 'groups', resource: teams };
        expect((await callAs(server, machine, '/token', fields)).body['scope']).to.equal('groups');
      });

      it('are kept when the scopes of the API change', async () => {
        const scopes = [
          { value: 'groups', description: 'Change teams' },
          { value: 'teams:read', description: 'See teams' },
        ];
        expect((await server.services.apis.update(teams, { scopes }, by)).scopes).to.deep.equal(scopes);
      });
    });
  });
});

/** Answers of other identity providers that must not sign anybody in, and providers that do not answer. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { multiFactorContext, passwordContext } from '../../src/oidc/authentication-context.ts';
import {
  authorizationUrl,
  createUser,
  redirectedTo,
  registerApp,
  signIn,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import type { Oauth2Provider } from '../support/oauth2-provider.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { send } from '../security/requests.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';
import { alertOf, leave, registerOpenid, startWithProviders } from '../support/upstream.ts';

const by = { actor: 'command line' } as const;

onEachDatabase('the answer of another provider', (start) => {
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;
  let hub: Oauth2Provider;

  before(async function startServers() {
    this.timeout(60_000);
    const trusted = { createUsers: true, authoritativeFor: ['*'] };
    ({ server, app, provider, hub } = await startWithProviders(start, { staff: trusted, hub: trusted }));
    await createUser(server);
    provider.person = { sub: 'grace', email: 'grace@example.com', email_verified: true };
  });
  after(async () => {
    await provider?.close();
    await hub?.close();
  });

  async function sessionsOf(email: string): Promise<number> {
    const user = await server.services.users.findByEmail(email);
    return user === null ? 0 : (await server.services.sessions.listByUser(user._id)).length;
  }

  it('is refused in another browser than the one that asked', async () => {
    const before = await sessionsOf('grace@example.com');
    const [attacker, victim] = [openBrowser(), openBrowser()];
    const callback = await provider.visit(await leave(server, app, attacker, 'staff'));
    const page = await victim.visit(callback);
    expect(page.status).to.equal(400);
    expect(await sessionsOf('grace@example.com')).to.equal(before);
    // Also when the victim has a sign-in of their own in progress.
    await victim.visit(authorizationUrl(server, app).url);
    expect((await victim.visit(callback)).status).to.equal(400);
    expect(await sessionsOf('grace@example.com')).to.equal(before);
    // It was not used up either.
    redirectedTo(await attacker.visit(callback), app);
  });

  it('is refused by another sign-in of the same browser', async () => {
    const browser = openBrowser();
    const callback = new URL(await provider.visit(await leave(server, app, browser, 'staff')));
    const other = await browser.visit(authorizationUrl(server, app).url);
    const uid = /\/interaction\/([\w-]+)/.exec(other.url)?.[1] ?? '';
    const page = await browser.visit(`${server.issuer}/interaction/${uid}/upstream/staff${callback.search}`);
    expect(page.url).to.equal(`${server.issuer}/interaction/${uid}`);
    expect(page.html).to.contain('Sign in');
    redirectedTo(await browser.visit(callback.href), app);
  });

  it('is refused for another provider than the one that was asked (mix-up, RFC 9700 §4.4)', async () => {
    const browser = openBrowser();
    const callback = new URL(await provider.visit(await leave(server, app, browser, 'staff')));
    const page = await browser.visit(`${server.issuer}/upstream/hub/callback${callback.search}`);
    expect(page.status).to.equal(400);
    expect(hub.redeemed).to.have.length(0);
  });

  for (const [title, query] of [
    ['no state', 'code=x'],
    ['an unknown state', `code=x&state=${'a'.repeat(43)}`],
    ['two states', 'code=x&state=a&state=b'],
  ] as const) {
    it(`is refused with ${title}`, async () => {
      expect((await openBrowser().visit(`${server.issuer}/upstream/staff/callback?${query}`)).status).to.equal(400);
    });
  }

  it('is refused when its iss is another one (RFC 9207 §2.4)', async () => {
    const browser = openBrowser();
    const callback = new URL(await provider.visit(await leave(server, app, browser, 'staff')));
    callback.searchParams.set('iss', 'https://evil.example');
    expect(alertOf(await browser.visit(callback.href))).to.equal(
      'Signing in with Staff did not work. Try again, or sign in another way.',
    );
    const missing = openBrowser();
    const without = new URL(await provider.visit(await leave(server, app, missing, 'staff')));
    without.searchParams.delete('iss');
    expect(alertOf(await missing.visit(without.href))).to.match(/did not work/);
  });

  it('is refused with the code of another sign-in: PKCE and nonce bind it (RFC 9700 §4.5)', async () => {
    const [attacker, victim] = [openBrowser(), openBrowser()];
    const stolen = new URL(await provider.visit(await leave(server, app, attacker, 'staff')));
    const own = new URL(await provider.visit(await leave(server, app, victim, 'staff')));
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(alertOf(await victim.visit(own.href))).to.match(/did not work/);
  });

  it('signs in once, also by 20 parallel requests in two processes', async function parallel() {
    this.timeout(60_000);
    const { issuer, environment } = server;
    const second = await start({
      databaseUrl: environment['DATABASE_URL'] ?? '',
      environment: { ISSUER: issuer, SECRET: environment['SECRET'] ?? '' },
    });
    const browser = openBrowser();
    const callback = new URL(hub.visit(await leave(server, app, browser, 'hub')));
    const cookies = [...browser.jar.values()].filter(({ path }) => path === '/' || path.startsWith('/interaction/'));
    const path = cookies.map((cookie) => cookie.path).find((one) => one !== '/') ?? '';
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const before = hub.redeemed.length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        send(at % 2 === 0 ? server : second, `${path}/upstream/hub${callback.search}`, { headers: { cookie } }),
      ),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 20 }, () => 303));
    expect(hub.redeemed.length - before).to.equal(1);
    expect(answers.filter(({ headers }) => headers.location?.includes('/authorize/'))).to.have.length(1);
    await second.stop();
  });

  it('leads back to the sign-in page with what happened, and another way works there', async () => {
    const browser = openBrowser();
    const asked = new URL(await leave(server, app, browser, 'staff'));
    const callback = new URL(`${server.issuer}/upstream/staff/callback`);
    callback.search = new URLSearchParams({
      error: 'access_denied',
      state: asked.searchParams.get('state') ?? '',
      iss: provider.issuer,
    }).toString();
    const page = await browser.visit(callback.href);
    expect(alertOf(page)).to.equal('You did not sign in with Staff. You can try again, or sign in another way.');
    expect(alertOf(await browser.visit(page.url))).to.equal('');
    redirectedTo(await signIn(browser, page), app);
  });

  const badAnswers: readonly (readonly [string, NonNullable<Oauth2Provider['tokenAnswer']>, RegExp])[] = [
    [
      'an error',
      (response) => response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'),
      /did not work/,
    ],
    [
      'text',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello</p>'),
      /did not work/,
    ],
    [
      'no token',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      /did not work/,
    ],
    ['503', (response) => response.writeHead(503).end(), /cannot be reached/],
    ['a connection that breaks', (response) => response.destroy(), /cannot be reached/],
    [
      'a megabyte',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ access_token: 'x'.repeat(1024 * 1024) })),
      /cannot be reached/,
    ],
  ];
  for (const [title, tokenAnswer, message] of badAnswers) {
    it(`shows a message when the token endpoint answers with ${title}`, async () => {
      hub.tokenAnswer = tokenAnswer;
      const browser = openBrowser();
      const page = await browser.visit(hub.visit(await leave(server, app, browser, 'hub')));
      hub.tokenAnswer = undefined;
      expect(page.status).to.equal(200);
      expect(alertOf(page)).to.match(message);
    });
  }

  it('is never followed to another address', async () => {
    let requests = 0;
    const canary = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    canary.listen(0, '127.0.0.1');
    await once(canary, 'listening');
    const location = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/`;
    hub.tokenAnswer = (response) => response.writeHead(307, { location }).end();
    const browser = openBrowser();
    const page = await browser.visit(hub.visit(await leave(server, app, browser, 'hub')));
    hub.tokenAnswer = undefined;
    expect(alertOf(page)).to.match(/did not work/);
    expect(requests).to.equal(0);
    canary.close();
  });

  it('is not awaited from a private address in production, unless the operator allows it', async () => {
    const careful = await startTestServer({ environment: { OUTBOUND_PRIVATE_NETWORKS: 'false' } });
    await registerOpenid(careful, provider);
    const other = await registerApp(careful, { firstParty: true, apis: [] });
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(careful, other).url);
    expect(alertOf(await browser.submit(page, '/upstream/staff'))).to.match(/Staff cannot be reached/);
    const report = await careful.services.checkUpstream(await careful.services.upstreams.get('staff'));
    expect(report.problems.join()).to.contain('OUTBOUND_ALLOW');
    await careful.stop();
  });

  it('must show a fresh sign-in where the app asks for one, and is asked for it', async () => {
    provider.signedInAt = undefined;
    for (const prompt of ['login', 'select_account login']) {
      const browser = openBrowser();
      const request = { parameters: { prompt } };
      redirectedTo(await browser.visit(await provider.visit(await leave(server, app, browser, 'staff', request))), app);
      expect(provider.lastRequest.get('prompt')?.split(' '), prompt).to.include('login');
      expect(provider.lastRequest.get('max_age'), prompt).to.equal('0');
    }
    provider.signedInAt = Math.floor(Date.now() / 1000) - 3600;
    const old = openBrowser();
    const page = await old.visit(
      await provider.visit(await leave(server, app, old, 'staff', { parameters: { max_age: '600' } })),
    );
    expect(provider.lastRequest.get('max_age')).to.equal('600');
    expect(alertOf(page)).to.match(/Staff did not confirm that you signed in there just now/);
    provider.signedInAt = undefined;
  });

  it('does not make an old sign-in there a fresh one here for max_age (OpenID Connect Core §3.1.2.1)', async () => {
    const browser = openBrowser();
    provider.signedInAt = Math.floor(Date.now() / 1000) - 3600;
    const signInWith = async (request: AuthorizationRequest): Promise<Page> =>
      browser.visit(await provider.visit(await leave(server, app, browser, 'staff', request)));
    redirectedTo(await signInWith({ parameters: { max_age: '7200' } }), app);
    const ask = async (parameters: Readonly<Record<string, string>>) =>
      browser.visit(authorizationUrl(server, app, { parameters }).url);
    expect(redirectedTo(await ask({ max_age: '7200' }), app).searchParams.has('code')).to.equal(true);
    const silent = redirectedTo(await ask({ max_age: '600', prompt: 'none' }), app);
    expect(silent.searchParams.get('error')).to.equal('login_required');
    expect((await ask({ max_age: '600' })).html).to.contain('Continue with Staff');
    provider.signedInAt = undefined;
    redirectedTo(await signInWith({ parameters: { max_age: '600' } }), app);
    expect(redirectedTo(await ask({ max_age: '600' }), app).searchParams.has('code')).to.equal(true);
  });

  it('is not offered by a provider that cannot show when the user signed in, unless the operator accepts that', async () => {
    const request = authorizationUrl(server, app, { parameters: { prompt: 'login' } });
    expect((await openBrowser().visit(request.url)).html).not.to.contain('Continue with Hub');
    await server.services.upstreams.update('hub', { trustReauthentication: true }, by);
    const browser = openBrowser();
    redirectedTo(
      await browser.visit(hub.visit(await leave(server, app, browser, 'hub', { parameters: { prompt: 'login' } }))),
      app,
    );
    await server.services.upstreams.update('hub', { trustReauthentication: false }, by);
  });

  it('brings amr and acr only as the operator configures it', async () => {
    async function claimsOfLogin(): Promise<Readonly<Record<string, unknown>>> {
      const browser = openBrowser();
      const parameters = { claims: JSON.stringify({ id_token: { amr: null, acr: null } }) };
      const { url, verifier } = authorizationUrl(server, app, { parameters });
      const page = await browser.visit(url);
      const { location = '' } = await browser.submit(page, '/upstream/staff');
      const back = redirectedTo(await browser.visit(await provider.visit(location)), app);
      const answer = await fetch(`${server.issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${app.clientId}:${app.secret ?? ''}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: back.searchParams.get('code') ?? '',
          redirect_uri: app.redirectUri,
          code_verifier: verifier,
        }),
      });
      const { id_token: idToken } = (await answer.json()) as { id_token: string };
      return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    }
    provider.person = { ...provider.person, amr: ['pwd', 'otp', 'mfa'] };
    expect((await claimsOfLogin())['amr']).to.deep.equal([]);
    await server.services.upstreams.update('staff', { trustAmr: true }, by);
    provider.amr = ['pwd', 'mfa'];
    const trusted = await claimsOfLogin();
    expect(trusted['amr']).to.deep.equal(['pwd', 'mfa']);
    expect(trusted['acr'], 'the class of two factors').to.equal(multiFactorContext);
    provider.amr = undefined;
    await server.services.upstreams.update('staff', { trustAmr: false }, by);

    provider.acr = 'urn:there:two';
    expect((await claimsOfLogin())['acr'], 'an acr that is not translated').to.equal(undefined);
    await server.services.upstreams.update('staff', { acrs: [{ from: 'urn:there:two', to: passwordContext }] }, by);
    expect((await claimsOfLogin())['acr']).to.equal(passwordContext);
    provider.acr = 'urn:there:one';
    expect((await claimsOfLogin())['acr'], 'another one').to.equal(undefined);
    provider.acr = undefined;
    await server.services.upstreams.update('staff', { acrs: [] }, by);
  });

  it('is not awaited while the provider is down: a clear page, and every other way works', async () => {
    const gone = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/gone/callback` });
    await registerOpenid(server, gone, { id: 'gone', name: 'Gone' });
    await gone.close();
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const told = await browser.submit(page, '/upstream/gone');
    expect(told.status).to.equal(200);
    expect(alertOf(told)).to.equal('Gone cannot be reached at the moment. Sign in another way, or try again later.');
    redirectedTo(await signIn(browser, told), app);
    const text = await (await fetch(`${server.issuer}/metrics`)).text();
    expect(text).to.contain('gatehouse_upstream_logins_total{upstream="gone",outcome="unavailable"} 1');
    await server.services.upstreams.remove('gone', by);
  });
});

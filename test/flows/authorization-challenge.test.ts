/** Sign-in without a browser (OAuth 2.0 for First-Party Applications, draft-ietf-oauth-first-party-apps-04). */
import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock, systemClock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import { multiFactorContext, passwordContext } from '../../src/oidc/authentication-context.ts';
import {
  audited,
  authorize,
  basic,
  callAs,
  createUser,
  introspect,
  isActive,
  password,
  photos,
  postForm,
  refresh,
  registerApp,
  seedApis,
  signIn as signInAtPage,
  userinfo,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { addApp } from '../support/second-factors.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const email = 'ada@example.com';

onEachDatabase('the authorization challenge endpoint', (start) => {
  let server: TestServer;
  let app: AppClient;
  let photosApi: AppClient;
  let accountId: string;

  const verifier = randomBytes(32).toString('base64url');
  const pkce = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };

  before(async () => {
    server = await start({ environment: { THROTTLE_ACCOUNT_FREE: '3', THROTTLE_PAIR_FREE: '3' } });
    await seedApis(server);
    accountId = await createUser(server);
    app = await registerNative('Our app');
    photosApi = await registerApp(server, { type: 'machine', name: 'Photos', apis: [photos] });
  });

  function registerNative(name: string, more: object = {}): Promise<AppClient> {
    return registerApp(server, {
      type: 'native',
      name,
      redirectUris: ['com.example.app:/callback'],
      firstParty: true,
      challengeEndpoint: true,
      ...more,
    });
  }

  function challenge(fields: Readonly<Record<string, string>>, client = app): Promise<Answer> {
    return callAs(server, client, '/authorize-challenge', fields);
  }

  function begin(more: Readonly<Record<string, string>> = {}, client = app): Promise<Answer> {
    return challenge(
      { response_type: 'code', scope: 'openid photos:read', resource: photos, ...pkce, ...more },
      client,
    );
  }

  function redeemCode(code: unknown, more: Readonly<Record<string, string>> = {}, client = app): Promise<Answer> {
    return callAs(server, client, '/token', {
      grant_type: 'authorization_code',
      code: String(code),
      code_verifier: verifier,
      ...more,
    });
  }

  async function signIn(more: Readonly<Record<string, string>> = {}, client = app): Promise<Record<string, unknown>> {
    const { status, body } = await begin({ username: email, password, ...more }, client);
    expect(status, JSON.stringify(body)).to.equal(200);
    const tokens = await redeemCode(body['authorization_code'], {}, client);
    expect(tokens.status, JSON.stringify(tokens.body)).to.equal(200);
    return tokens.body;
  }

  describe('answers', () => {
    it('username and password with a code, which PKCE redeems without a redirect URI (section 5.2.1, section 6)', async () => {
      const { status, body, headers } = await begin({ username: email, password });
      expect({ status, members: Object.keys(body), cache: headers.get('cache-control') }).to.deep.equal({
        status: 200,
        members: ['authorization_code'],
        cache: 'no-store',
      });
      const claims = JSON.stringify({ id_token: { amr: null, auth_time: null } });
      const { body: withClaims } = await begin({ username: email, password, claims });
      const { body: tokens } = await redeemCode(withClaims['authorization_code']);
      expect(decodeJwt(String(tokens['access_token']))).to.include({
        sub: accountId,
        aud: photos,
        scope: 'photos:read',
      });
      const idToken = decodeJwt(String(tokens['id_token']));
      expect(idToken).to.deep.include({ sub: accountId, aud: app.clientId, amr: ['pwd'] });
      expect(idToken['auth_time']).to.be.a('number');
      expect(await isActive(server, photosApi, tokens['access_token'])).to.equal(true);
      expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(200);
      expect(await audited(server, { accountId })).to.include('login.success');
    });

    it('a request without a scope with a code for tokens without scopes (RFC 6749 §3.3)', async () => {
      const { status, body } = await challenge({ resource: photos, ...pkce, username: email, password });
      expect(status).to.equal(200);
      const { body: tokens } = await redeemCode(body['authorization_code']);
      const claims = decodeJwt(String(tokens['access_token']));
      expect(claims).to.include({ sub: accountId, aud: photos });
      expect(claims).to.not.have.property('scope');
      expect(tokens).to.not.have.property('id_token');
    });

    it('max_age and acr_values with auth_time and acr in the ID token, also when the password comes later (OIDC Core §3.1.2.1)', async () => {
      const asked = { max_age: '600', acr_values: passwordContext };
      const { body: first } = await begin({ login_hint: email, ...asked });
      const { body: next } = await challenge({ auth_session: String(first['auth_session']), password });
      const { body: tokens } = await redeemCode(next['authorization_code']);
      for (const { id_token: idToken } of [await signIn(asked), tokens]) {
        const claims = decodeJwt(String(idToken));
        expect(claims['auth_time']).to.be.a('number');
        expect(claims['acr']).to.equal(passwordContext);
      }
    });

    it('the right password of another user than the request names with access_denied (OIDC Core §3.1.2.1, §5.5.1)', async () => {
      const other = await createUser(server, 'grace@example.com');
      const { id_token: hint } = await signIn();
      const named = (sub: string) => ({ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) });
      const credentials = { username: 'grace@example.com', password };
      for (const more of [{ id_token_hint: String(hint) }, named(accountId)]) {
        const { status, body } = await begin({ ...credentials, ...more });
        expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'access_denied' });
        const { body: first } = await begin({ ...more, login_hint: credentials.username });
        const later = await challenge({ auth_session: String(first['auth_session']), password });
        expect(later.body['error'], 'continued').to.equal('access_denied');
      }
      expect(await server.services.sessions.listByUser(other)).to.deep.equal([]);
      expect(decodeJwt(String((await signIn({ ...credentials, ...named(other) }))['id_token']))['sub']).to.equal(other);
      expect((await begin({ username: email, password, id_token_hint: String(hint) })).status).to.equal(200);
    });

    it('an essential acr that no login has with unmet_authentication_requirements, before anybody signs in', async () => {
      const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:example:hardware-key' } } });
      const { status, body } = await begin({ claims });
      expect({ status, error: body['error'] }).to.deep.equal({
        status: 400,
        error: 'unmet_authentication_requirements',
      });
    });

    it('a request without a password with 403, what is missing, and an auth_session that continues it (section 5.2.2)', async () => {
      const { status, body, headers } = await begin({ login_hint: email, nonce: 'n-1' });
      expect(status).to.equal(403);
      expect(headers.get('cache-control')).to.equal('no-store');
      expect(body).to.include({ error: 'insufficient_authorization', password_required: true });
      const session = String(body['auth_session']);
      expect(Buffer.from(session, 'base64url').toString(), 'is opaque').not.to.contain('photos');
      // Only what is new, and what the first request decided wins.
      const next = await postForm(`${server.issuer}/authorize-challenge`, {
        auth_session: session,
        password,
        scope: 'openid photos:write',
        code_challenge: 'x'.repeat(43),
      });
      expect(next.status, JSON.stringify(next.body)).to.equal(200);
      const { body: tokens } = await redeemCode(next.body['authorization_code']);
      expect(tokens['scope']).to.equal('photos:read');
      expect(decodeJwt(String(tokens['id_token']))['nonce']).to.equal('n-1');
    });

    it('a request of an earlier draft without response_type, and no other response_type than code', async () => {
      const earlier = await challenge({ scope: 'openid', ...pkce, username: email, password });
      expect(earlier.status).to.equal(200);
      expect((await begin({ response_type: 'token' })).body['error']).to.equal('unsupported_response_type');
    });

    it('a confidential client that authenticates, and no other one in its name (section 4.1)', async () => {
      const web = await registerApp(server, { firstParty: true, challengeEndpoint: true });
      expect(await signIn({}, web)).to.have.property('access_token');
      const { status, body } = await postForm(
        `${server.issuer}/authorize-challenge`,
        { ...pkce, scope: 'openid', username: email, password },
        basic(web, 'wrong'),
      );
      expect({ status, error: body['error'] }).to.deep.equal({ status: 401, error: 'invalid_client' });
      const byId = await challenge({ ...pkce, scope: 'openid' }, { ...web, secret: undefined });
      expect(byId.status).to.equal(401);
    });

    it('prompts that are pages with redirect_to_web (section 5.2.2.1)', async () => {
      for (const prompt of ['consent', 'select_account', 'none']) {
        const { status, body } = await begin({ username: email, password, prompt });
        expect({ status, error: body['error'] }, prompt).to.deep.equal({ status: 403, error: 'redirect_to_web' });
      }
    });
  });

  describe('rejects', () => {
    it('clients that are not first-party, or whose operator has not allowed it', async () => {
      const ours = await registerNative('Not allowed', { challengeEndpoint: false });
      const theirs = await registerNative('Theirs', { firstParty: false, challengeEndpoint: false });
      const page = await registerApp(server, { type: 'browser', firstParty: true, name: 'Page' });
      for (const client of [ours, theirs, page]) {
        const { status, body } = await begin({ username: email, password }, client);
        expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'unauthorized_client' });
      }
      for (const fields of [
        { firstParty: false, challengeEndpoint: true },
        { type: 'browser', firstParty: true, challengeEndpoint: true },
      ] as const) {
        const error: unknown = await registerNative('X', fields).catch((reason: unknown) => reason);
        expect(error).to.have.property('code', 'invalid_input');
      }
    });

    it('a request without PKCE, with an unknown scope or API, or with a repeated parameter', async () => {
      const credentials = { username: email, password };
      const web = await registerApp(server, { firstParty: true, challengeEndpoint: true, pkce: 'optional' });
      expect((await challenge({ scope: 'openid', ...credentials }, web)).body['error']).to.equal('invalid_request');
      expect((await challenge({ scope: 'openid', ...credentials })).body['error']).to.equal('invalid_request');
      expect((await begin({ ...credentials, scope: 'unknown' })).body['error']).to.equal('invalid_scope');
      expect((await begin({ ...credentials, resource: 'https://x.example' })).body['error']).to.equal('invalid_target');
      const twice = new URLSearchParams({ client_id: app.clientId, ...pkce, ...credentials, scope: 'openid' });
      twice.append('scope', 'openid');
      expect((await postForm(`${server.issuer}/authorize-challenge`, twice)).body['error']).to.equal('invalid_request');
      const { status } = await fetch(`${server.issuer}/authorize-challenge`);
      expect(status).to.equal(405);
    });

    for (const name of ['username', 'password', 'otp', 'auth_session']) {
      it(`a repeated ${name}, by its name (RFC 6749 §3.1)`, async () => {
        const form = new URLSearchParams({
          client_id: app.clientId,
          ...pkce,
          username: email,
          password,
          otp: '123456',
        });
        form.set('auth_session', 'x');
        form.append(name, 'y');
        const { status, body } = await postForm(`${server.issuer}/authorize-challenge`, form);
        expect({ status, ...body }).to.deep.include({ status: 400, error: 'invalid_request' });
        expect(body['error_description']).to.equal(`these parameters must not be provided twice: ${name}`);
      });
    }

    it('a request that nobody could grant, before anybody signs in (RFC 6749 §3.3)', async () => {
      const { status, body } = await begin({ scope: 'unknown', username: email, password });
      expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_scope' });
    });

    it('a body that is no form, and names this endpoint', async () => {
      const response = await fetch(`${server.issuer}/authorize-challenge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(response.status).to.equal(400);
      expect(await response.json()).to.deep.include({
        error: 'invalid_request',
        error_description:
          'only application/x-www-form-urlencoded content-type bodies are supported on POST /authorize-challenge',
      });
    });

    it('an auth_session that was changed, belongs to another client, or has expired (invalid_session)', async () => {
      const other = await registerNative('Other');
      const session = String((await begin()).body['auth_session']);
      const credentials = { username: email, password };
      for (const [value, client] of [
        [`${session.slice(0, -4)}AAAA`, app],
        ['x', app],
        ['', app],
        ['A'.repeat(20_000), app],
        [session, other],
      ] as const) {
        const { status, body } = await challenge({ auth_session: value, ...credentials }, client);
        expect({ status, error: body['error'] }).to.deep.equal({
          status: 400,
          error: 'invalid_session',
        });
      }
    });

    it('a code that another client or a wrong verifier presents, or that was used', async () => {
      const other = await registerNative('Thief');
      const { body } = await begin({ username: email, password });
      const code = body['authorization_code'];
      for (const answer of [
        await redeemCode(code, {}, other),
        await redeemCode(code, { code_verifier: 'x'.repeat(43) }),
        await redeemCode(code, { redirect_uri: app.redirectUri }),
      ]) {
        expect(answer.body['error']).to.equal('invalid_grant');
      }
      expect((await redeemCode(code)).status).to.equal(200);
      expect((await redeemCode(code)).body['error']).to.equal('invalid_grant');
    });

    it('a code of the authorization endpoint without its redirect URI, as before', async () => {
      const web = await registerApp(server, { firstParty: true, challengeEndpoint: true });
      const { code, verifier: codeVerifier } = await authorize(server, web);
      const { status, body } = await redeemCode(code, { code_verifier: codeVerifier }, web);
      expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_request' });
    });

    it('the password grant: there is none', async () => {
      const { body } = await callAs(server, app, '/token', { grant_type: 'password', username: email, password });
      expect(body['error']).to.equal('unsupported_grant_type');
    });
  });

  it('answers the same for an unknown user, a wrong password, a disabled user and one without a password', async () => {
    await createUser(server, 'disabled@example.com').then((id) => server.services.users.disable(id, by));
    await server.services.users.create({ email: 'invited@example.com' }, by);
    await createUser(server, 'wrong@example.com');
    const answers = [];
    for (const [username, secret] of [
      ['unknown@example.com', password],
      ['wrong@example.com', 'not the password'],
      ['disabled@example.com', password],
      ['invited@example.com', password],
    ] as const) {
      const { status, body } = await begin({ username, password: secret });
      const { auth_session: session, ...rest } = body;
      answers.push({ status, ...rest, sessionLength: String(session).length });
    }
    expect(new Set(answers.map((one) => JSON.stringify(one)))).to.have.length(1);
    expect(answers[0]).to.include({ status: 403, error: 'insufficient_authorization', password_required: true });
  });

  it('shares the throttle with the sign-in page: three failures of both together make the right password wait at both', async () => {
    const guessed = 'guessed@example.com';
    await createUser(server, guessed);
    const atPage = async (secret: string): Promise<Page> => {
      const browser = openBrowser();
      return signInAtPage(browser, await browser.visit(`${server.issuer}/account`), guessed, secret);
    };
    expect((await begin({ username: guessed, password: 'wrong' })).status).to.equal(403);
    expect((await atPage('not the password')).status).to.equal(401);
    expect((await begin({ username: guessed, password: 'wrong' })).status).to.equal(403);
    const { status, body, headers } = await begin({ username: guessed, password });
    expect({ status, error: body['error'] }).to.deep.equal({ status: 429, error: 'temporarily_unavailable' });
    expect(Number(headers.get('retry-after'))).to.be.greaterThan(0);
    const [event] = await server.services.audit.list({ limit: 1, type: 'login.throttled' });
    expect(event).to.include({ outcome: 'failure' });
    const page = await atPage(password);
    expect(page.status).to.equal(429);
    expect(Number(page.headers.get('retry-after'))).to.be.greaterThan(0);
  });

  describe('the login session', () => {
    it('is one of the user, without a browser, and ends like every other one', async () => {
      const user = await createUser(server, 'session@example.com');
      const tokens = await signIn({ username: 'session@example.com' });
      expect(await server.services.sessions.listByUser(user)).to.have.length(1);
      expect(await isActive(server, photosApi, tokens['access_token'])).to.equal(true);
      await server.services.sessions.endAll(user, {}, by);
      expect((await introspect(server, photosApi, tokens['access_token'])).body).to.deep.equal({ active: false });
      expect((await refresh(server, app, tokens['refresh_token'])).body['error']).to.equal('invalid_grant');
    });

    it('ends with the password with which it began', async () => {
      const user = await createUser(server, 'changed@example.com');
      const tokens = await signIn({ username: 'changed@example.com' });
      const { body } = await begin({ username: 'changed@example.com', password });
      await server.services.users.setPassword(user, `${password} and more`, by);
      expect((await refresh(server, app, tokens['refresh_token'])).body['error']).to.equal('invalid_grant');
      expect((await redeemCode(body['authorization_code'])).body['error']).to.equal('invalid_grant');
    });

    it('gives offline access where it is requested, and userinfo', async () => {
      const request = { scope: 'openid email offline_access', ...pkce, username: email, password };
      const { body: tokens } = await redeemCode((await challenge(request)).body['authorization_code']);
      expect((await userinfo(server, tokens['access_token'])).body).to.include({ sub: accountId, email });
      await server.services.sessions.endAll(accountId, {}, by);
      expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(200);
    });
  });

  it('continues a request for 15 minutes, and not longer', async () => {
    const clock = manualClock();
    const other = await start({ clock });
    await seedApis(other);
    const { clientId } = await registerApp(other, { type: 'native', firstParty: true, challengeEndpoint: true });
    const send = (fields: Readonly<Record<string, string>>): Promise<Answer> =>
      postForm(`${other.issuer}/authorize-challenge`, { client_id: clientId, ...fields });
    const { body } = await send({ scope: 'openid', ...pkce });
    const session = String(body['auth_session']);
    clock.advance(899);
    expect((await send({ auth_session: session })).body['error']).to.equal('insufficient_authorization');
    clock.advance(1);
    expect((await send({ auth_session: session })).body['error']).to.equal('invalid_session');
  });

  it('believes a password for 15 minutes, however often a code is sent with it', async () => {
    const clock = manualClock();
    const other = await start({ clock });
    await seedApis(other);
    const ada = await createUser(other, email);
    const { seed } = await addApp(other, ada, clock);
    const { clientId } = await registerApp(other, { type: 'native', firstParty: true, challengeEndpoint: true });
    const send = (fields: Readonly<Record<string, string>>): Promise<Answer> =>
      postForm(`${other.issuer}/authorize-challenge`, { client_id: clientId, ...fields });
    const first = await send({ scope: 'openid', ...pkce });
    clock.advance(600);
    const proved = await send({ auth_session: String(first.body['auth_session']), username: email, password });
    clock.advance(450);
    const again = await send({ auth_session: String(proved.body['auth_session']) });
    clock.advance(449);
    const wrong = await send({ auth_session: String(again.body['auth_session']), otp: '000000' });
    expect([wrong.status, wrong.body['otp_required']]).to.deep.equal([403, true]);
    clock.advance(1);
    const late = await send({
      auth_session: String(wrong.body['auth_session']),
      otp: totpCode(seed, clock.now()),
    });
    expect([late.status, late.body['error']]).to.deep.equal([400, 'invalid_session']);
  });

  it('is advertised, and sets no cookie (section 8)', async () => {
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
    expect(await response.json()).to.include({
      authorization_challenge_endpoint: `${server.issuer}/authorize-challenge`,
    });
    const { headers } = await begin({ username: email, password });
    expect(headers.getSetCookie()).to.deep.equal([]);
    expect(headers.get('access-control-allow-origin')).to.equal(null);
  });

  describe('a user with a second factor', () => {
    const clock = systemClock;
    let ada: string;
    let seed: string;
    let recoveryCode: string;
    let users = 0;
    let username: string;

    beforeEach(async () => {
      users += 1;
      username = `factor${users}@example.com`;
      ada = await createUser(server, username);
      const added = await addApp(server, ada, clock);
      seed = added.seed;
      recoveryCode = added.recoveryCodes[0] ?? '';
    });

    const otp = (): string => totpCode(seed, clock.now());

    it('is asked for a code after the password, and the tokens say so', async () => {
      const first = await begin({ username, password });
      expect(first.status).to.equal(403);
      expect(first.body).to.include({ error: 'insufficient_authorization', otp_required: true });
      expect(first.body).to.not.have.any.keys('authorization_code', 'password_required');
      const session = String(first.body['auth_session']);
      const wrong = await challenge({ auth_session: session, otp: '000000' });
      expect([wrong.status, wrong.body['otp_required']]).to.deep.equal([403, true]);
      const { body } = await challenge({ auth_session: session, otp: otp() });
      const tokens = await redeemCode(body['authorization_code']);
      const claims = decodeJwt(String(tokens.body['access_token']));
      expect(claims).to.include({ sub: ada, acr: multiFactorContext });
      expect(claims['amr']).to.deep.equal(['pwd', 'otp', 'mfa']);
    });

    it('may send password and code together, and use a recovery code', async () => {
      expect((await begin({ username, password, otp: otp() })).status).to.equal(200);
      expect((await begin({ username, password, otp: recoveryCode })).status).to.equal(200);
      expect((await begin({ username, password, otp: recoveryCode })).status).to.equal(403);
    });

    it('cannot use a code twice, also with the same auth_session', async () => {
      const { body } = await begin({ username, password });
      const session = String(body['auth_session']);
      const code = otp();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => challenge({ auth_session: session, otp: code })),
      );
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    });

    it('waits after wrong codes, also with the right password again', async () => {
      const { body } = await begin({ username, password });
      for (let time = 0; time < 3; time += 1) {
        await challenge({ auth_session: String(body['auth_session']), otp: '000000' });
      }
      expect((await begin({ username, password, otp: otp() })).status).to.equal(429);
    });

    it('begins again after a new password', async () => {
      const { body } = await begin({ username, password });
      await server.services.users.setPassword(ada, 'another battery horse staple', by);
      const late = await challenge({ auth_session: String(body['auth_session']), otp: otp() });
      expect([late.status, late.body['error']]).to.deep.equal([400, 'invalid_session']);
    });
  });

  it('sends a user who must set up a second factor to the web (section 5.2.2.1)', async () => {
    const administrator = await createUser(server, 'administrator@example.com');
    await server.services.users.update(administrator, { role: 'administrator' }, by);
    const required = await begin({ username: 'administrator@example.com', password });
    expect([required.status, required.body['error']]).to.deep.equal([403, 'redirect_to_web']);
    const asked = await begin({ username: email, password, acr_values: multiFactorContext });
    expect([asked.status, asked.body['error']]).to.deep.equal([403, 'redirect_to_web']);
  });
});

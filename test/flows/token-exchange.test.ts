/** Token exchange (RFC 8693): what a client gets for the token of a user, and what it does not get. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, SignJWT, type JWTPayload } from 'jose';
import { after, epochSeconds, systemClock } from '../../src/clock.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  basic,
  begin,
  callAs,
  createUser,
  introspect,
  isActive,
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
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const ledger = 'https://ledger.example/api';
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';
const onPhotos = { scope: 'openid photos:read', resource: photos };
const toArchive = { from: photos, to: archive, scopes: ['archive:read', 'archive:write'] };
const toLedger = { from: archive, to: ledger, scopes: ['ledger:read'] };

onEachDatabase('token exchange', (start) => {
  let server: TestServer;
  let app: AppClient;
  let photosApi: AppClient;
  let archiveApi: AppClient;
  let ledgerApi: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await server.services.apis.create(
      {
        identifier: ledger,
        name: 'Ledger',
        tokenFormat: 'jwt',
        scopes: [{ value: 'ledger:read', description: 'See the ledger' }],
      },
      by,
    );
    await createUser(server);
    app = await registerApp(server);
    photosApi = await machine('Photos', [photos], [toArchive]);
    archiveApi = await machine('Archive', [archive], [toLedger]);
    ledgerApi = await machine('Ledger', [ledger]);
  });

  function machine(
    name: string,
    apis: readonly string[],
    mayExchange: readonly (typeof toArchive)[] = [],
  ): Promise<AppClient> {
    return registerApp(server, { type: 'machine', name, apis, mayExchange });
  }

  function exchange(client: AppClient, token: unknown, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return callAs(server, client, '/token', {
      grant_type: grantType,
      subject_token: String(token),
      subject_token_type: accessTokenType,
      ...more,
    });
  }

  async function exchanged(
    client: AppClient,
    token: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { status, body } = await exchange(client, token, more);
    expect(status, JSON.stringify(body)).to.equal(200);
    return String(body['access_token']);
  }

  async function tokenFor(client: AppClient, request: object = onPhotos): Promise<string> {
    return String((await obtain(server, client, request))['access_token']);
  }

  /** A JWT access token with a valid signature of this server. */
  async function sign(claims: JWTPayload): Promise<string> {
    const [key] = await server.services.signingKeys.current();
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...(key?.kid === undefined ? {} : { kid: key.kid }) })
      .sign(await importJWK({ ...key }, 'ES256'));
  }

  /** Tokens for Photos of this user. */
  async function obtainAs(client: AppClient, email: string, scope: string): Promise<Record<string, unknown>> {
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, client, { ...onPhotos, scope });
    const page = await signIn(browser, await browser.visit(url), email);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'allow' }), client);
    return (await redeem(server, client, { code: redirected.searchParams.get('code') ?? '', verifier })).body;
  }

  function expectError({ status, body }: Answer, error: string, description = ''): void {
    expect({ status, error: body['error'], token: body['access_token'] }).to.deep.equal({
      status: 400,
      error,
      token: undefined,
    });
    expect(body['error_description']).to.contain(description);
  }

  describe('gives', () => {
    it('a token of the same user for the other API, with the client as its actor (RFC 8693 §2.2.1, §4.1, §4.3)', async () => {
      const subject = await tokenFor(app);
      const { status, body, headers } = await exchange(photosApi, subject);
      expect({ status, cache: headers.get('cache-control') }).to.deep.equal({ status: 200, cache: 'no-store' });
      expect(body).to.include({
        issued_token_type: accessTokenType,
        token_type: 'Bearer',
        scope: 'archive:read archive:write',
      });
      expect(body).not.to.have.any.keys('refresh_token', 'id_token');
      const { body: described } = await introspect(server, archiveApi, body['access_token']);
      expect(described).to.deep.include({
        active: true,
        sub: decodeJwt(subject).sub,
        aud: archive,
        scope: 'archive:read archive:write',
        client_id: photosApi.clientId,
        act: { sub: photosApi.clientId },
        username: 'ada@example.com',
      });
    });

    it('a JWT where the API has JWTs, with the same claims', async () => {
      const subject = await tokenFor(app, { scope: 'archive:read', resource: archive });
      const token = await exchanged(archiveApi, subject);
      const { act, aud, client_id: clientId, scope, sub, grant_id: grantId } = decodeJwt(token);
      expect(decodeProtectedHeader(token)['typ']).to.equal('at+jwt');
      expect({ act, aud, clientId, scope }).to.deep.equal({
        act: { sub: archiveApi.clientId },
        aud: ledger,
        clientId: archiveApi.clientId,
        scope: 'ledger:read',
      });
      expect(grantId).to.be.a('string');
      const { body } = await introspect(server, ledgerApi, token);
      expect(body).to.deep.include({ active: true, sub, act: { sub: archiveApi.clientId } });
    });

    it('a chain of actors, the current one first (RFC 8693 §4.1)', async () => {
      const second = await exchanged(archiveApi, await exchanged(photosApi, await tokenFor(app)));
      expect(decodeJwt(second)['act']).to.deep.equal({ sub: archiveApi.clientId, act: { sub: photosApi.clientId } });
    });

    it('no token after four actors', async () => {
      let token = await tokenFor(app);
      const narrow = { from: photos, to: photos, scopes: ['photos:read'] };
      for (const name of ['One', 'Two', 'Three', 'Four']) {
        token = await exchanged(await machine(name, [photos], [narrow]), token);
      }
      const fifth = await machine('Five', [photos], [narrow]);
      expectError(await exchange(fifth, token), 'invalid_request', 'by 4 clients');
    });

    it('the requested scopes, and no others', async () => {
      const { body } = await exchange(photosApi, await tokenFor(app), { scope: 'archive:read' });
      expect(body['scope']).to.equal('archive:read');
      for (const scope of ['archive:read photos:read', 'unknown', 'openid', 'offline_access']) {
        expectError(await exchange(photosApi, await tokenFor(app), { scope }), 'invalid_scope');
      }
    });

    it('fewer scopes of the same API, never more than the presented token has', async () => {
      const both = { from: photos, to: photos, scopes: ['photos:read', 'photos:write'] };
      const narrowing = await machine('Narrowing', [photos], [both]);
      const wide = await tokenFor(app, { scope: 'photos:read photos:write', resource: photos });
      const narrow = await exchanged(narrowing, wide, { scope: 'photos:read' });
      expect(decodeJwt(narrow)['scope']).to.equal('photos:read');
      expect(decodeJwt(await exchanged(narrowing, narrow))['scope']).to.equal('photos:read');
      expectError(await exchange(narrowing, narrow, { scope: 'photos:write' }), 'invalid_scope');
    });

    it('an app its own token with fewer scopes, without an actor, and for another API what the user has allowed it', async () => {
      const own = await registerApp(server, {
        name: 'Own',
        mayExchange: [toArchive, { from: photos, to: photos, scopes: ['photos:read'] }],
      });
      const request = { scope: 'photos:read photos:write archive:read', resource: [photos, archive] };
      const { body } = await redeem(server, own, await authorize(server, own, request), { resource: photos });
      const narrow = await exchanged(own, body['access_token'], { resource: photos });
      expect(decodeJwt(narrow)).to.include({ scope: 'photos:read', client_id: own.clientId });
      expect(decodeJwt(narrow)).not.to.have.property('act');
      const other = await exchange(own, body['access_token'], { resource: archive });
      expect(other.body['scope'], 'archive:write was never allowed').to.equal('archive:read');
      expectError(
        await exchange(own, await tokenFor(own), { resource: archive, scope: 'archive:write' }),
        'invalid_scope',
      );
    });

    it('an expiry that is no later than that of the presented token', async () => {
      const subject = await sign({ ...decodeJwt(await tokenFor(app)), exp: epochSeconds(systemClock) + 100 });
      const before = epochSeconds(systemClock);
      const { body } = await exchange(photosApi, subject);
      const end = Number(decodeJwt(subject).exp);
      expect(body['expires_in']).to.be.within(end - epochSeconds(systemClock), end - before);
      expect((await introspect(server, archiveApi, body['access_token'])).body['exp']).to.equal(decodeJwt(subject).exp);
    });

    it('a token for the API that resource or audience names, by any spelling of its address (RFC 8693 §2.1)', async () => {
      const two = await machine('Two targets', [photos], [toArchive, { ...toLedger, from: photos }]);
      for (const fields of [
        { resource: ledger },
        { audience: ledger },
        { resource: `${ledger.toUpperCase().slice(0, 22)}/api` },
      ]) {
        const { body } = await exchange(two, await tokenFor(app), fields);
        expect(body['scope'], JSON.stringify(fields)).to.equal('ledger:read');
      }
      expectError(await exchange(two, await tokenFor(app)), 'invalid_target', archive);
    });

    it('the type of token that is requested, where the API has it', async () => {
      const subject = await tokenFor(app);
      const opaque = await exchanged(photosApi, subject, { requested_token_type: accessTokenType });
      const { body } = await exchange(archiveApi, opaque, { requested_token_type: jwtType });
      expect(body['issued_token_type']).to.equal(jwtType);
      for (const requested of [
        jwtType,
        'urn:ietf:params:oauth:token-type:id_token',
        'urn:ietf:params:oauth:token-type:refresh_token',
        'x',
      ]) {
        expectError(
          await exchange(photosApi, subject, { requested_token_type: requested }),
          'invalid_request',
          'requested_token_type',
        );
      }
    });

    it('the same with the client’s own token as actor_token, and nothing with another one (RFC 8693 §2.1)', async () => {
      const subject = await tokenFor(app);
      const { body: own } = await callAs(server, photosApi, '/token', { grant_type: 'client_credentials' });
      const { body: foreign } = await callAs(server, archiveApi, '/token', { grant_type: 'client_credentials' });
      const actor = (token: unknown, type = accessTokenType): Record<string, string> => ({
        actor_token: String(token),
        actor_token_type: type,
      });
      const token = await exchanged(photosApi, subject, actor(own['access_token']));
      expect((await introspect(server, archiveApi, token)).body['act']).to.deep.equal({ sub: photosApi.clientId });
      for (const fields of [
        actor(foreign['access_token']),
        actor(subject),
        actor('unknown'),
        actor(own['access_token'], 'urn:ietf:params:oauth:token-type:id_token'),
        { actor_token: String(own['access_token']) },
        { actor_token_type: accessTokenType },
      ] as Record<string, string>[]) {
        expectError(await exchange(photosApi, subject, fields), 'invalid_request', 'actor_token');
      }
    });

    it('an audit event that names both tokens and contains neither', async () => {
      const subject = await tokenFor(app);
      const token = await exchanged(photosApi, subject);
      const { body } = await introspect(server, archiveApi, token);
      const [event] = await server.services.audit.list({ limit: 1, type: 'token.exchanged' });
      expect(event).to.deep.include({
        outcome: 'success',
        clientId: photosApi.clientId,
        accountId: decodeJwt(subject).sub,
      });
      expect(event?.detail).to.deep.equal({
        subjectToken: decodeJwt(subject).jti,
        subjectClient: app.clientId,
        token: body['jti'],
        from: photos,
        to: archive,
        scopes: 'archive:read archive:write',
      });
      expect(JSON.stringify(event)).not.to.contain(token);
    });
  });

  describe('refuses', () => {
    it('what is not the valid access token of a user for an API of this client, always with the same words (RFC 8693 §2.2.2)', async () => {
      const {
        access_token: subject,
        id_token: idToken,
        refresh_token: refreshToken,
      } = await obtain(server, app, onPhotos);
      const { body: ofMachine } = await callAs(server, archiveApi, '/token', { grant_type: 'client_credentials' });
      const { privateKey } = await generateKeyPair('ES256');
      const claims = decodeJwt(String(subject));
      const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(privateKey);
      const forUserinfo = (await obtain(server, app, { scope: 'openid' }))['access_token'];
      const forArchive = await tokenFor(app, { scope: 'archive:read', resource: archive });
      const refused = [
        idToken,
        refreshToken,
        ofMachine['access_token'],
        forged,
        forUserinfo,
        forArchive,
        'x',
        '..',
        '\u0000',
      ];
      for (const token of refused) {
        expectError(
          await exchange(photosApi, token),
          'invalid_request',
          'subject_token is not accepted: expected the valid access token of a user, issued to this client or for an API of it',
        );
      }
      for (const type of ['id_token', 'refresh_token', 'saml2', '']) {
        const subjectType = type === '' ? '' : `urn:ietf:params:oauth:token-type:${type}`;
        expectError(await exchange(photosApi, subject, { subject_token_type: subjectType }), 'invalid_request');
      }
      expectError(await callAs(server, photosApi, '/token', { grant_type: grantType }), 'invalid_request');
      expectError(await exchange(photosApi, ''), 'invalid_request');
      expect((await exchange(photosApi, subject, { subject_token_type: jwtType })).status, 'a JWT').to.equal(200);
    });

    it('a token that has expired or was revoked', async () => {
      const { access_token: subject, refresh_token: refreshToken } = await obtain(server, app, onPhotos);
      const claims = decodeJwt(String(subject));
      const [valid, expired] = await Promise.all(
        [1, 0].map((left) => sign({ ...claims, exp: epochSeconds(systemClock) + 60 * left })),
      );
      expect((await exchange(photosApi, valid)).status).to.equal(200);
      expectError(await exchange(photosApi, expired), 'invalid_request');
      await callAs(server, app, '/revoke', { token: String(refreshToken) });
      expectError(await exchange(photosApi, subject), 'invalid_request');
    });

    it('a token that was issued to another app, also from an app that may exchange its own', async () => {
      const own = await registerApp(server, { name: 'Own', mayExchange: [toArchive] });
      expectError(await exchange(own, await tokenFor(app)), 'invalid_request');
    });

    it('the own token of a machine', async () => {
      const { body } = await callAs(server, photosApi, '/token', { grant_type: 'client_credentials' });
      expectError(await exchange(photosApi, body['access_token']), 'invalid_request', "a machine's own token");
    });

    it('a client that may exchange nothing, a public one, and one that does not authenticate', async () => {
      const subject = await tokenFor(app);
      const without = await machine('Without', [photos]);
      expectError(await exchange(without, subject), 'invalid_request', 'grant type is not allowed');
      const page = await registerApp(server, { type: 'browser', name: 'Page' });
      expectError(await exchange(page, await tokenFor(page)), 'invalid_request', 'grant type is not allowed');
      const { status, body } = await exchange({ ...photosApi, secret: 'wrong' }, subject);
      expect({ status, error: body['error'] }).to.deep.equal({ status: 401, error: 'invalid_client' });
    });

    it('an API that its rules do not name, userinfo, and several APIs', async () => {
      const subject = await tokenFor(app);
      for (const resource of [photos, ledger, 'https://unknown.example', server.issuer]) {
        expectError(await exchange(photosApi, subject, { resource }), 'invalid_target');
      }
      for (const name of ['resource', 'audience']) {
        const fields = new URLSearchParams({
          grant_type: grantType,
          subject_token: subject,
          subject_token_type: accessTokenType,
          [name]: archive,
        });
        const one = await postForm(`${server.issuer}/token`, fields, basic(photosApi));
        expect(one.status, name).to.equal(200);
        fields.append(name, ledger);
        expectError(await postForm(`${server.issuer}/token`, fields, basic(photosApi)), 'invalid_target', 'one API');
      }
    });
  });

  describe('ends with', () => {
    const ends: readonly (readonly [
      string,
      (of: { accountId: string; own: AppClient; api: AppClient; refreshToken: unknown }) => Promise<unknown>,
    ])[] = [
      [
        'the grant, when the app revokes its refresh token',
        ({ own, refreshToken }) => callAs(server, own, '/revoke', { token: String(refreshToken) }),
      ],
      ['the login session', ({ accountId }) => server.services.sessions.endAll(accountId, {}, by)],
      ['the consent', ({ accountId, own }) => server.services.consents.withdraw(accountId, own.clientId, by)],
      ['the user, when disabled', ({ accountId }) => server.services.users.disable(accountId, by)],
      ['the old password', ({ accountId }) => server.services.users.setPassword(accountId, `${password} and more`, by)],
      ['the app that the user has allowed', ({ own }) => server.services.clients.remove(own.clientId, by)],
      ['the client that exchanged', ({ api }) => server.services.clients.remove(api.clientId, by)],
      [
        'the rule that allowed the exchange',
        ({ api }) => server.services.clients.update(api.clientId, { mayExchange: [] }, by),
      ],
    ];
    for (const [what, end] of ends) {
      it(`${what}: a stored token and a JWT, and neither can be exchanged again`, async () => {
        const email = `${what.replaceAll(/\W+/g, '-')}@example.com`;
        const accountId = await createUser(server, email);
        const own = await registerApp(server, { name: 'Ends' });
        const api = await machine('Ends', [photos], [toArchive, { ...toLedger, from: photos }]);
        const next = await machine('Next', [ledger], [{ ...toLedger, from: ledger }]);
        const { access_token: subject, refresh_token: refreshToken } = await obtainAs(
          own,
          email,
          what === 'the login session' ? onPhotos.scope : `${onPhotos.scope} offline_access`,
        );
        const stored = await exchanged(api, subject, { resource: archive });
        const jwt = await exchanged(api, subject, { resource: ledger });
        const check = async () => [await isActive(server, archiveApi, stored), await isActive(server, ledgerApi, jwt)];
        expect(await check()).to.deep.equal([true, true]);
        await exchanged(archiveApi, stored);
        await exchanged(next, jwt);
        await end({ accountId, own, api, refreshToken });
        expect(await check()).to.deep.equal([false, false]);
        expectError(await exchange(archiveApi, stored), 'invalid_request', 'not accepted');
        expectError(await exchange(next, jwt), 'invalid_request', 'not accepted');
      });
    }

    it('the end of the consent that the user chose, which it does not outlive (RFC 8693 §2.2.1)', async () => {
      const left = 100;
      // It runs, like the clock of the engine, which sets the times of tokens.
      let ahead = 0;
      const clock = { now: () => new Date(systemClock.now().getTime() + ahead) };
      const timed = await start({ clock });
      await seedApis(timed);
      const accountId = await createUser(timed);
      const own = await registerApp(timed);
      const gateway = await registerApp(timed, {
        type: 'machine',
        apis: [photos],
        mayExchange: [toArchive, { from: photos, to: photos, scopes: ['photos:read'] }],
      });
      const ofArchive = await registerApp(timed, { type: 'machine', apis: [archive] });
      const resources = new Map([[photos, ['photos:read']]]);
      const endsAt = after(clock, left);
      await timed.services.consents.remember(
        accountId,
        own.clientId,
        { scopes: ['openid'], claims: [], resources, endsAt },
        by,
      );
      const { page, verifier } = await begin(timed, own, onPhotos, openBrowser());
      const code = redirectedTo(page, own).searchParams.get('code') ?? '';
      const { body } = await redeem(timed, own, { code, verifier });
      const exchangeAt = (resource: string) =>
        callAs(timed, gateway, '/token', {
          grant_type: grantType,
          subject_token: String(body['access_token']),
          subject_token_type: accessTokenType,
          resource,
        });
      const answers = [(await exchangeAt(archive)).body, (await exchangeAt(photos)).body];
      for (const answer of answers) {
        expect(Number(answer['expires_in']), JSON.stringify(answer)).to.be.within(1, left);
      }
      const check = async () => [
        await isActive(timed, ofArchive, answers[0]?.['access_token']),
        await isActive(timed, gateway, answers[1]?.['access_token']),
      ];
      expect(await check()).to.deep.equal([true, true]);
      ahead = (left + 1) * 1000;
      expect(await check(), 'also before anything has looked for consents that have ended').to.deep.equal([
        false,
        false,
      ]);
      expect((await exchangeAt(archive)).body).to.include({ error: 'invalid_request' });
      expect(await timed.services.consents.endDue()).to.equal(1);
      expect(await check()).to.deep.equal([false, false]);
      expect(await timed.services.consents.find(accountId, own.clientId)).to.equal(null);
    });

    it('its target API', async () => {
      const identifier = 'https://short-lived.example/api';
      const scopes = [{ value: 'short:read', description: 'Read' }];
      await server.services.apis.create({ identifier, name: 'Short', tokenFormat: 'opaque', scopes }, by);
      const api = await machine('Photos', [photos], [{ from: photos, to: identifier, scopes: ['short:read'] }]);
      const token = await exchanged(api, await tokenFor(app));
      expect(await isActive(server, api, token), 'to its holder').to.equal(true);
      await server.services.apis.remove(identifier, by);
      expect(await isActive(server, api, token)).to.equal(false);
    });

    it('its revocation by the client that exchanged, which leaves the app and its grant alone (RFC 7009 §2.1)', async () => {
      const { access_token: subject, refresh_token: refreshToken } = await obtain(server, app, onPhotos);
      const both = await machine('Both', [photos], [toArchive, { ...toLedger, from: photos }]);
      for (const resource of [archive, ledger]) {
        const token = await exchanged(both, subject, { resource });
        expect((await callAs(server, both, '/revoke', { token })).status).to.equal(200);
        expect(await isActive(server, both, token), resource).to.equal(false);
      }
      expect(await isActive(server, app, subject)).to.equal(true);
      expect((await refresh(server, app, refreshToken)).status).to.equal(200);
    });
  });

  describe('of a personal access token', () => {
    let gateway: AppClient;

    before(async () => {
      for (const api of [photos, archive, ledger]) {
        await server.services.apis.update(api, { personalTokens: true }, by);
      }
      const both = { from: photos, to: photos, scopes: ['photos:read', 'photos:write'] };
      gateway = await machine('Gateway', [photos], [both, toArchive, { ...toLedger, from: photos }]);
    });

    async function personal(owner?: string): Promise<{ readonly id: string; readonly value: string }> {
      const accountId = owner ?? (await createUser(server, `${randomUUID()}@example.com`));
      const { token, value } = await server.services.personalAccessTokens.create(
        accountId,
        { name: 'Script', access: [{ api: photos, scopes: ['photos:read'] }], expiresIn: 3600 },
        by,
      );
      return { id: token.id, value };
    }

    it('gives a short JWT of its user with its scopes, that names it in pat_id', async () => {
      const accountId = await createUser(server, 'script@example.com');
      const { id, value } = await personal(accountId);
      const { body } = await exchange(gateway, value, { resource: photos });
      expect(body).to.include({ scope: 'photos:read', token_type: 'Bearer', issued_token_type: accessTokenType });
      expect(body['expires_in']).to.be.at.most(300);
      const claims = decodeJwt(String(body['access_token']));
      expect(claims).to.deep.include({ sub: accountId, aud: photos, pat_id: id, act: { sub: gateway.clientId } });
      expect(claims).not.to.have.any.keys('grant_id', 'session_id');
      const { body: described } = await introspect(server, photosApi, body['access_token']);
      expect(described).to.include({ active: true, sub: accountId, username: 'script@example.com' });
      expectError(await exchange(gateway, value, { resource: photos, scope: 'photos:write' }), 'invalid_scope');
    });

    it('gives a JWT for another API as a rule says, and none for an API with opaque tokens', async () => {
      const { value } = await personal();
      const token = await exchanged(gateway, value, { resource: ledger });
      expect(decodeJwt(token)).to.include({ aud: ledger, scope: 'ledger:read' });
      expectError(await exchange(gateway, value, { resource: archive }), 'invalid_target', 'opaque');
      expectError(await exchange(archiveApi, value), 'invalid_request', 'not accepted');
    });

    it('is a use of it from the address that the API reports', async () => {
      const accountId = await createUser(server, 'traveller@example.com');
      const { value } = await personal(accountId);
      await exchanged(gateway, value, { resource: photos, client_ip: '203.0.113.7' });
      const [token] = await server.services.personalAccessTokens.listByUser(accountId);
      expect(token).to.include({ lastUsedFrom: '203.0.113.7' });
    });

    it('gives nothing for an API that does not allow personal access tokens, and names the command that allows them', async () => {
      const identifier = 'https://closed.example/api';
      const scopes = [{ value: 'closed:read', description: 'Read' }];
      await server.services.apis.create({ identifier, name: 'Closed', tokenFormat: 'jwt', scopes }, by);
      const narrow = { from: photos, to: photos, scopes: ['photos:read'] };
      const api = await machine(
        'Closed',
        [photos],
        [narrow, { from: photos, to: identifier, scopes: ['closed:read'] }],
      );
      const { value } = await personal();
      const jwt = await exchanged(api, value, { resource: photos });
      const command = `gatehouse api update ${identifier} --personal-tokens yes`;
      for (const token of [value, jwt]) {
        expectError(await exchange(api, token, { resource: identifier }), 'invalid_target', command);
      }
      await server.services.apis.update(identifier, { personalTokens: true }, by);
      for (const token of [value, jwt]) {
        expect((await exchange(api, token, { resource: identifier })).body['scope']).to.equal('closed:read');
      }
    });

    it('gives a JWT that an API behind a gateway exchanges further, and all of them end with the personal access token', async () => {
      const { id, value } = await personal();
      const behind = await machine('Behind', [photos], [{ ...toLedger, from: photos }, toArchive]);
      const first = await exchanged(gateway, value, { resource: photos });
      const second = await exchanged(behind, first, { resource: ledger });
      expect(decodeJwt(second)).to.deep.include({
        sub: decodeJwt(first).sub,
        aud: ledger,
        scope: 'ledger:read',
        pat_id: id,
        act: { sub: behind.clientId, act: { sub: gateway.clientId } },
      });
      expect(decodeJwt(second)).not.to.have.any.keys('grant_id', 'session_id', 'grant_client_id');
      expect(decodeJwt(second).exp).to.be.at.most(Number(decodeJwt(first).exp));
      expectError(await exchange(behind, first, { resource: archive }), 'invalid_target', 'opaque');
      const narrowed = await exchanged(gateway, first, { resource: photos });
      expect(decodeJwt(narrowed)).to.deep.include({ pat_id: id, act: { sub: gateway.clientId }, scope: 'photos:read' });
      expect(await isActive(server, ledgerApi, second)).to.equal(true);
      await server.services.personalAccessTokens.revoke(id, by);
      expect(await isActive(server, ledgerApi, second)).to.equal(false);
      expect(await isActive(server, photosApi, narrowed)).to.equal(false);
      expectError(await exchange(behind, first, { resource: ledger }), 'invalid_request', 'not accepted');
    });

    const endsOfPersonal: readonly (readonly [
      string,
      boolean,
      (of: { id: string; accountId: string; token: string; api: AppClient }) => Promise<unknown>,
    ])[] = [
      ['its end', true, ({ id }) => server.services.personalAccessTokens.revoke(id, by)],
      ['the end of its user', true, ({ accountId }) => server.services.users.disable(accountId, by)],
      [
        'a new password of its user',
        true,
        ({ accountId }) => server.services.users.setPassword(accountId, `${password} and more`, by),
      ],
      [
        'the end of the rule',
        true,
        ({ api }) => server.services.clients.update(api.clientId, { mayExchange: [{ ...toLedger, from: photos }] }, by),
      ],
      ['the revocation of the JWT by its holder', false, ({ token, api }) => callAs(server, api, '/revoke', { token })],
    ];
    for (const [what, isRefused, end] of endsOfPersonal) {
      it(`${isRefused ? 'is refused' : 'is accepted'} after ${what}, and the JWT has ended`, async () => {
        const accountId = await createUser(server, `${randomUUID()}@example.com`);
        const narrow = { from: photos, to: photos, scopes: ['photos:read'] };
        const api = await machine('Ends', [photos], [narrow, { ...toLedger, from: photos }]);
        const { id, value } = await personal(accountId);
        const token = await exchanged(api, value, { resource: photos });
        expect(await isActive(server, photosApi, token)).to.equal(true);
        await end({ id, accountId, token, api });
        expect(await isActive(server, photosApi, token)).to.equal(false);
        const again = await exchange(api, value, { resource: photos });
        expect(again.status, JSON.stringify(again.body)).to.equal(isRefused ? 400 : 200);
        expect((await exchange(api, token, { resource: photos })).body['error']).to.equal('invalid_request');
      });
    }
  });

  it('gives no access to userinfo', async () => {
    const token = await exchanged(photosApi, await tokenFor(app, { ...onPhotos, scope: 'openid email photos:read' }));
    expect((await userinfo(server, token)).status).to.equal(403);
  });

  it('is advertised (RFC 8414 §2)', async () => {
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
    const { grant_types_supported: types } = (await response.json()) as Record<string, unknown>;
    expect(types).to.include(grantType);
  });
});

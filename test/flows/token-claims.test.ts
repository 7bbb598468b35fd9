/** The claims that the operator adds to access tokens: about the user, for an API; fixed ones, for a machine. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import {
  archive,
  authorize,
  begin,
  callAs,
  createUser,
  introspect,
  obtain,
  password,
  photos,
  redeem,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { freePort, onEachDatabase, type TestServer } from '../support/server.ts';
import { failureOf } from '../support/user-services.ts';

const by = { actor: 'system' } as const;
const email = 'ada@example.com';
const emailOfPhotos = 'https://photos.example/email';
const nameOfPhotos = 'https://photos.example/name';
const emailOfArchive = 'urn:archive:email';
const ofPhotos = [
  { name: emailOfPhotos, field: 'email' },
  { name: nameOfPhotos, field: 'name' },
  { name: 'https://photos.example/nickname', field: 'nickname' },
  { name: 'groups', field: 'groups' },
];
const ofArchive = [
  { name: emailOfArchive, field: 'email' },
  { name: 'urn:archive:verified', field: 'email_verified' },
];
const everything = 'openid email profile groups';
const onPhotos = { scope: `${everything} photos:read`, resource: photos };
const onArchive = { scope: `${everything} archive:read`, resource: archive };

onEachDatabase('claims in access tokens', (start) => {
  let server: TestServer;
  let accountId: string;
  let app: AppClient;
  let archiveApi: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    accountId = await createUser(server);
    await server.services.users.update(accountId, { groups: ['editors', 'staff'] }, by);
  });
  beforeEach(async () => {
    await server.services.apis.update(photos, { claims: ofPhotos }, by);
    await server.services.apis.update(archive, { claims: ofArchive }, by);
    app = await registerApp(server);
    archiveApi = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive] });
  });

  /** The configured claims of a JWT or of an answer of introspection: all that have a namespace, and `groups`. */
  function configured(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(claims).filter(([name]) => /[:/]/.test(name) || name === 'groups'));
  }

  function inJwt({ access_token: token }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return configured(decodeJwt(String(token)));
  }

  async function introspected(
    token: unknown,
    caller: AppClient = archiveApi,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { body } = await introspect(server, caller, token);
    expect(body['active']).to.equal(true);
    return configured(body);
  }

  async function refreshed(client: AppClient, token: unknown, more: Readonly<Record<string, string>> = {}) {
    const { status, body } = await refresh(server, client, token, more);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  }

  const all = { [emailOfPhotos]: email, [nameOfPhotos]: 'Ada Lovelace', groups: ['editors', 'staff'] };
  const allOfArchive = { [emailOfArchive]: email, 'urn:archive:verified': true };

  it('are about the user, under the names that the API has for them; what a user does not have is left out', async () => {
    const issued = await obtain(server, app, onPhotos);
    expect(inJwt(issued)).to.deep.equal(all);
    const { body } = await introspect(server, app, issued['access_token']);
    expect(configured(body)).to.deep.equal(all);
    expect(decodeJwt(String(issued['access_token']))).to.include({ sub: accountId, aud: photos });
  });

  it('are in the answer of introspection about an opaque token', async () => {
    const issued = await obtain(server, app, onArchive);
    expect(await introspected(issued['access_token'])).to.deep.equal(allOfArchive);
    const next = await refreshed(app, issued['refresh_token']);
    expect(await introspected(next['access_token'])).to.deep.equal(allOfArchive);
  });

  it('are those of the API of each token', async () => {
    const { code, verifier } = await authorize(server, app, {
      scope: `${everything} photos:read archive:read`,
      resource: [photos, archive],
    });
    const { body } = await redeem(server, app, { code, verifier }, { resource: photos });
    expect(inJwt(body)).to.deep.equal(all);
    const next = await refreshed(app, body['refresh_token'], { resource: archive });
    expect(await introspected(next['access_token'])).to.deep.equal(allOfArchive);
  });

  it('are only those whose scope the user allowed the app', async () => {
    const issued = await obtain(server, app, { scope: 'openid email photos:read', resource: photos });
    expect(inJwt(issued)).to.deep.equal({ [emailOfPhotos]: email });
    expect(inJwt(await refreshed(app, issued['refresh_token']))).to.deep.equal({ [emailOfPhotos]: email });
    const without = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    expect(inJwt(without), 'not what was allowed for another request').to.deep.equal({});
  });

  it('are not there for a claim that was requested alone, without its scope', async () => {
    const parameters = { claims: JSON.stringify({ userinfo: { email: null } }) };
    const issued = await obtain(server, app, { scope: 'openid photos:read', resource: photos, parameters });
    expect(inJwt(issued)).to.deep.equal({});
  });

  it('are not there after a refresh for fewer scopes (RFC 6749 §6)', async () => {
    const first = await obtain(server, app, onPhotos);
    const narrowed = await refreshed(app, first['refresh_token'], { scope: 'openid email photos:read' });
    expect(inJwt(narrowed)).to.deep.equal({ [emailOfPhotos]: email });
    const forApiOnly = await refreshed(app, narrowed['refresh_token'], { scope: 'photos:read' });
    expect(inJwt(forApiOnly)).to.deep.equal({});
    expect(inJwt(await refreshed(app, forApiOnly['refresh_token']))).to.deep.equal(all);
  });

  it('are not there after the user withdrew the access and allowed less', async () => {
    const browser = openBrowser();
    expect(inJwt(await obtain(server, app, onPhotos, browser))).to.deep.equal(all);
    await browser.submit(
      await browser.visit(`${server.issuer}/account/apps`),
      `/account/apps/${app.clientId}/withdraw`,
    );
    const less = await obtain(server, app, { scope: 'openid photos:read', resource: photos }, browser);
    expect(inJwt(less)).to.deep.equal({});
    expect(inJwt(await refreshed(app, less['refresh_token']))).to.deep.equal({});
  });

  it('have the current values after a refresh, in both formats', async () => {
    const ofJwt = await obtain(server, app, onPhotos);
    const ofOpaque = await obtain(server, app, onArchive);
    await server.services.users.update(accountId, { groups: [], profile: { name: 'Countess Lovelace' } }, by);
    expect(inJwt(await refreshed(app, ofJwt['refresh_token']))).to.deep.equal({
      ...all,
      groups: [],
      [nameOfPhotos]: 'Countess Lovelace',
    });
    await server.services.users.update(accountId, { emailVerified: false }, by);
    const next = await refreshed(app, ofOpaque['refresh_token']);
    expect(await introspected(next['access_token'])).to.deep.equal({ ...allOfArchive, 'urn:archive:verified': false });
    await server.services.users.update(
      accountId,
      { emailVerified: true, groups: ['editors', 'staff'], profile: { name: 'Ada Lovelace' } },
      by,
    );
  });

  it('change with the next token when the operator changes them', async () => {
    const first = await obtain(server, app, onPhotos);
    const claims = [{ name: 'https://photos.example/mail', field: 'email' }];
    await server.services.apis.update(photos, { claims }, by);
    const second = await refreshed(app, first['refresh_token']);
    expect(inJwt(second)).to.deep.equal({ 'https://photos.example/mail': email });
    await server.services.apis.update(photos, { claims: [] }, by);
    expect(inJwt(await refreshed(app, second['refresh_token']))).to.deep.equal({});
    expect((await server.services.apis.get(photos)).claims).to.equal(undefined);
  });

  it('change at once, also when another instance changes them', async () => {
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const second = await start({ databaseUrl, port: await freePort(), environment: { SECRET } });
    const machine = await registerApp(server, { type: 'machine' });
    const request = { grant_type: 'client_credentials', scope: 'photos:read', resource: photos };
    const first = await obtain(server, app, onPhotos);
    expect(inJwt((await callAs(server, machine, '/token', request)).body)).to.deep.equal({});
    await second.services.apis.update(photos, { claims: [{ name: 'urn:mail', field: 'email' }] }, by);
    await second.services.clients.update(machine.clientId, { claims: [{ name: 'urn:tenant', value: 'acme' }] }, by);
    expect(inJwt(await refreshed(app, first['refresh_token']))).to.deep.equal({ 'urn:mail': email });
    expect(inJwt((await callAs(server, machine, '/token', request)).body)).to.deep.equal({ 'urn:tenant': 'acme' });
  });

  it('are not in a token for userinfo', async () => {
    const issued = await obtain(server, app, { scope: everything });
    expect(await introspected(issued['access_token'], app)).to.deep.equal({});
  });

  it('are those of the second API after a token exchange, if the user allowed the app their scope', async () => {
    const rule = { from: photos, to: archive, scopes: ['archive:read'] };
    const photosApi = await registerApp(server, {
      type: 'machine',
      name: 'Photos',
      apis: [photos],
      mayExchange: [rule],
    });
    const exchanged = async (scope: string): Promise<unknown> => {
      const client = await registerApp(server);
      const { access_token: token } = await obtain(server, client, { scope, resource: photos });
      const { body } = await callAs(server, photosApi, '/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: String(token),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
      return introspected(body['access_token']);
    };
    expect(await exchanged('openid email photos:read')).to.deep.equal(allOfArchive);
    expect(await exchanged('openid photos:read')).to.deep.equal({});
  });

  it('are in the tokens of a sign-in without a browser', async () => {
    const native = await registerApp(server, {
      type: 'native',
      firstParty: true,
      challengeEndpoint: true,
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const verifier = 'v'.repeat(43);
    const { body } = await callAs(server, native, '/authorize-challenge', {
      scope: 'openid email photos:read',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      username: email,
      password,
    });
    const issued = await callAs(server, native, '/token', {
      grant_type: 'authorization_code',
      code: String(body['authorization_code']),
      code_verifier: verifier,
    });
    expect(inJwt(issued.body)).to.deep.equal({ [emailOfPhotos]: email });
  });

  it('are not in the answer about a personal access token, nor in a JWT for one: no user allowed an app a scope', async () => {
    for (const api of [photos, archive]) {
      await server.services.apis.update(api, { personalTokens: true }, by);
    }
    const rule = { from: archive, to: photos, scopes: ['photos:read'] };
    const gateway = await registerApp(server, {
      type: 'machine',
      name: 'Gateway',
      apis: [archive],
      mayExchange: [rule],
    });
    const { value } = await server.services.personalAccessTokens.create(
      accountId,
      { name: 'Script', access: [{ api: archive, scopes: ['archive:read'] }], expiresIn: 3600 },
      by,
    );
    expect(await introspected(value)).to.deep.equal({});
    const { body } = await callAs(server, gateway, '/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: value,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    expect(inJwt(body)).to.deep.equal({});
  });

  describe('of a machine', () => {
    const tenant = { name: 'https://photos.example/tenant', value: 'acme = one' };

    async function machineToken(client: AppClient, resource: string, scope: string): Promise<unknown> {
      const { status, body } = await callAs(server, client, '/token', {
        grant_type: 'client_credentials',
        resource,
        scope,
      });
      expect(status, JSON.stringify(body)).to.equal(200);
      return body['access_token'];
    }

    it('are the fixed ones of the client, in both formats, and none about users', async () => {
      const machine = await registerApp(server, { type: 'machine', claims: [tenant] });
      const token = await machineToken(machine, photos, 'photos:read');
      expect(inJwt({ access_token: token })).to.deep.equal({ [tenant.name]: tenant.value });
      const opaque = await machineToken(machine, archive, 'archive:read');
      expect(await introspected(opaque)).to.deep.equal({ [tenant.name]: tenant.value });
    });

    it('change with the next token', async () => {
      const machine = await registerApp(server, { type: 'machine', claims: [tenant] });
      const { clients } = server.services;
      await clients.update(machine.clientId, { claims: [{ ...tenant, value: 'other' }] }, by);
      const token = await machineToken(machine, photos, 'photos:read');
      expect(inJwt({ access_token: token })).to.deep.equal({ [tenant.name]: 'other' });
      await clients.update(machine.clientId, { claims: [] }, by);
      expect(inJwt({ access_token: await machineToken(machine, photos, 'photos:read') })).to.deep.equal({});
      expect((await clients.get(machine.clientId)).claims).to.equal(undefined);
    });

    it('are not in the token of a user that it gets by exchange', async () => {
      const rule = { from: photos, to: photos, scopes: ['photos:read'] };
      const api = await registerApp(server, {
        type: 'machine',
        apis: [photos],
        mayExchange: [rule],
        claims: [tenant],
      });
      const { access_token: token } = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
      const { body } = await callAs(server, api, '/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: String(token),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
      expect(inJwt(body)).to.deep.equal({});
    });
  });

  it('have names that no standard claim has, and limits; the error says which (RFC 7519 §4.2)', async () => {
    const { apis, clients } = server.services;
    const machine = await registerApp(server, { type: 'machine' });
    const many = (count: number) => Array.from({ length: count }, (_, index) => `https://photos.example/${index}`);
    const ofApi = (name: string, field = 'email') => apis.update(photos, { claims: [{ name, field }] }, by);
    const ofClient = (name: string, value = 'acme') =>
      clients.update(machine.clientId, { claims: [{ name, value }] }, by);
    for (const name of ['sub', 'aud', 'scope', 'act', 'email', 'groupS', 'tenant', '__proto__', '', 'a b:c', 'a"/b']) {
      expect(String(await failureOf(ofApi(name))), name).to.match(/is not possible as the name of a claim/);
      expect(String(await failureOf(ofClient(name))), name).to.match(/is not possible as the name of a claim/);
    }
    expect(String(await failureOf(ofClient('groups')))).to.match(/is not possible as the name of a claim/);
    expect(String(await failureOf(ofApi('groups', 'email')))).to.match(/expected groups=groups/);
    expect(String(await failureOf(ofApi(`https://${'a'.repeat(193)}`)))).to.match(/1 to 200 printable/);
    for (const field of ['sub', 'password', 'passwordHash', 'constructor', '']) {
      expect(String(await failureOf(ofApi(emailOfPhotos, field))), field).to.match(/is not a claim about the user/);
    }
    for (const [change, message] of [
      [() => apis.update(photos, { claims: [...ofPhotos, ...ofPhotos] }, by), /"https:.+\/email" is given twice/],
      [
        () => apis.update(photos, { claims: many(21).map((name) => ({ name, field: 'email' })) }, by),
        /at most 20 claims/,
      ],
      [
        () => clients.update(machine.clientId, { claims: many(21).map((name) => ({ name, value: 'a' })) }, by),
        /at most 20 claims/,
      ],
      [() => ofClient('urn:tenant', 'a'.repeat(101)), /1 to 100 characters/],
      [() => ofClient('urn:tenant', ''), /1 to 100 characters/],
      [() => ofClient('urn:tenant', 'a\u0000b'), /Must not contain control/],
      [
        () => clients.update(app.clientId, { claims: [{ name: 'urn:tenant', value: 'acme' }] }, by),
        /Only a machine client has claims of its own/,
      ],
    ] as const) {
      const failure = await failureOf(change());
      expect(String(failure)).to.match(message);
      expect(failure).to.include({ field: 'claims' });
    }
    expect((await apis.get(photos)).claims, 'unchanged').to.deep.equal(ofPhotos);
  });

  describe('on the consent page', () => {
    const receives = /<li><span>Also receives: ([^<]*)<\/span>\s*(<span class="badge new">)?/g;

    function received(html: string): readonly (readonly [text: string, isNew: boolean])[] {
      return [...html.matchAll(receives)].map(([, text = '', badge]) => [text, badge !== undefined]);
    }

    async function pageOf(client: AppClient, scope: string, browser: Browser = openBrowser()): Promise<Page> {
      return (await begin(server, client, { scope, resource: photos }, browser)).page;
    }

    it('are lines of the API, for those of the requested scopes alone', async () => {
      const { html } = await pageOf(app, 'openid email groups photos:read');
      expect(received(html)).to.deep.equal([
        ['Your email address', false],
        ['The groups that you belong to', false],
      ]);
      expect(html, 'technical details').to.include(`<code>${emailOfPhotos}</code>`).and.include('<code>groups</code>');
      expect(html).not.to.include(nameOfPhotos);
      expect(received((await pageOf(app, 'openid photos:read')).html)).to.deep.equal([]);
    });

    it('are new with their scope, although the API was allowed before, and new with the API', async () => {
      const browser = openBrowser();
      await obtain(server, app, { scope: 'openid photos:read', resource: photos }, browser);
      const { html } = await pageOf(app, 'openid email photos:read', browser);
      expect(received(html)).to.deep.equal([['Your email address', true]]);
      const other = await registerApp(server);
      await obtain(server, other, { scope: 'openid email' }, browser);
      expect(received((await pageOf(other, 'openid email photos:read', browser)).html)).to.deep.equal([
        ['Your email address', true],
      ]);
    });

    it('are among what was allowed before, when only something else is new', async () => {
      const browser = openBrowser();
      await obtain(server, app, { scope: 'openid email photos:read', resource: photos }, browser);
      const { html } = await pageOf(app, 'openid email photos:read photos:write', browser);
      const [asked = '', before = ''] = html.split('<details>');
      expect(received(asked)).to.deep.equal([]);
      expect(received(before)).to.deep.equal([['Your email address', false]]);
    });

    it('are in the language of the user', async () => {
      const parameters = { ui_locales: 'de' };
      const request = { scope: 'openid email photos:read', resource: photos, parameters };
      const { page } = await begin(server, app, request, openBrowser());
      expect(page.html).to.include('Erhält auch: Ihre E-Mail-Adresse');
    });
  });
});

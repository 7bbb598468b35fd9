/**
 * Usual authorization requests of users who are signed in skip the engine's steps about parameters that they do not
 * have (decision 47). Both ways must give the same answers, and codes for the same tokens.
 */
import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { createLogger } from '../../src/logging.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  createUser,
  password,
  photos,
  redeem,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

type Line = Readonly<Record<string, unknown>>;

/** The engine ignores this parameter, as all unknown ones (RFC 6749 §3.1), and the short way leaves it the request. */
const forEngine = '&unknown=1';
const variableFields = new Set(['time', 'requestId', 'milliseconds']);
/** Location and cookies are compared separately. */
const variableHeaders = new Set([
  'location',
  'set-cookie',
  'date',
  'x-request-id',
  'connection',
  'keep-alive',
  'content-length',
]);
const everything = 'openid profile email archive:read archive:write photos:read';
const sessionCookie = /^gatehouse_session(?:\.sig)?=/;

/** A cookie with its attributes in the order of the alphabet. Values and times of new cookies differ. */
function comparableCookie(header: string): string {
  const [pair = '', ...attributes] = header.split('; ').map((part) => part.trim());
  const isSession = sessionCookie.test(pair);
  return [
    isSession ? pair : pair.split('=')[0]?.replace(/flow_[\w-]+/, 'flow_…'),
    ...attributes
      .map((attribute) => attribute.toLowerCase())
      .filter((attribute) => isSession || !attribute.startsWith('expires'))
      .map((attribute) => attribute.replace(/^expires=.*/, 'expires=…'))
      .map((attribute) => attribute.replace(/path=\/(interaction|authorize)\/.*/, 'path=/$1/…'))
      .toSorted(),
  ].join('; ');
}

function comparableLocation(location: string | null): string | null {
  return location?.replace(/\bcode=[\w-]+/, 'code=…').replace(/\/interaction\/[\w-]+/, '/interaction/…') ?? null;
}

onEachDatabase('authorization requests, the short way and the engine', (start) => {
  const clock = manualClock();
  const lines: Line[] = [];
  let server: TestServer;
  let accountId: string;
  let browser: Browser;
  let app: AppClient;
  const others: Record<string, AppClient> = {};
  const other = (name: string): AppClient => others[name] ?? app;

  before(async () => {
    const destination = { write: (line: string) => lines.push(JSON.parse(line) as Line) };
    server = await start({
      clock,
      logger: createLogger({ level: 'info', destination }),
      environment: { THROTTLE_ADDRESS_FREE: '100000', LIMIT_INTERACTIONS_PER_ADDRESS: '0' },
    });
    await seedApis(server);
    accountId = await createUser(server);
    app = await registerApp(server);
    others['first-party'] = await registerApp(server, { firstParty: true });
    others['native'] = await registerApp(server, { type: 'native' });
    others['of a group'] = await registerApp(server, { groups: ['admins'], firstParty: true });
    others['without consent'] = await registerApp(server);
    others['of one API'] = await registerApp(server, { firstParty: true, apis: [photos] });
    browser = openBrowser();
    await authorize(server, app, { scope: everything, resource: [archive, photos] }, browser);
  });

  /** A user of a browser of their own, who has allowed the app everything. */
  async function signedIn(email: string): Promise<{ readonly id: string; readonly browser: Browser }> {
    const own = openBrowser();
    const id = await createUser(server, email);
    const page = await signIn(own, await own.visit(authorizationUrl(server, app, { scope: 'openid' }).url), email);
    await own.submit(page, '/consent', { decision: 'allow' });
    return { id, browser: own };
  }

  interface Sent {
    readonly client?: string;
    readonly request?: AuthorizationRequest;
    /** Changes the query. */
    readonly change?: (query: URLSearchParams) => void;
    readonly browser?: Browser;
    readonly headers?: Readonly<Record<string, string>>;
    readonly server?: TestServer;
  }

  /** What is in the tokens for a code. */
  async function redeemed(at: TestServer, client: AppClient, page: Page, verifier: string): Promise<unknown> {
    const code = new URL(page.location ?? page.url).searchParams.get('code');
    if (code === null) {
      return undefined;
    }
    const { status, body } = await redeem(at, client, { code, verifier });
    const { id_token: idToken, scope, expires_in: expiresIn, refresh_token: refreshToken } = body;
    const {
      jti: _jti,
      at_hash: _hash,
      iat = 0,
      exp = 0,
      ...claims
    } = typeof idToken === 'string' ? decodeJwt(idToken) : {};
    const hasRefreshToken = refreshToken !== undefined;
    return { status, error: body['error'], scope, expiresIn, hasRefreshToken, lifetime: exp - iat, claims };
  }

  /** What the browser, the app and the operator see of one request, without what differs from request to request. */
  async function observe(way: 'short' | 'engine', sent: Sent): Promise<unknown> {
    const { client: name = 'app', request = { scope: 'openid' }, change, headers = {}, server: at = server } = sent;
    const client = other(name);
    const { url, verifier } = authorizationUrl(at, client, request);
    const address = new URL(url);
    change?.(address.searchParams);
    const sender = (sent.browser ?? browser).copy();
    lines.splice(0);
    const before = (await server.services.audit.list({ limit: 1000 })).length;
    const page = await sender.get(address.href + (way === 'engine' ? forEngine : ''), headers);
    const events = await server.services.audit.list({ limit: 1000 });
    const requestId = String(page.headers.get('x-request-id'));
    return {
      status: page.status,
      location: comparableLocation(page.headers.get('location')),
      headers: [...page.headers].filter(([header]) => !variableHeaders.has(header)),
      cookies: page.headers.getSetCookie().map(comparableCookie).toSorted(),
      html: page.html
        .replaceAll(requestId, 'the id')
        .replaceAll(/&(amp;)?unknown=1/g, '')
        .replaceAll(/name="(csrf|code)" value="[^"]*"/g, '')
        .replaceAll(/\bcode(_challenge)?=[\w-]+/g, 'code$1=…')
        .replaceAll(/\/interaction\/[\w-]+/g, '/interaction/…'),
      lines: lines.map((line) => Object.entries(line).filter(([field]) => !variableFields.has(field))),
      events: events.slice(0, events.length - before).map(({ type, outcome, detail }) => ({ type, outcome, detail })),
      tokens: await redeemed(at, client, page, verifier),
      sessions: (await server.services.sessions.listByUser(accountId)).length,
    };
  }

  const all: AuthorizationRequest = { scope: 'openid profile email archive:read', resource: archive };
  const set =
    (name: string, value: string) =>
    (query: URLSearchParams): void =>
      query.set(name, value);

  const cases: Readonly<Record<string, Sent>> = {
    'an app that was allowed everything': { request: all },
    'openid alone': {},
    'an API with JWTs': { request: { scope: 'openid photos:read', resource: photos } },
    'two APIs': { request: { scope: 'openid photos:read archive:read', resource: [photos, archive] } },
    'scopes of APIs without resource': { request: { scope: 'openid photos:read archive:read' } },
    'an API under another spelling of its address': {
      request: { scope: 'openid photos:read', resource: 'HTTPS://photos.example/api' },
    },
    'a nonce': { request: { ...all, parameters: { nonce: 'the-nonce' } } },
    'no state': { change: (query) => query.delete('state') },
    'offline access, which asks each time': { request: { scope: 'openid offline_access' } },
    'a state with every kind of character': { change: set('state', 'a b+c%20&=?#/ü€😀\'"<>') },
    'a state with a character that stands for invalid bytes': { change: set('state', '\uFFFD') },
    'a first-party app, for the first time': { client: 'first-party', request: all },
    'an app that was allowed nothing yet': { client: 'without consent', request: all },
    'a scope that was not allowed yet': { request: { scope: 'openid photos:write', resource: photos } },
    'a native app': { client: 'native' },
    'an app of a group that the user is not in': { client: 'of a group' },
    'an API that the app does not have': {
      client: 'of one API',
      request: { scope: 'openid archive:read', resource: archive },
    },
    'a scope of an API that the app does not have': { client: 'of one API', request: { scope: 'openid archive:read' } },
    'an API that does not exist': { request: { scope: 'openid', resource: 'https://nobody.example' } },
    'the issuer as an API': { change: (query) => query.set('resource', server.issuer) },
    'text that is no address as an API': { change: set('resource', 'x y') },
    'a scope with characters that are not allowed': { change: set('scope', 'openid "x"') },
    'more spaces between scopes': { change: set('scope', ' openid   email ') },
    'an empty state': { change: set('state', '') },
    'an empty nonce': { change: set('nonce', '') },
    'an empty API': { change: set('resource', '') },
    'a nonce without openid': {
      request: { scope: 'archive:read', resource: archive, parameters: { nonce: 'the-nonce' } },
    },
    'an empty scope': { change: set('scope', '') },
    'no scope': { change: (query) => query.delete('scope') },
    'scopes of an API without openid': { request: { scope: 'archive:read', resource: archive } },
    'a scope that is too long': { change: set('scope', `openid ${'x'.repeat(5000)}`) },
    'a state that is too long': { change: set('state', 'x'.repeat(5000)) },
    'a nonce that is too long': { change: set('nonce', 'x'.repeat(2000)) },
    'two states': { change: (query) => query.append('state', 'other') },
    'two clients': { change: (query) => query.append('client_id', 'other') },
    'an unknown client': { change: set('client_id', 'nobody') },
    'a property of every object as a client': { change: set('client_id', 'constructor') },
    'a property of every object as a parameter': { change: set('__proto__', 'x') },
    'no client': { change: (query) => query.delete('client_id') },
    'an address that is not registered': { change: set('redirect_uri', 'https://evil.example/callback') },
    'a registered address with a query': { change: set('redirect_uri', 'http://127.0.0.1:9/callback?x=1') },
    'no address': { change: (query) => query.delete('redirect_uri') },
    'no code challenge (RFC 7636 §4.4.1)': { change: (query) => query.delete('code_challenge') },
    'a code challenge that is too short': { change: set('code_challenge', 'short') },
    'a code challenge with other characters': { change: set('code_challenge', `${'x'.repeat(42)}=`) },
    'a plain code challenge': { change: set('code_challenge_method', 'plain') },
    'no method of the code challenge': { change: (query) => query.delete('code_challenge_method') },
    'another response type': { change: set('response_type', 'token') },
    'no response type': { change: (query) => query.delete('response_type') },
    'a response by POST': { change: set('response_mode', 'form_post') },
    'a response in the fragment': { change: set('response_mode', 'fragment') },
    'prompt=none': { change: set('prompt', 'none') },
    'prompt=login': { change: set('prompt', 'login') },
    'prompt=consent': { change: set('prompt', 'consent') },
    'a login that is too old': { change: set('max_age', '0') },
    'a class of login': { change: set('acr_values', 'urn:gatehouse:acr:mfa') },
    'a claim': { change: set('claims', '{"userinfo":{"email":null}}') },
    'a hint that is none': { change: set('id_token_hint', 'x.y.z') },
    'a request object': { change: set('request', 'x.y.z') },
    'a pushed request that does not exist': { change: set('request_uri', 'urn:ietf:params:oauth:request_uri:x') },
    'a language': { change: set('ui_locales', 'de') },
    'an app that wants JSON': { headers: { accept: 'application/json' } },
    'an app that wants JSON, and a mistake': {
      headers: { accept: 'application/json' },
      change: set('client_id', 'nobody'),
    },
    'nobody who is signed in': { browser: openBrowser() },
  };

  for (const [title, sent] of Object.entries(cases)) {
    it(`are equal for ${title}`, async () => {
      const short = await observe('short', sent);
      expect(short).to.deep.equal(await observe('engine', sent));
    });
  }

  for (const [name, value, location] of [
    ['prompt', 'login', /^\/interaction\//],
    ['max_age', '0', /^\/interaction\//],
    ['request', 'x.y.z', /error=invalid_request_object/],
    ['request_uri', 'urn:ietf:params:oauth:request_uri:x', /error=invalid_request_uri/],
    ['response_mode', 'fragment', /#code=/],
  ] as const) {
    it(`do what ${name} says on both ways`, async () => {
      for (const way of ['short', 'engine'] as const) {
        const answer = await observe(way, { change: set(name, value) });
        expect(answer).to.have.property('location').that.matches(location);
      }
    });
  }

  it('are equal for a session cookie that was signed with an older secret', async () => {
    const { DATABASE_URL: databaseUrl = '', SECRET: old = '' } = server.environment;
    const environment = { SECRET: `${randomBytes(32).toString('base64url')},${old}` };
    const rotated = await start({ clock, databaseUrl, environment });
    const sent = { server: rotated, request: all };
    const short = await observe('short', sent);
    expect(short).to.deep.equal(await observe('engine', sent));
    expect(short).to.have.property('status', 303);
  });

  it('are equal for a login that is remembered, whose cookie has the end of the session', async () => {
    const own = openBrowser();
    const page = await own.visit(authorizationUrl(server, other('first-party')).url);
    await own.submit(page, '/login', { email: 'ada@example.com', password, remember: 'yes' });
    const sent = { browser: own, client: 'first-party' };
    const short = await observe('short', sent);
    expect(short).to.deep.equal(await observe('engine', sent));
    const ends = await Promise.all(
      ['', forEngine].map(async (end) => {
        const answer = await own.copy().get(authorizationUrl(server, other('first-party')).url + end);
        const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('gatehouse_session='));
        return Date.parse(/expires=([^;]*)/.exec(cookie ?? '')?.[1] ?? '') / 1000;
      }),
    );
    // The engine counts by the clock of the machine.
    expect(ends[0]).to.be.closeTo(Number(ends[1]), 600);
  });

  for (const [title, spoil] of Object.entries<(value: string, name: string) => string>({
    'a session cookie whose signature is wrong': (value, name) =>
      name.endsWith('.sig') ? `x${value.slice(1)}` : value,
    'a session cookie without a signature': (value, name) => (name.endsWith('.sig') ? '' : value),
    'the session of somebody else, with the own signature': (value, name) =>
      name.endsWith('.sig') ? value : `x${value.slice(1)}`,
    'two session cookies': (value, name) => `${value}; ${name}=other`,
  })) {
    it(`are equal for ${title}`, async () => {
      const cookie = [...browser.cookies]
        .filter(([name]) => name.startsWith('gatehouse_session'))
        .map(([name, value]) => `${name}=${spoil(value, name)}`)
        .join('; ');
      const sent = { browser: openBrowser(), headers: { cookie } };
      expect(await observe('short', sent)).to.deep.equal(await observe('engine', sent));
    });
  }

  it('extend the session in the same way (decision 6)', async () => {
    const { id, browser: own } = await signedIn('grace@example.com');
    const ends: number[] = [];
    for (const way of ['short', 'engine', 'short'] as const) {
      clock.advance(10 * 60_000);
      await observe(way, { browser: own });
      const [session] = await server.services.sessions.listByUser(id);
      ends.push(Number(session?.expiresAt) - clock.now().getTime());
    }
    const [first] = ends;
    expect(ends).to.deep.equal([first, first, first]);
  });

  it('keep the app in the session, so that it is told about the end of the session', async () => {
    const { id, browser: own } = await signedIn('mary@example.com');
    await observe('short', { browser: own, client: 'first-party' });
    const [session] = await server.services.sessions.listByUser(id);
    const { clientId } = other('first-party');
    expect(session?.authorizations.map((one) => one.clientId)).to.include(clientId);
  });
});

/** Thousands of malformed requests: mutations of valid ones for every route, from a seed that a failure reports. */
import { expect } from 'chai';
import {
  authorizationUrl,
  authorize,
  basic,
  createUser,
  photos,
  postForm,
  registerApp,
  seedApis,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { send } from './requests.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_101);
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 3000);

/** A small random generator with a state of 32 bits (mulberry32): the same seed gives the same requests. */
function createRandom(from: number): { below(limit: number): number; pick<T>(list: readonly T[]): T } {
  let state = from;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    pick: (list) => {
      const item = list[below(list.length)];
      if (item === undefined) {
        throw new TypeError('nothing to pick from');
      }
      return item;
    },
  };
}

const methods = ['GET', 'POST', 'POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'];
const types = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/x-www-form-urlencoded; charset=windows-1252',
  'application/x-www-form-urlencoded; charset=nonsense',
  'application/json',
  'text/plain',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  ';',
  'x',
  '',
];
const values = [
  '',
  ' ',
  '\0',
  'x',
  '0',
  '-1',
  '1e309',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '{"$gt":""}',
  '__proto__',
  'constructor',
  'a'.repeat(300),
  'a'.repeat(5000),
  'é',
  '\u{1F4A9}',
  '\uD800',
  '%',
  '%00',
  '%ff',
  '../..',
  '//evil.example',
  'javascript:alert(1)',
  '\r\nX: y',
  '<script>',
  "' OR 1=1 --",
  '${7*7}',
  '<%= 7 %>',
  'openid',
  'openid offline_access',
  'none',
  'login consent select_account',
  'query',
  'form_post',
  'S256',
  'plain',
  'code',
  photos,
  'http://127.0.0.1:9/callback',
  'urn:ietf:params:oauth:request_uri:x',
  'eyJhbGciOiJub25lIn0.e30.',
  'a.b.c',
  'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  'authorization_code',
  'refresh_token',
  'client_credentials',
  '999999999999',
  'de en-US',
  'access_token',
];
const names = [
  'client_id',
  'client_secret',
  'response_type',
  'response_mode',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'code',
  'grant_type',
  'refresh_token',
  'token',
  'token_type_hint',
  'resource',
  'prompt',
  'max_age',
  'login_hint',
  'id_token_hint',
  'ui_locales',
  'claims_locales',
  'acr_values',
  'claims',
  'display',
  'request',
  'request_uri',
  'registration',
  'client_assertion',
  'client_assertion_type',
  'post_logout_redirect_uri',
  'logout_hint',
  'logout',
  'xsrf',
  'csrf',
  'email',
  'password',
  'confirmation',
  'remember',
  'decision',
  'choice',
  'audience',
  'dpop_jkt',
  'authorization_details',
  '__proto__',
  'a[b]',
  'constructor',
];

function mutated(random: ReturnType<typeof createRandom>, good: URLSearchParams): string {
  const fields = [...good];
  for (let change = random.below(4); change > 0; change -= 1) {
    const at = random.below(Math.max(1, fields.length));
    switch (random.below(4)) {
      case 0:
        fields.splice(at, 1);
        break;
      case 1:
        fields.push([random.pick(names), random.pick(values)]);
        break;
      case 2:
        fields.push(fields[at] ?? ['', '']);
        break;
      default:
        fields[at] = [fields[at]?.[0] ?? random.pick(names), random.pick(values)];
    }
  }
  const text = new URLSearchParams(fields).toString();
  return random.below(12) === 0
    ? text.slice(0, random.below(text.length + 1)) + random.pick(['%', '&', '=', '%zz', '&&=', '%E0%A4%A'])
    : text;
}

describe(`${requests} random requests from seed ${seed} (A7)`, () => {
  let server: TestServer;
  const unhandled: unknown[] = [];
  const record = (reason: unknown): void => void unhandled.push(reason);

  before(async () => {
    server = await startTestServer({
      environment: { LIMIT_PAGES_PER_ADDRESS: '0', LIMIT_ENDPOINTS_PER_ADDRESS: '0', THROTTLE_ADDRESS_FREE: '100000' },
    });
    process.on('unhandledRejection', record);
    process.on('uncaughtExceptionMonitor', record);
  });
  after(() => {
    process.off('unhandledRejection', record);
    process.off('uncaughtExceptionMonitor', record);
    return server.stop();
  });

  it('get no 5xx and cause no unhandled rejection, and the server still answers', async function fuzz() {
    this.timeout(60_000);
    await seedApis(server);
    await createUser(server);
    const app = await registerApp(server);
    const machine = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
    const browser = openBrowser();
    const authorization = await authorize(server, app, {}, browser);
    const flow = openBrowser();
    const login = await flow.visit(authorizationUrl(server, app).url);
    const uid = /\/interaction\/([\w-]+)/.exec(login.url)?.[1] ?? 'x';
    const cookies = [browser, flow].map((one) =>
      [...one.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    );
    const good: Readonly<Record<string, URLSearchParams>> = {
      '/authorize': new URL(authorizationUrl(server, app).url).searchParams,
      '/par': new URLSearchParams([...new URL(authorizationUrl(server, app).url).searchParams]),
      '/token': new URLSearchParams({
        grant_type: 'authorization_code',
        code: authorization.code,
        code_verifier: authorization.verifier,
        redirect_uri: app.redirectUri,
      }),
      '/introspect': new URLSearchParams({ token: 'x', token_type_hint: 'access_token' }),
      '/revoke': new URLSearchParams({ token: 'x' }),
      [`/interaction/${uid}/login`]: new URLSearchParams({
        ...login.forms[0]?.fields,
        email: 'ada@example.com',
        password: 'wrong',
      }),
      [`/interaction/${uid}/consent`]: new URLSearchParams({ ...login.forms[0]?.fields, decision: 'allow' }),
      '/logout': new URLSearchParams({ id_token_hint: 'x', post_logout_redirect_uri: 'https://x.example', state: 's' }),
    };
    const paths = [
      ...Object.keys(good),
      ...Object.keys(good),
      '/',
      '/jwks',
      '/userinfo',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/account',
      '/account/sign-out',
      '/account/security',
      '/account/profile',
      '/account/data',
      '/account/deletion',
      '/account/deletion/confirm',
      '/account/deletion/requested',
      '/undo-deletion/some-token',
      '/account/data/download',
      '/account/data/confirm',
      '/account/activity',
      '/account/sessions',
      '/account/apps',
      '/account/tokens',
      '/account/sessions/end-others',
      '/account/sessions/x/end',
      '/account/apps/x/withdraw',
      '/account/signed-in',
      `/interaction/${uid}`,
      `/interaction/${uid}/select-account`,
      `/interaction/${uid}/cancel`,
      `/authorize/${uid}`,
      '/authorize/x',
      '/interaction/x',
      '/logout/confirm',
      '/logout/success',
      '/password/x',
      '/setup/x',
      '/assets/style.css',
      '/favicon.ico',
      '/healthz',
      '/readyz',
      '/metrics',
      '/development/outbox',
      '/nothing',
      '/%',
      '/..%2f',
      '//x',
      '/authorize/%00',
    ];
    const random = createRandom(seed);
    const rows = Array.from({ length: requests }, () => {
      const path = random.pick(paths);
      const method = random.pick(methods);
      const query =
        random.below(3) === 0 || method === 'GET' ? `?${mutated(random, good[path] ?? new URLSearchParams())}` : '';
      const headers: Record<string, string> = {
        accept: random.pick(['text/html', '*/*', 'application/json', 'nonsense', '']),
      };
      if (random.below(2) === 0) {
        headers['cookie'] = random.pick([...cookies, 'x', '=', 'gatehouse_session=x; gatehouse_session.sig=y', ';;']);
      }
      if (random.below(2) === 0) {
        headers['authorization'] = random.pick([
          basic(app).authorization,
          basic(machine).authorization,
          'Basic x',
          'Bearer x',
          'Bearer',
          'DPoP x',
          'Basic Og==',
        ]);
      }
      if (random.below(3) === 0) {
        headers['sec-fetch-site'] = random.pick(['same-origin', 'cross-site', 'none', 'x']);
      }
      if (random.below(4) === 0) {
        headers['origin'] = random.pick(['null', 'https://evil.example', server.issuer, 'x', 'http://127.0.0.1:9']);
      }
      if (random.below(6) === 0) {
        headers[
          random.pick([
            'content-encoding',
            'accept-language',
            'if-none-match',
            'range',
            'expect',
            'x-forwarded-for',
            'dpop',
            'accept-encoding',
            'user-agent',
            'if-modified-since',
          ])
        ] = random.pick(['x', 'gzip', '*', '"x"', 'bytes=0-1', 'de;q=2', '1.1.1.1', 'a'.repeat(1000), ';', 'a.b.c']);
      }
      const type = random.pick(types);
      const body =
        method === 'POST' || random.below(4) === 0
          ? mutated(random, good[path] ?? new URLSearchParams([['a', 'b']]))
          : undefined;
      if (body !== undefined && type !== '') {
        headers['content-type'] = type;
      }
      return {
        path: `${path}${query}`.slice(0, 12_000),
        sent: { method, headers, ...(body === undefined || method === 'TRACE' ? {} : { body }) },
      };
    });

    const bad: string[] = [];
    const sendRows = async (): Promise<void> => {
      for (let row = rows.pop(); row !== undefined; row = rows.pop()) {
        const { path, sent } = row;
        const status = await send(server, path, sent).then(
          (answer) => answer.status,
          (error: unknown) => error,
        );
        if (typeof status !== 'number' || status >= 500) {
          bad.push(
            `${String(status)}: ${sent.method} ${path.slice(0, 300)} ${JSON.stringify(sent.headers)} ${(sent.body ?? '').slice(0, 400)}`,
          );
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, sendRows));
    expect(bad.slice(0, 5), `${bad.length} of ${requests}`).to.deep.equal([]);
    expect(unhandled).to.deep.equal([]);
    expect(
      (await postForm(`${server.issuer}/token`, { grant_type: 'client_credentials' }, basic(machine))).status,
    ).to.equal(200);
  });
});

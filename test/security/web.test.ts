import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { endpoints } from '../../src/oidc/endpoints.ts';
import {
  authorizationUrl,
  authorize,
  basic,
  callAs,
  createUser,
  password,
  postForm,
  redeem,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { form, html, send, type Received } from './requests.ts';

const by = { actor: 'system' } as const;

function cookieHeader(browser: Browser): { readonly cookie: string } {
  return { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
}

describe('the web', () => {
  let server: TestServer;
  let app: AppClient;
  let ada: string;

  before(async () => {
    server = await startTestServer({ environment: { THROTTLE_ADDRESS_FREE: '10000', LIMIT_PAGES_PER_ADDRESS: '0' } });
    await seedApis(server);
    ada = await createUser(server);
    app = await registerApp(server);
  });
  after(() => server.stop());

  async function signedIn(): Promise<Browser> {
    const browser = openBrowser();
    await authorize(server, app, {}, browser);
    return browser;
  }

  describe('headers (D2, D3, D6)', () => {
    const cases: readonly (readonly [string, string, string, Record<string, string>])[] = [
      ['the front page', 'GET', '/', html],
      ['a page of the engine', 'GET', '/authorize', html],
      ['an error as JSON', 'GET', '/authorize', {}],
      ['an unknown path', 'GET', '/nothing', html],
      ['an unknown path as JSON', 'GET', '/nothing', {}],
      ['a redirect', 'GET', '/account', html],
      ['metadata', 'GET', '/.well-known/openid-configuration', {}],
      ['keys', 'GET', '/jwks', {}],
      ['a token error', 'POST', '/token', form],
      ['a wrong method', 'GET', '/token', {}],
      ['an expired flow', 'GET', '/interaction/x', html],
      ['another host', 'GET', '/', { ...html, host: 'evil.example' }],
      ['a used link', 'GET', '/password/x', html],
      ['health', 'GET', '/healthz', {}],
      ['readiness', 'GET', '/readyz', {}],
      ['logout', 'GET', '/logout', html],
      ['userinfo', 'GET', '/userinfo', {}],
      ['metrics', 'GET', '/metrics', {}],
    ];
    for (const [what, method, path, headers] of cases) {
      it(`are complete for ${what}`, async () => {
        const answer = await send(server, path, { method, headers });
        expect(answer.headers['x-content-type-options']).to.equal('nosniff');
        expect(answer.headers['referrer-policy']).to.equal('no-referrer');
        expect(answer.headers['x-frame-options']?.toString().toLowerCase()).to.equal('deny');
        const policy = String(answer.headers['content-security-policy']);
        for (const part of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
          expect(policy).to.include(part);
        }
        expect(policy).not.to.match(/unsafe-|form-action|upgrade-insecure|\*/);
        expect(answer.headers).not.to.have.property('strict-transport-security');
        expect(answer.headers).not.to.have.property('server');
        expect(answer.headers).not.to.have.property('x-powered-by');
        // As a word: the random text of a key may contain these three letters.
        expect(answer.text).not.to.match(/oidc-provider|\bkoa\b|node_modules|\.ts:\d+/i);
      });
    }

    it('let the pages of a flow keep their opener, also errors: an app may have opened them in a popup', async () => {
      const browser = openBrowser();
      const answers: (readonly [string, Received])[] = [];
      const add = async (what: string, path: string, sent: Parameters<typeof send>[2] = {}): Promise<Received> => {
        const answer = await send(server, path, {
          ...sent,
          headers: { ...cookieHeader(browser), ...html, ...sent.headers },
        });
        answers.push([what, answer]);
        return answer;
      };
      const { url } = authorizationUrl(server, app);
      await add('the redirect to the sign-in', url.slice(server.issuer.length));
      const page = await browser.visit(url);
      await add('the sign-in page', new URL(page.url).pathname);
      await add('a rejected form', `${new URL(page.url).pathname}/login`, { method: 'POST', headers: form, body: '' });
      await authorize(server, app, {}, browser);
      await add('the redirect to the app', url.slice(server.issuer.length));
      await add('a posted response', `${url.slice(server.issuer.length)}&response_mode=form_post`);
      await add('the logout page', '/logout');
      await add('the logout form', '/logout/confirm', { method: 'POST', headers: form, body: 'xsrf=x' });
      await add('the page after a logout', '/logout/success');
      for (const path of [
        '/authorize',
        '/authorize/x',
        '/interaction/x',
        '/interaction/x/consent',
        '/logout?client_id=x',
      ]) {
        await add(`an error at ${path}`, path);
      }
      await add('a wrong method', '/authorize', { method: 'DELETE' });
      await add('another host', '/interaction/x', { headers: { host: 'evil.example' } });
      for (const [what, { status, headers }] of answers) {
        expect(headers['cross-origin-opener-policy'], `${what} (${status})`).to.equal('unsafe-none');
        expect(headers['content-security-policy'], what).to.include("frame-ancestors 'none'");
        expect(headers['x-frame-options'], what).to.match(/^deny$/i);
      }
    });

    it('separate every other page from the page that opened it', async () => {
      const browser = await signedIn();
      for (const path of [
        '/',
        '/account',
        '/account/signed-in',
        '/account/sessions/end',
        '/password/x',
        '/setup/x',
        '/nothing',
        '/interaction',
        '/interactions/x',
        '/authorize/',
        '/token',
        '/jwks',
        '/healthz',
        '/metrics',
      ]) {
        const answer = await send(server, path, { headers: { ...cookieHeader(browser), ...html } });
        expect(answer.headers['cross-origin-opener-policy'], `${path} (${answer.status})`).to.equal('same-origin');
      }
    });

    it('contain no-store on everything about a user or a token (ASVS 14.3.2)', async () => {
      const browser = await signedIn();
      const tokens = (await redeem(server, app, await authorize(server, app, { scope: 'openid profile' }))).body;
      const answers: (readonly [string, Received])[] = [];
      for (const path of [
        '/account',
        '/',
        '/authorize',
        '/interaction/x',
        '/logout',
        '/password/x',
        '/setup/x',
        '/nothing',
      ]) {
        answers.push([path, await send(server, path, { headers: { ...cookieHeader(browser), ...html } })]);
      }
      answers.push(['/token', await send(server, '/token', { method: 'POST', headers: form, body: 'grant_type=x' })]);
      answers.push([
        '/userinfo',
        await send(server, '/userinfo', { headers: { authorization: `Bearer ${String(tokens['access_token'])}` } }),
      ]);
      answers.push([
        '/introspect',
        await send(server, '/introspect', { method: 'POST', headers: { ...form, ...basic(app) }, body: 'token=x' }),
      ]);
      const { pathname, search } = new URL(authorizationUrl(server, app).url);
      answers.push(['/authorize with a client', await send(server, `${pathname}${search}`, { headers: html })]);
      for (const [path, answer] of answers) {
        expect(String(answer.headers['cache-control']), path).to.match(/no-store/);
      }
    });

    it('have no inline script, style or handler on any page that a flow shows', async () => {
      const browser = openBrowser();
      const login = await browser.visit(
        authorizationUrl(server, app, {
          scope: 'openid profile email offline_access',
          parameters: { prompt: 'consent' },
        }).url,
      );
      const consent = await signIn(browser, login);
      const pages = [
        login,
        consent,
        await browser.get(`${server.issuer}/account`),
        await browser.get(`${server.issuer}/logout`),
        await browser.get(`${server.issuer}/`),
        await browser.get(`${server.issuer}/nothing`),
      ];
      for (const page of pages) {
        expect(page.html, page.url).not.to.match(
          /<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:/i,
        );
      }
    });

    it('have the same policy for a page whose form submits itself: by a script file, and with a button', async () => {
      const browser = await signedIn();
      const state = `a "state" & <b>'more'</b>`;
      const page = await browser.visit(
        authorizationUrl(server, app, { parameters: { response_mode: 'form_post', state } }).url,
      );
      const policy = (await browser.get(`${server.issuer}/`)).headers.get('content-security-policy');
      expect(page.headers.get('content-security-policy')).to.equal(policy);
      expect(page.html).to.match(/<script src="\/assets\/[^"]*submit[^"]*" defer/);
      expect(page.html).to.match(/<button[^>]*type="submit"/);
      expect(page.headers.get('cache-control')).to.include('no-store');
      expect(page.forms[0]?.fields).to.include({ state }).and.include.keys('code', 'iss');
    });

    it('let the logout form submit itself only with an ID token hint, by a script file and with a button', async () => {
      const browser = openBrowser();
      const { body } = await redeem(server, app, await authorize(server, app, {}, browser));
      const page = await browser.get(`${server.issuer}/logout?id_token_hint=${String(body['id_token'])}`);
      expect(page.html)
        .to.include('data-auto-submit')
        .and.match(/<button[^>]*type="submit"/);
      expect(page.html).to.match(/<script src="\/assets\/[^"]*submit[^"]*" defer/);
      expect((await browser.get(`${server.issuer}/logout`)).html).not.to.include('data-auto-submit');
    });
  });

  describe('cookies (D4)', () => {
    it('are HttpOnly and Lax, signed, short, and hold no token', async () => {
      const browser = openBrowser();
      const seen: string[] = [];
      const login = await browser.get(authorizationUrl(server, app).url);
      seen.push(...login.headers.getSetCookie());
      const page = await browser.visit(login.location ?? '');
      const posted = await browser.post(`${page.url}/login`, {
        ...page.forms[0]?.fields,
        email: 'ada@example.com',
        password,
      });
      seen.push(...posted.headers.getSetCookie());
      seen.push(...(await browser.get(posted.location ?? '')).headers.getSetCookie());
      expect(seen.length).to.be.above(4);
      for (const line of seen) {
        expect(line)
          .to.match(/; ?httponly/i)
          .and.match(/; ?samesite=lax/i);
        expect(line).not.to.match(/; ?domain=/i);
        expect(line.length).to.be.below(4096);
        expect(line).not.to.match(/eyJ|ada@|ada%40/);
      }
      const names = new Set([...browser.cookies.keys()].map((name) => name.replace(/\.sig$/, '')));
      for (const name of names) {
        expect(browser.cookies.has(`${name}.sig`), name).to.equal(true);
      }
    });

    it('are ignored if their signature is changed or missing', async () => {
      const browser = await signedIn();
      expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
      const session = browser.cookies.get('gatehouse_session') ?? '';
      const signature = browser.cookies.get('gatehouse_session.sig') ?? '';
      for (const cookie of [
        `gatehouse_session=${session}`,
        `gatehouse_session=${session}; gatehouse_session.sig=${signature.slice(0, -2)}AA`,
        `gatehouse_session=${session}x; gatehouse_session.sig=${signature}`,
        `gatehouse_session=${session}; gatehouse_session.sig=`,
      ]) {
        expect((await send(server, '/account', { headers: { cookie } })).status).to.equal(303);
      }
    });
  });

  describe('forged requests (D5)', () => {
    /** A page with a form, and its browser. */
    async function openForm(
      kind: 'account' | 'login',
    ): Promise<{ browser: Browser; page: Page; path: string; csrf: string }> {
      const browser = kind === 'account' ? await signedIn() : openBrowser();
      const page =
        kind === 'account'
          ? await browser.get(`${server.issuer}/account`)
          : await browser.visit(authorizationUrl(server, app).url);
      const found = page.forms.find(({ action }) => action.endsWith(kind === 'account' ? '/sign-out' : '/login'));
      if (found === undefined) {
        throw new Error(`no form on ${page.url}`);
      }
      return { browser, page, path: new URL(found.action, page.url).pathname, csrf: found.fields['csrf'] ?? '' };
    }

    for (const kind of ['account', 'login'] as const) {
      it(`change nothing: ${kind}, without a token, with another session's token, from another site, with another content type, by GET`, async () => {
        const { browser, path, csrf } = await openForm(kind);
        const other = await openForm(kind);
        const fields = { email: 'ada@example.com', password };
        const body = (token?: string): string =>
          new URLSearchParams({ ...fields, ...(token === undefined ? {} : { csrf: token }) }).toString();
        const own = { ...cookieHeader(browser), ...form };
        const forged: (readonly [string, Parameters<typeof send>[2]])[] = [
          ['no token', { method: 'POST', headers: { ...own, 'sec-fetch-site': 'same-origin' }, body: body() }],
          [
            "another session's token",
            { method: 'POST', headers: { ...own, 'sec-fetch-site': 'same-origin' }, body: body(other.csrf) },
          ],
          ['cross-site', { method: 'POST', headers: { ...own, 'sec-fetch-site': 'cross-site' }, body: body(csrf) }],
          [
            'same-site but another origin',
            { method: 'POST', headers: { ...own, 'sec-fetch-site': 'same-site' }, body: body(csrf) },
          ],
          [
            'a foreign Origin',
            { method: 'POST', headers: { ...own, origin: 'https://evil.example' }, body: body(csrf) },
          ],
          [
            "a null Origin with another session's token",
            { method: 'POST', headers: { ...own, origin: 'null' }, body: body(other.csrf) },
          ],
          ['a null Origin without token', { method: 'POST', headers: { ...own, origin: 'null' }, body: body() }],
          [
            'cross-site with a null Origin',
            {
              method: 'POST',
              headers: { ...own, origin: 'null', 'sec-fetch-site': 'cross-site' },
              body: body(csrf),
            },
          ],
          [
            'text/plain',
            {
              method: 'POST',
              headers: { ...own, 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' },
              body: body(csrf),
            },
          ],
        ];
        for (const [what, sent] of forged) {
          const answer = await send(server, path, sent);
          expect(answer.status, what).to.be.oneOf([400, 403, 404, 405, 415]);
          expect(answer.headers.location, what).to.equal(undefined);
        }
        const got = await send(server, `${path}?${body(csrf)}`, {
          headers: { ...cookieHeader(browser), 'sec-fetch-site': 'cross-site' },
        });
        expect(got.headers.location, 'GET leads to the page of the form').to.equal(
          kind === 'account' ? '/account' : path.replace(/\/login$/, ''),
        );
        if (kind === 'account') {
          expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
        }
        const honest = await send(server, path, {
          method: 'POST',
          headers: { ...own, 'sec-fetch-site': 'same-origin' },
          body: body(csrf),
        });
        expect(honest.status, honest.text.slice(0, 300)).to.equal(303);
      });
    }

    // Safari before 16.4 and privacy proxies send no Sec-Fetch-Site. Because of our Referrer-Policy the browsers send
    // `Origin: null` (Fetch §3.1).
    for (const origin of [undefined, 'null', 'own'] as const) {
      it(`do not include forms of a browser without Sec-Fetch-Site, Origin: ${origin ?? 'none'}`, async () => {
        const headers = {
          ...form,
          ...(origin === undefined ? {} : { origin: origin === 'own' ? new URL(server.issuer).origin : origin }),
        };
        const post = (browser: Browser, page: Page, action: string, values: Record<string, string> = {}) => {
          const found = page.forms.find((one) => one.action.endsWith(action));
          return send(server, new URL(found?.action ?? '', page.url).pathname, {
            method: 'POST',
            headers: { ...headers, ...cookieHeader(browser) },
            body: new URLSearchParams({ ...found?.fields, ...values }).toString(),
          });
        };
        const browser = openBrowser();
        const login = await browser.visit(authorizationUrl(server, app).url);
        expect((await post(browser, login, '/login', { email: 'ada@example.com', password })).status).to.equal(303);
        const leaving = openBrowser();
        expect(
          (await post(leaving, await leaving.visit(authorizationUrl(server, app).url), '/cancel')).status,
        ).to.equal(303);
        await signedIn();
        const owner = await signedIn();
        const account = await owner.get(`${server.issuer}/account/sessions`);
        expect((await post(owner, account, '/sessions/end-others')).status).to.equal(303);
        expect((await post(owner, account, '/sign-out')).status).to.equal(303);
        const person = await createUser(server, `${randomUUID()}@example.com`);
        const { token } = await server.services.users.createPasswordLink(person, 'set-password', by);
        const link = await openBrowser().get(`${server.issuer}/password/${token}`);
        const chosen = 'a passphrase of some length';
        expect((await post(openBrowser(), link, token, { password: chosen, confirmation: chosen })).status).to.be.oneOf(
          [200, 303],
        );
      });
    }

    it('cannot end the session of another user by its id', async () => {
      const browser = await signedIn();
      const bob = await createUser(server, `bob-${Date.now()}@example.com`);
      const page = await browser.get(`${server.issuer}/account`);
      const victims = await server.services.sessions.listByUser(ada);
      const outsider = openBrowser();
      const user = await server.services.users.find(bob);
      await signIn(outsider, await outsider.visit(`${server.issuer}/account`), user?.email ?? '');
      const own = await outsider.get(`${server.issuer}/account`);
      const token = own.forms.find(({ action }) => action.endsWith('/sign-out'))?.fields['csrf'] ?? '';
      for (const { uid } of victims) {
        const answer = await outsider.post(`${server.issuer}/account/sessions/${uid}/end`, { csrf: token });
        expect(answer.status).to.be.oneOf([303, 404]);
      }
      expect((await server.services.sessions.listByUser(ada)).length).to.equal(victims.length);
      expect(page.status).to.equal(200);
    });
  });

  describe('hosts and forwarding headers (C19)', () => {
    const evil = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=1.2.3.4;host=evil.example;proto=https',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '444',
      'x-forwarded-prefix': '/evil',
      'x-original-host': 'evil.example',
    };

    it('change no URL that the server publishes', async () => {
      const plain = await send(server, '/.well-known/openid-configuration');
      const response = await send(server, '/.well-known/openid-configuration', { headers: evil });
      expect(JSON.parse(response.text)).to.deep.equal(JSON.parse(plain.text));
      expect(response.text).not.to.include('evil');
      const page = await send(server, '/account', { headers: { ...evil, ...html } });
      expect(page.headers.location).to.match(new RegExp(`^${server.issuer}/`));
      const logout = await send(server, '/logout', {
        headers: { ...evil, ...html, ...cookieHeader(await signedIn()) },
      });
      expect(logout.text).not.to.include('evil');
    });

    it('of another name get a page or JSON that names the right one, and have no effect', async () => {
      for (const host of [
        'evil.example',
        'localhost',
        '127.0.0.1',
        `evil.example:${new URL(server.issuer).port}`,
        `localhost.evil.example`,
        `${new URL(server.issuer).host}.`,
        `x@${new URL(server.issuer).host}`,
      ]) {
        const page = await send(server, '/account', { headers: { host, ...html } });
        expect(page.status, host).to.equal(421);
        expect(page.text, host).to.include(server.issuer);
        expect(page.text, host).not.to.include('evil.example');
        expect(page.cookies, host).to.deep.equal([]);
        const json = await send(server, '/token', {
          method: 'POST',
          headers: { host, ...form, ...basic(app) },
          body: 'grant_type=client_credentials',
        });
        expect(json.status, host).to.equal(421);
        expect(JSON.parse(json.text).error_description, host).to.include(server.issuer);
      }
    });

    it('of probes and Prometheus are accepted', async () => {
      for (const path of ['/healthz', '/readyz']) {
        expect((await send(server, path, { headers: { host: '10.0.0.7:3000' } })).status, path).to.equal(200);
      }
      for (const host of ['127.0.0.1:9', 'localhost:9', '[::1]:9']) {
        expect((await send(server, '/metrics', { headers: { host } })).status, host).to.equal(200);
      }
    });

    it('protect /metrics without a token from a page whose DNS name leads to loopback (DNS rebinding)', async () => {
      for (const host of ['10.0.0.7:3000', 'rebound.example', 'localhost.rebound.example:3000']) {
        expect((await send(server, '/metrics', { headers: { host } })).status, host).to.equal(403);
      }
    });
  });

  describe('redirects (D10)', () => {
    const targets = [
      '//evil.example',
      '/\\evil.example',
      '/%09/evil.example',
      'https:evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '%2f%2fevil.example',
      '///evil.example',
    ];
    it('stay on this site, whatever parameters are sent', async () => {
      const browser = await signedIn();
      for (const target of targets) {
        for (const name of [
          'return_to',
          'returnTo',
          'next',
          'redirect',
          'redirect_uri',
          'continue',
          'target_link_uri',
          'post_logout_redirect_uri',
          'url',
        ]) {
          for (const path of ['/', '/account', '/logout', '/account/signed-in', '/interaction/x']) {
            const answer = await send(server, `${path}?${name}=${encodeURIComponent(target)}`, {
              headers: { ...html, ...cookieHeader(browser) },
            });
            const { location } = answer.headers;
            if (location !== undefined) {
              expect(new URL(location, server.issuer).origin, `${path} ${name} ${target}`).to.equal(server.issuer);
            }
          }
        }
      }
    });
  });

  describe('text from others (D1, D9)', () => {
    const canary = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'';
    it('is shown as text on every page of a flow', async () => {
      const evil = await registerApp(server, {
        name: canary.slice(0, 100),
        redirectUris: ['http://127.0.0.1:9/<script>'.replaceAll(/[<>]/g, (one) => encodeURIComponent(one))],
      });
      const mallory = await server.services.users.create(
        { email: `mallory-${Date.now()}@example.com`, password, profile: { name: canary } },
        by,
      );
      const browser = openBrowser();
      const login = await browser.visit(
        authorizationUrl(server, evil, {
          parameters: { login_hint: canary, ui_locales: canary, state: canary, nonce: canary, prompt: 'login consent' },
        }).url,
      );
      const failed = await signIn(browser, login, canary, 'x');
      const consent = await signIn(browser, failed, mallory.email);
      const pages = [
        login,
        failed,
        consent,
        await browser.get(`${server.issuer}/account`),
        await browser.get(authorizationUrl(server, evil, { parameters: { redirect_uri: canary, error: canary } }).url),
        await browser.get(`${server.issuer}/${encodeURIComponent(canary)}`),
        await browser.get(`${server.issuer}/logout?client_id=${evil.clientId}`),
        await browser.get(
          `${server.issuer}/authorize?error=${encodeURIComponent(canary)}&error_description=${encodeURIComponent(canary)}`,
        ),
      ];
      for (const page of pages) {
        expect(page.html, page.url).not.to.include('<script>alert').and.not.include('<img src=x');
      }
      expect(consent.html).to.include('&lt;script&gt;');
    });

    it('is text in a form_post response, too', async () => {
      const browser = await signedIn();
      const page = await browser.visit(
        authorizationUrl(server, app, { parameters: { response_mode: 'form_post', state: canary } }).url,
      );
      expect(page.html).not.to.include('<script>alert').and.not.include('<img src=x');
      expect(page.forms[0]?.fields['state']).to.equal(canary);
    });

    it('splits no header of a response (A15)', async () => {
      for (const [name, value] of [
        ['state', 'a\r\nSet-Cookie: x=y'],
        ['redirect_uri', 'http://127.0.0.1:9/callback\r\nX-Evil: 1'],
        ['client_id', 'x\r\nX-Evil: 1'],
        ['ui_locales', 'de\r\nX-Evil: 1'],
        ['login_hint', 'a\nb'],
      ] as const) {
        const { pathname, search } = new URL(
          authorizationUrl(server, app, { parameters: { [name]: value, prompt: 'none' } }).url,
        );
        const answer = await send(server, `${pathname}${search}`, { headers: html });
        expect(answer.status, name).to.be.oneOf([303, 400]);
        expect(answer.headers, name).not.to.have.property('x-evil');
        expect(
          answer.cookies.some((one) => one.startsWith('x=')),
          name,
        ).to.equal(false);
      }
    });
  });

  describe('other origins (D11)', () => {
    let spa: AppClient;
    const home = 'http://127.0.0.1:9';
    before(async () => {
      spa = await registerApp(server, {
        type: 'browser',
        name: 'Calendar',
        redirectUris: [`${home}/callback`],
        allowedOrigins: ['https://calendar.example'],
      });
    });
    const strangers = [
      'https://evil.example',
      'null',
      'http://127.0.0.1:90',
      'http://127.0.0.1:9.evil.example',
      'http://x.127.0.0.1:9',
      'https://127.0.0.1:9',
      'https://calendar.example.evil.example',
      'https://x.calendar.example',
      'http://calendar.example',
      'https://calendar.example:8443',
      'HTTPS://CALENDAR.EXAMPLE',
    ];

    it('can all read metadata and keys', async () => {
      for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks']) {
        const answer = await send(server, path, { headers: { origin: 'https://anybody.example' } });
        expect(answer.headers['access-control-allow-origin'], path).to.be.oneOf(['*', 'https://anybody.example']);
        expect(answer.headers).not.to.have.property('access-control-allow-credentials');
      }
    });

    it('of the client can read the answers of token, userinfo and revocation; others cannot', async () => {
      for (const [origin, allowed] of [
        [home, true],
        ['https://calendar.example', true],
        ...strangers.map((one) => [one, false] as const),
      ] as const) {
        const { code, verifier } = await authorize(server, spa, { scope: 'openid profile' });
        const body = {
          grant_type: 'authorization_code',
          client_id: spa.clientId,
          code,
          code_verifier: verifier,
          redirect_uri: spa.redirectUri,
        };
        const answer = await postForm(`${server.issuer}/token`, body, { origin });
        expect(answer.headers.get('access-control-allow-origin'), `${origin} token`).to.equal(allowed ? origin : null);
        expect(answer.headers.get('access-control-allow-credentials')).to.equal(null);
        const honest = allowed
          ? answer
          : await callAs(server, spa, '/token', {
              ...body,
              ...(await authorize(server, spa, { scope: 'openid profile' }).then((one) => ({
                code: one.code,
                code_verifier: one.verifier,
              }))),
            });
        const token = String(honest.body['access_token']);
        const info = await fetch(`${server.issuer}/userinfo`, {
          headers: { authorization: `Bearer ${token}`, origin },
        });
        expect(info.headers.get('access-control-allow-origin'), `${origin} userinfo`).to.equal(allowed ? origin : null);
        if (!allowed) {
          expect(await info.text()).not.to.include('Lovelace');
        }
        const revoked = await postForm(`${server.issuer}/revoke`, { client_id: spa.clientId, token }, { origin });
        expect(revoked.headers.get('access-control-allow-origin'), `${origin} revoke`).to.equal(
          allowed ? origin : null,
        );
        expect((await userinfo(server, token)).status === 200, `${origin}: still alive`).to.equal(!allowed);
      }
    });

    it('cannot read pages, authorization, introspection or PAR', async () => {
      const browser = await signedIn();
      for (const path of [
        '/',
        '/account',
        '/authorize',
        '/logout',
        '/interaction/x',
        '/introspect',
        '/par',
        '/metrics',
        '/healthz',
        '/nothing',
        '/password/x',
        '/setup/x',
      ]) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const answer = await send(server, path, {
            method,
            headers: { origin: home, 'access-control-request-method': 'POST', ...cookieHeader(browser) },
          });
          for (const name of [
            'access-control-allow-origin',
            'access-control-allow-credentials',
            'access-control-allow-methods',
            'access-control-allow-headers',
          ]) {
            expect(answer.headers, `${method} ${path}`).not.to.have.property(name);
          }
        }
      }
    });

    it('can never send cookies with a request and read the answer: no endpoint allows credentials', async () => {
      const browser = await signedIn();
      const paths = [
        ...Object.values(endpoints).map(({ path }) => path.replace(':uid', 'x')),
        '/',
        '/account',
        '/interaction/x',
        '/interaction/x/login',
        '/password/x',
        '/setup/x',
        '/assets/style.css',
        '/healthz',
        '/readyz',
        '/metrics',
        '/nothing',
      ];
      for (const path of paths) {
        for (const origin of [home, 'https://calendar.example', server.issuer, 'https://evil.example', 'null']) {
          for (const method of ['GET', 'POST', 'OPTIONS']) {
            const answer = await send(server, path, {
              method,
              headers: {
                origin,
                ...cookieHeader(browser),
                ...(method === 'POST' ? form : {}),
                ...(method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {}),
              },
              ...(method === 'POST' ? { body: `client_id=${spa.clientId}&token=x&grant_type=refresh_token` } : {}),
            });
            expect(answer.headers, `${method} ${path} from ${origin}`).not.to.have.property(
              'access-control-allow-credentials',
            );
          }
        }
      }
    });

    it('get answers to preflight requests, without credentials', async () => {
      for (const path of ['/token', '/userinfo', '/revoke', '/jwks', '/.well-known/openid-configuration']) {
        const answer = await send(server, path, {
          method: 'OPTIONS',
          headers: {
            origin: home,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type',
          },
        });
        expect(answer.status, path).to.be.oneOf([200, 204]);
        expect(answer.headers['access-control-allow-origin'], path).to.be.oneOf([home, '*']);
        expect(answer.headers).not.to.have.property('access-control-allow-credentials');
        expect((answer.headers.vary ?? '').toLowerCase(), path).to.satisfy(
          (vary: string) => vary.includes('origin') || answer.headers['access-control-allow-origin'] === '*',
        );
      }
    });
  });

  describe('the format that the caller accepts', () => {
    for (const [accept, type] of [
      ['text/html', 'text/html'],
      ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
      ['*/*', 'application/json'],
      ['application/json', 'application/json'],
      ['', 'application/json'],
      ['image/png', 'application/json'],
      ['application/json, text/html;q=0.5', 'application/json'],
    ] as const) {
      it(`is ${type} for "${accept}"`, async () => {
        for (const path of ['/nothing', '/interaction/x']) {
          const answer = await send(server, path, { headers: accept === '' ? {} : { accept } });
          expect(answer.headers['content-type'], path).to.include(type);
          if (type === 'application/json') {
            expect(JSON.parse(answer.text), path).to.have.property('error');
          }
        }
      });
    }
  });

  it('always answers with JSON at endpoints that only programs use (RFC 6749 §5.2)', async () => {
    const ofJava = 'text/html, image/gif, image/jpeg, */*; q=0.2'; // HttpURLConnection sends it by default
    for (const accept of [ofJava, 'text/html', '*/*', '']) {
      for (const [method, path, status] of [
        ['POST', '/token', 400],
        ['POST', '/introspect', 400],
        ['POST', '/revoke', 400],
        ['POST', '/par', 400],
        ['POST', '/authorize-challenge', 400],
        ['GET', '/userinfo', 401],
        ['GET', '/token', 405],
        ['PUT', '/jwks', 405],
        ['POST', '/.well-known/openid-configuration', 405],
      ] as const) {
        const answer = await send(server, path, {
          method,
          headers: { ...form, ...(accept === '' ? {} : { accept }) },
          ...(method === 'POST' ? { body: 'x=y' } : {}),
        });
        const what = `${method} ${path} ${accept}`;
        expect(answer.status, what).to.equal(status);
        expect(answer.headers['content-type'], what).to.match(/^application\/json/);
        expect(JSON.parse(answer.text), what).to.have.property('error').that.is.a('string');
      }
    }
  });

  it('always answers with a page at the authorization endpoint, which only browsers use', async () => {
    for (const accept of ['text/html', '*/*', 'application/json']) {
      const answer = await send(server, '/authorize', { headers: { accept } });
      expect(answer.status).to.equal(400);
      expect(answer.headers['content-type']).to.include('text/html');
    }
  });

  describe('a failed sign-in does not reveal whether a user exists (C3)', () => {
    it('known, unknown and disabled users, and users without a password, get the same answer, headers and cookies', async () => {
      const disabled = await server.services.users.create(
        { email: 'gone@example.com', password, emailVerified: true },
        by,
      );
      await server.services.users.disable(disabled._id, by);
      await server.services.users.create({ email: 'invited@example.com' }, by);
      await server.services.users.create({ email: 'unverified@example.com', password, emailVerified: false }, by);
      const shapes = new Set<string>();
      for (const [email, secret] of [
        ['ada@example.com', 'wrong password entirely'],
        ['nobody@example.com', 'wrong password entirely'],
        ['gone@example.com', password],
        ['gone@example.com', 'wrong password entirely'],
        ['invited@example.com', 'wrong password entirely'],
        ['unverified@example.com', 'wrong password entirely'],
      ] as const) {
        const browser = openBrowser();
        const page = await browser.visit(authorizationUrl(server, app).url);
        const answer = await browser.post(`${page.url}/login`, { ...page.forms[0]?.fields, email, password: secret });
        const headers = [...answer.headers.keys()]
          .filter((name) => !['date', 'x-request-id', 'content-length'].includes(name))
          .toSorted();
        const body = answer.html
          .replaceAll(email, 'EMAIL')
          .replaceAll(/\/interaction\/[\w-]+/g, '')
          .replaceAll(/value="[^"]*"/g, '')
          .replaceAll(/(&quot;challenge&quot;:&quot;)[\w-]+/g, '$1')
          .replaceAll(/[0-9a-f-]{36}/g, '');
        shapes.add(JSON.stringify([answer.status, headers, body, answer.headers.getSetCookie().length]));
      }
      expect(shapes.size, [...shapes].join('\n')).to.equal(1);
    });
  });
});

describe('the web behind a proxy, with an https issuer', () => {
  const issuer = 'https://login.example.test';
  const host = { host: 'login.example.test' };
  let server: TestServer;
  let app: AppClient;
  before(async () => {
    server = await startTestServer({ environment: { ISSUER: issuer } });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server, { redirectUris: ['https://app.example/callback'] });
  });
  after(() => server.stop());

  /** The whole sign-in without TLS, keeping every cookie as a browser behind a TLS proxy would. */
  async function signInOverSocket(
    headers: Record<string, string>,
  ): Promise<{ cookies: string[]; lines: string[]; last: Received; locations: string[] }> {
    const jar = new Map<string, string>();
    const lines: string[] = [];
    const locations: string[] = [];
    const request = async (path: string, sent: { method?: string; body?: string } = {}): Promise<Received> => {
      const answer = await send(server, path, {
        ...sent,
        headers: {
          ...host,
          ...html,
          ...headers,
          ...(sent.body === undefined ? {} : form),
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        },
      });
      for (const line of answer.cookies) {
        lines.push(line);
        const [pair = ''] = line.split(';');
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      if (answer.headers.location !== undefined) {
        locations.push(answer.headers.location);
      }
      return answer;
    };
    const { pathname, search } = new URL(authorizationUrl(server, app).url);
    const first = await request(`${pathname}${search}`);
    const page = await request(new URL(first.headers.location ?? '', issuer).pathname);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const action = /action="([^"]+\/login)"/.exec(page.text)?.[1] ?? '';
    const posted = await request(action, {
      method: 'POST',
      body: new URLSearchParams({ csrf, email: 'ada@example.com', password }).toString(),
    });
    const last = await request(new URL(posted.headers.location ?? '', issuer).pathname);
    return { cookies: [...jar.keys()], lines, last, locations };
  }

  for (const [what, headers] of Object.entries({
    'sends no headers': {},
    'leaves out the scheme': { 'x-forwarded-for': '1.2.3.4' },
    'reports http': { 'x-forwarded-proto': 'http' },
    'sends headers of an attacker': {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example;proto=http',
      'x-forwarded-proto': 'http, https',
    },
  })) {
    it(`sets Secure cookies with the prefixes that enforce it, when the proxy ${what} (D4)`, async () => {
      const { cookies, lines, last, locations } = await signInOverSocket(headers);
      expect(last.status).to.equal(303);
      expect(cookies).to.include('__Host-gatehouse_session').and.include('__Host-gatehouse_session.sig');
      for (const line of lines) {
        expect(line)
          .to.match(/^__(?:Host|Secure)-/)
          .and.match(/; ?secure/i)
          .and.match(/; ?httponly/i);
        if (line.startsWith('__Host-')) {
          expect(line)
            .to.match(/; ?path=\/(?:;|$)/i)
            .and.not.match(/; ?domain/i);
        }
      }
      for (const location of locations) {
        expect(new URL(location, issuer).origin).to.equal(issuer);
      }
    });
  }

  it('uses only the https issuer in metadata, redirects and mail links', async () => {
    const evil = {
      ...host,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
    };
    const metadata = JSON.parse(
      (await send(server, '/.well-known/openid-configuration', { headers: evil })).text,
    ) as Record<string, unknown>;
    for (const [name, value] of Object.entries(metadata)) {
      if (/(?:_endpoint|_uri|^issuer)$/.test(name) && typeof value === 'string') {
        expect(value, name).to.match(/^https:\/\/login\.example\.test(?:\/|$)/);
      }
    }
    const account = await send(server, '/account', { headers: { ...evil, ...html } });
    expect(account.headers.location).to.match(/^https:\/\/login\.example\.test\/authorize\?/);
  });

  it('makes browsers use https for two years (D3)', async () => {
    const answer = await send(server, '/', { headers: { ...host, ...html } });
    expect(answer.headers['strict-transport-security']).to.match(/max-age=(?:6[3-9]|[7-9]\d)\d{6}; includeSubDomains/);
    expect(answer.headers['content-security-policy']).to.include('upgrade-insecure-requests');
  });

  it('accepts its host with and without the default port, and no other host', async () => {
    for (const [name, status] of [
      ['login.example.test:443', 303],
      ['LOGIN.EXAMPLE.TEST', 303],
      ['login.example.test:80', 421],
      ['login.example.test:8443', 421],
      ['example.test', 421],
    ] as const) {
      expect((await send(server, '/account', { headers: { host: name } })).status, name).to.equal(status);
    }
  });

  it('registers no web app with an http redirect URI, not even on loopback', async () => {
    let code: unknown = 'accepted';
    try {
      await registerApp(server, { redirectUris: ['http://127.0.0.1:9/callback'] });
    } catch (error) {
      code = error instanceof Error && 'code' in error ? error.code : error;
    }
    expect(code).to.equal('invalid_input');
  });
});

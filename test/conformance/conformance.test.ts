/**
 * The configuration that `npm run conformance` prints: it is complete, its clients are registered on a running server,
 * and its browser commands get through the pages. The suite itself is not run here; see docs/conformance.md.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { basic, postForm, userinfo, type Answer } from '../support/app.ts';
import { closeChromium, launchChromium } from '../support/chromium.ts';
import { onEachDeployment, type Deployment } from '../support/process.ts';
import { visitAsSuite } from './suite-browser.ts';
import type { SuiteClient } from './registration.ts';
import type { SuiteConfiguration } from './suite-configuration.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'run.ts');
const flags = ['--conditions=gatehouse-source', '--disable-warning=ExperimentalWarning'];

/** The addresses of the suite: each keeps its requests and answers with the page that the browser waits for. */
interface Suite {
  readonly origin: string;
  readonly requests: { readonly path: string; readonly parameters: URLSearchParams }[];
  close(): Promise<void>;
}

async function startSuite(): Promise<Suite> {
  const requests: Suite['requests'] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://suite');
      requests.push({
        path: url.pathname.split('/').at(-1) ?? '',
        parameters: request.method === 'POST' ? new URLSearchParams(body) : url.searchParams,
      });
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><p id="submission_complete">complete</p>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

after(closeChromium);

describe('the configuration for the OpenID conformance suite', () => {
  let suite: Suite;

  before(async () => {
    suite = await startSuite();
  });
  after(() => suite.close());

  onEachDeployment('printed for a running server', (open) => {
    let deployment: Deployment;
    let chromium: Browser | null;
    let visit: BrowserContext | undefined;
    let configuration: SuiteConfiguration;

    async function register(): Promise<SuiteConfiguration> {
      const { stdout } = await run(process.execPath, [...flags, script, '--register', '--suite', suite.origin], {
        cwd: deployment.folder,
        env: { PATH: process.env['PATH'], ...deployment.environment },
      });
      return JSON.parse(stdout) as SuiteConfiguration;
    }

    before(async function start() {
      this.timeout(600_000);
      chromium = await launchChromium();
      deployment = await open();
      await deployment.start();
      configuration = await register();
    });

    afterEach(() => visit?.close());

    function authorizationUrl(client: SuiteClient, parameters: Readonly<Record<string, string>> = {}): string {
      return `${deployment.issuer}/authorize?${new URLSearchParams({
        client_id: client.client_id,
        response_type: 'code',
        scope: 'openid',
        redirect_uri: `${suite.origin}/test/a/gatehouse/callback`,
        state: 'the-state',
        ...parameters,
      }).toString()}`;
    }

    /** What the suite received last. */
    function received(path: string): URLSearchParams {
      const found = suite.requests.findLast((request) => request.path === path);
      expect(found, `a request of ${path}`).not.to.equal(undefined);
      return found?.parameters ?? new URLSearchParams();
    }

    function redeem({ client_id: clientId, client_secret: secret }: SuiteClient): Promise<Answer> {
      return postForm(
        `${deployment.issuer}/token`,
        {
          grant_type: 'authorization_code',
          code: received('callback').get('code') ?? '',
          redirect_uri: `${suite.origin}/test/a/gatehouse/callback`,
        },
        basic({ clientId, secret, redirectUri: '' }),
      );
    }

    async function openPage(
      context: Mocha.Context,
      options: { readonly javaScriptEnabled?: boolean } = {},
    ): Promise<Page> {
      if (chromium === null) {
        context.skip();
      }
      suite.requests.length = 0;
      visit = await chromium.newContext({ locale: 'en-US', ...options });
      return visit.newPage();
    }

    function scriptsOf(module: string): SuiteConfiguration['browser'] {
      return configuration.override[module]?.browser ?? configuration.browser;
    }

    it('has the discovery document, the alias and every client that the plans need', () => {
      expect(configuration.alias).to.equal('gatehouse');
      expect(configuration.server).to.deep.equal({
        discoveryUrl: `${deployment.issuer}/.well-known/openid-configuration`,
        login_hint: 'conformance-gatehouse@suite.example',
      });
      const clients = [
        configuration.client,
        configuration.client2,
        configuration.client_secret_post,
        configuration.override['oidcc-backchannel-rp-initiated-logout']?.client,
      ];
      expect(new Set(clients.map((client) => client?.client_id)).size).to.equal(4);
      expect(clients.every((client) => (client?.client_secret.length ?? 0) > 30)).to.equal(true);
    });

    it('names clients that are registered on the running server, with the addresses of the suite', async () => {
      const addresses = `${suite.origin}/test/a/gatehouse`;
      const found = await Promise.all(
        [configuration.client, configuration.client2, configuration.client_secret_post].map(({ client_id: id }) =>
          deployment.services.clients.get(id),
        ),
      );
      for (const client of found) {
        expect(client).to.deep.include({
          redirectUris: [`${addresses}/callback`, `${addresses}/callback?dummy1=lorem&dummy2=ipsum`],
          postLogoutRedirectUris: [`${addresses}/post_logout_redirect`],
          pkce: 'optional',
          idTokenAlg: 'RS256',
        });
        expect(client.backchannelLogoutUri).to.equal(undefined);
      }
      expect(found.map(({ authMethod }) => authMethod)).to.deep.equal([
        'client_secret_basic',
        'client_secret_basic',
        'client_secret_post',
      ]);
      const { client } = configuration.override['oidcc-backchannel-rp-initiated-logout'] ?? {};
      expect((await deployment.services.clients.get(client?.client_id ?? '')).backchannelLogoutUri).to.equal(
        `${addresses}/backchannel_logout`,
      );
    });

    it('signs the user in, and userinfo has every claim of every scope (oidcc-server, oidcc-scope-all)', async function test() {
      const page = await openPage(this);
      const url = authorizationUrl(configuration.client, { scope: 'openid profile email address phone' });
      await visitAsSuite(page, configuration.browser, url);
      const { body } = await redeem(configuration.client);
      const { body: claims } = await userinfo({ issuer: deployment.issuer }, body['access_token']);
      expect(claims).to.include.keys(
        'sub name given_name family_name middle_name nickname preferred_username profile picture website'.split(' '),
      );
      expect(claims).to.include.keys(
        'gender birthdate zoneinfo locale updated_at email address phone_number'.split(' '),
      );
      expect(claims).to.include({ email_verified: true, phone_number_verified: true });
      expect(claims['updated_at']).to.be.a('number');
    });

    for (const javaScriptEnabled of [true, false]) {
      it(`returns a posted response ${javaScriptEnabled ? 'with' : 'without'} scripts (form post plan)`, async function test() {
        const page = await openPage(this, { javaScriptEnabled });
        const url = authorizationUrl(configuration.client2, { response_mode: 'form_post', nonce: 'n' });
        await visitAsSuite(page, configuration.browser, url);
        expect(received('callback').get('state')).to.equal('the-state');
      });
    }

    it('signs the user in again, and keeps that page (oidcc-prompt-login, oidcc-max-age-1)', async function test() {
      const page = await openPage(this);
      await visitAsSuite(page, configuration.browser, authorizationUrl(configuration.client));
      const pages = await visitAsSuite(
        page,
        configuration.browser,
        authorizationUrl(configuration.client, { prompt: 'login' }),
      );
      expect(pages.join('\n')).to.include('Confirm it is you');
    });

    it('keeps the error page of an unknown redirect URI (oidcc-ensure-registered-redirect-uri)', async function test() {
      const page = await openPage(this);
      const url = authorizationUrl(configuration.client, { redirect_uri: `${suite.origin}/test/a/gatehouse/other` });
      const pages = await visitAsSuite(page, scriptsOf('oidcc-ensure-registered-redirect-uri'), url);
      expect(pages.join('\n')).to.include('We cannot send you back to this app');
      expect(suite.requests).to.deep.equal([]);
    });

    describe('signs the user out', () => {
      /** Signs in as the module's client, then opens the logout address. @returns the pages that were kept there */
      async function signOut(
        context: Mocha.Context,
        module: string,
        request: (idToken: string) => Readonly<Record<string, string>>,
      ): Promise<string[]> {
        const page = await openPage(context);
        const client = configuration.override[module]?.client ?? configuration.client;
        const scripts = scriptsOf(module);
        await visitAsSuite(page, scripts, authorizationUrl(client));
        const { body } = await redeem(client);
        const query = new URLSearchParams(request(String(body['id_token']))).toString();
        const pages = await visitAsSuite(page, scripts, `${deployment.issuer}/logout?${query}`);
        await page.waitForLoadState();
        return pages;
      }
      const returnTo = {
        get post_logout_redirect_uri() {
          return `${suite.origin}/test/a/gatehouse/post_logout_redirect`;
        },
      };

      it('and returns with the state (oidcc-rp-initiated-logout)', async function test() {
        const state = 's'.repeat(128);
        await signOut(this, 'oidcc-rp-initiated-logout', (hint) => ({ id_token_hint: hint, ...returnTo, state }));
        expect(received('post_logout_redirect').toString()).to.equal(`state=${state}`);
      });

      it('and returns without a state (oidcc-rp-initiated-logout-no-state)', async function test() {
        await signOut(this, 'oidcc-rp-initiated-logout-no-state', (hint) => ({ id_token_hint: hint, ...returnTo }));
        expect(received('post_logout_redirect').toString()).to.equal('');
      });

      const noneAlg = (token: string): string =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1] ?? ''}.`;
      for (const [module, request] of Object.entries<(hint: string) => Readonly<Record<string, string>>>({
        'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': (hint) => ({
          id_token_hint: hint,
          post_logout_redirect_uri: `${suite.origin}/test/a/gatehouse/other`,
          state: 's',
        }),
        'oidcc-rp-initiated-logout-modified-id-token-hint': (hint) => ({
          id_token_hint: noneAlg(hint),
          ...returnTo,
          state: 's',
        }),
        'oidcc-rp-initiated-logout-no-id-token-hint': () => ({ ...returnTo, state: 's' }),
      })) {
        it(`only if the user confirms it, and does not return (${module})`, async function test() {
          const pages = await signOut(this, module, request);
          expect(pages.at(-1)).to.include('Sign out?');
          expect(suite.requests.map(({ path }) => path)).not.to.include('post_logout_redirect');
        });
      }

      for (const [module, request] of Object.entries<(hint: string) => Readonly<Record<string, string>>>({
        'oidcc-rp-initiated-logout-no-params': () => ({}),
        'oidcc-rp-initiated-logout-only-state': () => ({ state: 's' }),
        'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': (hint) => ({ id_token_hint: hint, state: 's' }),
      })) {
        it(`and says so (${module})`, async function test() {
          const pages = await signOut(this, module, request);
          expect(pages.at(-1)).to.include('You are signed out');
          expect(suite.requests.map(({ path }) => path)).not.to.include('post_logout_redirect');
        });
      }

      it('and notifies the app (oidcc-backchannel-rp-initiated-logout)', async function test() {
        const module = 'oidcc-backchannel-rp-initiated-logout';
        await signOut(this, module, (hint) => ({ id_token_hint: hint, ...returnTo, state: 's' }));
        const claims = decodeJwt(received('backchannel_logout').get('logout_token') ?? '');
        expect(claims.aud).to.equal(configuration.override[module]?.client?.client_id);
        expect(received('post_logout_redirect').get('state')).to.equal('s');
      });
    });

    it('replaces what was registered before, when it is printed again', async () => {
      const before = configuration;
      configuration = await register();
      expect(configuration.client.client_id).to.equal(before.client.client_id);
      expect(configuration.client.client_secret).not.to.equal(before.client.client_secret);
    });
  });
});

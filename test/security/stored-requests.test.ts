/**
 * Bounds what strangers can make this server store: the size of each request, and the number of flows of an address.
 */
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { systemClock } from '../../src/clock.ts';
import { oidcPayloads } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  asks,
  authorizationUrl,
  authorize,
  basic,
  createUser,
  postForm,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { form, html, send } from './requests.ts';

const limits: Readonly<Record<string, number>> = {
  state: 4096,
  nonce: 1024,
  scope: 4096,
  id_token_hint: 8192,
  login_hint: 1024,
  acr_values: 1024,
  ui_locales: 512,
  claims_locales: 512,
  claims: 2048,
  display: 64,
  prompt: 256,
};
/** Parameters whose values are not compared with registered ones. At their maximum length they are stored. */
const free = ['state', 'nonce', 'login_hint', 'acr_values', 'ui_locales', 'claims_locales', 'claims', 'display'];

/** All scopes are different, because the engine removes duplicates. */
function valueOf(name: string, length: number): string {
  const words = (first: string, word: (index: number) => string): string =>
    [first, ...Array.from({ length }, (_, index) => word(index))].join(' ');
  if (name === 'claims') {
    const [start, end] = ['{"id_token":{"', '":null}}'];
    return `${start}${'x'.repeat(length - start.length - end.length)}${end}`;
  }
  const value =
    name === 'scope'
      ? words('openid', (index) => `s${index}`)
      : name === 'prompt'
        ? words('login', () => 'login')
        : 'x'.repeat(length);
  return value.slice(0, length).replace(/ $/, 'x');
}

onEachDatabase('requests that are stored', (start) => {
  let server: TestServer;
  let app: AppClient;
  let spa: AppClient;
  let database: Database | undefined;

  async function prepare(environment: Record<string, string>): Promise<void> {
    server = await start({ environment: { TRUSTED_PROXIES: '127.0.0.1', ...environment } });
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    spa = await registerApp(server, { type: 'browser', name: 'Sketch', redirectUris: ['http://127.0.0.1:9/sketch'] });
  }

  async function stored(): Promise<number> {
    return (await database?.collection(oidcPayloads).countDocuments({})) ?? -1;
  }

  describe('in size', () => {
    before(() => prepare({}));
    after(() => database?.close());

    for (const [name, max] of Object.entries(limits)) {
      it(`are refused when ${name} is longer than ${max}, before anything is stored: by GET, POST and PAR`, async () => {
        const before = await stored();
        const expected = `${name} has ${max + 1} characters; expected at most ${max}`;
        const { url } = authorizationUrl(server, app, { parameters: { [name]: valueOf(name, max + 1) } });
        const answer = await openBrowser().get(url);
        const location = new URL(answer.location ?? 'about:blank');
        expect(location.href.startsWith(app.redirectUri), answer.html.slice(0, 500)).to.equal(true);
        // A hint that is not an ID token may be rejected for that reason first.
        expect(location.searchParams.get('error')).to.equal('invalid_request');
        if (name !== 'id_token_hint') {
          expect(location.searchParams.get('error_description')).to.equal(expected);
        }
        const { search } = new URL(url);
        const posted = await send(server, '/authorize', {
          method: 'POST',
          headers: { ...form, ...html },
          body: search.slice(1),
        });
        // Redirected to the same request by GET, if it still fits.
        expect(posted.status).to.be.oneOf([303, 400, 413]);
        const pushed = await postForm(`${server.issuer}/par`, new URLSearchParams(search), basic(app));
        expect(pushed.status).to.equal(400);
        expect(pushed.body['error']).to.equal('invalid_request');
        if (name !== 'id_token_hint') {
          expect(pushed.body['error_description']).to.equal(expected);
        }
        expect(await stored()).to.equal(before);
      });
    }

    for (const name of free) {
      it(`are accepted when ${name} has its maximum length`, async () => {
        const { url } = authorizationUrl(server, app, { parameters: { [name]: valueOf(name, limits[name] ?? 0) } });
        expect(asks(await openBrowser().visit(url))).to.equal('sign-in');
      });
    }

    it('are refused when a signed request object is longer than 16384, whatever is in it (RFC 9101)', async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      const signer = await registerApp(server, {
        name: 'Signer',
        jwks: JSON.stringify({ keys: [await exportJWK(publicKey)] }),
      });
      const request = await new SignJWT({
        ...Object.fromEntries(new URL(authorizationUrl(server, signer).url).searchParams),
        junk: 'x'.repeat(13_000),
      })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(signer.clientId)
        .setAudience(server.issuer)
        .setExpirationTime('1m')
        .sign(privateKey);
      const before = await stored();
      const fields = { client_id: signer.clientId, request };
      for (const answer of [
        await send(server, '/authorize', {
          method: 'POST',
          headers: { ...form, ...html },
          body: new URLSearchParams(fields).toString(),
        }),
        await postForm(`${server.issuer}/par`, { request }, basic(signer)),
      ]) {
        expect(answer.status).to.be.oneOf([400, 413]);
      }
      const pushed = await postForm(`${server.issuer}/par`, { request }, basic(signer));
      expect(pushed.body['error_description']).to.equal(
        `request has ${request.length} characters; expected at most 16384`,
      );
      expect(await stored()).to.equal(before);
    });

    it('are refused when all resources together are too long', async () => {
      const before = await stored();
      const { url } = authorizationUrl(server, app, {
        resource: Array<string>(200).fill('https://photos.example/api'),
      });
      const { location } = await openBrowser().get(url);
      expect(new URL(location ?? '').searchParams.get('error_description')).to.match(/^resource has \d+ characters/);
      expect(await stored()).to.equal(before);
    });

    it('to sign out are rejected when state is too long', async () => {
      const before = await stored();
      for (const headers of [html, {}]) {
        const answer = await send(server, `/logout?state=${'x'.repeat(4097)}`, { headers });
        expect(answer.status).to.equal(400);
        expect(answer.text).to.include('state has 4097 characters; expected at most 4096');
      }
      expect(await stored()).to.equal(before);
      expect((await send(server, `/logout?state=${'x'.repeat(4096)}`, { headers: html })).status).to.equal(200);
    });
  });

  describe('in number', () => {
    before(() => prepare({ LIMIT_INTERACTIONS_PER_ADDRESS: '3' }));
    after(() => database?.close());

    const from = (address: string) => openBrowser({ 'x-forwarded-for': address });

    it('are rejected with 429 at an address that started too many, and nothing is stored; other addresses continue', async () => {
      for (let count = 0; count < 3; count += 1) {
        expect((await from('203.0.113.1').get(authorizationUrl(server, app).url)).status).to.equal(303);
      }
      const before = await stored();
      for (const url of [authorizationUrl(server, app).url, `${server.issuer}/logout`]) {
        const page = await from('203.0.113.1').get(url);
        expect(page.status, url).to.equal(429);
        expect(Number(page.headers.get('retry-after')), url).to.be.within(1, 900);
        expect(page.headers.get('content-type'), url).to.include('text/html');
        expect(page.location, url).to.equal(undefined);
      }
      expect(await stored()).to.equal(before);
      expect((await from('203.0.113.2').get(authorizationUrl(server, app).url)).status).to.equal(303);
    });

    it('do not count later steps of a flow, nor requests that are answered immediately', async () => {
      const browser = from('203.0.113.3');
      await authorize(server, app, { scope: 'openid profile' }, browser);
      for (let count = 0; count < 5; count += 1) {
        const again = await browser.visit(authorizationUrl(server, app, { scope: 'openid profile' }).url);
        expect(again.location, String(count)).to.include('code=');
      }
      const late = from('203.0.113.3');
      const login = await late.visit(authorizationUrl(server, app).url);
      await from('203.0.113.3').visit(authorizationUrl(server, app).url);
      expect((await from('203.0.113.3').get(authorizationUrl(server, app).url)).status).to.equal(429);
      const page = await signIn(late, login);
      expect(page.status, 'a flow that has begun can be completed').to.be.below(400);
    });

    it('count requests to sign out', async () => {
      const statuses: number[] = [];
      for (let count = 0; count < 4; count += 1) {
        statuses.push((await from('203.0.113.4').get(`${server.issuer}/logout`)).status);
      }
      expect(statuses).to.deep.equal([200, 200, 200, 429]);
    });

    it('count pushed requests of public clients, and not those of clients that authenticate', async () => {
      const push = (client: AppClient) => {
        const fields = new URL(authorizationUrl(server, client).url).searchParams;
        const headers = { 'x-forwarded-for': '203.0.113.5' };
        return postForm(
          `${server.issuer}/par`,
          fields,
          client.secret === undefined ? headers : { ...headers, ...basic(client) },
        );
      };
      for (let count = 0; count < 3; count += 1) {
        expect((await push(spa)).status).to.equal(201);
      }
      const before = await stored();
      const refused = await push(spa);
      expect(refused.status).to.equal(429);
      expect(refused.body['error']).to.equal('temporarily_unavailable');
      expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 900);
      expect(await stored()).to.equal(before);
      expect((await push(app)).status).to.equal(201);
    });
  });
});

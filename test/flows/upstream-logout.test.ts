/** Logout tokens of other identity providers that end nothing (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6). */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { generateKeyPair, type JWTPayload } from 'jose';
import { redirectedTo, registerApp, type AppClient } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { leave, registerOpenid } from '../support/upstream.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';

onEachDatabase('a logout token of another provider', (start) => {
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;
  let other: OpenidProvider;
  let accountId: string;

  before(async function startServers() {
    this.timeout(60_000);
    server = await start();
    app = await registerApp(server, { firstParty: true, apis: [] });
    provider = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/staff/callback` });
    other = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/other/callback` });
    await registerOpenid(server, provider, { createUsers: true, authoritativeFor: ['*'] });
    await registerOpenid(server, other, { id: 'other', name: 'Other' });
    provider.person = { sub: 'grace', email: 'grace@example.com', email_verified: true };
    await signIn();
    accountId = (await server.services.users.findByEmail('grace@example.com'))?._id ?? '';
  });
  after(async () => {
    await provider?.close();
    await other?.close();
  });

  async function signIn(): Promise<void> {
    const browser = openBrowser();
    redirectedTo(await browser.visit(await provider.visit(await leave(server, app, browser, 'staff'))), app);
  }

  const sessions = async (): Promise<number> => (await server.services.sessions.listByUser(accountId)).length;

  /** The claims of a token that ends the sessions of the person. `undefined` leaves one out. */
  function claims(more: Readonly<Record<string, unknown>> = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: provider.issuer,
      aud: provider.clientId,
      sub: 'grace',
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
      events: { [event]: {} },
      ...more,
    };
    return JSON.parse(JSON.stringify(all)) as JWTPayload;
  }

  async function post(token: string, id = 'staff'): Promise<number> {
    const { status } = await fetch(`${server.issuer}/upstream/${id}/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    });
    return status;
  }

  const typ = 'logout+jwt';

  for (const [title, more] of [
    ['for another audience', { aud: 'another-client' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['without the claim events', { events: undefined }],
    ['about another event', { events: { 'http://schemas.openid.net/event/other': {} } }],
    ['with events that are a text', { events: event }],
    ['with a nonce', { nonce: 'n-1' }],
    ['without jti', { jti: undefined }],
    ['without iat', { iat: undefined }],
    ['that has expired', { exp: Math.floor(Date.now() / 1000) - 120 }],
    ['that was made long ago', { iat: Math.floor(Date.now() / 1000) - 3600 }],
    ['about nobody', { sub: undefined }],
  ] as const) {
    it(`ends nothing if it is one ${title}`, async () => {
      const before = await sessions();
      expect(before).to.be.greaterThan(0);
      expect(await post(await provider.sign(claims(more), { typ }))).to.equal(400);
      expect(await sessions()).to.equal(before);
    });
  }

  it('ends nothing with the signature of another key, also under the id of the right one', async () => {
    const before = await sessions();
    const { privateKey } = await generateKeyPair('ES256');
    expect(await post(await provider.sign(claims(), { typ }, privateKey))).to.equal(400);
    const [header = '', payload = '', signature = ''] = (await provider.sign(claims(), { typ })).split('.');
    const forged = Buffer.from(JSON.stringify(claims())).toString('base64url');
    expect(await post(`${header}.${forged}.${signature}`), 'other claims').to.equal(400);
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ })).toString('base64url');
    expect(await post(`${none}.${payload}.`), 'alg none').to.equal(400);
    expect(await post('no token')).to.equal(400);
    expect(await sessions()).to.equal(before);
  });

  it('ends nothing at the address of another provider, and nothing of another one’s person', async () => {
    const before = await sessions();
    expect(await post(await provider.sign(claims(), { typ }), 'other')).to.equal(400);
    const ofOther = claims({ iss: other.issuer });
    expect(await post(await other.sign(ofOther, { typ })), 'signed by the other').to.equal(400);
    expect(await post(await other.sign(ofOther, { typ }), 'other'), 'its own person').to.equal(200);
    expect(await post(await provider.sign(claims(), { typ }), 'nobody')).to.equal(404);
    expect(await sessions()).to.equal(before);
  });

  it('ends the sessions of the person once, and nothing when it is sent again', async () => {
    expect(await sessions()).to.be.greaterThan(0);
    const token = await provider.sign(claims(), { typ });
    expect(await post(token)).to.equal(200);
    expect(await sessions()).to.equal(0);
    await signIn();
    expect(await post(token), 'the same token').to.equal(400);
    const jti = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly jti: string };
    expect(await post(await provider.sign(claims(jti), { typ })), 'another token with its jti').to.equal(400);
    expect(await sessions()).to.equal(1);
  });

  it('works for exactly one of ten parallel requests', async () => {
    const token = await provider.sign(claims(), { typ });
    const statuses = await Promise.all(Array.from({ length: 10 }, () => post(token)));
    expect(statuses.filter((status) => status === 200)).to.have.length(1);
    expect(await sessions()).to.equal(0);
    await signIn();
  });
});

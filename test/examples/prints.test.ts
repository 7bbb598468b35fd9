import { expect } from 'chai';
import { start } from '../../examples/prints/server.ts';
import { startIssuer } from './issuer.ts';

/** What Prints must do itself. Tests in a browser cover its sign-in at the real server. */
describe('example: Prints', () => {
  let prints: Awaited<ReturnType<typeof start>>;

  before(async () => {
    prints = await start({
      // Nothing listens on port 1.
      issuer: 'http://127.0.0.1:1',
      port: 0,
      clientId: 'prints',
      clientSecret: 'secret',
      photosResource: 'https://photos.example',
      photosUrl: 'http://127.0.0.1:1',
    });
  });
  after(() => prints.close());

  const get = (path: string) => fetch(prints.url + path, { redirect: 'manual' });

  it('shows a start page to a user who is not signed in, with a content security policy that allows no script', async () => {
    const response = await get('/');
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-security-policy'))
      .to.include("default-src 'none'")
      .and.not.include('script-src');
    expect(response.headers.get('set-cookie')).to.equal(null);
    expect(await response.text())
      .to.include('Connect your photos')
      .and.not.match(/<script|<style| style=| on\w+=/);
  });

  it('rejects a callback for a sign-in that this browser did not start (RFC 9700 §2.1)', async () => {
    const response = await get('/callback?code=planted&state=planted');
    expect(response.status).to.equal(400);
    expect(response.headers.get('set-cookie')).to.equal(null);
  });

  it('rejects forms from another origin, also from another port of the same host', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:4002']) {
      const response = await fetch(`${prints.url}/sign-out`, {
        method: 'POST',
        headers: { origin },
        redirect: 'manual',
      });
      expect(response.status, origin).to.equal(403);
    }
    const own = await fetch(`${prints.url}/sign-out`, {
      method: 'POST',
      headers: { origin: prints.url },
      redirect: 'manual',
    });
    expect(own.status).to.equal(303);
  });

  describe('its back-channel logout endpoint', () => {
    let issuer: Awaited<ReturnType<typeof startIssuer>>;
    let other: Awaited<ReturnType<typeof start>>;

    before(async () => {
      issuer = await startIssuer({ audience: 'prints' });
      other = await start({
        issuer: issuer.issuer,
        port: 0,
        clientId: 'prints',
        clientSecret: 'secret',
        photosResource: 'https://photos.example',
        photosUrl: 'http://127.0.0.1:1',
      });
    });
    after(async () => {
      await other.close();
      await issuer.close();
    });

    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const logoutToken = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
      issuer.token({ scope: undefined, sid: 's', events, ...claims }, { typ: 'logout+jwt', ...header });
    const post = async (token: string) =>
      (
        await fetch(`${other.url}/backchannel-logout`, {
          method: 'POST',
          body: new URLSearchParams({ logout_token: token }),
        })
      ).status;

    it('accepts a logout token of its server', async () => {
      expect(await post(await logoutToken())).to.equal(200);
    });

    it('answers 400 to anything else (Back-Channel Logout §2.6, §2.8)', async () => {
      expect(await post(''), 'an empty token').to.equal(400);
      expect(await post('e30.e30.e30'), 'no signature').to.equal(400);
      expect(await post(await logoutToken({ aud: 'calendar' })), 'for another client').to.equal(400);
      expect(await post(await logoutToken({ iss: 'https://other.example' })), 'from another issuer').to.equal(400);
      expect(await post(await logoutToken({ nonce: 'n' })), 'with a nonce').to.equal(400);
      expect(await post(await logoutToken({ events: {} })), 'without the event').to.equal(400);
      expect(await post(await logoutToken({ sub: undefined, sid: undefined })), 'without sub and sid').to.equal(400);
      expect(await post(await logoutToken({ exp: Math.floor(Date.now() / 1000) - 60 })), 'expired').to.equal(400);
      expect(await post(await logoutToken({}, { typ: 'JWT' })), 'with the type of an ID token').to.equal(400);
    });
  });
});

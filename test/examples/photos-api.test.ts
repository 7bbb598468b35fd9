import { expect } from 'chai';
import { generateKeyPair, UnsecuredJWT } from 'jose';
import { start } from '../../examples/photos-api/server.ts';
import { startIssuer } from './issuer.ts';

const identifier = 'https://photos.example';
const archiveIdentifier = 'https://photos.example/archive';
const archiveTokens: Record<string, object> = {
  good: { active: true, aud: archiveIdentifier, client_id: 'nightly', scope: 'archive:read' },
  otherApi: { active: true, aud: identifier, client_id: 'nightly', scope: 'archive:read' },
  withoutScope: { active: true, aud: archiveIdentifier, client_id: 'nightly', scope: '' },
};

async function photosIn(response: Response): Promise<readonly { readonly title: string; readonly image: string }[]> {
  const body = (await response.json()) as {
    readonly photos: readonly { readonly title: string; readonly image: string }[];
  };
  return body.photos;
}

describe('example: Photos API', () => {
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let api: Awaited<ReturnType<typeof start>>;

  beforeEach(async () => {
    issuer = await startIssuer({ audience: identifier, introspection: archiveTokens });
    const archive = { identifier: archiveIdentifier, clientId: 'photos api', clientSecret: 's:3' };
    api = await start({ issuer: issuer.issuer, port: 0, identifier, archive });
  });
  afterEach(async () => {
    await api.close();
    await issuer.close();
  });

  const call = (path: string, token?: string, init: RequestInit = {}) =>
    fetch(api.url + path, {
      ...init,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
      },
    });
  const challenge = (response: Response) => response.headers.get('www-authenticate') ?? '';

  it('shows photos to a token with photos:read', async () => {
    const response = await call('/photos', await issuer.token());
    expect(response.status).to.equal(200);
    const photos = await photosIn(response);
    expect(photos).to.have.length(6);
    expect(Buffer.from(photos[0]?.image.split(',')[1] ?? '', 'base64').toString()).to.match(/^<svg /);
  });

  it('answers 401 without an error code to a request without a token (RFC 6750 §3.1)', async () => {
    const response = await call('/photos');
    expect(response.status).to.equal(401);
    expect(challenge(response)).to.equal(
      `Bearer realm="Photos", resource_metadata="${identifier}/.well-known/oauth-protected-resource"`,
    );
  });

  it('does not accept a token in the query (RFC 6750 §2.3)', async () => {
    expect((await call(`/photos?access_token=${await issuer.token()}`)).status).to.equal(401);
  });

  it('rejects a write with a token for reading, and names the missing scope (RFC 6750 §3.1)', async () => {
    const response = await call('/photos', await issuer.token(), { method: 'POST', body: '{"title":"New"}' });
    expect(response.status).to.equal(403);
    expect(challenge(response)).to.include('error="insufficient_scope"').and.include('scope="photos:write"');
  });

  it("adds a photo only to the library of the token's subject", async () => {
    const write = await issuer.token({ scope: 'photos:read photos:write' });
    expect((await call('/photos', write, { method: 'POST', body: '{"title":"New"}' })).status).to.equal(201);
    expect(await photosIn(await call('/photos', write))).to.have.length(7);
    expect(await photosIn(await call('/photos', await issuer.token({ sub: 'grace' })))).to.have.length(6);
  });

  it('shows a photo of a machine client to all users', async () => {
    const machine = await issuer.token({ sub: 'nightly', client_id: 'nightly', scope: 'photos:write' });
    expect((await call('/photos', machine, { method: 'POST', body: '{"title":"Today"}' })).status).to.equal(201);
    const photos = await photosIn(await call('/photos', await issuer.token()));
    expect(photos[0]?.title).to.equal('Today');
  });

  for (const body of [
    '',
    '{',
    '[]',
    'null',
    '{"title":7}',
    '{"title":" "}',
    JSON.stringify({ title: 'x'.repeat(61) }),
    JSON.stringify({ title: 'x'.repeat(10_000) }),
  ]) {
    it(`answers 400 to the body ${body.slice(0, 20)}`, async () => {
      const response = await call('/photos', await issuer.token({ scope: 'photos:write' }), { method: 'POST', body });
      expect(response.status).to.equal(400);
    });
  }

  const invalidTokens: Record<string, () => Promise<string> | string> = {
    'another issuer': () => issuer.token({ iss: 'https://other.example' }),
    'another audience': () => issuer.token({ aud: 'https://other.example' }),
    'no audience': () => issuer.token({ aud: undefined }),
    'an expiry in the past': () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 60 }),
    'no expiry': () => issuer.token({ exp: undefined }),
    'no client': () => issuer.token({ client_id: undefined }),
    'the type of an ID token (RFC 9068 §4)': () => issuer.token({}, { typ: 'JWT' }),
    'the type of a logout token': () => issuer.token({}, { typ: 'logout+jwt' }),
    'an unknown key': () => issuer.token({}, { kid: 'other' }),
    'a signature by another key': async () => issuer.token({}, {}, (await generateKeyPair('ES256')).privateKey),
    'another algorithm': () => issuer.token({}, { alg: 'ES384', kid: 'other-algorithm' }, issuer.otherKey),
    'no signature': () => new UnsecuredJWT(issuer.claims({})).encode(),
    'the form of an opaque token': () => 'opaque',
  };
  for (const [what, make] of Object.entries(invalidTokens)) {
    it(`rejects a token with ${what}: 401 invalid_token`, async () => {
      const response = await call('/photos', await make());
      expect(response.status).to.equal(401);
      expect(challenge(response)).to.include('error="invalid_token"');
    });
  }

  it('answers 503, and not that the token is invalid, if the keys cannot be loaded', async () => {
    issuer.breakDown();
    const response = await call('/photos', await issuer.token());
    expect(response.status).to.equal(503);
    expect(response.headers.get('retry-after')).to.equal('2');
    expect(challenge(response)).to.equal('');
  });

  it('introspects each opaque token, authenticated as its own client (RFC 7662 §2.1)', async () => {
    expect((await call('/archive', 'good')).status).to.equal(200);
    expect((await call('/archive', 'good')).status).to.equal(200);
    expect(issuer.introspectedBy).to.deep.equal(
      Array.from({ length: 2 }, () => `Basic ${Buffer.from('photos%20api:s%3A3').toString('base64')}`),
    );
  });

  it('rejects an opaque token that is inactive, is for another API, or lacks the scope', async () => {
    expect((await call('/archive', 'unknown')).status).to.equal(401);
    expect((await call('/archive', 'otherApi')).status).to.equal(401);
    expect((await call('/archive', 'withoutScope')).status).to.equal(403);
  });

  it('answers 503 if the server cannot be reached', async () => {
    issuer.breakDown();
    expect((await call('/archive', 'good')).status).to.equal(503);
  });
});

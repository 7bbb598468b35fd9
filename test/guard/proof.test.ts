/** Tokens that are bound to a key, and the proofs of it (RFC 9449). */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createReplayMemory } from '../../src/guard/replay.ts';
import { call, challengeOf, frameworks, startApp } from './apps.ts';
import { handlerFor, movableTime, type Handler } from './handler.ts';
import { audience, startIssuer, type Issuer } from './issuer.ts';

interface Holder {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly thumbprint: string;
}

async function createHolder(alg = 'ES256'): Promise<Holder> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) };
}

interface Changes {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** A proof for `GET https://photos.example/photos`, with changes. A claim that is undefined is left out. */
function prove({ privateKey, jwk }: Holder, token: string, { claims = {}, header = {}, key }: Changes = {}) {
  const all = {
    jti: randomUUID(),
    htm: 'GET',
    htu: 'https://photos.example/photos',
    iat: Math.floor(Date.now() / 1000),
    ath: digest(token),
    ...claims,
  };
  const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(key ?? privateKey);
}

describe('the guard and tokens that are bound to a key (RFC 9449)', () => {
  let issuer: Issuer;
  let holder: Holder;
  let other: Holder;
  let handler: Handler;
  let token: string;

  before(async () => {
    issuer = await startIssuer();
    holder = await createHolder();
    other = await createHolder();
    handler = handlerFor(issuer, { feed: 'off' });
    token = await issuer.token({ cnf: { jkt: holder.thumbprint } });
  });
  after(() => issuer.close());

  function send(proof: string | undefined, bound = token, scheme = 'DPoP', to = handler): Promise<Response> {
    return to.call(`${scheme} ${bound}`, proof === undefined ? {} : { headers: { dpop: proof } });
  }

  async function expectError(response: Response, error: string): Promise<void> {
    expect(response.status, await response.text()).to.equal(401);
    expect(challengeOf(response))
      .to.match(/^DPoP /)
      .and.include(`error="${error}"`)
      .and.include('algs="ES256 PS256 RS256"');
  }

  it('accepts one with a proof', async () => {
    expect((await send(await prove(holder, token))).status).to.equal(200);
  });

  it('accepts an opaque one with a proof, by the confirmation that introspection answers (§6.2)', async () => {
    const introspecting = handlerFor(issuer, {
      feed: 'off',
      introspection: { clientId: 'api', clientSecret: 'secret' },
    });
    const cnf = { jkt: holder.thumbprint };
    issuer.describe('bound', { active: true, sub: 'ada', scope: 'photos:read', aud: audience, cnf });
    const proof = await prove(holder, 'bound');
    expect((await send(proof, 'bound', 'DPoP', introspecting)).status).to.equal(200);
    await expectError(await send(undefined, 'bound', 'Bearer', introspecting), 'invalid_token');
  });

  it('rejects one that is sent as Bearer, with and without a proof (§7.2)', async () => {
    await expectError(await send(undefined, token, 'Bearer'), 'invalid_token');
    await expectError(await send(await prove(holder, token), token, 'Bearer'), 'invalid_token');
  });

  it('rejects a token that is not bound, with the scheme DPoP (§7.1)', async () => {
    const unbound = await issuer.token();
    await expectError(await send(await prove(holder, unbound), unbound), 'invalid_token');
  });

  it('rejects the proof of another key (§4.3, check 12)', async () => {
    await expectError(await send(await prove(other, token)), 'invalid_token');
  });

  it('rejects a proof that was used before (§11.1)', async () => {
    const proof = await prove(holder, token);
    expect((await send(proof)).status).to.equal(200);
    await expectError(await send(proof), 'invalid_dpop_proof');
  });

  it('rejects a proof that was used before until it is too old, also at the last moment (§11.1)', async () => {
    const time = movableTime(Math.floor(Date.now() / 1000) * 1000);
    const at = handlerFor(issuer, { feed: 'off', now: time.now });
    const proof = await prove(holder, token, { claims: { iat: time.now() / 1000 } });
    expect((await send(proof, token, 'DPoP', at)).status).to.equal(200);
    for (const seconds of [64.999, 0.001, 0.001]) {
      time.advance(seconds);
      await expectError(await send(proof, token, 'DPoP', at), 'invalid_dpop_proof');
    }
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const accepted: Readonly<Record<string, () => Changes>> = {
    'a query and a fragment in htu (§4.3, check 9)': () => ({
      claims: { htu: 'https://photos.example/photos?page=2#top' },
    }),
    'another spelling of the same address (RFC 3986 §6.2.2)': () => ({
      claims: { htu: 'HTTPS://PHOTOS.example:443/%70hotos' },
    }),
    'an age of 50 seconds': () => ({ claims: { iat: now() - 50 } }),
    'a clock that is 3 seconds ahead': () => ({ claims: { iat: now() + 3 } }),
  };
  for (const [what, make] of Object.entries(accepted)) {
    it(`accepts a proof with ${what}`, async () => {
      expect((await send(await prove(holder, token, make()))).status).to.equal(200);
    });
  }

  const rejected: Readonly<Record<string, () => Changes | Promise<Changes>>> = {
    'another method': () => ({ claims: { htm: 'POST' } }),
    'the method in other letters': () => ({ claims: { htm: 'get' } }),
    'another path': () => ({ claims: { htu: 'https://photos.example/archive' } }),
    'another host': () => ({ claims: { htu: 'https://other.example/photos' } }),
    'another scheme': () => ({ claims: { htu: 'http://photos.example/photos' } }),
    'an address that is none': () => ({ claims: { htu: '/photos' } }),
    'the digest of another token': () => ({ claims: { ath: digest('another') } }),
    'an age of 70 seconds': () => ({ claims: { iat: now() - 70 } }),
    'a time in the future': () => ({ claims: { iat: now() + 30 } }),
    'an expiry in the past': () => ({ claims: { exp: now() - 30 } }),
    'a jti that is no text': () => ({ claims: { jti: 7 } }),
    'a jti of 1000 characters': () => ({ claims: { jti: 'x'.repeat(1000) } }),
    ...Object.fromEntries(
      ['jti', 'htm', 'htu', 'iat', 'ath'].map((claim) => [`no ${claim}`, () => ({ claims: { [claim]: undefined } })]),
    ),
    'another type': () => ({ header: { typ: 'at+jwt' } }),
    'no key': () => ({ header: { jwk: undefined } }),
    'a key that is none': () => ({ header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } } }),
    'a private key in the header (§4.3, check 7)': async () => ({
      header: { jwk: await exportJWK(holder.privateKey) },
    }),
    'a signature of another key': () => ({ key: other.privateKey }),
    'a secret as key (§4.3, check 5)': async () => ({
      header: { alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } },
      key: await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
    }),
  };
  for (const [what, make] of Object.entries(rejected)) {
    it(`rejects a proof with ${what}`, async () => {
      await expectError(await send(await prove(holder, token, await make())), 'invalid_dpop_proof');
    });
  }

  it('rejects a request without a proof, with one that is none, and with two (§4.3, checks 1 and 2)', async () => {
    const two = `${await prove(holder, token)}, ${await prove(holder, token)}`;
    for (const proof of [undefined, 'nothing', 'a.b.c', '', two]) {
      await expectError(await send(proof), 'invalid_dpop_proof');
    }
  });

  it('rejects two proofs in two header fields (§4.3, check 1)', async () => {
    const app = await startApp('koa', { issuer: issuer.issuer, audience, feed: 'off' }, { '/photos': ['photos:read'] });
    try {
      const dpop = [await prove(holder, token), await prove(holder, token)];
      const status = async (proofs: readonly string[]): Promise<number | undefined> => {
        const request = get(`${app.url}/photos`, { headers: { authorization: `DPoP ${token}`, dpop: [...proofs] } });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.resume();
        return response.statusCode;
      };
      expect([await status(dpop), await status(dpop.slice(0, 1))]).to.deep.equal([401, 200]);
    } finally {
      await app.close();
    }
  });

  it('rejects a token that is also bound to something else, which cannot be checked', async () => {
    const both = await issuer.token({ cnf: { jkt: holder.thumbprint, 'x5t#S256': 'x'.repeat(43) } });
    expect((await send(await prove(holder, both), both)).status).to.equal(401);
  });

  it('accepts proofs of RSA keys', async () => {
    for (const alg of ['RS256', 'PS256']) {
      const rsa = await createHolder(alg);
      const bound = await issuer.token({ cnf: { jkt: rsa.thumbprint } });
      expect((await send(await prove(rsa, bound, { header: { alg } }), bound)).status, alg).to.equal(200);
    }
  });

  it('compares with the address where callers reach the API, behind a proxy that removes a prefix', async () => {
    const behind = handlerFor(issuer, { feed: 'off', publicUrl: 'https://gateway.example/photos-api/' });
    const htu = 'https://gateway.example/photos-api/photos';
    expect((await send(await prove(holder, token, { claims: { htu } }), token, 'DPoP', behind)).status).to.equal(200);
    await expectError(await send(await prove(holder, token), token, 'DPoP', behind), 'invalid_dpop_proof');
  });

  it('answers 503 where the address of the API is not known', async () => {
    const urn = 'urn:example:photos';
    const unknown = handlerFor(issuer, { feed: 'off', audience: urn });
    const bound = await issuer.token({ aud: urn, cnf: { jkt: holder.thumbprint } });
    expect((await send(await prove(holder, bound), bound, 'DPoP', unknown)).status).to.equal(503);
  });

  it('remembers a proof as long as it could be used, and answers 503 where no more can be remembered', () => {
    const time = movableTime(1_000_000);
    const used = createReplayMemory(2, time.now);
    expect(used.add('first', 1_010_000)).to.equal('new');
    expect(used.add('second', 1_020_000)).to.equal('new');
    expect(used.add('first', 1_010_000)).to.equal('seen');
    expect(used.add('third', 1_030_000)).to.equal('full');
    time.advance(10);
    expect(used.add('third', 1_030_000)).to.equal('new');
    expect(used.add('second', 1_020_000)).to.equal('seen');
  });

  for (const framework of frameworks) {
    it(`knows method and path in ${framework}`, async () => {
      const url = 'http://localhost:9';
      const options = { issuer: issuer.issuer, audience, feed: 'off', publicUrl: url } as const;
      const app = await startApp(framework, options, { '/photos': ['photos:read'] });
      try {
        const proof = await prove(holder, token, { claims: { htu: `${url}/photos` } });
        const headers = { authorization: `DPoP ${token}`, dpop: proof };
        const response = await call(app, '/photos?page=2', undefined, headers);
        expect(response.status, challengeOf(response)).to.equal(200);
        await expectError(await call(app, '/photos?page=2', undefined, headers), 'invalid_dpop_proof');
      } finally {
        await app.close();
      }
    });

    it(`uses a proof once for a request with two guards, and checks the scopes of both, in ${framework}`, async () => {
      const url = 'http://localhost:9';
      const options = { issuer: issuer.issuer, audience, feed: 'off', publicUrl: url } as const;
      const app = await startApp(framework, options, { '/photos': ['photos:read'], '/all': ['photos:write'] }, true);
      try {
        const sendTwice = async (path: string): Promise<Response> => {
          const proof = await prove(holder, token, { claims: { htu: url + path } });
          const headers = { authorization: `DPoP ${token}`, dpop: proof };
          const response = await call(app, path, undefined, headers);
          await expectError(await call(app, path, undefined, headers), 'invalid_dpop_proof');
          return response;
        };
        const [allowed, lacking] = [await sendTwice('/photos'), await sendTwice('/all')];
        expect([allowed.status, lacking.status], challengeOf(allowed)).to.deep.equal([200, 403]);
        expect(challengeOf(lacking)).to.include('error="insufficient_scope"').and.include('scope="photos:write"');
      } finally {
        await app.close();
      }
    });
  }
});

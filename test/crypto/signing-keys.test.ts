import { expect } from 'chai';
import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from 'jose';
import { generateSigningKey } from '../../src/crypto/signing-keys.ts';

describe('crypto/signing-keys', () => {
  for (const alg of ['ES256', 'RS256'] as const) {
    it(`creates an ${alg} key named by its thumbprint (RFC 7638) that signs and verifies`, async () => {
      const { kid, publicJwk, privateJwk } = await generateSigningKey(alg);
      expect(kid).to.equal(await calculateJwkThumbprint(publicJwk));
      expect(publicJwk).to.include({ kid, alg, use: 'sig' });
      expect(privateJwk).to.include({ kid, alg, use: 'sig' });
      expect(publicJwk).to.not.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi');
      const jwt = await new SignJWT({ sub: 'a' }).setProtectedHeader({ alg }).sign(await importJWK(privateJwk));
      expect((await jwtVerify(jwt, await importJWK(publicJwk))).payload.sub).to.equal('a');
    });
  }

  it('creates RSA keys of 3072 bits (ASVS 11.2.3)', async () => {
    const { publicJwk } = await generateSigningKey('RS256');
    expect(Buffer.from(publicJwk.n ?? '', 'base64url')).to.have.length(384);
  });
});

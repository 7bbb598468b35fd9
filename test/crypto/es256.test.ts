import { generateKeyPairSync, verify } from 'node:crypto';
import { expect } from 'chai';
import { signEs256 } from '../../src/crypto/es256.ts';

describe('crypto/es256', () => {
  it('signs as JWS requires, whatever the length of the two numbers', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const data = Buffer.from('header.payload');
    const signatures = Array.from({ length: 2000 }, () => signEs256(privateKey, data));
    for (const signature of signatures) {
      expect(signature).to.have.length(64);
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).to.equal(true);
    }
    // Both numbers have a leading zero in one of 256 signatures, and the highest bit in every other one.
    for (const offset of [0, 32]) {
      expect(signatures.some((signature) => signature[offset] === 0)).to.equal(true);
      expect(signatures.some((signature) => Number(signature[offset]) > 127)).to.equal(true);
    }
  });
});

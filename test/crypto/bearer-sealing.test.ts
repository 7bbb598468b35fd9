import { expect } from 'chai';
import { sealForHolder, unsealAsHolder } from '../../src/crypto/bearer-sealing.ts';
import { randomToken } from '../../src/crypto/secrets.ts';
import { UnsealableError } from '../../src/errors.ts';

describe('crypto/bearer-sealing', () => {
  it('gives a value back to the holder of the token that it was sealed for', () => {
    const token = randomToken();
    for (const value of ['Grüße 🗝', '', JSON.stringify({ access_token: 'x'.repeat(4000) })]) {
      expect(unsealAsHolder(token, sealForHolder(token, value, 'record-1'), 'record-1')).to.equal(value);
    }
  });

  it('never seals a value with the same IV twice, however often (NIST SP 800-38D §8)', () => {
    const token = randomToken();
    const ivs = Array.from({ length: 1000 }, () =>
      Buffer.from(sealForHolder(token, 'x', 'record-1'), 'base64url')
        .subarray(0, 12)
        .toString('hex'),
    );
    expect(new Set(ivs).size).to.equal(ivs.length);
  });

  it('refuses another token, another record, and a value that was changed or cut short', () => {
    const token = randomToken();
    const sealed = sealForHolder(token, 'a response', 'record-1');
    const bytes = Buffer.from(sealed, 'base64url');
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    for (const [holder, value, record] of [
      [randomToken(), sealed, 'record-1'],
      [token, sealed, 'record-2'],
      [token, bytes.toString('base64url'), 'record-1'],
      [token, sealed.slice(0, 30), 'record-1'],
      [token, '', 'record-1'],
    ] as const) {
      expect(() => unsealAsHolder(holder, value, record)).to.throw(UnsealableError);
    }
  });
});

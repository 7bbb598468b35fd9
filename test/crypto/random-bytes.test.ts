import { expect } from 'chai';
import { takeRandomBytes } from '../../src/crypto/random-bytes.ts';

describe('crypto/random-bytes', () => {
  it('gives each caller other bytes, also when the store is filled again', () => {
    for (const count of [12, 32, 4096]) {
      const taken = Array.from({ length: 1000 }, () => takeRandomBytes(count).toString('hex'));
      expect(new Set(taken).size).to.equal(taken.length);
      expect(taken.every((bytes) => bytes.length === 2 * count)).to.equal(true);
      const zeros = taken.filter((bytes) => bytes.includes('00'.repeat(8)));
      expect(zeros, 'bytes that were taken before').to.deep.equal([]);
    }
  });

  it('gives bytes that later callers do not change', () => {
    const first = takeRandomBytes(32);
    const copy = Buffer.from(first);
    Array.from({ length: 1000 }, () => takeRandomBytes(32));
    expect(first.equals(copy)).to.equal(true);
  });

  it('gives no more bytes than it can draw at once', () => {
    expect(() => takeRandomBytes(4097)).to.throw(RangeError);
  });
});

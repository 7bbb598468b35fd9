import { mkdtempSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createBreachedPasswords, encodeBreachedPasswords } from '../../src/services/users/breached-passwords.ts';
import { failureOf } from '../support/user-services.ts';

const shipped = fileURLToPath(new URL('../../config/breached-passwords.bin', import.meta.url));

function listOf(passwords: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-breached-')), 'list.bin');
  writeFileSync(file, encodeBreachedPasswords(passwords));
  return file;
}

describe('services/breached-passwords', () => {
  it('finds every password that was encoded, and no other', async () => {
    const passwords = Array.from({ length: 5000 }, (_, index) => `password number ${index}`);
    const list = createBreachedPasswords(listOf([...passwords, ...passwords.slice(0, 10)]));
    const found = await Promise.all(passwords.map((one) => list.has(one)));
    expect(found.filter((one) => !one)).to.deep.equal([]);
    const others = await Promise.all(passwords.slice(0, 1000).map((one) => list.has(`${one}!`)));
    expect(others.filter(Boolean)).to.deep.equal([]);
  });

  it('has nothing in an empty list', async () => {
    expect(await createBreachedPasswords(listOf([])).has('password')).to.equal(false);
  });

  it('rejects an incomplete list, instead of accepting passwords', async () => {
    const file = listOf(['correct horse']);
    truncateSync(file, statSync(file).size - 1);
    expect(await failureOf(createBreachedPasswords(file).has('correct horse'))).to.be.instanceOf(RangeError);
    truncateSync(file, 10);
    expect(await failureOf(createBreachedPasswords(file).has('correct horse'))).to.be.instanceOf(RangeError);
  });

  it('ships more than a million passwords, known ones among them', async () => {
    const bytesOfIndex = (2 ** 16 + 1) * 4;
    expect((statSync(shipped).size - bytesOfIndex) / 3).to.be.greaterThan(1_000_000);
    const list = createBreachedPasswords(shipped);
    for (const password of ['123456', 'password', 'letmein', 'correcthorsebatterystaple', 'zxcmnbvzxcmnbv1']) {
      expect(await list.has(password), password).to.equal(true);
    }
    for (const password of ['purple lanterns drift', 'seven lamps light the harbour', '馬電池正確釘書機蘋果香蕉']) {
      expect(await list.has(password), password).to.equal(false);
    }
  });
});

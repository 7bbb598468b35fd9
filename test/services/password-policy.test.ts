import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createBreachedPasswords } from '../../src/services/users/breached-passwords.ts';
import {
  createPasswordPolicy,
  PasswordRejectedError,
  type PasswordSubject,
} from '../../src/services/users/password-policy.ts';
import { failureOf } from '../support/user-services.ts';

const breached = createBreachedPasswords(
  fileURLToPath(new URL('../../config/breached-passwords.bin', import.meta.url)),
);
const policy = createPasswordPolicy({ contextWords: ['Example Login', 'login.acme-widgets.org'], breached });
const ada: PasswordSubject = {
  email: 'ada.lovelace1815@analytical.example',
  names: ['Ada King', 'Countess of Lovelace'],
};

async function check(password: string, subject?: PasswordSubject, checker = policy): Promise<string> {
  const error = await failureOf(checker.check(password, subject));
  if (error === undefined) {
    return 'accepted';
  }
  expect(error).to.be.instanceOf(PasswordRejectedError);
  return error instanceof PasswordRejectedError ? error.reason : '';
}

describe('services/password-policy', () => {
  it('requires 15 characters, counted as code points after normalization (C2, SP 800-63B-4 §3.1.1.2)', async () => {
    expect(await check('kx7 mvq2 hw9zt')).to.equal('too_short');
    expect(await check('kx7 mvq2 hw9ztr')).to.equal('accepted');
    // 14 characters outside of the basic plane are 28 UTF-16 units. A decomposed letter counts as one, as composed.
    expect(await check('𝕬𝕭𝕮𝕯🗝🐎🔋🖇𝕲🍏🍎🚲🚀🛰')).to.equal('too_short');
    expect(await check('kx7 mvq2 hw9ze\u0301')).to.equal('too_short');
  });

  it('accepts long passwords of any script, with spaces and symbols, and has no composition rules (C2)', async () => {
    for (const password of [
      'purple lanterns drift',
      'ein sehr gutes Kennwort',
      'совершенно секретно здесь',
      '馬電池正確釘書機蘋果香蕉橙子葡萄',
      '                x',
      'x y'.repeat(2).padEnd(64, 'lorem ipsum dolor sit amet '),
      'k#9'.padEnd(1024, 'jfmwq pzvxn '),
    ]) {
      expect(await check(password), password).to.equal('accepted');
    }
    expect(await check('k#9'.padEnd(1025, 'jfmwq pzvxn '))).to.equal('too_long');
  });

  it('accepts another minimum length, as for a password with a second factor', async () => {
    expect(await check('kx7mvq2h', undefined, createPasswordPolicy({ minimum: 8, breached }))).to.equal('accepted');
    expect(await check('iloveyou', undefined, createPasswordPolicy({ minimum: 8, breached }))).to.equal('common');
  });

  for (const password of [
    'passwordpassword',
    'PasswordPassword',
    'ｐａｓｓｗｏｒｄpassword',
    'password1234567',
    '1234567password',
    'Password!!!!!!!!',
    'password1password2',
    'p@ssw0rd1234567',
    '123456789012345',
    '987654321098765',
    'aaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'qwertyuiopasdfgh',
    '1qaz2wsx3edc4rfv',
    'abcdefghijklmnop',
    'zyxwvutsrqponmlk',
    'iloveyouiloveyou',
    'dragondragondragon',
    '1q2w3e4r5t6y7u8i',
    'letmein letmein letmein',
    '0000000000000000',
    '               ',
  ]) {
    it(`rejects ${JSON.stringify(password)} as common`, async () => {
      expect(await check(password)).to.equal('common');
    });
  }

  for (const password of [
    'gatehousegatehouse',
    'Gatehouse 2030!!',
    'Example Login 1',
    'acme-widgets.org',
    'login.acme-widgets.org',
    'ada.lovelace1815@analytical.example',
    'AdaLovelace1815!',
    'lovelacelovelace',
    'CountessLovelace',
    'analytical-1815-ada',
  ]) {
    it(`rejects ${JSON.stringify(password)}, which contains only words of the user or the service`, async () => {
      expect(await check(password, ada)).to.equal('context');
    });
  }

  for (const password of [
    '000webhostilm10',
    'CorrectHorseBatteryStaple',
    'ｃｏｒｒｅｃｔhorsebatterystaple',
    '12correcthorsebatterystaple!',
    'yJakYdYxyJakYdYx',
  ]) {
    it(`rejects ${JSON.stringify(password)} as known from a breach (C2, SP 800-63B-4 §3.1.1.2)`, async () => {
      expect(await check(password)).to.equal('breached');
    });
  }

  it('rejects a short password as known from a breach, where short ones are allowed', async () => {
    expect(await check('yJakYdYx', undefined, createPasswordPolicy({ minimum: 8, breached }))).to.equal('breached');
  });

  it('accepts such a word as part of a longer password', async () => {
    expect(await check('lovelace wrote the first program', ada)).to.equal('accepted');
    expect(await check('my password has seven dwarfs')).to.equal('accepted');
  });

  it('rejects text that cannot be a password as invalid (A6)', async () => {
    expect(await check('\ud800 and fourteen more')).to.equal('invalid');
    expect(await check('a\0b and twelve more')).to.equal('invalid');
    expect(await check('x'.repeat(100_000))).to.equal('invalid');
  });
});

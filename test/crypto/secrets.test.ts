import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createSecrets, digest, randomToken } from '../../src/crypto/secrets.ts';
import { UnsealableError } from '../../src/errors.ts';

const older = randomBytes(32);
const newer = randomBytes(32);

describe('crypto/secrets', () => {
  it('refuses an empty list, and a secret of fewer than 32 bytes', () => {
    expect(() => createSecrets([])).to.throw(RangeError);
    expect(() => createSecrets([newer, randomBytes(31)])).to.throw(RangeError);
  });

  it('creates random tokens of 256 bits, and digests with SHA-256', () => {
    expect(Buffer.from(randomToken(), 'base64url')).to.have.length(32);
    expect(randomToken()).to.not.equal(randomToken());
    expect(digest('abc')).to.equal(
      Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url'),
    );
  });

  it('unseals what it sealed, and never seals a value to the same text twice', () => {
    const secrets = createSecrets([newer]);
    const sealed = secrets.seal('Grüße 🗝', 'record-1');
    expect(secrets.unseal(sealed, 'record-1')).to.equal('Grüße 🗝');
    expect(secrets.seal('Grüße 🗝', 'record-1')).to.not.equal(sealed);
    expect(secrets.unseal(secrets.seal('', 'record-1'), 'record-1')).to.equal('');
  });

  it('unseals a value for its own record only', () => {
    const secrets = createSecrets([newer]);
    expect(() => secrets.unseal(secrets.seal('x', 'record-1'), 'record-2')).to.throw(UnsealableError);
  });

  it('refuses a value that was changed at any place, was truncated, or is not sealed', () => {
    const secrets = createSecrets([newer]);
    const sealed = secrets.seal('a private key', 'record-1');
    for (let place = 0; place < sealed.length - 1; place += 1) {
      const altered = `${sealed.slice(0, place)}${sealed[place] === 'A' ? 'B' : 'A'}${sealed.slice(place + 1)}`;
      expect(() => secrets.unseal(altered, 'record-1'), `altered at ${place}`).to.throw(UnsealableError);
    }
    for (const wrong of [
      '',
      'v1',
      'a private key',
      sealed.slice(0, 20),
      `${sealed.split('.').slice(0, 2).join('.')}.AAAA`,
    ]) {
      expect(() => secrets.unseal(wrong, 'record-1')).to.throw(UnsealableError);
    }
  });

  it('unseals what an older listed secret sealed, until that secret is removed from the list', () => {
    const sealed = createSecrets([older]).seal('x', 'record-1');
    expect(createSecrets([newer, older]).unseal(sealed, 'record-1')).to.equal('x');
    expect(() => createSecrets([newer]).unseal(sealed, 'record-1')).to.throw(UnsealableError);
    expect(() => createSecrets([older]).unseal(createSecrets([newer, older]).seal('x', 'r'), 'r')).to.throw(
      UnsealableError,
    );
  });

  it('verifies a MAC for its own purpose only, with any listed secret', () => {
    const before = createSecrets([older]);
    const now = createSecrets([newer, older]);
    const mac = before.mac('device', 'value');
    expect(now.verifyMac('device', 'value', mac)).to.equal(true);
    expect(now.verifyMac('setup', 'value', mac)).to.equal(false);
    expect(now.verifyMac('device', 'other', mac)).to.equal(false);
    expect(now.verifyMac('device', 'value', mac.slice(1))).to.equal(false);
    expect(createSecrets([newer]).verifyMac('device', 'value', mac)).to.equal(false);
    expect(now.macs('device', 'value')).to.deep.equal([now.mac('device', 'value'), mac]);
  });
});

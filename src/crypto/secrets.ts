/**
 * Random values, digests, and what is derived from `SECRET`: encryption of stored values ("sealing") and message
 * authentication. Each caller names a purpose, and each purpose has its own key.
 */
import { createHmac, createSecretKey, hash, hkdfSync, randomInt, timingSafeEqual, type KeyObject } from 'node:crypto';
import { UnsealableError } from '../errors.ts';
import { decrypt, encrypt } from './authenticated-encryption.ts';
import { takeRandomBytes } from './random-bytes.ts';

/**
 * SHA-256 of a bearer value, base64url, for storing values of 128 random bits or more (OWASP ASVS 6.5.2). Not for short
 * values, which can be guessed from their digest: use {@link Secrets.mac}.
 */
export function digest(value: string): string {
  return hash('sha256', value, 'base64url');
}

/** A new value from the system's random source, base64url. @param bytes its length: 32 bytes are 256 bits */
export function randomToken(bytes = 32): string {
  return takeRandomBytes(bytes).toString('base64url');
}

/** Six random digits. They can be guessed: limit the tries, and store them by {@link Secrets.mac} only. */
export function randomCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

export interface Secrets {
  /**
   * Encrypts for storage, with AES-256-GCM under a key from the newest secret.
   * @param associatedData the id of the record, so that the value cannot be decrypted in another record
   */
  seal(plaintext: string, associatedData: string): string;
  /**
   * Decrypts what {@link seal} made with any listed secret.
   * @throws UnsealableError when its secret is not listed, it was changed, or it belongs to another record
   */
  unseal(sealed: string, associatedData: string): string;
  /** Whether a sealed value was encrypted with the newest secret. */
  isSealedWithNewest(sealed: string): boolean;
  /** HMAC-SHA-256 under a key of this purpose from the newest secret, base64url. */
  mac(purpose: string, value: string): string;
  /** The same with each listed secret, newest first, to find values that were stored with an older secret. */
  macs(purpose: string, value: string): readonly string[];
  /** Whether this mac of the value was made with a listed secret. Compared in constant time. */
  verifyMac(purpose: string, value: string, mac: string): boolean;
}

const minimumKeyBytes = 32;
const keyIdLength = 8;
const version = 'v1';

function derive(key: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `gatehouse/${info}`, 32));
}

function hmac(key: KeyObject, value: string): string {
  return createHmac('sha256', key).update(value).digest('base64url');
}

/** A sealing key with an id that reveals nothing about it, so that decryption finds the key without trying all. */
function sealingKey(key: Buffer): { readonly id: string; readonly key: KeyObject } {
  const derived = createSecretKey(derive(key, 'seal'));
  return { id: hmac(derived, 'key id').slice(0, keyIdLength), key: derived };
}

/**
 * Creates everything that is derived from the secrets. IVs are random, 96 bits. NIST SP 800-38D §8.3 allows 2^32
 * encryptions with one secret: 136 years at one a second, 16 months at a hundred. A new `SECRET` before the old one
 * starts the count again.
 *
 * @param keys the listed secrets, newest first, each of at least 32 bytes; the newest is used, all are accepted
 */
export function createSecrets(keys: readonly Buffer[]): Secrets {
  if (keys.length === 0) {
    throw new RangeError('at least one secret is needed');
  }
  if (keys.some((key) => key.length < minimumKeyBytes)) {
    throw new RangeError(`a secret has at least ${minimumKeyBytes} bytes`);
  }
  const sealing = keys.map(sealingKey);
  // Key objects are created once for each purpose, because passing raw keys to Node costs more than the HMAC itself.
  // Bounded by the number of purposes in the code.
  const macKeys = new Map<string, readonly KeyObject[]>();

  function macKeysFor(purpose: string): readonly KeyObject[] {
    const known = macKeys.get(purpose);
    if (known) {
      return known;
    }
    const made = keys.map((key) => createSecretKey(derive(key, `mac/${purpose}`)));
    macKeys.set(purpose, made);
    return made;
  }

  function macs(purpose: string, value: string): readonly string[] {
    return macKeysFor(purpose).map((key) => hmac(key, value));
  }

  function newestMac(purpose: string, value: string): string {
    const [key] = macKeysFor(purpose);
    if (!key) {
      throw new RangeError('at least one secret is needed');
    }
    return hmac(key, value);
  }

  function seal(plaintext: string, associatedData: string): string {
    const [newest] = sealing;
    if (!newest) {
      throw new RangeError('at least one secret is needed');
    }
    return `${version}.${newest.id}.${encrypt(newest.key, plaintext, associatedData).toString('base64url')}`;
  }

  function unseal(sealed: string, associatedData: string): string {
    const [format, keyId, body] = sealed.split('.');
    if (format !== version || body === undefined) {
      throw new UnsealableError('the value is not in the format of a sealed value');
    }
    const found = sealing.find(({ id }) => id === keyId);
    if (!found) {
      throw new UnsealableError('the value was sealed under a secret that SECRET does not list');
    }
    const opened = decrypt(found.key, Buffer.from(body, 'base64url'), associatedData);
    if (opened === undefined) {
      throw new UnsealableError('the sealed value was cut short or altered, or belongs to another record');
    }
    return opened;
  }

  function verifyMac(purpose: string, value: string, mac: string): boolean {
    const given = Buffer.from(mac);
    // All listed secrets are tried even after a match, so that the time does not reveal which one matched.
    return macs(purpose, value).reduce((matched, expected) => {
      const computed = Buffer.from(expected);
      return (computed.length === given.length && timingSafeEqual(computed, given)) || matched;
    }, false);
  }

  return {
    seal,
    unseal,
    isSealedWithNewest: (sealed) => sealed.split('.')[1] === sealing[0]?.id,
    mac: newestMac,
    macs,
    verifyMac,
  };
}

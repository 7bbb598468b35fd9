/**
 * Encrypts a value so that only the holder of a bearer value (a code, a refresh token) can read it: the key is derived
 * from the bearer value, of which the database has only a digest. So neither a copy of the database nor the server's
 * own secret opens it.
 */
import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { UnsealableError } from '../errors.ts';
import { decrypt, encrypt } from './authenticated-encryption.ts';

/**
 * The one-step key derivation of NIST SP 800-56C (§4.1) with SHA-256: a counter, the bearer value, and what the key is
 * for. The counter comes first, so the key does not follow from the digest of the value, which is stored.
 */
function keyOf(bearer: string): KeyObject {
  return createSecretKey(hash('sha256', `\0\0\0\x01${bearer}gatehouse/seal for the holder`, 'buffer'));
}

/** @param associatedData the id of the record, so that the value cannot be decrypted in another record */
export function sealForHolder(bearer: string, plaintext: string, associatedData: string): string {
  return encrypt(keyOf(bearer), plaintext, associatedData).toString('base64url');
}

/** @throws UnsealableError when it was sealed for the holder of another value, changed, or belongs to another record */
export function unsealAsHolder(bearer: string, sealed: string, associatedData: string): string {
  const opened = decrypt(keyOf(bearer), Buffer.from(sealed, 'base64url'), associatedData);
  if (opened === undefined) {
    throw new UnsealableError('the value was sealed for the holder of another token, or belongs to another record');
  }
  return opened;
}

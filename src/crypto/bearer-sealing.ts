/**
 * Encrypts a value so that only the holder of a bearer value (a code, a refresh token) can read it: the key is derived
 * from the bearer value, of which the database has only a digest. So neither a copy of the database nor the server's
 * own secret opens it.
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { UnsealableError } from '../errors.ts';
import { decrypt, encrypt } from './authenticated-encryption.ts';

/** HKDF (RFC 5869) with SHA-256. The bearer value has 256 random bits, so no salt is needed. */
function keyOf(bearer: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', bearer, '', 'gatehouse/seal for the holder', 32)));
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

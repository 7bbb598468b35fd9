/** AES-256-GCM (NIST SP 800-38D) with a random IV of 96 bits and a tag of 128 bits. */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { takeRandomBytes } from './random-bytes.ts';

const ivBytes = 12;
const tagBytes = 16;

/**
 * @param key an object, because a key in a Buffer costs more than all the rest
 * @param associatedData must be the same for decryption; it is not part of the result
 */
export function encrypt(key: KeyObject, plaintext: string, associatedData: string): Buffer {
  const iv = takeRandomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(associatedData));
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @returns undefined if it was made with another key or other associated data, or was changed */
export function decrypt(key: KeyObject, encrypted: Buffer, associatedData: string): string | undefined {
  if (encrypted.length < ivBytes + tagBytes) {
    return undefined;
  }
  const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(associatedData));
  decipher.setAuthTag(encrypted.subarray(encrypted.length - tagBytes));
  try {
    const plaintext = decipher.update(encrypted.subarray(ivBytes, encrypted.length - tagBytes));
    // Verifies the tag. It has nothing to add, because GCM encrypts byte by byte.
    decipher.final();
    return plaintext.toString('utf8');
  } catch {
    return undefined;
  }
}

/**
 * The text of a recovery code: 16 characters in groups of four. There are 32 possible characters, without those that
 * look alike (Crockford's base32), so a code has 80 random bits. NIST SP 800-63B-4 §3.1.2 demands 64 where attempts are
 * not limited.
 */
import { randomInt } from 'node:crypto';

const characters = '0123456789abcdefghjkmnpqrstvwxyz';
const length = 16;
const groupLength = 4;

/** Makes a code from the system's random source. */
export function newRecoveryCode(): string {
  const text = Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join('');
  return (text.match(new RegExp(`.{${groupLength}}`, 'g')) ?? []).join('-');
}

/**
 * A code as it was typed, in the form that is compared: without spaces and dashes, in small letters, and with the
 * characters that people mistake for others replaced.
 * @returns undefined for text that is not a code
 */
export function normaliseRecoveryCode(text: string): string | undefined {
  if (text.length > 4 * length) {
    return undefined;
  }
  const typed = text.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return typed.length === length && Array.from(typed).every((one) => characters.includes(one)) ? typed : undefined;
}

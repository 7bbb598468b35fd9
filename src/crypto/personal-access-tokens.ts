/**
 * The text of a personal access token: `gth_pat_`, 30 random characters, and 6 characters of checksum, all base62. The
 * prefix and the checksum let scanners recognise a leaked token without asking this server (the form of GitHub's
 * tokens). 30 characters of base62 have 178 random bits.
 */
import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const prefix = 'gth_pat_';
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomLength = 30;
const checksumLength = 6;
const form = new RegExp(`^${prefix}([0-9A-Za-z]{${randomLength}})([0-9A-Za-z]{${checksumLength}})$`);

/** CRC-32 (ISO 3309, as in gzip) of the random characters, as a number in base62 with leading zeros. */
function checksum(random: string): string {
  let rest = crc32(random);
  let text = '';
  while (text.length < checksumLength) {
    text = digits.charAt(rest % digits.length) + text;
    rest = Math.floor(rest / digits.length);
  }
  return text;
}

/** Makes a new value from the system's random source. */
export function newPersonalAccessToken(): string {
  const random = Array.from({ length: randomLength }, () => digits.charAt(randomInt(digits.length))).join('');
  return `${prefix}${random}${checksum(random)}`;
}

/** Whether the text has the form and the checksum of a personal access token. It may not exist. */
export function isPersonalAccessToken(text: string): boolean {
  const [, random, check] = form.exec(text) ?? [];
  return random !== undefined && check === checksum(random);
}

/**
 * What an email address is here: one mailbox that mail can be sent to, and the key under which it belongs to one
 * account. Whether anybody reads mail there is not known from this file.
 */
import { domainToASCII } from 'node:url';
import { InvalidInputError } from '../errors.ts';

export interface EmailAddress {
  /** As the person wrote it, without spaces around. */
  readonly address: string;
  /** What is compared, unique among accounts: lower case, the domain in its ASCII form (RFC 5890). */
  readonly key: string;
  /** What mail is sent to: the local part as written, the domain in its ASCII form. */
  readonly mailbox: string;
}

// RFC 5321 §4.5.3.1 and its erratum 1690: 64 octets, and 254 for the whole.
const longestLocalPart = 64;
const longestAddress = 254;

/**
 * A dot-string of RFC 5321 §4.1.2. Quoted local parts and those outside of ASCII (RFC 6531) are refused: few servers
 * deliver to them, and both make room for look-alikes of another person's address.
 */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
/** Letters of any script, their marks and digits: `domainToASCII` judges them, but would also undo percent encoding. */
const writtenDomain = /^[\p{L}\p{M}\p{N}.-]+$/u;
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;

function invalid(): InvalidInputError {
  return new InvalidInputError('Write one email address, such as ada@example.com.', 'email');
}

/**
 * Reads one address. A domain's Unicode and ASCII spellings give the same key; upper and lower case do, too, in the
 * local part as well: no two people share a mailbox that differs by case alone (RFC 5321 §2.4 discourages it).
 *
 * @throws InvalidInputError for a list, control characters, look-alike separators, a domain without a dot or an IP
 *   address in its place, and whatever is longer than 254 characters
 */
export function parseEmailAddress(text: string): EmailAddress {
  if (text.length > longestAddress * 2) {
    throw invalid();
  }
  const address = text.replaceAll(/^ +| +$/g, '');
  const parts = address.split('@');
  const [local, domain] = parts;
  // A full-width @ becomes an ordinary one when a mail program normalises: there must be one in either reading.
  if (
    local === undefined ||
    domain === undefined ||
    parts.length !== 2 ||
    address.normalize('NFKC').split('@').length !== 2
  ) {
    throw invalid();
  }
  if (local.length > longestLocalPart || !localPart.test(local) || !writtenDomain.test(domain)) {
    throw invalid();
  }
  const ascii = domainToASCII(domain);
  const mailbox = `${local}@${ascii}`;
  if (!asciiDomain.test(ascii) || mailbox.length > longestAddress || address.length > longestAddress) {
    throw invalid();
  }
  return { address, key: mailbox.toLowerCase(), mailbox };
}

/**
 * The key under which a sign-in looks for an account and counts attempts: that of an address where the text is one,
 * else the text itself behind a space, which is the key of no account.
 */
export function emailKeyOf(text: string): string {
  try {
    return parseEmailAddress(text).key;
  } catch {
    return ` ${text.slice(0, longestAddress).toWellFormed().toLowerCase()}`;
  }
}

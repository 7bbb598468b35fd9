/**
 * Parses email addresses: one mailbox that mail can be sent to, and the key that is unique among users. Does not check
 * whether the mailbox exists.
 */
import { domainToASCII } from 'node:url';
import { InvalidInputError } from '../../errors.ts';

export interface EmailAddress {
  /** As the user wrote it, without spaces around. */
  readonly address: string;
  /** For comparing, unique among users: lower case, the domain in its ASCII form (RFC 5890). */
  readonly key: string;
  /** For sending mail: the local part as written, the domain in its ASCII form. */
  readonly mailbox: string;
}

// RFC 5321 §4.5.3.1 and its erratum 1690: 64 octets, and 254 for the whole.
const maxLocalPartLength = 64;
const maxAddressLength = 254;

/**
 * A dot-string of RFC 5321 §4.1.2. Quoted and non-ASCII local parts (RFC 6531) are rejected: few servers deliver to
 * them, and both allow addresses that look like another user's.
 */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
/**
 * Letters, marks and digits of any script. `domainToASCII` validates further, but would also decode percent encoding.
 */
const writtenDomain = /^[\p{L}\p{M}\p{N}.-]+$/u;
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;

function invalid(): InvalidInputError {
  return new InvalidInputError('Write one email address, such as ada@example.com.', 'email');
}

/**
 * Parses one address. The Unicode and ASCII spellings of a domain give the same key. So do upper and lower case, also
 * in the local part: RFC 5321 §2.4 discourages mailboxes that differ only by case.
 *
 * @throws InvalidInputError for a list, control characters, look-alike separators, a domain without a dot, an IP
 *   address in place of a domain, and an address of more than 254 characters
 */
export function parseEmailAddress(text: string): EmailAddress {
  if (text.length > maxAddressLength * 2) {
    throw invalid();
  }
  const address = text.replaceAll(/^ +| +$/g, '');
  const parts = address.split('@');
  const [local, domain] = parts;
  // A mail program may normalise a full-width @ to an ordinary one, so there must be one @ in both forms.
  if (
    local === undefined ||
    domain === undefined ||
    parts.length !== 2 ||
    address.normalize('NFKC').split('@').length !== 2
  ) {
    throw invalid();
  }
  if (local.length > maxLocalPartLength || !localPart.test(local) || !writtenDomain.test(domain)) {
    throw invalid();
  }
  const ascii = domainToASCII(domain);
  const mailbox = `${local}@${ascii}`;
  if (!asciiDomain.test(ascii) || mailbox.length > maxAddressLength || address.length > maxAddressLength) {
    throw invalid();
  }
  return { address, key: mailbox.toLowerCase(), mailbox };
}

/**
 * The key by which a sign-in finds the user and counts attempts. For text that is not an email address it is a space
 * and the text, which is never the key of a user.
 */
export function emailKeyOf(text: string): string {
  try {
    return parseEmailAddress(text).key;
  } catch {
    return ` ${text.slice(0, maxAddressLength).toWellFormed().toLowerCase()}`;
  }
}

/**
 * Reads `SECRET`, a list of one or more keys, and rejects keys that are not random. What is *not* done: no check can
 * prove that bytes are random. The checks find placeholders, patterns and phrases; the probability that a key of 32
 * random bytes fails one of them is below one in a million.
 */

/** Words that are typical of placeholders, in lower case. A key that contains one, in any case, is rejected. */
const placeholders = [
  'changeme',
  'change-me',
  'change_me',
  'example',
  'password',
  'secret',
  'default',
  'gatehouse',
  'insecure',
  'abcdefgh',
  '12345678',
];

const minBytes = 32;

function decode(text: string): Buffer | undefined {
  if (/^[0-9a-f]+$/i.test(text)) {
    return text.length % 2 === 0 ? Buffer.from(text, 'hex') : undefined;
  }
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** Whether the text is a repetition of a part that is at most half as long. */
function repeats(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.startsWith(text.slice(period))) {
      return true;
    }
  }
  return false;
}

/** Whether each byte differs from the previous one by the same amount: `00 00 00…`, `00 01 02…`. */
function isProgression(bytes: Buffer): boolean {
  const step = ((bytes[1] ?? 0) - (bytes[0] ?? 0)) & 0xff;
  return bytes.every((byte, index) => index === 0 || ((byte - (bytes[index - 1] ?? 0)) & 0xff) === step);
}

function looksTyped(text: string, bytes: Buffer): boolean {
  const isHex = /^[0-9a-f]+$/i.test(text);
  const lower = text.toLowerCase();
  return (
    repeats(bytes.toString('latin1')) ||
    repeats(text) ||
    isProgression(bytes) ||
    new Set(bytes).size < 12 ||
    (!isHex && (placeholders.some((word) => lower.includes(word)) || text === lower || text === text.toUpperCase()))
  );
}

/**
 * @param raw keys in base64, base64url or hex, separated by commas, newest first.
 * @returns the keys, or a description of the problem, which contains no part of the list.
 */
export function parseSecrets(raw: string): { readonly secrets: readonly Buffer[] } | { readonly fault: string } {
  const texts = raw
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const secrets: Buffer[] = [];
  for (const [index, text] of texts.entries()) {
    const position = texts.length === 1 ? '' : ` (number ${index + 1} of ${texts.length} is not)`;
    const bytes = decode(text);
    if (bytes === undefined) {
      return { fault: `base64, base64url or hex of at least ${minBytes} random bytes${position}` };
    }
    if (bytes.length < minBytes) {
      return { fault: `at least ${minBytes} random bytes, not ${bytes.length}${position}` };
    }
    if (looksTyped(text, bytes)) {
      return { fault: `random bytes, not a pattern, phrase or example${position}` };
    }
    secrets.push(bytes);
  }
  return secrets.length === 0 ? { fault: `at least ${minBytes} random bytes` } : { secrets };
}

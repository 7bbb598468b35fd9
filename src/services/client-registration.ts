/**
 * What a client may be: the rules that every door to registration shares (command line now, console and dynamic
 * registration later). The engine's own validation accepts more than is safe: plain http for web apps, credentials in
 * URIs, scheme names without a dot, text that reorders itself on a consent page (docs/decisions.md, decision 14).
 */
import { InvalidInputError } from '../errors.ts';
import type { ClientDocument, ClientType } from '../storage/collections.ts';

export type AuthMethod = ClientDocument['authMethod'];

export interface RegistrationRules {
  /** True in development, and where `ISSUER` itself is plain http: web apps on a loopback host may then use plain http, too. */
  readonly allowHttpLoopback: boolean;
}

const longestUri = 2048;
const mostUris = 50;
const longestName = 100;

/** Control characters, and characters that hide or reorder text (bidi controls, zero-width, byte order mark, tags). */
const deceptive =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** The name that people read on the consent page. */
export function validName(name: string, field = 'name'): string {
  const trimmed = name.normalize('NFC').trim();
  if (trimmed.length === 0 || Array.from(trimmed).length > longestName) {
    throw new InvalidInputError(`${field} must have 1 to ${longestName} characters.`, field);
  }
  if (deceptive.test(trimmed)) {
    throw new InvalidInputError(
      `${field} must not contain control, invisible or direction-changing characters.`,
      field,
    );
  }
  return trimmed;
}

/** A `client_id`: never of the form of an account's `sub` (RFC 9700 §4.15). */
export function validClientId(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/.test(id) || /^(?:usr_|gatehouse)/i.test(id)) {
    throw new InvalidInputError(
      'A client id has 3 to 64 of A-Z, a-z, 0-9, ".", "_" and "-", starts with a letter or digit, and does not start with "usr_" or "gatehouse".',
      'id',
    );
  }
  return id;
}

export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function parse(uri: string, field: string): URL {
  // The text itself is compared later, byte by byte (RFC 9700 §2.1), so nothing may stand in it that a parser drops.
  if (uri.length > longestUri) {
    throw new InvalidInputError(`${field}: a URI may have at most ${longestUri} characters.`, field);
  }
  if (!/^[\x21-\x7e]+$/.test(uri)) {
    throw new InvalidInputError(
      `${field}: "${uri.trim()}" contains white space, control or non-ASCII characters; percent-encode them.`,
      field,
    );
  }
  if (!URL.canParse(uri)) {
    throw new InvalidInputError(
      `${field}: "${uri}" is not an absolute URI, such as https://app.example/callback.`,
      field,
    );
  }
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidInputError(`${field}: "${uri}" must not contain credentials.`, field);
  }
  return url;
}

/** A URI that is compared exactly with what an app sends later. */
function parseExact(uri: string, field: string): URL {
  const url = parse(uri, field);
  if (uri.includes('#')) {
    throw new InvalidInputError(`${field}: "${uri}" must not have a fragment (RFC 6749 §3.1.2).`, field);
  }
  if (uri.includes('*')) {
    throw new InvalidInputError(
      `${field}: "${uri}" must not contain "*": URIs are compared exactly (RFC 9700 §2.1).`,
      field,
    );
  }
  return url;
}

function webUri(uri: string, field: string, rules: RegistrationRules): string {
  return requireHttps(parseExact(uri, field), uri, field, rules);
}

function requireHttps(url: URL, uri: string, field: string, rules: RegistrationRules): string {
  const loopback = isLoopbackHost(url.hostname);
  if (url.protocol === 'https:' && url.hostname !== '') {
    return uri;
  }
  if (url.protocol === 'http:' && loopback) {
    if (rules.allowHttpLoopback) {
      return uri;
    }
    throw new InvalidInputError(
      `${field}: "${uri}" must use https: plain http on a loopback address is for development only.`,
      field,
    );
  }
  throw new InvalidInputError(`${field}: "${uri}" must use https.`, field);
}

function nativeUri(uri: string, field: string): string {
  const url = parseExact(uri, field);
  if (url.protocol === 'https:') {
    return uri;
  }
  if (url.protocol === 'http:') {
    if (url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)) {
      return uri;
    }
    throw new InvalidInputError(
      `${field}: "${uri}": a native app listens on the loopback literal http://127.0.0.1/… or http://[::1]/… (RFC 8252 §7.3, §8.3).`,
      field,
    );
  }
  if (!url.protocol.slice(0, -1).includes('.')) {
    throw new InvalidInputError(
      `${field}: the scheme of "${uri}" must be a reversed domain name such as com.example.app (RFC 8252 §7.1).`,
      field,
    );
  }
  return uri;
}

function several(uris: readonly string[], field: string, check: (uri: string) => string): readonly string[] {
  if (uris.length > mostUris) {
    throw new InvalidInputError(`${field}: at most ${mostUris} are allowed.`, field);
  }
  return [...new Set(uris.map(check))];
}

/** Redirect URIs of a client of this type: exact, https, and for native apps as RFC 8252 has them. */
export function validRedirectUris(
  type: ClientType,
  uris: readonly string[],
  rules: RegistrationRules,
): readonly string[] {
  if (type === 'machine') {
    if (uris.length > 0) {
      throw new InvalidInputError('A machine client has no redirect URIs.', 'redirect-uri');
    }
    return [];
  }
  if (uris.length === 0) {
    throw new InvalidInputError(`A ${type} client needs at least one redirect URI.`, 'redirect-uri');
  }
  return several(uris, 'redirect-uri', (uri) =>
    type === 'native' ? nativeUri(uri, 'redirect-uri') : webUri(uri, 'redirect-uri', rules),
  );
}

export function validPostLogoutRedirectUris(
  type: ClientType,
  uris: readonly string[],
  rules: RegistrationRules,
): readonly string[] {
  const field = 'post-logout-redirect-uri';
  return several(uris, field, (uri) => (type === 'native' ? nativeUri(uri, field) : webUri(uri, field, rules)));
}

/** Where logout tokens are sent. Whether the address may be private is decided when it is called, not here. */
export function validBackchannelLogoutUri(uri: string, rules: RegistrationRules): string {
  return webUri(uri, 'backchannel-logout-uri', rules);
}

/**
 * The address of a page that people may open from the consent page: the app's site, its privacy policy or its terms
 * (`client_uri`, `policy_uri`, `tos_uri`, RFC 7591 §2). Always https, so that it can run nothing on our pages. Whether
 * the page exists is not checked.
 */
export function validPageUri(uri: string, field: string, rules: RegistrationRules): string {
  return requireHttps(parse(uri, field), uri, field, rules);
}

/** Origins (scheme, host, port) from which a browser app may call the token and userinfo endpoints. */
export function validOrigins(origins: readonly string[], rules: RegistrationRules): readonly string[] {
  return several(origins, 'allowed-origin', (origin) => {
    const url = new URL(webUri(origin, 'allowed-origin', rules));
    if (url.origin !== origin) {
      throw new InvalidInputError(
        `allowed-origin: "${origin}" must be an origin alone, such as ${url.origin}.`,
        'allowed-origin',
      );
    }
    return origin;
  });
}

const methodsOf: Record<ClientType, readonly AuthMethod[]> = {
  web: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  machine: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  // A secret shipped in an app is no secret (RFC 8252 §8.5).
  browser: ['none'],
  native: ['none'],
};

/** How the client authenticates; the first of its type's methods where nothing is asked for. */
export function validAuthMethod(type: ClientType, method: string | undefined): AuthMethod {
  const [fallback = 'none' as const, ...others] = methodsOf[type];
  if (method === undefined) {
    return fallback;
  }
  const chosen = [fallback, ...others].find((candidate) => candidate === method);
  if (chosen === undefined) {
    throw new InvalidInputError(
      `A ${type} client authenticates by ${methodsOf[type].join(', ')}, not "${method}".`,
      'auth-method',
    );
  }
  return chosen;
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];
const mostKeys = 20;

function validKey(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError('jwks: each key must be a JSON object (RFC 7517 §4).', 'jwks');
  }
  const key: Record<string, unknown> = { ...value };
  if (privateMembers.some((member) => member in key)) {
    throw new InvalidInputError(
      'jwks: contains a private or symmetric key. Register public keys only, and replace this one: it has left its owner.',
      'jwks',
    );
  }
  if (key['kty'] === 'RSA' && typeof key['n'] === 'string' && Buffer.from(key['n'], 'base64url').length >= 256) {
    return key;
  }
  if (key['kty'] === 'EC' && key['crv'] === 'P-256') {
    return key;
  }
  if (key['kty'] === 'OKP' && key['crv'] === 'Ed25519') {
    return key;
  }
  throw new InvalidInputError('jwks: a key must be RSA of at least 2048 bits, EC P-256, or Ed25519.', 'jwks');
}

/** A JWK Set of public keys, as text; returned normalised. */
export function validJwks(text: string): string {
  if (text.length > 64 * 1024) {
    throw new InvalidInputError('jwks: at most 64 KiB.', 'jwks');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InvalidInputError('jwks: is not JSON. Expected a JWK Set, {"keys": [ … ]} (RFC 7517 §5).', 'jwks');
  }
  const keys: unknown = typeof parsed === 'object' && parsed !== null && 'keys' in parsed ? parsed.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > mostKeys) {
    throw new InvalidInputError(`jwks: expected {"keys": [ … ]} with 1 to ${mostKeys} keys (RFC 7517 §5).`, 'jwks');
  }
  return JSON.stringify({ keys: keys.map(validKey) });
}

/** A logo as a data URI: it is served from here, never fetched from elsewhere, and never an SVG (which can carry script). */
export function validLogo(bytes: Buffer): string {
  const kinds: readonly (readonly [string, Buffer])[] = [
    ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
    ['image/webp', Buffer.from('RIFF')],
  ];
  const kind = kinds.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  if (kind === undefined || bytes.length > 64 * 1024) {
    throw new InvalidInputError('logo: expected a PNG, JPEG or WebP picture of at most 64 KiB.', 'logo');
  }
  return `data:${kind[0]};base64,${bytes.toString('base64')}`;
}

export function validColor(color: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(color)) {
    throw new InvalidInputError('color: expected six hexadecimal digits, such as #2f6f4f.', 'color');
  }
  return color.toLowerCase();
}

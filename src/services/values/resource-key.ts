/**
 * When two addresses of APIs are the same address (RFC 3986 §6.2.2, §6.2.3). An API is registered under one spelling;
 * clients that add a slash or a default port mean the same API.
 */

/** The parts of a URI (RFC 3986 appendix B) without a fragment, which no API's identifier has (RFC 8707 §2). */
const uri =
  /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?:\/\/(?<authority>[^/?#\\]*))?(?<path>[^?#\\]*)(?<query>\?[^#\\]*)?$/;
/** A user name before the host, which is compared exactly, the host (also an IPv6 literal), and the port. */
const authorityParts = /^(?<user>.*@)?(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d*))?$/;

const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443' };

/** Decodes what needs no encoding, and writes the rest with capital letters (RFC 3986 §6.2.2.1, §6.2.2.2). */
function normalizeEncoding(text: string): string {
  return text.replaceAll(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCodePoint(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });
}

/** RFC 3986 §5.2.4, for a path that begins with a slash. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [at, segment] of segments.entries()) {
    const isLast = at === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..') {
        kept.pop();
      }
      if (isLast) {
        kept.push('');
      }
    } else {
      kept.push(segment);
    }
  }
  return `/${kept.join('/')}`;
}

function normalizeAuthority(authority: string, scheme: string): string | undefined {
  const { user = '', host = '', port = '' } = authorityParts.exec(authority)?.groups ?? {};
  if (!authorityParts.test(authority)) {
    return undefined;
  }
  return `${user}${host.toLowerCase()}${port === '' || port === defaultPorts[scheme] ? '' : `:${port}`}`;
}

/**
 * The text by which two identifiers of APIs are compared: equal texts mean the same API. Text that is not a URI is
 * compared exactly.
 */
export function resourceKey(identifier: string): string {
  const parts = /^[\x21-\x7e]+$/.test(identifier) ? uri.exec(normalizeEncoding(identifier))?.groups : undefined;
  if (parts === undefined) {
    return identifier;
  }
  const { authority, path = '', query = '' } = parts;
  const scheme = String(parts['scheme']).toLowerCase();
  if (authority === undefined) {
    return `${scheme}:${path.startsWith('/') ? removeDotSegments(path) : path}${query}`;
  }
  const normalized = normalizeAuthority(authority, scheme);
  return normalized === undefined
    ? identifier
    : `${scheme}://${normalized}${path === '' ? '/' : removeDotSegments(path)}${query}`;
}

/**
 * The registered identifier that `named` means: the equal text, else the text that is the same address; undefined if
 * there is none. Databases of earlier versions may have two APIs with the same address; each is found by its text.
 */
export function registeredIdentifier(registered: readonly string[], named: string): string | undefined {
  if (registered.includes(named)) {
    return named;
  }
  const key = resourceKey(named);
  return registered.find((identifier) => resourceKey(identifier) === key);
}

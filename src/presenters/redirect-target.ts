/** A redirect URI in the short form that pages show. */

/**
 * The host of a web address, or else the scheme of an app. What follows a private-use scheme looks like a host, but
 * nobody has proven to own it (RFC 8252 §7.1).
 */
export function redirectTarget(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return protocol === 'https:' || protocol === 'http:' ? host : protocol.slice(0, -1);
}

/** What pages show of a client. */

/** The short form of a redirect URI for pages: its host, or its scheme if it has no host (RFC 8252 §7.1). */
export function redirectPlace(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? protocol.slice(0, -1) : host;
}

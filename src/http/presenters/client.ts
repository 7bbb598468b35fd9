/** What pages show of a client. */

/** Where a redirect URI leads, for a person: its host, or an app's own scheme, which has none (RFC 8252 §7.1). */
export function redirectPlace(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? protocol.slice(0, -1) : host;
}

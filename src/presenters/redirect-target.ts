/** A redirect URI in the short form that pages show. */

/** The host of a redirect URI, or its scheme if it has no host (RFC 8252 §7.1). */
export function redirectTarget(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? protocol.slice(0, -1) : host;
}

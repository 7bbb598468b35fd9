/** The addresses of one-time links, made from the token that a service returned. */

/** The page that sets a password (http/routes/one-time-links.ts). @param issuer the server's address */
export function passwordLinkAddress(issuer: string, token: string): string {
  return `${issuer}/password/${token}`;
}

/** The page that creates the first administrator. @param issuer the server's address */
export function setupLinkAddress(issuer: string, token: string): string {
  return `${issuer}/setup/${token}`;
}

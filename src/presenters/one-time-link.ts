/** The addresses of one-time links, made from the token that a service returned. */

/** The page that sets a password (http/routes/one-time-links.ts). @param issuer the server's address */
export function passwordLinkAddress(issuer: string, token: string): string {
  return `${issuer}/password/${token}`;
}

/** A page on which an account is made (http/routes/sign-up-links.ts). @param issuer the server's address */
export function signUpLinkAddress(
  issuer: string,
  { purpose, token }: { readonly purpose: 'sign-up' | 'invitation'; readonly token: string },
): string {
  return `${issuer}/${purpose}/${token}`;
}

/** The page that creates the first administrator. @param issuer the server's address */
export function setupLinkAddress(issuer: string, token: string): string {
  return `${issuer}/setup/${token}`;
}

/** The pages about the email address (http/routes/email-links.ts). @param issuer the server's address */
export function emailLinkAddress(
  issuer: string,
  purpose: 'confirm-email' | 'change-email' | 'undo-email',
  token: string,
): string {
  return `${issuer}/${purpose}/${token}`;
}

/** The claims of a user's access token about the login that it comes from. */
import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * When and how the user signed in (RFC 9068 §2.2.1), also in the answer of introspection for an opaque token (RFC 9470
 * §6.2). After a refresh they are still those of the login. A token of a machine has none, and neither has one that was
 * exchanged.
 */
export function loginClaims({ oidc }: KoaContextWithOIDC): Readonly<Record<string, unknown>> {
  const { authTime, acr, amr } = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode ?? {};
  const claims = { auth_time: authTime, acr, amr };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

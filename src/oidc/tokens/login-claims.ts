/** The claims of a user's access token about the login that it comes from. */
import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * When and how the user signed in (RFC 9068 §2.2.1), also in the answer of introspection for an opaque token (RFC 9470
 * §6.2). After a refresh they are still those of the login. A token of a machine has none.
 */
export function loginClaims({ oidc }: KoaContextWithOIDC): Readonly<Record<string, unknown>> {
  const { authTime, acr, amr } = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode ?? {};
  return definedOf({ auth_time: authTime, acr, amr });
}

/** The same of a token, for one that it is exchanged for: they stay those of the login (RFC 9068 §2.2.1). */
export function readLoginClaims(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return definedOf({ auth_time: claims['auth_time'], acr: claims['acr'], amr: claims['amr'] });
}

function definedOf(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

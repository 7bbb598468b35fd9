/**
 * Authentication context classes (`acr`, OpenID Connect Core §2): how much a login proves. Each step of a login sets
 * the class that it completes.
 */

/** A password over a protected transport (SAML 2.0 Authentication Context §3.4.6). */
export const passwordContext = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

/** Two factors of different kinds, such as a password and a code of a device (REFEDS MFA Profile 1.2). */
export const multiFactorContext = 'https://refeds.org/profile/mfa';

/** A link or a code that was sent to the user's email address. Our own class: no standard has one. */
export const mailContext = 'urn:gatehouse:acr:email';

/** The classes that a login can have, the weakest first; published as `acr_values_supported`. */
export const acrValues: readonly string[] = [mailContext, passwordContext, multiFactorContext];

/** The method reference of a login with more than one factor (RFC 8176 §2). */
export const multiFactorMethod = 'mfa';

/** Whether a login with these method references has proved two factors. Then no step asks for another one. */
export function isMultiFactor(amr: readonly string[]): boolean {
  return amr.includes(multiFactorMethod);
}

/** Whether a login of the class `acr` proves what the class `requested` demands. A stronger class does, too. */
export function satisfies(acr: string | undefined, requested: string): boolean {
  return acr !== undefined && acrValues.includes(requested) && acrValues.indexOf(acr) >= acrValues.indexOf(requested);
}

/** Whether a request with these classes can be satisfied only by a login with two factors. */
export function needsMultiFactor(requested: readonly string[]): boolean {
  return requested.length > 0 && !requested.some((acr) => satisfies(passwordContext, acr));
}

/**
 * The known classes that a request asks for: the value or values of the claim `acr` of the ID token (OpenID Connect
 * Core §5.5.1.1). The engine has copied `acr_values` there.
 */
export function requestedClasses(claim: unknown): readonly string[] {
  const { value, values } = (claim ?? {}) as Readonly<Record<string, unknown>>;
  const requested = Array.isArray(values) ? values : [value];
  return requested.filter((acr): acr is string => acrValues.some((known) => known === acr));
}

/**
 * Authentication context classes (`acr`, OpenID Connect Core §2): how much a login proves. Each step of a login sets
 * the class that it completes.
 */

/** A password over a protected transport (SAML 2.0 Authentication Context §3.4.6). */
export const passwordContext = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

/** The classes that a login can have; published as `acr_values_supported`. */
export const acrValues: readonly string[] = [passwordContext];

/** What an API learns about its caller from a valid access token. */
import type { JWTPayload } from 'jose';
import { invalidToken } from './errors.ts';

export interface StandardClaims {
  /** The user; or the client itself, if a machine calls in its own name (RFC 9068 §2.2). */
  readonly sub: string;
  /** The app that the token was issued to. A personal access token may have none. */
  readonly client_id?: string;
  /** Whether a machine calls in its own name: then there is no user. */
  readonly isMachine: boolean;
  /** The claim `scope`, taken apart. */
  readonly scopes: ReadonlySet<string>;
  /** The APIs that the token is for. */
  readonly aud: readonly string[];
  readonly iss?: string;
  /** Seconds since the epoch. */
  readonly exp?: number;
  /** Seconds since the epoch. */
  readonly iat?: number;
  readonly jti?: string;
  /** By introspection only: the user's email address, unless the API was registered with `--hide-username`. */
  readonly username?: string;
  /** The party that acts for the user, after a token exchange (RFC 8693 §4.1). */
  readonly act?: { readonly sub: string; readonly [claim: string]: unknown };
}

/**
 * The claims of a token.
 * @typeParam Custom the claims that the server adds by its configuration. Their values are signed, but the guard does
 * not
 *   check their types.
 */
export type Claims<Custom extends object = object> = StandardClaims & Custom;

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/**
 * Converts the payload of a token, or the answer of introspection, whose validity was checked before.
 * @throws {GuardError} 401 if a claim has the wrong type, or the token is not for this API
 */
export function toClaims(payload: JWTPayload, audience: string): Claims {
  const { client_id: clientId, scope, aud = [] } = payload;
  const sub = payload.sub ?? clientId;
  const audiences = [aud].flat();
  if (typeof sub !== 'string' || sub === '' || !isTextOrAbsent(clientId) || !isTextOrAbsent(scope)) {
    throw invalidToken('The access token has a claim of the wrong type.');
  }
  if (!audiences.includes(audience)) {
    throw invalidToken('The access token is not for this API.');
  }
  return {
    ...payload,
    sub,
    isMachine: sub === clientId,
    scopes: new Set(scope?.split(' ').filter((value) => value !== '')),
    aud: audiences,
  };
}

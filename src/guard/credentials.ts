/** Where the access token is in a request: in the header `Authorization`, once, and nowhere else. */
import { invalidRequest, invalidToken, missingToken } from './errors.ts';
import type { GuardRequest } from './request.ts';

export interface Credentials {
  /** `DPoP`: the request must have a proof of the key that the token is bound to (RFC 9449 §7.1). */
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

/** The beginning of every personal access token. */
const personalTokenPrefix = 'gth_pat_';

/** `token68` (RFC 9110 §11.2), which is also the syntax of RFC 6750 §2.1. */
const tokenSyntax = /^[A-Za-z0-9\-._~+/]+=*$/;

function hasTokenInQuery(target: string): boolean {
  const query = target.indexOf('?');
  return query !== -1 && new URLSearchParams(target.slice(query)).has('access_token');
}

/**
 * Reads the access token. A token in the URL is never used, because URLs are logged (RFC 9700 §4.3.2): without a header
 * the request has no token, and with one it is malformed (RFC 6750 §3.1). `Authorization: Token` is the scheme of
 * Django REST framework; it is accepted for personal access tokens, which scripts send.
 * @throws {GuardError} 401 without a token; 400 if the request has several, or a malformed one
 */
export function readCredentials(request: GuardRequest): Credentials {
  const [header, ...others] = request.values('authorization');
  if (header === undefined) {
    throw missingToken();
  }
  if (others.length > 0 || hasTokenInQuery(request.target)) {
    throw invalidRequest('Send one access token, in one Authorization header.');
  }
  const [, name = '', token = ''] = /^(\S+)(?: +(.*))?$/.exec(header.trim()) ?? [];
  const scheme = name.toLowerCase();
  if (!['bearer', 'dpop', 'token'].includes(scheme) || token === '') {
    throw missingToken();
  }
  if (!tokenSyntax.test(token)) {
    throw invalidRequest('The Authorization header is malformed.');
  }
  if (scheme === 'token' && !token.startsWith(personalTokenPrefix)) {
    throw invalidToken('Only personal access tokens are accepted with the scheme Token.');
  }
  return { scheme: scheme === 'dpop' ? 'DPoP' : 'Bearer', token };
}

/** Why a request is refused. Every check of the guard throws one of these two errors. */

/**
 * `error` of RFC 6750 §3.1 and RFC 9449 §7.1; `temporarily_unavailable` is of RFC 6749 §4.1.2.1. None, if the request
 * has no access token.
 */
export type ErrorCode =
  'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof' | 'temporarily_unavailable';

interface Reason {
  readonly code?: ErrorCode;
  /** The scopes that the request needs, where its token lacks one. */
  readonly scopes?: readonly string[];
  /** Which scheme the caller should use (RFC 9449 §7.2). */
  readonly scheme?: 'Bearer' | 'DPoP';
  readonly cause?: unknown;
}

/** The request is refused. The message is for its caller: it contains nothing of the token. */
export class GuardError extends Error {
  /** 400, 401 or 403 by RFC 6750 §3.1; 503 if it cannot be decided whether the token is valid. */
  readonly status: 400 | 401 | 403 | 503;
  readonly code: ErrorCode | undefined;
  readonly scopes: readonly string[];
  readonly scheme: 'Bearer' | 'DPoP';

  constructor(status: GuardError['status'], message: string, { code, scopes = [], scheme = 'Bearer', cause }: Reason) {
    super(message, { cause });
    this.name = 'GuardError';
    this.status = status;
    this.code = code;
    this.scopes = scopes;
    this.scheme = scheme;
  }
}

/** RFC 6750 §3.1: a request without a token gets no error code. */
export function missingToken(): GuardError {
  return new GuardError(401, 'An access token is required.', {});
}

export function invalidRequest(message: string): GuardError {
  return new GuardError(400, message, { code: 'invalid_request' });
}

export function invalidToken(message: string, scheme: GuardError['scheme'] = 'Bearer'): GuardError {
  return new GuardError(401, message, { code: 'invalid_token', scheme });
}

export function invalidProof(message: string): GuardError {
  return new GuardError(401, message, { code: 'invalid_dpop_proof', scheme: 'DPoP' });
}

/** @param scopes everything that the request needs; `missing` is the part that the token lacks */
export function insufficientScope(scopes: readonly string[], missing: readonly string[]): GuardError {
  const message = `The access token lacks the scope ${missing.join(' ')}.`;
  return new GuardError(403, message, { code: 'insufficient_scope', scopes });
}

/** An outage of the authorization server says nothing about the token, so the answer is not 401. */
export function unavailable(cause: unknown): GuardError {
  const message = 'The access token cannot be checked at the moment.';
  return new GuardError(503, message, { code: 'temporarily_unavailable', cause });
}

/**
 * How the API identifies its caller: one check for JWT access tokens (RFC 9068), one for opaque tokens (RFC 7662). Both
 * return a {@link Caller} or throw an {@link ApiError}; both check the token on every request.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';

export interface Caller {
  /** The owner of the data: a user, or the machine client itself. */
  readonly subject: string;
  readonly clientId: string;
  /** True if a machine client calls in its own name: then the subject is the client (RFC 9068 §2.2). */
  readonly isMachine: boolean;
  readonly scopes: ReadonlySet<string>;
}

export type CheckToken = (token: string) => Promise<Caller>;

/** An error response (RFC 6750 §3): a status, and the parameters of `WWW-Authenticate`. */
export class ApiError extends Error {
  readonly status: 401 | 403 | 503;
  readonly challenge: Readonly<Record<string, string>>;

  constructor(status: 401 | 403 | 503, challenge: Readonly<Record<string, string>> = {}) {
    super(
      challenge['error_description'] ??
        (status === 503 ? 'The authorization server cannot be reached.' : 'An access token is required.'),
    );
    this.status = status;
    this.challenge = challenge;
  }
}

const invalidToken = (description: string) =>
  new ApiError(401, { error: 'invalid_token', error_description: description });

/** The maximum difference, in seconds, between the clocks of the two machines. */
const clockTolerance = 5;
/** The maximum time, in milliseconds, that the authorization server may take to answer. */
const timeoutMs = 5000;

async function discover(issuer: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  const metadata: unknown = await response.json();
  if (
    !response.ok ||
    typeof metadata !== 'object' ||
    metadata === null ||
    !('issuer' in metadata) ||
    metadata.issuer !== issuer
  ) {
    throw new Error(`${issuer} is not an OpenID provider.`);
  }
  return { ...metadata };
}

/** Loads a value once and caches it. After a failure, the next call tries again. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

function endpoint(metadata: Record<string, unknown>, name: string): URL {
  const value = metadata[name];
  if (typeof value !== 'string') {
    throw new Error(`The authorization server has no ${name}.`);
  }
  return new URL(value);
}

function toCaller(claims: { readonly [claim: string]: unknown }): Caller {
  const { sub, client_id: clientId, scope } = claims;
  if (typeof clientId !== 'string') {
    throw invalidToken('The access token does not name its client.');
  }
  return {
    subject: typeof sub === 'string' ? sub : clientId,
    clientId,
    isMachine: sub === undefined || sub === clientId,
    scopes: new Set(typeof scope === 'string' ? scope.split(' ') : []),
  };
}

/** True if the token is invalid; false if the check itself failed, because the keys could not be loaded. */
function isTokenError(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    error.code !== 'ERR_JWKS_TIMEOUT' &&
    error.code !== 'ERR_JWKS_INVALID' &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}

/**
 * Checks the signature, issuer, audience, type and time of a JWT, without asking the server. A revoked token stays
 * valid until it expires, so these tokens have a lifetime of minutes.
 */
export function jwtCheck(options: { readonly issuer: string; readonly audience: string }): CheckToken {
  const keys = once<JWTVerifyGetKey>(async () =>
    createRemoteJWKSet(endpoint(await discover(options.issuer), 'jwks_uri'), { timeoutDuration: timeoutMs }),
  );
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, await keys(), {
        issuer: options.issuer,
        audience: options.audience,
        // RFC 9068 §4: ID tokens and logout tokens are signed by the same keys, but are not access tokens.
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
        clockTolerance,
      });
      return toCaller(payload);
    } catch (error) {
      if (error instanceof ApiError) {
        throw error;
      }
      if (isTokenError(error)) {
        throw invalidToken(
          error.code === 'ERR_JWT_EXPIRED'
            ? 'The access token has expired.'
            : 'The access token is not valid for this API.',
        );
      }
      throw new ApiError(503);
    }
  };
}

/** Asks the server about each token, so a revoked token is rejected immediately. */
export function introspectionCheck(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): CheckToken {
  const { issuer, audience, clientId, clientSecret } = options;
  const address = once(async () => endpoint(await discover(issuer), 'introspection_endpoint'));
  // RFC 6749 §2.3.1: the id and the secret are form-encoded before they are joined.
  const credentials = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString(
    'base64',
  );
  return async (token) => {
    let answer: unknown;
    try {
      const response = await fetch(await address(), {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) {
        throw new Error(`Introspection answered ${response.status}.`);
      }
      answer = await response.json();
    } catch {
      // This does not mean that the token is invalid.
      throw new ApiError(503);
    }
    const claims = { ...(typeof answer === 'object' ? answer : {}) } as Record<string, unknown>;
    if (claims['active'] !== true || claims['aud'] !== audience) {
      throw invalidToken('The access token is not active, or not for this API.');
    }
    return toCaller(claims);
  };
}

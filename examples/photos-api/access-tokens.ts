/**
 * How the API knows who calls: one check for JWT access tokens (RFC 9068), one for opaque ones (RFC 7662). Both answer
 * with the same {@link Caller} or throw a {@link Refusal}; both look at the token on every request.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';

export interface Caller {
  /** Whose data this is about: a person, or the machine client itself. */
  readonly subject: string;
  readonly clientId: string;
  /** True where a machine calls in its own name: then the subject is the client (RFC 9068 §2.2). */
  readonly isMachine: boolean;
  readonly scopes: ReadonlySet<string>;
}

export type CheckToken = (token: string) => Promise<Caller>;

/** What the caller is told (RFC 6750 §3): a status, and the parameters of `WWW-Authenticate`. */
export class Refusal extends Error {
  readonly status: 401 | 403 | 503;
  readonly challenge: Readonly<Record<string, string>>;

  constructor(status: 401 | 403 | 503, challenge: Readonly<Record<string, string>> = {}) {
    super(
      challenge['error_description'] ??
        (status === 503 ? 'The authorization server cannot be asked.' : 'An access token is needed.'),
    );
    this.status = status;
    this.challenge = challenge;
  }
}

const invalidToken = (description: string) =>
  new Refusal(401, { error: 'invalid_token', error_description: description });

/** Seconds by which the two machines' clocks may differ. */
const clockTolerance = 5;
/** Milliseconds to wait for the authorization server. */
const patience = 5000;

async function discover(issuer: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(patience),
  });
  const metadata: unknown = await response.json();
  if (
    !response.ok ||
    typeof metadata !== 'object' ||
    metadata === null ||
    !('issuer' in metadata) ||
    metadata.issuer !== issuer
  ) {
    throw new Error(`${issuer} is not an OpenID provider`);
  }
  return { ...metadata };
}

/** The first success is kept; a failure is tried again by the next caller. */
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
    throw new Error(`The authorization server has no ${name}`);
  }
  return new URL(value);
}

function toCaller(claims: { readonly [claim: string]: unknown }): Caller {
  const { sub, client_id: clientId, scope } = claims;
  if (typeof clientId !== 'string') {
    throw invalidToken('The access token does not say whom it was issued to.');
  }
  return {
    subject: typeof sub === 'string' ? sub : clientId,
    clientId,
    isMachine: sub === undefined || sub === clientId,
    scopes: new Set(typeof scope === 'string' ? scope.split(' ') : []),
  };
}

/** An error that says something about the token, and not about how its check went. */
function isTokenError(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    error.code !== 'ERR_JWKS_TIMEOUT' &&
    error.code !== 'ERR_JWKS_INVALID' &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}

/**
 * Checks JWTs by signature, issuer, audience, type and time, without asking the server. A token that was withdrawn is
 * good until it expires: that is why these live for minutes.
 */
export function jwtCheck(options: { readonly issuer: string; readonly audience: string }): CheckToken {
  const keys = once<JWTVerifyGetKey>(async () =>
    createRemoteJWKSet(endpoint(await discover(options.issuer), 'jwks_uri'), { timeoutDuration: patience }),
  );
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, await keys(), {
        issuer: options.issuer,
        audience: options.audience,
        // RFC 9068 §4: an ID token or a logout token is signed by the same keys, and is no access token.
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
        clockTolerance,
      });
      return toCaller(payload);
    } catch (error) {
      if (error instanceof Refusal) {
        throw error;
      }
      if (isTokenError(error)) {
        throw invalidToken(
          error.code === 'ERR_JWT_EXPIRED' ? 'The access token has expired.' : 'The access token is not valid here.',
        );
      }
      throw new Refusal(503);
    }
  };
}

/** Asks the server about each token: what was withdrawn there is refused here at once. */
export function introspectionCheck(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): CheckToken {
  const { issuer, audience, clientId, clientSecret } = options;
  const address = once(async () => endpoint(await discover(issuer), 'introspection_endpoint'));
  // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
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
        signal: AbortSignal.timeout(patience),
      });
      if (!response.ok) {
        throw new Error(`introspection answered ${response.status}`);
      }
      answer = await response.json();
    } catch {
      // Not being able to ask is no verdict about the token.
      throw new Refusal(503);
    }
    const claims = { ...(typeof answer === 'object' ? answer : {}) } as Record<string, unknown>;
    if (claims['active'] !== true || claims['aud'] !== audience) {
      throw invalidToken('The access token is not active, or not for this API.');
    }
    return toCaller(claims);
  };
}

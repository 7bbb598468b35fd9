/**
 * Request objects by value (RFC 9101): the parameters of an authorization request as a JWT that the client has signed.
 *
 * The engine verifies the signature, and uses nothing but what is inside the object, so PKCE and the limits of
 * parameters apply to that. Its own check of the claims does not say which one is wrong, and leaves some of them
 * optional. So they are checked here first, as soon as the client of a request is known. Not checked here: the
 * signature, and whether an object is used again; each use is a request of its own, as with any authorization request.
 */
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { errors, type Client, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { onClientFound } from './engine-internals.ts';
import { lengthProblem } from './parameter-limits.ts';

/** `none` proves nothing, and HMAC needs the client's secret, of which only digests are stored. */
export const requestObjectAlgs = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const;

/** Seconds (FAPI 2.0 Message Signing §5.3.1 accepts up to 60 minutes). */
const maxLifetime = 3600;

/** Without explicit typing, or with the type of a request object: no other kind of JWT (RFC 9101 §10.8). */
const types = ['jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'];

const textParameters = [
  'response_type',
  'response_mode',
  'redirect_uri',
  'scope',
  'audience',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'display',
  'acr_values',
  'ui_locales',
  'claims_locales',
  'id_token_hint',
  'login_hint',
];

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** The types that a parameter may have in JSON (RFC 9101 §4): numbers are numbers, `claims` is an object. */
const parameterTypes: Readonly<Record<string, readonly [expected: string, isValid: (value: unknown) => boolean]>> = {
  ...Object.fromEntries(textParameters.map((name) => [name, ['a string', isText] as const])),
  max_age: ['a number', (value) => isText(value) || Number.isSafeInteger(value)],
  resource: ['a string or an array of strings', (value) => [value].flat().every(isText)],
  claims: ['an object', (value) => isText(value) || (typeof value === 'object' && value !== null)],
};

function decode(
  request: string,
): { readonly header: ProtectedHeaderParameters; readonly claims: JWTPayload } | undefined {
  try {
    return { header: decodeProtectedHeader(request), claims: decodeJwt(request) };
  } catch {
    return undefined;
  }
}

function headerProblem({ alg, typ, kid }: ProtectedHeaderParameters, client: Client): string | undefined {
  const keys = client.jwks?.keys ?? [];
  if (!requestObjectAlgs.some((known) => known === alg)) {
    return `request must be signed with one of ${requestObjectAlgs.join(', ')} (the alg of its header)`;
  }
  // Nobody has checked that it is text.
  if (typ !== undefined && !(typeof typ === 'string' && types.includes(typ.toLowerCase()))) {
    return 'request has another typ than oauth-authz-req+jwt';
  }
  if (keys.length === 0) {
    return 'this client has no registered public keys (jwks), so it cannot sign its requests';
  }
  return kid === undefined || keys.some((key) => key.kid === kid)
    ? undefined
    : 'the kid of request is not that of a registered key of this client';
}

function isFuture(moment: unknown, now: number): boolean {
  return moment !== undefined && !(typeof moment === 'number' && moment <= now);
}

/** RFC 9101 §4, §6.3 and §10.8. */
function claimProblem(
  claims: JWTPayload,
  { clientId }: Client,
  { issuer, now, clockTolerance }: { readonly issuer: string; readonly now: number; readonly clockTolerance: number },
): string | undefined {
  const { iss, aud, exp, nbf, iat, sub } = claims;
  if (iss !== clientId || claims['client_id'] !== clientId) {
    return 'iss and client_id of request must both be the client id';
  }
  if (![aud].flat().includes(issuer)) {
    return `aud of request must be the issuer, ${issuer}`;
  }
  if (sub === clientId) {
    return 'sub of request must not be the client id: that would be a client assertion';
  }
  if (typeof exp !== 'number' || exp - now > maxLifetime) {
    return `request must have an exp of at most ${maxLifetime} seconds from now`;
  }
  if (exp <= now) {
    return 'request has expired (exp)';
  }
  if (isFuture(nbf, now + clockTolerance) || isFuture(iat, now + clockTolerance)) {
    return 'request is not valid yet (nbf, iat)';
  }
  const wrong = Object.entries(parameterTypes).find(
    ([name, [, isValid]]) => claims[name] !== undefined && !isValid(claims[name]),
  );
  return wrong === undefined ? undefined : `${wrong[0]} of request must be ${wrong[1][0]}`;
}

/** The request object of a request; undefined if there is none, or if the engine will reject how it was sent. */
function requestObjectOf({ oidc }: KoaContextWithOIDC): string | undefined {
  // Pushed parameters are assembled after client authentication.
  const { request } =
    (oidc.route === 'authorization' ? oidc.params : oidc.route === 'pushed_authorization_request' ? oidc.body : {}) ??
    {};
  return typeof request === 'string' ? request : undefined;
}

/**
 * Makes the engine reject a request object that is too long, or has a wrong header or claim, with
 * `invalid_request_object` and a description of the mistake. No received text is in the description.
 * @param clockTolerance seconds by which the client's clock may be ahead
 */
export function checkRequestObjects(
  provider: Provider,
  deps: { readonly issuer: string; readonly clock: Clock; readonly clockTolerance: number },
): void {
  onClientFound(provider, (ctx, client) => {
    const request = requestObjectOf(ctx);
    if (request === undefined) {
      return;
    }
    const tooLong = lengthProblem('request', request);
    const decoded = tooLong === undefined ? decode(request) : undefined;
    const problem =
      decoded === undefined
        ? (tooLong ?? 'request is not a signed JWT')
        : (headerProblem(decoded.header, client) ??
          claimProblem(decoded.claims, client, { ...deps, now: epochSeconds(deps.clock) }));
    if (problem !== undefined) {
      throw new errors.InvalidRequestObject(problem);
    }
  });
}

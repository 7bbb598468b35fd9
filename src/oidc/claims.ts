/**
 * Which claims about the user a request asks for by the parameter `claims` (OpenID Connect Core §5.5). Claims about the
 * login itself (`acr`, `amr`, `auth_time`, `sid`) need no consent.
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { scopeOfClaim } from '../services/values/claims-by-scope.ts';

/** The two places of the parameter `claims` (OpenID Connect Core §5.5). */
const targets = ['id_token', 'userinfo'] as const;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The claims about the user that the parameter `claims` asks for, of both places together. Unknown claims are ignored
 * (OpenID Connect Core §5.5.1).
 * @param params the parameters of a request that the engine has accepted
 */
export function individualClaims(params: Readonly<Record<string, unknown>>): readonly string[] {
  const { claims } = params;
  if (typeof claims !== 'string') {
    return [];
  }
  const parsed: unknown = JSON.parse(claims);
  const names = targets.flatMap((target) =>
    isObject(parsed) && isObject(parsed[target]) ? Object.keys(parsed[target]) : [],
  );
  return [...new Set(names)].filter((claim) => scopeOfClaim(claim) !== undefined);
}

/** The name of a claim for an error message, which must have printable ASCII characters only (RFC 6749 §4.1.2.1). */
function nameOf(target: string, claim: string): string {
  return /^[\w.:/#-]{1,100}$/.test(claim) ? `claims.${target}.${claim}` : `a member of claims.${target}`;
}

/**
 * Checks the members of the parameter `claims` (OpenID Connect Core §5.5.1), of which the engine checks only the two
 * outer levels. Called by the engine before anything is stored. Unknown claims and members are not errors.
 * @throws InvalidRequest, which is sent to the app
 */
export function checkClaimsParameter(_ctx: KoaContextWithOIDC, parameter: object): void {
  const byTarget = { ...parameter } as Readonly<Record<string, unknown>>;
  for (const target of targets) {
    for (const [claim, request] of Object.entries(isObject(byTarget[target]) ? byTarget[target] : {})) {
      const { essential, values } = isObject(request) ? request : {};
      if (request !== null && !isObject(request)) {
        throw new errors.InvalidRequest(`${nameOf(target, claim)} should be null or an object`);
      }
      if (essential !== undefined && typeof essential !== 'boolean') {
        throw new errors.InvalidRequest(`essential of ${nameOf(target, claim)} should be true or false`);
      }
      if (values !== undefined && !Array.isArray(values)) {
        throw new errors.InvalidRequest(`values of ${nameOf(target, claim)} should be an array`);
      }
    }
  }
}

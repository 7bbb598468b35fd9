/**
 * What a user's token says about its origin: the code from which it was issued; after a token exchange, also who acts
 * for the user (`act`, RFC 8693 §4.1), and whose grant it hangs on. The exchanging client is its `client_id` (§4.3),
 * but the grant belongs to the client that the user has allowed.
 */
import type { AccessToken, ClientCredentials } from 'oidc-provider';

/** A party that acts for the user. `act` is the one that acted before it. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

export interface TokenOrigin {
  /** Absent if the client that the user has allowed narrows its own token. */
  readonly act?: Actor;
  /** The client that the grant belongs to, if it is not the token's own. */
  readonly grantClientId?: string;
  /** The id of the personal access token that it was exchanged for, maybe in several steps, and with which it ends. */
  readonly patId?: string;
  /** The id of the code from which it was issued, maybe in several steps, and with which it ends. */
  readonly codeId?: string;
  /** After a token exchange: the claims of the presented token about the login. */
  readonly login?: Readonly<Record<string, unknown>>;
}

/** Our own names, beside `grant_id`. */
const grantClientClaim = 'grant_client_id';
const patClaim = 'pat_id';
const codeClaim = 'code_id';

const origins = new WeakMap<object, TokenOrigin>();

/** Adds the origin to a token that is about to be saved. */
export function setOrigin(token: AccessToken, origin: TokenOrigin): void {
  origins.set(token, origin);
}

/** The claims of a JWT, and the members that a stored token has in the answer of introspection. */
export function originClaims(token: AccessToken | ClientCredentials): Readonly<Record<string, unknown>> {
  const { act, grantClientId, patId, codeId, login } = origins.get(token) ?? {};
  return {
    ...login,
    ...(act === undefined ? {} : { act }),
    ...(grantClientId === undefined ? {} : { [grantClientClaim]: grantClientId }),
    ...(patId === undefined ? {} : { [patClaim]: patId }),
    ...(codeId === undefined ? {} : { [codeClaim]: codeId }),
  };
}

function isActor(value: unknown): value is Actor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sub' in value &&
    typeof value.sub === 'string' &&
    (!('act' in value) || isActor(value.act))
  );
}

/** Reads what {@link originClaims} wrote. */
export function readOrigin(claims: Readonly<Record<string, unknown>>): TokenOrigin {
  const { act, [grantClientClaim]: grantClientId, [patClaim]: patId, [codeClaim]: codeId } = claims;
  return {
    ...(isActor(act) ? { act } : {}),
    ...(typeof grantClientId === 'string' ? { grantClientId } : {}),
    ...(typeof patId === 'string' ? { patId } : {}),
    ...(typeof codeId === 'string' ? { codeId } : {}),
  };
}

/** The clients that act or have acted, the current one first. */
export function actorsOf(act: Actor | undefined): readonly string[] {
  return act === undefined ? [] : [act.sub, ...actorsOf(act.act)];
}

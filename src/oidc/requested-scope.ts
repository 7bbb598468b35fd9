/**
 * Reads the parameter `scope`: which of the scopes belong to OpenID Connect, which to an API, and to which one. It does
 * so before anybody signs in, and its errors say what the app must send instead.
 */
import { errors, type Client } from 'oidc-provider';
import type { ApiService } from '../services/clients/apis.ts';
import { identityScopes } from '../services/values/claims-by-scope.ts';
import type { ApiDocument } from '../storage/collections.ts';
import { apisOf, defaultApiOf } from './client-metadata.ts';

/** A requested scope that is not granted, and why. The request goes on without it (OpenID Connect Core §3.1.2.1). */
export interface IgnoredScope {
  readonly scope: string;
  /**
   * `unknown`: nothing has this scope. `other-api`: an API of the client has it, but `resource` names another one.
   * `no-refresh-tokens`: `offline_access` of a client that gets no refresh tokens.
   */
  readonly reason: 'unknown' | 'other-api' | 'no-refresh-tokens';
}

export function isIdentityScope(scope: string): boolean {
  return identityScopes.some((known) => known === scope);
}

/**
 * The scopes of the parameter `scope`. Surplus spaces are harmless (RFC 6749 §3.3 has exactly one between two scopes).
 * @throws InvalidScope for characters that a scope cannot have
 */
export function readScopes(value: unknown): readonly string[] {
  const scopes = typeof value === 'string' ? value.split(' ').filter((scope) => scope !== '') : [];
  if (scopes.some((scope) => !/^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope))) {
    throw new errors.InvalidScope('scope contains invalid characters', '');
  }
  return [...new Set(scopes)];
}

function has(api: ApiDocument, scope: string): boolean {
  return api.scopes.some(({ value }) => value === scope);
}

/**
 * Addresses of APIs for an error message, which must have printable ASCII characters without quote and backslash
 * (RFC 6749 §4.1.2.1).
 * @param maxLength in characters
 */
export function addressesForMessage(addresses: readonly string[], maxLength: number): string {
  return addresses
    .join(', ')
    .slice(0, maxLength)
    .replaceAll(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, '?');
}

/**
 * The error for an API that does not exist, or that the client does not have.
 * @param mayAskFor the APIs of the client: one that differs only by a slash at the end is probably meant
 */
export function noSuchApi(identifier: string, mayAskFor: readonly string[]): Error {
  const meant = mayAskFor.find((api) => api === `${identifier}/` || `${api}/` === identifier);
  const hint =
    meant === undefined ? '' : ` (a slash at the end counts: the client has ${addressesForMessage([meant], 200)})`;
  return new errors.InvalidTarget(
    `resource is not an API that this client may ask for: ${addressesForMessage([identifier], 200)}${hint}`,
  );
}

/** The error for a scope that does not say which API is meant. */
function nameTheApi(scope: string, apis: readonly ApiDocument[]): Error {
  const identifiers = addressesForMessage(
    apis.map(({ _id }) => _id),
    600,
  );
  return new errors.InvalidTarget(
    `several APIs have the scope ${scope.slice(0, 100)}: name one of them in the parameter resource (${identifiers})`,
  );
}

/**
 * The API that has this scope: the only one of the client that has it, else the client's default API if it has it.
 * @param apis the APIs of the client
 * @returns undefined if none of them has it
 * @throws InvalidTarget if several have it
 */
export function apiOfScope(client: Client, apis: readonly ApiDocument[], scope: string): ApiDocument | undefined {
  const owners = apis.filter((api) => has(api, scope));
  const [only, ...others] = owners;
  if (others.length === 0) {
    return only;
  }
  const byDefault = owners.find(({ _id }) => _id === defaultApiOf(client));
  if (byDefault === undefined) {
    throw nameTheApi(scope, owners);
  }
  return byDefault;
}

/**
 * Explains the scopes that no API of the request has.
 * @throws InvalidScope if one belongs to an API that the client may not ask for
 */
export async function explainScopes(
  apis: Pick<ApiService, 'list'>,
  client: Client,
  scopes: readonly string[],
): Promise<readonly IgnoredScope[]> {
  if (scopes.length === 0) {
    return [];
  }
  const all = await apis.list();
  return scopes.map((scope) => {
    const owners = all.filter((api) => has(api, scope));
    if (owners.length === 0) {
      return { scope, reason: 'unknown' };
    }
    if (owners.some(({ _id }) => apisOf(client).includes(_id))) {
      return { scope, reason: 'other-api' };
    }
    throw new errors.InvalidScope(
      `this client may not ask for the scope ${scope.slice(0, 100)}: it belongs to an API that the client does not have; remove it, or let the operator give the API to the client`,
      scope,
    );
  });
}

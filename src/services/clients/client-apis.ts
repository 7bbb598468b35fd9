/** Which registered APIs the fields of a client name. */
import { InvalidInputError } from '../../errors.ts';
import type { ApiRepository } from '../../storage/repositories/apis.ts';
import { identityScopes } from '../values/claims-by-scope.ts';
import type { ClientFields } from './client-registration.ts';
import { withRegisteredExchanges } from './client-exchanges.ts';
import { registeredIdentifier } from '../values/resource-key.ts';

/**
 * The fields with the registered identifiers of APIs, which may be given by any spelling of their addresses.
 * @param before the APIs that the client has
 * @throws InvalidInputError when one of these APIs does not exist, or a required scope is of none of them
 */
export async function withRegisteredApis(
  apis: Pick<ApiRepository, 'list'>,
  fields: ClientFields,
  before: readonly string[] = [],
): Promise<ClientFields> {
  const { apis: given = [], defaultApi, mayExchange } = fields;
  const registered = given.length === 0 ? [] : (await apis.list()).map(({ _id }) => _id);
  const missing = given.filter((identifier) => registeredIdentifier(registered, identifier) === undefined);
  if (missing.length > 0) {
    throw new InvalidInputError(
      `No API has the identifier ${missing.map((identifier) => `"${identifier}"`).join(', ')}. Create it first.`,
      'apis',
    );
  }
  const found = [...new Set(given.flatMap((identifier) => registeredIdentifier(registered, identifier) ?? []))];
  await checkRequiredScopes(apis, fields.requiredScopes ?? [], fields.apis === undefined ? before : found);
  return {
    ...fields,
    ...(fields.apis === undefined ? {} : { apis: found }),
    ...(mayExchange === undefined ? {} : { mayExchange: await withRegisteredExchanges(apis, mayExchange) }),
    ...(typeof defaultApi === 'string'
      ? { defaultApi: registeredIdentifier(fields.apis === undefined ? before : found, defaultApi) ?? defaultApi }
      : {}),
  };
}

/** @throws InvalidInputError for a scope that is neither about the user nor of one of these APIs */
async function checkRequiredScopes(
  apis: Pick<ApiRepository, 'list'>,
  scopes: readonly string[],
  identifiers: readonly string[],
): Promise<void> {
  const ofApis = scopes.length === 0 ? [] : (await apis.list()).filter(({ _id }) => identifiers.includes(_id));
  const known = [...identityScopes, ...ofApis.flatMap((api) => api.scopes.map(({ value }) => value))];
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown !== undefined) {
    throw new InvalidInputError(
      `"${unknown}" is neither a scope about the user nor a scope of one of the client's APIs.`,
      'requiredScopes',
    );
  }
}

/** Which registered APIs the fields of a client name. */
import { InvalidInputError } from '../errors.ts';
import type { ApiRepository } from '../storage/repositories/apis.ts';
import type { ClientFields } from './client-registration.ts';
import { withRegisteredExchanges } from './client-exchanges.ts';
import { registeredIdentifier } from './resource-key.ts';

/**
 * The fields with the registered identifiers of APIs, which may be given by any spelling of their addresses.
 * @param before the APIs that the client has
 * @throws InvalidInputError when one of these APIs does not exist
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
  return {
    ...fields,
    ...(fields.apis === undefined ? {} : { apis: found }),
    ...(mayExchange === undefined ? {} : { mayExchange: await withRegisteredExchanges(apis, mayExchange) }),
    ...(typeof defaultApi === 'string'
      ? { defaultApi: registeredIdentifier(fields.apis === undefined ? before : found, defaultApi) ?? defaultApi }
      : {}),
  };
}

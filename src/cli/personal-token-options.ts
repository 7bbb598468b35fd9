/** The options that describe a new personal access token: of `token create`, and of `user create --with-token`. */
import { InvalidInputError } from '../errors.ts';
import type { ApiAccess, NewPersonalAccessToken } from '../services/tokens/personal-access-tokens.ts';
import type { CommandOption, GivenOptions, Services } from './command.ts';
import { readDuration } from './option-values.ts';

/** The maximum that can be configured (`LIFETIME_PERSONAL_ACCESS_TOKEN`); the service knows what is configured. */
const maxLifetime = '3650d';

/** Without the name, which the two commands call differently. */
export const accessOptions: readonly CommandOption[] = [
  {
    flags: '--api <identifier>',
    description: 'An API that allows personal access tokens (api update --personal-tokens yes)',
    repeatable: true,
  },
  { flags: '--scope <scope>', description: 'A scope of these APIs', repeatable: true },
  {
    flags: '--expires-in <duration>',
    description: 'How long the token is valid, such as 30d',
  },
];

/**
 * Gives each API those of the scopes that it has.
 * @throws InvalidInputError for a scope that none of the APIs has, and for an API that has none of them
 * @throws NotFoundError for an API that does not exist
 */
async function accessOf(
  { apis }: Pick<Services, 'apis'>,
  identifiers: readonly string[],
  scopes: readonly string[],
): Promise<readonly ApiAccess[]> {
  const found = await Promise.all(identifiers.map((identifier) => apis.get(identifier)));
  const access = found.map((api) => ({
    api: api._id,
    scopes: scopes.filter((scope) => api.scopes.some(({ value }) => value === scope)),
  }));
  const without = access.find((one) => one.scopes.length === 0);
  if (without !== undefined) {
    throw new InvalidInputError(`The API "${without.api}" has none of these scopes: ${scopes.join(' ')}.`, 'scope');
  }
  const unknown = scopes.find((scope) => !access.some((one) => one.scopes.includes(scope)));
  if (unknown !== undefined) {
    throw new InvalidInputError(`None of these APIs has the scope "${unknown}".`, 'scope');
  }
  return access;
}

/**
 * Reads the options, which are mandatory here.
 * @returns what makes the token from them, once the services are open
 * @throws InvalidInputError for one that is missing or not valid
 */
export async function readNewToken(
  options: GivenOptions,
  name: string,
): Promise<(services: Pick<Services, 'apis'>) => Promise<NewPersonalAccessToken>> {
  const [identifiers, scopes, expiresIn] = [options.list('api'), options.list('scope'), options.text('expires-in')];
  for (const [option, isGiven] of [
    ['api', identifiers.length > 0],
    ['scope', scopes.length > 0],
    ['expires-in', expiresIn !== undefined],
  ] as const) {
    if (!isGiven) {
      throw new InvalidInputError('A personal access token needs --api, --scope and --expires-in.', option);
    }
  }
  const seconds = await readDuration(expiresIn ?? '', 'expires-in', maxLifetime);
  return async (services) => ({ name, access: await accessOf(services, identifiers, scopes), expiresIn: seconds });
}

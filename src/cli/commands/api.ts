/** `gatehouse api …`: APIs, the resource servers that accept tokens. */
import { InvalidInputError } from '../../errors.ts';
import { presentApi } from '../../presenters/api.ts';
import type { ApiScope, ApiService, NewApi } from '../../services/clients/apis.ts';
import { commandLine, type Command, type CommandOption, type Invocation } from '../command.ts';
import { readDuration, readNames, readPair, replacementList } from '../option-values.ts';
import { list, printable, table, type Result } from '../output.ts';
import { toText } from '../time-text.ts';

type Api = Awaited<ReturnType<ApiService['get']>>;

function readScope(text: string): ApiScope {
  const [value, description] = readPair(text, 'scope', "VALUE=DESCRIPTION, such as 'photos:read=See your photos'");
  return { value, description };
}

/** The claims that are given; an empty list if `''` removes them. */
function readClaims({ list: listOf }: Invocation['options']): Pick<NewApi, 'claims'> {
  const claims = replacementList(listOf('claim'))?.map((text) => {
    const [name, field] = readPair(text, 'claim', "NAME=FIELD, such as 'https://photos.example/email=email'");
    return { name, field };
  });
  return claims === undefined ? {} : { claims };
}

/** The groups of scopes that are given; an empty list if `''` removes them. */
function readScopeGroups({ list: listOf }: Invocation['options']): Pick<NewApi, 'scopeGroups'> {
  const scopeGroups = replacementList(listOf('scope-groups'))?.map((text) => {
    const [scope, names] = readPair(text, 'scope-groups', 'SCOPE=GROUP,GROUP, such as photos:delete=editors,staff');
    return { scope, groups: readNames(names) };
  });
  return scopeGroups === undefined ? {} : { scopeGroups };
}

function atMost(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `at most ${seconds} seconds`;
}

function toResult(headline: string, api: Api): Result {
  const width = Math.max(...api.scopes.map(({ value }) => value.length));
  const fields = list({
    Identifier: api._id,
    Name: api.name,
    Tokens: `${api.tokenFormat}${api.tokenFormat === 'jwt' ? ` (${api.tokenAlg ?? 'ES256'})` : ''}, ${api.tokenLifetime === undefined ? 'the default lifetime' : `${api.tokenLifetime} seconds`}`,
    'Refresh tokens unused': atMost(api.refreshIdle),
    'Refresh tokens in total': atMost(api.refreshAbsolute),
    Introspection: api.hideUsername === true ? "without the user's email address" : undefined,
    'Personal tokens': api.personalTokens === true ? 'allowed' : undefined,
    Scopes: api.scopes.map(({ value, description }) => `${value.padEnd(width)}  ${description}`).join('\n'),
    'Only for groups': api.scopeGroups?.map(({ scope, groups }) => `${scope}: ${groups.join(', ')}`).join('\n'),
    Claims: api.claims?.map(({ name, field }) => `${name}: ${field}`).join('\n'),
    Created: toText(api.createdAt),
  });
  return { text: `${headline}\n\n${fields}`, json: presentApi(api) };
}

const identifierArgument = { name: '<identifier>', description: "The API's identifier" };

const tokenOptions: readonly CommandOption[] = [
  {
    flags: '--token-alg <alg>',
    description: 'The signature of jwt tokens: ES256 by default; RS256 for gateways that know RSA only',
    choices: ['ES256', 'RS256'],
  },
  {
    flags: '--token-lifetime <seconds>',
    description:
      "How long its tokens live, such as 300 or 5m (at most 10m for jwt); '' for the configuration's default",
  },
  {
    flags: '--refresh-idle <seconds>',
    description: "How long refresh tokens for it live at most without use, such as 12h; '' for the configuration's",
  },
  {
    flags: '--refresh-absolute <seconds>',
    description: "How long refresh tokens for it live at most, such as 30d; '' for the configuration's",
  },
  {
    flags: '--scope <value=description>',
    description: 'A scope, and its description for users',
    repeatable: true,
  },
  {
    flags: '--scope-groups <scope=groups>',
    description:
      "A scope that only members of these groups can grant, such as photos:delete=editors,staff; '' removes all restrictions",
    repeatable: true,
  },
  {
    flags: '--claim <name=field>',
    description:
      "A claim about the user in its access tokens, such as 'https://photos.example/email=email' or groups=groups; '' removes all",
    repeatable: true,
  },
  { flags: '--hide-username', description: "Introspection of its tokens does not name the user's email address" },
  {
    flags: '--personal-tokens <yes|no>',
    description: 'Whether users may make personal access tokens for it: no by default; no ends those that exist',
    choices: ['yes', 'no'],
  },
];

/** The lifetimes that are given; null where `''` removes one. */
async function readLifetimes({
  text,
}: Invocation['options']): Promise<Pick<NewApi, 'tokenLifetime' | 'refreshIdle' | 'refreshAbsolute'>> {
  const read = async (option: string): Promise<number | null | undefined> => {
    const given = text(option);
    return given === undefined ? undefined : given === '' ? null : readDuration(given, option);
  };
  const tokenLifetime = await read('token-lifetime');
  const [refreshIdle, refreshAbsolute] = [await read('refresh-idle'), await read('refresh-absolute')];
  return {
    ...(tokenLifetime === undefined ? {} : { tokenLifetime }),
    ...(refreshIdle === undefined ? {} : { refreshIdle }),
    ...(refreshAbsolute === undefined ? {} : { refreshAbsolute }),
  };
}

const create: Command = {
  verb: 'create',
  summary: 'Create an API',
  options: [
    {
      flags: '--identifier <uri>',
      description: 'An absolute URI: the `resource` of requests, and the `aud` of its tokens',
      required: true,
    },
    { flags: '--name <name>', description: 'The name that users see', required: true },
    {
      flags: '--token-format <format>',
      description: 'jwt: the API validates tokens itself; opaque: it calls the introspection endpoint',
      required: true,
      choices: ['jwt', 'opaque'],
    },
    ...tokenOptions,
  ],
  help: `Example:
  gatehouse api create --identifier https://photos.example/api --name Photos --token-format jwt --scope 'photos:read=See your photos'`,
  run: async ({ options, withServices }) => {
    const scopes = options.list('scope').map(readScope);
    const [tokenAlg, personalTokens] = ['token-alg', 'personal-tokens'].map(options.text);
    const input = {
      identifier: options.text('identifier') ?? '',
      name: options.text('name') ?? '',
      tokenFormat: options.text('token-format') ?? '',
      ...(tokenAlg === undefined ? {} : { tokenAlg }),
      ...(await readLifetimes(options)),
      ...(options.flag('hide-username') ? { hideUsername: true } : {}),
      ...(personalTokens === undefined ? {} : { personalTokens: personalTokens === 'yes' }),
      scopes,
      ...readScopeGroups(options),
      ...readClaims(options),
    };
    const api = await withServices(({ apis }) => apis.create(input, commandLine));
    return toResult(`Created the API ${printable(api.name)}.`, api);
  },
};

const listAll: Command = {
  verb: 'list',
  summary: 'List the APIs',
  run: async ({ withServices }) => {
    const all = await withServices(({ apis }) => apis.list());
    const rows = all.map((api) => [api._id, api.name, api.tokenFormat, api.scopes.map(({ value }) => value).join(' ')]);
    return {
      text: rows.length === 0 ? 'There is no API yet.' : table(['IDENTIFIER', 'NAME', 'TOKENS', 'SCOPES'], rows),
      json: { apis: all.map(presentApi) },
    };
  },
};

const update: Command = {
  verb: 'update',
  summary: 'Change an API',
  arguments: [identifierArgument],
  options: [
    { flags: '--name <name>', description: 'The name that users see' },
    {
      flags: '--token-format <format>',
      description: 'jwt: the API validates tokens itself; opaque: it calls the introspection endpoint',
      choices: ['jwt', 'opaque'],
    },
    ...tokenOptions,
    { flags: '--show-username', description: "Introspection names the user's email address again, as by default" },
  ],
  help: '--scope replaces all scopes of the API, --scope-groups all groups of scopes, and --claim all claims: name every one that it has from now on.',
  run: async ({ args: [identifier = ''], options, withServices }) => {
    const [name, tokenFormat, tokenAlg, personalTokens] = ['name', 'token-format', 'token-alg', 'personal-tokens'].map(
      options.text,
    );
    const scopes = options.list('scope').map(readScope);
    if (options.flag('hide-username') && options.flag('show-username')) {
      throw new InvalidInputError('Expected one of --hide-username and --show-username.', 'hide-username');
    }
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(tokenFormat === undefined ? {} : { tokenFormat }),
      ...(tokenAlg === undefined ? {} : { tokenAlg }),
      ...(await readLifetimes(options)),
      ...(options.flag('hide-username') ? { hideUsername: true } : {}),
      ...(options.flag('show-username') ? { hideUsername: false } : {}),
      ...(personalTokens === undefined ? {} : { personalTokens: personalTokens === 'yes' }),
      ...(scopes.length === 0 ? {} : { scopes }),
      ...readScopeGroups(options),
      ...readClaims(options),
    };
    if (Object.keys(change).length === 0) {
      throw new InvalidInputError(
        'There is nothing to change: expected --name, --token-format, --token-alg, --token-lifetime, --refresh-idle, --refresh-absolute, --scope, --scope-groups, --claim, --hide-username, --show-username or --personal-tokens.',
      );
    }
    const api = await withServices(({ apis }) => apis.update(identifier, change, commandLine));
    return toResult(`Changed the API ${printable(api.name)}.`, api);
  },
};

const remove: Command = {
  verb: 'delete',
  summary: 'Delete an API: no tokens for it are issued any more',
  arguments: [identifierArgument],
  run: ({ args: [identifier = ''], withServices }) =>
    withServices(async ({ apis }) => {
      const api = await apis.get(identifier);
      await apis.remove(identifier, commandLine);
      return {
        text: `Deleted the API ${printable(api.name)} (${printable(api._id)}).`,
        json: { deleted: true, identifier: api._id, name: api.name },
      };
    }),
};

export const commands: readonly Command[] = [create, listAll, update, remove];

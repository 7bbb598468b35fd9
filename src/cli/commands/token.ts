/** `gatehouse token …`: personal access tokens, which users make for their scripts. */
import { InvalidInputError } from '../../errors.ts';
import { presentPersonalAccessToken } from '../../presenters/personal-access-token.ts';
import { commandLine, type Command, type Services } from '../command.ts';
import { readCount } from '../option-values.ts';
import { printable, table } from '../output.ts';
import { accessOptions, readNewToken } from '../personal-token-options.ts';
import { accessToText, lastUseToText, personalAccessTokenToText } from '../text/personal-access-token.ts';
import { toText } from '../time-text.ts';
import { findUser, userReference } from '../user-reference.ts';

const create: Command = {
  verb: 'create',
  summary: 'Create a personal access token; prints it, once',
  options: [
    { flags: '--user <user>', description: `Its user: ${userReference.toLowerCase()}`, required: true },
    { flags: '--name <name>', description: 'What it is for, as its user will read it', required: true },
    ...accessOptions,
    { flags: '--token-only', description: 'Print only the token, for use in scripts' },
  ],
  help: `Several APIs and scopes: repeat the option. Each API gets those of the scopes that it has.
Example:
  gatehouse token create --user ada@example.com --name 'nightly backup' --api https://photos.example/api --scope photos:read --expires-in 30d`,
  run: async ({ options, json, withServices }) => {
    if (options.flag('token-only') && json) {
      throw new InvalidInputError(
        'Expected one of --token-only and --json: the JSON contains the token already.',
        'token-only',
      );
    }
    const newToken = await readNewToken(options, options.text('name') ?? '');
    return withServices(async (services) => {
      const user = await findUser(services.users, options.text('user') ?? '');
      const { token, value } = await services.personalAccessTokens.create(
        user._id,
        await newToken(services),
        commandLine,
      );
      return {
        text: options.flag('token-only')
          ? value
          : `Created a personal access token of ${printable(user.email)}. It is not shown again.\n\n${personalAccessTokenToText(token, user.email, value)}`,
        json: presentPersonalAccessToken(token, user.email, value),
      };
    });
  },
};

const maxListed = 10_000;

/** The email addresses of the users of these tokens, by user id. Every token has a user: it ends with that. */
async function emailsOf(
  users: Services['users'],
  tokens: readonly { readonly accountId: string }[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all([...new Set(tokens.map(({ accountId }) => accountId))].map((id) => users.find(id)));
  return new Map(found.flatMap((user) => (user === null ? [] : [[user._id, user.email] as const])));
}

const listAll: Command = {
  verb: 'list',
  summary: 'List personal access tokens, the newest first',
  options: [
    { flags: '--user <user>', description: `Only those of this user: ${userReference.toLowerCase()}` },
    { flags: '--limit <number>', description: 'Maximum number of tokens: 1000 by default' },
  ],
  run: ({ options, withServices }) =>
    withServices(async ({ users, personalAccessTokens }) => {
      const limit = readCount(options.text('limit') ?? '1000', 'limit', maxListed);
      const reference = options.text('user');
      const found =
        reference === undefined
          ? await personalAccessTokens.list({ limit })
          : (await personalAccessTokens.listByUser((await findUser(users, reference))._id)).slice(0, limit);
      const emails = await emailsOf(users, found);
      const rows = found.map((token) => [
        token.id,
        emails.get(token.accountId) ?? token.accountId,
        token.name,
        accessToText(token).replaceAll('\n', '; '),
        toText(token.expiresAt),
        lastUseToText(token),
        String(token.useCount),
      ]);
      return {
        text:
          rows.length === 0
            ? 'There is no personal access token.'
            : table(['ID', 'USER', 'NAME', 'ACCESS', 'EXPIRES', 'LAST USED', 'USES'], rows),
        json: {
          tokens: found.map((token) => presentPersonalAccessToken(token, emails.get(token.accountId) ?? '')),
        },
      };
    }),
};

const revoke: Command = {
  verb: 'revoke',
  summary: 'End a personal access token',
  arguments: [{ name: '<id>', description: 'The id that `token list` prints' }],
  run: ({ args: [id = ''], withServices }) =>
    withServices(async ({ users, personalAccessTokens }) => {
      const token = await personalAccessTokens.revoke(id, commandLine);
      const email = (await emailsOf(users, [token])).get(token.accountId) ?? '';
      return {
        text: `Ended the token ${printable(token.name)} of ${printable(email)}.`,
        json: { revoked: true, id: token.id, sub: token.accountId, email, name: token.name },
      };
    }),
};

export const commands: readonly Command[] = [create, listAll, revoke];

/** `gatehouse user …`: manages users. A password is read only from standard input, never from an argument. */
import { toEpochSeconds } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import { InvalidInputError } from '../../errors.ts';
import { passwordLinkAddress } from '../../presenters/one-time-link.ts';
import { presentPersonalAccessToken } from '../../presenters/personal-access-token.ts';
import { presentSecondFactors } from '../../presenters/second-factors.ts';
import { presentUser, userState } from '../../presenters/user.ts';
import type { NewUser, UserUpdate } from '../../services/users/users.ts';
import { commandLine, type Command, type CommandOption, type GivenOptions, type Services } from '../command.ts';
import { readCount, replacementList } from '../option-values.ts';
import { list, printable, table } from '../output.ts';
import { accessOptions, readNewToken } from '../personal-token-options.ts';
import { toText } from '../time-text.ts';
import { personalAccessTokenToText } from '../text/personal-access-token.ts';
import { secondFactorsToText } from '../text/second-factors.ts';
import { userToText } from '../text/user.ts';
import { profileOptions, readProfile } from '../profile-options.ts';
import { inviteCommand } from '../user-invitation.ts';
import { findUser, userReference, type User } from '../user-reference.ts';
import { findSecondFactors, resetSecondFactors } from './user-second-factors.ts';
import { commands as passkeyCommands } from './user-passkeys.ts';

const userArgument = { name: '<user>', description: userReference };

interface Link {
  readonly link: string;
  readonly expiresAt: Date;
}

/** @param mailed whether the link is sent by mail and not printed */
async function makeLink(
  { users, userMails, signUp }: Services,
  { issuer }: Config,
  user: User,
  mailed: boolean,
): Promise<Link> {
  if (user.passwordHash === undefined) {
    const { address, expiresAt } = await signUp.createFirstLink(user, commandLine, { mailed });
    if (mailed) {
      await userMails.sendPasswordLink(user, { address });
    }
    return { link: address, expiresAt };
  }
  const { token, expiresAt } = await users.createPasswordLink(user._id, 'set-password', commandLine, { mailed });
  const link = passwordLinkAddress(issuer, token);
  if (mailed) {
    await userMails.sendPasswordLink(user, { address: link });
  }
  return { link, expiresAt };
}

function linkToText({ link, expiresAt }: Link): string {
  return list({ Link: link, 'Works until': `${toText(expiresAt)}, once` });
}

function mailedToText(user: User, { expiresAt }: Link): string {
  return `A mail to ${printable(user.email)} is in the outbox; the running server sends it. Its link works until ${toText(expiresAt)}, once.`;
}

const groupOption: CommandOption = {
  flags: '--group <name>',
  description:
    'A group of the user: it decides which apps and scopes are for them; apps receive it with the scope groups',
  repeatable: true,
};

/** Reads the options of `--with-token`. @throws InvalidInputError when some of them are given without it */
async function readTokenOfNewUser(
  options: GivenOptions,
): Promise<Awaited<ReturnType<typeof readNewToken>> | undefined> {
  if (options.flag('with-token')) {
    return readNewToken(options, options.text('token-name') ?? 'first token');
  }
  const texts = ['token-name', 'expires-in'].filter((name) => options.text(name) !== undefined);
  const [unused] = [...texts, ...['api', 'scope'].filter((name) => options.list(name).length > 0)];
  if (unused !== undefined) {
    throw new InvalidInputError('This describes a personal access token: expected --with-token, too.', unused);
  }
  return undefined;
}

const create: Command = {
  verb: 'create',
  summary: 'Create a user; without a password, print a one-time link that sets one',
  options: [
    { flags: '--email <email>', description: 'The email to sign in with', required: true },
    { flags: '--password-stdin', description: 'Read the password from standard input' },
    { flags: '--mail', description: 'Send the link to the user instead of printing it: an invitation' },
    { flags: '--email-verified', description: 'The address is known to belong to the user' },
    { flags: '--admin', description: 'Create an administrator' },
    groupOption,
    ...profileOptions,
    { flags: '--with-token', description: 'Also create a personal access token, and print it, once' },
    { flags: '--token-name <name>', description: 'The name of that token: "first token" by default' },
    ...accessOptions,
  ],
  help: `Examples:
  gatehouse user create --email ada@example.com --mail
  gatehouse user create --email ada@example.com --with-token --api https://photos.example/api --scope photos:read --expires-in 30d
  printf %s "$PASSWORD" | gatehouse user create --email ada@example.com --password-stdin`,
  run: async (invocation) => {
    const { options, withServices } = invocation;
    const [withPassword, mailed] = [options.flag('password-stdin'), options.flag('mail')];
    if (withPassword && mailed) {
      throw new InvalidInputError(
        'A user gets a password or a link that sets one: expected one of --password-stdin and --mail.',
        'mail',
      );
    }
    const newToken = await readTokenOfNewUser(options);
    const profile = readProfile(options);
    const groups = replacementList(options.list('group'));
    const input: NewUser = {
      email: options.text('email') ?? '',
      ...(withPassword ? { password: await invocation.readStandardInput() } : {}),
      ...(profile === undefined ? {} : { profile }),
      ...(groups === undefined ? {} : { groups }),
      emailVerified: options.flag('email-verified'),
      role: options.flag('admin') ? 'administrator' : 'user',
    };
    return withServices(async (services, config) => {
      // Checked first, so that a mistake does not leave a user without the token.
      const tokenInput = await newToken?.(services);
      if (tokenInput !== undefined) {
        await services.personalAccessTokens.check(
          tokenInput,
          input.groups === undefined ? {} : { groups: input.groups },
        );
      }
      const user = await services.users.create(input, commandLine);
      const created =
        tokenInput === undefined
          ? undefined
          : await services.personalAccessTokens.create(user._id, tokenInput, commandLine);
      const link = withPassword ? undefined : await makeLink(services, config, user, mailed);
      const aboutLink = link === undefined ? [] : ['', mailed ? mailedToText(user, link) : linkToText(link)];
      const aboutToken =
        created === undefined
          ? []
          : [
              '',
              'Personal access token, which is not shown again:',
              '',
              personalAccessTokenToText(created.token, user.email, created.value),
            ];
      return {
        text: [`Created the user ${printable(user.email)}.`, '', userToText(user), ...aboutLink, ...aboutToken].join(
          '\n',
        ),
        json: {
          ...presentUser(user),
          ...(link === undefined
            ? {}
            : {
                ...(mailed ? { mailed: true } : { link: link.link }),
                link_expires_at: toEpochSeconds(link.expiresAt),
              }),
          ...(created === undefined
            ? {}
            : { personal_access_token: presentPersonalAccessToken(created.token, user.email, created.value) }),
        },
      };
    });
  },
};

const maxListed = 10_000;

const listAll: Command = {
  verb: 'list',
  summary: 'List users in order of creation',
  options: [
    { flags: '--search <text>', description: 'Only users whose email, names or id contain this text' },
    { flags: '--limit <number>', description: 'Maximum number of users: 1000 by default' },
    { flags: '--after <cursor>', description: 'The end of the previous page' },
  ],
  run: ({ options, withServices }) =>
    withServices(async ({ users }) => {
      const limit = readCount(options.text('limit') ?? '1000', 'limit', maxListed);
      const [after, search] = ['after', 'search'].map(options.text);
      const { users: page, next } = await users.list({
        limit,
        ...(after === undefined ? {} : { after }),
        ...(search === undefined ? {} : { search }),
      });
      const rows = page.map((user) => [user.email, user._id, userState(user), user.role, toText(user.createdAt)]);
      const text =
        rows.length === 0
          ? search === undefined
            ? 'There is no user.'
            : 'There is no such user.'
          : table(['EMAIL', 'ID', 'STATE', 'ROLE', 'CREATED'], rows);
      return {
        text: next === undefined ? text : `${text}\n\nThere are more: --after ${next}`,
        json: { users: page.map(presentUser), ...(next === undefined ? {} : { next }) },
      };
    }),
};

const show: Command = {
  verb: 'show',
  summary: 'Show a user',
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async (services) => {
      const user = await findUser(services.users, reference);
      const factors = await findSecondFactors(services, user);
      return {
        text: `${userToText(user)}\n${secondFactorsToText(factors)}`,
        json: { ...presentUser(user), second_factors: presentSecondFactors(factors) },
      };
    }),
};

const verified = ['yes', 'no'] as const;

/** Parses `yes` or `no`; undefined when the option was not given. */
function readVerified(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'yes';
}

const update: Command = {
  verb: 'update',
  summary: 'Change a user',
  arguments: [userArgument],
  options: [
    {
      flags: '--email <email>',
      description: 'The email to sign in with; not verified unless --email-verified says so',
    },
    {
      flags: '--email-verified <yes|no>',
      description: 'Whether the address is known to belong to the user',
      choices: verified,
    },
    { flags: '--role <role>', description: 'The role of the user', choices: ['user', 'administrator'] },
    groupOption,
    ...profileOptions,
    {
      flags: '--phone-number-verified <yes|no>',
      description: 'Whether the number is known to belong to the user',
      choices: verified,
    },
  ],
  help: `An option with the value '' removes the claim. Groups replace those that the user has; --group '' removes all. The parts of a postal address are replaced together.
Another email ends every one-time link of the user.
Example:
  gatehouse user update ada@example.com --email ada@example.org --email-verified yes --given-name Ada`,
  run: ({ args: [reference = ''], options, withServices }) => {
    const [email, role] = ['email', 'role'].map(options.text);
    const [emailVerified, phoneNumberVerified] = ['email-verified', 'phone-number-verified'].map((name) =>
      readVerified(options.text(name)),
    );
    const profile = readProfile(options);
    const groups = replacementList(options.list('group'));
    const change: UserUpdate = {
      ...(email === undefined ? {} : { email }),
      ...(emailVerified === undefined ? {} : { emailVerified }),
      ...(phoneNumberVerified === undefined ? {} : { phoneNumberVerified }),
      ...(role === undefined ? {} : { role: role === 'administrator' ? role : 'user' }),
      ...(profile === undefined ? {} : { profile }),
      ...(groups === undefined ? {} : { groups }),
    };
    if (Object.keys(change).length === 0) {
      throw new InvalidInputError(
        'There is nothing to change: expected at least one option, such as --name or --email.',
      );
    }
    return withServices(async ({ users }) => {
      const { _id } = await findUser(users, reference);
      const user = await users.update(_id, change, commandLine);
      return { text: `Changed the user ${printable(user.email)}.\n\n${userToText(user)}`, json: presentUser(user) };
    });
  },
};

const resetLink: Command = {
  verb: 'reset-link',
  summary: 'Print a one-time link that sets a password; earlier links stop working',
  arguments: [userArgument],
  options: [{ flags: '--mail', description: 'Send it to the user instead of printing it' }],
  run: ({ args: [reference = ''], options, withServices }) =>
    withServices(async (services, config) => {
      const mailed = options.flag('mail');
      const user = await findUser(services.users, reference);
      const link = await makeLink(services, config, user, mailed);
      const facts = { sub: user._id, email: user.email, link_expires_at: toEpochSeconds(link.expiresAt) };
      return mailed
        ? { text: mailedToText(user, link), json: { ...facts, mailed: true } }
        : { text: linkToText(link), json: { ...facts, link: link.link } };
    }),
};

const setPassword: Command = {
  verb: 'set-password',
  summary: "Set a user's password, and sign them out everywhere",
  arguments: [userArgument],
  options: [{ flags: '--password-stdin', description: 'Read the password from standard input', required: true }],
  help: `For set-up scripts; the usual rules for passwords apply. Users choose their own password by a link (reset-link).
Example:
  printf %s "$PASSWORD" | gatehouse user set-password ada@example.com --password-stdin`,
  run: async ({ args: [reference = ''], readStandardInput, withServices }) => {
    const password = await readStandardInput();
    return withServices(async ({ users }) => {
      const { _id } = await findUser(users, reference);
      await users.setPassword(_id, password, commandLine);
      const user = await findUser(users, _id);
      return {
        text: `The password of ${printable(user.email)} is set. All earlier sign-ins and personal access tokens have ended.`,
        json: presentUser(user),
      };
    });
  },
};

const disable: Command = {
  verb: 'disable',
  summary: 'Lock a user out: ends all sessions, tokens and links of the user',
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async ({ users }) => {
      const { _id } = await findUser(users, reference);
      await users.disable(_id, commandLine);
      const user = await findUser(users, _id);
      return {
        text: `Disabled ${printable(user.email)}. All sessions, tokens and links of the user have ended.`,
        json: presentUser(user),
      };
    }),
};

const enable: Command = {
  verb: 'enable',
  summary: 'Let a user sign in again',
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async ({ users }) => {
      const { _id } = await findUser(users, reference);
      await users.enable(_id, commandLine);
      const user = await findUser(users, _id);
      return { text: `Enabled ${printable(user.email)}.`, json: presentUser(user) };
    }),
};

const remove: Command = {
  verb: 'delete',
  summary: 'Delete a user with all sessions, tokens and consents',
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async ({ users }) => {
      const { _id, email } = await findUser(users, reference);
      await users.remove(_id, commandLine);
      return {
        text: `Deleted the user ${printable(email)} (${_id}), with all sessions, tokens and consents of the user.`,
        json: { deleted: true, sub: _id, email },
      };
    }),
};

export const commands: readonly Command[] = [
  create,
  inviteCommand(groupOption),
  listAll,
  show,
  update,
  resetLink,
  setPassword,
  resetSecondFactors,
  disable,
  enable,
  remove,
  ...passkeyCommands,
];

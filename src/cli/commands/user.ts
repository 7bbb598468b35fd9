/** `gatehouse user …`: accounts of people. A password is only ever read from standard input, never from an argument. */
import { toEpochSeconds } from '../../clock.ts';
import type { Config } from '../../config/schema.ts';
import { passwordLinkAddress } from '../../presenters/one-time-link.ts';
import { presentUser, userState } from '../../presenters/user.ts';
import type { NewUser } from '../../services/users.ts';
import { commandLine, type Command, type Services } from '../command.ts';
import { readCount } from '../option-values.ts';
import { list, printable, table } from '../output.ts';
import { toText } from '../moments.ts';
import { userToText } from '../text/user.ts';
import { findUser, userReference, type User } from '../user-reference.ts';

const userArgument = { name: '<user>', description: userReference };

interface Link {
  readonly link: string;
  readonly expiresAt: Date;
}

async function makeLink({ users }: Services, { issuer }: Config, user: User): Promise<Link> {
  const { token, expiresAt } = await users.createPasswordLink(user._id, 'set-password', commandLine);
  return { link: passwordLinkAddress(issuer, token), expiresAt };
}

function linkToText({ link, expiresAt }: Link): string {
  return list({ Link: link, 'Works until': `${toText(expiresAt)}, once` });
}

const create: Command = {
  verb: 'create',
  summary: 'Create a user; without a password, print a one-time link that sets one',
  options: [
    { flags: '--email <email>', description: 'What they sign in with', required: true },
    { flags: '--password-stdin', description: 'Read the password from standard input' },
    { flags: '--name <name>', description: 'Their full name' },
    { flags: '--email-verified', description: 'You know that the address is theirs' },
    { flags: '--admin', description: 'Make an administrator' },
  ],
  help: `Examples:
  gatehouse user create --email ada@example.com
  printf %s "$PASSWORD" | gatehouse user create --email ada@example.com --password-stdin`,
  run: async (invocation) => {
    const { options, withServices } = invocation;
    const name = options.text('name');
    const input: NewUser = {
      email: options.text('email') ?? '',
      ...(options.flag('password-stdin') ? { password: await invocation.readStandardInput() } : {}),
      ...(name === undefined ? {} : { profile: { name } }),
      emailVerified: options.flag('email-verified'),
      role: options.flag('admin') ? 'administrator' : 'user',
    };
    return withServices(async (services, config) => {
      const user = await services.users.create(input, commandLine);
      const link = input.password === undefined ? await makeLink(services, config, user) : undefined;
      return {
        text: [
          `Created the user ${printable(user.email)}.`,
          '',
          userToText(user),
          ...(link === undefined ? [] : ['', linkToText(link)]),
        ].join('\n'),
        json: {
          ...presentUser(user),
          ...(link === undefined ? {} : { link: link.link, link_expires_at: toEpochSeconds(link.expiresAt) }),
        },
      };
    });
  },
};

const mostListed = 10_000;

const listAll: Command = {
  verb: 'list',
  summary: 'List users in the order of their creation',
  options: [
    { flags: '--limit <number>', description: 'How many: 1000 unless given' },
    { flags: '--after <cursor>', description: 'Where the page before ended' },
  ],
  run: ({ options, withServices }) =>
    withServices(async ({ users }) => {
      const limit = readCount(options.text('limit') ?? '1000', 'limit', mostListed);
      const after = options.text('after');
      const { users: page, next } = await users.list({ limit, ...(after === undefined ? {} : { after }) });
      const rows = page.map((user) => [user.email, user._id, userState(user), user.role, toText(user.createdAt)]);
      const text = rows.length === 0 ? 'There is no user.' : table(['EMAIL', 'ID', 'STATE', 'ROLE', 'CREATED'], rows);
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
    withServices(async ({ users }) => {
      const user = await findUser(users, reference);
      return { text: userToText(user), json: presentUser(user) };
    }),
};

const resetLink: Command = {
  verb: 'reset-link',
  summary: 'Print a one-time link that sets a password; every earlier one ends',
  arguments: [userArgument],
  options: [{ flags: '--mail', description: 'Send it to the user instead of printing it' }],
  run: ({ args: [reference = ''], options, withServices }) =>
    withServices(async (services, config) => {
      const user = await findUser(services.users, reference);
      const link = await makeLink(services, config, user);
      const facts = { sub: user._id, email: user.email, link_expires_at: toEpochSeconds(link.expiresAt) };
      if (!options.flag('mail')) {
        return { text: linkToText(link), json: { ...facts, link: link.link } };
      }
      await services.userMails.sendPasswordLink(user, { address: link.link });
      return {
        text: `A mail to ${printable(user.email)} is in the outbox; the running server sends it. Its link works until ${toText(link.expiresAt)}, once.`,
        json: { ...facts, mailed: true },
      };
    }),
};

const setPassword: Command = {
  verb: 'set-password',
  summary: "Set a user's password, and sign them out everywhere",
  arguments: [userArgument],
  options: [{ flags: '--password-stdin', description: 'Read the password from standard input', required: true }],
  help: `For set-up scripts, by the same rules as everywhere; a person chooses their own by a link (reset-link).
Example:
  printf %s "$PASSWORD" | gatehouse user set-password ada@example.com --password-stdin`,
  run: async ({ args: [reference = ''], readStandardInput, withServices }) => {
    const password = await readStandardInput();
    return withServices(async ({ users }) => {
      const { _id } = await findUser(users, reference);
      await users.setPassword(_id, password, commandLine);
      const user = await findUser(users, _id);
      return {
        text: `The password of ${printable(user.email)} is set. They are signed out everywhere.`,
        json: presentUser(user),
      };
    });
  },
};

const disable: Command = {
  verb: 'disable',
  summary: 'Lock a user out: ends every session, token and link of theirs',
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async ({ users }) => {
      const { _id } = await findUser(users, reference);
      await users.disable(_id, commandLine);
      const user = await findUser(users, _id);
      return {
        text: `Disabled ${printable(user.email)}. Every session, token and link of theirs has ended.`,
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
  summary: 'Delete a user and everything of theirs',
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async ({ users }) => {
      const { _id, email } = await findUser(users, reference);
      await users.remove(_id, commandLine);
      return {
        text: `Deleted the user ${printable(email)} (${_id}), with every session, token and consent of theirs.`,
        json: { deleted: true, sub: _id, email },
      };
    }),
};

export const commands: readonly Command[] = [create, listAll, show, resetLink, setPassword, disable, enable, remove];

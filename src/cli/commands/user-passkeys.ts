/** `gatehouse user passkeys` and `remove-passkey`: for a user who has lost a device, or all of them. */
import { InvalidInputError } from '../../errors.ts';
import { presentPasskey } from '../../presenters/passkey.ts';
import { commandLine, type Command, type Services } from '../command.ts';
import { printable, table } from '../output.ts';
import { toText } from '../time-text.ts';
import { findUser, userReference } from '../user-reference.ts';

type Passkey = Awaited<ReturnType<Services['passkeys']['listByUser']>>[number];

const userArgument = { name: '<user>', description: userReference };

function row({ _id, name, backedUp, blockedAt, createdAt, lastUsedAt }: Passkey): readonly string[] {
  const state = blockedAt === undefined ? (backedUp ? 'synchronised' : 'on one device') : 'blocked';
  return [_id, name, state, toText(createdAt), lastUsedAt === undefined ? 'never' : toText(lastUsedAt)];
}

const listPasskeys: Command = {
  verb: 'passkeys',
  summary: "List a user's passkeys",
  arguments: [userArgument],
  run: ({ args: [reference = ''], withServices }) =>
    withServices(async ({ users, passkeys }) => {
      const user = await findUser(users, reference);
      const list = await passkeys.listByUser(user._id);
      return {
        text:
          list.length === 0
            ? `${printable(user.email)} has no passkey.`
            : table(['ID', 'NAME', 'STATE', 'ADDED', 'LAST USED'], list.map(row)),
        json: { passkeys: list.map(presentPasskey) },
      };
    }),
};

const removePasskey: Command = {
  verb: 'remove-passkey',
  summary: "Remove a user's passkey, or all of them; the user gets a mail",
  arguments: [userArgument, { name: '[passkey]', description: 'The id of the passkey' }],
  options: [{ flags: '--all', description: 'Remove all passkeys of the user' }],
  help: `Sessions do not end: see gatehouse session end.
Examples:
  gatehouse user remove-passkey ada@example.com pk_JmXq3vB2kQ8sT1ha
  gatehouse user remove-passkey ada@example.com --all`,
  run: ({ args: [reference = '', passkey], options, withServices }) => {
    const all = options.flag('all');
    if (all === (passkey !== undefined)) {
      throw new InvalidInputError('Expected the id of a passkey, or --all.', 'all');
    }
    return withServices(async ({ users, passkeys, secondFactors }) => {
      const user = await findUser(users, reference);
      const ids = passkey === undefined ? (await passkeys.listByUser(user._id)).map(({ _id }) => _id) : [passkey];
      const removed: Passkey[] = [];
      for (const id of ids) {
        removed.push(await passkeys.remove(user._id, id, commandLine));
      }
      await secondFactors.afterRemoval(user._id, commandLine);
      const names = removed.map(({ name }) => `"${printable(name)}"`).join(', ');
      return {
        text:
          removed.length === 0
            ? `${printable(user.email)} has no passkey.`
            : `Removed from ${printable(user.email)}: ${names}.`,
        json: { removed: removed.map(presentPasskey) },
      };
    });
  },
};

export const commands: readonly Command[] = [listPasskeys, removePasskey];

/** `gatehouse user invite`: the account is created when the invitation is accepted. */
import { toEpochSeconds } from '../clock.ts';
import { commandLine, type Command, type CommandOption } from './command.ts';
import { replacementList } from './option-values.ts';
import { printable } from './output.ts';
import { profileOptions, readProfile } from './profile-options.ts';
import { toText } from './time-text.ts';

export function inviteCommand(groupOption: CommandOption): Command {
  return {
    verb: 'invite',
    summary: 'Invite somebody by mail: the account is created when they accept',
    arguments: [{ name: '<email>', description: 'The email address; the account has it' }],
    options: [groupOption, ...profileOptions],
    help: `Works while SIGN_UP is invitation, domains or open. An older invitation of the same address stops working.
Example:
  gatehouse user invite ada@example.com --group staff --name 'Ada Lovelace' --locale en`,
    run: ({ args: [email = ''], options, withServices }) => {
      const groups = replacementList(options.list('group')) ?? [];
      const profile = readProfile(options) ?? {};
      return withServices(async ({ signUp }) => {
        const invited = await signUp.invite({ email, groups, profile }, commandLine);
        return {
          text: `A mail to ${printable(invited.email)} is in the outbox; the running server sends it. Its link works until ${toText(invited.expiresAt)}, once.`,
          json: { email: invited.email, groups, expires_at: toEpochSeconds(invited.expiresAt) },
        };
      });
    },
  };
}

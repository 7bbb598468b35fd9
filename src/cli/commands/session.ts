/** `gatehouse session …`: lists and ends the login sessions of a user. */
import { NotFoundError } from '../../errors.ts';
import { presentLoginSession } from '../../presenters/login-session.ts';
import type { LoginSession } from '../../services/sign-in/sessions.ts';
import type { GrantUsage } from '../../services/tokens/token-usage.ts';
import { commandLine, type Command } from '../command.ts';
import { printable, table } from '../output.ts';
import { toText } from '../time-text.ts';
import { findUser, userReference } from '../user-reference.ts';

const userOption = { flags: '--user <user>', description: userReference, required: true };

/** The last use of a token that was issued in this session. */
function lastUseIn({ authorizations }: LoginSession, usage: readonly GrantUsage[]): GrantUsage | undefined {
  const grants = new Set(authorizations.map(({ grantId }) => grantId));
  return usage
    .filter(({ grantId }) => grants.has(grantId))
    .toSorted((one, other) => other.lastUsedAt.getTime() - one.lastUsedAt.getTime())[0];
}

const listOfUser: Command = {
  verb: 'list',
  summary: 'List the login sessions of a user',
  options: [userOption],
  run: ({ options, withServices }) =>
    withServices(async ({ users, sessions, tokenUsage }) => {
      const user = await findUser(users, options.text('user') ?? '');
      const usage = await tokenUsage.listByUser(user._id);
      const found = (await sessions.listByUser(user._id)).map((session) => ({
        session,
        lastUse: lastUseIn(session, usage),
      }));
      const rows = found.map(({ session: { uid, signedInAt, expiresAt, authorizations }, lastUse }) => [
        uid,
        signedInAt === undefined ? '-' : toText(signedInAt),
        toText(expiresAt),
        authorizations.map(({ clientId }) => clientId).join(' '),
        lastUse === undefined
          ? '-'
          : `${toText(lastUse.lastUsedAt)}${lastUse.lastUsedFrom === undefined ? '' : ` from ${lastUse.lastUsedFrom}`}`,
      ]);
      return {
        text:
          rows.length === 0
            ? `${printable(user.email)} is signed in nowhere.`
            : table(['SESSION', 'SIGNED IN', 'ENDS UNLESS USED', 'CLIENTS', 'TOKENS LAST USED'], rows),
        json: {
          sub: user._id,
          email: user.email,
          sessions: found.map(({ session, lastUse }) => presentLoginSession(session, lastUse)),
        },
      };
    }),
};

const end: Command = {
  verb: 'end',
  summary: 'Sign a user out everywhere, or end one session',
  options: [
    userOption,
    { flags: '--session <id>', description: 'Only the session with this id; `session list` prints the ids' },
  ],
  help: 'Offline access of apps (offline_access) does not end with a session; `user disable` ends it too.',
  run: ({ options, withServices }) =>
    withServices(async ({ users, sessions }) => {
      const user = await findUser(users, options.text('user') ?? '');
      const id = options.text('session');
      if (id !== undefined && !(await sessions.end(user._id, id, commandLine))) {
        throw new NotFoundError(`${user.email} has no session "${id}".`);
      }
      const ended = id === undefined ? await sessions.endAll(user._id, {}, commandLine) : 1;
      const text =
        ended === 0
          ? `${user.email} was signed in nowhere.`
          : `Ended ${ended === 1 ? 'one session' : `${ended} sessions`} of ${user.email}.`;
      return { text: printable(text), json: { sub: user._id, email: user.email, ended } };
    }),
};

export const commands: readonly Command[] = [listOfUser, end];

/**
 * Ends tokens that were found where others can read them. Anybody may report one, so a report ends no more than the
 * holder of the token could use: an access token alone, but with a refresh token its whole grant, because it gives all
 * tokens of the grant. The user gets a mail about a personal access token, and about a grant that has ended.
 */
import type { ClientRepository } from '../../storage/repositories/clients.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import type { PersonalAccessTokenService } from './personal-access-tokens.ts';
import type { UserMails } from '../mails/user-mails.ts';

/** What a report says about a token besides its value. Nobody has verified it. */
export interface LeakReport {
  /** The address where it was found. */
  readonly url?: string;
  /** Where that is: the text of a file, a commit, … */
  readonly source?: string;
}

/** A token that was ended by its value. */
export interface EndedToken {
  /** Its `jti`. */
  readonly id: string;
  readonly accountId?: string;
  readonly clientId?: string;
  /** The grant that has ended with it, if one has: the app has lost its access on one device. */
  readonly endedGrant: string | undefined;
}

export interface LeakedTokens {
  /**
   * Ends a token; with a refresh token, everything that hangs on the same grant.
   * @returns false for text that is not a token of this server, or not any more
   * @throws StorageUnavailableError
   */
  report(value: string, report: LeakReport, actor: Actor): Promise<boolean>;
}

const maxUrlLength = 500;
const maxSourceLength = 50;

/** Without query and fragment, which may contain other secrets. Undefined for text that is not a web address. */
function withoutQuery(url: string): string | undefined {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) {
    return undefined;
  }
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.slice(0, maxUrlLength);
}

export function createLeakedTokens(deps: {
  readonly personalAccessTokens: Pick<PersonalAccessTokenService, 'find' | 'end'>;
  /** Ends a token of another kind. */
  readonly endToken: (value: string) => Promise<EndedToken | undefined>;
  readonly users: Pick<UserRepository, 'find'>;
  readonly clients: Pick<ClientRepository, 'find'>;
  readonly mails: Pick<UserMails, 'sendTokenReported' | 'sendAppAccessEnded'>;
  readonly audit: Pick<AuditService, 'record'>;
}): LeakedTokens {
  const { personalAccessTokens, endToken, users, clients, mails, audit } = deps;

  function record(
    actor: Actor,
    { url, source }: LeakReport,
    { id, ...of }: Omit<EndedToken, 'endedGrant'>,
    name?: string,
  ): Promise<void> {
    const foundAt = url === undefined ? undefined : withoutQuery(url);
    return audit.record({
      ...actorFields(actor),
      ...of,
      type: 'token.reported',
      outcome: 'success',
      detail: {
        id,
        ...(name === undefined ? {} : { name }),
        ...(foundAt === undefined ? {} : { url: foundAt }),
        ...(source === undefined ? {} : { source: source.slice(0, maxSourceLength) }),
      },
    });
  }

  async function notifyUser({ accountId = '', clientId = '' }: EndedToken, grantId: string): Promise<void> {
    const [user, client] = await Promise.all([users.find(accountId), clients.find(clientId)]);
    if (user !== null && client !== null) {
      await mails.sendAppAccessEnded(user, client, grantId);
    }
  }

  return {
    report: async (value, report, actor) => {
      const token = await personalAccessTokens.find(value);
      if (token === null) {
        const ended = await endToken(value);
        if (ended === undefined) {
          return false;
        }
        const { endedGrant, ...of } = ended;
        await record(actor, report, of);
        if (endedGrant !== undefined) {
          await notifyUser(ended, endedGrant);
        }
        return true;
      }
      const { id, name, accountId } = token;
      // Of several reports at the same time, one is recorded and mailed.
      if (await personalAccessTokens.end(id)) {
        await record(actor, report, { id, accountId }, name);
        const user = await users.find(accountId);
        if (user !== null) {
          await mails.sendTokenReported(user, { name });
        }
      }
      return true;
    },
  };
}

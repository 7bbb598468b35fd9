/** Lists and ends login sessions, for the account page and the command line. */
import type { LoginSession, LoginSessionRepository } from '../../storage/repositories/login-sessions.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import type { Actor, AuditService } from '../foundation/audit.ts';
import type { EndOfSession, RevocationService } from '../tokens/revocation.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';

export type { LoginSession } from '../../storage/repositories/login-sessions.ts';

export interface SessionService {
  /** The valid sessions: not those that were started with credentials that have been changed since. */
  listByUser(accountId: string): Promise<LoginSession[]>;
  find(uid: string): Promise<LoginSession | null>;
  /**
   * Ends one login session of this user; false when it does not exist or belongs to another user.
   * @param options.offlineAccess whether the offline access that apps got in it ends, too
   */
  end(accountId: string, uid: string, actor: Actor, options?: Pick<EndOfSession, 'offlineAccess'>): Promise<boolean>;
  /** Ends all login sessions of this user, optionally except one; returns how many. */
  endAll(accountId: string, options: { readonly except?: string }, actor: Actor): Promise<number>;
}

export function createSessionService(deps: {
  readonly sessions: LoginSessionRepository;
  readonly users: Pick<UserRepository, 'find'>;
  readonly revocation: RevocationService;
  readonly audit: AuditService;
}): SessionService {
  const { sessions, users, revocation, audit } = deps;
  return {
    listByUser: async (accountId) => {
      const found = await sessions.listByUser(accountId);
      const user = await users.find(accountId);
      return found.filter((session) => user !== null && credentialsVersionOf(session) === credentialsVersionOf(user));
    },
    find: (uid) => sessions.findByUid(uid),
    end: async (accountId, uid, actor, { offlineAccess } = {}) => {
      const session = await sessions.findByUid(uid);
      if (session?.accountId !== accountId) {
        return false;
      }
      if (!(await revocation.endSession(uid, { offlineAccess }))) {
        return false;
      }
      await audit.record({ ...actor, type: 'session.ended', outcome: 'success', accountId });
      return true;
    },
    endAll: async (accountId, { except }, actor) => {
      const ended = await revocation.endSessions(accountId, except === undefined ? {} : { except });
      if (ended > 0) {
        await audit.record({
          ...actor,
          type: 'session.ended',
          outcome: 'success',
          accountId,
          detail: { sessions: ended },
        });
      }
      return ended;
    },
  };
}

/** Login sessions as people and operators see them: where is this account signed in, and an end to it. */
import type { LoginSession, LoginSessionRepository } from '../storage/repositories/login-sessions.ts';
import type { Actor, AuditService } from './audit.ts';
import type { RevocationService } from './revocation.ts';

export type { LoginSession } from '../storage/repositories/login-sessions.ts';

export interface SessionService {
  listByUser(accountId: string): Promise<LoginSession[]>;
  find(uid: string): Promise<LoginSession | null>;
  /** Ends one login session of this account; false when there is none (or it is somebody else's). */
  end(accountId: string, uid: string, by: Actor): Promise<boolean>;
  /** Ends all of them but one, perhaps; returns how many. */
  endAll(accountId: string, options: { readonly except?: string }, by: Actor): Promise<number>;
}

export function createSessionService(deps: {
  readonly sessions: LoginSessionRepository;
  readonly revocation: RevocationService;
  readonly audit: AuditService;
}): SessionService {
  const { sessions, revocation, audit } = deps;
  return {
    listByUser: (accountId) => sessions.listByUser(accountId),
    find: (uid) => sessions.findByUid(uid),
    end: async (accountId, uid, by) => {
      const session = await sessions.findByUid(uid);
      if (session?.accountId !== accountId) {
        return false;
      }
      if (!(await revocation.endSession(uid))) {
        return false;
      }
      await audit.record({ ...by, type: 'session.ended', outcome: 'success', accountId });
      return true;
    },
    endAll: async (accountId, { except }, by) => {
      const ended = await revocation.endSessions(accountId, except === undefined ? {} : { except });
      if (ended > 0) {
        await audit.record({
          ...by,
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

/**
 * Mails users a week before one of their personal access tokens expires. Every instance looks for such tokens, and a
 * guarded update decides which one mails. The mark is written before the mail, so that there is one mail at most: if a
 * process dies in between there is none.
 */
import type { Clock } from '../../clock.ts';
import { createPoller } from '../../poller.ts';
import type { PersonalAccessTokenRepository } from '../../storage/repositories/personal-access-tokens.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import type { AuditService } from '../foundation/audit.ts';
import type { UserMails } from '../mails/user-mails.ts';

export interface PersonalAccessTokenReminders {
  start(): void;
  /** Resolves when no round is in progress. */
  stop(): Promise<void>;
  /** Mails everything that is due, and returns the number of mails of this call. @throws StorageUnavailableError */
  remindDue(): Promise<number>;
}

const pauseMs = 10 * 60_000;
/** Tokens that are read at a time. */
const batchSize = 100;

export function createPersonalAccessTokenReminders(deps: {
  readonly tokens: Pick<PersonalAccessTokenRepository, 'listDueReminders' | 'takeReminder'>;
  readonly users: Pick<UserRepository, 'find'>;
  readonly mails: Pick<UserMails, 'sendTokenExpires'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}): PersonalAccessTokenReminders {
  const { tokens, users, mails, audit, clock, log } = deps;

  async function round(): Promise<number> {
    let mailed = 0;
    for (;;) {
      const due = await tokens.listDueReminders(clock.now(), batchSize);
      for (const token of due) {
        const user = (await tokens.takeReminder(token)) ? await users.find(token.accountId) : null;
        if (user !== null) {
          await mails.sendTokenExpires(user, token);
          await audit.record({
            type: 'personal_access_token.expiry_mailed',
            outcome: 'success',
            actor: 'system',
            accountId: token.accountId,
            detail: { id: token.tokenId, name: token.name, expires: token.expiresAt.toISOString() },
          });
          mailed += 1;
        }
      }
      if (due.length < batchSize) {
        return mailed;
      }
    }
  }

  const poller = createPoller({
    round,
    pauseMs: () => pauseMs,
    onFailure: (error) => log.warn({ err: error }, 'mails about tokens that expire could not be sent; trying again'),
  });

  return {
    start: () => poller.start(pauseMs),
    stop: () => poller.stop(),
    remindDue: () => poller.runNow(),
  };
}

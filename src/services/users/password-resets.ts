/**
 * Forgotten passwords. A request does the same work for every email address: it is counted, and a message is stored in
 * the outbox. Whether a user has the address is looked up later, by the worker of the outbox, so neither the answer nor
 * the time that it takes shows it. The worker creates the link and sends the mail.
 *
 * A request changes nothing else: the password stays valid, second factors stay, and nobody is signed in.
 */
import { InvalidInputError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import { originFields, type AuditService, type Origin } from '../foundation/audit.ts';
import { parseEmailAddress } from '../values/email-address.ts';
import type { MailLimits } from '../mails/mail-limits.ts';
import type { Deliverer, OutboxService } from '../mails/outbox.ts';
import type { UserMails } from '../mails/user-mails.ts';
import type { UserService } from './users.ts';

export interface PasswordResets {
  /**
   * Sends the user of this email address, if there is one, a mail with a link that sets a new password.
   *
   * @param request.flow the id of the interaction in which it was asked for, so that the user can continue there
   * @throws InvalidInputError for text that is not an email address
   * @throws ThrottledError after many requests for one address, or from one network address
   */
  request(request: { readonly email: string; readonly flow?: string }, origin: Origin): Promise<void>;
  /** Sends the mail of a stored request. */
  readonly deliver: Deliverer;
}

/** A request in the outbox. */
interface StoredRequest {
  readonly emailKey: string;
  readonly flow?: string;
  readonly origin: Origin;
}

function read(content: unknown): StoredRequest {
  const { emailKey, flow, origin } = Object(content) as Record<string, unknown>;
  if (typeof emailKey !== 'string' || typeof origin !== 'object' || origin === null) {
    throw new InvalidInputError('The message is not a request for a new password.');
  }
  return { emailKey, ...(typeof flow === 'string' ? { flow } : {}), origin: originFields(origin) };
}

export function createPasswordResets(deps: {
  readonly users: Pick<UserService, 'createPasswordLink'>;
  readonly findByEmailKey: (emailKey: string) => Promise<UserDocument | null>;
  readonly outbox: Pick<OutboxService, 'enqueue'>;
  readonly mailLimits: MailLimits;
  readonly mails: Pick<UserMails, 'sendPasswordLink'>;
  readonly audit: AuditService;
  /** The complete URL of a link. */
  readonly addressOf: (token: string) => string;
}): PasswordResets {
  const { users, findByEmailKey, outbox, mailLimits, mails, audit, addressOf } = deps;

  return {
    request: async ({ email, flow }, origin) => {
      const { key: emailKey } = parseEmailAddress(email);
      await mailLimits.count(emailKey, origin.address);
      const request: StoredRequest = { emailKey, ...(flow === undefined ? {} : { flow }), origin };
      await outbox.enqueue('password_reset', request);
    },

    deliver: async ({ content, createdAt }) => {
      const { emailKey, flow, origin } = read(content);
      const user = await findByEmailKey(emailKey);
      const event = { ...origin, type: 'password.reset_requested', actor: 'system' } as const;
      if (user === null || user.disabled) {
        await audit.record({
          ...event,
          outcome: 'failure',
          ...(user === null ? {} : { accountId: user._id }),
          detail: { reason: user === null ? 'unknown account' : 'disabled' },
        });
        return;
      }
      await audit.record({ ...event, outcome: 'success', accountId: user._id });
      const { token } = await users.createPasswordLink(
        user._id,
        'set-password',
        { ...origin, actor: 'system' },
        { mailed: true, ...(flow === undefined ? {} : { flow }) },
      );
      await mails.sendPasswordLink(user, { address: addressOf(token), asked: { ...origin, at: createdAt } });
    },
  };
}

/**
 * Confirming an email address, and changing it. A mail to the address has a link, which works on any device, and a
 * code, which the user enters on the account page. A new address takes effect only then. The old address gets a mail
 * with a link that undoes the change for seven days, in case somebody else made it.
 *
 * Nothing shows whether another user has the new address: that user gets a mail instead of the link, and the rest is
 * the same.
 */
import type { Clock } from '../../clock.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import { originFields, type AuditService, type Origin } from '../foundation/audit.ts';
import { parseEmailAddress } from '../values/email-address.ts';
import type { MailLimits } from '../mails/mail-limits.ts';
import type { OneTimeLink, OneTimeLinks } from '../mails/one-time-links.ts';
import type { UserEmails } from './user-emails.ts';
import { eventOf, type UserMails } from '../mails/user-mails.ts';

/** Confirms the address that the user has, or one that the user wants to have. */
export type EmailPurpose = 'confirm-email' | 'change-email';

export interface EmailChanges {
  /**
   * Sends the user a mail that confirms their address.
   * @throws ThrottledError after many mails to this address, or from this network address
   */
  sendConfirmation(user: UserDocument, origin: Origin): Promise<void>;
  /**
   * Sends a mail that confirms a new address. The caller has checked that the user has confirmed the login.
   *
   * @throws InvalidInputError for text that is not an email address; SameEmailError for the one that the user has
   * @throws ThrottledError as above
   */
  requestChange(user: UserDocument, email: string, origin: Origin): Promise<void>;
  /** The address in the newest mail of this kind that is still valid; undefined if there is none. */
  findPending(purpose: EmailPurpose, accountId: string): Promise<string | undefined>;
  /** The link, if it works. Does not use it up. */
  peek(purpose: EmailPurpose, token: string, origin?: Origin): Promise<OneTimeLink | undefined>;
  /** Uses a link. Exactly one of several parallel callers succeeds. @throws NotFoundError when it does not work */
  confirm(purpose: EmailPurpose, token: string, origin: Origin): Promise<void>;
  /**
   * Uses the code of a mail. Exactly one of several parallel callers gets true.
   * @throws ThrottledError after many wrong codes
   */
  confirmByCode(purpose: EmailPurpose, accountId: string, code: string, origin: Origin): Promise<boolean>;
  /** Makes the links and codes of the user's new address void. */
  cancelChange(accountId: string): Promise<void>;
}

/** The user has this address already. */
export class SameEmailError extends InvalidInputError {
  constructor() {
    super('This is the email address that you have.', 'email');
  }
}

/** Seconds in which a change can be undone. */
const undoLifetime = 7 * 24 * 3600;

export function createEmailChanges(deps: {
  readonly users: UserEmails;
  readonly findByEmailKey: (emailKey: string) => Promise<UserDocument | null>;
  readonly oneTimeLinks: OneTimeLinks;
  readonly mailLimits: MailLimits;
  readonly mails: Pick<UserMails, 'send' | 'sendNow'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Seconds that a link works. */
  readonly linkLifetime: number;
  /** The complete URL of a link. */
  readonly addressOf: (purpose: EmailPurpose | 'undo-email', token: string) => string;
}): EmailChanges {
  const { users, findByEmailKey, oneTimeLinks, mailLimits, mails, audit, clock, linkLifetime, addressOf } = deps;
  const minutes = Math.round(linkLifetime / 60);
  const now = (origin: Origin) => eventOf({ ...originFields(origin), at: clock.now() });

  async function change(user: UserDocument, email: string, origin: Origin): Promise<void> {
    const to = parseEmailAddress(email);
    const actor = { ...origin, actor: user._id };
    if ((await findByEmailKey(to.key)) !== null) {
      throw invalid();
    }
    const undo = await oneTimeLinks.create({
      purpose: 'undo-email',
      accountId: user._id,
      mailedTo: user.emailKey,
      data: { email: user.email },
      lifetime: undoLifetime,
    });
    // Stored first, so that the address does not change without it.
    await mails.sendNow(user, 'mail/email-changed', {
      newEmail: to.address,
      link: addressOf('undo-email', undo.token),
      until: undo.expiresAt,
      ...now(origin),
    });
    try {
      await users.changeEmail(user._id, user.emailKey, to, actor);
    } catch (error) {
      throw error instanceof ConflictError ? invalid() : error;
    }
  }

  function invalid(): NotFoundError {
    return new NotFoundError('This link does not work any more. Ask for a new one.');
  }

  /** Does what the link is for. */
  async function apply({ purpose, user, mailedTo, data }: OneTimeLink, origin: Origin): Promise<true> {
    const { email } = data;
    if (user === undefined || mailedTo === undefined) {
      throw invalid();
    }
    if (purpose === 'confirm-email') {
      await users.confirmEmail(user._id, mailedTo, { ...origin, actor: user._id });
    } else if (email !== undefined) {
      await change(user, email, origin);
    }
    return true;
  }

  return {
    sendConfirmation: async (user, origin) => {
      await mailLimits.count(user.emailKey, origin.address);
      const { token, code } = await oneTimeLinks.create({
        purpose: 'confirm-email',
        accountId: user._id,
        mailedTo: user.emailKey,
        lifetime: linkLifetime,
        withCode: true,
      });
      await mails.send(user, 'mail/confirm-email', { link: addressOf('confirm-email', token), code, minutes });
    },

    requestChange: async (user, email, origin) => {
      const { address, key } = parseEmailAddress(email);
      if (key === user.emailKey) {
        throw new SameEmailError();
      }
      await mailLimits.count(key, origin.address);
      const other = await findByEmailKey(key);
      // Also for an address that another user has, so that the same is stored.
      const { token, code } = await oneTimeLinks.create({
        purpose: 'change-email',
        accountId: user._id,
        mailedTo: key,
        data: { email: address },
        lifetime: linkLifetime,
        withCode: true,
      });
      await (other === null
        ? mails.send({ ...user, email: address }, 'mail/change-email', {
            link: addressOf('change-email', token),
            code,
            minutes,
            ...now(origin),
          })
        : mails.send(other, 'mail/email-taken', now(origin)));
      await audit.record({
        ...originFields(origin),
        type: 'email.change_requested',
        outcome: 'success',
        actor: user._id,
        accountId: user._id,
      });
    },

    findPending: async (purpose, accountId) => {
      const link = await oneTimeLinks.findOfUser(purpose, accountId);
      return link?.data['email'] ?? link?.user?.email;
    },

    peek: (purpose, token, origin = {}) => oneTimeLinks.peek(purpose, token, origin),

    confirm: async (purpose, token, origin) => {
      if ((await oneTimeLinks.use(purpose, token, (link) => apply(link, origin))) === undefined) {
        throw invalid();
      }
    },

    confirmByCode: async (purpose, accountId, code, origin) => {
      try {
        const act = (link: OneTimeLink): Promise<true> => apply(link, origin);
        return (await oneTimeLinks.useCode(purpose, accountId, code, act, origin)) === true;
      } catch (error) {
        if (error instanceof NotFoundError) {
          return false;
        }
        throw error;
      }
    },

    cancelChange: (accountId) => oneTimeLinks.removeByUser(accountId, 'change-email'),
  };
}

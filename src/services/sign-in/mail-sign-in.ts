/**
 * Signing in by mail: a link and a six-digit code, which prove that the user reads the mailbox. Both work once, for
 * 10 minutes, and only in the browser that asked for them (one-time-links.ts), so a link that somebody else asked for
 * cannot sign them in when the user opens it. Using one confirms the email address.
 *
 * A request does the same work for every email address. Whether a user has it is looked up later, by the worker of the
 * outbox, so neither the answer nor the time that it takes shows it.
 */
import type { Clock } from '../../clock.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import { originFields, type AuditService, type Origin } from '../foundation/audit.ts';
import { emailKeyOf, parseEmailAddress } from '../values/email-address.ts';
import type { MailLimits } from '../mails/mail-limits.ts';
import type { OneTimeLink, OneTimeLinks } from '../mails/one-time-links.ts';
import type { Deliverer, OutboxService } from '../mails/outbox.ts';
import type { UserEmails } from '../users/user-emails.ts';
import { eventOf, type UserMails } from '../mails/user-mails.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';

/** The sign-in that asks. */
export interface AskingBrowser {
  /** The id of its interaction. */
  readonly flow: string;
  /** A random value of 128 bits or more that only this browser has. */
  readonly browser: string;
}

/** A mail that a browser has asked for, whether or not one was sent. */
export interface AskedMail extends AskingBrowser {
  /** The email address that was entered. Codes are counted by it. */
  readonly email: string;
}

export interface MailSignInResult {
  readonly user: UserDocument;
  readonly at: Date;
  readonly credentialsVersion: number;
}

/** Signs the user in. When it resolves, everything is stored. */
export type SignInByMail = (result: MailSignInResult) => Promise<void>;

export interface MailSignIn {
  /**
   * Sends the user of this email address, if there is one, a mail with a link and a code.
   *
   * @throws InvalidInputError for text that is not an email address
   * @throws ThrottledError after many requests for one address, or from one network address
   */
  request(email: string, asking: AskingBrowser, origin: Origin): Promise<void>;
  /** Sends the mail of a stored request. */
  readonly deliver: Deliverer;
  /**
   * Looks at a link without using it up.
   * @param asking absent if this browser has not asked for one
   * @returns whether it works in this browser; undefined if it does not work at all
   */
  peek(token: string, asking: AskingBrowser | undefined, origin: Origin): Promise<'here' | 'elsewhere' | undefined>;
  /**
   * Uses the link: signs the user in, and then uses up the link, so that it works again after a failure. Exactly one of
   * several parallel callers signs in.
   *
   * @param signIn stores the sign-in. It may be repeated after a failure
   * @returns whether the user was signed in
   * @throws what `signIn` throws
   */
  useLink(token: string, asking: AskingBrowser, origin: Origin, signIn: SignInByMail): Promise<boolean>;
  /**
   * The same by the code. After 10 wrong codes the mail is void. Wrong codes are counted by the address that was
   * entered, so the answers do not show whether a user has it.
   * @throws ThrottledError when too many codes were tried; what `signIn` throws
   */
  useCode(code: string, asked: AskedMail, origin: Origin, signIn: SignInByMail): Promise<boolean>;
}

/** Seconds (OWASP ASVS 6.5.5). */
export const mailSignInLifetime = 600;

interface StoredRequest extends AskingBrowser {
  readonly emailKey: string;
  readonly origin: Origin;
}

function read(content: unknown): StoredRequest {
  const { emailKey, flow, browser, origin } = Object(content) as Record<string, unknown>;
  if (
    typeof emailKey !== 'string' ||
    typeof flow !== 'string' ||
    typeof browser !== 'string' ||
    typeof origin !== 'object' ||
    origin === null
  ) {
    throw new InvalidInputError('The message is not a request to sign in by mail.');
  }
  return { emailKey, flow, browser, origin: originFields(origin) };
}

const holderOf = ({ flow, browser }: AskingBrowser): string => `${flow} ${browser}`;

export function createMailSignIn(deps: {
  readonly findByEmailKey: (emailKey: string) => Promise<UserDocument | null>;
  readonly emails: Pick<UserEmails, 'confirmEmail'>;
  readonly links: Pick<OneTimeLinks, 'create' | 'peek' | 'use' | 'useCode'>;
  readonly outbox: Pick<OutboxService, 'enqueue'>;
  readonly mailLimits: MailLimits;
  readonly mails: Pick<UserMails, 'send'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** The complete URL of a link. */
  readonly addressOf: (flow: string, token: string) => string;
  /** For metrics. */
  readonly onOutcome: (outcome: 'success' | 'failure') => void;
}): MailSignIn {
  const { findByEmailKey, emails, links, outbox, mailLimits, mails, audit, clock, addressOf, onOutcome } = deps;

  /** Nothing is confirmed if the user has got another address, or was deleted, since the link was checked. */
  async function confirmAddress({ _id, emailKey, emailVerified }: UserDocument, origin: Origin): Promise<void> {
    if (emailVerified) {
      return;
    }
    try {
      await emails.confirmEmail(_id, emailKey, { ...originFields(origin), actor: _id });
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) {
        throw error;
      }
    }
  }

  async function record(user: UserDocument | undefined, origin: Origin): Promise<void> {
    const isAccepted = user !== undefined && !user.disabled;
    onOutcome(isAccepted ? 'success' : 'failure');
    await audit.record({
      ...originFields(origin),
      ...(user === undefined ? {} : { accountId: user._id }),
      type: isAccepted ? 'login.success' : 'login.failure',
      outcome: isAccepted ? 'success' : 'failure',
      actor: user?._id ?? 'system',
      detail: {
        method: 'mail',
        ...(isAccepted ? {} : { reason: user === undefined ? 'wrong code or used link' : 'disabled' }),
      },
    });
  }

  /** What is done with a link or code that is right. */
  function finish(origin: Origin, signIn: SignInByMail) {
    return async ({ user }: OneTimeLink): Promise<boolean> => {
      const isAccepted = user !== undefined && !user.disabled;
      if (isAccepted) {
        await confirmAddress(user, origin);
        // The version that the link was checked with, also if the credentials have changed since.
        await signIn({ user, at: clock.now(), credentialsVersion: credentialsVersionOf(user) });
      }
      await record(user, origin);
      return isAccepted;
    };
  }

  /** @param used undefined if the link or code does not work */
  async function isSignedIn(used: boolean | undefined, origin: Origin): Promise<boolean> {
    if (used === undefined) {
      await record(undefined, origin);
    }
    return used === true;
  }

  return {
    request: async (email, { flow, browser }, origin) => {
      const { key: emailKey } = parseEmailAddress(email);
      await mailLimits.count(emailKey, origin.address);
      const request: StoredRequest = { emailKey, flow, browser, origin: originFields(origin) };
      await outbox.enqueue('sign_in_mail', request);
    },

    deliver: async ({ content, createdAt }) => {
      const { emailKey, origin, ...asking } = read(content);
      const user = await findByEmailKey(emailKey);
      if (user === null || user.disabled) {
        return;
      }
      const { token, code } = await links.create({
        purpose: 'sign-in',
        accountId: user._id,
        mailedTo: user.emailKey,
        lifetime: mailSignInLifetime,
        boundTo: holderOf(asking),
        withCode: true,
      });
      await mails.send(user, 'mail/sign-in', {
        link: addressOf(asking.flow, token),
        code,
        minutes: mailSignInLifetime / 60,
        ...eventOf({ ...origin, at: createdAt }),
      });
    },

    peek: async (token, asking, { address }) => {
      const link = await links.peek('sign-in', token, {
        ...(address === undefined ? {} : { address }),
        ...(asking === undefined ? {} : { boundTo: holderOf(asking) }),
      });
      return link === undefined ? undefined : link.boundHere ? 'here' : 'elsewhere';
    },

    useLink: async (token, asking, origin, signIn) =>
      isSignedIn(await links.use('sign-in', token, finish(origin, signIn), { boundTo: holderOf(asking) }), origin),

    useCode: async (code, asked, origin, signIn) => {
      const { address } = origin;
      const used = await links.useCode('sign-in', holderOf(asked), code, finish(origin, signIn), {
        mailedTo: emailKeyOf(asked.email),
        ...(address === undefined ? {} : { address }),
      });
      return isSignedIn(used, origin);
    },
  };
}

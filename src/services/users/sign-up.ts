/**
 * Accounts that people make themselves: after an invitation, or, where the operator allows it, by anybody who reads the
 * mails of an email address. The account is created with its password, after the address was confirmed by a link or a
 * code, so there is no account that cannot be used.
 *
 * A request does the same work for every email address: it is counted, a link with a code is made, and a message is
 * stored in the outbox. Whether a user has the address is looked up later, by the worker of the outbox, which sends the
 * user another mail. So neither the answer nor the time that it takes shows who has an account.
 */
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts';
import type { LinkPurpose, UserDocument } from '../../storage/collections.ts';
import type { Locale } from '../../views/models.ts';
import { actorFields, originFields, type Actor, type AuditService, type Origin } from '../foundation/audit.ts';
import { emailKeyOf, parseEmailAddress } from '../values/email-address.ts';
import { parseGroups } from '../values/groups.ts';
import type { MailLimits } from '../mails/mail-limits.ts';
import type { MailService } from '../mails/mail.ts';
import type { OneTimeLink, OneTimeLinks } from '../mails/one-time-links.ts';
import type { Deliverer, OutboxService } from '../mails/outbox.ts';
import { applyProfileChanges } from '../values/profile.ts';
import type { UserMails } from '../mails/user-mails.ts';
import { newUserId, type UserService } from './users.ts';

/** A link with which somebody makes an account. */
export interface SignUpLink {
  readonly purpose: Extract<LinkPurpose, 'sign-up' | 'invitation'>;
  readonly token: string;
}

/** The account that a link is for. */
export interface PromisedAccount {
  readonly email: string;
  readonly name: string | undefined;
  readonly isInvited: boolean;
  /** The id of the interaction in which the user asked for it. */
  readonly flow: string | undefined;
}

export interface SignUp {
  /**
   * What the sign-in page offers: an account for everybody, or for addresses of these domains. Undefined: nobody can
   * ask for an account.
   */
  readonly offer: { readonly domains: readonly string[] } | undefined;
  /**
   * Mails a link and a code for a new account, or, if there is an account already, how to get into it.
   *
   * @param request.flow the id of the interaction in which it was asked for, so that the user can continue there
   * @throws InvalidInputError for text that is not an email address; with the field `domain` for another domain
   * @throws ThrottledError after many requests for one address, or from one network address
   * @throws NotFoundError if nobody can ask for an account
   */
  request(
    request: { readonly email: string; readonly flow: string; readonly locale: Locale },
    origin: Origin,
  ): Promise<void>;
  /** Sends the mail of a stored request. */
  readonly deliver: Deliverer;
  /**
   * Uses the code of a mail.
   *
   * @param email the address that this browser asked for
   * @returns a link for the rest; undefined for a wrong code. Exactly one of several parallel callers gets it
   * @throws ThrottledError after many wrong codes
   */
  enterCode(email: string, code: string, origin: Origin): Promise<SignUpLink | undefined>;
  /**
   * The account that a link is for; undefined if the link does not work, or there is an account by now. Does not use up
   * the link.
   * @throws ThrottledError after many wrong links from one network address
   */
  find(link: SignUpLink, origin: Origin): Promise<PromisedAccount | undefined>;
  /**
   * Creates the account, or sets the first password of one that an operator has created. Exactly one of several
   * parallel callers, in any number of processes, succeeds. Input that is rejected does not use up the link.
   *
   * @throws NotFoundError when the link does not work or no longer works
   * @throws PasswordRejectedError, InvalidInputError
   */
  complete(
    link: SignUpLink,
    account: { readonly name: string; readonly password: string },
    origin: Origin,
  ): Promise<UserDocument>;
  /**
   * Makes a link with which a user who has no password sets one, and is signed in. An older one stops working.
   *
   * @param options.mailed whether the link goes to the user's address and nowhere else: using it then verifies the
   *   address
   * @returns the complete URL
   */
  createFirstLink(
    user: UserDocument,
    actor: Actor,
    options: { readonly mailed: boolean },
  ): Promise<{ readonly address: string; readonly expiresAt: Date }>;
  /**
   * Invites somebody by mail. An older invitation of the same address stops working.
   *
   * @throws ConflictError when a user has this address, or sign-up is closed
   * @throws InvalidInputError
   */
  invite(
    invitation: {
      readonly email: string;
      readonly groups: readonly string[];
      readonly profile: Readonly<Record<string, unknown>>;
    },
    actor: Actor,
  ): Promise<{ readonly email: string; readonly expiresAt: Date }>;
}

/** A request in the outbox. */
interface StoredRequest {
  readonly email: string;
  readonly token: string;
  readonly code: string;
  readonly locale: Locale;
  readonly origin: Origin;
}

function readRequest(content: unknown): StoredRequest {
  const { email, token, code, locale, origin } = Object(content) as Record<string, unknown>;
  if (
    [email, token, code, locale].some((value) => typeof value !== 'string') ||
    typeof origin !== 'object' ||
    origin === null
  ) {
    throw new InvalidInputError('The message is not a request for an account.');
  }
  return { ...(content as StoredRequest), origin: originFields(origin) };
}

function invalidLink(): NotFoundError {
  return new NotFoundError('This link does not work any more. Ask for a new one.');
}

export function createSignUp(deps: {
  readonly policy: 'closed' | 'invitation' | 'domains' | 'open';
  /** In lower case and ASCII. */
  readonly domains: readonly string[];
  readonly users: Pick<UserService, 'create' | 'findByEmail' | 'redeemPasswordLink'>;
  readonly links: Pick<OneTimeLinks, 'create' | 'peek' | 'use' | 'useCode'>;
  readonly outbox: Pick<OutboxService, 'enqueue'>;
  readonly mailLimits: MailLimits;
  readonly mail: Pick<MailService, 'send'>;
  readonly userMails: Pick<UserMails, 'send'>;
  readonly negotiateLocale: (preferences: { readonly uiLocales: string | undefined }) => Locale;
  readonly audit: AuditService;
  readonly brandName: string;
  /** Seconds that the link of a mail that somebody asked for works. */
  readonly linkLifetime: number;
  /** Seconds that an invitation works. */
  readonly invitationLifetime: number;
  /** The complete URL of a link. */
  readonly addressOf: (link: SignUpLink) => string;
  /** The complete URL of the account page. */
  readonly accountAddress: string;
}): SignUp {
  const { policy, domains, users, links, outbox, mailLimits, mail, userMails, audit, addressOf } = deps;
  const { brandName, linkLifetime, invitationLifetime, accountAddress, negotiateLocale } = deps;
  const offer = policy === 'open' ? { domains: [] } : policy === 'domains' ? { domains } : undefined;

  /** Undefined if the link does not work, or its user has a password or its address an account by now. */
  async function findLink({ purpose, token }: SignUpLink, { address }: Origin): Promise<OneTimeLink | undefined> {
    const isPossible = purpose === 'invitation' || offer !== undefined;
    const link = isPossible ? await links.peek(purpose, token, address === undefined ? {} : { address }) : undefined;
    if (link?.user !== undefined) {
      return link.user.passwordHash === undefined && !link.user.disabled ? link : undefined;
    }
    return link?.mailedTo === undefined || policy === 'closed' || (await users.findByEmail(link.mailedTo)) !== null
      ? undefined
      : link;
  }

  function emailOf({ user, data, mailedTo = '' }: OneTimeLink): string {
    return user?.email ?? data['email'] ?? mailedTo;
  }

  function profileOf({ user, data }: OneTimeLink): Readonly<Record<string, unknown>> {
    return user?.profile ?? (JSON.parse(data['profile'] ?? '{}') as Readonly<Record<string, unknown>>);
  }

  async function create(
    link: OneTimeLink,
    { name, password }: { readonly name: string; readonly password: string },
    origin: Origin,
  ): Promise<UserDocument> {
    const id = newUserId();
    const groups = JSON.parse(link.data['groups'] ?? '[]') as readonly string[];
    try {
      // The unique address decides which of several callers succeeds, also if they use different links.
      return await users.create(
        { id, email: emailOf(link), password, profile: { ...profileOf(link), name }, groups, emailVerified: true },
        { ...originFields(origin), actor: id },
      );
    } catch (error) {
      throw error instanceof ConflictError ? invalidLink() : error;
    }
  }

  return {
    offer,

    request: async ({ email, flow, locale }, origin) => {
      const { address, key } = parseEmailAddress(email);
      if (offer === undefined) {
        throw new NotFoundError('Nobody can ask for an account here.');
      }
      if (offer.domains.length > 0 && !offer.domains.includes(key.slice(key.indexOf('@') + 1))) {
        throw new InvalidInputError(`Expected an address of ${offer.domains.join(', ')}.`, 'domain');
      }
      await mailLimits.count(key, origin.address);
      const { token, code } = await links.create({
        purpose: 'sign-up',
        mailedTo: key,
        lifetime: linkLifetime,
        withCode: true,
        data: { email: address, flow },
      });
      const request: StoredRequest = { email: address, token, code, locale, origin: originFields(origin) };
      await outbox.enqueue('sign_up', request);
    },

    deliver: async ({ content }) => {
      const { email, token, code, locale, origin } = readRequest(content);
      const user = await users.findByEmail(email);
      const event = { ...origin, type: 'sign_up.requested', actor: 'system' } as const;
      if (user !== null) {
        await audit.record({
          ...event,
          outcome: 'failure',
          accountId: user._id,
          detail: { reason: 'the address has an account' },
        });
        await userMails.send(user, 'mail/sign-up-exists', { link: accountAddress });
        return;
      }
      await audit.record({ ...event, outcome: 'success', detail: { email } });
      const link = addressOf({ purpose: 'sign-up', token });
      const minutes = Math.round(linkLifetime / 60);
      await mail.send({
        to: email,
        locale,
        name: 'mail/sign-up',
        model: { email, brand: brandName, link, code, minutes },
      });
    },

    enterCode: async (email, code, { address }) => {
      const key = emailKeyOf(email);
      const replaceLink = async ({ data }: OneTimeLink): Promise<{ readonly link?: SignUpLink }> => {
        if (offer === undefined || (await users.findByEmail(email)) !== null) {
          return {};
        }
        const { token } = await links.create({ purpose: 'sign-up', mailedTo: key, lifetime: linkLifetime, data });
        return { link: { purpose: 'sign-up', token } };
      };
      const used = await links.useCode('sign-up', key, code, replaceLink, {
        mailedTo: key,
        ...(address === undefined ? {} : { address }),
      });
      return used?.link;
    },

    find: async (wanted, origin) => {
      const link = await findLink(wanted, origin);
      if (link === undefined) {
        return undefined;
      }
      const { name } = profileOf(link);
      return {
        email: emailOf(link),
        name: typeof name === 'string' ? name : undefined,
        isInvited: link.purpose === 'invitation',
        flow: link.data['flow'],
      };
    },

    complete: async (wanted, { name, password }, origin) => {
      const link = await findLink(wanted, origin);
      if (link === undefined) {
        throw invalidLink();
      }
      if (link.user !== undefined) {
        // An operator has created the user.
        return users.redeemPasswordLink(
          wanted.token,
          password,
          { ...originFields(origin), actor: link.user._id },
          { purpose: 'invitation', profile: { name } },
        );
      }
      const user = await links.use(wanted.purpose, wanted.token, () => create(link, { name, password }, origin));
      if (user === undefined) {
        throw invalidLink();
      }
      return user;
    },

    createFirstLink: async ({ _id: accountId, emailKey }, actor, { mailed }) => {
      const { token, expiresAt } = await links.create({
        purpose: 'invitation',
        accountId,
        lifetime: linkLifetime,
        ...(mailed ? { mailedTo: emailKey } : {}),
      });
      await audit.record({ ...actorFields(actor), type: 'password.link_created', outcome: 'success', accountId });
      return { address: addressOf({ purpose: 'invitation', token }), expiresAt };
    },

    invite: async ({ email, groups: names, profile: given }, actor) => {
      if (policy === 'closed') {
        throw new ConflictError(
          'Invitations are not accepted while SIGN_UP is closed. Set SIGN_UP=invitation, or create the user: gatehouse user create --mail.',
        );
      }
      const groups = parseGroups(names);
      const profile = applyProfileChanges({}, given);
      const { address, key } = parseEmailAddress(email);
      if ((await users.findByEmail(key)) !== null) {
        throw new ConflictError('A user with this email address exists already.', 'email');
      }
      const { token, expiresAt } = await links.create({
        purpose: 'invitation',
        mailedTo: key,
        lifetime: invitationLifetime,
        data: { email: address, groups: JSON.stringify(groups), profile: JSON.stringify(profile) },
      });
      await audit.record({
        ...actorFields(actor),
        type: 'user.invited',
        outcome: 'success',
        detail: { email: address, ...(groups.length === 0 ? {} : { groups: groups.join(', ') }) },
      });
      const { locale: language } = profile;
      const locale = negotiateLocale({ uiLocales: typeof language === 'string' ? language : undefined });
      const link = addressOf({ purpose: 'invitation', token });
      await mail.send({
        to: address,
        locale,
        name: 'mail/invited',
        model: { email: address, brand: brandName, link, expiresAt },
      });
      return { email: address, expiresAt };
    },
  };
}

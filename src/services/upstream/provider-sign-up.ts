/**
 * Accounts of people who sign in with another provider that is not trusted for their address: they confirm the address
 * by mail, by a link or a six-digit code, and get an account that is linked with the person at the provider. It has no
 * password.
 *
 * Link and code work only in the browser that asked, in its sign-in, and for the person who signed in there
 * (one-time-links.ts): otherwise somebody could mail the link to the owner of an address, and get a way to sign in to
 * the account that the owner makes with it. An account is never linked here: its user gets another mail, which says to
 * sign in and to link the provider then.
 *
 * A request does the same work for every email address. Whether a user has it is looked up later, by the worker of the
 * outbox, so neither the answer nor the time that it takes shows it.
 */
import { InvalidInputError } from '../../errors.ts';
import type { UpstreamDocument, UserDocument } from '../../storage/collections.ts';
import type { Locale } from '../../views/models.ts';
import { originFields, type AuditService, type Origin } from '../foundation/audit.ts';
import type { MailLimits } from '../mails/mail-limits.ts';
import type { MailService } from '../mails/mail.ts';
import type { OneTimeLink, OneTimeLinks } from '../mails/one-time-links.ts';
import type { Deliverer, OutboxService } from '../mails/outbox.ts';
import type { UserMails } from '../mails/user-mails.ts';
import { newUserId, type UserService } from '../users/users.ts';
import { parseEmailAddress } from '../values/email-address.ts';
import type { UpstreamAccounts } from './upstream-accounts.ts';
import type { UpstreamIdentity } from './upstream-identity.ts';

/** A mail that a browser has asked for, whether or not there was one with a link. */
export interface AskedProviderMail {
  /** The id of the interaction. */
  readonly flow: string;
  /** A random value of 128 bits or more that only this browser has. */
  readonly browser: string;
  readonly email: string;
}

/** The person who signed in at the provider. */
export interface ProviderPerson {
  readonly upstream: UpstreamDocument;
  readonly identity: UpstreamIdentity;
}

/** Signs the new user in. When it resolves, everything is stored. */
export type SignInNewUser = (user: UserDocument) => Promise<void>;

export interface ProviderSignUp {
  /** Whether a person at this provider can make an account with an address that the provider is not trusted for. */
  offers(upstream: UpstreamDocument): boolean;
  /**
   * Mails a link and a code, or, if there is an account already, how to link it.
   *
   * @throws InvalidInputError for text that is not an email address
   * @throws ThrottledError after many requests for one address, or from one network address
   */
  request(asked: AskedProviderMail, person: ProviderPerson, locale: Locale, origin: Origin): Promise<void>;
  /** Sends the mail of a stored request. */
  readonly deliver: Deliverer;
  /**
   * Looks at a link without using it up.
   * @param asked absent if this browser has not asked for one
   * @returns whether it works in this browser; undefined if it does not work at all
   */
  peek(
    token: string,
    asked: AskedProviderMail | undefined,
    person: ProviderPerson | undefined,
    origin: Origin,
  ): Promise<'here' | 'elsewhere' | undefined>;
  /**
   * Makes the account, signs its user in, and then uses up the link. Exactly one of several parallel callers does.
   *
   * @returns false if the link does not work, or the address or the person has an account by now
   * @throws what `signIn` throws
   */
  useLink(
    token: string,
    asked: AskedProviderMail,
    person: ProviderPerson,
    signIn: SignInNewUser,
    origin: Origin,
  ): Promise<boolean>;
  /** The same by the code. @throws ThrottledError after many wrong codes; what `signIn` throws */
  useCode(
    code: string,
    asked: AskedProviderMail,
    person: ProviderPerson,
    signIn: SignInNewUser,
    origin: Origin,
  ): Promise<boolean>;
}

/** A request in the outbox. */
interface StoredRequest {
  readonly email: string;
  readonly flow: string;
  readonly token: string;
  readonly code: string;
  readonly provider: string;
  readonly locale: Locale;
  readonly origin: Origin;
}

const purpose = 'provider-sign-up';

function readRequest(content: unknown): StoredRequest {
  const { email, flow, token, code, provider, locale, origin } = Object(content) as Record<string, unknown>;
  if (
    [email, flow, token, code, provider, locale].some((value) => typeof value !== 'string') ||
    typeof origin !== 'object' ||
    origin === null
  ) {
    throw new InvalidInputError('The message is not a request for an account with another provider.');
  }
  return { ...(content as StoredRequest), origin: originFields(origin) };
}

function holderOf({ flow, browser }: AskedProviderMail, { upstream, identity }: ProviderPerson): string {
  return `${flow} ${browser} ${upstream._id} ${identity.subject}`;
}

export function createProviderSignUp(deps: {
  readonly users: Pick<UserService, 'findByEmail'>;
  readonly accounts: Pick<UpstreamAccounts, 'signUp'>;
  readonly links: Pick<OneTimeLinks, 'create' | 'peek' | 'use' | 'useCode'>;
  readonly outbox: Pick<OutboxService, 'enqueue'>;
  readonly mailLimits: MailLimits;
  readonly mail: Pick<MailService, 'send'>;
  readonly userMails: Pick<UserMails, 'send'>;
  readonly audit: AuditService;
  readonly brandName: string;
  /** Seconds that the link of a mail works. */
  readonly linkLifetime: number;
  /** The complete URL of a link. */
  readonly addressOf: (flow: string, token: string) => string;
  /** Where users link their accounts. */
  readonly providersAddress: string;
}): ProviderSignUp {
  const { users, accounts, links, outbox, mailLimits, mail, userMails, audit } = deps;
  const { brandName, linkLifetime, addressOf, providersAddress } = deps;

  /** What is done with a link or code that is right. */
  function finish({ upstream, identity }: ProviderPerson, signIn: SignInNewUser, origin: Origin) {
    return async ({ data }: OneTimeLink): Promise<boolean> => {
      const { id = '', email = '' } = data;
      const actor = { ...originFields(origin), actor: id };
      const result = await accounts.signUp(upstream, identity, { id, email }, actor);
      if (result.outcome === 'success') {
        await signIn(result.user);
      }
      return result.outcome === 'success';
    };
  }

  return {
    offers: ({ createUsers, confirmAddresses }) => createUsers && confirmAddresses === true,

    request: async (asked, person, locale, origin) => {
      const { address: email, key } = parseEmailAddress(asked.email);
      await mailLimits.count(key, origin.address);
      const { token, code } = await links.create({
        purpose,
        mailedTo: key,
        lifetime: linkLifetime,
        withCode: true,
        boundTo: holderOf(asked, person),
        // The id is chosen now, so that a repetition after a failure finds the account that was made.
        data: { email, id: newUserId() },
      });
      const { flow } = asked;
      const provider = person.upstream.name;
      const request: StoredRequest = { email, flow, token, code, provider, locale, origin: originFields(origin) };
      await outbox.enqueue('provider_sign_up', request);
    },

    deliver: async ({ content }) => {
      const { email, flow, token, code, provider, locale, origin } = readRequest(content);
      const user = await users.findByEmail(email);
      const event = { ...origin, type: 'sign_up.requested', actor: 'system' } as const;
      if (user !== null) {
        const detail = { reason: 'the address has an account' };
        await audit.record({ ...event, outcome: 'failure', accountId: user._id, detail });
        await userMails.send(user, 'mail/sign-up-exists', { link: providersAddress, provider });
        return;
      }
      await audit.record({ ...event, outcome: 'success', detail: { email } });
      const link = addressOf(flow, token);
      const minutes = Math.round(linkLifetime / 60);
      const model = { email, brand: brandName, link, code, minutes, provider };
      await mail.send({ to: email, locale, name: 'mail/sign-up', model });
    },

    peek: async (token, asked, person, { address }) => {
      const link = await links.peek(purpose, token, {
        ...(address === undefined ? {} : { address }),
        ...(asked === undefined || person === undefined ? {} : { boundTo: holderOf(asked, person) }),
      });
      return link === undefined ? undefined : link.boundHere ? 'here' : 'elsewhere';
    },

    useLink: async (token, asked, person, signIn, origin) =>
      (await links.use(purpose, token, finish(person, signIn, origin), { boundTo: holderOf(asked, person) })) === true,

    useCode: async (code, asked, person, signIn, origin) => {
      const { address } = origin;
      const used = await links.useCode(purpose, holderOf(asked, person), code, finish(person, signIn, origin), {
        mailedTo: parseEmailAddress(asked.email).key,
        ...(address === undefined ? {} : { address }),
      });
      return used === true;
    },
  };
}

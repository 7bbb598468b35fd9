/** Chooses the mails that users get, and their language. The texts are in `views/mail/`. */
import type { Clock } from '../../clock.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { MailEvent, MailModels, MailName, Views } from '../../views.ts';
import { addressBlock } from '../values/address-block.ts';
import type { Origin } from '../foundation/audit.ts';
import type { MailService, NewMail } from './mail.ts';

/** The model of a mail without what every mail has. */
type OwnModel<K extends MailName> = Omit<MailModels[K], 'email' | 'brand'>;

/** When and from where something was done. */
export interface MailOrigin extends Origin {
  readonly at: Date;
}

export interface UserMails {
  /** Sends a user a mail in the user's language. */
  send<K extends MailName>(user: UserDocument, name: K, model: OwnModel<K>): Promise<void>;
  /** The same, but immediately: before a change that must not be made without the mail. */
  sendNow<K extends MailName>(user: UserDocument, name: K, model: OwnModel<K>): Promise<void>;
  /**
   * Sends a user the link for setting a password. A user without a password gets an invitation.
   * @param link.address the complete URL
   * @param link.asked when and from where the user asked for it; absent if somebody else did
   */
  sendPasswordLink(user: UserDocument, link: { readonly address: string; readonly asked?: MailOrigin }): Promise<void>;
  /**
   * @param origin from where it was changed
   * @param options.isFirst whether the user had no password before
   */
  sendPasswordChanged(user: UserDocument, origin: Origin, options: { readonly isFirst: boolean }): Promise<void>;
  /**
   * A personal access token was used from an address block that is new for it.
   * @param tokenId its id: one mail for each block, however often it is reported
   */
  sendTokenUsed(
    user: UserDocument,
    token: { readonly name: string; readonly from: string },
    tokenId: string,
  ): Promise<void>;
  /** A personal access token will expire soon. */
  sendTokenExpires(user: UserDocument, token: { readonly name: string; readonly expiresAt: Date }): Promise<void>;
  /** A personal access token was found in public, and ended. */
  sendTokenReported(user: UserDocument, token: { readonly name: string }): Promise<void>;
  /**
   * An app lost its access on one device: an old token of it was used, or a refresh token was found in public.
   * @param grantId the grant that ends: one mail for it, however many callers find out
   */
  sendAppAccessEnded(user: UserDocument, app: { readonly name: string }, grantId: string): Promise<void>;
}

/** The event as mails show it: the network address without the part that a household changes itself. */
export function eventOf({ at, address, userAgent }: MailOrigin): MailEvent {
  return {
    at,
    ...(address === undefined ? {} : { from: addressBlock(address) }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

export function createUserMails(dependencies: {
  readonly mail: MailService;
  readonly negotiateLocale: Views['negotiateLocale'];
  readonly brandName: string;
  /** Seconds that a one-time link works. */
  readonly linkLifetime: number;
  /** The address of the account page. */
  readonly accountAddress: string;
  readonly clock: Clock;
}): UserMails {
  const { mail, negotiateLocale, brandName, linkLifetime, accountAddress, clock } = dependencies;

  function localeOf({ profile }: UserDocument): string {
    const { locale } = profile;
    return negotiateLocale({ uiLocales: typeof locale === 'string' ? locale : undefined });
  }

  function newMail<K extends MailName>(user: UserDocument, name: K, model: OwnModel<K>): NewMail {
    const complete = { ...model, email: user.email, brand: brandName };
    // The compiler does not see that name and model belong together.
    return { to: user.email, locale: localeOf(user), name, model: complete } as unknown as NewMail;
  }

  async function send<K extends MailName>(user: UserDocument, name: K, model: OwnModel<K>): Promise<void> {
    await mail.send(newMail(user, name, model));
  }

  async function sendOnce<K extends MailName>(
    key: string,
    user: UserDocument,
    name: K,
    model: OwnModel<K>,
  ): Promise<void> {
    await mail.sendOnce(key, newMail(user, name, model));
  }

  return {
    send,
    sendNow: async (user, name, model) => {
      await mail.sendNow(newMail(user, name, model));
    },
    sendPasswordLink: (user, { address, asked }) =>
      user.passwordHash === undefined && asked === undefined
        ? send(user, 'mail/invitation', { link: address, minutes: Math.round(linkLifetime / 60) })
        : send(user, 'mail/password-reset', {
            link: address,
            minutes: Math.round(linkLifetime / 60),
            ...(asked === undefined ? {} : eventOf(asked)),
          }),
    sendPasswordChanged: (user, origin, { isFirst }) =>
      send(user, isFirst ? 'mail/password-set' : 'mail/password-changed', {
        ...eventOf({ ...origin, at: clock.now() }),
        account: accountAddress,
      }),
    sendTokenUsed: (user, { name, from }, tokenId) =>
      sendOnce(`token used ${tokenId} ${from}`, user, 'mail/token-used', { name, from, account: accountAddress }),
    sendTokenExpires: (user, { name, expiresAt }) =>
      send(user, 'mail/token-expires', { name, expiresAt, account: accountAddress }),
    sendTokenReported: (user, { name }) => send(user, 'mail/token-reported', { name, account: accountAddress }),
    sendAppAccessEnded: (user, { name }, grantId) =>
      sendOnce(`app access ended ${grantId}`, user, 'mail/app-access-ended', { app: name }),
  };
}

/** Chooses the mails that users get, and their language. The texts are in `views/mail/`. */
import type { UserDocument } from '../storage/collections.ts';
import type { Views } from '../views.ts';
import type { MailService } from './mail.ts';

export interface UserMails {
  /**
   * Sends a user the link for setting a password. A user without a password gets an invitation.
   * @param link.address the complete URL
   */
  sendPasswordLink(user: UserDocument, link: { readonly address: string }): Promise<void>;
  sendPasswordChanged(user: UserDocument): Promise<void>;
}

export function createUserMails(dependencies: {
  readonly mail: MailService;
  readonly negotiateLocale: Views['negotiateLocale'];
  readonly brandName: string;
  /** Seconds that a one-time link works. */
  readonly linkLifetime: number;
}): UserMails {
  const { mail, negotiateLocale, brandName, linkLifetime } = dependencies;

  function localeOf({ profile }: UserDocument): string {
    const { locale } = profile;
    return negotiateLocale({ uiLocales: typeof locale === 'string' ? locale : undefined });
  }

  return {
    sendPasswordLink: async (user, { address }) => {
      await mail.send({
        to: user.email,
        name: user.passwordHash === undefined ? 'mail/invitation' : 'mail/password-reset',
        locale: localeOf(user),
        model: { email: user.email, link: address, minutes: Math.round(linkLifetime / 60), brand: brandName },
      });
    },
    sendPasswordChanged: async (user) => {
      await mail.send({
        to: user.email,
        name: 'mail/password-changed',
        locale: localeOf(user),
        model: { email: user.email, brand: brandName },
      });
    },
  };
}

/** The variables of each mail. Its two templates, HTML and text, have the same ones. */

/** A mail that notifies a user. `email`: the user's address. `brand`: the name of this server. */
interface NoticeMail {
  readonly email: string;
  readonly brand: string;
}

/** A mail with a one-time link. `minutes`: how long the link is valid. */
interface LinkMail extends NoticeMail {
  readonly link: string;
  readonly minutes: number;
}

export interface MailModels {
  readonly 'mail/invitation': LinkMail;
  readonly 'mail/password-reset': LinkMail;
  readonly 'mail/password-changed': NoticeMail;
}

export type MailName = keyof MailModels;

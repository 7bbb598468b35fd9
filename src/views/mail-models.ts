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

/** When and from where something was done. `from`: an address block. `userAgent`: the header, for `it.page.device`. */
export interface MailEvent {
  readonly at: Date;
  readonly userAgent?: string;
  readonly from?: string;
}

/** A mail about a personal access token. `name`: as its user named it. `account`: the address of the account page. */
interface TokenMail extends NoticeMail {
  readonly name: string;
  readonly account: string;
}

/** A mail about a passkey. `name`: as its user named it. `from`: an address block. `account`: the page of passkeys. */
interface PasskeyMail extends NoticeMail {
  readonly name: string;
  readonly at: Date;
  readonly userAgent?: string;
  readonly from?: string;
  readonly account: string;
}

/** A mail about an app. `app`: its name. */
interface AppMail extends NoticeMail {
  readonly app: string;
}

/** A mail about a second factor. `at`, `userAgent`, `from` (an address block): when and where the change was made. */
interface SecondFactorMail extends NoticeMail {
  readonly at: Date;
  readonly userAgent?: string | undefined;
  readonly from?: string | undefined;
  /** The address of the page about second factors. */
  readonly account: string;
}

/** A mail with a link and a code of six digits, which can be entered instead. */
interface CodeMail extends LinkMail {
  readonly code: string;
}

/** A mail about another identity provider. `provider`: its name. `account`: the address of the page of the links. */
interface ProviderMail extends NoticeMail {
  readonly provider: string;
  readonly account: string;
}

export interface MailModels {
  readonly 'mail/confirm-email': CodeMail;
  readonly 'mail/change-email': CodeMail & MailEvent;
  /** To the old address. `newEmail`: the new one. `link`: undoes the change until `until`. */
  readonly 'mail/email-changed': NoticeMail &
    MailEvent & { readonly newEmail: string; readonly link: string; readonly until: Date };
  /** To a user whose address somebody wanted to have for another account. */
  readonly 'mail/email-taken': NoticeMail & MailEvent;
  readonly 'mail/app-access-ended': AppMail;
  /** `link` undoes it; `dueAt`: when the account is deleted. */
  readonly 'mail/deletion-requested': NoticeMail & { readonly link: string; readonly dueAt: Date };
  readonly 'mail/invitation': LinkMail;
  /** There is no account yet: the link leads to the page on which it is made. */
  readonly 'mail/invited': NoticeMail & { readonly link: string; readonly expiresAt: Date };
  /** Confirms the address of a new account. `code`: six digits. `provider`: with which the user will sign in. */
  readonly 'mail/sign-up': LinkMail & { readonly code: string; readonly provider?: string };
  /** Somebody asked for an account at this address, which has one. `link`: the account page, or that of `provider`. */
  readonly 'mail/sign-up-exists': NoticeMail & { readonly link: string; readonly provider?: string };
  readonly 'mail/passkey-added': PasskeyMail;
  /** Its signature counter went back: it may have been copied. */
  readonly 'mail/passkey-blocked': PasskeyMail;
  readonly 'mail/passkey-removed': PasskeyMail;
  /** `name`: as its user named it. */
  readonly 'mail/second-factor-added': SecondFactorMail & { readonly name: string };
  readonly 'mail/second-factor-removed': SecondFactorMail & { readonly name: string };
  readonly 'mail/second-factors-reset': NoticeMail & { readonly account: string };
  /** `left`: the number of codes that were not used yet. */
  readonly 'mail/recovery-code-used': SecondFactorMail & { readonly left: number };
  /** With an event if the user asked for it. */
  readonly 'mail/password-reset': LinkMail & Partial<MailEvent>;
  /** `account`: the address of the account page. */
  readonly 'mail/password-changed': NoticeMail & MailEvent & { readonly account: string };
  /** The first password of an account that had none. */
  readonly 'mail/password-set': NoticeMail & MailEvent & { readonly account: string };
  /** `code`: six digits, which work instead of the link. The event: from where the mail was asked for. */
  readonly 'mail/sign-in': LinkMail & MailEvent & { readonly code: string };
  /** A sign-in from a browser that is new for the user. `link`: its page ends the sign-in. */
  readonly 'mail/new-device': NoticeMail & MailEvent & { readonly link: string };
  readonly 'mail/provider-linked': ProviderMail;
  readonly 'mail/provider-unlinked': ProviderMail;
  /** `from`: an address block. */
  readonly 'mail/token-used': TokenMail & { readonly from: string };
  readonly 'mail/token-expires': TokenMail & { readonly expiresAt: Date };
  readonly 'mail/token-reported': TokenMail;
}

export type MailName = keyof MailModels;

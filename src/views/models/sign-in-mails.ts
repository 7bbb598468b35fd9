/** The variables of the pages for signing in by mail, and of those that the mail about a new device leads to. */

/** `throttled`: several mails were sent to this address, or codes tried. `throttled_address`: many from here. */
export type MailSignInError = 'email_invalid' | 'wrong_code' | 'throttled' | 'throttled_address';

interface MailForm {
  readonly action: string;
  readonly csrf: string;
  /** The path of the sign-in page. */
  readonly back: string;
  readonly error?: MailSignInError;
  /** Seconds. */
  readonly retryAfter?: number;
}

export interface SignInMailModels {
  /** Posts `csrf` and `email` to `action`. */
  readonly 'interaction/mail-address': MailForm & { readonly email?: string };
  /** The same for every email address. Posts `csrf`, `code` and, if checked, `remember=yes` to `action`. */
  readonly 'interaction/mail-code': MailForm & { readonly minutes: number };
  /** Posts `csrf` and, if checked, `remember=yes` to `action`. Without these it was opened in another browser. */
  readonly 'interaction/mail-link': {
    readonly action?: string;
    readonly csrf?: string;
    /** Given: the link makes an account that is linked with this provider. */
    readonly provider?: { readonly name: string };
  };
  /** Posts `csrf` to `action`. `from`: an address block. `userAgent`: the header, for `it.page.device`. */
  readonly 'account/new-device': {
    readonly action: string;
    readonly csrf: string;
    readonly email: string;
    readonly at: Date;
    readonly from?: string;
    readonly userAgent?: string;
  };
  readonly 'account/sign-in-rejected': { readonly signInUri: string };
}

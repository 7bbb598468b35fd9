/** The variables of the pages on which users change their password, or choose one because they forgot theirs. */

/** `throttled`: several mails were sent to this address. `throttled_address`: many were asked for from here. */
export type ForgotPasswordError = 'email_invalid' | 'throttled' | 'throttled_address';

/** What can be wrong with a new password. */
export type PasswordErrorCode =
  'too_short' | 'too_long' | 'common' | 'breached' | 'context' | 'mismatch' | 'invalid_input';

/** What can be wrong besides the new password. `wrong`: the current password. */
export type ChangePasswordError = 'wrong' | 'throttled' | 'overloaded';

export interface RecoveryModels {
  /** Posts `csrf` and `email` to `action`. `back`: the path of the sign-in page. */
  readonly 'interaction/forgot-password': {
    readonly action: string;
    readonly csrf: string;
    readonly back: string;
    readonly email?: string;
    readonly error?: ForgotPasswordError;
    /** Seconds. */
    readonly retryAfter?: number;
  };
  /** The same for every email address. `again`: the path of the form. */
  readonly 'interaction/password-mail-sent': {
    readonly back: string;
    readonly again: string;
    /** How long the link in the mail works. */
    readonly minutes: number;
  };
  /**
   * Posts `csrf`, `current` if the user has a password, `password`, `confirmation`, and a read-only `username` for
   * password managers, to `/account/password`. A second form posts only `csrf` to `/account/password/link`.
   */
  readonly 'account/change-password': {
    readonly csrf: string;
    readonly email: string;
    readonly minimumLength: number;
    readonly hasPassword: boolean;
    readonly error?: { readonly code: PasswordErrorCode | ChangePasswordError; readonly minimum?: number };
    /** Seconds. */
    readonly retryAfter?: number;
  };
}

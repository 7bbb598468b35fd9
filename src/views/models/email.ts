/** The variables of the pages about the user's email address. */
import type { PasswordErrorCode } from './recovery.ts';

export type EmailErrorCode = 'email_invalid' | 'email_same' | 'code_wrong' | 'throttled' | 'email_taken';

export interface EmailModels {
  /**
   * Posts `csrf` to `/account/email/confirmation` and `/account/email/cancel`, and `csrf` and `code` to
   * `/account/email/confirm-email` or `/account/email/change-email`.
   */
  readonly 'account/email': {
    readonly csrf: string;
    readonly email: string;
    readonly verified: boolean;
    /** Whether a mail that confirms the address was sent, so that its code can be entered. */
    readonly confirming: boolean;
    /** The new address, if a mail was sent to it. */
    readonly pending?: string;
    readonly error?: { readonly form: 'confirm-email' | 'change-email'; readonly code: EmailErrorCode };
  };
  /** Posts `csrf` and `email` to `/account/email/new`. `email`: the address that the user has. */
  readonly 'account/new-email': {
    readonly csrf: string;
    readonly email: string;
    readonly value?: string;
    readonly error?: EmailErrorCode;
  };
  /** Posts `csrf` to `action`. `old`: the address that `email` replaces. */
  readonly 'email/confirm': {
    readonly action: string;
    readonly csrf: string;
    readonly email: string;
    readonly old?: string;
  };
  readonly 'email/done': { readonly accountUri: string };
  /** Posts `csrf`, `password` and `confirmation`, and a read-only `username`, to `action`. */
  readonly 'email/undo': {
    readonly action: string;
    readonly csrf: string;
    readonly email: string;
    readonly minimumLength: number;
    readonly error?: { readonly code: PasswordErrorCode | 'email_taken'; readonly minimum?: number };
  };
}

/** The variables of the pages on which somebody makes an account. */

/** `code`: the code is wrong or has expired. */
export type SignUpError = 'email_invalid' | 'domain' | 'code' | 'throttled' | 'throttled_address';
/** Why a password or a name is rejected. */
export type NewAccountError = 'too_short' | 'too_long' | 'common' | 'breached' | 'context' | 'invalid_input' | 'name';

/** Forms are posted to `action`. `signIn`: the address of the sign-in page. */
interface SignUpPage {
  readonly action: string;
  readonly csrf: string;
  readonly signIn: string;
}

interface Refused {
  readonly error?: SignUpError;
  /** Seconds. */
  readonly retryAfter?: number;
}

export interface SignUpModels {
  /** Posts `csrf`, `step=request` and `email`. `domains`: those of allowed addresses; empty if all are. */
  readonly 'interaction/sign-up': SignUpPage &
    Refused & {
      readonly client: { readonly name: string };
      readonly email?: string;
      readonly domains: readonly string[];
    };
  /** Posts `csrf`, `step=code` and `code`. `again`: the address of the page for another email address. */
  readonly 'interaction/sign-up-sent': SignUpPage &
    Refused & {
      readonly email: string;
      readonly again: string;
      /** Given: the account will be linked with this provider, and the mail works only in this browser. */
      readonly provider?: { readonly name: string };
    };
  /**
   * Posts `csrf` and, unless the provider has given the address (`isGiven`), `email`. `provider`: with which the user
   * has signed in.
   */
  readonly 'interaction/provider-sign-up': SignUpPage &
    Refused & {
      readonly client: { readonly name: string };
      readonly provider: { readonly name: string };
      readonly email?: string;
      readonly isGiven: boolean;
    };
  /** Posts `csrf`, `step=account`, `name` and `password`. */
  readonly 'interaction/new-account': SignUpPage & {
    readonly email: string;
    readonly isInvited: boolean;
    readonly name?: string;
    readonly minimumLength: number;
    readonly error?: NewAccountError;
  };
}

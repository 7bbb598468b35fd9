/**
 * The variables of each page. A template may use only these, which is checked at start. The comment of a model
 * describes what the forms of its page post. The models of larger areas are in `models/`.
 */
import type { NextStep } from '../errors.ts';
import type { EmailModels } from './models/email.ts';
import type { PasswordErrorCode, RecoveryModels } from './models/recovery.ts';
import type { AccountModels, AccountNotice } from './models/account.ts';
import type { ActivityModels } from './models/activity.ts';
import type { GroupModels } from './models/groups.ts';
import type { SecondFactorModels } from './models/second-factors.ts';
import type { SignInMailModels } from './models/sign-in-mails.ts';
import type { PasskeyModels } from './models/passkeys.ts';
import type { LoginProblem, ProviderIcon, ProviderViewModels } from './models/providers.ts';
import type { SignUpModels } from './models/sign-up.ts';

export type { ActivityType } from './models/activity.ts';
export type { AccountNotice, DeletionError, NewTokenErrorCode, SecurityRow } from './models/account.ts';
export type { NewPasskeyError, PasskeyError, PasskeyPlace } from './models/passkeys.ts';

/**
 * A language tag: that of a catalogue (the name of a file in `views/locales` without `.yaml`), or the same language
 * with a region, which decides the format of dates and numbers.
 */
export type Locale = string;

/** The variables of the layout around every page. */
export interface ViewContext {
  readonly locale: Locale;
  /** The app that the page is shown for. The page has its colour. */
  readonly client?: {
    readonly name: string;
    readonly logo?: string;
    readonly color?: string;
    /** Addresses of pages of the app; only https addresses are linked. */
    readonly site?: string;
    readonly privacyPolicy?: string;
    readonly terms?: string;
  };
  /** The path of the assets (`Views.findAsset`), without a slash at the end: `/assets`. */
  readonly assetsPath: string;
  /** The path of the issuer without a slash at the end; absent if the issuer has no path. */
  readonly basePath?: string;
  /** The email address of the user who is signed in. */
  readonly signedInAs?: string;
  /** The form with which the user picks another language. `page`: the address to come back to. */
  readonly languageForm?: { readonly action: string; readonly page: string; readonly csrf: string };
  /** What the layout needs around the pages of the account. */
  readonly account?: {
    readonly csrf: string;
    /** Whether the page about personal access tokens is linked. */
    readonly tokens: boolean;
    readonly notice?: AccountNotice;
  };
  /** The nonce of every script element, if the response's Content-Security-Policy has one. */
  readonly nonce?: string;
}

export type LoginError = 'invalid_credentials' | 'throttled' | 'throttled_address' | 'overloaded' | 'invalid_input';
export type LoginWayCode = 'passkey' | 'mail' | 'provider' | 'forgot-password' | 'sign-up';
/**
 * Something that the sign-in page offers besides the password. `action`: the path that a link opens, or that a form
 * posts only `csrf` to. A button is another first factor; a link is a page such as "Forgot your password?".
 * The catalogues have its text under `login.way.<code>`. `provider`: the other identity provider, for the code of that
 * name.
 */
export interface LoginWay {
  readonly code: LoginWayCode;
  readonly kind: 'button' | 'link';
  readonly method: 'get' | 'post';
  readonly action: string;
  readonly provider?: { readonly name: string; readonly icon?: ProviderIcon };
}

export type SetupErrorCode = PasswordErrorCode | 'email_invalid' | 'email_taken';
/** The result of the last action, shown once on the next page. */
export type Notice = AccountNotice | 'signed-out';
export type ErrorKind =
  | 'general'
  | 'expired'
  | 'already_signed_in'
  | 'stale_form'
  | 'foreign_form'
  | 'wrong_host'
  | 'redirect_uri'
  | 'unknown_client'
  | 'unavailable'
  | 'throttled'
  | 'not_found'
  | 'used_link'
  | 'access_denied';

/** What an app requests. */
interface RequestedAccess {
  /** Scopes about the user (`openid`, `profile`, …); the catalogues describe them under `scope`. */
  readonly identity: readonly string[];
  /** Claims that are requested individually; the text of `scope` describes each. */
  readonly claims: readonly { readonly name: string; readonly scope: string }[];
  readonly apis: readonly {
    readonly name: string;
    readonly identifier: string;
    readonly scopes: readonly { readonly value: string; readonly description: string }[];
    /** Claims about the user that the API gets in its tokens; the text of `scope` describes each. */
    readonly receives: readonly { readonly name: string; readonly scope: string }[];
  }[];
}

/** A value that an app sent, and the registered values. */
interface Comparison {
  readonly label: string;
  readonly received: string;
  readonly registered: readonly string[];
}

/** A setting of the library that the app seems to use, and the presets that show its whole configuration. */
interface Setting {
  readonly library: string;
  readonly text: string;
  readonly presets: readonly string[];
}

/** For the developers of the app; all but the message is shown only in development. */
export interface TechnicalDetails {
  readonly message: string;
  readonly comparison?: Comparison;
  readonly hint?: string;
  readonly command?: string;
  readonly setting?: Setting;
}

export interface ViewModels
  extends
    AccountModels,
    ActivityModels,
    EmailModels,
    GroupModels,
    PasskeyModels,
    ProviderViewModels,
    RecoveryModels,
    SecondFactorModels,
    SignInMailModels,
    SignUpModels {
  /**
   * Posts `csrf`, `email`, `password` and, if checked, `remember=yes` to `action`, and with `passkey` also
   * `can_make_passkey=yes` if the script has found that this device can make one. If there is a `cancelAction`, a
   * separate form posts only `csrf` to it. With `reauthentication`, `email` is read-only.
   */
  readonly 'interaction/login': {
    readonly action: string;
    readonly csrf: string;
    readonly cancelAction?: string;
    readonly email?: string;
    readonly remember: boolean;
    readonly error?: LoginError;
    /** Shown once, when a sign-in with another provider did not work. */
    readonly problem?: LoginProblem;
    /** Seconds. */
    readonly retryAfter?: number;
    readonly client: { readonly name: string };
    readonly reauthentication: boolean;
    /** In the order of the page. */
    readonly ways: readonly LoginWay[];
    /**
     * Lets the browser offer passkeys in the email field: a hidden form posts `csrf`, `response` and `remember` to
     * `action` (see PasskeyModels).
     */
    readonly passkey?: { readonly action: string; readonly options: string };
  };
  /**
   * Posts `csrf` and `choice=continue` or `choice=another` to `action`; a separate form posts only `csrf` to
   * `cancelAction`.
   */
  readonly 'interaction/select-account': {
    readonly action: string;
    readonly cancelAction: string;
    readonly csrf: string;
    readonly user: { readonly email: string; readonly name?: string };
    readonly client: { readonly name: string };
  };
  /**
   * Posts `csrf` and `decision=allow` or `decision=deny`; with `choices=yes`, also `allow <scope>` or
   * `allow <api> <scope>` for each optional scope that the user allows; and `ends_in`, which is seconds, `never` or
   * `as-before`.
   * `anotherAccount` is the address of a sign-in page.
   */
  readonly 'interaction/consent': {
    readonly action: string;
    readonly csrf: string;
    /**
     * `host`: where the user returns to. `dynamicIdentity`: the app chose its own name, and nobody has verified it.
     */
    readonly client: { readonly name: string; readonly host: string; readonly dynamicIdentity: boolean };
    readonly user: { readonly email: string; readonly name?: string };
    readonly anotherAccount: string;
    /** `more`: some of the access was allowed before, and some is new. `again`: all of it was allowed before. */
    readonly occasion: 'first' | 'more' | 'again';
    /** The access that the user decides about: only what is new for `more`, else everything. */
    readonly asked: RequestedAccess;
    /** For `more`: the requested access that was allowed before. */
    readonly allowedBefore: RequestedAccess;
    /** The scopes without which the app does not work: they have no check boxes. */
    readonly required: readonly string[];
    /** The scopes that the user refused before, as `<scope>` or `<api> <scope>`: their check boxes are not ticked. */
    readonly refused: readonly string[];
    /** Present if the app requests access while the user is not present (OpenID Connect Core §11). */
    readonly offline: { readonly isNew: boolean } | undefined;
    /** The latest end of the access without another login; undefined if it ends with the login session. */
    readonly until: Date | undefined;
    /** The end of the access that the user chose before, if there is one: the value `as-before` of `ends_in`. */
    readonly endsAt: Date | undefined;
    /** Seconds after which the user can let the access end: values of `ends_in`. */
    readonly endsAfter: readonly number[];
  };
  /** A form that a script submits; its button does the same. `to`: the destination, which decides the text. */
  readonly forward: {
    readonly to: 'app' | 'account' | 'signed-out';
    readonly action: string;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
    readonly client?: { readonly name: string };
  };
  /** Posts `xsrf` and `logout=yes` to sign out; a second form posts only `xsrf` to stay signed in. */
  readonly 'logout/confirm': {
    readonly action: string;
    readonly xsrf: string;
    readonly client?: { readonly name: string };
    /** Whether a script submits the form when the page has loaded. The button remains for browsers without scripts. */
    readonly autoSubmit: boolean;
    /** What was wrong with the app's request. */
    readonly technical?: TechnicalDetails;
  };
  readonly 'logout/done': {
    /** The user may have chosen to stay signed in. */
    readonly signedIn: boolean;
    readonly client?: { readonly name: string };
    readonly returnUri?: string;
  };
  readonly error: {
    readonly status: number;
    readonly kind: ErrorKind;
    /** A technical sentence in English, for the developers of the app. */
    readonly message?: string;
    /** The id of the request, which is also in the log and in audit events. */
    readonly reference: string;
    /** Seconds. */
    readonly retryAfter?: number;
    readonly next: NextStep;
    /** Shown only in development: the received value and the registered ones, with the differences marked. */
    readonly comparison?: Comparison;
    /** Shown only in development: how to fix the problem, in English. */
    readonly hint?: string;
    /** Shown only in development: the command that the hint means, to copy. */
    readonly command?: string;
    /** Shown only in development: the setting of the app's library that decides. */
    readonly setting?: Setting;
  };
  readonly home: {
    readonly issuer: string;
    readonly signedIn: boolean;
    readonly development: boolean;
    /** For developers, in English: mistakes of apps that did not stop their requests, newest first. */
    readonly warnings: readonly { readonly clientId: string; readonly text: string }[];
    readonly setupOpen: boolean;
    readonly notice?: Notice;
  };
  /**
   * Posts `csrf`, `password` and `confirmation`, and also `username`, a read-only copy of the email address for
   * password managers, which is ignored.
   */
  readonly 'account/set-password': {
    readonly action: string;
    readonly csrf: string;
    readonly email: string;
    readonly minimumLength: number;
    readonly error?: { readonly code: PasswordErrorCode; readonly minimum?: number };
    /** Whether the user has a password, so that setting another one ends what was proved with it. */
    readonly replaces: boolean;
    /** Always false: setting a password with a link does not sign the user in. */
    readonly signsIn: false;
  };
  /** `elsewhere`: the sign-in in which the user asked for the link is open in another browser. */
  readonly 'account/password-set': { readonly signInUri: string; readonly elsewhere: boolean };
  /** Posts `csrf`, `email`, `password` and `confirmation`. */
  readonly 'setup/administrator': {
    readonly action: string;
    readonly csrf: string;
    readonly email?: string;
    readonly minimumLength: number;
    readonly error?: { readonly code: SetupErrorCode; readonly minimum?: number };
  };
  readonly 'setup/done': { readonly signInUri: string };
  readonly 'development/outbox': {
    readonly mails: readonly {
      readonly id: string;
      readonly to: string;
      readonly subject: string;
      readonly status: string;
      readonly createdAt: Date;
      readonly attempts: number;
      readonly lastError?: string;
    }[];
  };
  readonly 'development/mail': {
    readonly id: string;
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    readonly html?: string;
    readonly createdAt: Date;
  };
}

export type ViewName = keyof ViewModels;

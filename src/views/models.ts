/**
 * What each page is given. A template may name these variables and no others (checked at start), and what a form posts
 * back is described beside the model of its page.
 */

import type { NextStep } from '../errors.ts';

/**
 * A language tag: that of a catalogue (the name of a file in `views/locales`, without `.yaml`), or of its language with
 * a region, by which dates and numbers are written.
 */
export type Locale = string;

/** The variables of the layout around every page. */
export interface ViewContext {
  readonly locale: Locale;
  /** The app on whose behalf the page is shown; the page is in its colour. */
  readonly client?: {
    readonly name: string;
    readonly logo?: string;
    readonly color?: string;
    /** Addresses of pages of the app; those that are not https are not linked. */
    readonly site?: string;
    readonly privacyPolicy?: string;
    readonly terms?: string;
  };
  /** Path under which `Views.findAsset` is served, without a slash at the end: `/assets`. */
  readonly assetsPath: string;
  /** Path of the issuer without a slash at the end; absent when the issuer is a bare origin. */
  readonly basePath?: string;
  /** Email of the person who is signed in. */
  readonly signedInAs?: string;
  /** Put on every script element, where the response's policy names one. */
  readonly nonce?: string;
}

export type LoginError = 'invalid_credentials' | 'throttled' | 'throttled_address' | 'overloaded' | 'invalid_input';
export type PasswordErrorCode = 'too_short' | 'too_long' | 'common' | 'context' | 'mismatch' | 'invalid_input';
export type SetupErrorCode = PasswordErrorCode | 'email_invalid' | 'email_taken';
/** The result of the last action, shown once on the next page. */
export type Notice = 'session-ended' | 'sessions-ended' | 'access-withdrawn' | 'signed-out';
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
export interface AskedAccess {
  /** Scopes of OpenID Connect (`openid`, `profile`, …); their words are in the catalogues under `scope`. */
  readonly identity: readonly string[];
  readonly apis: readonly {
    readonly name: string;
    readonly identifier: string;
    readonly scopes: readonly { readonly value: string; readonly description: string }[];
  }[];
}

/** What an app sent beside what is registered for it. */
export interface Comparison {
  readonly label: string;
  readonly received: string;
  readonly registered: readonly string[];
}

/** For the developers of the app; comparison and hint are shown in development only. */
export interface TechnicalDetails {
  readonly message: string;
  readonly comparison?: Comparison;
  readonly hint?: string;
}

export interface ViewModels {
  /**
   * Posts `csrf`, `email`, `password` and, when ticked, `remember=yes` to `action`. Where `cancelAction` is given, a
   * form of its own posts `csrf` alone to it. With `reauthentication`, `email` is read-only.
   */
  readonly 'interaction/login': {
    readonly action: string;
    readonly csrf: string;
    readonly cancelAction?: string;
    readonly email?: string;
    readonly remember: boolean;
    readonly error?: LoginError;
    /** Seconds. */
    readonly retryAfter?: number;
    readonly client: { readonly name: string };
    readonly reauthentication: boolean;
  };
  /** Posts `csrf` and `choice=continue` or `choice=another`; a form of its own posts `csrf` alone to `cancelAction`. */
  readonly 'interaction/select-account': {
    readonly action: string;
    readonly cancelAction: string;
    readonly csrf: string;
    readonly user: { readonly email: string; readonly name?: string };
    readonly client: { readonly name: string };
  };
  /** Posts `csrf` and `decision=allow` or `decision=deny`. `anotherAccount` is the address of a sign-in page. */
  readonly 'interaction/consent': {
    readonly action: string;
    readonly csrf: string;
    /**
     * `host`: where the person goes back to. `dynamicIdentity`: nobody has verified the name that the app gave itself.
     */
    readonly client: { readonly name: string; readonly host: string; readonly dynamicIdentity: boolean };
    readonly user: { readonly email: string; readonly name?: string };
    readonly anotherAccount: string;
    /** `more`: something was allowed before, and something is new. `again`: all of it was allowed before. */
    readonly occasion: 'first' | 'more' | 'again';
    /** What the user decides about: what is new if an app requests more, else everything. */
    readonly asked: AskedAccess;
    /** When an app asks for more: what of the request was allowed before. */
    readonly allowedBefore: AskedAccess;
    /** Present when the app keeps its access while the person is away. */
    readonly offline: { readonly isNew: boolean } | undefined;
    /** Until when the access lasts; undefined: as long as the sign-in does. */
    readonly until: Date | undefined;
  };
  /** Posts `xsrf` and `logout=yes` to sign out; a second form posts `xsrf` alone to stay signed in. */
  /** A form that sends itself by script; its button does the same. `to`: where it leads, which chooses the words. */
  readonly forward: {
    readonly to: 'app' | 'account' | 'signed-out';
    readonly action: string;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
    readonly client?: { readonly name: string };
  };
  readonly 'logout/confirm': {
    readonly action: string;
    readonly xsrf: string;
    readonly client?: { readonly name: string };
    /** Sends the form by script as soon as the page is there; the button remains for browsers without. */
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
    /** The same id that log and audit carry. */
    readonly reference: string;
    /** Seconds. */
    readonly retryAfter?: number;
    readonly next: NextStep;
    /** Shown in development only: what came, beside what is registered, the difference marked. */
    readonly comparison?: Comparison;
    /** Shown in development only: what to do about it, in English. */
    readonly hint?: string;
  };
  readonly home: {
    readonly issuer: string;
    readonly signedIn: boolean;
    readonly development: boolean;
    readonly setupOpen: boolean;
    readonly notice?: Notice;
  };
  /**
   * Every form posts `csrf`: to `/account/sessions/<id>/end`, `/account/sessions/end-others`,
   * `/account/apps/<clientId>/withdraw` and `/account/sign-out`.
   */
  readonly 'account/home': {
    readonly csrf: string;
    readonly notice?: Notice;
    readonly user: {
      readonly email: string;
      readonly name?: string;
      readonly emailVerified: boolean;
      readonly createdAt: Date;
      readonly role: 'user' | 'administrator';
    };
    readonly sessions: readonly {
      readonly id: string;
      readonly current: boolean;
      readonly signedInAt: Date;
      readonly lastActiveAt: Date;
      readonly expiresAt: Date;
      /** Names of the apps that were used in it. */
      readonly apps: readonly string[];
      readonly userAgent?: string;
    }[];
    readonly apps: readonly {
      readonly clientId: string;
      readonly name: string;
      readonly host?: string;
      readonly since: Date;
      /** In words. */
      readonly scopes: readonly string[];
      readonly offline: boolean;
    }[];
  };
  /**
   * Posts `csrf`, `password` and `confirmation` (and `username`, a read-only copy of the email for password managers:
   * ignore it).
   */
  readonly 'account/set-password': {
    readonly action: string;
    readonly csrf: string;
    readonly email: string;
    readonly minimumLength: number;
    readonly error?: { readonly code: PasswordErrorCode; readonly minimum?: number };
    /** Setting a password by a link never signs in. */
    readonly signsIn: false;
  };
  readonly 'account/password-set': { readonly signInUri: string };
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

/** A mail that reports something. `email`: the user's address. `brand`: who writes. */
export interface NoticeMail {
  readonly email: string;
  readonly brand: string;
}

/** A mail with a one-time link. `minutes`: how long the link works. */
export interface LinkMail extends NoticeMail {
  readonly link: string;
  readonly minutes: number;
}

export interface MailModels {
  readonly 'mail/invitation': LinkMail;
  readonly 'mail/password-reset': LinkMail;
  readonly 'mail/password-changed': NoticeMail;
}

export type MailName = keyof MailModels;

type Named<M> = { readonly [K in keyof M]: { readonly [P in keyof Required<M[K]>]: true } };

/** The variables of each page, for the check of the templates; the compiler keeps it equal to {@link ViewModels}. */
export const viewVariables: Named<ViewModels> = {
  'interaction/login': {
    action: true,
    csrf: true,
    cancelAction: true,
    email: true,
    remember: true,
    error: true,
    retryAfter: true,
    client: true,
    reauthentication: true,
  },
  'interaction/select-account': { action: true, cancelAction: true, csrf: true, user: true, client: true },
  'interaction/consent': {
    action: true,
    csrf: true,
    client: true,
    user: true,
    anotherAccount: true,
    occasion: true,
    asked: true,
    allowedBefore: true,
    offline: true,
    until: true,
  },
  forward: { to: true, action: true, fields: true, client: true },
  'logout/confirm': { action: true, xsrf: true, client: true, autoSubmit: true, technical: true },
  'logout/done': { signedIn: true, client: true, returnUri: true },
  error: {
    status: true,
    kind: true,
    message: true,
    reference: true,
    retryAfter: true,
    next: true,
    comparison: true,
    hint: true,
  },
  home: { issuer: true, signedIn: true, development: true, setupOpen: true, notice: true },
  'account/home': { csrf: true, notice: true, user: true, sessions: true, apps: true },
  'account/set-password': { action: true, csrf: true, email: true, minimumLength: true, error: true, signsIn: true },
  'account/password-set': { signInUri: true },
  'setup/administrator': { action: true, csrf: true, email: true, minimumLength: true, error: true },
  'setup/done': { signInUri: true },
  'development/outbox': { mails: true },
  'development/mail': { id: true, to: true, subject: true, text: true, html: true, createdAt: true },
};

const noticeMail = { email: true, brand: true } as const;
const linkMail = { ...noticeMail, link: true, minutes: true } as const;

/** The variables of each mail: the same for its two templates, HTML and text. */
export const mailModelVariables: Named<MailModels> = {
  'mail/invitation': linkMail,
  'mail/password-reset': linkMail,
  'mail/password-changed': noticeMail,
};

const errorKinds: Readonly<Record<ErrorKind, true>> = {
  general: true,
  expired: true,
  already_signed_in: true,
  stale_form: true,
  foreign_form: true,
  wrong_host: true,
  redirect_uri: true,
  unknown_client: true,
  unavailable: true,
  throttled: true,
  not_found: true,
  used_link: true,
  access_denied: true,
};
const loginErrors: Readonly<Record<LoginError, true>> = {
  invalid_credentials: true,
  throttled: true,
  throttled_address: true,
  overloaded: true,
  invalid_input: true,
};
const setupErrors: Readonly<Record<SetupErrorCode, true>> = {
  too_short: true,
  too_long: true,
  common: true,
  context: true,
  mismatch: true,
  invalid_input: true,
  email_invalid: true,
  email_taken: true,
};

const nextActions: Readonly<Record<NextStep['action'], true>> = {
  app: true,
  continue: true,
  account: true,
  'sign-in': true,
  home: true,
  reload: true,
  retry: true,
  address: true,
};
const notices: Readonly<Record<Notice, true>> = {
  'session-ended': true,
  'sessions-ended': true,
  'access-withdrawn': true,
  'signed-out': true,
};

/** Catalogue keys that templates put together from a code, so that no scan of the templates can find them. */
export const composedKeys: readonly string[] = [
  ...Object.keys(errorKinds).flatMap((kind) => [`error.${kind}.title`, `error.${kind}.text`]),
  ...Object.keys(nextActions).map((action) => `error.next.${action}`),
  ...Object.keys(loginErrors).map((code) => `login.error.${code}`),
  ...Object.keys(setupErrors).map((code) => `password.error.${code}`),
  ...Object.keys(notices).map((notice) => `notice.${notice}`),
  ...Object.keys(mailModelVariables).map((name) => `${name.replace('/', '.')}.subject`),
];

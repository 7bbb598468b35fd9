/**
 * The variables of the pages of the account. Every form posts `csrf`. The layout shows the navigation, with a form that
 * posts only `csrf` to `/account/sign-out`, and the notice of the last action.
 */

/** The sections of the account, in the order of the navigation. */
export const accountSections = ['overview', 'profile', 'security', 'sessions', 'apps', 'tokens', 'data'] as const;

/** The result of the last action on a page of the account, shown once on the next page. */
export type AccountNotice =
  | 'session-ended'
  | 'sessions-ended'
  | 'access-withdrawn'
  | 'token-revoked'
  | 'profile-saved'
  | 'deletion-undone'
  | 'second-factor-added'
  | 'second-factor-removed'
  | 'device-forgotten'
  | 'devices-forgotten'
  | 'password-changed'
  | 'password-link-sent'
  | 'email-confirmed'
  | 'email-changed'
  | 'email-mail-sent'
  | 'email-kept'
  | 'passkey-added'
  | 'passkey-renamed'
  | 'passkey-removed';

/** `conflict`: the user has too many tokens, or was changed at the same time. */
export type NewTokenErrorCode = 'name' | 'scope' | 'conflict' | 'other';

/** For each row of the page about security: its states. The catalogues have `security.<row>.<state>` for each. */
interface SecurityStates {
  readonly password: 'set' | 'none';
  readonly email: 'confirmed' | 'unconfirmed';
  readonly passkeys: 'some' | 'none';
  readonly 'second-factors': 'on' | 'off';
  readonly devices: 'some' | 'none';
  readonly providers: 'some' | 'none';
  readonly activity: 'recent' | 'none';
}

/**
 * A row of the page about security. The text of its state has the values that the row gives: `{count}`, `{when}`
 * (`at`, as a relative time) and `{name}`.
 */
export type SecurityRow = {
  readonly [N in keyof SecurityStates]: {
    readonly name: N;
    readonly state: SecurityStates[N];
    /** The path of the page where it can be changed. */
    readonly href: string;
    /** Whether the user should do something about it. */
    readonly attention?: boolean;
    readonly count?: number;
    readonly at?: Date;
    readonly value?: string;
  };
}[keyof SecurityStates];

type Named<N extends keyof SecurityStates> = Readonly<Record<SecurityStates[N], true>>;

/** The states of each row, for the check that the catalogues have all of their texts. */
export const securityStates: { readonly [N in keyof SecurityStates]: Named<N> } = {
  password: { set: true, none: true },
  email: { confirmed: true, unconfirmed: true },
  passkeys: { some: true, none: true },
  'second-factors': { on: true, off: true },
  devices: { some: true, none: true },
  providers: { some: true, none: true },
  activity: { recent: true, none: true },
};

/** The claims of the page about the profile, and the parts of the claim `address`. */
export type UserProfileField =
  | 'name'
  | 'given_name'
  | 'middle_name'
  | 'family_name'
  | 'nickname'
  | 'gender'
  | 'birthdate'
  | 'locale'
  | 'zoneinfo'
  | 'profile'
  | 'picture'
  | 'website'
  | 'phone_number'
  | 'address.street_address'
  | 'address.postal_code'
  | 'address.locality'
  | 'address.region'
  | 'address.country';

export type DeletionError = 'not_understood' | 'last_administrator';

export interface AccountModels {
  readonly 'account/overview': {
    readonly user: {
      readonly email: string;
      readonly name?: string;
      readonly emailVerified: boolean;
      readonly createdAt: Date;
      readonly role: 'user' | 'administrator';
    };
    /** How many there are. */
    readonly sessions: number;
    readonly apps: number;
    readonly tokens: number;
  };
  /** Posts each field of `values` by its name to `/account/profile`. */
  readonly 'account/profile': {
    readonly csrf: string;
    /** `preferred_username`, which the user cannot change. */
    readonly username?: string;
    readonly values: Readonly<Record<UserProfileField, string>>;
    /** The field that is not valid. */
    readonly invalid?: UserProfileField;
    /** Time zones. */
    readonly zones: readonly string[];
  };
  /**
   * Posts to `/account/data/download`, which answers with a file; if the user must sign in again first
   * (`isConfirmed` is false), to `/account/data/confirm`.
   */
  readonly 'account/data': { readonly csrf: string; readonly isConfirmed: boolean };
  /**
   * Posts `understood=yes` to `/account/deletion`; if the user must sign in again first (`isConfirmed` is false), to
   * `/account/deletion/confirm`.
   */
  readonly 'account/deletion': {
    readonly csrf: string;
    readonly isConfirmed: boolean;
    /** Seconds in which it can be undone. */
    readonly gracePeriod: number;
    readonly error?: DeletionError;
  };
  readonly 'account/deletion-requested': { readonly gracePeriod: number };
  /** The page that the link of the mail opens. */
  readonly 'account/undo-deletion': {
    readonly action: string;
    readonly csrf: string;
    readonly email: string;
    readonly dueAt: Date;
  };
  readonly 'account/security': { readonly rows: readonly SecurityRow[] };
  /** Posts to `/account/sessions/<id>/end` and `/account/sessions/end-others`. */
  readonly 'account/sessions': {
    readonly csrf: string;
    readonly sessions: readonly {
      readonly id: string;
      readonly current: boolean;
      readonly signedInAt: Date;
      readonly lastActiveAt: Date;
      readonly expiresAt: Date;
      /** The names of the apps that were used in this session. */
      readonly apps: readonly string[];
      readonly userAgent?: string;
    }[];
  };
  /** Posts to `/account/apps/<clientId>/withdraw`. */
  readonly 'account/apps': {
    readonly csrf: string;
    readonly apps: readonly {
      readonly clientId: string;
      readonly name: string;
      /** A `data:` address. */
      readonly logo?: string;
      readonly host?: string;
      readonly since: Date;
      /** The end that the user chose. */
      readonly endsAt?: Date;
      /** When the app last obtained a token, and from which address block. Up to a minute late. */
      readonly lastUse?: { readonly at: Date; readonly from: string };
      /** The descriptions of the scopes. */
      readonly scopes: readonly string[];
      readonly offline: boolean;
    }[];
  };
  /** Personal access tokens. Posts to `/account/tokens/<id>/revoke`. */
  readonly 'account/tokens': {
    readonly csrf: string;
    /** Whether an API allows new ones. */
    readonly mayCreate: boolean;
    readonly tokens: readonly {
      readonly id: string;
      readonly name: string;
      /** The descriptions of the scopes. */
      readonly scopes: readonly string[];
      readonly createdAt: Date;
      readonly expiresAt: Date;
      /** `from`: an address block, else the name of an API. */
      readonly lastUse?: { readonly at: Date; readonly from: string };
    }[];
  };
  /**
   * Posts `name`, `expires_in` (seconds), and for each chosen scope its `field` with its `value`, to
   * `/account/tokens/new`.
   */
  readonly 'account/new-token': {
    readonly csrf: string;
    readonly error?: NewTokenErrorCode;
    readonly name?: string;
    readonly apis: readonly {
      readonly name: string;
      readonly identifier: string;
      readonly scopes: readonly {
        readonly field: string;
        readonly value: string;
        readonly description: string;
        readonly checked: boolean;
      }[];
    }[];
    readonly lifetimes: readonly { readonly seconds: number; readonly selected: boolean }[];
  };
  /** Shown once, directly after the creation of the token. */
  readonly 'account/token-created': {
    readonly name: string;
    readonly value: string;
    readonly expiresAt: Date;
    /** The descriptions of the scopes. */
    readonly access: readonly string[];
  };
}

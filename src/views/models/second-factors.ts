/** The variables of the pages about second factors. */

/** `wrong_code`: also a code that was used before. */
export type SecondFactorError = 'wrong_code' | 'throttled' | 'throttled_address' | 'overloaded';
/** `expired`: the form was open for too long, and shows another app. */
export type AuthenticatorAppError = 'code' | 'name' | 'expired';

/** An app that is being added. */
export interface AuthenticatorAppModel {
  /** To be sent back as it is. */
  readonly app: string;
  /** The seed in groups, to type it into the app. */
  readonly seed: string;
  /** The address in the QR code, which an app on the same device opens. */
  readonly address: string;
  /** SVG path data in units of one module, and the number of modules on each side. */
  readonly qr: { readonly size: number; readonly path: string };
  /** As it was typed. */
  readonly name?: string;
  readonly error?: AuthenticatorAppError;
}

/** The parts that all steps of a login have. A separate form posts only `csrf` to `cancelAction`. */
interface LoginStepModel {
  readonly action: string;
  readonly csrf: string;
  readonly cancelAction: string;
  /** The page that asks for another user. */
  readonly anotherAccount: string;
  readonly email: string;
  readonly client: { readonly name: string };
}

export interface SecondFactorModels {
  /** Posts `csrf`, `code` and, if checked, `remember_device=yes`; each of its two forms has a field `code`. */
  readonly 'interaction/second-factor': LoginStepModel & {
    /** Whether the user has an app that shows codes. */
    readonly hasApp: boolean;
    /** Whether the user has recovery codes. */
    readonly hasRecoveryCodes: boolean;
    /** The page that asks for a passkey, if the user has one. */
    readonly passkey?: string;
    /** Seconds for which the user can choose not to be asked again; absent if the user cannot. */
    readonly rememberFor?: number;
    readonly error?: SecondFactorError;
    /** Seconds. */
    readonly retryAfter?: number;
  };
  /** Posts `csrf`, `app`, `name` and `code`. `reason`: who demands a second factor, the settings or the app. */
  readonly 'interaction/second-factor-setup': LoginStepModel & {
    readonly reason: 'policy' | 'app';
    readonly newApp: AuthenticatorAppModel;
    /** The page that makes a passkey instead. */
    readonly passkey?: string;
  };
  /** Two forms post `csrf` and `choice=download` or `choice=continue`. */
  readonly 'interaction/recovery-codes': Omit<LoginStepModel, 'cancelAction' | 'anotherAccount'> & {
    readonly codes: readonly string[];
  };
  /**
   * Posts `csrf` to `/account/second-factors/<id>/remove` and `/account/second-factors/recovery-codes`, and with `name`
   * to `/account/second-factors/<id>/rename`.
   */
  readonly 'account/second-factors': {
    readonly csrf: string;
    readonly apps: readonly {
      readonly id: string;
      readonly name: string;
      readonly createdAt: Date;
      readonly lastUsedAt?: Date;
    }[];
    /** The number of passkeys, which are second factors, too. */
    readonly passkeys: number;
    /** The number of recovery codes that are left; absent if there are none to make. */
    readonly recoveryCodes?: number;
    /** Whether the user must have a second factor. */
    readonly required: boolean;
    /** Whether the name of an app was not valid. */
    readonly error?: 'name';
  };
  /** Posts `csrf`, `app`, `name` and `code` to `/account/second-factors/new`. */
  readonly 'account/new-second-factor': { readonly csrf: string; readonly newApp: AuthenticatorAppModel };
  /** Posts `csrf` and `codes`, encrypted, to `/account/second-factors/recovery-codes/download`. */
  readonly 'account/recovery-codes': {
    readonly csrf: string;
    readonly codes: readonly string[];
    readonly sealedCodes: string;
  };
  /** Posts `csrf` to `/account/devices/<id>/forget` and `/account/devices/forget-all`. */
  readonly 'account/devices': {
    readonly csrf: string;
    readonly devices: readonly {
      readonly id: string;
      readonly current: boolean;
      readonly createdAt: Date;
      readonly expiresAt: Date;
      readonly userAgent?: string;
      readonly from?: string;
    }[];
    /** Seconds that a device is remembered; 0 if devices are never remembered. */
    readonly lifetime: number;
  };
}

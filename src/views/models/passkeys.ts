/**
 * The variables of the pages about passkeys. A form with `data-passkey` posts `response`: what the browser returned for
 * `options`, both as JSON. The script passkey.js fills it in.
 */

/** `refused`: the passkey was not accepted; the page does not say why. */
export type PasskeyError = 'refused' | 'throttled_address' | 'overloaded';

/** `conflict`: it is registered already, or there are too many. */
export type NewPasskeyError = 'name' | 'response' | 'conflict';

/** Where a passkey is: on one device only, on one device until it is synchronised, or on several. */
export type PasskeyPlace = 'device' | 'not-synced' | 'synced';

export interface PasskeyModels {
  /** Signing in with a passkey. Posts `csrf`, `response` and, if checked, `remember=yes` to `action`. */
  readonly 'interaction/passkey': {
    readonly action: string;
    readonly csrf: string;
    readonly options: string;
    readonly client: { readonly name: string };
    readonly reauthentication: boolean;
    readonly remember: boolean;
    /** The address of the page that asks for the password. */
    readonly passwordAction: string;
    /** Whether the browser asks for the passkey when the page is shown. */
    readonly start: boolean;
    readonly error?: PasskeyError;
    /** Seconds. */
    readonly retryAfter?: number;
  };
  /**
   * The offer to add a passkey, after a sign-in with a password. Posts `csrf` and `response` to `action`; a second form
   * posts `csrf` and `decision=skip`.
   */
  readonly 'interaction/passkey-offer': {
    readonly action: string;
    readonly csrf: string;
    readonly options: string;
    readonly email: string;
    readonly error?: NewPasskeyError;
  };
  /**
   * Posts `csrf`, `name`, `response` and, if checked, `end_others=yes` to `/account/passkeys`; `csrf` and `name` to
   * `/account/passkeys/<id>/rename`; `csrf` and, if checked, `end_others=yes` to `/account/passkeys/<id>/remove`.
   */
  readonly 'account/passkeys': {
    readonly csrf: string;
    /** Absent: no passkey can be added here. */
    readonly options?: string;
    readonly error?: NewPasskeyError;
    /** For `PublicKeyCredential.signalAllAcceptedCredentials()`, as JSON: password managers forget removed passkeys. */
    readonly accepted?: string;
    readonly passkeys: readonly {
      readonly id: string;
      readonly name: string;
      readonly place: PasskeyPlace;
      readonly createdAt: Date;
      readonly lastUsedAt?: Date;
      /** It is not accepted any more, because it may have been copied. */
      readonly blocked: boolean;
    }[];
  };
}

const passkeyErrors: Readonly<Record<PasskeyError, true>> = {
  refused: true,
  throttled_address: true,
  overloaded: true,
};
const newPasskeyErrors: Readonly<Record<NewPasskeyError, true>> = { name: true, response: true, conflict: true };
const places: Readonly<Record<PasskeyPlace, true>> = { device: true, 'not-synced': true, synced: true };

/** The keys of messages that are composed with a code. */
export const passkeyKeys: readonly string[] = [
  ...Object.keys(passkeyErrors).map((code) => `passkey.error.${code}`),
  ...Object.keys(newPasskeyErrors).map((code) => `passkeys.error.${code}`),
  ...Object.keys(places).map((place) => `passkeys.place.${place}`),
];

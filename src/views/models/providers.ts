/** The models of the pages about other identity providers. */

/** A file of `views/assets/providers`. */
export type ProviderIcon = 'apple' | 'github' | 'gitlab' | 'google' | 'microsoft';

export type LoginProblemCode =
  'denied' | 'disabled' | 'failed' | 'not-fresh' | 'taken' | 'last-way' | 'unavailable' | 'unlinked';

/** Why a sign-in with another provider did not work. `provider`: its name. */
export interface LoginProblem {
  readonly code: LoginProblemCode;
  readonly provider: string;
}

export interface ProviderViewModels {
  /** Posts `csrf` and `choice=link` or `choice=skip` to `action`. `provider.email`: the address there. */
  readonly 'interaction/link-provider': {
    readonly action: string;
    readonly csrf: string;
    readonly provider: { readonly name: string; readonly email?: string };
    readonly user: { readonly email: string };
    readonly client: { readonly name: string };
  };
  /** Posts `csrf` to the `action` of a link, or of a provider that can be linked. */
  readonly 'account/providers': {
    readonly csrf: string;
    /** What was done, or why it was not. Shown once. */
    readonly notice?: { readonly code: 'linked' | 'removed'; readonly provider: string } | LoginProblem;
    readonly links: readonly {
      readonly provider: { readonly name: string; readonly icon?: ProviderIcon };
      readonly email?: string;
      readonly linkedAt: Date;
      readonly lastUsedAt: Date;
      /** Absent for the last way to sign in. */
      readonly action?: string;
    }[];
    readonly available: readonly {
      readonly name: string;
      readonly icon?: ProviderIcon;
      readonly action: string;
    }[];
  };
}

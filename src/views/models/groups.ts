/** The variables of the page for users whom the groups of an app or of its scopes leave out. */
export interface GroupModels {
  /**
   * `reason`: the app itself is for other groups, or all that it requests is. `anotherAccount` is the address of a
   * sign-in page. A form posts only `csrf` to `cancelAction`.
   */
  readonly 'interaction/no-access': {
    readonly reason: 'app' | 'scopes';
    readonly csrf: string;
    readonly anotherAccount: string;
    readonly cancelAction: string;
    readonly user: { readonly email: string; readonly name?: string };
    readonly client: { readonly name: string };
  };
}

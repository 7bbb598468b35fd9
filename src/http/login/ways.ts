/**
 * What the sign-in page offers besides the password: other first factors, and links such as "Forgot your password?".
 * Each way is a file; this one lists them in the order of the page.
 */
import type { Interaction } from '../../oidc/interactions.ts';
import type { LoginWay } from '../../views.ts';

/** The ways that one feature adds to the page of this interaction. */
export type FindWays = (interaction: Interaction) => Promise<readonly LoginWay[]>;

/** Lists the ways of all features. */
export function listWays(features: readonly FindWays[]): FindWays {
  return async (interaction) => (await Promise.all(features.map((find) => find(interaction)))).flat();
}

/**
 * Signing out of the other identity provider with which a session was started (OpenID Connect RP-Initiated Logout §2),
 * where the operator has configured that. The session here has ended before, whatever the provider does.
 */
import type { SignedIn } from '../oidc/login-session.ts';
import type { UpstreamClient } from '../oidc/upstream-client.ts';
import { UpstreamUnavailableError } from '../oidc/upstream-configurations.ts';
import type { UpstreamService } from '../services/upstream/upstreams.ts';

/** @returns the address at the provider; undefined if the user is not to sign out there, or it does not answer */
export type FindUpstreamSignOut = (session: Pick<SignedIn, 'upstream'>) => Promise<string | undefined>;

/** @param deps.returnTo where the provider sends users back: it is registered there */
export function createFindUpstreamSignOut(deps: {
  readonly upstreams: Pick<UpstreamService, 'find'>;
  readonly client: Pick<UpstreamClient, 'signOutUrl'>;
  readonly returnTo: string;
}): FindUpstreamSignOut {
  const { upstreams, client, returnTo } = deps;
  return async ({ upstream: login }) => {
    const upstream = login === undefined ? null : await upstreams.find(login.id);
    if (upstream?.signOut !== true) {
      return undefined;
    }
    try {
      return (await client.signOutUrl(upstream, { idToken: login?.idToken, returnTo }))?.href;
    } catch (error) {
      if (error instanceof UpstreamUnavailableError) {
        return undefined;
      }
      throw error;
    }
  };
}

/** The login session of a browser, for our own pages. */
import type { Provider } from 'oidc-provider';
import type { Context } from 'koa';
import { isMultiFactor } from './authentication-context.ts';
import { credentialsVersionIn, setCredentialsVersion } from './credentials-version.ts';
import { upstreamLoginIn, type UpstreamLogin } from './upstream-login.ts';

export interface SignedIn {
  readonly accountId: string;
  readonly uid: string;
  /** Seconds since the epoch: when the user proved who they are. Of a user of another provider: when it was there. */
  readonly signedInAt: number;
  /** Whether the login proved two factors. */
  readonly multiFactor: boolean;
  /** The other provider at which the user signed in. */
  readonly upstream?: UpstreamLogin;
  /** The user's version at the login. If the user has another one now, the session is void. */
  readonly credentialsVersion: number;
}

/** @returns undefined if nobody is signed in */
export async function readLoginSession(provider: Provider, ctx: Context): Promise<SignedIn | undefined> {
  const session = await provider.Session.get(ctx);
  const { accountId, uid, loginTs, amr = [] } = session;
  if (accountId === undefined || uid === undefined) {
    return undefined;
  }
  const upstream = upstreamLoginIn(session);
  return {
    accountId,
    uid,
    signedInAt: upstream?.authTime ?? loginTs ?? 0,
    multiFactor: isMultiFactor(amr),
    ...(upstream === undefined ? {} : { upstream }),
    ...credentialsVersionIn(session),
  };
}

/**
 * Keeps the login session of this browser valid after a change of the user's credentials, which ends all others.
 * @param credentialsVersion the user's version after the change
 */
export async function keepLoginSession(provider: Provider, ctx: Context, credentialsVersion: number): Promise<void> {
  const session = await provider.Session.get(ctx);
  setCredentialsVersion(session, credentialsVersion);
  await session.persist();
}

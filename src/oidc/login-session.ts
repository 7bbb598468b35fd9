/** The login session of a browser, for our own pages. */
import type { Provider } from 'oidc-provider';
import type { Context } from 'koa';
import { isMultiFactor } from './authentication-context.ts';
import { credentialsVersionIn, setCredentialsVersion } from './credentials-version.ts';

export interface SignedIn {
  readonly accountId: string;
  readonly uid: string;
  /** Seconds since the epoch. */
  readonly signedInAt: number;
  /** Whether the login proved two factors. */
  readonly multiFactor: boolean;
  /** The user's version at the login. If the user has another one now, the session is void. */
  readonly credentialsVersion: number;
}

/** @returns undefined if nobody is signed in */
export async function readLoginSession(provider: Provider, ctx: Context): Promise<SignedIn | undefined> {
  const session = await provider.Session.get(ctx);
  const { accountId, uid, loginTs, amr = [] } = session;
  return accountId === undefined || uid === undefined
    ? undefined
    : {
        accountId,
        uid,
        signedInAt: loginTs ?? 0,
        multiFactor: isMultiFactor(amr),
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

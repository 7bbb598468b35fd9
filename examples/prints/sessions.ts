/** The sessions of Prints, in memory, by a random id in a cookie. Tokens never leave this process. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { PendingSignIn, SignedIn, Tokens } from './sign-in.ts';

export interface Session {
  /** Sign-ins that were started, by their `state`. Each tab may have one. */
  readonly pending: Map<string, PendingSignIn>;
  user?: SignedIn;
  /** The refresh that is running. Other requests wait for it, because a refresh token works once. */
  refreshing?: Promise<Tokens>;
  /** A message that is shown once, on the next page. */
  notice?: string;
}

/** Each app needs its own cookie name, because browsers send cookies to all ports of a host. */
const cookieName = 'prints_session';
const maxSessions = 10_000;
const maxPending = 5;

function dropOldest<T>(map: Map<string, T>, maxSize: number): void {
  for (const key of map.keys()) {
    if (map.size <= maxSize) {
      return;
    }
    map.delete(key);
  }
}

export function createSessions() {
  const sessions = new Map<string, Session>();

  function open(ctx: Context, session: Session): Session {
    const id = randomBytes(32).toString('base64url');
    sessions.set(id, session);
    dropOldest(sessions, maxSessions);
    // Lax: browsers send the cookie when the server redirects the user back, but not with a form of another site.
    ctx.cookies.set(cookieName, id, { httpOnly: true, sameSite: 'lax', overwrite: true });
    return session;
  }

  function close(ctx: Context): void {
    sessions.delete(ctx.cookies.get(cookieName) ?? '');
    ctx.cookies.set(cookieName, null, { httpOnly: true, sameSite: 'lax', overwrite: true });
  }

  const current = (ctx: Context): Session | undefined => sessions.get(ctx.cookies.get(cookieName) ?? '');

  return {
    current,
    close,
    /** Stores a started sign-in until its callback. */
    addPending(ctx: Context, state: string, pending: PendingSignIn): void {
      const session = current(ctx) ?? open(ctx, { pending: new Map() });
      session.pending.set(state, pending);
      dropOldest(session.pending, maxPending);
    },
    /** Starts a session with a new id, so that an id that an attacker planted before is useless. */
    signIn(ctx: Context, user: SignedIn): void {
      const pending = current(ctx)?.pending ?? new Map();
      close(ctx);
      open(ctx, { pending, user });
    },
    /**
     * Ends sessions after a back-channel logout: those of one session at the server or, if none is named, all of the
     * user.
     * @returns the number of ended sessions
     */
    end(ended: { readonly subject?: string; readonly serverSession?: string }): number {
      let count = 0;
      for (const [id, { user }] of sessions) {
        const same =
          ended.serverSession === undefined
            ? user?.subject === ended.subject
            : user?.serverSession === ended.serverSession;
        if (user !== undefined && same) {
          sessions.delete(id);
          count += 1;
        }
      }
      return count;
    },
  };
}

/** Who is signed in at Prints: in memory, by a random id in a cookie. Tokens never leave this process. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { PendingSignIn, SignedIn, Tokens } from './sign-in.ts';

export interface Session {
  /** Sign-ins that were begun, by their `state`: several tabs may each have one. */
  readonly pending: Map<string, PendingSignIn>;
  user?: SignedIn;
  /** A refresh that is under way: whoever else needs the tokens waits for it instead of beginning a second. */
  refreshing?: Promise<Tokens>;
  /** Said once, on the next page. */
  notice?: string;
}

/** Each app has a cookie name of its own: cookies do not tell ports apart. */
const cookieName = 'prints_session';
const maxSessions = 10_000;
const maxPending = 5;

function dropOldest<T>(map: Map<string, T>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) {
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
    // Lax: sent when the server sends the person back here, not with a form that another site posts.
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
    remember(ctx: Context, state: string, pending: PendingSignIn): void {
      const session = current(ctx) ?? open(ctx, { pending: new Map() });
      session.pending.set(state, pending);
      dropOldest(session.pending, maxPending);
    },
    /** Signed in: under a new id, so that one that was planted before is worth nothing. */
    signIn(ctx: Context, user: SignedIn): void {
      const pending = current(ctx)?.pending ?? new Map();
      close(ctx);
      open(ctx, { pending, user });
    },
    /** Ends what the server says is over: that one session of its own, or everything of that person. */
    endFor(ended: { readonly subject?: string; readonly serverSession?: string }): number {
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

/**
 * What has ended lately: a list in this process, by which a token is checked without reading anything. It has what this
 * process ended (services/tokens/revocation.ts) at once, and what other instances and commands ended as soon as the log
 * of changes is read again. An end is in the log before it is acknowledged, and a process that starts reads the log.
 *
 * A JWT has nothing else that could end it. A stored access token is removed when it ends; the list also ends those
 * that a request in progress stores after that.
 *
 * Grants, sessions, the parts of apps in sessions, codes and tokens have random ids that are never used again, so they
 * are compared by id alone.
 * Clients, APIs and scopes may be created again: their end concerns the tokens that were issued until then, by the
 * clock of any instance. The tokens of a user end by the ids of sessions and grants.
 *
 * What a user loses with a group is in the list for APIs that check JWTs themselves. This server compares the groups of
 * the user at each check (oidc/introspection.ts).
 */
import { toEpochSeconds, type Clock } from '../../clock.ts';
import type { ChangeRepository } from '../../storage/repositories/changes.ts';
import type { ChangeFeed } from '../foundation/change-feed.ts';

/** What can end, with its id. A value that callers present must not be in it: only its digest. */
export type RevokedSubject =
  | `grant:${string}`
  /** A login session by its `uid`, or the part of one app in a session by its `sid`. */
  | `session:${string}`
  /** A code, by the id of its document: what was issued from it. */
  | `code:${string}`
  /** The `jti` of a JWT, or the id by which introspection names another token. */
  | `token:${string}`
  | `client:${string}`
  | `api:${string}`
  /** An API that accepts no personal access tokens any more, by its identifier. */
  | `personal-access:${string}`
  /** An API that was taken from a client: the client's id, a space, the API's identifier. */
  | `client-api:${string}`
  /** A scope that was removed from an API: the API's identifier, a space, the scope. */
  | `scope:${string}`
  /** A scope that a user cannot grant any more: the user's id, a space, the API's identifier, a space, the scope. */
  | `user-scope:${string}`
  /** A scope that fewer users can grant than before: the API's identifier, a space, the scope. */
  | `scope-groups:${string}`;

/** What a token hangs on. */
export interface CheckedToken {
  /** Undefined if it was issued to a user alone. */
  readonly clientId?: string | undefined;
  /** `iat`, seconds since the epoch. */
  readonly issuedAt: number;
  readonly grantId?: string | undefined;
  /** The login session with which it ends. */
  readonly sessionUid?: string | undefined;
  /** The part of its app in that session, with which it ends, too. */
  readonly sid?: string | undefined;
  readonly jti?: string | undefined;
  /** The id of the token that it was exchanged for, with which it ends. */
  readonly exchangedFor?: string | undefined;
  /** The id of the code that it comes from, with which it ends. */
  readonly codeId?: string | undefined;
  /**
   * Whether it is a document, not a JWT. It is removed when its API ends or is taken from its client, and again before
   * the API or the client's right to it exists again (apis.ts, clients.ts). So the time of its issue is not compared,
   * which would also refuse the first tokens after that.
   */
  readonly isStored?: boolean | undefined;
  /** The identifiers of its APIs. */
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

/** One end. */
export interface Revocation {
  readonly subject: RevokedSubject;
  /** Seconds since the epoch. Where the issue time decides, tokens issued until this second have ended. */
  readonly at: number;
}

export interface Revocations {
  /**
   * Stores ends and applies them here. Call it before removing what ends. What is compared by id alone and has ended
   * less than {@link repeatSeconds} ago is not stored again. @throws StorageUnavailableError
   */
  announce(subjects: readonly RevokedSubject[]): Promise<void>;
  /**
   * Whether anything that the token hangs on has ended. Reads nothing, unless the log could not be read for
   * {@link maxDelayMs}, or the token is older than what the list still has.
   * @throws StorageUnavailableError
   */
  isRevoked(token: CheckedToken): Promise<boolean>;
  /** Whether the list has this grant or session. For one that was read, also if it could not be removed. */
  has(subject: `grant:${string}` | `session:${string}`): boolean;
  /**
   * Resolves when everything is applied here that was acknowledged anywhere until {@link maxDelayMs} ago.
   * @throws StorageUnavailableError
   */
  catchUp(): Promise<void>;
  /** Reads what the log has from before this process started. @throws StorageUnavailableError */
  load(): Promise<void>;
  /** The ends of this second or later, oldest first; undefined if there were so many that some are missing. */
  listSince(at: number): readonly Revocation[] | undefined;
  /** Calls `listener` for each new end. @returns a function that ends the subscription */
  subscribe(listener: (revocation: Revocation) => void): () => void;
}

/** Milliseconds after which an end that another instance has acknowledged is applied here. */
export const maxDelayMs = 1000;
/** Bound: ends in the list, about 20 MB. Above it, the log is read for the tokens that the oldest ends may concern. */
const defaultMaxEntries = 100_000;
/** Seconds that a request may take: a token is stored at most so long after the end of its grant. */
const maxRequestSeconds = 60;

/** Seconds in which an end that is announced again, as by an app that repeats a revocation, is one entry in the log. */
const repeatSeconds = 60;

const isComparedById = (subject: string): boolean => /^(?:grant|session|code|token):/.test(subject);

function subjectsOf(token: CheckedToken): RevokedSubject[] {
  const { clientId, grantId, sessionUid, sid, jti, exchangedFor, codeId, isStored = false, audience, scopes } = token;
  const subjects: RevokedSubject[] = [];
  if (grantId !== undefined) {
    subjects.push(`grant:${grantId}`);
  }
  if (sessionUid !== undefined) {
    subjects.push(`session:${sessionUid}`);
  }
  if (sid !== undefined) {
    subjects.push(`session:${sid}`);
  }
  if (jti !== undefined) {
    subjects.push(`token:${jti}`);
  }
  if (exchangedFor !== undefined) {
    subjects.push(`token:${exchangedFor}`);
  }
  if (codeId !== undefined) {
    subjects.push(`code:${codeId}`);
  }
  if (clientId !== undefined) {
    subjects.push(`client:${clientId}`);
    if (!isStored) {
      subjects.push(...audience.map((api) => `client-api:${clientId} ${api}` as const));
    }
  }
  const [api, ...others] = audience;
  // What ends for one of several APIs is taken from the stored token, which stays valid for the others.
  if (api !== undefined && others.length === 0) {
    subjects.push(...scopes.map((scope) => `scope:${api} ${scope}` as const));
    if (!isStored) {
      subjects.push(`api:${api}`);
    }
  }
  return subjects;
}

export function createRevocations(deps: {
  readonly changes: Pick<ChangeRepository, 'listLatest' | 'listBySubjects'>;
  readonly feed: Pick<ChangeFeed, 'announce' | 'subscribe' | 'catchUp'>;
  readonly clock: Clock;
  /** Seconds: how long an end is kept. No access token is valid for longer. */
  readonly lifetime: number;
  /** Seconds by which the clocks of instances may differ. A client may also be known that much longer elsewhere. */
  readonly clockTolerance: number;
  readonly maxEntries?: number;
  /** Called with the number of ends in the list when it has changed. */
  readonly onSize?: (entries: number) => void;
}): Revocations {
  const { changes, feed, clock, lifetime, clockTolerance, maxEntries = defaultMaxEntries, onSize } = deps;
  /** Seconds since the epoch by subject, in the order in which they became known here. */
  const ends = new Map<RevokedSubject, number>();
  /** Ends of this second and earlier may be missing from the list. */
  let missingUntil = 0;
  const listeners = new Set<(revocation: Revocation) => void>();

  /** The second that is compared with the issue time of a token. */
  function secondOf(subject: string, at: Date): number {
    return toEpochSeconds(at) + (isComparedById(subject) ? 0 : clockTolerance);
  }

  function removeOldest(): void {
    const expired = toEpochSeconds(clock.now()) - lifetime;
    for (const [subject, at] of ends) {
      if (at >= expired && ends.size <= maxEntries) {
        return;
      }
      ends.delete(subject);
      if (at >= expired) {
        missingUntil = Math.max(missingUntil, at);
      }
    }
  }

  function add(subject: RevokedSubject, at: number): void {
    const known = ends.get(subject);
    // What is missing is found in the log. It must not push out what is newer when the log is read again.
    if (at <= missingUntil || (known !== undefined && known >= at)) {
      return;
    }
    ends.delete(subject);
    ends.set(subject, at);
    removeOldest();
    onSize?.(ends.size);
    for (const listener of listeners) {
      listener({ subject, at });
    }
  }

  const concerns = (subject: RevokedSubject, at: number | undefined, { issuedAt }: CheckedToken): boolean =>
    at !== undefined && (isComparedById(subject) || issuedAt <= at);

  /** Whether the log has the end already: what this process announces is in the list as soon as it is stored. */
  function isRecent(subject: RevokedSubject): boolean {
    const at = ends.get(subject);
    return isComparedById(subject) && at !== undefined && toEpochSeconds(clock.now()) - at < repeatSeconds;
  }

  const isListed = (subjects: readonly RevokedSubject[], token: CheckedToken): boolean =>
    subjects.some((subject) => concerns(subject, ends.get(subject), token));

  // Subjects in the log are written by `announce` only.
  feed.subscribe('revocation', (subject, at) => add(subject as RevokedSubject, secondOf(subject, at)));

  return {
    announce: async (subjects) => {
      const fresh = subjects.filter((subject) => !isRecent(subject));
      if (fresh.length === 0) {
        return;
      }
      const at = await feed.announce('revocation', fresh, lifetime);
      for (const subject of fresh) {
        add(subject, secondOf(subject, at));
      }
    },

    isRevoked: async (token) => {
      const subjects = subjectsOf(token);
      if (isListed(subjects, token)) {
        return true;
      }
      await feed.catchUp(maxDelayMs);
      if (isListed(subjects, token)) {
        return true;
      }
      if (token.issuedAt > missingUntil + maxRequestSeconds) {
        return false;
      }
      const found = await changes.listBySubjects('revocation', subjects);
      return found.some(({ subject, at }) => concerns(subject as RevokedSubject, secondOf(subject, at), token));
    },

    has: (subject) => ends.has(subject),
    catchUp: () => feed.catchUp(maxDelayMs),

    load: async () => {
      const latest = await changes.listLatest('revocation', maxEntries + 1);
      for (const { subject, at } of latest.toReversed()) {
        add(subject as RevokedSubject, secondOf(subject, at));
      }
    },

    listSince: (at) => {
      removeOldest();
      return at <= missingUntil
        ? undefined
        : [...ends].flatMap(([subject, ended]) => (ended >= at ? [{ subject, at: ended }] : []));
    },

    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

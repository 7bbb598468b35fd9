/**
 * The rules: which tokens and codes are valid, and why the others are not. Each rule names the decision
 * (docs/decisions.md) or the section of a standard from which it comes.
 */
import type { Code, Session, Token } from './state.ts';

export type Expectation =
  | { readonly is: 'active' }
  | { readonly is: 'ended'; readonly because: string }
  /** Too close to an end by time. */
  | { readonly is: 'undecided' };

/** The reason of an end; undefined where a rule ends nothing. */
type End = string | typeof undecided | undefined;
const undecided = Symbol('undecided');

/**
 * Seconds before and after an end by time in which nothing is expected: an operation takes some time, a guard keeps an
 * answer for 10 seconds, and tolerates a clock that is 5 seconds behind.
 */
const margin = 15;

const [minute, hour, day] = [60, 3600, 24 * 3600];
/** Decision 7. */
const codeLifetime = minute;
/** Decision 6. */
const session = { idle: hour, absolute: day };
/** Decision 7. */
export const refreshLifetimes = { unused: 14 * day, total: 90 * day };
/** Decision 2: seconds in which a repeat of the last refresh is answered as that one. */
export const retryWindow = 30;

function endAt(time: number, now: number, reason: string): End {
  return now > time + margin ? reason : now > time - margin ? undecided : undefined;
}

/** A session ends by somebody's act, an hour after its last use, or a day after its start (decision 6). */
function endOfSession({ endedBy, startedAt, lastUse }: Session, now: number): End {
  const mayEnd = endAt(lastUse.earliest + session.idle, now, 'unused session');
  const mustEnd = endAt(lastUse.latest + session.idle, now, 'unused session');
  const unused = mayEnd === mustEnd ? mayEnd : undecided;
  return endedBy ?? endAt(startedAt + session.absolute, now, 'old session') ?? unused;
}

/** What has no offline access ends with the session, and when the app leaves it (decision 6). */
function endWithSession({ grant, isOffline = false }: Pick<Token, 'grant' | 'isOffline'>, now: number): End {
  return grant === undefined || isOffline ? undefined : (grant.leftBy ?? endOfSession(grant.session, now));
}

const codeRules: readonly ((code: Code, now: number) => End)[] = [
  // RFC 6749 §4.1.2.
  ({ isUsed }) => (isUsed ? 'used' : undefined),
  ({ grant }) => grant.endedBy ?? grant.app.endedBy,
  endWithSession,
  ({ issuedAt }, now) => endAt(issuedAt + codeLifetime, now, 'expired code'),
];

const tokenRules: readonly ((token: Token, now: number) => End)[] = [
  // A token that was revoked alone, or for an API or scope that its client or API has lost (decision 26).
  ({ endedBy }) => endedBy,
  // A deleted client ends what was issued to it, also if it is created again (decision 26).
  ({ app }) => app?.endedBy,
  // What other clients got for its tokens hangs on its grants (decision 27).
  ({ grant }) => grant?.app.endedBy,
  // A deleted API ends its tokens, and what they were exchanged for at other APIs (decisions 26 and 27).
  ({ api, exchangedFrom }) => api?.endedBy ?? exchangedFrom?.api?.endedBy,
  // The end of a grant is the end of everything under it: RFC 7009 §2.1, decision 2.
  ({ grant }) => grant?.endedBy,
  // A second use of a code ends what was issued from it, and not the grant (decision 11).
  ({ code }) => code?.reusedBy,
  endWithSession,
  // A personal access token ends with what it was exchanged for (decision 27).
  ({ personalToken }) => personalToken?.endedBy ?? personalToken?.api?.endedBy,
  // Every use of a refresh token returns a successor (decision 2).
  (token) => (token.family !== undefined && isSuperseded(token) ? 'superseded' : undefined),
  ({ expiresAt }, now) => endAt(expiresAt, now, 'expired'),
];

/** Whether it is a refresh token that has a successor. */
export function isSuperseded(token: Token): boolean {
  return token.kind === 'refresh' && token.family?.tokens.at(-1) !== token;
}

function conclude(ends: readonly End[]): Expectation {
  const because = ends.find((end) => typeof end === 'string');
  if (because !== undefined) {
    return { is: 'ended', because };
  }
  return { is: ends.includes(undecided) ? 'undecided' : 'active' };
}

/** @param now seconds since the epoch */
export function expectToken(token: Token, now: number): Expectation {
  return conclude(tokenRules.map((rule) => rule(token, now)));
}

/** Whether a code can be redeemed. @param now seconds since the epoch */
export function expectCode(code: Code, now: number): Expectation {
  return conclude(codeRules.map((rule) => rule(code, now)));
}

/** Whether a user is signed in. @param now seconds since the epoch */
export function expectSession(one: Session, now: number): Expectation {
  return conclude([endOfSession(one, now)]);
}

/** A use of a session moves its end, which the server stores at most once a minute (decision 6). */
export function useSession({ lastUse }: Session, now: number): void {
  lastUse.earliest = Math.max(lastUse.earliest, now - minute - 1);
  lastUse.latest = now;
}

/** What happens to a repeated refresh with the former token: a retry, a theft, or too close to say (decision 2). */
export function isRetry(lastRefreshAt: number, now: number): boolean | undefined {
  const age = now - lastRefreshAt;
  return age < retryWindow - 5 ? true : age > retryWindow + 5 ? false : undefined;
}

/** What the model ends at once, by the table "What ends together" of docs/security.md. */
import { apiOfScope } from './registrations.ts';
import type { App, Grant, Session, State, User } from './state.ts';

/** The user's sessions, what apps have got from them, and personal access tokens. */
export function endEverythingOf(state: State, user: User, reason: string): void {
  const personal = state.tokens.filter(({ kind }) => kind === 'personal');
  for (const each of [...state.sessions, ...state.grants, ...personal]) {
    if (each.user === user) {
      each.endedBy ??= reason;
    }
  }
}

/** @param withOfflineAccess whether also what apps keep while the user is away */
export function endSession(session: Session, reason: string, withOfflineAccess = false): void {
  session.endedBy ??= reason;
  for (const grant of withOfflineAccess ? session.grants.values() : []) {
    grant.endedBy ??= reason;
  }
}

/** The app leaves the session, in which the user stays signed in. The next sign-in to it gets another grant. */
export function leaveSession(grant: Grant, reason: string): void {
  grant.leftBy ??= reason;
  grant.session.grants.delete(grant.app.registration.id);
}

/** What the app has of the user, from all sessions, and the remembered consent. */
export function withdraw(state: State, user: User, app: App, reason: string): void {
  user.consents.delete(app.registration.id);
  for (const grant of state.grants) {
    if (grant.user === user && grant.app === app) {
      grant.endedBy ??= reason;
    }
  }
}

/** A scope that is removed everywhere: from one app if it is named, else from all. */
interface Removal {
  readonly scopes: readonly string[];
  readonly app?: App;
}

/** Removes scopes from what users have allowed, and ends access tokens with them (decision 26). */
export function removeScopes(state: State, { scopes, app }: Removal, reason: string): void {
  const isConcerned = (one: App | undefined): boolean => app === undefined || one === app;
  const hasAny = (own: readonly string[]): boolean => own.some((scope) => scopes.includes(scope));
  for (const { consents } of state.users) {
    for (const [id, allowed] of consents) {
      if (isConcerned(state.apps.get(id))) {
        scopes.forEach((scope) => allowed.delete(scope));
      }
    }
  }
  for (const grant of state.grants.filter((one) => isConcerned(one.app))) {
    scopes.forEach((scope) => grant.scopes.delete(scope));
  }
  for (const code of state.codes.filter((one) => isConcerned(one.grant.app) && hasAny(one.scopes))) {
    code.isReduced = true;
  }
  for (const family of state.families.filter(({ code }) => code.isReduced)) {
    family.isReduced = true;
  }
  for (const token of state.tokens) {
    if (token.kind === 'refresh' || !isConcerned(token.app) || !hasAny(token.scopes)) {
      continue;
    }
    if (token.kind === 'personal') {
      // It keeps its other scopes (decision 25).
      token.scopes = token.scopes.filter((scope) => !scopes.includes(scope));
    }
    if (token.kind !== 'personal' || token.scopes.length === 0) {
      token.endedBy ??= reason;
    }
  }
}

/** Grants for an API end with it (decision 26). */
export function endGrantsFor(state: State, identifier: string, reason: string): void {
  for (const grant of state.grants) {
    if ([...grant.scopes].some((scope) => apiOfScope(scope) === identifier)) {
      grant.endedBy ??= reason;
    }
  }
}

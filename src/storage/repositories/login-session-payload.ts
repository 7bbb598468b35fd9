/** Reads the engine's Session payload, and merges it when two requests have changed it at the same time. */
import type { Payload } from './oidc-payloads.ts';

/** An app in a session. */
export interface SessionAuthorization {
  readonly clientId: string;
  readonly sid?: string;
  readonly grantId?: string;
  /** The grant was for offline access: it survives the session. */
  readonly persistsLogout: boolean;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Whether two parts of payloads are equal as JSON. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @throws TypeError when the payload has no uid */
export function uidOf({ uid }: Payload): string {
  if (typeof uid !== 'string') {
    throw new TypeError('a session has a uid');
  }
  return uid;
}

export function signedInAtOf({ loginTs }: Payload): Date | undefined {
  return typeof loginTs === 'number' ? new Date(loginTs * 1000) : undefined;
}

/** Whether the user asked to stay signed in when the browser is closed. */
export function isRemembered({ transient }: Payload): boolean {
  return transient !== true;
}

export function authorizationsOf(payload: Payload): SessionAuthorization[] {
  return Object.entries(record(payload['authorizations'])).map(([clientId, value]) => {
    const { sid, grantId, persistsLogout } = record(value);
    return {
      clientId,
      ...(typeof sid === 'string' ? { sid } : {}),
      ...(typeof grantId === 'string' ? { grantId } : {}),
      persistsLogout: persistsLogout === true,
    };
  });
}

/** The apps that were in a session and are not any more, or are again, in another part of the session. */
export function appsThatLeft(before: Payload, changed: Payload): SessionAuthorization[] {
  const kept = authorizationsOf(changed);
  return authorizationsOf(before).filter(
    ({ clientId, sid }) => !kept.some((app) => app.clientId === clientId && app.sid === sid),
  );
}

/**
 * What a request has made of a session, with the apps that have left it: for each, the `sid` of the part that it had
 * last. Without it, a session would look as if such an app had never been in it, and give it again what has ended.
 */
export function withDepartures(before: Payload, changed: Payload): Payload {
  const left = appsThatLeft(before, changed).flatMap(({ clientId, sid }) =>
    sid === undefined ? [] : [[clientId, sid] as const],
  );
  const departures = {
    ...record(before['departures']),
    ...record(changed['departures']),
    ...Object.fromEntries(left),
  };
  return Object.keys(departures).length === 0 ? changed : { ...changed, departures };
}

/** The session as it is without these apps. */
export function withoutApps(payload: Payload, apps: readonly SessionAuthorization[]): Payload {
  const kept = Object.entries(record(payload['authorizations'])).filter(
    ([clientId]) => !apps.some((app) => app.clientId === clientId),
  );
  return withDepartures(payload, { ...payload, authorizations: Object.fromEntries(kept) });
}

/** The provider with which the user signed in, and its session there, if the login was with another provider. */
export interface UpstreamOfSession {
  readonly id: string;
  readonly sid?: string;
}

export function upstreamOf({ upstream }: Payload): UpstreamOfSession | undefined {
  const { id, sid } = record(upstream);
  return typeof id === 'string' ? { id, ...(typeof sid === 'string' ? { sid } : {}) } : undefined;
}

/** Whether a change signs a user in, or adds or changes an app. */
export function signsIn(before: Payload, changed: Payload): boolean {
  const { accountId, loginTs, authorizations } = changed;
  return (
    (accountId !== undefined && (accountId !== before['accountId'] || loginTs !== before['loginTs'])) ||
    Object.keys(record(authorizations)).some(
      (clientId) => !same(record(authorizations)[clientId], record(before['authorizations'])[clientId]),
    )
  );
}

/** Merges field by field: `mine` where it differs from `base`, otherwise `theirs`. */
function mergeFields(base: Payload, mine: Payload, theirs: Payload): Payload {
  const merged: Record<string, unknown> = { ...theirs };
  for (const key of new Set([...Object.keys(base), ...Object.keys(mine)])) {
    if (!same(base[key], mine[key])) {
      if (mine[key] === undefined) {
        delete merged[key];
      } else {
        merged[key] = mine[key];
      }
    }
  }
  return merged;
}

/**
 * Merges the apps of a session one by one. What an app has from its part of the session ends when it leaves, so another
 * request must not bring that part back: only a new one counts.
 */
function mergeApps(base: Payload, mine: Payload, theirs: Payload): Payload {
  const sidIn = (apps: Payload, clientId: string): unknown => record(apps[clientId])['sid'];
  const merged = mergeFields(base, mine, theirs);
  const left = Object.keys(base).filter((clientId) => {
    const sid = sidIn(base, clientId);
    return sidIn(theirs, clientId) !== sid && (mine[clientId] === undefined || sidIn(mine, clientId) === sid);
  });
  return {
    ...Object.fromEntries(Object.entries(merged).filter(([clientId]) => !left.includes(clientId))),
    ...Object.fromEntries(Object.entries(theirs).filter(([clientId]) => left.includes(clientId))),
  };
}

/** A three-way merge of two requests' changes to one session; apps are merged one by one. */
export function mergeSessions(base: Payload, mine: Payload, theirs: Payload): Payload {
  const { authorizations: _authorizations, departures: _departures, ...merged } = mergeFields(base, mine, theirs);
  const authorizations = mergeApps(
    record(base['authorizations']),
    record(mine['authorizations']),
    record(theirs['authorizations']),
  );
  const departures = mergeFields(record(base['departures']), record(mine['departures']), record(theirs['departures']));
  return {
    ...merged,
    ...(Object.keys(authorizations).length === 0 ? {} : { authorizations }),
    ...(Object.keys(departures).length === 0 ? {} : { departures }),
  };
}

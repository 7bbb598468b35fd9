/**
 * The login sessions that a request has read, as they were at that moment. A change is made from such a snapshot, so
 * that it can be merged when another request has changed the session meanwhile.
 */
import { currentRequestScope, type RequestScope } from '../request-scope.ts';

/** A session as this request has read it: the base of the changes that it makes. */
export interface Snapshot {
  readonly version: number;
  /** As JSON text, because the engine changes the apps inside the payload in place, and the change must be detected. */
  readonly payload: string;
  readonly handleDigest: string;
  readonly expiresAt: Date;
}

export interface SessionSnapshots {
  /** Keeps a snapshot until the request ends. Does nothing outside of a request. */
  remember(uid: string, snapshot: Snapshot): void;
  recall(uid: string): Snapshot | undefined;
}

export function createSessionSnapshots(): SessionSnapshots {
  const snapshots = new WeakMap<RequestScope, Map<string, Snapshot>>();
  return {
    remember: (uid, snapshot) => {
      const scope = currentRequestScope();
      if (scope !== undefined) {
        const known = snapshots.get(scope) ?? new Map<string, Snapshot>();
        known.set(uid, snapshot);
        snapshots.set(scope, known);
      }
    },
    recall: (uid) => {
      const scope = currentRequestScope();
      return scope === undefined ? undefined : snapshots.get(scope)?.get(uid);
    },
  };
}

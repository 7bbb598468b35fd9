/** Facts about a request that the HTTP layer determines before the engine sees it. */
import type { Endpoint } from './endpoints.ts';
import type { Locale } from '../views/models.ts';
import type { Actor } from '../services/audit.ts';

export interface RequestContext {
  /** The id of the request in log lines, audit events and on error pages. */
  readonly requestId: string;
  /** The caller's network address by the proxy rules. */
  readonly address: string;
  readonly locale: Locale;
  /**
   * Whether this request may see what only the developer may see: mails, registered values next to received ones, the
   * state of the set-up. True only for local callers in the development profile.
   */
  readonly developer: boolean;
  /** The row of the endpoint table for this path; undefined for an unknown path. */
  readonly endpoint: Endpoint | undefined;
  /**
   * Uses the first available language of this list from now on. The app's `ui_locales` override the browser's
   * languages.
   */
  preferLocales(uiLocales: string): void;
}

// Stored on Node's request, which all contexts of a request share. A WeakMap of this size costs garbage collection
// time.
const key = Symbol('request context');

interface WithContext {
  [key]?: RequestContext;
}

/** Stores the context of a request. */
export function setRequestContext(request: object, context: RequestContext): void {
  (request as WithContext)[key] = context;
}

/** @throws TypeError if the HTTP layer has not set the context */
export function requestContext(request: object): RequestContext {
  const context = (request as WithContext)[key];
  if (context === undefined) {
    throw new TypeError('the request has no context');
  }
  return context;
}

/** The actor of this request, for audit events. */
export function actorOf(request: object, actor: string): Actor {
  const { address, requestId } = requestContext(request);
  return { actor, address, requestId };
}

/** What the HTTP layer has found out about a request before the engine sees it, as `oidc` reads it. */
import type { Endpoint } from './endpoints.ts';
import type { Locale } from '../views/models.ts';
import type { Actor } from '../services/audit.ts';

export interface RequestContext {
  /** The reference that log, audit and error page share. */
  readonly requestId: string;
  /** The caller's network address by the proxy rules. */
  readonly address: string;
  readonly locale: Locale;
  /**
   * Whether this request may see what the development profile shows to the developer alone: mails, what is registered
   * beside what an app sent, the state of the set-up. True only for local callers of the development profile.
   */
  readonly developer: boolean;
  /** The row of the table of endpoints that the path belongs to; undefined where nothing is. */
  readonly endpoint: Endpoint | undefined;
  /** Speaks the first of these languages that there is from here on: the app's wish (`ui_locales`), which wins over the browser's. */
  preferLocales(uiLocales: string): void;
}

// On Node's request itself, which every context of the request has: a weak map of as many entries keeps the garbage collector busy.
const key = Symbol('request context');

interface Noted {
  [key]?: RequestContext;
}

/** Notes the state of a request. */
export function setRequestContext(request: object, state: RequestContext): void {
  (request as Noted)[key] = state;
}

/** @throws TypeError when the HTTP layer has not seen the request */
export function requestContext(request: object): RequestContext {
  const state = (request as Noted)[key];
  if (state === undefined) {
    throw new TypeError('the request has no state');
  }
  return state;
}

/** Who acts in this request, for the audit. */
export function actorOf(request: object, actor: string): Actor {
  const { address, requestId } = requestContext(request);
  return { actor, address, requestId };
}

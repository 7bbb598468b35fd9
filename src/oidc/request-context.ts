/** Facts about a request that the HTTP layer determines before the engine sees it. */
import type { Endpoint } from './endpoints.ts';
import type { Locale } from '../views/models.ts';
import { originFields, type Actor, type Origin } from '../services/foundation/audit.ts';

export interface RequestContext {
  /** The id of the request in log lines, audit events and on error pages. */
  readonly requestId: string;
  /** The caller's network address by the proxy rules. */
  readonly address: string;
  /** The `User-Agent` header, cut off after 256 characters. Undefined if the request has none. */
  readonly userAgent?: string | undefined;
  /** The language of the answer. */
  readonly locale: Locale;
  /** The address at which a GET shows the page of this request again: a path and a query, on this server. */
  readonly page: string;
  /** The CSRF token of the form on that page with which the user picks another language. */
  readonly languageToken: string;
  /**
   * Whether this request may see what only the developer may see: mails, registered values next to received ones, the
   * state of the set-up. True only for local callers in the development profile.
   */
  readonly developer: boolean;
  /** The row of the endpoint table for this path; undefined for an unknown path. */
  readonly endpoint: Endpoint | undefined;
  /**
   * Uses the first available language of the app's `ui_locales` from now on (OpenID Connect Core §3.1.2.1), unless the
   * user picked one.
   */
  preferLocales(uiLocales: string): void;
  /**
   * Uses the language of the signed-in user's account from now on, unless the user picked one or the app asks for one.
   */
  preferLocaleOfAccount(locale: string): void;
}

// Stored on Node's request, which all contexts of a request share. A WeakMap of this size costs garbage collection
// time.
const key = Symbol('request context');

const rejectionKey = Symbol('why the request was rejected');

interface WithContext {
  [key]?: RequestContext;
  [rejectionKey]?: string;
}

/** Remembers why the engine has rejected a request: for the operator, not for the caller. It must not be secret. */
export function setRejectionReason(request: object, reason: string): void {
  (request as WithContext)[rejectionKey] = reason;
}

export function rejectionReasonOf(request: object): string | undefined {
  return (request as WithContext)[rejectionKey];
}

/**
 * The address at which a GET shows the same page. A GET of a form's target leads to the page with the form. An unknown
 * path leads to the start page, because `//host` would be another host.
 * @param target as in the request line: the path, and the query if there is one
 */
export function pageOf(method: string, target: string, endpoint: Endpoint | undefined): string {
  const path = target.split('?', 1)[0] ?? '';
  return endpoint === undefined ? '/' : method === 'GET' || method === 'HEAD' ? target : path;
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

/** Where this request came from, for audit events. */
export function originOf(request: object): Origin {
  return originFields(requestContext(request));
}

/** The actor of this request, for audit events. */
export function actorOf(request: object, actor: string): Actor {
  return { actor, ...originOf(request) };
}

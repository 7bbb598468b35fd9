/** What the guards of all frameworks have in common. */
import type { Claims } from '../claims.ts';

export interface Lifecycle {
  /**
   * Waits until the keys and, if the issuer has one, the first message of the revocation feed are loaded; tries again
   * until then. It need not be called: the first request loads what it needs.
   * @throws AbortError when the signal is aborted; Error when the guard is closed
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** Ends the connection to the revocation feed. */
  close(): void;
}

/**
 * @typeParam Custom claims that the server adds to its tokens
 * @typeParam Carrier what the framework passes to a handler for each request
 */
export interface ClaimsOfRequests<Custom extends object, Carrier extends object> {
  /**
   * The claims of the token of a request that passed `require`.
   * @throws {TypeError} if it did not: that is a mistake in the program, not of the caller
   */
  claims(carrier: Carrier): Claims<Custom>;
}

/** Remembers the claims of requests, for as long as the requests exist. */
export interface ClaimsStore {
  set(carrier: object, claims: Claims): void;
  /** The claims, if a `require` before has let the request pass. */
  find(carrier: object): Claims | undefined;
  /** @throws {TypeError} if there are none */
  get(carrier: object): Claims;
}

export function createClaimsStore(): ClaimsStore {
  const store = new WeakMap<object, Claims>();
  return {
    set: (carrier, claims) => void store.set(carrier, claims),
    find: (carrier) => store.get(carrier),
    get: (carrier) => {
      const claims = store.get(carrier);
      if (claims === undefined) {
        throw new TypeError('The route of this request has no require(…) of the guard.');
      }
      return claims;
    },
  };
}

/** A document of the authorization server, kept in memory so that an outage of the server does not stop the API. */
import { ageOf, type Now } from './clock.ts';
import type { Outcomes } from './trouble.ts';

export interface RemoteDocument<T> {
  /**
   * The document as it was at most `freshFor` ago; the last known one, while the server does not answer.
   * @throws the failure, if there is none that is younger than `keepFor`
   */
  current(): Promise<T>;
  /**
   * The document as it is now, for a reader that misses something in {@link current}. It is fetched at most once in
   * `cooldown`, however many readers ask: callers of the API choose the `kid` of their tokens.
   * @throws the failure, if the last attempt to fetch it failed
   */
  latest(): Promise<T>;
}

/** All times are in milliseconds. */
export interface RemoteDocumentOptions<T> extends Outcomes {
  readonly load: () => Promise<T>;
  readonly freshFor: number;
  readonly keepFor: number;
  readonly cooldown: number;
  /** After a failure, the next attempt is made this much later. */
  readonly retryAfter: number;
  readonly now: Now;
}

export function createRemoteDocument<T>(options: RemoteDocumentOptions<T>): RemoteDocument<T> {
  const { load, freshFor, keepFor, cooldown, retryAfter, now, onFailure, onSuccess } = options;
  let known: { readonly document: T; readonly loadedAt: number } | undefined;
  let failure: { readonly error: unknown } | undefined;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  async function attempt(): Promise<void> {
    attemptedAt = now();
    try {
      known = { document: await load(), loadedAt: now() };
      failure = undefined;
      onSuccess();
    } catch (error) {
      failure = { error };
      onFailure(error);
    } finally {
      pending = undefined;
    }
  }

  /** Fetches the document, unless that was done a moment ago. All callers share one request. */
  async function reload(): Promise<void> {
    if (pending === undefined && ageOf(attemptedAt, now) >= (failure === undefined ? cooldown : retryAfter)) {
      pending = attempt();
    }
    await pending;
  }

  function lastKnown(maxAge: number): T | undefined {
    return known !== undefined && ageOf(known.loadedAt, now) < maxAge ? known.document : undefined;
  }

  return {
    async current() {
      const fresh = lastKnown(freshFor);
      if (fresh !== undefined) {
        return fresh;
      }
      const attempted = reload();
      // During an outage that is already known, nobody waits for the next attempt to fail.
      if (failure === undefined || lastKnown(keepFor) === undefined) {
        await attempted;
      }
      const document = lastKnown(keepFor);
      if (document === undefined) {
        throw failure?.error ?? new Error('the document is too old');
      }
      return document;
    },

    async latest() {
      await reload();
      if (failure !== undefined || known === undefined) {
        throw failure?.error ?? new Error('the document was not loaded');
      }
      return known.document;
    },
  };
}

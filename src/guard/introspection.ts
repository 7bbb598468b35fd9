/** Asks the authorization server about tokens that only it knows: opaque and personal access tokens (RFC 7662). */
import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { createBoundedCache } from './bounded-cache.ts';
import { ageOf, type Now } from './clock.ts';
import type { Metadata } from './discovery.ts';
import { unavailable } from './errors.ts';
import { fetchObject } from './http.ts';
import type { RemoteDocument } from './remote-document.ts';
import type { Outcomes } from './trouble.ts';

export interface IntrospectionOptions {
  /** The client of the API: a machine client that has the API (`gatehouse client create --type machine --api …`). */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Seconds for which an answer is used again. The default is 10, the maximum 600, and never beyond the expiry of the
   * token. A revocation in the feed ends it immediately. 0 asks for each request.
   */
  readonly cacheFor?: number;
  /** Seconds for which it is remembered that a token is not valid. The default is 2. */
  readonly cacheInvalidFor?: number;
  /** The maximum number of remembered answers. The default is 10000. */
  readonly maxCached?: number;
  /** Whether the address of the caller is sent, for the list of personal access tokens and where they were used. */
  readonly sendAddress?: boolean;
}

export interface Question {
  readonly token: string;
  /** That of the caller. */
  readonly address: string | undefined;
  /** Whether a remembered answer may still be used. */
  readonly isCurrent: (claims: JWTPayload) => boolean;
}

/**
 * Asks about one token.
 * @returns its claims; null if it is not active
 * @throws {GuardError} 503 without an answer: the token may be valid
 */
export type Introspect = (question: Question) => Promise<JWTPayload | null>;

/** Questions at the same moment, before more of them are answered with 503. */
const maxPending = 1000;
/** Milliseconds. A question that fails later than this has kept its request waiting. */
const patience = 1000;
/** Milliseconds between two questions while all of them keep their requests waiting in vain. */
const retryAfter = 1000;

export function createIntrospection(
  options: IntrospectionOptions &
    Outcomes & { readonly issuer: string; readonly metadata: RemoteDocument<Metadata>; readonly now: Now },
): Introspect {
  const { issuer, clientId, clientSecret, metadata, now, onFailure, onSuccess } = options;
  const { cacheFor = 10, cacheInvalidFor = 2, maxCached = 10_000, sendAddress = false } = options;
  const answers = createBoundedCache<{ readonly claims: JWTPayload | null; readonly answeredAt: number }>(
    maxCached,
    now,
  );
  const pending = new Map<string, Promise<JWTPayload | null>>();
  let askedAt = Number.NEGATIVE_INFINITY;
  /** Questions that ended with an answer, or at once. */
  let ended = 0;
  /** Whether a request would wait for an answer that others have just failed to get. */
  let isHanging = false;
  // RFC 6749 §2.3.1: id and secret are encoded before they are joined.
  const credentials = btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);

  async function request(token: string, address: string | undefined): Promise<JWTPayload | null> {
    const { introspection } = await metadata.current();
    if (introspection === undefined) {
      throw new Error(`${issuer} has no introspection_endpoint`);
    }
    const answer = await fetchObject(introspection, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams({
        token,
        token_type_hint: 'access_token',
        ...(address === undefined ? {} : { client_ip: address }),
      }),
    });
    if (typeof answer['active'] !== 'boolean') {
      throw new Error('the answer of introspection has no member active');
    }
    const { exp, nbf, iss = issuer } = answer;
    const seconds = now() / 1000;
    const isValid =
      answer['active'] &&
      iss === issuer &&
      (exp === undefined || (typeof exp === 'number' && exp > seconds)) &&
      (nbf === undefined || (typeof nbf === 'number' && nbf <= seconds));
    return isValid ? answer : null;
  }

  /** A question alone does not count as lost if others were answered meanwhile. */
  function observe(wasInVain: boolean, endedBefore: number): void {
    if (wasInVain) {
      isHanging ||= ended === endedBefore;
    } else {
      ended += 1;
      isHanging = false;
    }
  }

  async function ask(key: string, token: string, address: string | undefined): Promise<JWTPayload | null> {
    const startedAt = now();
    const endedBefore = ended;
    askedAt = startedAt;
    try {
      const claims = await request(token, address);
      observe(false, endedBefore);
      onSuccess();
      const answeredAt = now();
      const until = answeredAt + 1000 * (claims === null ? cacheInvalidFor : cacheFor);
      answers.set(key, { claims, answeredAt }, Math.min(until, 1000 * (claims?.exp ?? Number.POSITIVE_INFINITY)));
      return claims;
    } catch (error) {
      observe(now() - startedAt >= patience, endedBefore);
      onFailure(error);
      throw unavailable(error);
    } finally {
      pending.delete(key);
    }
  }

  return async ({ token, address, isCurrent }) => {
    const sent = sendAddress ? address : undefined;
    // A digest: the memory of the process holds no list of valid tokens.
    const key = createHash('sha256')
      .update(`${sent ?? ''} ${token}`)
      .digest('base64');
    const known = answers.get(key);
    // An answer from the future was there before the clock was set back: nobody knows how old it is.
    const isOfNow = known !== undefined && known.answeredAt <= now();
    if (isOfNow && (known.claims === null || isCurrent(known.claims))) {
      return known.claims;
    }
    const running = pending.get(key);
    if (isHanging && (running !== undefined || ageOf(askedAt, now) < retryAfter)) {
      throw unavailable(new Error('the last questions were not answered in time'));
    }
    if (running !== undefined) {
      return running;
    }
    if (pending.size >= maxPending) {
      throw unavailable(new Error('too many questions at the same moment'));
    }
    const asking = ask(key, token, sent);
    pending.set(key, asking);
    return asking;
  };
}

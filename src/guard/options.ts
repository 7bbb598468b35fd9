/** What an API configures. All times are in seconds. */
import { systemTime, type Now } from './clock.ts';
import type { IntrospectionOptions } from './introspection.ts';
import type { OnTrouble, Trouble } from './trouble.ts';

/**
 * What to do with a JWT access token while the revocation feed is silent: nothing came for `maxStaleness`, so the token
 * may have been revoked.
 *
 * - `introspect-or-accept`: ask about each token, where `introspection` is configured; if there is no answer either,
 *   accept the token until it expires, which is 5 minutes after its issue by default. So an outage of the authorization
 *   server does not stop the API.
 * - `introspect`: ask about each token; without an answer 503.
 * - `refuse`: 503.
 * - `accept`: accept the token until it expires.
 */
export type OnSilence = 'introspect-or-accept' | 'introspect' | 'refuse' | 'accept';

export interface GuardOptions {
  /** The authorization server, exactly as `iss` of its tokens. */
  readonly issuer: string;
  /** The identifier of this API: the `aud` of its tokens. */
  readonly audience: string;
  /** Signatures of tokens that are accepted. The default is ES256 and RS256; only asymmetric ones make sense. */
  readonly algorithms?: readonly string[];
  /** The maximum difference between the clocks of the two machines. The default is 5, the maximum 60. */
  readonly clockTolerance?: number;
  /** The client of this API, for opaque and personal access tokens. Without it, only JWTs are accepted. */
  readonly introspection?: IntrospectionOptions;
  /**
   * How revocations arrive. The default is `stream`: a connection that stays open, and refuses a revoked JWT within a
   * second. `poll` asks every `pollInterval`, `off` does neither: a revoked JWT is accepted until it expires. An issuer
   * without a feed is used without one.
   */
  readonly feed?: 'stream' | 'poll' | 'off';
  /** The default is 5. It is at most `maxStaleness`. */
  readonly pollInterval?: number;
  /** After this time without a message, the feed is silent. The default is 60; the server sends one every 10. */
  readonly maxStaleness?: number;
  /** The default is `introspect-or-accept`. */
  readonly onSilence?: OnSilence;
  /**
   * The address at which callers reach `/` of this app, which DPoP proofs name. The default is the origin of
   * `audience`, if that is an address.
   */
  readonly publicUrl?: string;
  /** The name that `WWW-Authenticate` shows. */
  readonly realm?: string;
  /** More members of the protected-resource metadata (RFC 9728 §2), such as `resource_name`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /**
   * Is called when a request to the authorization server fails, for logs and alarms. No error contains a token. What it
   * throws is ignored. By default, a warning is written to the console when something begins to fail, and when it works
   * again.
   */
  readonly onTrouble?: OnTrouble;
  /** For tests: milliseconds since the epoch. */
  readonly now?: Now;
}

const allowedAlgorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA'];

/** An error in the callback must not change the answer to a request. */
function catchErrors(onTrouble: OnTrouble): OnTrouble {
  const report = async (what: Trouble, error: unknown): Promise<void> => {
    try {
      await (onTrouble(what, error) as unknown);
    } catch {
      // The callback is where errors are reported, so there is no other place for this one.
    }
  };
  return (what, error) => void report(what, error);
}

/** An https or http address, parsed; undefined if it is something else, such as `urn:photos`. */
export function parseAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

const feeds: readonly unknown[] = ['stream', 'poll', 'off'];
const reactions: readonly unknown[] = ['introspect-or-accept', 'introspect', 'refuse', 'accept'] satisfies OnSilence[];
const printable = /^[\u0020-\u007E]*$/;

/**
 * Seconds, except `maxCached`. A revocation is in the feed for 11 minutes: the 10 minutes of the lifetime of a JWT, and
 * 60 seconds for clocks that differ. What is accepted longer would be accepted again after that.
 */
const ranges = {
  clockTolerance: [0, 60],
  pollInterval: [0.01, 3600],
  maxStaleness: [1, 3600],
  cacheFor: [0, 600],
  cacheInvalidFor: [0, 600],
  maxCached: [0, 10_000_000],
} as const;

function checkRanges(values: { readonly [name in keyof typeof ranges]?: unknown }): void {
  for (const [name, [minimum, maximum]] of Object.entries(ranges)) {
    const value = values[name as keyof typeof ranges];
    // NaN is not in any range.
    if (value !== undefined && !(typeof value === 'number' && value >= minimum && value <= maximum)) {
      throw new TypeError(`${name} must be a number from ${minimum} to ${maximum}.`);
    }
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The options with their defaults. @throws {TypeError} if one cannot be right */
export function complete(options: GuardOptions) {
  const { issuer, audience, algorithms = ['ES256', 'RS256'], onSilence = 'introspect-or-accept', realm } = options;
  const { clockTolerance = 5, feed = 'stream', pollInterval = 5, maxStaleness = 60 } = options;
  const { publicUrl = parseAddress(audience)?.origin } = options;
  if (parseAddress(issuer) === undefined) {
    throw new TypeError('issuer must be an http or https address.');
  }
  // From JavaScript and from the environment they may be missing.
  if (!isText(audience)) {
    throw new TypeError('audience must be the identifier of the API.');
  }
  const { introspection } = options;
  if (introspection !== undefined && !(isText(introspection.clientId) && isText(introspection.clientSecret))) {
    throw new TypeError('introspection needs clientId and clientSecret.');
  }
  const unknown = algorithms.find((name) => !allowedAlgorithms.includes(name));
  if (unknown !== undefined || algorithms.length === 0) {
    throw new TypeError(`algorithms may contain ${allowedAlgorithms.join(', ')}.`);
  }
  if (onSilence === 'introspect' && introspection === undefined) {
    throw new TypeError("onSilence: 'introspect' needs introspection.");
  }
  if (!reactions.includes(onSilence)) {
    throw new TypeError(`onSilence must be one of ${reactions.join(', ')}.`);
  }
  if (!feeds.includes(feed)) {
    throw new TypeError(`feed must be one of ${feeds.join(', ')}.`);
  }
  if (realm !== undefined && !printable.test(realm)) {
    throw new TypeError('realm must be printable ASCII.');
  }
  if (publicUrl !== undefined && parseAddress(publicUrl) === undefined) {
    throw new TypeError('publicUrl must be an http or https address.');
  }
  checkRanges({ ...introspection, clockTolerance, pollInterval, maxStaleness });
  if (feed === 'poll' && pollInterval > maxStaleness) {
    throw new TypeError('pollInterval must not be above maxStaleness.');
  }
  return {
    ...options,
    algorithms,
    onSilence,
    clockTolerance,
    feed,
    pollInterval,
    maxStaleness,
    publicUrl,
    now: options.now ?? systemTime,
    onTrouble: options.onTrouble && catchErrors(options.onTrouble),
  };
}

export type CompleteOptions = ReturnType<typeof complete>;

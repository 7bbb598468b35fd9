/** What an API configures. All times are in seconds. */
import { systemTime, type Now } from './clock.ts';
import type { IntrospectionOptions } from './introspection.ts';

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

/** What failed at the authorization server. */
export type Trouble = 'discovery' | 'keys' | 'introspection' | 'feed';

export interface GuardOptions {
  /** The authorization server, exactly as `iss` of its tokens. */
  readonly issuer: string;
  /** The identifier of this API: the `aud` of its tokens. */
  readonly audience: string;
  /** Signatures of tokens that are accepted. The default is ES256 and RS256; only asymmetric ones make sense. */
  readonly algorithms?: readonly string[];
  /** The maximum difference between the clocks of the two machines. The default is 5. */
  readonly clockTolerance?: number;
  /** The client of this API, for opaque and personal access tokens. Without it, only JWTs are accepted. */
  readonly introspection?: IntrospectionOptions;
  /**
   * How revocations arrive. The default is `stream`: a connection that stays open, and refuses a revoked JWT within a
   * second. `poll` asks every `pollInterval`, `off` does neither: a revoked JWT is accepted until it expires. An issuer
   * without a feed is used without one.
   */
  readonly feed?: 'stream' | 'poll' | 'off';
  /** The default is 5. */
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
  /** Is called when a request to the authorization server fails, for logs and alarms. No error contains a token. */
  readonly onTrouble?: (what: Trouble, error: unknown) => void;
  /** For tests: milliseconds since the epoch. */
  readonly now?: Now;
}

const allowedAlgorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA'];

/** An https or http address, parsed; undefined if it is something else, such as `urn:photos`. */
export function parseAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

/** The options with their defaults. @throws {TypeError} if one cannot be right */
export function complete(options: GuardOptions) {
  const { issuer, audience, algorithms = ['ES256', 'RS256'], onSilence = 'introspect-or-accept' } = options;
  if (parseAddress(issuer) === undefined) {
    throw new TypeError('issuer must be an http or https address.');
  }
  if (audience === '') {
    throw new TypeError('audience must be the identifier of the API.');
  }
  const unknown = algorithms.find((name) => !allowedAlgorithms.includes(name));
  if (unknown !== undefined || algorithms.length === 0) {
    throw new TypeError(`algorithms may contain ${allowedAlgorithms.join(', ')}.`);
  }
  if (onSilence === 'introspect' && options.introspection === undefined) {
    throw new TypeError("onSilence: 'introspect' needs introspection.");
  }
  return {
    ...options,
    algorithms,
    onSilence,
    clockTolerance: options.clockTolerance ?? 5,
    feed: options.feed ?? 'stream',
    pollInterval: options.pollInterval ?? 5,
    maxStaleness: options.maxStaleness ?? 60,
    publicUrl: options.publicUrl ?? parseAddress(audience)?.origin,
    now: options.now ?? systemTime,
    onTrouble: options.onTrouble ?? (() => undefined),
  };
}

export type CompleteOptions = ReturnType<typeof complete>;

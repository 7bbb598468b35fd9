/** The issuer's public keys (RFC 7517 §5). */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Now } from './clock.ts';
import type { Metadata } from './discovery.ts';
import { fetchObject } from './http.ts';
import { createRemoteDocument, type RemoteDocument } from './remote-document.ts';
import type { Outcomes } from './trouble.ts';

/** Milliseconds. The server publishes a new key at least as long before it signs with it. */
const freshFor = 5 * 60_000;
/** Milliseconds for which the last known keys are used while the server does not answer. */
const keepFor = 24 * 60 * 60_000;
/** Milliseconds between two requests because of a `kid` that is unknown. */
const cooldown = 30_000;
const retryAfter = 1000;

export interface Keys {
  /**
   * Finds the key of a token, for `jwtVerify`.
   * @throws a JOSEError if the issuer has no such key; what fetching threw, if the keys cannot be had
   */
  readonly find: JWTVerifyGetKey;
  /** Loads the keys, unless they are known. @throws if they cannot be had */
  load(): Promise<void>;
}

/** @throws an Error that is no JOSEError, because it says nothing about a token */
function toKeySet(answer: Record<string, unknown>, { origin, pathname }: URL): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(answer as unknown as JSONWebKeySet);
  } catch (error) {
    throw new Error(`${origin}${pathname} did not answer with a key set`, { cause: error });
  }
}

export function createKeys(
  options: Outcomes & { readonly metadata: RemoteDocument<Metadata>; readonly now: Now },
): Keys {
  const { metadata, now, onFailure, onSuccess } = options;
  const document = createRemoteDocument<JWTVerifyGetKey>({
    load: async () => {
      const { keys } = await metadata.current();
      return toKeySet(await fetchObject(keys), keys);
    },
    freshFor,
    keepFor,
    cooldown,
    retryAfter,
    now,
    onFailure,
    onSuccess,
  });

  return {
    find: async (header, token) => {
      const known = await document.current();
      try {
        return await known(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) {
          throw error;
        }
        const latest = await document.latest();
        return latest(header, token);
      }
    },
    load: async () => {
      await document.current();
    },
  };
}

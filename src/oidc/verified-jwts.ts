/**
 * Remembers the JWTs whose signature was verified: an API that asks about the tokens of its requests asks about the
 * same ones again and again, and each verification costs as much as all the rest of the answer.
 *
 * What is remembered is that the signature of exactly this text is right, and what the text says. That stays true as
 * long as the keys stay the same, so a memory belongs to one verifier, and each set of keys has its own. Everything
 * that changes with time (expiry, revocation, the user, what the API still has) is checked by the caller, as if the
 * signature had been verified just now. What is not valid is not remembered.
 */
import { LRUCache } from 'lru-cache';
import { digest } from '../crypto/secrets.ts';
import type { OwnJwt, VerifyOwnJwt } from './own-jwts.ts';

/** Bound: JWTs that are remembered, about 10 MB. Those that were not asked about for longest are verified again. */
export const maxJwts = 10_000;

/** @returns a function with the same results, which verifies a JWT that is asked about repeatedly only once */
export function rememberVerified(verify: VerifyOwnJwt): VerifyOwnJwt {
  // By the digest of the whole JWT with its signature, because a JWT gives access. As text, so that each caller gets
  // its own copy.
  const verified = new LRUCache<string, string>({ max: maxJwts });
  return async (jwt) => {
    const id = digest(jwt);
    const known = verified.get(id);
    if (known !== undefined) {
      return JSON.parse(known) as OwnJwt;
    }
    const found = await verify(jwt);
    if (found !== undefined) {
      verified.set(id, JSON.stringify(found));
    }
    return found;
  };
}

/** A message of the revocation feed: a JWT that the issuer signs like its tokens. */
import { jwtVerify } from 'jose';
import type { Keys } from './keys.ts';
import type { Revocation } from './revocation-list.ts';

export interface FeedMessage {
  /** When the server signed it, in seconds since the epoch: what had ended until then is known. */
  readonly issuedAt: number;
  /** Whether these are all entries, or only those that are new since the message before. */
  readonly isComplete: boolean;
  readonly revocations: readonly Revocation[];
}

function isRevocation(value: unknown): value is Revocation {
  const { hash, at, exp } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Revocation>;
  return typeof hash === 'string' && typeof at === 'number' && typeof exp === 'number';
}

/** @throws if the message is not from the issuer, or has another form */
export type ReadFeedMessage = (message: string) => Promise<FeedMessage>;

export function createFeedMessageReader(options: {
  readonly issuer: string;
  readonly algorithms: readonly string[];
  readonly keys: Keys;
}): ReadFeedMessage {
  const { issuer, algorithms, keys } = options;
  return async (message) => {
    const { payload } = await jwtVerify(message, keys.find, {
      issuer,
      typ: 'revocations+jwt',
      algorithms: [...algorithms],
      requiredClaims: ['iat'],
    });
    const { iat = 0, revocations, complete } = payload;
    if (!Array.isArray(revocations) || !revocations.every(isRevocation)) {
      throw new Error('a message of the revocation feed has no valid list');
    }
    return { issuedAt: iat, isComplete: complete === true, revocations };
  };
}

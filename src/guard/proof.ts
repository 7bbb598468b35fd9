/** Proofs of the key that an access token is bound to (DPoP, RFC 9449). */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import type { Now } from './clock.ts';
import { invalidProof, invalidToken, unavailable } from './errors.ts';
import { createReplayMemory } from './replay.ts';
import type { GuardRequest } from './request.ts';

/** Signatures of proofs: asymmetric ones only (RFC 9449 §4.3, check 5). */
export const proofAlgorithms: readonly string[] = ['ES256', 'PS256', 'RS256'];
/** Seconds for which a proof may be used. Its clock is that of the caller. */
const maxProofAge = 60;
const maxRemembered = 100_000;
/** Characters of `jti`. A proof is small, and its id need not be longer. */
const maxIdLength = 512;

/**
 * Checks the proof of a request (RFC 9449 §4.3), which can be used once.
 * @param thumbprint of the key that the token is bound to: `jkt` of its claim `cnf` (RFC 9449 §6)
 * @throws {GuardError} 401 if the proof is missing or not valid; 503 if it cannot be remembered
 */
export type VerifyProof = (request: GuardRequest, token: string, thumbprint: string) => Promise<void>;

/** Scheme, host, port and path as they are compared (RFC 3986 §6.2.2); query and fragment are left out. */
function normalize(address: string): string | undefined {
  if (!URL.canParse(address)) {
    return undefined;
  }
  const url = new URL(address);
  const path = url.pathname.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCodePoint(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });
  return url.origin + path;
}

export function createProofVerifier(options: {
  /** The address at which callers reach `/` of the API. The header `Host` is chosen by the caller. */
  readonly publicUrl: string | undefined;
  /** Seconds. */
  readonly clockTolerance: number;
  readonly now: Now;
}): VerifyProof {
  const { publicUrl, clockTolerance, now } = options;
  const used = createReplayMemory(maxRemembered, now);

  /** Everything here is computed from the proof alone, so whatever fails, the proof is wrong. */
  async function read(proof: string) {
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: 'dpop+jwt',
        algorithms: [...proofAlgorithms],
        requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
        clockTolerance,
        currentDate: new Date(now()),
      });
      return { payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) };
    } catch {
      throw invalidProof('The DPoP proof is not valid.');
    }
  }

  function checkTime(issuedAt: number | undefined): void {
    const age = now() / 1000 - (issuedAt ?? 0);
    // From the moment on at which it is not remembered any more, it is too old.
    if (age >= maxProofAge + clockTolerance || age < -clockTolerance) {
      throw invalidProof('The DPoP proof is too old, or its time is in the future.');
    }
  }

  function checkAddress(request: GuardRequest, htm: unknown, htu: unknown): void {
    const [path = ''] = request.target.split('?', 1);
    const address = normalize(`${publicUrl?.replace(/\/$/, '')}${path}`);
    if (htm !== request.method || typeof htu !== 'string' || normalize(htu) !== address) {
      throw invalidProof('The DPoP proof is for another request.');
    }
  }

  function useOnce(thumbprint: string, jti: unknown, issuedAt: number | undefined): void {
    if (typeof jti !== 'string' || jti.length > maxIdLength) {
      throw invalidProof('The DPoP proof has no valid jti.');
    }
    const key = createHash('sha256').update(`${thumbprint} ${jti}`).digest('base64');
    const until = 1000 * ((issuedAt ?? 0) + maxProofAge + clockTolerance);
    const result = used.add(key, until);
    if (result === 'full') {
      throw unavailable(new Error('too many DPoP proofs are remembered'));
    }
    if (result === 'seen') {
      throw invalidProof('The DPoP proof was used before.');
    }
  }

  return async (request, token, thumbprint) => {
    const [proof, ...others] = request.values('dpop');
    if (proof === undefined || others.length > 0) {
      throw invalidProof('Send one DPoP proof with the access token.');
    }
    if (publicUrl === undefined) {
      throw unavailable(new Error('publicUrl is not configured, so DPoP proofs cannot be checked'));
    }
    const { payload, thumbprint: ofProof } = await read(proof);
    checkTime(payload.iat);
    checkAddress(request, payload['htm'], payload['htu']);
    if (payload['ath'] !== createHash('sha256').update(token).digest('base64url')) {
      throw invalidProof('The DPoP proof is for another access token.');
    }
    if (ofProof !== thumbprint) {
      throw invalidToken('The access token is bound to another key.', 'DPoP');
    }
    useOnce(thumbprint, payload.jti, payload.iat);
  };
}

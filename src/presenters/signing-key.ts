/** A signing key as JSON, without the private key. */
import { toEpochSeconds } from '../clock.ts';
import type { SigningKey } from '../services/tokens/signing-keys.ts';

export function presentSigningKey(key: SigningKey): Readonly<Record<string, unknown>> {
  const { kid, alg, state, createdAt, signsFrom, retiresAt } = key;
  return {
    kid,
    alg,
    state,
    created_at: toEpochSeconds(createdAt),
    signs_from: toEpochSeconds(signsFrom),
    ...(retiresAt === undefined ? {} : { retires_at: toEpochSeconds(retiresAt) }),
  };
}

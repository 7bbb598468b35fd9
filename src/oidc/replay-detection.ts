/**
 * Rejects assertions whose id was used before. The engine reads, then saves, so that two simultaneous requests would
 * both be accepted. Here the insert itself decides.
 */
import type { Provider } from 'oidc-provider';
import { digest } from '../crypto/secrets.ts';
import type { OidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import { replayDetection } from './engine-internals.ts';

/** @param clockTolerance seconds for which an id is kept after the assertion has expired */
export function detectReplaysByInsert(
  provider: Provider,
  payloads: OidcPayloadRepository,
  clockTolerance: number,
): void {
  replayDetection(provider).unique = (issuer, jti, expiresAt) =>
    payloads.insertOnce('ReplayDetection', digest(`${issuer}\n${jti}`), new Date((expiresAt + clockTolerance) * 1000));
}

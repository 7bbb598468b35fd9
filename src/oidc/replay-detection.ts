/** Used ids of assertions: the engine looks, then saves, so two at once both pass. Here the insert itself decides. */
import type { Provider } from 'oidc-provider';
import { digest } from '../crypto/secrets.ts';
import type { OidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import { replayDetection } from './engine-internals.ts';

/** @param clockTolerance seconds that an id is remembered beyond the assertion's expiry */
export function detectReplaysByInsert(
  provider: Provider,
  payloads: OidcPayloadRepository,
  clockTolerance: number,
): void {
  replayDetection(provider).unique = (issuer, jti, expiresAt) =>
    payloads.insertOnce('ReplayDetection', digest(`${issuer}\n${jti}`), new Date((expiresAt + clockTolerance) * 1000));
}

/**
 * Records rejected assertions in the audit. They are not throttled like wrong secrets: the workloads of a cluster share
 * a client and an address, and one with a mistake must not lock the others out. So the number of events is bounded
 * here.
 */
import { LRUCache } from 'lru-cache';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AuditService } from '../services/foundation/audit.ts';
import { addressBlock } from '../services/values/address-block.ts';
import { actorOf, requestContext } from './request-context.ts';

/** Events for one client and address block in {@link windowMs}, in one process. All rejections are in the log. */
const maxEvents = 10;
const windowMs = 60_000;
/** Bound: clients and address blocks that are counted at the same time. */
const maxCounted = 10_000;
/** Characters of text that the assertion itself says. */
const maxLength = 300;

/** An assertion that was rejected. Nothing of it is proved. */
export interface RejectedAssertion {
  /** The client for which it was presented, if there is one. */
  readonly clientId: string | undefined;
  /** The issuer that it claims to have. */
  readonly issuer: string | undefined;
  readonly reason: string;
}

/** @throws StorageUnavailableError */
export type RecordRejectedAssertion = (
  ctx: Pick<KoaContextWithOIDC, 'req'>,
  rejected: RejectedAssertion,
) => Promise<void>;

export function createRejectedAssertions(audit: Pick<AuditService, 'record'>): RecordRejectedAssertion {
  const counts = new LRUCache<string, number>({ max: maxCounted, ttl: windowMs });
  return async ({ req }, { clientId, issuer, reason }) => {
    const key = `${clientId ?? ''} ${addressBlock(requestContext(req).address)}`;
    const count = counts.get(key) ?? 0;
    if (count >= maxEvents) {
      return;
    }
    // The window begins with the first rejection.
    counts.set(key, count + 1, { noUpdateTTL: true });
    await audit.record({
      ...actorOf(req, clientId ?? 'system'),
      type: 'assertion.rejected',
      outcome: 'failure',
      ...(clientId === undefined ? {} : { clientId }),
      detail: { ...(issuer === undefined ? {} : { issuer: issuer.slice(0, maxLength) }), reason },
    });
  };
}

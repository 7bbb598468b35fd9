/**
 * The rules by which a use of tokens is unusual. What they find is recorded for the operator; nothing is blocked,
 * because each has an honest explanation: a phone that leaves the house, a server that was moved, an app with a bug.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import type { TokenUsageDocument } from '../../storage/collections.ts';

export type UnusualUseRule = 'new_network' | 'new_address_block' | 'many_refusals';

export interface UnusualUse {
  readonly rule: UnusualUseRule;
  /** Facts for the audit, none of them secret. */
  readonly detail: Readonly<Record<string, string | number>>;
  /** The address block. */
  readonly from?: string;
}

/** The uses of one token, or of one client, since they were last stored. */
export interface Uses {
  readonly firstAt: Date;
  /** The time of the first of these uses by address block, in the order of these times. */
  readonly blocks: ReadonlyMap<string, Date>;
}

/**
 * Seconds within which a person's device does not move to another network as a rule: a refresh token that is used from
 * two networks within this time may have been copied.
 */
const networkChangeSeconds = 300;
/** Seconds after the first use in which the address blocks of a machine become known: it is deployed step by step. */
const learningSeconds = 24 * 3600;
/** A machine with more address blocks than this has no usual ones. */
const maxUsualBlocks = 20;
/** Refusals of one client within {@link refusalSeconds} that are many. */
const manyRefusals = 100;
const refusalSeconds = 600;
/** Seconds after which the same client is reported again. */
const refusalQuietSeconds = 3600;

const secondsBetween = (earlier: Date, later: Date): number => (later.getTime() - earlier.getTime()) / 1000;

/** The family of a refresh token is used from a network that it was not used from before, soon after another one. */
export function newNetwork(before: TokenUsageDocument | undefined, { blocks }: Uses): UnusualUse | undefined {
  const known = new Set(before?.addressBlocks);
  let latest = before?.lastUsedFrom === undefined ? undefined : { block: before.lastUsedFrom, at: before.lastUsedAt };
  for (const [block, at] of blocks) {
    if (latest !== undefined && !known.has(block) && secondsBetween(latest.at, at) < networkChangeSeconds) {
      const seconds = Math.max(0, Math.round(secondsBetween(latest.at, at)));
      return { rule: 'new_network', from: block, detail: { from: block, before: latest.block, seconds } };
    }
    latest = { block, at };
  }
  return undefined;
}

/** A machine client, which runs in one place, requests a token from an address block that is new. */
export function newAddressBlock(
  before: TokenUsageDocument | undefined,
  { firstAt, blocks }: Uses,
): UnusualUse | undefined {
  if (
    before === undefined ||
    before.addressBlockCount > maxUsualBlocks ||
    secondsBetween(before.firstUsedAt, firstAt) < learningSeconds
  ) {
    return undefined;
  }
  const block = [...blocks.keys()].find((one) => !before.addressBlocks.includes(one));
  return block === undefined
    ? undefined
    : { rule: 'new_address_block', from: block, detail: { from: block, known: before.addressBlocks.length } };
}

export interface RefusalCounter {
  count(clientId: string): void;
  /** The clients with many refusals that were not reported within the last hour. */
  take(): readonly { readonly clientId: string; readonly use: UnusualUse }[];
}

/** Bound: clients that are counted. */
const maxClients = 10_000;

/** Counts the refused requests of each client, in this process. */
export function createRefusalCounter(clock: Clock): RefusalCounter {
  const counts = new LRUCache<string, { since: Date; count: number }>({ max: maxClients });
  const reported = new LRUCache<string, Date>({ max: maxClients });

  return {
    count: (clientId) => {
      const now = clock.now();
      const known = counts.get(clientId);
      if (known === undefined || secondsBetween(known.since, now) >= refusalSeconds) {
        counts.set(clientId, { since: now, count: 1 });
      } else {
        known.count += 1;
      }
    },
    take: () => {
      const now = clock.now();
      const many = [...counts].filter(([clientId, { count }]) => {
        const last = reported.get(clientId);
        return count >= manyRefusals && (last === undefined || secondsBetween(last, now) >= refusalQuietSeconds);
      });
      return many.map(([clientId, { count }]) => {
        reported.set(clientId, now);
        counts.delete(clientId);
        return {
          clientId,
          use: { rule: 'many_refusals', detail: { refusals: count, within: refusalSeconds } } as const,
        };
      });
    },
  };
}

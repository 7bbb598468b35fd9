/** When, how often and from where tokens were used, as JSON. Times are in seconds since the epoch. */
import { toEpochSeconds } from '../clock.ts';
import type { TokenUsage } from '../services/tokens/token-usage.ts';

export function presentTokenUsage(usage: TokenUsage): Readonly<Record<string, unknown>> {
  const { firstUsedAt, lastUsedAt, lastUsedFrom, count, addressBlocks } = usage;
  return {
    first_used_at: toEpochSeconds(firstUsedAt),
    last_used_at: toEpochSeconds(lastUsedAt),
    ...(lastUsedFrom === undefined ? {} : { last_used_from: lastUsedFrom }),
    count,
    address_blocks: addressBlocks,
  };
}

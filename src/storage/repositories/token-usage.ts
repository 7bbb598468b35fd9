/** When, how often and from where tokens are used, as sampled (services/tokens/token-usage.ts). */
import { tokenUsage, type TokenUsageDocument } from '../collections.ts';
import type { Database } from '../database.ts';

/** Uses since the last sample, with what the record becomes by them. */
export interface UsageSample extends Omit<TokenUsageDocument, 'count'> {
  /** Added to the stored number. */
  readonly added: number;
}

export interface TokenUsageRepository {
  find(id: string): Promise<TokenUsageDocument | null>;
  findMany(ids: readonly string[]): Promise<TokenUsageDocument[]>;
  listByUser(accountId: string): Promise<TokenUsageDocument[]>;
  /** Adds all samples immediately. The first one of a token makes its record. */
  addAll(samples: readonly UsageSample[]): Promise<void>;
  removeByUser(accountId: string): Promise<void>;
  removeByClient(clientId: string): Promise<void>;
}

export function createTokenUsageRepository(database: Database): TokenUsageRepository {
  const collection = database.collection(tokenUsage);
  return {
    find: (_id) => collection.findOne({ _id }),
    findMany: (ids) => collection.find({ _id: { $in: ids } }).toArray(),
    listByUser: (accountId) => collection.find({ accountId }).toArray(),
    addAll: async (samples) => {
      if (samples.length > 0) {
        await collection.bulkWrite(
          samples.map(({ _id, clientId, accountId, firstUsedAt, added, ...latest }) => ({
            updateOne: {
              filter: { _id },
              update: {
                $inc: { count: added },
                $set: latest,
                $setOnInsert: { clientId, ...(accountId === undefined ? {} : { accountId }), firstUsedAt },
              },
              upsert: true,
            },
          })),
        );
      }
    },
    removeByUser: async (accountId) => {
      await collection.deleteMany({ accountId });
    },
    removeByClient: async (clientId) => {
      await collection.deleteMany({ clientId });
    },
  };
}
